"""Report: what Python is given of a list that a magic shows as a table: rows to go through, a table, a data frame.

`api` makes them of history, costs, models and doctor's findings.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ..errors import InvalidRequest
from ..system.language import sentence
from .tables import Bundle, literal

if TYPE_CHECKING:
    import pandas

T = TypeVar("T")


class Report(Sequence[T], Generic[T]):
    """Things in a row, which show as a table.

    Attributes
    ----------
    columns
        The names of a row's values, as `to_dicts` and `to_dataframe` give them.
    """

    def __init__(
        self, things: Sequence[T], rows: Sequence[Mapping[str, Any]], shown: Bundle | Callable[[], Bundle]
    ) -> None:
        self._things = tuple(things)
        self._rows = [dict(row) for row in rows]
        self._made = shown
        self.columns = tuple(self._rows[0]) if self._rows else ()

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._things[index]

    def __len__(self) -> int:
        return len(self._things)

    def to_dicts(self) -> list[dict[str, object]]:
        """Return one dict for each row."""
        return [dict(row) for row in self._rows]

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the rows as a pandas DataFrame; `created` is a time in UTC.

        Raises
        ------
        InvalidRequest
            When pandas is not installed; `to_dicts` needs nothing.
        """
        return frame_of(self._rows, self.columns)

    @property
    def _shown(self) -> Bundle:
        """The table; one that takes work is made when somebody looks at it."""
        if callable(self._made):
            self._made = self._made()
        return self._made

    def __repr__(self) -> str:
        # One that is only half made stands in a traceback, where its files could not be read.
        shown: Bundle = getattr(self, "_shown", {})
        return shown.get("text/plain", f"<{type(self).__name__}>")

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return literal(self._shown)


def frame_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pandas.DataFrame:
    """Return rows as a pandas DataFrame, ISO times as such; InvalidRequest where pandas is not installed."""
    try:
        frames = importlib.import_module("pandas")
    except ImportError:
        raise InvalidRequest(
            sentence("to_dataframe() needs pandas, which is not installed"),
            hint=sentence("`pip install pandas`, or use to_dicts()."),
        ) from None
    timed = [{**row, **{name: _time(row[name]) for name in _TIMES if name in row}} for row in rows]
    frame: pandas.DataFrame = frames.DataFrame(timed, columns=list(columns))
    return frame


_TIMES = ("created", "submitted", "finished")


def _time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:  # of a Record that somebody wrote
        return None
