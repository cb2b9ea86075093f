"""What a batch is made of: its rows checked, its plan, how one row is sent, and what is asked of the journal.

The base of `Batch`, which adds what users call.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from .. import config, specs
from ..accounts.account import Account
from ..config import Settings, values
from ..errors import BudgetExceeded, Front, InvalidRequest, Problem
from ..gallery.moved import find_moved
from ..jobs.job import Job
from ..planning.plan import Plan
from ..session.listed import Tally
from ..session.session import Session
from ..store import bulk
from ..system.language import sentence
from ..texts.catalogue import say
from . import park as parking
from .batch_plan import BatchPlan
from .calls import COPY, NEXT_COPY, Calls, Invalid, RowCall, RowProblem
from .check import Checked, Checker, lines
from .feeder import Feeder
from .lost import give_up, left_alone, settled
from .memory import Memory, mark_of
from .outcomes import laid, outcome_of
from .paths import Found
from .progress import Progress, snapshot
from .rows import Rows
from .shown import ShownBatch
from .slots import BAD, UNSENT, Outcome, RowState, Settled, Slots


class RowSender(ShownBatch):
    """The rows of a batch on their way: planned, sent one by one when the feeder asks, and taken in."""

    def __init__(
        self, session: Session, calls: Calls, options: Mapping[str, Any], *, owner: str, notes: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._notes = tuple(notes)
        self._session = session
        self._calls = calls
        self._options = dict(options)
        self.owner = owner
        self._lock = threading.RLock()
        self._listeners: list[Callable[[Any], object]] = []
        self._memory = Memory(session.home)
        self.front: Front = "python"  # who made it: what is wrong is written so
        what = specs.short_name(calls.model.name, calls.function) if calls.function else calls.model.name
        self.title = f"{what}: {calls.table.title}"[:120]
        checker = Checker(calls, lambda call: self._plan(call, None), options)
        self._checker = checker
        self._checked: Checked = checker.check()
        self._slots = self._checked.slots
        self._asked: set[int] = set()
        """Rows that the user wants sent once more, whatever they were or may have been paid for before."""
        self._max_cost: float | None = None
        self._began = 0.0
        self._mode: Literal["run", "park", "collect"] = "run"
        self._feeder = Feeder(session, self._slots, send=self._send, outcome=self._outcome, changed=self._tell)
        self.rows = Rows(calls, self._slots, self._feeder)
        self._look()

    @property
    def emulator(self) -> bool:
        """True when the emulator draws."""
        return self._session.target(self._settings).emulator

    @property
    def notes(self) -> Sequence[str]:
        """Return what is said of every row, a sentence each: its preset, a model that ends soon."""
        plan = self._checked.plan
        if plan is None or plan.request is None:
            return self._notes
        of_pictures = {note for picture in plan.request.inputs for note in picture.notes}
        return [line for line in plan.warnings if line not in of_pictures]

    @property
    def plan(self) -> BatchPlan:
        """Return what running takes now, also while it runs and after: rows, pictures, tasks, cost, hours, cached."""
        slots = self._slots
        counts = slots.counts()
        missing = list(slots.numbers(*UNSENT))
        costs = [slots.costs[number - 1] for number in missing]
        model = self._calls.model
        return BatchPlan(
            title=self.title,
            rows=len(slots),
            pictures=sum(slots.images[number - 1] for number in missing),
            tasks=len(missing),
            cost=None if any(cost < 0 for cost in costs) else round(math.fsum(costs), 6),
            hours=round(len(missing) * self._usual() / 3600, 2),
            cached=counts["SUCCEEDED"],
            on_their_way=counts["SENT"],
            parked=counts["PARKED"],
            failed=sum(counts[state] for state in BAD if state != "INVALID"),
            invalid=list(self.invalid),
            dated=model.prices_dated,
            note=say("cost_note", self._settings.lang, dated=model.prices_dated),
            notes=list(self.notes),
        )

    @property
    def invalid(self) -> Sequence[Invalid]:
        """Return what is wrong with the rows that cannot be sent."""
        return self._checked.invalid

    @property
    def progress(self) -> Progress:
        """Return one snapshot: counts, rate, rest, cost so far, newest pictures, failures by reason."""
        now, usual = self._session.clock.now(), self._usual()
        return snapshot(self._slots, self._feeder, now=now, usual=usual, emulator=self.emulator)

    def tally(self) -> Tally:
        """Return how far it is, as a line among Jobs says it."""
        now = self.progress
        return Tally(
            title=self.title,
            call=specs.label(self._calls.model.name, self._calls.function),
            created=self._began,
            total=now.total,
            done=now.done,
            failed=now.failed,
            partly=now.counts["PARTIAL"],
            going=now.left if now.state == "running" else now.counts["SENT"],
            cost=now.cost,
            emulator=now.emulator,
        )

    @property
    def _settings(self) -> Settings:
        out, embed = self._options.get("out_dir"), self._options.get("embed")
        return self._session.settings(out_dir=None if out is None else str(out), embed=embed)

    @property
    def _account(self) -> Account:
        return self._session.account(self._session.target(self._settings), self._settings)

    def _usual(self) -> float:
        """Return the seconds that a row takes by the table, where as many run as may."""
        model = self._calls.model
        limit = model.limit(self._settings.region)
        latency = (model.latency.low + model.latency.high) / 2
        return max(latency / limit.tasks_at_once, 1 / limit.submits_per_second)

    def _plan(self, call: RowCall, number: int | None) -> Plan:
        """Return the Plan of a filled row; its pictures are read."""
        names = self._calls.names(number, call) if number is not None else None
        plan = self._session.plan(
            model=self._calls.model.name,
            function=self._calls.function,
            values={name: _given(value) for name, value in call.values.items()},
            images=tuple(map(_given, call.images)),
            mask=_given(call.mask),
            notes=self._notes,
            **({"keep": _given(call.keep)} if call.keep is not None else {}),
            **self._options,
        )
        request = None if plan.request is None else replace(plan.request, batched=True, copy=call.copy)
        return replace(plan, request=request, owner=self.owner, names=names)

    def _filled(self, number: int) -> RowCall:
        """Return a row's call with the seed that was worked out for it."""
        try:
            call = self._calls.fill(number)
        except RowProblem as problem:
            problems = [Invalid(number, self._calls.table.line(number), problem.column, problem.given, problem.allowed)]
            raise InvalidRequest(lines(problems)[0]) from None
        if (seed := self._slots.seeds[number - 1]) >= 0 and call.values.get("seed") is None:
            call.values["seed"] = seed
        return replace(call, copy=call.copy or self._slots.copies[number - 1])

    def _learn(self) -> None:
        """Read the pictures of rows that nothing is known of, where a task at the service may be theirs."""
        if not self._session.journal.unfinished(self._account.base_url):
            return
        for number in list(self._slots.numbers("PLANNED", "CANCELED")):
            if self._slots.keys[number - 1] is None and number in self._checked.marks:
                with contextlib.suppress(InvalidRequest):  # it says so when it is run
                    request = self._plan(self._filled(number), number).request
                    self._slots.keys[number - 1] = None if request is None else request.key

    def _send(self, number: int) -> Callable[[], Job | None]:
        """Plan a row, and return what sends it or takes up what it has left."""
        call = self._filled(number)
        plan = self._plan(call, number)
        plan = replace(plan, parks=self._mode == "park")
        key = plan.request.key if plan.request is not None and plan.cache else None
        mark = self._mark(call) if call.images and plan.cache else None
        self._slots.keys[number - 1] = key
        if key is not None and number not in self._asked and (ended := self._settled(key)) is not None:
            raise ended
        if key is not None and mark is not None:
            self._memory.add(mark, key)
        if self._mode == "collect":
            return partial(parking.collected, self._session, plan)
        return partial(self._session.send, plan, max_cost=self._max_cost)

    def _mark(self, call: RowCall) -> bytes | None:
        return mark_of(self._calls.model.name, self._calls.function, call, sorted(self._options.items()))

    def _outcome(self, number: int, job: Job) -> tuple[RowState, Outcome]:
        names = None
        if self._calls.name is not None:
            with contextlib.suppress(RowProblem):
                names = self._calls.names(number, self._calls.fill(number))
        self._asked.discard(number)
        return outcome_of(job, number, names)

    def _look(self) -> None:
        """Ask the journal, for all rows at once, which are done and whose pictures are there."""
        marks = self._checked.marks
        known = self._memory.find(marks.values()) if marks else {}
        for number, mark in marks.items():
            self._slots.keys[number - 1] = known.get(mark)
        keys = [key for key in self._slots.keys if key is not None]
        target = self._session.target(self._settings)
        done = bulk.done(self._session.home, keys, base_url=target.base_url, emulator=target.emulator)
        for number in list(self._slots.numbers("PLANNED")):
            key = self._slots.keys[number - 1]
            found = done.get(key or "")
            if found is None:
                continue
            if len(found.files) < self._slots.images[number - 1]:
                if key is not None and (part := self._settled(key)) is not None:
                    self._slots.put(number, part.state, part.outcome)
                continue  # answered from disk when it is run
            if (there := self._there(found)) is None or (named := self._laid(number, there)) is None:
                continue  # it is answered from disk when it is run, and gets its name then
            if all(map(os.path.isfile, named)):
                files = tuple(map(str, named))
                paid = Outcome(
                    files=files,
                    cost=0.0 if target.emulator else found.cost,
                    seconds=found.seconds,
                    job=found.job,
                    task_id=found.task_id,
                )
                self._slots.put(number, "SUCCEEDED", paid._replace(cached=True))
        lost = bulk.in_vain(self._session.home, keys, base_url=target.base_url)
        for number, key in enumerate(self._slots.keys, start=1):
            if key in lost and self._slots.state(number) == "PLANNED":
                ended = left_alone(lost[key])
                self._slots.put(number, ended.state, ended.outcome)
        for number, each in parking.waiting(self._session, self._slots, target.base_url).items():
            if self._slots.state(number) == "PLANNED":
                self._slots.put(number, "PARKED", Outcome(job=each.job, task_id=each.task_id, cost=None))

    def _there(self, found: bulk.Done) -> Sequence[Path] | None:
        """Return the pictures of a request where they lie now, None where that must be searched for.

        A folder that was renamed, or comes from another machine, has them below the name of their day.
        """
        if all(map(os.path.isfile, found.files)):
            return found.files
        out = config.out_dir(self._settings).absolute()
        if not all((out / each.parent.name / each.name).is_file() for each in found.files):
            return None
        made = self._session.journal.pictures(found.job)
        pictures = [find_moved(*made[slot], also=(out,)) for slot in sorted(made)]
        return None if None in pictures else [picture.path for picture in pictures if picture is not None]

    def _settled(self, key: str) -> Settled | None:
        settings = self._settings
        return settled(self._session, self._session.target(settings), key, config.out_dir(settings).absolute())

    def _laid(self, number: int, files: Sequence[Path]) -> Sequence[Path] | None:
        """Return the files that have the names of a row, None where one is not laid down yet."""
        if self._calls.name is None:
            return files
        try:
            names = self._calls.names(number, self._calls.fill(number))
        except RowProblem:
            return files
        if names is None:
            return files
        found = [laid(path, names(index)) for index, path in enumerate(files)]
        return None if None in found else [path for path in found if path is not None]

    def refuse_invalid(self, skip: bool = False) -> None:
        """Raise InvalidRequest with every row that cannot be sent; with `skip`, only where that is all of them."""
        invalid = self.invalid
        if invalid and not (skip and self._left_to_send):
            hint = sentence("skip_invalid=True leaves them out and sends the others.") if self._left_to_send else ""
            raise InvalidRequest([Problem(parameter="row", message=line) for line in lines(invalid)], hint=hint)

    @property
    def _left_to_send(self) -> bool:
        return self._slots.counts()["INVALID"] < len(self._slots)

    def _check_cost(
        self, max_cost: float | None, most: int | None = None, states: Sequence[RowState] = ("PLANNED",)
    ) -> None:
        """Hold what the first `most` rows in these states cost against the cap of the whole."""
        cap = self._settings.max_cost if max_cost is None else values.cap("max_cost", max_cost)
        costs = [self._slots.costs[number - 1] for number in self._slots.numbers(*states)][:most]
        if cap is None or cap == math.inf or not costs:
            return
        cost = None if min(costs) < 0 else math.fsum(costs)
        if cost is None:
            raise BudgetExceeded(
                sentence(
                    "the price of {title} is unknown, max_cost is {cap:g}; nothing was sent", title=self.title, cap=cap
                )
            )
        if cost > cap + 1e-9:
            raise BudgetExceeded(
                sentence(
                    "{tasks} rows would cost CNY {cost:.2f} by list price, max_cost is {cap:g}; nothing was sent",
                    tasks=len(costs),
                    cost=cost,
                    cap=cap,
                )
            )

    def _given_up(self, number: int) -> bool:
        """Close what is open of a row whose task was looked for in vain; False where it may not be sent again."""
        key = self._slots.keys[number - 1]
        if key is None:
            return False
        return give_up(self._session, self._account, key)

    def _redo(self, numbers: Sequence[int], changes: Mapping[str, Any]) -> None:
        before = {number: self._calls.changes.get(number) for number in numbers}
        found = Checked(slots=Slots(len(self._slots)), invalid=[], marks={})
        try:
            for number in numbers:
                changed = {**(before[number] or {}), **changes}
                if not changes and self._calls.seeded:
                    changed["seed"] = (int(self._filled(number).values.get("seed") or 0) + 1009) % 2_000_000_000
                elif not changes:
                    changed[COPY] = self._filled(number).copy + NEXT_COPY
                self._calls.changes[number] = changed
                try:
                    call = self._filled(number)
                except InvalidRequest as error:
                    found.invalid.append(Invalid(number, self._calls.table.line(number), "row", "", error.message))
                    continue
                self._checker.check_one(found, number, call, {})
            if found.invalid:
                raise InvalidRequest([Problem(parameter="row", message=line) for line in lines(found.invalid)])
        except BaseException:
            for number, old in before.items():
                self._calls.changes.pop(number, None)
                if old is not None:
                    self._calls.changes[number] = old
            raise
        for number in numbers:
            self._slots.costs[number - 1] = found.slots.costs[number - 1]
            self._slots.images[number - 1] = found.slots.images[number - 1]
            self._slots.keys[number - 1] = found.slots.keys[number - 1]
            self._checked.marks.pop(number, None)
            self._checked.invalid = [each for each in self._checked.invalid if each.row != number]
            if number in found.marks:
                self._checked.marks[number] = found.marks[number]
            self._slots.anew(number)

    def _tell(self) -> None:
        for listener in list(self._listeners):
            self._session.later(f"batch {id(self)}", partial(listener, self))


def _given(picture: Any) -> Any:
    return Path(picture.path) if isinstance(picture, Found) else picture
