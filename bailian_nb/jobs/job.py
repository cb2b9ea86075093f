"""Job: what a call returns at once.

A Job is the local thing (Request -> remote task -> saved pictures). The runner moves it on; whoever holds it reads
its state from any thread, waits for it, awaits it or cancels it.
"""

from __future__ import annotations

import concurrent.futures
import logging
import os
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol

from ..errors import (
    BailianError,
    DownloadError,
    Front,
    JobTimeout,
    NotSent,
    RequestRejected,
    SaveFailed,
    SubmitUncertain,
    WaitInterrupted,
    printable,
)
from ..request import Request
from ..system import live, loops
from ..system.language import sentence
from .ending import Ending
from .journal_writes import DeferredWrites
from .result import Result
from .status import FINAL, Expected, Status, WaitReason
from .wanted import Wanted

log = logging.getLogger("bailian_nb")
PROMPT = 60
"""Characters of a prompt that tell Jobs apart in a list."""
_FOLLOWED = ("task_status", "task_id", "request_id", "submitted", "expected", "cost", "why")


class Display(Protocol):
    """What shows a Job where the user looks; a notebook registers one."""

    def show(self, job: Job) -> None:
        """Show the Job in the running cell."""

    def show_sweep(self, sweep: Any) -> None:
        """Show a Sweep in the running cell."""

    def show_batch(self, batch: Any, *, plan: bool = False) -> None:
        """Show a Batch in the running cell, or its plan."""

    def review(self, batch: Any) -> Any:
        """Return what reviews the pictures of a Batch in a cell; None where nobody can press a key."""

    def show_history(self, history: Any) -> None:
        """Show a History in the running cell."""

    def show_jobs(self, here: Any) -> None:
        """Show in the running cell the Jobs of a process, whose session is given."""

    def show_static(self, thing: Any) -> None:
        """Show what never changes in the running cell: its picture and its caption."""

    def repeat(self, jobs: Sequence[Job]) -> None:
        """Write the outputs of these Jobs again, from a cell that waited for them."""


class Canceler(Protocol):
    """What the runner offers to a Job."""

    def cancel(self, job: Job) -> bool: ...


