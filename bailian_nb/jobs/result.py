"""Result: what a Job turns into, the saved pictures with what failed beside them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from ..errors import readable
from ..gallery import Picture, sheet_jpeg

if TYPE_CHECKING:
    from PIL import Image


MOST_FILES = 8
"""Files that a Result names in a line."""


@dataclass(frozen=True, kw_only=True)
class SlotError:
    """Why one of the n pictures is missing."""

    index: int
    code: str
    message: str
    again: bool = False
    """True when the picture exists and could not be fetched yet: `resume` tries again."""


class Result(Sequence[Picture]):
    """The saved pictures of one Job, in order, with what failed beside them.

    Attributes
    ----------
    errors
        A SlotError for each picture that is missing.
    usage
        What the service counted.
    cost
        CNY by list price for what was billed: 0.0 from disk and from an emulator, None when the price is unknown.
    task_id, request_id
        The task, and the answer that named its pictures; `Job.request_id` is that of the create call, which the
        service's task list shows. Support takes either, with the task id.
    cached
        True when the pictures were on disk already and nothing was sent.
    notes
        What should be known: what was fetched, changed or not pasted back.
    """

    def __init__(
        self,
        pictures: Sequence[Picture],
        *,
        errors: Sequence[SlotError] = (),
        usage: Mapping[str, object] | None = None,
        cost: float | None = None,
        request_id: str = "",
        task_id: str = "",
        cached: bool = False,
        notes: Sequence[str] = (),
    ) -> None:
        self._pictures = tuple(pictures)
        self.errors = tuple(errors)
        self.usage: dict[str, object] = dict(usage or {})
        self.cost = cost
        self.request_id = request_id
        self.task_id = task_id
        self.cached = cached
        self.notes = tuple(notes)

    @property
    def images(self) -> list[Image.Image]:
        """Return the pictures as PIL images."""
        return [picture.image for picture in self._pictures]

    @property
    def paths(self) -> list[Path]:
        """Return where the pictures lie."""
        return [picture.path for picture in self._pictures]

    @overload
    def __getitem__(self, index: int) -> Picture: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Picture, ...]: ...
    def __getitem__(self, index: int | slice) -> Picture | tuple[Picture, ...]:
        return self._pictures[index]

    def __len__(self) -> int:
        return len(self._pictures)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
        """Show the pictures, several of them as one sheet."""
        if not self._pictures:
            return {"text/plain": self._summary()}, {}
        sheet = base64.b64encode(sheet_jpeg(self._pictures)).decode("ascii")
        alt = "; ".join(dict.fromkeys(picture.alt for picture in self._pictures))
        return {"image/jpeg": sheet, "text/plain": self._summary()}, {"image/jpeg": {"alt": alt}}

    def _summary(self, files: str = "") -> str:
        failed = f", {len(self.errors)} failed" if self.errors else ""
        return f"<Result {len(self)} picture{'' if len(self) == 1 else 's'}{failed}{files}>"

    def __repr__(self) -> str:
        names = [readable(path) for path in self.paths[:MOST_FILES]]
        more = [f"and {len(self) - MOST_FILES} more"] if len(self) > MOST_FILES else []
        return self._summary(f": {', '.join([*names, *more])}" if names else "")
