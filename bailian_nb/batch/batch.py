"""Batch: many rows, one plan, each row a Request of the machinery that sends single calls.

`wan.batch(...)` makes one and never sends; `run()` does. What is on disk already is not sent again, so running it
twice, after a kill too, does only what is missing.
"""

from __future__ import annotations

import contextlib
import functools
import math
import os
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

from ..config import Settings
from ..config.values import money
from ..errors import BailianError, BudgetExceeded, Front, InvalidRequest, Problem, WaitInterrupted
from ..jobs.job import Job
from ..planning.plan import Plan
from ..session.session import Session
from ..store import bulk
from ..system import loops
from ..system.language import sentence
from ..texts.catalogue import say
from .calls import Calls, Invalid, RowCall, RowProblem
from .check import Checked, Checker, lines
from .feeder import AHEAD, Feeder
from .lost import give_up
from .memory import Memory, mark_of
from .outcomes import has_name, outcome_of
from .paths import Found
from .progress import Progress, snapshot
from .review import ReviewedBatch
from .rows import Rows
from .slots import AGAIN, Outcome, RowState, Slots


class BatchPlan(TypedDict):
    """What running would take.

    `rows` are all rows, `pictures` and `tasks` those that would be sent for, `cost` CNY by list price (None: some
    price is unknown), `hours` the time at this account's limits, `cached` the rows that are on disk already. `invalid`
    holds what is wrong, (row, line, column, given, allowed) each; `dated` is the date of the list prices, `note` the
    sentence that says so.
    """

    rows: int
    pictures: int
    tasks: int
    cost: float | None
    hours: float
    cached: int
    invalid: Sequence[Invalid]
    dated: str
    note: str


