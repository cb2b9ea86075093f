"""Open tasks that were made with another key or account name: the key that is there now asks for them.

A read costs nothing. What the service knows by this key is ours, and goes on; `cache` and `resume` ask here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..accounts.account import Account
from ..errors import BailianError, SubmitUncertain
from ..store.journal import Journal
from ..store.row import Row
from ..system.language import sentence
from ..system.loops import LoopThread, wait_or_cancel

SECONDS = 10.0
"""How long one call waits for the answer."""
SOON = 0.8
"""How long a resume does, for all of them."""
SLACK = 1.0
"""How much longer a loop that has much to do may take to say so."""
MOST = 20
"""Tasks that one resume asks for: the service takes as many questions a second."""


def taken_over(journal: Journal, loop: LoopThread, account: Account, rows: Sequence[Row], seconds: float) -> list[Row]:
    """Return those of `rows` whose tasks the service knows by this account's key: they are its own from now on.

    What is not known within `seconds` is none.
    """
    asked = [row for row in rows if row.task_id][:MOST]
    if not asked:
        return []
    try:
        known = wait_or_cancel(loop.submit(_known(account, asked, seconds)), seconds + SLACK)
    except TimeoutError:  # a loop that stands still; what is not known to be ours is held back
        return []
    return [row for row in known if journal.move(row, account.id)]


def not_ours(row: Row) -> SubmitUncertain:
    """Return why the same call is held back."""
    task = sentence(", and this key does not know its task {task_id}", task_id=row.task_id) if row.task_id else ""
    return SubmitUncertain(
        sentence(
            "job {id} has sent the same request with another key or account name{task}; nothing was sent now",
            id=row.id,
            task=task,
        ),
        hint=sentence(
            "Set that key (or name) again and `%wan resume`; cache=False (--no-cache) sends it all the same."
        ),
        request_id=row.request_id or "",
    )


async def _known(account: Account, rows: Sequence[Row], seconds: float) -> list[Row]:
    async def knows(row: Row) -> bool:
        try:
            await account.reads.wait()
            return (await account.client.query(row.task_id or "")).state != "UNKNOWN"
        except BailianError:
            return False

    asking = {asyncio.ensure_future(knows(row)): row for row in rows}
    done, late = await asyncio.wait(asking, timeout=seconds)
    for each in late:
        each.cancel()
    return [row for each, row in asking.items() if each in done and each.result()]
