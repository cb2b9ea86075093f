"""The painter's loop: the pictures that were painted on, and every attempt that an edit of them gave.

`painter` keeps one `Loop`. A picture that is painted on is a ground: it has its own strokes, so going back to an
earlier picture finds them. No attempt is ever replaced by another.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import specs
from ..errors import InvalidRequest, printable
from ..gallery.picture import Picture
from ..images.thumbnail import jpeg_thumbnail
from ..system.language import sentence
from .as_code import call_of, code_of, python_of, rerun_of
from .canvas_picture import CanvasPicture, read_canvas_picture
from .earlier import Earlier
from .ops import Op
from .painting import Painting

_SIDE, _BYTES = 192, 16_000
"""Pixels and bytes of a picture in the strip: all of them travel with each new one."""
PART = 4_000_000
"""Bytes of a file in one message; the notebook server closes a connection at 10 MiB."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A picture that is painted on, with what is painted; `attempt` is the id of the attempt that it was."""

    canvas: CanvasPicture
    painting: Painting
    attempt: str = ""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One edit as it was asked for."""

    ground: int
    function: str
    prompt: str
    values: Mapping[str, Any]
    ops: Sequence[Op] | None = ()
    """What made the mask, nothing where the function takes none; None of an edit that another painter has begun."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One picture that an edit gave."""

    id: str
    picture: Picture
    call: Call
    thumbnail: bytes = field(repr=False)
    earlier: bool = False
    """Whether it is of a painter before this one: a page does not put it in the place of the painting by itself."""

    def shown(self) -> dict[str, Any]:
        """Return what the strip shows."""
        picture = self.picture
        return {
            "id": self.id,
            "title": printable(picture.path.name),
            "path": printable(_near(picture.path)),
            "seed": picture.seed,
            "size": [picture.width, picture.height],
            "prompt": self.call.prompt,
            "ground": self.call.ground,
            "earlier": self.earlier,
            "data": self.thumbnail,
        }


class Loop:
    """The grounds of one painter, the one that is painted on now, and all attempts, the oldest first."""

    def __init__(self, canvas: CanvasPicture, painting: Painting) -> None:
        self.grounds = [Ground(canvas=canvas, painting=painting)]
        self.at = 0
        self.attempts: list[Attempt] = []

    @property
    def ground(self) -> Ground:
        return self.grounds[self.at]

    def add(self, call: Call, job: str, pictures: Sequence[Picture]) -> bool:
        """Add what an edit gave; False when all of it is there already."""
        fresh = self._fresh(call, job, pictures)
        self.attempts += fresh
        return bool(fresh)

    def add_earlier(self, made: Iterable[Attempt]) -> None:
        """Put what was made before, the oldest first, in front of what is there."""
        known = {attempt.id for attempt in self.attempts}
        self.attempts[:0] = [attempt for attempt in made if attempt.id not in known]

    def earlier(self, ground: int, function: str, found: Iterable[Earlier]) -> list[Attempt]:
        """Return attempts of what was made of a ground before; their files are read, those that can be."""
        made: list[Attempt] = []
        for each in found:
            call = Call(ground=ground, function=function, prompt=each.prompt, values=each.values, ops=None)
            with contextlib.suppress(OSError, ValueError):
                made += self._fresh(call, each.job, each.pictures, earlier=True)
        return made

    def has(self, job: str) -> bool:
        """Tell whether a job's pictures are among the attempts."""
        return any(attempt.id.rpartition("-")[0] == job for attempt in self.attempts)

    def _fresh(self, call: Call, job: str, pictures: Sequence[Picture], *, earlier: bool = False) -> list[Attempt]:
        known = {attempt.id for attempt in self.attempts}
        made = {f"{job}-{number}": picture for number, picture in enumerate(pictures)}
        return [
            Attempt(
                id=name,
                picture=picture,
                call=call,
                thumbnail=jpeg_thumbnail([picture.image], side=_SIDE, max_bytes=_BYTES),
                earlier=earlier,
            )
            for name, picture in made.items()
            if name not in known
        ]

    def attempt(self, name: object) -> Attempt:
        """Return the attempt of this id; InvalidRequest for any other."""
        found = next((attempt for attempt in self.attempts if attempt.id == name), None)
        if found is None:
            raise InvalidRequest(
                sentence("there is no attempt {name!r}; {count} have been made", name=name, count=len(self.attempts))
            )
        return found

    def found(self, attempt: Attempt) -> int | None:
        """Return the number of the ground that this attempt has become, None when it has not."""
        return next((number for number, ground in enumerate(self.grounds) if ground.attempt == attempt.id), None)

    def put(self, attempt: Attempt) -> int:
        """Make an attempt a ground of its own and return its number; its file is read."""
        if (number := self.found(attempt)) is not None:
            return number
        canvas = read_canvas_picture(attempt.picture)
        self.grounds.append(
            Ground(canvas=canvas, painting=Painting(canvas.image.size, picture=canvas.image), attempt=attempt.id)
        )
        return len(self.grounds) - 1

    def shown(self) -> dict[str, Any]:
        """Return which ground is painted on, and which attempts the grounds have been."""
        return {"at": self.at, "attempts": [ground.attempt for ground in self.grounds]}

    def answers(self, content: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
        """Yield what a page is sent that asks for an attempt's pixels, file or code, or for the mask as code."""
        kind, name = content["kind"], content.get("id")
        about = {"kind": kind, "id": name}
        if kind == "code" and name is None:
            yield {**about, "text": self.mask_code()}, []
            return
        attempt = self.attempt(name)
        path = attempt.picture.path
        if kind == "code":
            yield {**about, "text": self.code(attempt)}, []
        elif kind == "attempt":
            yield about, [read_canvas_picture(attempt.picture).full()]
        else:
            pieces = _parts(path.read_bytes())
            for number, piece in enumerate(pieces):
                yield {**about, "name": path.name, "part": number, "parts": len(pieces)}, [piece]

    def mask_code(self) -> str:
        """Return Python that builds what is painted now."""
        canvas, painting = self.ground.canvas, self.ground.painting
        return python_of(painting.size, painting.ops, source_of(canvas.given), canvas.image)

    def code(self, attempt: Attempt) -> str:
        """Return Python that makes the attempt again: mask and call, or a rerun where no file tells the picture."""
        call = attempt.call
        ground = self.grounds[call.ground].canvas
        source = source_of(ground.given)
        if not source or call.ops is None:
            return rerun_of(attempt.picture.path)
        values = {**{name: value for name, value in call.values.items() if value is not None}, "n": 1}
        if attempt.picture.seed is not None:
            values["seed"] = attempt.picture.seed
        mask = code_of(ground.image.size, call.ops, source) if call.ops else ""
        function = specs.short_name(attempt.picture.record.model, call.function)
        return call_of(mask, source, function, call.prompt, values)


def source_of(given: object) -> str:
    """Return the path of a picture's file, "" when it was given as pixels or bytes."""
    if isinstance(given, Picture):
        given = given.path
    return str(given) if isinstance(given, str | Path) and not str(given).startswith("data:") else ""


def _parts(data: bytes) -> list[bytes]:
    """Return a file in pieces that fit a message each, at least one."""
    return [data[start : start + PART] for start in range(0, max(1, len(data)), PART)]


def _near(path: Path) -> str:
    """Return a path as one would type it in the notebook's folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
