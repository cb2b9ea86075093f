"""The feeder: hands the rows of a batch to the session, a few ahead of those that run, and takes in how they end.

One thread a batch, no thread a row. Two rows at most wait for their create call: so a call of somebody else waits
behind a turn or two of the batch and not behind its rows. `Batch` starts, pauses and asks it.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal

from ..errors import (
    AccessDenied,
    AuthenticationError,
    BailianError,
    BillingError,
    BudgetExceeded,
    InvalidRequest,
    MissingApiKey,
    NetworkError,
    SaveFailed,
    SubmitUncertain,
    one_line,
)
from ..jobs.job import Job
from ..session.session import Session
from ..system.language import sentence
from .lost import told
from .slots import Outcome, RowState, Settled, Slots

log = logging.getLogger("bailian_nb")
AHEAD = 2
"""Rows that wait for their create call, where the account allows a few tasks at once."""
ONE_IN = 8
"""Where it allows many: one row in so many of those on their way may wait."""
MOST_AT_ONCE = 64
"""Rows on their way at most, whatever the account allows: each of them holds its pictures in memory."""
MOST_BYTES = 48 * 2**20
"""Bytes of pictures on their way, above which no further row is read."""
TOLD_EVERY = 0.25
"""Seconds between two times that listeners hear of changes."""
LOOK = 1.0
"""Seconds after which listeners hear again although no row has ended."""
OUT_OF_REACH = 6
"""How often in a row the service may be out of reach, with pauses that double from 2 seconds on."""
STOPS = (AuthenticationError, AccessDenied, BillingError, BudgetExceeded, MissingApiKey)
"""Faults that every further row would meet, too."""

State = Literal["planned", "running", "paused", "stopped", "ended"]


class Feeder:
    """Feeds the rows that are PLANNED, in order, until there are none.

    Parameters
    ----------
    send
        Plans one row (its pictures are read) and returns what sends it, or takes up what it has left, and returns its
        Job; None where there is nothing to take up. Both raise what the session raises.
    outcome
        Turns a Job that has ended into state and outcome.
    changed
        Hears, now and then and on a thread of its own, that something has changed.
    """

    def __init__(
        self,
        session: Session,
        slots: Slots,
        *,
        send: Callable[[int], Callable[[], Job | None]],
        outcome: Callable[[int, Job], tuple[RowState, Outcome]],
        changed: Callable[[], object],
    ) -> None:
        self._session = session
        self._slots = slots
        self._send = send
        self._outcome = outcome
        self._changed = changed
        self._news = threading.Condition()
        self._done: deque[int] = deque()
        self._jobs: dict[int, Job] = {}
        self._thread: threading.Thread | None = None
        self._window = 1
        self._feeds: RowState = "PLANNED"
        self._left: float = math.inf
        self._paused = self._closing = False
        self._failures = self._dropped = 0
        self._again_at = 0.0
        self._told = 0.0
        self.stopped_by: BailianError | None = None
        """Why nothing more was sent, None while nothing speaks against it."""
        self.finished: Future[None] = Future()
        self.finished.set_result(None)
        self.times: deque[float] = deque(maxlen=60)
        """When rows were done that a task was sent for, by the session's clock."""
        self.left_here = (0, "")
        """How many pictures their bucket did not take, and why the latest of them."""
        self.newest: deque[tuple[int, str]] = deque(maxlen=12)
        """The pictures that came last, with their rows."""

    @property
    def state(self) -> State:
        """Return what the batch does."""
        if self._paused:
            return "paused"
        if self._thread is not None:
            return "running"
        return "stopped" if self.stopped_by else "ended" if self._slots.next("PLANNED", 0) is None else "planned"

    @property
    def jobs(self) -> dict[int, Job]:
        """Return the Jobs that are on their way, by row number."""
        with self._news:
            return dict(self._jobs)

    def start(self, window: int, *, feeds: RowState = "PLANNED", most: float = math.inf) -> None:
        """Feed on, or begin to: `most` rows of the state `feeds`, `window` of them on their way at once at most."""
        with self._news:
            self._feeds, self._left = feeds, most
            self._window = max(1, min(window, MOST_AT_ONCE))
            self._paused, self.stopped_by, self._failures, self._again_at = False, None, 0, 0.0
            if self._closing:
                raise BailianError(sentence("this batch belongs to a session that is closed; make it anew"))
            if self.finished.done():
                self.finished = Future()
            self._news.notify()
            if self._thread is None:
                self._session.on_close.add(self._close)
                self._thread = threading.Thread(target=self._run, name="bailian_nb-batch", daemon=True)
                self._thread.start()

    def adopt(self, number: int, job: Job) -> None:
        """Take in how a Job ends that was not sent from here."""
        self._slots.put(number, "SENT")
        with self._news:
            self._jobs[number] = job
        job.ended.add_done_callback(lambda _: self._ended(number))
        job.on_change(lambda _: self._wake())  # it may be sent now, and make room

    def pause(self) -> None:
        """Send nothing more for now; what is on its way goes on."""
        with self._session.exclusively(), self._news:  # a row that is being planned hears it before it is sent
            self._paused = True
            self._news.notify()

    def drop(self) -> None:
        """Send no row that is being planned right now; it is canceled."""
        with self._session.exclusively():
            self._dropped += 1

    def _close(self) -> None:
        """Send nothing more for ever, since the session ends."""
        with self._news:
            self._closing = True
            self._news.notify()

    def _run(self) -> None:
        try:
            while (number := self._next()) is not None:
                if number:
                    self._feed(number)
                self._take_in()
                self._tell()
        except Exception as error:
            log.exception("batch")
            with self._news:
                self.stopped_by = BailianError(sentence("fault in bailian_nb: {error}", error=one_line(error)))
                self._end()
        self._tell(last=True)

    def _next(self) -> int | None:
        """Wait for something to do: the row to be sent next, 0 to take in what has ended; None when all is done."""
        with self._news:
            while True:
                if self._closing:
                    self._end()
                    return None
                if self._done:
                    return 0
                number = self._slots.next(self._feeds, 0) if self._may_send() else None
                if number is not None and self._has_room() and not self._waits():
                    return number
                if not self._jobs and (number is None or not self._may_send()):
                    self._end()
                    return None
                self._news.wait(LOOK)
                if self._jobs:
                    return 0

    def _end(self) -> None:
        """Let the thread end, and whoever waits go on; in one piece with the look at what is left."""
        self._thread = None
        self._session.on_close.discard(self._close)
        if not self.finished.done():
            self.finished.set_result(None)

    def _may_send(self) -> bool:
        return not self._paused and self.stopped_by is None and self._left > 0

    def _has_room(self) -> bool:
        """Tell whether one more row may be on its way."""
        jobs = self._jobs.values()
        if len(jobs) >= self._window:
            return False
        unsent = sum(1 for job in jobs if job.submitted is None and not job.task_id)
        held = sum(len(each.data) for job in jobs if job.request is not None for each in job.request.inputs)
        return unsent < max(AHEAD, self._window // ONE_IN) and held < MOST_BYTES

    def _waits(self) -> bool:
        """Tell whether the service was out of reach a moment ago."""
        return self._again_at > self._session.clock.now()

    def _feed(self, number: int) -> None:
        self._slots.put(number, "SENT")
        dropped = self._dropped
        try:
            send = self._send(number)  # without the lock: a picture may take long to read
            with self._session.exclusively():
                if self._closing or self._paused:  # asked here, since who closes or pauses waits for this lock
                    self._slots.put(number, self._feeds)
                    return
                if dropped != self._dropped:
                    self._slots.put(number, "CANCELED")
                    return
                self._left -= 1
                job = send()
        except Settled as settled:
            self._slots.put(number, settled.state, settled.outcome)
            return
        except SubmitUncertain as error:
            self._slots.put(number, "UNCERTAIN", failed(error, number))
            return
        except (InvalidRequest, SaveFailed) as error:
            self._slots.put(number, "FAILED", failed(error, number))
            return
        except BailianError as error:
            self._slots.put(number, self._feeds)
            self.stopped_by = error
            return
        except BaseException:
            self._slots.put(number, self._feeds)
            raise
        if job is None:
            self._slots.put(number, "PLANNED")
        else:
            self.adopt(number, job)

    def _ended(self, number: int) -> None:
        with self._news:
            self._done.append(number)
            self._news.notify()

    def _take_in(self) -> None:
        """Note how rows have ended, and let go of their Jobs."""
        while True:
            with self._news:
                if not self._done:
                    return
                number = self._done.popleft()
                job = self._jobs.pop(number, None)
            if job is None or self._closing:
                continue
            self._note(number, job)
            if job.owner:
                self._session.forget(job)

    def _note(self, number: int, job: Job) -> None:
        error = job.error
        if job.parks and job.task_id and not job.final:
            self._slots.put(number, "PARKED", Outcome(job=job.id, task_id=job.task_id, cost=job.cost))
            return
        if job.outcome is None and (job.stopped_by is not None or isinstance(error, NetworkError) or not job.final):
            self._slots.put(number, self._feeds)  # nothing was sent
            if isinstance(error, NetworkError):
                self._out_of_reach(error)
            return
        state, outcome = self._outcome(number, job)
        if state == "FAILED" and job.task_id and job.open_still:
            state = "PARKED"  # paid, and still to be had at the service: the next run fetches it
        if isinstance(error, STOPS) and not job.task_id:
            self._slots.put(number, self._feeds)
            self.stopped_by = error
            return
        self._slots.put(number, state, outcome)
        if left := [picture.left_here for picture in job.outcome or () if picture.left_here]:
            self.left_here = (self.left_here[0] + len(left), left[-1])
        if isinstance(error, SaveFailed):
            self.stopped_by = error  # what is paid for cannot be saved: pay for no more
        self._failures = 0
        if not outcome.cached:
            self.times.append(self._session.clock.now())
        self.newest.extend((number, file) for file in outcome.files)

    def _out_of_reach(self, error: NetworkError) -> None:
        """Wait longer each time, and stop after a while: the rows are as they were."""
        now = self._session.clock.now()
        if self._again_at > now:
            return  # another row that was on its way at the same time
        self._failures += 1
        if self._failures >= OUT_OF_REACH:
            self.stopped_by = error
            return
        pause = 2.0**self._failures
        self._again_at = now + pause
        slept = self._session.loop.submit(self._session.clock.sleep(pause))
        slept.add_done_callback(lambda _: self._wake())

    def _wake(self) -> None:
        with self._news:
            self._news.notify()

    def _tell(self, *, last: bool = False) -> None:
        now = time.monotonic()
        if last or now - self._told >= TOLD_EVERY:
            self._told = now
            self._changed()


def failed(error: BailianError, number: int) -> Outcome:
    """Return the outcome of a row that was refused before it had a Job."""
    return Outcome(code=error.code or type(error).__name__, error=told(error, number), task_id=error.task_id)
