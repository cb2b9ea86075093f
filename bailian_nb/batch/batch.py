"""Batch: many rows, one plan, each row a Request of the machinery that sends single calls.

`wan.batch(...)` makes one and never sends; `run()` does. What is on disk already is not sent again, so running it
twice, after a kill too, does only what is missing.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Generator, Iterable
from typing import Any

from ..errors import BailianError, InvalidRequest, WaitInterrupted
from ..jobs.job import Job
from ..system import loops
from ..system.language import sentence
from . import park as parking
from .feeder import AHEAD
from .park import SHARE, Parked
from .review import ReviewedBatch
from .rows import Row
from .slots import AGAIN, BAD, UNSENT, counted

PARKING_AT_ONCE = 8
"""Rows on their way at once while a batch is parked or collected: their tasks take no place here."""


class Batch(ReviewedBatch):
    """Rows that are calls of one model; `batch` of the front door makes one, `run` sends it.

    Attributes
    ----------
    title
        Function or model with the source, one line.
    rows
        A sequence of Row, made when they are looked at.
    """

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
            self.refuse_invalid(skip_invalid)
            self._check_cost(max_cost, states=UNSENT)
            self._max_cost = math.inf if max_cost in (math.inf, "inf") else None
            self._mode = "run"
            for number in list(self._slots.numbers("CANCELED", "PARKED")):
                self._slots.anew(number)
            account = self._account
            self._started()
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
            self._feeder.drop()
            numbers = list(self._slots.numbers("PLANNED"))
            for number in numbers:
                self._slots.put(number, "CANCELED")
            own = [job for job in self.jobs if job.owner == self.owner]  # a call of somebody else may answer a row
            waiting = [job for job in own if job.submitted is None and not job.task_id]
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
                self._asked.add(number)
                self._slots.anew(number)
        return self.run(max_cost=max_cost, skip_invalid=True)

    def park(self, *, share: float = SHARE, max_cost: float | None = None, skip_invalid: bool = False) -> Parked:
        """Submit ahead into the service's own queue, and return once every task id is written down.

        The pictures are fetched by `collect()`, in any process, within 24 hours; the service forgets them then.

        Parameters
        ----------
        share
            The part of the service's queue (500 tasks a model) that may be filled, above 0 and at most 1.
        max_cost, skip_invalid
            As for `run`.

        Raises
        ------
        InvalidRequest
            Where no page says that the model's tasks may wait there; and as `run`.
        BudgetExceeded
            As `run`.
        """
        with self._lock:
            self.refuse_invalid(skip_invalid)
            base_url, model = self._account.base_url, self._calls.model
            rows = self._session.journal.unfinished(base_url)
            there = sum(1 for row in rows if row.model == model.name and row.state != "intent")
            most = parking.room(model, share, there)
            self._check_cost(max_cost, most)
            self._max_cost = math.inf if max_cost in (math.inf, "inf") else None
            self._mode = "park"
            self._started()
            self._feeder.start(PARKING_AT_ONCE, most=most)
        self.wait()
        waits = parking.waiting(self._session, self._slots, base_url)
        if not waits and self.stopped_by is not None:
            raise self.stopped_by
        left = self._slots.counts()["PLANNED"]
        return Parked(rows=len(waits), left=left, collect_by=parking.collect_by(self._session, waits))

    def collect(self) -> Batch:
        """Fetch what was parked, and send nothing; returns the Batch at once, `wait()` waits for the pictures."""
        with self._lock:
            self._mode = "collect"
            self._learn()
            for number in parking.waiting(self._session, self._slots, self._account.base_url, collects=True):
                if self._slots.state(number) in ("PLANNED", "CANCELED"):
                    self._slots.put(number, "PARKED")
            self._started()
            self._feeder.start(PARKING_AT_ONCE, feeds="PARKED")
        self._tell()
        return self

    def unpark(self) -> int:
        """Cancel what is parked and waits still; what runs already goes on, and its pictures are saved.

        Returns
        -------
        int
            How many tasks were canceled; none of them is billed.
        """
        with self._lock:
            self._mode = "collect"
            self._learn()
            jobs: dict[int, Job] = {}
            for number in parking.waiting(self._session, self._slots, self._account.base_url):
                job = parking.take_up(self._session, self._plan(self._filled(number), number))
                if job is not None:
                    jobs[number] = job
                    self._feeder.adopt(number, job)
            self._feeder.start(1, most=0)
            count = sum(1 for job in jobs.values() if job.cancel())
        self._tell()
        return count

    def redo(self, numbers: int | Row | Iterable[int | Row], **changes: Any) -> Batch:
        """Plan rows anew with other values (prompt, seed, ...); what they have made stays. `run()` sends them.

        Without a change each gets another seed.

        Raises
        ------
        InvalidRequest
            When there is no such row, one is on its way, or a value is wrong for a row; nothing is planned then.
        """
        with self._lock:
            named = self._named(numbers)
            for number in named:
                if self._slots.state(number) in ("SENT", "PARKED"):
                    raise InvalidRequest(
                        sentence("row {number} is on its way; wait() for it, or collect() it, first", number=number)
                    )
            self._redo(named, changes)
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

    def raise_if_nothing(self) -> None:
        """Raise why it stopped, or why its rows failed where all of them have: for runs where nobody looks on."""
        now = self.progress
        if self.stopped_by is not None:
            raise self.stopped_by
        if now.failed == now.total:
            first = now.failures[0] if now.failures else None
            reason = f"{first.code}: {first.reason}" if first else sentence("no row can be sent")
            raise BailianError(sentence("all {count} rows failed: {reason}", count=now.total, reason=reason))

    def __await__(self) -> Generator[Any, None, Batch]:
        yield from loops.ticking(self._feeder.finished)
        return self

    def __len__(self) -> int:
        return len(self._slots)

    def on_change(self, callback: Callable[[Batch], object]) -> Batch:
        """Call `callback(batch)` after changes, a few times a second at most, in order, on a thread of its own."""
        self._listeners.append(callback)
        return self

    def _started(self) -> None:
        """Have it listed among the Jobs of this process."""
        self._began = self._began or self._session.clock.now()
        self._session.list_group(self)

    @property
    def stopped_by(self) -> BailianError | None:
        """Return why nothing more was sent: a cap, a key, a service out of reach; None otherwise."""
        return self._feeder.stopped_by

    def __repr__(self) -> str:
        counts = self._slots.counts()
        said = counted(counts["SUCCEEDED"], sum(counts[state] for state in BAD), len(self._slots))
        with contextlib.suppress(InvalidRequest):  # of settings that cannot be read: a line is no place to say so
            said += " EMULATOR" if self.emulator else ""
        return f"<Batch {self.title}: {said}>"
