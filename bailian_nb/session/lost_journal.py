"""After a journal was lost: a call is held back until the service's list says that no task of ours is unknown.

`session` asks before it sends. A task of the last 24 hours that no Record on disk names may be the same call's.
"""

from __future__ import annotations

import time
from collections.abc import Collection

from ..accounts.account import Account
from ..errors import BailianError, SubmitUncertain
from ..gallery import Index
from ..reconcile.task_list import read_tasks
from ..specs import service
from ..store.journal import Journal
from ..system.clock import Clock
from ..system.language import sentence
from ..system.loops import LoopThread, wait_or_cancel

SECONDS = 30.0
"""How long the list is waited for."""


def check(journal: Journal, index: Index, loop: LoopThread, account: Account, model: str, clock: Clock) -> None:
    """Let calls of this model pass once nothing that the lost journal knew is open at the service.

    Raises
    ------
    SubmitUncertain
        When the list cannot be read, or shows tasks that nobody knows; nothing was sent.
    """
    if not journal.losses.unsettled(account.id, model, time.time() - service.KEPT_SECONDS):
        return
    now = clock.now()
    try:
        reading = read_tasks(account, model, clock, sent=now - service.KEPT_SECONDS, broke=now)
        found = wait_or_cancel(loop.submit(reading), SECONDS)
    except (BailianError, TimeoutError) as error:
        why = error if isinstance(error, BailianError) else sentence("no answer within {seconds:g} s", seconds=SECONDS)
        raise _held(sentence("the service's task list cannot be read ({error})", error=why)) from None
    known = set(journal.orphans.owned(account.base_url, model))
    unknown = [row.task_id for row in found.rows if row.task_id not in known and not _has_pictures(index, row.task_id)]
    if unknown or not found.whole:
        raise _held(
            sentence("the service lists tasks that no picture on disk is of: {names}", names=", ".join(_first(unknown)))
        )
    journal.losses.settle(account.id, model)


def _has_pictures(index: Index, task_id: str) -> bool:
    found = [picture.record for picture in index.search(task_id, limit=50) if picture.record.task_id == task_id]
    return bool(found) and len({record.index for record in found}) >= found[0].n


def _first(names: Collection[str], count: int = 5) -> list[str]:
    shown = list(names)[:count]
    return [*shown, *([sentence("and {number} more", number=len(names) - count)] if len(names) > count else [])] or [
        sentence("more than could be read")
    ]


def _held(why: str) -> SubmitUncertain:
    return SubmitUncertain(
        sentence("the journal of earlier calls was lost, and {why}; nothing was sent now", why=why),
        hint=sentence(
            "One of them may be this call's. cache=False (--no-cache) sends it all the same; after 24 hours all do."
        ),
    )
