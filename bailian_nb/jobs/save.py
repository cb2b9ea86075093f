"""From result URLs to files: download, check, save with the Record, paste back, index, journal.

Called by the runner when a task has ended; what an earlier kernel saved already is not fetched again.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from glob import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .. import config
from .._version import __version__
from ..accounts.account import Account
from ..client import Answer, Slot, verdict
from ..errors import BailianError, BucketError, DownloadError, NetworkError, SaveFailed, ServiceError
from ..gallery import Index, Picture, Record, day_folder, read_record, save_pasted, save_picture, stem
from ..gallery.carry import carry
from ..gallery.fetch import bring_back
from ..images.decode import SUFFIXES
from ..request import Request
from ..specs import service
from ..store.buckets import address_of, here, is_local_copy
from ..store.journal import Journal
from ..store.row import SavedPicture
from ..system.clock import Clock, Patience, backoff, iso
from ..system.language import sentence
from .journal_writes import try_write, write_or_defer
from .result import Result, SlotError
from .run import Run
from .waiting import told

log = logging.getLogger("bailian_nb")
BAD_BYTES_TRIES = 4
"""How often a file that arrives whole but is no picture is fetched again."""

NO_CODE = "DownloadError"
"""Stands in the place of a code where nobody gave one."""

UNCLAIMED = "unclaimed"
"""The folder, below that of the pictures, for those that nobody knows the owner of."""

CARRY_SECONDS = 120.0
"""How long a Job waits for a bucket that takes its picture; the picture is on disk before."""

MOST_BILLED = 100
"""More pictures than any call can ask for: a number above it is a slip of the service and no bill."""


@dataclass(frozen=True, kw_only=True)
class Saver:
    """Where and how pictures are saved; a Job's `embed` puts the Record into the file itself."""

    index: Index
    journal: Journal
    clock: Clock

    async def save(self, run: Run, answer: Answer) -> Result:
        """Bring every picture of `answer` to disk, several at once.

        A slot that cannot be saved becomes an error of the Result, with `again` where it still exists at the service;
        a slot that lies on disk already is not fetched again.

        Raises
        ------
        OSError
            When the disk cannot be written (full, gone, not ours); what is saved by then stays.
        """
        job, account, request = run.job, run.account, run.request
        none: dict[int, SavedPicture] = {}
        known = await try_write(job, self.journal.pictures, run.row_id, default=none)
        base = _base_record(run, answer, self.clock)
        notes: list[str] = (
            [sentence("the service says: {message}", message=answer.message)]
            if answer.message and not answer.code
            else []
        )
        # The messages protocols name no failed slot: with pictures missing, nobody knows whose seed is whose.
        missing = max(request.n - len(answer.slots), 0) if request.exact else 0

        async def one(slot_number: int, slot: Slot) -> Picture | SlotError:
            if not slot.url:
                return SlotError(index=slot_number, code=slot.code or "NoPicture", message=slot.message)
            if (kept := known.get(slot_number)) and (picture := await asyncio.to_thread(self._reopen, kept)):
                return await self._carried(picture, notes)
            record = replace(
                base,
                index=slot_number,
                seed=None if request.seed is None or missing else request.seed + slot_number,
                actual_prompt=slot.actual_prompt or "",
            )
            try:
                write = partial(self._to_disk, run, record=record, notes=notes)
                picture = await asyncio.to_thread(self._left, run, record, notes)
                picture = picture or await self._fetch(run, slot.url, notes, write)
            except (BailianError, ValueError) as error:
                code = getattr(error, "code", "") or NO_CODE
                message, gone = verdict(slot.url, error, self.clock.now())
                return SlotError(index=slot_number, code=code, message=message, again=not gone)
            saved = (run.row_id, slot_number, picture.path, picture.raw_path, picture.record.sha256)
            await write_or_defer(job, partial(self.journal.saved, *saved))  # before the row is closed, or not at all
            return await self._carried(picture, notes)

        slots = await _all(one(number, slot) for number, slot in enumerate(answer.slots))
        pictures = [slot for slot in slots if isinstance(slot, Picture)]
        short = sentence(
            "the service returned {count} of {n} pictures and gave no reason", count=len(answer.slots), n=request.n
        )
        absent = [
            SlotError(index=len(answer.slots) + number, code="MissingPicture", message=short)
            for number in range(missing)
        ]
        return Result(
            pictures,
            errors=[*(slot for slot in slots if isinstance(slot, SlotError)), *absent],
            usage=dict(answer.usage),
            cost=0.0 if account.emulator else listed(account, request, answer),
            request_id=answer.request_id or job.request_id,
            task_id=job.task_id,
            notes=[*job.notes, *dict.fromkeys(notes)],
        )

    def reopened(self, row_id: str) -> list[Picture]:
        """Return the pictures of a row that is done, by slot.

        Raises
        ------
        SaveFailed
            When they are not where they were saved; it names the folder.
        """
        known = self.journal.pictures(row_id)
        found = [self._reopen(known[slot]) for slot in sorted(known)]
        if not found or None in found:
            where = ", ".join(sorted({str(saved.path.parent) for saved in known.values()})) or sentence(
                "no folder that is known"
            )
            raise SaveFailed(
                sentence(
                    "job {row_id} has made these pictures, and they are not where they were saved: {where}",
                    row_id=row_id,
                    where=where,
                ),
                hint=sentence("Put them back, or cache=False (--no-cache) draws and bills them again."),
            )
        return [picture for picture in found if picture is not None]

    def found(self, saved: Sequence[SavedPicture]) -> list[Picture] | None:
        """Return pictures that another machine has saved where this one reaches them, None where it does not."""
        pictures = [self._reopen(each) for each in saved]
        there = [picture for picture in pictures if picture is not None]
        if not there or len(there) < len(pictures):
            return None
        for picture in there:
            self.index.add(picture)
        return there

    async def unclaimed(self, run: Run, answer: Answer, candidates: Sequence[str]) -> tuple[list[Picture], bool]:
        """Save the pictures of a task that may be the Job's; their Record names the candidates and no request.

        Also tells whether that is all of them: False when one could not be fetched and still exists.
        """
        job, folder = run.job, run.folder / UNCLAIMED
        note = sentence("may belong to job {id}; candidates: {names}", id=job.id, names=", ".join(candidates))
        base = replace(
            _base_record(run, answer, self.clock),
            job_id="",
            values={},
            seed=None,
            inputs=(),
            mask=None,
            request_key=None,
            task_id=answer.task_id,
            owner="",
            notes=(note,),
        )
        saved: list[Picture] = []
        whole = True
        for number, slot in enumerate(answer.slots):
            if not slot.url:
                continue
            record = replace(base, index=number, prompt=slot.orig_prompt or "", actual_prompt=slot.actual_prompt or "")
            try:
                name = f"{_apart_name(record)}_{record.index}"
                picture = await asyncio.to_thread(self._there, folder, name, record)
                write = partial(_apart, record=record, folder=folder, embed=job.embed)
                picture = picture or await self._fetch(run, slot.url, [], write)
                saved.append(await self._carried(picture, job.notes))
            except (BailianError, ValueError) as error:
                message, gone = verdict(slot.url, error, self.clock.now())
                job.notes.append(
                    sentence(
                        "a picture of task {task_id} could not be fetched: {message}",
                        task_id=answer.task_id,
                        message=message,
                    )
                )
                whole = whole and gone
        return saved, whole

    async def _fetch(self, run: Run, url: str, notes: list[str], write: Callable[[bytes], Picture]) -> Picture:
        """Download until the bytes are a whole picture, for 24 hours at most, whatever the clock says."""
        patience = Patience(self.clock, service.KEPT_SECONDS)
        faults = bad = 0
        while True:
            try:
                with told(run.job) as waiting:
                    download = await run.account.client.download(url, waiting=waiting)
                notes.extend(download.notes)
                return await asyncio.to_thread(write, download.data)
            except (DownloadError, NetworkError, ServiceError) as error:
                no_picture = error.code == "NotAPicture"
                bad += no_picture
                again = not isinstance(error, DownloadError) or error.again or no_picture
                if not again or bad >= BAD_BYTES_TRIES or patience.over:
                    raise
            faults += 1
            await patience.pause(backoff(faults))

    def _to_disk(self, run: Run, data: bytes, *, record: Record, notes: list[str]) -> Picture:
        when = datetime.fromtimestamp(run.job.created).astimezone()
        folder = day_folder(run.folder, when)
        named = _name(run, record, when)
        embed, a1111 = run.job.embed, run.job.a1111
        picture = save_picture(data, record, folder, stem(record, when), embed=embed, a1111=a1111, name=named)
        picture.actions = self.index.actions
        picture = _pasted(run, picture, notes) or picture
        self._list(picture, notes)
        return picture

    async def _carried(self, picture: Picture, notes: list[str]) -> Picture:
        """Bring it up to its bucket, where it has one; where that cannot be, the local copy waits for a resume."""
        address = address_of(picture.path, self.journal.home)
        if not address:
            return picture
        reason: object = sentence("it did not answer in {seconds:.0f} s", seconds=CARRY_SECONDS)
        try:
            carried = asyncio.to_thread(carry, picture, self.journal.home)
            if await asyncio.wait_for(carried, CARRY_SECONDS):
                await asyncio.to_thread(self._list, picture, notes)
            return picture
        except (BucketError, OSError) as error:
            reason = reason if isinstance(error, TimeoutError) else error
        picture.left_here = str(reason)
        notes.append(
            sentence(
                "saved on this machine alone, since {reason}; %wan resume carries it up to {address}",
                reason=reason,
                address=address.rpartition("/")[0],
            )
        )
        return picture

    def _list(self, picture: Picture, notes: list[str]) -> None:
        """Put a picture into the index; where that cannot be, the picture is on disk all the same."""
        try:
            self.index.add(picture)
        except (sqlite3.Error, OSError) as error:
            notes.append(
                sentence("the index cannot be written ({error}); it can be rebuilt from the pictures", error=error)
            )

    def _left(self, run: Run, record: Record, notes: list[str]) -> Picture | None:
        """Return the picture that a kernel saved and, being killed, could not note or not paste back any more."""
        when = datetime.fromtimestamp(run.job.created).astimezone()
        day = day_folder(run.folder, when)
        served = self._there(day, _name(run, record, when), record)
        if served is None:
            return None
        pasted = replace(record, source="pasted")
        picture = self._there(day, f"{served.path.stem}_pasted", pasted, raw_path=served.path)
        picture = picture or _pasted(run, served, notes) or served
        self._list(picture, notes)
        return picture

    def _there(self, folder: Path, name: str, record: Record, raw_path: Path | None = None) -> Picture | None:
        """Return the picture of the same task and slot, served or pasted as `record` is, that has this name already."""
        if not any((folder / f"{name}{suffix}").exists() for suffix in SUFFIXES.values()):
            return None  # the first of that name is not there: a folder of thousands is not looked through
        wanted = (record.task_id, record.index, record.source)
        for path in sorted(folder.glob(f"{escape(name)}*")):
            found = None if path.suffix == ".json" else read_record(path)
            if found is not None and (found.task_id, found.index, found.source) == wanted:
                return Picture(path=path, raw_path=raw_path, record=found, actions=self.index.actions)
        return None

    def _reopen(self, saved: SavedPicture) -> Picture | None:
        """Return a picture that an earlier kernel saved, None when its files are gone."""
        path, raw_path = (here(each, self.journal.home) for each in (saved.path, saved.raw_path))
        try:
            for each in dict.fromkeys((raw_path, path)):
                bring_back(each, saved.sha256 if each == path else "", self.journal.home)
        except (BucketError, OSError) as error:
            log.warning("%s", error)
        record = read_record(path) if path.exists() and raw_path.exists() else None
        return Picture(path=path, raw_path=raw_path, record=record, actions=self.index.actions) if record else None


