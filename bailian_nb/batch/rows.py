"""The rows of a batch as others see them: a sequence that is read in windows, each row made when it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from ..gallery import Picture, read_record
from .calls import Calls, RowProblem
from .feeder import Feeder
from .paths import Found
from .slots import NOTHING, Outcome, RowState, Slots


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it is now.

    Parameters
    ----------
    number
        From 1.
    line
        Of the file, 0 where there is none.
    state
        See `slots.RowState`.
    status
        The Job's own status while there is one, else as `state`.
    values
        Its cells by column.
    outcome
        Files, cost, seconds, error: how it ended, empty while it has not.
    earlier
        How it ended before it was done anew, the oldest first.
    changes
        What was said of this row alone, by parameter.
    """

    number: int
    line: int
    state: RowState
    status: str
    values: Mapping[str, Any]
    outcome: Outcome = NOTHING
    earlier: tuple[Outcome, ...] = ()
    changes: Mapping[str, Any]
    source: str = ""
    """Path or address of its input picture, "" without one."""
    prompt: str = ""
    parameters: Mapping[str, Any]
    """What is sent beside the prompt, the seed that was worked out included."""

    @property
    def files(self) -> tuple[str, ...]:
        """Return the paths of its pictures, by number."""
        return self.outcome.files

    @property
    def pictures(self) -> list[Picture]:
        """Return its pictures with their Records, as far as their files are there."""
        found = []
        for file in self.outcome.files:
            record = read_record(Path(file))
            if record is not None:
                found.append(Picture(path=Path(file), record=record))
        return found


class Rows(Sequence[Row]):
    """Every row, by position from 0; `batch.rows[100:150]` makes fifty of them and touches no other."""

    def __init__(self, calls: Calls, slots: Slots, feeder: Feeder) -> None:
        self._calls, self._slots, self._feeder = calls, slots, feeder

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def index(self) -> Any:
        """The index of the frame that the rows came from, None for other sources."""
        return self._calls.table.index

    @overload
    def __getitem__(self, position: int) -> Row: ...
    @overload
    def __getitem__(self, position: slice) -> list[Row]: ...
    def __getitem__(self, position: int | slice) -> Row | list[Row]:
        if isinstance(position, slice):
            return [self.row(index + 1) for index in range(*position.indices(len(self)))]
        index = position + len(self) if position < 0 else position
        if not 0 <= index < len(self):
            raise IndexError(position)
        return self.row(index + 1)

    def __iter__(self) -> Iterator[Row]:
        return map(self.row, range(1, len(self) + 1))

    def numbers(self, *states: RowState) -> list[int]:
        """Return the numbers of the rows in these states, of all rows without one."""
        return list(self._slots.numbers(*states)) if states else list(range(1, len(self) + 1))

    def row(self, number: int) -> Row:
        """Return one row by its number, from 1."""
        if not 1 <= number <= len(self):
            raise IndexError(number)
        calls, slots = self._calls, self._slots
        cells = dict(zip(calls.table.columns, calls.table.rows[number - 1], strict=True))
        state = slots.state(number)
        job = self._feeder.jobs.get(number) if state == "SENT" else None
        prompt, source, parameters = "", "", {}
        try:
            call = calls.fill(number)
        except RowProblem:
            prompt = str(cells.get("prompt") or "")
        else:
            parameters = {name: value for name, value in call.values.items() if name != "prompt"}
            if slots.seeds[number - 1] >= 0 and "seed" not in parameters:
                parameters["seed"] = slots.seeds[number - 1]
            prompt = str(call.values.get("prompt") or "")
            first = call.images[0] if call.images else ""
            source = first.path if isinstance(first, Found) else first if isinstance(first, str) else ""
        return Row(
            number=number,
            line=calls.table.line(number),
            state=state,
            status=job.status if job is not None else state,
            values=cells,
            outcome=slots.outcome(number),
            earlier=slots.earlier(number),
            changes=dict(calls.changes.get(number, {})),
            source=source,
            prompt=prompt,
            parameters=parameters,
        )
