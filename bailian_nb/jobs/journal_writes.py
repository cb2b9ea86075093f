"""Bookkeeping that may fail: once a task exists, a journal that cannot be read or written costs no picture."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from ..store.journal import Journal
from ..store.row import RowLost
from ..system.language import sentence

T = TypeVar("T")
FAULTS = (sqlite3.Error, OSError, KeyError)
"""A full or vanished disk, a locked or broken file, a row that is gone."""


class DeferredWrites:
    """Pieces of work in their order; false where there are none."""

    def __init__(self) -> None:
        self._works: list[Callable[[], object]] = []
        self.fault = ""
        """Why the last bookkeeping could not be done, "" where it was."""
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._works)

    def add(self, work: Callable[[], object]) -> None:
        """Put a piece behind the others."""
        with self._lock:
            self._works.append(work)

    def flush(self) -> None:
        """Do all of it; what fails raises, and is owed still. No two threads do the same piece."""
        if not self._works:
            return
        with self._lock:
            while self._works:
                try:
                    self._works[0]()
                except RowLost:  # what it knew is written down all the same
                    del self._works[0]
                    raise
                del self._works[0]


class Booked(Protocol):
    """A Job, as far as writing for it goes."""

    deferred: DeferredWrites
    notes: list[str]


async def try_write(job: Booked, work: Callable[..., T], *given: Any, default: T, **more: Any) -> T:
    """Do one piece of bookkeeping in a thread; a fault becomes a note of the Job, and `default` is returned.

    What an earlier fault left owed is done before it.
    """

    def in_order() -> T:
        job.deferred.flush()
        return work(*given, **more)

    try:
        done = await asyncio.to_thread(in_order)
        job.deferred.fault = ""
        return done
    except FAULTS as error:
        note = sentence("the journal cannot be used ({error}); what is already on its way goes on", error=error)
        job.deferred.fault = note
        if note not in job.notes:
            job.notes.append(note)
        return default


async def write_or_defer(job: Booked, work: Callable[[], object]) -> bool:
    """Do what must not be left out; where it cannot be done now, the Job owes it, and False follows.

    Its next bookkeeping does it, or `Sender.flush` when the Job has ended, or the end of the process.

    No later piece overtakes it, so a row that is closed is never opened again.
    """

    def done() -> bool:
        work()
        return True

    if await try_write(job, done, default=False):
        return True
    job.deferred.add(work)
    return False


async def write_deferred(job: Booked) -> None:
    """Do what is owed, if it can be done by now."""
    if job.deferred:
        await try_write(job, lambda: None, default=None)


async def whole(work: Awaitable[T]) -> T:
    """See `work` through however often the task is canceled meanwhile; if it went well, cancel the task then."""
    doing = asyncio.ensure_future(work)
    canceled = False
    while not doing.done():
        try:
            await asyncio.wait([doing])
        except asyncio.CancelledError:
            canceled = True
    result = doing.result()
    if canceled:
        raise asyncio.CancelledError
    return result


async def withdraw(job: Booked, journal: Journal, row_id: str, *, at: float) -> None:
    """Close the row of a call that was canceled before it was sent; the loop goes on meanwhile, whoever else writes.

    One that another kernel has taken over is that one's to close.
    """
    with contextlib.suppress(RowLost):
        await whole(try_write(job, journal.end, row_id, "canceled", at=at, default=None))
