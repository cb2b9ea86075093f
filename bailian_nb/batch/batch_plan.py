"""BatchPlan: what running a batch would take, as `batch.plan` gives it: fields to read, a table where it is shown.

It is made when it is asked for, so each row stands in one place: on disk, to be sent, on its way, failed or invalid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from ..system.language import sentence, spoken
from ..texts.batch_widgets import words
from ..texts.catalogue import say
from ..texts.signs import sign
from ..views.tables import Bundle, Table, literal
from .calls import Invalid
from .check import lines


@dataclass(frozen=True, kw_only=True, repr=False)
class BatchPlan(Mapping[str, object]):
    """What running would take now; it reads as a mapping, too (`plan["cost"]`).

    Attributes
    ----------
    title
        Function or model with the source, one line.
    rows
        All rows.
    pictures, tasks
        Those that would be sent for.
    cost
        CNY by list price, None where some price is unknown.
    hours
        The time at this account's limits.
    cached
        Rows whose pictures are on disk already, those among them that this batch has made.
    on_their_way, parked
        Rows that were sent and have not ended, and those whose tasks wait in the service's queue.
    failed
        Rows that have failed, or have some of their pictures; `retry_failed` sends them once more.
    invalid
        What is wrong: row, line, column, what was given and what is allowed.
    dated
        The date of the list prices.
    note
        The sentence that says so.
    notes
        What is said of every row.
    """

    title: str
    rows: int
    pictures: int
    tasks: int
    cost: float | None
    hours: float
    cached: int
    on_their_way: int
    parked: int
    failed: int
    invalid: Sequence[Invalid]
    dated: str
    note: str
    notes: Sequence[str] = ()

    def __getitem__(self, name: str) -> object:
        if name not in _FIELDS:
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(_FIELDS)

    def __len__(self) -> int:
        return len(_FIELDS)

    def to_dict(self) -> dict[str, object]:
        """Return the same as JSON has it; `invalid` is a list of dicts."""
        return {**asdict(self), "invalid": [each._asdict() for each in self.invalid], "notes": list(self.notes)}

    def time(self, lang: str = "en") -> str:
        """Return `hours` in words: minutes where they are few, "" where there is nothing to send."""
        if not self.tasks:
            return ""
        if self.hours >= _FEW_HOURS:
            return words("plan_hours", lang, hours=f"{self.hours:.1f}")
        return words("plan_minutes", lang, minutes=max(1, round(self.hours * 60)))

    def table(self, lang: str = "en") -> Bundle:
        """Return the plan as a table: what sending costs and how long it takes only where something is to send."""
        rows: list[tuple[str, object]] = [
            (sentence("rows"), self.rows),
            (say("plan_cached", lang), self.cached),
            *((words(f"name_{what}", lang), count) for what, count in self._sent().items()),
            (say("plan_tasks", lang), self.tasks),
        ]
        if self.tasks:
            cost = say("cost_unknown", lang)
            if self.cost is not None:
                priced, note = say("cost", lang, cost=f"{self.cost:.2f}"), say("cost_note", lang, dated=self.dated)
                cost = f"{priced} ({note})"
            rows += [
                (say("plan_images", lang), self.pictures),
                (say("plan_cost", lang), cost),
                (sentence("time at this account's limits"), self.time(lang)),
            ]
        rows += [(sentence("note"), line) for line in self.notes]
        rows += [(say("plan_invalid", lang), line) for line in lines(self.invalid)]
        return Table(title=self.title, head=("", ""), rows=rows).bundle()

    def _sent(self) -> dict[str, int]:
        """Return the rows that were sent and have not all their pictures, by what became of them."""
        found = {"sent": self.on_their_way, "parked": self.parked, "failed": self.failed}
        return {what: count for what, count in found.items() if count}

    def __repr__(self) -> str:
        lang = spoken()
        said = [sentence("{title}: {rows} rows", title=self.title, rows=self.rows)]
        said.append(words("rows_cached", lang, count=self.cached))
        said += [words(f"rows_{what}", lang, count=count) for what, count in self._sent().items()]
        if self.tasks:
            cost = sentence("price unknown") if self.cost is None else f"CNY {self.cost:.2f}"
            what = {"tasks": self.tasks, "pictures": self.pictures, "cost": cost, "time": self.time(lang)}
            said.append(sentence("{tasks} to send: {pictures} pictures, {cost}, {time}", **what))
        else:
            said.append(sentence("nothing to send"))
        wrong = len({each.row for each in self.invalid})
        said += [sentence("{count} invalid", count=wrong)] if wrong else []
        return f"<BatchPlan {sign('comma', lang).join(said)}>"

    def _repr_html_(self) -> str:
        return literal(self.table(spoken()))["text/html"]


_FEW_HOURS = 1.5
_FIELDS = tuple(field.name for field in fields(BatchPlan))
