"""Places that all machines share, behind the seam of `accounts.locks`: a lease on the server's clock for each.

`queue` asks here from a worker thread. What is held is told with each beat of `member`; a place that was lost while
this process stood still is found out by `Limiter.confirm` before a call goes out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from ..locks import Release, Wait
from .member import GRACE, KEEP, LASTS, PATIENCE, Member, milliseconds, new_life
from .server import Away

ASK_AGAIN = 2.0
"""Seconds between two questions of a kernel that waits and was not called: a call may be lost."""
AWAY = 0.5
"""The same while the server is away."""


class TeamLeases:
    """`limit` places of one lane, such as the tasks at once of a model.

    `limit` may be set higher where tasks may wait at the service; the server hands out those only as long as no machine
    has heard that it refuses them. `listing` names what the server must have been told by the service, after it came up
    empty, before it hands out places. "" where no task stands for a place: one whose kernel has not been heard of in
    time is free then.
    """

    def __init__(self, member: Member, lane: str, limit: int, *, listing: str = "") -> None:
        self.lane = lane
        self.base = self.limit = limit
        self.listing = listing
        self.held_key = member.key(lane, "held")
        self.tasks_key = member.key(lane, "tasks")
        self.line_key = member.key(lane, "line")
        self._member = member
        self._next = 0
        """The number of the next place: the same until it is granted, since the answer that grants it may be lost."""
        self._held: dict[int, str] = {}
        """By number, the task that runs in each place, "" while there is none."""
        self._lost = 0
        self._none_ahead = 0.0
        """Until when, by the monotonic clock, the service lets no task wait as far as is known here."""
        self._asked = False
        self._lock = threading.Lock()
        self._call: Callable[[], None] = _silent
        member.join(lane, self)

    def notify(self, call: Callable[[], None]) -> None:
        """Call this when a place may be free; from any thread."""
        self._call = call

    def called(self) -> None:
        self._call()

    def enter(self) -> Release | Wait:
        member = self._member
        with member.still:
            return self._enter(member)

    def _enter(self, member: Member) -> Release | Wait:
        number = self._next
        keys = [member.key("life"), self.held_key, self.tasks_key, self.line_key, *self._more_keys()]
        limits = milliseconds(LASTS, GRACE, PATIENCE)
        try:
            granted, life, before, elsewhere, late, cold, unlisted, refused = member.ask(
                "enter",
                keys,
                [
                    member.kernel,
                    member.owner,
                    number,
                    self.base,
                    *limits,
                    self.listing,
                    new_life(),
                    *milliseconds(KEEP),
                    self.lane,
                    self.limit - self.base,
                ],
            )
        except Away as error:
            member.unheard()
            return self._by_oneself(str(error))
        self._asked = not granted
        if granted:
            with self._lock:
                self._held[number] = ""
                self._next += 1
        self._none_ahead = time.monotonic() + refused / 1000
        member.lived(life)
        if granted:
            return self._leave
        again = min(ASK_AGAIN, cold / 1000 + 0.05) if cold else ASK_AGAIN
        inquire = not cold and bool(unlisted or (late and before == 0))
        return Wait(before=before, elsewhere=elsewhere, again=again, inquire=inquire, cold=cold / 1000)

    def take(self) -> Release:
        with self._lock:
            self._held[self._next] = ""
            self._next += 1
        self._member.later(self._member.beat)
        return self._leave

    def quit(self) -> None:
        if self._asked:
            self._asked = False
            self._member.later(partial(self._tell_release, ""))

    def takes_none_ahead(self) -> bool:
        """Tell whether the service has refused a task that was to wait there, as far as is known here."""
        return time.monotonic() < self._none_ahead

    def refuse_ahead(self, seconds: float) -> None:
        """Let no machine send a task ahead for so long."""
        self._none_ahead = time.monotonic() + seconds
        member = self._member
        given = [self.lane, *milliseconds(seconds), new_life(), *milliseconds(KEEP)]
        member.later(partial(member.ask, "refuse", [member.key("life")], given))

    def started(self, task: str) -> None:
        """Note the task that runs in one of the places; they are all alike."""
        with self._lock:
            free = next((number for number, other in self._held.items() if not other), None)
            if free is None:
                return
            self._held[free] = task
        self._member.later(self._member.beat)

    def ended(self, task: str) -> None:
        """Note that a task has ended; its place is still held."""
        with self._lock:
            for number, other in self._held.items():
                if other == task:
                    self._held[number] = ""

    def snapshot(self) -> list[tuple[int, str]]:
        """Return what is held: numbers and tasks."""
        with self._lock:
            return sorted(self._held.items())

    def lose(self, number: int) -> None:
        """Hear that a place was given to others."""
        with self._lock:
            if self._held.pop(number, None) is not None:
                self._lost += 1

    def has_lost(self) -> bool:
        """Tell whether this process believes to hold more places than it does."""
        return self._lost > 0

    def _leave(self) -> None:
        with self._lock:
            if self._lost:
                self._lost -= 1
                return
            free = [number for number, task in self._held.items() if not task]
            number = free[-1] if free else next(reversed(self._held), None)
            if number is None:
                return
            del self._held[number]
        self._member.later(partial(self._tell_release, str(number)))

    def _tell_release(self, number: str) -> None:
        member = self._member
        keys = [self.held_key, self.tasks_key, self.line_key, self._more_keys()[0]]
        member.ask("release", keys, [member.kernel, member.owner, number, self.limit, self.lane, member.channel])

    def _by_oneself(self, reason: str) -> Release | Wait:
        """Take a place out of the share that may be used while the server is away, none where there is none."""
        with self._lock:
            if len(self._held) < self._share():
                self._held[self._next] = ""  # the beats tell it when the server is back
                self._next += 1
                return self._leave
        return Wait(before=0, again=AWAY, away=reason)

    def is_within_share(self) -> bool:
        """Tell whether this process holds no more than it may have by itself while the server is away."""
        with self._lock:
            return not self._lost and len(self._held) <= self._share()

    def _share(self) -> int:
        share = self._member.share
        return int(self.base * share) or int(share > 0 and self.base == 1)

    def _more_keys(self) -> list[str]:
        return [self._member.key(self.lane, "seen"), self._member.key(self.lane, "tickets")]


def _silent() -> None:
    """Call nobody: nobody waits."""