class Batch(ReviewedBatch):
    """Rows that are calls of one model; `batch` of the front door makes one, `run` sends it.

    Attributes
    ----------
    title
        Function or model with the source, one line.
    rows
        A sequence of Row, made when they are looked at.
    """

    def __init__(self, session: Session, calls: Calls, options: Mapping[str, Any], *, owner: str) -> None:
        self._session = session
        self._calls = calls
        self._options = dict(options)
        self._owner = owner
        self._lock = threading.RLock()
        self._listeners: list[Callable[[Batch], object]] = []
        self._memory = Memory(session.home)
        self.front: Front = "python"  # who made it: what is wrong is written so
        self.title = f"{calls.function or calls.model.name}: {calls.table.title}"[:120]
        checker = Checker(calls, lambda call: self._plan(call, None), options)
        self._checker = checker
        self._checked: Checked = checker.check()
        self._slots = self._checked.slots
        self._cached: set[int] = set()
        self._max_cost: float | None = None
        self._feeder = Feeder(session, self._slots, send=self._send, outcome=self._outcome, changed=self._tell)
        self.rows = Rows(calls, self._slots, self._feeder)
        self._look()
        self._redone()

    @property
    def emulator(self) -> bool:
        """True when the emulator draws."""
        return self._session.target(self._settings).emulator

    @property
    def plan(self) -> BatchPlan:
        """Return what running takes now: rows, pictures, tasks, cost, hours, cached, invalid."""
        slots = self._slots
        missing = list(slots.numbers("PLANNED"))
        costs = [slots.costs[number - 1] for number in missing]
        model = self._calls.model
        return {
            "rows": len(slots),
            "pictures": sum(slots.images[number - 1] for number in missing),
            "tasks": len(missing),
            "cost": None if any(cost < 0 for cost in costs) else round(math.fsum(costs), 6),
            "hours": round(len(missing) * self._usual() / 3600, 2),
            "cached": len(self._cached),
            "invalid": list(self._checked.invalid),
            "dated": model.prices_dated,
            "note": say("cost_note", self._settings.lang, dated=model.prices_dated),
        }

    @property
    def progress(self) -> Progress:
        """Return one snapshot: counts, rate, rest, cost so far, newest pictures, failures by reason."""
        now, usual = self._session.clock.now(), self._usual()
        return snapshot(self._slots, self._feeder, now=now, usual=usual, emulator=self.emulator)

    @property
    def jobs(self) -> list[Job]:
        """Return the Jobs that are on their way right now."""
        return list(self._feeder.jobs.values())

    @property
    def final(self) -> bool:
        """True while nothing is on its way and nothing more will be sent by itself."""
        return self._feeder.finished.done()

    def run(self, *, max_cost: float | None = None, skip_invalid: bool = False) -> Batch:
        """Send what is missing, or go on after a pause; returns the Batch at once.

        `max_cost` (CNY, or the setting of that name) is for all that is missing together. The caps of day and month
        stop it when they are reached; running it again goes on.

        Raises
        ------
        InvalidRequest
            With every row that cannot be sent, unless `skip_invalid` leaves these out; nothing was sent.
        BudgetExceeded
            When what is missing would cost more; nothing was sent.
        """
        with self._lock:
            self._refuse_invalid(skip_invalid)
            self._check_cost(max_cost)
            self._max_cost = math.inf if max_cost in (math.inf, "inf") else None
            for number in list(self._slots.numbers("CANCELED")):
                self._slots.anew(number)
            account = self._session.account(self._session.target(self._settings), self._settings)
            self._feeder.start(account.limit(self._calls.model.name).tasks_at_once + AHEAD)
        self._tell()
        return self

    def pause(self) -> Batch:
        """Send nothing more for now; what is on its way goes on. `run()` goes on."""
        self._feeder.pause()
        self._tell()
        return self

    def cancel_unsent(self) -> int:
        """Cancel what was not sent, also what waits for its turn here; what is at the service goes on.

        Returns
        -------
        int
            How many rows that were. `run()` sends them after all.
        """
        with self._lock:
            numbers = list(self._slots.numbers("PLANNED"))
            for number in numbers:
                self._slots.put(number, "CANCELED")
            waiting = [job for job in self.jobs if job.submitted is None and not job.task_id]
            count = len(numbers) + sum(1 for job in waiting if job.cancel())
        self._tell()
        return count

    def retry_failed(self, *, max_cost: float | None = None) -> Batch:
        """Send the rows once more that failed; returns the Batch at once.

        A row whose create call was lost is sent once more, too, where the search for its task has ended without a
        find: this is the user's own word for it, and a task that comes up later is billed beside the new one.
        """
        with self._lock:
            for number in list(self._slots.numbers(*AGAIN)):
                if self._slots.state(number) == "UNCERTAIN" and not self._given_up(number):
                    continue
                self._slots.anew(number)
        return self.run(max_cost=max_cost, skip_invalid=True)

    def redo(self, numbers: Sequence[int], **changes: Any) -> Batch:
        """Plan rows anew with other values (prompt, seed, ...); what they have made stays. `run()` sends them.

        Without a change each gets another seed.

        Raises
        ------
        InvalidRequest
            When a value is wrong for a row; nothing is planned then.
        """
        with self._lock:
            self._redo(numbers, changes)
        self._tell()
        return self

    def wait(self, timeout: float | None = None) -> Batch:
        """Wait until every row has ended, or the batch is paused or stopped, or `timeout` seconds have passed."""
        try:
            loops.wait(self._feeder.finished, timeout)
        except TimeoutError:
            return self
        except KeyboardInterrupt:
            raise WaitInterrupted(
                sentence("stopped waiting; the batch goes on. batch.wait() waits again, batch.pause() holds it")
            ) from None
        return self

    def __await__(self) -> Generator[Any, None, Batch]:
        yield from loops.ticking(self._feeder.finished)
        return self

    def __len__(self) -> int:
        return len(self._slots)

    def on_change(self, callback: Callable[[Batch], object]) -> Batch:
        """Call `callback(batch)` after changes, a few times a second at most, in order, on a thread of its own."""
        self._listeners.append(callback)
        return self

    @property
    def stopped_by(self) -> BailianError | None:
        """Return why nothing more was sent: a cap, a key, a service out of reach; None otherwise."""
        return self._feeder.stopped_by

    def __repr__(self) -> str:
        counts = self._slots.counts()
        failed = sum(counts[state] for state in ("FAILED", "PARTIAL", "EXPIRED", "UNCERTAIN", "INVALID"))
        said = sentence("{done} of {count} done", done=counts["SUCCEEDED"], count=len(self._slots))
        ending = sentence(", {failed} failed", failed=failed) if failed else ""
        return f"<Batch {self.title}: {said}{ending}{' EMULATOR' if self.emulator else ''}>"

    @property
    def _settings(self) -> Settings:
        out, embed = self._options.get("out_dir"), self._options.get("embed")
        return self._session.settings(out_dir=None if out is None else str(out), embed=embed)

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
            values=call.values,
            images=tuple(map(_given, call.images)),
            mask=_given(call.mask),
            **({"keep": _given(call.keep)} if call.keep is not None else {}),
            **self._options,
        )
        return replace(plan, owner=self._owner, names=names)

    def _filled(self, number: int) -> RowCall:
        """Return a row's call with the seed that was worked out for it."""
        try:
            call = self._calls.fill(number)
        except RowProblem as problem:
            problems = [Invalid(number, self._calls.table.line(number), problem.column, problem.given, problem.allowed)]
            raise InvalidRequest(lines(problems)[0]) from None
        if (seed := self._slots.seeds[number - 1]) >= 0 and call.values.get("seed") is None:
            call.values["seed"] = seed
        return call

    def _send(self, number: int) -> Job:
        call = self._filled(number)
        plan = self._plan(call, number)
        if plan.request is not None and (key := plan.request.key) is not None:
            self._slots.keys[number - 1] = key
            if call.files and (mark := self._mark(call)) is not None:
                self._memory.add([(mark, key)])
        return self._session.send(plan, max_cost=self._max_cost)

    def _mark(self, call: RowCall) -> bytes | None:
        return mark_of(self._calls.model.name, self._calls.function, call, sorted(self._options.items()))

    def _outcome(self, number: int, job: Job) -> tuple[RowState, Outcome]:
        names = None
        if self._calls.name is not None:
            with contextlib.suppress(RowProblem):
                names = self._calls.names(number, self._calls.fill(number))
        return outcome_of(job, names)

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
            found = done.get(self._slots.keys[number - 1] or "")
            if found is None or len(found.files) < self._slots.images[number - 1]:
                continue
            if self._calls.name is not None and not self._is_named(number, found.files):
                continue  # it is answered from disk when it is run, and gets its name then
            if all(map(os.path.isfile, found.files)):
                files = tuple(map(str, found.files))
                paid = Outcome(
                    files=files, cost=found.cost, seconds=found.seconds, job=found.job, task_id=found.task_id
                )
                self._slots.put(number, "SUCCEEDED", paid._replace(cached=True))
                self._cached.add(number)

    def _is_named(self, number: int, files: Sequence[Path]) -> bool:
        try:
            names = self._calls.names(number, self._calls.fill(number))
        except RowProblem:
            return True
        return names is None or all(has_name(path, names(index)) for index, path in enumerate(files))

    def _refuse_invalid(self, skip: bool) -> None:
        invalid = self._checked.invalid
        if invalid and (not skip or self._slots.counts()["INVALID"] == len(self._slots)):
            raise InvalidRequest([Problem(parameter="row", message=line) for line in lines(invalid)])

    def _check_cost(self, max_cost: float | None) -> None:
        cap = self._settings.max_cost if max_cost is None else money("max_cost", max_cost)
        plan = self.plan
        if cap is None or cap == math.inf or not plan["tasks"]:
            return
        cost = plan["cost"]
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
                    tasks=plan["tasks"],
                    cost=cost,
                    cap=cap,
                )
            )

    def _given_up(self, number: int) -> bool:
        """Close what is open of a row whose task was looked for in vain; False where it may not be sent again."""
        key = self._slots.keys[number - 1]
        if key is None:
            return False
        account = self._session.account(self._session.target(self._settings), self._settings)
        return give_up(self._session, account, key)

    def _redo(self, numbers: Sequence[int], changes: Mapping[str, Any]) -> None:
        before = {number: self._calls.changes.get(number) for number in numbers}
        found = Checked(slots=Slots(len(self._slots)), invalid=[], marks={})
        try:
            for number in numbers:
                changed = {**(before[number] or {}), **changes}
                if not changes:
                    changed["seed"] = (int(self._filled(number).values.get("seed") or 0) + 1009) % 2_000_000_000
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
            if number in found.marks:
                self._checked.marks[number] = found.marks[number]
            self._cached.discard(number)
            self._slots.anew(number)

    def _tell(self) -> None:
        for listener in list(self._listeners):
            self._session.later(f"batch {id(self)}", functools.partial(listener, self))


def _given(picture: Any) -> Any:
    return Path(picture.path) if isinstance(picture, Found) else picture
