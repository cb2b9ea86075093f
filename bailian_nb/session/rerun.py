"""What was sent before, found again by a Job, a Picture, a Record, a file or a job's id, and planned once more.

Used by `wan.rerun`, `%wan rerun` and `%wan inspect`. A Record holds no bytes of the pictures that were sent: they are
looked for by their sha256: in the jobs of this process, the journal, the file that each was read from, and files of
the same name.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from .. import specs
from ..errors import InvalidRequest, readable
from ..gallery import Picture, Record, read_record
from ..gallery.fetch import local_copy
from ..images import Input, read_input, read_mask
from ..jobs.job import Job
from ..jobs.result import Result
from ..planning.plan import Plan
from ..planning.presets import styled
from ..request import Request
from ..specs import ImageRule
from ..store.buckets import checked, is_address
from ..store.row import Row
from ..store.schema import journal_path
from ..system.language import sentence
from ..system.paths import restored, user_path
from .foreign import Translation, translate_picture
from .session import Session
from .successor import translate


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a word or an object stands for: its Job (or the row of an earlier kernel's), its pictures, its Record."""

    job: Job | None = None
    row: Row | None = None
    pictures: tuple[Picture, ...] = ()
    record: Record | None = None
    foreign: Translation | None = None
    """What another tool's text in a picture means as a call of ours."""
    path: Path | None = None
    """Of that picture."""

    @property
    def request(self) -> Request:
        """Return what was sent; of inputs that are only known by their hash it has no bytes.

        Raises
        ------
        InvalidRequest
            When it was never worked out (its input is not there yet), or when the Record does not hold it.
        """
        if self.job is not None and self.job.request is not None:
            return self.job.request
        if self.row is not None:
            return Request.from_dict(self.row.request, lambda _: None)
        if self.record is not None and self.record.values:
            return _request_of(self.record)
        if self.foreign is not None:
            return self.foreign.request
        if self.job is not None:
            raise InvalidRequest(
                sentence(
                    "job {id} waits for its input ({status}); nothing was sent yet",
                    id=self.job.id,
                    status=self.job.status,
                )
            )
        raise InvalidRequest(sentence("its Record does not hold the request that made it"))


def find(session: Session, subject: Any) -> Found:
    """Return what `subject` stands for: a Job, Result, Picture, Record, the path or address of a picture, or a
    job's id.

    Raises
    ------
    InvalidRequest
        When it is none of these; it says what is.
    """
    match subject:
        case Job():
            return Found(job=subject, pictures=tuple(subject.outcome or ()))
        case Result() if len(subject):
            return Found(pictures=tuple(subject), record=subject[0].record)
        case Picture():
            return Found(pictures=(subject,), record=subject.record)
        case Record():
            return Found(record=subject)
        case Path():
            return _in_file(session, user_path(subject))
        case str() if is_address(subject):
            return _in_bucket(session, checked(subject, sentence("the picture")))
        case str():
            path = user_path(subject) if subject.strip() else None
            return _in_file(session, path) if path is not None and path.is_file() else _by_id(session, subject)
    if foreign := translate_picture(subject, session.settings().model):
        return Found(foreign=foreign)
    raise InvalidRequest(
        sentence("a picture, its path, a job or its id is needed, got {name}", name=type(subject).__name__)
    )