async def _all(slots: Iterable[Awaitable[Picture | SlotError]]) -> list[Picture | SlotError]:
    """Wait for every slot, also when one has failed: none may write on while a resume fetches the same picture."""
    ended = await asyncio.gather(*slots, return_exceptions=True)
    done = [slot for slot in ended if not isinstance(slot, BaseException)]
    for slot in ended:
        if isinstance(slot, BaseException):
            raise slot
    return done


def _pasted(run: Run, served: Picture, notes: list[str]) -> Picture | None:
    """Paste a served picture back, None where that is not asked for or cannot be: the served one is paid and stays."""
    job, request = run.job, run.request
    if not (request.paste_back and request.mask is not None and request.mask.data and request.images[0].data):
        return None
    try:
        original, mask = request.images[0].open(), request.mask.open()
        pasted, note = save_pasted(served, original, mask, embed=job.embed, a1111=job.a1111, kept=request.keeps)
    except Exception as error:
        if not isinstance(error, OSError | ValueError | BailianError):
            log.exception("job %s", job.id)
        pasted, note = (
            None,
            sentence(
                "not pasted back: {error}; what the service made is saved as {name}", error=error, name=served.path.name
            ),
        )
    if note:
        notes.append(note)
    return pasted


def _name(run: Run, record: Record, when: datetime) -> str:
    """Return the name of a picture's files: the user's own, where the call has such."""
    return run.job.names(record.index) if run.job.names is not None else f"{stem(record, when)}_{record.index}"


