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
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .._version import __version__
from ..accounts.account import Account
from ..client import Answer, Slot, verdict
from ..errors import BailianError, DownloadError, NetworkError, ServiceError
from ..gallery import Index, Picture, Record, day_folder, read_record, save_pasted, save_picture, stem
from ..request import Request
from ..specs import service
from ..store.journal import Journal
from ..system.clock import Clock, Patience, backoff, iso
from .job import Job
from .journal_writes import try_write
from .result import Result, SlotError
from .wire import told

log = logging.getLogger("bailian_nb")
BAD_BYTES_TRIES = 4
"""How often a file that arrives whole but is no picture is fetched again."""

NO_CODE = "DownloadError"
"""Stands in the place of a code where nobody gave one."""

MOST_BILLED = 100
"""More pictures than any call can ask for: a number above it is a slip of the service and no bill."""


@dataclass(frozen=True, kw_only=True)
class Saver:
    """Where and how pictures are saved; a Job's `embed` puts the Record into the file itself."""

    index: Index

    async def save(
        self,
        job: Job,
        row_id: str,
        account: Account,
        request: Request,
        answer: Answer,
        folder: Path,
        journal: Journal,
        clock: Clock,
    ) -> Result:
        """Bring every picture of `answer` to disk, several at once; a slot that cannot be saved becomes an error."""
        none: dict[int, tuple[Path, Path]] = {}
        known = await try_write(job, journal.pictures, row_id, default=none)
        base = _base_record(job, account, request, answer, clock)
        notes: list[str] = []
        # The messages protocols name no failed slot: with pictures missing, nobody knows whose seed is whose.
        missing = max(request.n - len(answer.slots), 0) if request.exact else 0

        async def one(slot_number: int, slot: Slot) -> Picture | SlotError:
            if not slot.url:
                return SlotError(index=slot_number, code=slot.code or "NoPicture", message=slot.message)
            if (kept := known.get(slot_number)) and (picture := await asyncio.to_thread(self._reopen, *kept)):
                return picture
            record = replace(
                base,
                index=slot_number,
                seed=None if request.seed is None or missing else request.seed + slot_number,
                actual_prompt=slot.actual_prompt or "",
            )
            try:
                write = partial(self._to_disk, job, request, record=record, folder=folder, notes=notes)
                picture = await asyncio.to_thread(self._left, job, request, record, folder, notes)
                picture = picture or await self._fetch(job, account, slot.url, clock, notes, write)
            except (BailianError, ValueError) as error:
                code = getattr(error, "code", "") or NO_CODE
                message, gone = verdict(slot.url, error, clock.now())
                return SlotError(index=slot_number, code=code, message=message, again=not gone)
            await try_write(job, journal.saved, row_id, slot_number, picture.path, picture.raw_path, default=None)
            return picture

        slots = await _all(one(number, slot) for number, slot in enumerate(answer.slots))
        pictures = [slot for slot in slots if isinstance(slot, Picture)]
        short = f"the service returned {len(answer.slots)} of {request.n} pictures and gave no reason"
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

    async def unclaimed(
        self,
        job: Job,
        account: Account,
        request: Request,
        answer: Answer,
        folder: Path,
        clock: Clock,
        candidates: Sequence[str],
    ) -> tuple[list[Picture], bool]:
        """Save the pictures of a task that may be the Job's; their Record names the candidates and no request.

        Also tells whether that is all of them: False when one could not be fetched and still exists.
        """
        note = f"may belong to job {job.id}; candidates: {', '.join(candidates)}"
        base = replace(
            _base_record(job, account, request, answer, clock),
            job_id="",
            values={},
            seed=None,
            inputs=(),
            mask=None,
            request_key=None,
            task_id=answer.task_id,
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
                saved.append(picture or await self._fetch(job, account, slot.url, clock, [], write))
            except (BailianError, ValueError) as error:
                message, gone = verdict(slot.url, error, clock.now())
                job.notes.append(f"a picture of task {answer.task_id} could not be fetched: {message}")
                whole = whole and gone
        return saved, whole

    async def _fetch(
        self, job: Job, account: Account, url: str, clock: Clock, notes: list[str], write: Callable[[bytes], Picture]
    ) -> Picture:
        """Download until the bytes are a whole picture, for 24 hours at most, whatever the clock says."""
        patience = Patience(clock, service.KEPT_SECONDS)
        faults = bad = 0
        while True:
            try:
                with told(job) as waiting:
                    download = await account.client.download(url, waiting=waiting)
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

    def _to_disk(
        self, job: Job, request: Request, data: bytes, *, record: Record, folder: Path, notes: list[str]
    ) -> Picture:
        when = datetime.fromtimestamp(job.created).astimezone()
        picture = save_picture(data, record, day_folder(folder, when), stem(record, when), embed=job.embed)
        picture.actions = self.index.actions
        picture = _pasted(job, request, picture, notes) or picture
        self._list(picture, notes)
        return picture

    def _list(self, picture: Picture, notes: list[str]) -> None:
        """Put a picture into the index; where that cannot be, the picture is on disk all the same."""
        try:
            self.index.add(picture)
        except (sqlite3.Error, OSError) as error:
            notes.append(f"the index cannot be written ({error}); it can be rebuilt from the pictures")

    def _left(self, job: Job, request: Request, record: Record, folder: Path, notes: list[str]) -> Picture | None:
        """Return the picture that a kernel saved and, being killed, could not note or not paste back any more."""
        when = datetime.fromtimestamp(job.created).astimezone()
        day, name = day_folder(folder, when), stem(record, when)
        served = self._there(day, f"{name}_{record.index}", record)
        if served is None:
            return None
        pasted = replace(record, source="pasted")
        picture = self._there(day, f"{served.path.stem}_pasted", pasted, raw_path=served.path)
        picture = picture or _pasted(job, request, served, notes) or served
        self._list(picture, notes)
        return picture

    def _there(self, folder: Path, name: str, record: Record, raw_path: Path | None = None) -> Picture | None:
        """Return the picture of the same task and slot, served or pasted as `record` is, that has this name already."""
        wanted = (record.task_id, record.index, record.source)
        for path in sorted(folder.glob(f"{name}*")):
            found = None if path.suffix == ".json" else read_record(path)
            if found is not None and (found.task_id, found.index, found.source) == wanted:
                return Picture(path=path, raw_path=raw_path, record=found, actions=self.index.actions)
        return None

    def _reopen(self, path: Path, raw_path: Path) -> Picture | None:
        """Return a picture that an earlier kernel saved, None when its files are gone."""
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


def _pasted(job: Job, request: Request, served: Picture, notes: list[str]) -> Picture | None:
    """Paste a served picture back, None where that is not asked for or cannot be: the served one is paid and stays."""
    if not (request.paste_back and request.mask is not None and request.mask.data and request.images[0].data):
        return None
    try:
        pasted, note = save_pasted(served, request.images[0].open(), request.mask.open(), embed=job.embed)
    except Exception as error:
        if not isinstance(error, OSError | ValueError | BailianError):
            log.exception("job %s", job.id)
        pasted, note = None, f"not pasted back: {error}; what the service made is saved as {served.path.name}"
    if note:
        notes.append(note)
    return pasted


def _apart(data: bytes, *, record: Record, folder: Path, embed: bool) -> Picture:
    return save_picture(data, record, folder, _apart_name(record), embed=embed)


def _apart_name(record: Record) -> str:
    return "task_" + "".join(letter for letter in record.task_id if letter.isalnum())[:12]


def _base_record(job: Job, account: Account, request: Request, answer: Answer, clock: Clock) -> Record:
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
    )


def listed(account: Account, request: Request, answer: Answer) -> float | None:
    """Return list price times billed pictures, None when the price is unknown; what an emulator's would cost, too."""
    price = account.price(request.model)
    if price is None:
        return None
    count: Any = answer.usage.get("image_count")
    made = sum(1 for slot in answer.slots if slot.url)
    believed = isinstance(count, int) and 0 <= count <= MOST_BILLED
    return round(price * (count if believed else made), 6)