def plan_rerun(
    session: Session,
    found: Found,
    *,
    images: Sequence[Any] = (),
    mask: Any = None,
    changes: Mapping[str, Any],
    on: str | None = None,
    **more: Any,
) -> Plan:
    """Return the Plan of the same request with `changes`; `images` and `mask` take the place of those that were sent.

    With `on` it goes to another model, a name or "successor"; what cannot go along stands in the Plan's warnings.

    Raises
    ------
    InvalidRequest
        When it cannot be sent as changed, or when a picture that was sent is not found any more.
    """
    request = found.request
    if (preset := more.pop("preset", None)) is not None:  # over what was sent: its parameters are what is asked for
        taken = [each.name for each in request.row.takes(request.function)]
        changes = styled(session.settings(), preset, {"prompt": request.prompt, **changes}, taken, [])
    values = {**request.values, **{name: value for name, value in changes.items() if value is not None}}
    if changes.get("to") is not None:
        values = {name: value for name, value in values.items() if not name.endswith("_scale")}
    rule = request.row.images
    shelf = _Shelf(session, found, rule)
    sent: dict[str, Any] = {"model": request.model, "function": request.function, "values": values}
    pictures, masked = request.images, True
    if found.foreign is not None:
        sent["notes"] = found.foreign.left
    if on is not None:
        other = translate(replace(request, values=values), on)
        told = found.foreign.left if found.foreign else ()
        sent = {"model": other.model, "function": other.function, "values": other.values, "notes": [*told, *other.left]}
        pictures, masked = request.images[: other.pictures], other.masked
    return session.plan(
        **sent,
        images=tuple(images) or tuple(shelf.filled(image, "picture") for image in pictures),
        **(_masked(request, mask, shelf) if masked else {}),
        **{
            "sync": request.sync and on is None,
            "paste_back": request.paste_back if request.mask else None,
            **{name: value for name, value in more.items() if value is not None},
        },
    )


def _masked(request: Request, mask: Any, shelf: _Shelf) -> dict[str, Any]:
    """Return the mask of a call that is sent again, as what is kept where it says that."""
    if mask is None and request.mask is not None:
        mask = shelf.filled(request.mask, "mask", request.images[0])
    return {"keep" if request.keeps else "mask": mask}


def _in_file(session: Session, path: Path) -> Found:
    record = read_record(path)
    if record is None:
        if foreign := translate_picture(path, session.settings().model):
            return Found(foreign=foreign, path=path)
        raise InvalidRequest(
            sentence(
                "{name} holds no Record of bailian_nb, and none lies beside it; nor does it hold A1111's parameters "
                "or ComfyUI's prompt",
                name=path.name,
            )
        )
    return Found(pictures=(Picture(path=path, record=record, actions=session.index.actions),), record=record)


def _in_bucket(session: Session, address: str) -> Found:
    """Fetch a picture that another machine may have made; from now on it answers the same call here, too."""
    found = _in_file(session, local_copy(address, session.home))
    for picture in found.pictures:
        with contextlib.suppress(sqlite3.Error, OSError):  # the index is a shortcut and no more
            session.index.add(picture)
    return found


def _by_id(session: Session, name: str) -> Found:
    """Find a job of this process, else one that left pictures, else one that the journal knows."""
    if any(name and job.id.startswith(name) for job in session.jobs()):
        return find(session, session.job(name))
    left = [picture for picture in session.index.search(name) if name and picture.record.job_id == name]
    if left:
        ordered = tuple(sorted(left, key=lambda picture: picture.record.index))
        return Found(pictures=ordered, record=ordered[0].record)
    row = session.journal.row(name) if journal_path(session.home).exists() else None
    if row is None:
        raise InvalidRequest(
            sentence(
                "{name!r} is no picture file, no variable and no job; %wan jobs and %wan history list what there is",
                name=name,
            )
        )
    return Found(row=row)


def _request_of(record: Record) -> Request:
    """Rebuild the Request; whether it was to be pasted back is told by the hash that the Record has of it."""
    specs.get(record.model)
    given = {
        "model": record.model,
        "function": record.function,
        "values": record.values,
        "images": record.inputs,
        "mask": record.mask,
        "sync": False,
        "seed_given": True,
        "paste_back": record.mask is not None,
    }
    request = Request.from_dict(given, lambda _: None)
    other = replace(request, paste_back=False)
    keys = [replace(other, batched=batched).identity for batched in (False, True)]
    return other if record.request_key in keys else request