class Job(Ending):
    """One call on its way to saved pictures.

    It is a Future of its Result, too: `concurrent.futures.as_completed` and `wait`, `asyncio.gather` and
    `asyncio.timeout` take Jobs as they take any other.

    Attributes
    ----------
    id
        Short local name, for `%wan wait`, `cancel` and file names.
    request
        What is sent; None while the Job waits for another Job's picture.
    status
        WAITING QUEUED SUBMITTING UNCERTAIN PENDING RUNNING SAVING, then one of SUCCEEDED FAILED CANCELED EXPIRED.
    task_status, task_id, request_id
        The service's own word and ids, "" before there are any.
    cost
        CNY by list price: the estimate, and after the end what was billed; None when the price is unknown.
    error
        Why it failed, None otherwise.
    cancel_asked, uncanceled
        Whether `cancel` was called, and why that has not ended the Job, None while nothing speaks against it.
    """

    def __init__(
        self,
        *,
        id: str,  # noqa: A002  # the public name
        request: Request | None,
        label: str,
        emulator: bool,
        created: float,
        cost: float | None = None,
        expected: Expected | None = None,
    ) -> None:
        super().__init__()
        self.id = id
        self.request = request
        self.label = label
        self.emulator = emulator
        self.created = created
        self.cost = cost
        self.expected = expected
        self.status: Status = "QUEUED"
        self.task_status = ""
        self.task_id = ""
        self.request_id = ""
        self.submitted: float | None = None
        self.finished: float | None = None
        self.error: BailianError | None = None
        self.why: WaitReason | None = None
        self.notes: list[str] = []
        self.front: Front = "python"  # who made it: its errors and notes are written so
        self.version = 0
        self.cancel_asked = False
        self.uncanceled: WaitReason | None = None
        self.stopped_by: RequestRejected | None = None
        self.embed = True  # its Record goes into the picture files, too
        self.a1111 = False  # and the text that A1111 reads
        self.replaces = ""  # the unsent row of an earlier kernel that this Job sends
        # Asked before it is sent after all, where it was to follow another one and cost nothing.
        self.ask_first: Callable[[], object] | None = None
        self.wanted: Wanted | None = None  # sent where the task of an earlier kernel turns out never to have been made
        self.fresh = False  # sent whatever was made before
        self.owner = ""  # owners of one kernel take turns
        self.parks = False  # it is over for this process once its task waits at the service
        self.names: Callable[[int], str] | None = None  # the user's own file names, by the picture's number from 0
        self.followed = ""  # the row of another kernel that makes the same request
        self.closed = False
        self.deferred = DeferredWrites()
        self.display: Display | None = None
        self._result: Result | None = None
        self._listeners: list[Callable[[Job], object]] = []
        self._callbacks: loops.Callbacks | None = None
        self._callback_loop: loops.CallbackLoop | None = None
        self._canceler: Canceler | None = None
        self._leader: Job | None = None
        self._process = os.getpid()

    def attach(self, canceler: Canceler, callbacks: loops.Callbacks, loop: loops.CallbackLoop) -> None:
        """Tell the Job who runs it and where callbacks go."""
        self._canceler, self._callbacks, self._callback_loop = canceler, callbacks, loop

    @property
    def final(self) -> bool:
        """True once nothing more will happen."""
        return self.status in FINAL

    @property
    def open_still(self) -> bool:
        """True while a task of this Job may exist whose pictures are not on disk: sending again could pay twice."""
        return self.submitted is not None and not self.closed

    @property
    def outcome(self) -> Result | None:
        """Return the Result of a Job that ended well, None otherwise; never waits."""
        return self._result if self.final else None

    @property
    def eta(self) -> float | None:
        """Return seconds until the usual end, None before it runs or when nothing is known."""
        if self.expected is None or self.submitted is None or self.final:
            return None
        return max(0.0, self.submitted + self.expected.typical - time.time())

    def change(self, **values: Any) -> None:
        """Set attributes and tell the listeners; called by the runner."""
        with self._lock:
            if self.final:
                return
            for name in sorted(values, key="status".__eq__):  # last: who sees the end finds the rest in its place
                setattr(self, name, values[name])
            self.version += 1
            final = values.get("status") in FINAL
        if final:
            log.info("job %s (%s): %s", self.id, self.label, self._end())
        try:
            self._tell()
        finally:
            if final:
                self._let_go()

    def _end(self) -> str:
        """Say in a few words how it ended; neither the prompt nor what the service wrote is in it."""
        result = self._result
        if result is None:
            reason = (self.error.code or type(self.error).__name__) if self.error is not None else "no reason"
            return f"{self.status}, {reason}"
        more = [f"{len(result.errors)} failed"] if result.errors else []
        more += ["from disk"] if result.cached else []
        if self.submitted is not None and self.finished is not None and not result.cached:
            more.append(f"{self.finished - self.submitted:.1f} s")
        if not result.cached and (self.emulator or result.cost is not None):
            more.append("EMULATOR" if self.emulator else f"CNY {result.cost:.2f}")
        return ", ".join([self.status, f"{len(result)} picture(s)", *more])

    def succeed(self, result: Result, *, at: float) -> None:
        """End well: every picture of `result` is on disk."""
        self._result = result
        self.change(status="SUCCEEDED", finished=at, cost=result.cost, why=None)

    def fail(self, error: BailianError, *, at: float, status: Status = "FAILED") -> None:
        """End without pictures; nothing is billed then, unless nobody knows whether a task was made."""
        paid = isinstance(error, SaveFailed | DownloadError) or (self.open_still and not isinstance(error, NotSent))
        cost = None if isinstance(error, SubmitUncertain) else self.cost if paid else 0.0
        self.change(status=status, finished=at, error=error, cost=cost, why=None)

    def follow(self, other: Job) -> None:
        """Go on as another Job does that makes the same request, to its end, and also where the process ends first."""
        self._canceler, self._callbacks, self._callback_loop = other._canceler, other._callbacks, other._callback_loop
        self._leader = other
        other.on_change(self._copy)
        other.ended.add_done_callback(lambda _: self._end_with(other))
        self._copy(other)

    def _end_with(self, other: Job) -> None:
        """Let go whoever waits for this one, whatever callbacks of the other one do."""
        if other.final:
            self._copy(other)
        elif other.error is not None:
            self.abandon(other.error)
        else:  # it waits at the service for who collects it
            self._let_go()

    def _copy(self, other: Job) -> None:
        """Show the state of the other Job as this one's own."""
        status, ended = other.status, other.finished or other.created
        self.notes[:] = other.notes
        if status not in FINAL:
            self.change(status=status, **{name: getattr(other, name) for name in _FOLLOWED})
        elif other.outcome is not None:
            self.succeed(other.outcome, at=ended)
        else:
            error = other.error or BailianError(
                sentence("job {id} ended {status}", id=other.id, status=status), task_id=other.task_id
            )
            self.fail(error, at=ended, status=status)

    def abandon(self, error: BailianError) -> None:
        """Let go whoever waits, since the process ends; the Job's row stays as it is."""
        with self._lock:
            if not self.final:
                self.error = error
        self._let_go()

    def on_change(self, callback: Callable[[Job], object]) -> Job:
        """Call `callback(job)` after every change, in order, on a thread of its own; returns the Job.

        A callback may call `job.result()` of this or another Job. In a forked child only a Job that has ended calls,
        and at once; any other raises BailianError.
        """
        if self._elsewhere():
            callback(self)
            return self
        with self._lock:
            self._listeners.append(callback)
        if self.final:
            self._call(callback)
        return self

    def wait(self, timeout: float | None = None) -> Job:
        """Wait until the Job has ended or `timeout` seconds have passed; raise nothing but an interrupt.

        Raises
        ------
        BailianError
            In a forked child, which nothing would ever tell of the end.
        """
        if self._elsewhere():
            return self
        try:
            loops.wait(self.ended, timeout, self._callback_loop)
        except concurrent.futures.TimeoutError:
            return self
        except KeyboardInterrupt:
            raise WaitInterrupted(self._goes_on()) from None
        self._repeat()
        return self

    def result(self, timeout: float | None = None) -> Result:
        """Wait and return the Result.

        Raises
        ------
        JobTimeout
            After `timeout` seconds, and for a Job that is parked at the service; it goes on.
        BailianError
            The reason when the Job failed, was canceled or expired.
        """
        self.wait(timeout)
        if not self.ended.done():
            late = sentence(
                "job {id} is still {status} after {timeout:g} s; it goes on",
                id=self.id,
                status=self.status,
                timeout=timeout,
            )
            raise JobTimeout(late, task_id=self.task_id)
        return self._outcome()

    def add_done_callback(self, fn: Callable[[Job], object]) -> None:
        """Call `fn(job)` once when it has ended, on the thread of the callbacks; at once where it has."""
        self.ended.add_done_callback(lambda _: self._call(fn))

    def cancel(self) -> bool:
        """Cancel: at once before it is sent, by the service while it is PENDING; answers within a few seconds.

        A task that runs already cannot be canceled; its pictures are saved.

        Returns
        -------
        bool
            False when it is too late, when nobody knows yet, or when it must wait until a lost task is found (see
            UNCERTAIN); `uncanceled` says which. What is paid for is saved in any case.

        Raises
        ------
        BailianError
            In a forked child: the Job is its parent's.
        """
        if self._elsewhere() or self.final or self._canceler is None:
            return False
        if self._leader is not None:
            done = self._leader.cancel()
            self.uncanceled = self._leader.uncanceled
            return done
        return self._canceler.cancel(self)

    def __await__(self) -> Generator[Any, None, Result]:
        import asyncio

        if self._elsewhere():
            return self._outcome()
        try:
            yield from loops.ticking(self.ended)
        except asyncio.CancelledError as cancelled:
            # The type must stay as it is for asyncio's own time-outs; IPython asks the instance for its one line.
            cancelled._render_traceback_ = lambda: [f"Interrupted: {self._goes_on()}"]  # type: ignore[attr-defined]
            raise
        self._repeat()
        return self._outcome()

    @property
    def alt(self) -> str:
        """Its pictures in words, for those who cannot see them; "" while there are none."""
        return "; ".join(dict.fromkeys(picture.alt for picture in self._result or ()))

    @property
    def summary(self) -> str:
        """What stays the same from run to run: a notebook that is compared with another holds this."""
        code = f" {self.error.code or type(self.error).__name__}" if self.error else ""
        return f"<Job {self.label} {self.status}{code}{' EMULATOR' if self.emulator else ''}>"

    def __repr__(self) -> str:
        prompt = f" {printable(self.request.prompt, PROMPT)!r}" if self.request is not None else ""
        return f"<Job {self.id} {self.summary.removeprefix('<Job ').removesuffix('>')}{prompt}>"

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the pictures where no notebook display is registered."""
        if self._result is None:
            return {"text/plain": self.summary}, {}
        bundle, more = self._result._repr_mimebundle_()
        return {**bundle, "text/plain": self.summary}, more

    def _ipython_display_(self) -> None:
        if self.display is None:
            raise NotImplementedError
        self.display.show(self)

    def _display_(self) -> object:
        """Return what marimo shows: a widget that follows it."""
        return live.shown(self)

    def _outcome(self) -> Result:
        if self._result is not None:
            return self._result
        raise self._reason()

    def _elsewhere(self) -> bool:
        """Tell whether another process drives this Job, which is well if it has ended already: locks are not touched.

        A fork copies the Job, but not the thread that would move it on.
        """
        if os.getpid() == self._process:
            return False
        if self.final or self.error is not None:
            return True
        raise BailianError(
            sentence(
                "job {id} is driven by process {process}, from which this one was forked, and by no other",
                id=self.id,
                process=self._process,
            ),
            hint=sentence("Wait for it or cancel it there; calls that are made here are this process's own."),
            task_id=self.task_id,
        )

    def _goes_on(self) -> str:
        return sentence(
            "stopped waiting; job {id} goes on ({status}). `%wan wait {id}` or `await job` waits again",
            id=self.id,
            status=self.status,
        )

    def _repeat(self) -> None:
        if self.display is not None:
            self.display.repeat([self])

    def _tell(self) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            self._call(listener)

    def _call(self, listener: Callable[[Job], object]) -> None:
        if self._callbacks is None:
            listener(self)
        else:
            self._callbacks.add(self.id, lambda: listener(self))
