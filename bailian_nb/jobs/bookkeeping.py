"""Bookkeeping that may fail: once a task exists, a journal that cannot be read or written costs no picture."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from .job import Job

T = TypeVar("T")
FAULTS = (sqlite3.Error, OSError, KeyError)
"""A full or vanished disk, a locked or broken file, a row that is gone."""


async def book(job: Job, work: Callable[..., T], *given: Any, default: T, **more: Any) -> T:
    """Do one piece of bookkeeping in a thread; a fault becomes a note of the Job, and `default` is returned."""
    try:
        return await asyncio.to_thread(work, *given, **more)
    except FAULTS as error:
        note = f"the journal cannot be used ({error}); what is already on its way goes on"
        if note not in job.notes:
            job.notes.append(note)
        return default
