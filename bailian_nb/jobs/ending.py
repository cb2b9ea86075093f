"""The end of a Job as the standard library knows it: a Future of its Result. `Job` says when it ends."""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading

from ..errors import BailianError, JobTimeout
from ..system.language import sentence
from .result import Result
from .status import FINAL, Status

_OURS = frozenset(
    [
        "abandon",
        "attach",
        "change",
        "closed",
        "deferred",
        "fail",
        "follow",
        "followed",
        "leave",
        "parks",
        "set_exception",
        "set_result",
        "set_running_or_notify_cancel",
        "succeed",
        "version",
        "want",
    ]
)


def _running() -> concurrent.futures.Future[None]:
    made: concurrent.futures.Future[None] = concurrent.futures.Future()
    made.set_running_or_notify_cancel()
    return made


class Ending(concurrent.futures.Future[Result]):
    """A Future that ends once, with the Result or with the reason; only the runner ends it."""

    id: str
    status: Status
    task_id: str
    error: BailianError | None
    _result: Result | None

    def __init__(self) -> None:
        super().__init__()
        self.set_running_or_notify_cancel()
        self._lock = threading.Lock()
        self._over = self._wanted = self._parked = False
        self._ended: concurrent.futures.Future[None] | None = None

    @property
    def ended(self) -> concurrent.futures.Future[None]:
        """Done once it has ended, and raises nothing; made when somebody waits for it."""
        if self._ended is None:
            with self._lock:
                if self._ended is None:
                    self._ended = _running()
                    if self._over:
                        self._ended.set_result(None)
        return self._ended

    def exception(self, timeout: float | None = None) -> BailianError | None:
        """Wait and return why it failed, None when it did not; JobTimeout after `timeout` seconds."""
        try:
            self.result(timeout)
        except JobTimeout:
            raise
        except BailianError as error:
            return error
        return None

    def cancelled(self) -> bool:
        """Return True once it has ended because it was canceled."""
        return self.status == "CANCELED"

    def __dir__(self) -> list[str]:
        """Offer what users call; the runner knows the rest."""
        return [name for name in super().__dir__() if name not in _OURS]

    def leave(self) -> bool:
        """Let go whoever waits, since the task waits at the service for who collects it; False if that is `want`ed."""
        with self._lock:
            self._parked = not self._wanted
        if self._parked:
            self._let_go()
        return self._parked

    def want(self) -> bool:
        """Have it seen to its end here, also where it was to leave its task at the service; False if it has left."""
        with self._lock:
            self._wanted = not self._parked
        return self._wanted

    def _let_go(self) -> None:
        """Let whoever waits go on, the first time alone; they hear of it without a lock, for they may ask this Job."""
        with contextlib.suppress(concurrent.futures.InvalidStateError):
            if self._result is not None:
                self.set_result(self._result)
            else:
                self.set_exception(self._reason())
        with self._lock:
            self._over, ended = True, self._ended
        if ended is not None:
            with contextlib.suppress(concurrent.futures.InvalidStateError):
                ended.set_result(None)

    def _reason(self) -> BailianError:
        if self.error is not None:
            return self.error
        if self.status not in FINAL:
            parked = sentence("job {id} waits at the service for whoever collects it", id=self.id)
            return JobTimeout(parked, task_id=self.task_id)
        return BailianError(sentence("job {id} ended {status}", id=self.id, status=self.status), task_id=self.task_id)