def _apart(data: bytes, *, record: Record, folder: Path, embed: bool) -> Picture:
    return save_picture(data, record, folder, _apart_name(record), embed=embed)


def _apart_name(record: Record) -> str:
    return "task_" + "".join(letter for letter in record.task_id if letter.isalnum())[:12]


def _base_record(run: Run, answer: Answer, clock: Clock) -> Record:
    job, account, request = run.job, run.account, run.request
    now = clock.now()
    price = account.price(request.model)
    return Record(
        job_id=job.id,
        model=request.model,
        function=request.function,
        prompt=request.prompt,
        values=dict(request.values),
        seed=request.seed,
        n=request.n,
        task_id=job.task_id,
        request_id=answer.request_id or job.request_id,
        created=iso(job.created),
        submitted=iso(job.submitted or now),
        finished=iso(now),
        seconds=round(now - (job.submitted or now), 2),
        usage=dict(answer.usage),
        price_cny=price,
        cost_cny=None if price is None else (0.0 if account.emulator else price),
        region=account.region,
        base_url_host=urlsplit(account.base_url).hostname or "",
        emulator=account.emulator,
        inputs=[picture.to_dict() for picture in request.images],
        mask=request.mask.to_dict() if request.mask else None,
        request_key=request.identity,
        version=__version__,
        owner=config.owner() if is_local_copy(run.folder) else config.named_owner(),
    )


def listed(account: Account, request: Request, answer: Answer) -> float | None:
    """Return list price times billed pictures, None when the price is unknown; what an emulator's would cost, too."""
    count: Any = answer.usage.get("image_count", answer.usage.get("output_image_count"))
    made = sum(1 for slot in answer.slots if slot.url)
    believed = isinstance(count, int) and 0 <= count <= MOST_BILLED
    width, height = answer.usage.get("output_width"), answer.usage.get("output_height")
    pixels = width * height if isinstance(width, int) and isinstance(height, int) else None
    billed = count if believed else made
    return request.row.cost(account.region, request.values, len(request.images), billed, pixels)
