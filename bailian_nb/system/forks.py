"""While the process forks, the runner's threads stand still: the child gets a copy of whatever they are doing.

SQLite counts its locks within a process. A child that is copied in the middle of somebody's transaction finds the file
locked as long as it lives, whoever writes there.
"""

from __future__ import annotations

import functools
import os
import weakref
from typing import Protocol

SECONDS = 1.0
"""How long a fork waits for what is being written; whoever waits for another kernel holds no lock in the meantime."""


class Threads(Protocol):
    """Threads that can stand still."""

    def pause(self, timeout: float) -> None:
        """Stand still once what is being done is done, `timeout` seconds from now at the latest."""

    def go_on(self) -> None:
        """Go on."""


_all: weakref.WeakSet[Threads] = weakref.WeakSet()


def pause_at_forks(threads: Threads) -> None:
    """Let these threads stand still at every fork from now on."""
    _all.add(threads)
    _listen()


@functools.cache
def _listen() -> None:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_all.clear)


def _before() -> None:
    for threads in list(_all):
        threads.pause(SECONDS)


def _after() -> None:
    for threads in list(_all):
        threads.go_on()