class _Shelf:
    """Where the pictures that were sent may lie."""

    def __init__(self, session: Session, found: Found, rule: ImageRule | None) -> None:
        self._session = session
        self._journal = session.journal if journal_path(session.home).exists() else None
        self._row = found.row or self._row_of(found.record)
        made = [picture.path.parent for picture in found.pictures]
        if self._row is not None and not is_address(self._row.out_dir):
            made.append(Path(self._row.out_dir))
        near = [each for folder in made for each in (folder, *folder.parents[:2])]
        self._folders = list(dict.fromkeys([Path.cwd(), *near]))
        self._rule = rule

    def _row_of(self, record: Record | None) -> Row | None:
        return self._journal.row(record.job_id) if self._journal and record and record.job_id else None

    def filled(self, image: Input, what: str, like: Input | None = None) -> Input:
        """Return the input with its bytes; a URL is what it is. `like` is the picture of a mask.

        Raises
        ------
        InvalidRequest
            When the bytes are nowhere; it names the picture, where it was looked for, and how to give it.
        """
        if image.kind != "bytes":
            return Input(kind=image.kind, url=image.url, name=image.name)
        if image.data or not image.sha256:
            return image
        for job in self._session.jobs():
            for sent in job.request.inputs if job.request else ():
                if sent.kind == "bytes" and sent.sha256 == image.sha256 and sent.data:
                    return sent
        data = self._journal.input_bytes(image.sha256) if self._journal else None
        if data is None:
            files = (path for path in self._files(image) if path.is_file())
            data = next((found for path in files if (found := self._same(path, image.sha256, like))), None)
        if data is None:
            raise InvalidRequest(self._missing(image, what))
        return replace(image, data=data)

    def _missing(self, image: Input, what: str) -> str:
        known = sentence(
            "{width}x{height}, sha256 {sha256}", width=image.width, height=image.height, sha256=image.sha256[:12]
        )
        read_from = [readable(path) for path in self._read_from(image)]
        if read_from:
            looked = sentence("it was read from {paths}", paths=", ".join(read_from))
        elif image.name:
            looked = sentence("looked for in {paths}", paths=", ".join(readable(folder) for folder in self._folders))
        else:
            looked = sentence("it came from no file")
        mask = what == "mask"
        return sentence(
            "{name} that was sent ({known}) is not found any more ({looked}); give it as {todo}",
            name=f"{what} {image.name}" if image.name else f"the {what}",
            known=known,
            looked=looked,
            todo=sentence("mask= (--mask FILE)") if mask else sentence("image= (%wan rerun PICTURE FILE)"),
        )

    def _read_from(self, image: Input) -> Iterator[Path]:
        """Give the files that these very bytes were read from, by the journal of this machine."""
        sent = self._row.request if self._row else {}
        for entry in (*sent.get("images", ()), sent.get("mask") or {}):
            if entry.get("sha256") == image.sha256 and entry.get("path"):
                yield restored(entry["path"])

    def _files(self, image: Input) -> Iterator[Path]:
        yield from self._read_from(image)
        if not image.name or Path(image.name).name != image.name:
            return
        yield from (folder / image.name for folder in self._folders)
        yield from (p.path for p in self._session.index.recent(1000) if image.name in (p.path.name, p.raw_path.name))

    def _same(self, path: Path, digest: str, like: Input | None) -> bytes | None:
        """Return the bytes that were sent when this file gives them, as it is or converted as it was for sending."""
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() == digest:
            return data
        made = (made for read in self._readings(like) if (made := _tried(read, path)) is not None)
        return next((each.data for each in made if each.sha256 == digest), None)

    def _readings(self, like: Input | None) -> list[Callable[[Path], Input]]:
        if like is not None:
            return [partial(read_mask, image=like, invert=invert) for invert in (False, True)]
        return [partial(read_input, rule=self._rule, fit=True)] if self._rule else []


def _tried(read: Callable[[Path], Input], path: Path) -> Input | None:
    with contextlib.suppress(InvalidRequest):
        return read(path)
    return None
