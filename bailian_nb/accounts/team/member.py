"""A process as the team sees it: what it holds, told again and again, and the thread that hears when its turn comes.

Leases, pace and money of one account go through here. Two threads are begun with the first of them: the heart writes
what can wait a moment and beats, the ear listens. Redis away: nothing is begun anew, and both try until it is back.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ...errors import InvalidRequest
from ...system.language import os_reason, sentence
from .place import Place
from .server import Away, Server, reason_of

log = logging.getLogger("bailian_nb")
BEAT = 4.0
"""Seconds between two beats of a process that holds a place, a claim or money."""
LASTS = 15.0
"""Seconds without a beat after which a place is late: the service is asked whether its task runs still."""
GRACE = 6.0
"""Seconds after a server came up empty in which it hands out nothing: all beat within that time."""
OURS = 5.0
"""Seconds after a beat in which a place is ours for certain, server away or not: less than `GRACE` and `LASTS`."""
UNSURE = 2
"""Beats after the last answer that never came: what was asked then has been done by the second one, or never will."""
PATIENCE = 10.0
"""Seconds after which a kernel in the line that has not asked again is not waited for."""
KEEP = 86400.0
"""Seconds for which counts lie in Redis that nobody touches."""
NAMED = 45 * 86400.0
"""Seconds for which the names of machines lie in Redis: as long as what they have spent."""
RETRY = (0.2, 3.0)
"""Seconds between two tries while the server is away: the first, and at most."""
AT_ONCE = 0.3
"""Seconds that the first call of a process waits for the server: `resume` takes a second at most."""


class Lane(Protocol):
    """Places of one kind, as far as beats and calls go; see `leases`."""

    lane: str
    base: int
    limit: int
    held_key: str
    tasks_key: str

    def snapshot(self) -> list[tuple[int, str]]: ...

    def lose(self, number: int) -> None: ...

    def called(self) -> None: ...


class Member:
    """This process in the team of one account."""

    def __init__(
        self,
        server: Server,
        account: str,
        *,
        kernel: Callable[[], str],
        owner: str,
        share: float = 0.0,
        place: Place | None = None,
    ) -> None:
        self.server = server
        self.account = account
        self.owner = owner
        self.share = share
        """Part of the limits that this process may use by itself while the server is away."""
        self._place = place
        """What tells this home from its copies, None where nobody copies any."""
        self._naming = threading.Lock()
        self._named: dict[str, tuple[str, float]] = {}
        """By what a home says of itself, the name that its journal has in the team, and when that was asked."""
        self.away = ""
        """Why the server cannot be used now, "" while it can."""
        self._kernel = kernel
        self._known_kernel = (0, "")
        self._known_life = ""
        self._untold = False
        """True until the server knows everything that this process has to tell."""
        self._unsure = 0
        """How many beats still take back what may have been granted by an answer that never came."""
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()
        self._works: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._beaten = -1e9
        self.still = threading.RLock()
        """Held while places are granted or told, so that no beat leaves out a place that is just granted."""
        self.begun = False
        """True once its threads run; who sets it before anything is asked does their work."""
        self._heart: threading.Thread | None = None
        self._ended = threading.Event()
        self.on_beat: list[Callable[[], None]] = []
        """Called with each beat in the heart's thread."""
        self.on_new_life: list[Callable[[], None]] = []
        """Called in the heart's thread when the server came back empty: who has something to tell tells it."""

    @property
    def kernel(self) -> str:
        """The name of this process: what was taken by it is given back by it, though its journal may be closed."""
        process = os.getpid()
        if self._known_kernel[0] != process:
            self._known_kernel = process, self._kernel()
        return self._known_kernel[1]

    @property
    def channel(self) -> str:
        return self.key("calls")

    def key(self, *names: str) -> str:
        """Return a key of this account; all of them lie in one slot of a cluster."""
        return ":".join((f"bnb:{{{self.account}}}", *names))

    def check(self) -> None:
        """Ask whether the server can be used, and wait a moment for that: later on, calls wait for it and say so.

        Raises
        ------
        InvalidRequest
            When it never will with these settings, as far as it says so at once; see `Server.check`.
        """
        wrong: list[InvalidRequest] = []

        def look() -> None:
            try:
                self.server.check()
            except Away as error:
                self.lost(error)
            except InvalidRequest as error:
                wrong.append(error)
                if late.is_set():
                    self.lost(Away(error.message))

        late = threading.Event()
        looking = threading.Thread(target=look, name="bailian_nb-team-look", daemon=True)
        looking.start()
        looking.join(AT_ONCE)
        late.set()
        if wrong:
            raise wrong[0]

    def ask(self, script: str, keys: Sequence[str], given: Sequence[object] = ()) -> Any:
        """Run one operation.

        Raises
        ------
        Away
            When the server cannot be used; those who wait say so.
        """
        self._begin()
        try:
            found = self.server.run(script, keys, given)
        except Away as error:
            self.lost(error)
            raise
        self._found()
        return found

    def later(self, work: Callable[[], object]) -> None:
        """Do a piece of writing in the heart's thread, in order; it is dropped where the server is away.

        What must not be dropped is told by the next beat.
        """
        self._begin()
        if self._heart is None:
            self._do(work)
        else:
            self._works.put(work)

    def join(self, lane: str, leases: Lane) -> None:
        """Beat for a lane from now on."""
        with self._lock:
            self._lanes[lane] = leases

    def lived(self, life: str) -> None:
        """Hear which life of the server an answer came from; a new one is told everything."""
        if life != self._known_life:
            self._known_life, self._untold = life, True
            self.later(self._tell_again)

    def tell(self, what: Callable[[], None]) -> None:
        """Tell this now, and again whenever the server came back empty."""
        self.on_new_life.append(what)
        self._untold = True
        self.later(self._tell_again)

    def tell_again(self) -> None:
        """Note that something could not be told: all of it is told as soon as the server can be used."""
        self._untold = True

    def unheard(self) -> None:
        """Note that a place may have been granted and nobody here knows: the server may do late what it was asked."""
        self._unsure = UNSURE

    def beat(self, *, sending: bool = False) -> None:
        """Say what this process holds; `sending` right before a create call, which must have its place still.

        Raises
        ------
        Away
            When the server cannot be used.
        """
        with self.still:
            began = time.monotonic()
            with self._lock:
                lanes = list(self._lanes.values())
            keys, given = (
                [self.key("life"), self.key("open")],
                [self.kernel, self.owner, *milliseconds(LASTS, GRACE), new_life(), *milliseconds(KEEP)],
            )
            given.append(int(sending))
            for lane in lanes:
                places = lane.snapshot()
                keys += [lane.held_key, lane.tasks_key]
                given += [lane.lane, lane.base, lane.limit - lane.base, len(places)]
                for number, task in places:
                    given += [number, task]
            life, *lost = self.ask("beat", keys, given)
            for index, number in zip(lost[::2], lost[1::2], strict=True):
                lanes[int(index) - 1].lose(int(number))
            self._beaten = began
        self.lived(life)

    def machine(self, name: str) -> str:
        """Return the name of a journal, by which the team knows what its machine claims and spends.

        Raises
        ------
        Away
            When the server cannot be used.
        """
        if self._place is None:
            return name
        with self._naming:
            known, at = self._named.get(name, ("", -1e9))
            if time.monotonic() - at >= BEAT:
                at = time.monotonic()
                try:
                    with self._place.words(begins=not known) as words:
                        known = self.ask("name", [self.key("machines")], [name, *words, *milliseconds(LASTS, NAMED)])
                except Away:
                    raise
                except OSError as error:
                    raise Away(os_reason(error)) from None
                self._named[name] = known, at
            return known

    def is_fresh(self, seconds: float) -> bool:
        """Tell whether the last beat that the server heard began so long ago at the most."""
        return time.monotonic() - self._beaten <= seconds

    def close(self) -> None:
        """End the threads; what is held runs out and is settled by what the service says."""
        self._ended.set()
        if self._heart is not None:
            self._works.put(None)
            self._heart.join(1.0)
        self.server.close()  # the ear hears of it within a second, and nobody waits for that

    def _begin(self) -> None:
        if self.begun or self._ended.is_set():
            return
        with self._lock:
            if not self.begun:
                self._heart = threading.Thread(target=self._live, name="bailian_nb-team", daemon=True)
                self._heart.start()
                threading.Thread(target=self._hear, name="bailian_nb-team-ear", daemon=True).start()
                self.begun = True

    def _live(self) -> None:
        due = time.monotonic() + BEAT
        while True:
            try:
                work = self._works.get(timeout=max(due - time.monotonic(), 0.0))
                if work is None:
                    return
            except queue.Empty:
                work = self._beat_again
                due = time.monotonic() + BEAT
            self._do(work)

    def _do(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Away:  # said by `lost`; the next beat tells it
            return
        except Exception:
            if not self._ended.is_set():  # else its line was hung up under it
                log.exception("bailian_nb-team")

    def _beat_again(self) -> None:
        if self._untold:
            self._tell_again()
            return
        if self._unsure or any(lane.snapshot() for lane in list(self._lanes.values())):
            self.beat()
            self._unsure = max(self._unsure - 1, 0)
            for name in list(self._named):
                self.machine(name)
        for tell in self.on_beat:
            tell()

    def _tell_again(self) -> None:
        if not self._untold:  # by an earlier one, which had waited in the same line
            return
        self._untold = False
        try:
            self.beat()
            for tell in (*self.on_beat, *self.on_new_life):
                tell()
        except Away:
            self._untold = True
            raise

    def _hear(self) -> None:
        """Listen for calls as long as the process lives; a connection that comes back may be to an empty server."""
        wait = RETRY[0]
        while not self._ended.is_set():
            try:
                with contextlib.closing(self.server.listen(self.channel)) as calls:
                    self.later(self.beat)
                    wait = RETRY[0]
                    self._wake([])
                    while not self._ended.is_set():
                        self._heard(calls.get_message(timeout=1.0))
            except Exception as error:  # noqa: BLE001  # whatever breaks the line, it is tried again
                if self._ended.is_set():
                    return
                self.lost(error if isinstance(error, Away) else Away(reason_of(error)))
                self._ended.wait(wait)
                wait = min(wait * 2, RETRY[1])

    def _heard(self, message: dict[str, Any] | None) -> None:
        if message and message["type"] == "message":
            lane, *kernels = str(message["data"]).split(" ")
            if self.kernel in kernels:
                self._wake([lane])

    def _wake(self, names: Sequence[str]) -> None:
        """Let those who wait in these lanes, or in all, ask at once."""
        with self._lock:
            lanes = [lane for name, lane in self._lanes.items() if not names or name in names]
        for lane in lanes:
            lane.called()

    def lost(self, error: Away) -> None:
        """Note that the server cannot be used, and say so once."""
        if not self.away:
            log.warning(
                sentence(
                    "Redis at {shown} is away ({error}): nothing new is sent until it is back",
                    shown=self.server.shown,
                    error=error,
                )
            )
        self.away = str(error)

    def _found(self) -> None:
        if self.away:
            self.away = ""
            log.warning(sentence("Redis at {shown} is back", shown=self.server.shown))


def milliseconds(*seconds: float) -> list[int]:
    """Return durations as the scripts take them."""
    return [round(each * 1000) for each in seconds]


def new_life() -> str:
    """Return what the data of a server is called that begins with this call: a lost one shows by another name."""
    return secrets.token_hex(6)
