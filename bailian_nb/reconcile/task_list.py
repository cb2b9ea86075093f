"""Read the service's list of tasks, page by page, through its faults; `search` looks for a task in it.

Source of the list's parameters: "manage asynchronous tasks", stored 2026-11-21.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..accounts.account import Account
from ..client import TaskPage, TaskRow
from ..errors import PASSING, ServiceError
from ..specs import service
from ..system.clock import Clock, backoff
from ..system.language import sentence

DOUBTED_TRIES = 5
"""How often an answer that is hard to believe is asked for again, before the user is told."""
FAULTS = 12
"""How often in a row the list may fail before a later `resume` must look."""
PAGE, PAGES, NEAR_PAGES = 100, 10, 100
NEAR = 3600.0
"""Seconds around a call whose tasks are read to the last one, where a whole day's are too many."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The rows of one model; not `whole` when tasks of the last 24 hours are missing, though none near the call."""

    rows: tuple[TaskRow, ...]
    whole: bool = True


async def read_tasks(account: Account, model: str, clock: Clock, *, sent: float, broke: float) -> Listed:
    """Return the tasks of the last 24 hours, and of a list too long for that at least those around a call.

    Parameters
    ----------
    sent, broke
        When the call went out and when it broke, seconds since 1970.

    Raises
    ------
    BailianError
        When the list cannot be read.
    """
    found, whole = await _span(account, model, clock, None, PAGES)  # without a span: 24 hours by the service's clock
    if whole:
        return Listed(rows=tuple(found.values()))
    now = clock.now()
    around = max(sent - NEAR, now - service.KEPT_SECONDS + 60.0), min(broke + NEAR, now + 30.0)
    near, complete = await _span(account, model, clock, around, NEAR_PAGES)
    if not complete:
        raise ServiceError(
            sentence("it names more than {count} tasks of {model} within two hours", count=len(near), model=model)
        )
    return Listed(rows=tuple({**found, **near}.values()), whole=False)


async def _span(
    account: Account, model: str, clock: Clock, span: tuple[float, float] | None, pages: int
) -> tuple[dict[str, TaskRow], bool]:
    """Return the rows of a span of time by task id, and whether that is all of them."""
    found: dict[str, TaskRow] = {}
    for page in range(1, pages + 1):
        got = await _page(account, model, clock, span, page)
        found.update((row.task_id, row) for row in got.rows if row.model in ("", model))
        if page >= got.pages or not got.rows:
            return found, True
    return found, False


async def _page(account: Account, model: str, clock: Clock, span: tuple[float, float] | None, page: int) -> TaskPage:
    start, end = span or (None, None)
    faults = 0
    while True:
        await account.reads.wait()
        try:
            return await account.client.list_tasks(start=start, end=end, model=model, page=page, page_size=PAGE)
        except PASSING:
            faults += 1
            if faults > FAULTS:
                raise
            await clock.sleep(backoff(faults))
