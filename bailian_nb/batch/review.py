"""Review: what was decided about the pictures of a batch, and the rejected ones done anew. The base of `Batch` for it.

Decisions lie in one file beside the pictures (`store.decisions`), by picture: so a notebook that is run again has the
same ones, and so has a colleague who is given the folder. A row that was done anew is so again when its batch is made
again: what was changed is written down at the rejected picture.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, Self

from .. import config
from ..errors import InvalidRequest
from ..gallery import Picture, read_record
from ..session.session import Session
from ..specs import shown
from ..store.decisions import VERDICTS, Decision, Decisions, Verdict, checked
from ..system.language import sentence
from .calls import Calls
from .review_sheet import ReviewSheet
from .rows import Row
from .sending import RowSender

PROMPT = "{prompt}"
"""In a new prompt for rejected rows: the prompt that the row has now."""
_MOST_ROUNDS = 50
"""How often one row may have been done anew."""


class Reviewer(Protocol):
    """What `Batch.review` returns: a cell shows it, live in a notebook and else as this picture with its text."""

    def static_view(self) -> dict[str, str]: ...


@dataclass(frozen=True, kw_only=True)
class Item:
    """One picture of a batch: its row, its number in it (from 1), its file, what was decided."""

    row: int
    picture: int
    file: str
    decision: Decision

    @property
    def id(self) -> str:
        return f"{self.row}|{self.picture}"


class ReviewedBatch(RowSender):
    """What a Batch knows of decisions; see the module."""

    _decided: Decisions | None = None

    def __init__(self, session: Session, calls: Calls, options: Mapping[str, Any], **more: Any) -> None:
        super().__init__(session, calls, options, **more)
        self._redone()

    def decide(
        self,
        row: int | Row | Iterable[int | Row],
        decision: Verdict | None,
        *,
        reason: str | None = None,
        note: str | None = None,
        picture: int | None = None,
    ) -> Self:
        """Accept or reject a row's pictures, or one of them; what is decided is on disk when this returns.

        Parameters
        ----------
        row
            A row, its number from 1, or several of them.
        decision
            "accept", "reject", or None (or "") to take it back.
        reason, note
            Texts of at most 1000 characters; None leaves what is there, of a decision that stays the same.
        picture
            The picture's number within its row, from 1; None: all of them.

        Returns
        -------
        Batch
            Itself.

        Raises
        ------
        InvalidRequest
            For a row without pictures, or a decision that is none.
        SaveFailed
            When the folder of the pictures cannot be written.
        """
        new = checked(decision, reason or "", note or "")
        store = self._store()
        store.refresh()
        told: list[tuple[str, Decision]] = []
        for number in self._named(row):
            for file in self._files(number, picture):
                before = store.get(file)
                kept = replace(new, redo=before.redo)
                if reason is None and before.decision == new.decision:
                    kept = replace(kept, reason=before.reason)
                told.append((file, replace(kept, note=before.note) if note is None else kept))
        store.put(told)
        self._tell()
        return self

    @property
    def decisions(self) -> dict[int, Decision]:
        """Return what was decided of each row, by number; a row of which nothing was is not among them."""
        store = self._store()
        store.refresh()
        found = {}
        for number, outcome in self._slots.ended():
            one = _of_row([store.get(file) for file in outcome.files])
            if one.decision or one.reason or one.note:
                found[number] = one
        return found

    def decision(self, number: int) -> str:
        """Return what was decided of a row: "accept", "reject" or ""; one accepted picture accepts its row."""
        store = self._store()
        return _of_row([store.get(file) for file in self._slots.outcome(number).files]).decision

    def pictures(self, decision: str | None = None) -> list[Picture]:
        """Return the pictures of all rows in order, or those that were decided so: "accept", "reject", "" (not yet)."""
        found = []
        for item in self.items(decision):
            record = read_record(Path(item.file))
            if record is not None:
                found.append(Picture(path=Path(item.file), record=record))
        return found

    def items(self, decision: str | None = None) -> list[Item]:
        """Return every picture with its row and what was decided, or those of one decision; no file is read."""
        if decision is not None and decision not in VERDICTS:
            raise InvalidRequest(
                sentence('a decision is "accept", "reject" or "" (none), got {decision!r}', decision=shown(decision))
            )
        self._store().refresh()
        return [item for item in self._items() if decision is None or item.decision.decision == decision]

    def review(self) -> Reviewer:
        """Return what reviews the pictures: a keyboard grid in a notebook, else a static sheet with the counts.

        Arrows move, A accepts, R rejects with a reason, N notes, Enter opens, C compares with the source.
        """
        from ..session import front

        shown_here: Reviewer | None = front.here.display.review(self) if front.here.display is not None else None
        return ReviewSheet(self) if shown_here is None else shown_here

    def redo_rejected(self, numbers: Sequence[int] | None = None, **changes: Any) -> list[int]:
        """Plan rows anew whose pictures were all rejected; the old ones stay, and `run()` sends the new ones.

        Parameters
        ----------
        numbers
            Some of these rows; None: all of them.
        changes
            Other values: prompt (with `{prompt}` for the row's present one), seed, strength, ... Without one each row
            gets another seed.

        Returns
        -------
        list of int
            The rows that are planned anew.

        Raises
        ------
        InvalidRequest
            When no row is rejected, or when a value is wrong for each of them; nothing is planned then.
        """
        wanted = self.rejected_rows()
        if numbers is not None:
            wanted = [number for number in wanted if number in set(numbers)]
        if not wanted:
            raise InvalidRequest(sentence("no row is rejected; batch.decide(row, 'reject') rejects one"))
        planned: list[int] = []
        fault: InvalidRequest | None = None
        told: list[tuple[str, Decision]] = []
        with self._lock:
            for number in wanted:
                file = self._slots.outcome(number).files[0]
                try:
                    self._redo([number], self._own_changes(number, changes))
                except InvalidRequest as error:
                    fault = fault or error
                    continue
                planned.append(number)
                told.append((file, replace(self._store().get(file), redo=self._kept_changes(number))))
        if not planned and fault is not None:
            raise fault
        self._store().put(told)
        self._tell()
        return planned

    def takes(self, parameter: str) -> bool:
        """Tell whether the model takes this parameter."""
        return any(row.name == parameter for row in self._calls.model.takes(self._calls.function))

    def rejected_rows(self) -> list[int]:
        """Return the rows, by number, all of whose pictures were rejected."""
        store = self._store()
        store.refresh()
        return [
            number
            for number, outcome in self._slots.ended()
            if outcome.files and all(store.get(file).decision == "reject" for file in outcome.files)
        ]

    def _redone(self) -> None:
        """Plan those rows as they were done anew before; called when the batch is made, after the look at the disk."""
        store = self._store()
        store.refresh()
        for _ in range(_MOST_ROUNDS):
            again = [
                (number, found.redo)
                for number, outcome in self._slots.ended()
                if outcome.files and (found := store.get(outcome.files[0])).redo is not None
            ]
            if not again:
                return
            for number, redo in again:
                with contextlib.suppress(
                    InvalidRequest
                ):  # the model takes it no more: the old picture is what there is
                    self._redo([number], redo or {})
            before = self._slots.counts()["PLANNED"]
            self._look()
            if self._slots.counts()["PLANNED"] == before:
                return

    def _store(self) -> Decisions:
        with self._lock:
            if self._decided is None:
                self._decided = Decisions(config.out_dir(self._settings).absolute())
            return self._decided

    def _items(self) -> Iterator[Item]:
        store = self._store()
        for number, outcome in self._slots.ended():
            for index, file in enumerate(outcome.files, start=1):
                yield Item(row=number, picture=index, file=file, decision=store.get(file))

    def _named(self, row: int | Row | Iterable[int | Row]) -> list[int]:
        several = [row] if isinstance(row, int | Row) else list(row)
        numbers = [each.number if isinstance(each, Row) else each for each in several]
        for number in numbers:
            if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(self.rows):
                raise InvalidRequest(
                    sentence("a row is a number in 1-{most}, got {number}", most=len(self.rows), number=shown(number))
                )
        return numbers

    def _files(self, number: int, picture: int | None) -> Sequence[str]:
        files = self._slots.outcome(number).files
        if not files:
            raise InvalidRequest(sentence("row {number} has no picture to decide about", number=number))
        if picture is None:
            return files
        if not isinstance(picture, int) or not 1 <= picture <= len(files):
            raise InvalidRequest(
                sentence(
                    "row {number} has the pictures 1-{most}, got {picture}",
                    number=number,
                    most=len(files),
                    picture=shown(picture),
                )
            )
        return files[picture - 1 : picture]

    def _own_changes(self, number: int, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the changes for one row: its own prompt stands in a new one where that asks for it."""
        own = {name: value for name, value in changes.items() if value is not None}
        prompt = own.get("prompt")
        if isinstance(prompt, str) and PROMPT in prompt:
            own["prompt"] = prompt.replace(PROMPT, self.rows.row(number).prompt)
        return own

    def _kept_changes(self, number: int) -> dict[str, Any]:
        """Return what a row is now asked otherwise, as far as it can be written down."""
        changed = self._calls.changes.get(number, {})
        return {name: value for name, value in changed.items() if isinstance(value, str | int | float)}


def _of_row(found: Sequence[Decision]) -> Decision:
    """Return one decision for the pictures of a row: one accepted picture accepts it, all rejected ones reject it."""
    accepted = next((each for each in found if each.decision == "accept"), None)
    if accepted is not None:
        return accepted
    if found and all(each.decision == "reject" for each in found):
        return found[0]
    told = next((each for each in found if each.note), Decision())
    return replace(told, decision="", redo=None)
