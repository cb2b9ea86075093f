"""The same call again and its row, in the home of the session."""

from __future__ import annotations

import time

import pytest

import bailian_nb as wan
from bailian_nb.client import Client
from bailian_nb.config import EMULATOR_URL, home
from bailian_nb.errors import RequestRejected
from bailian_nb.planning.plan import Plan
from bailian_nb.session import session as sessions
from bailian_nb.store.journal import Journal
from bailian_nb.store.row import Row
from bailian_nb.store.schema import journal_path

from .altered import alter
from .jumping_clock import until

MODEL = "wanx2.1-t2i-turbo"  # its answers say which prompt they are for

VALUES = {"size": "768*768", "seed": 5, "model": MODEL}


def row_of(name: str) -> Row:
    row = sessions.current().journal.row(name)
    assert row is not None
    return row


def write_row(journal: Journal, name: str, plan: Plan | None = None, *, sync: bool = False) -> None:
    """Write the intent of a Plan, or of the call that the tests send, as another kernel does."""
    values = {"prompt": "a hill", "size": "768*768", "seed": 5}
    plan = plan or sessions.current().plan(model=MODEL, values=values)
    journal.intend(
        id=name,
        account="emulator",
        base_url=EMULATOR_URL,
        emulator=True,
        region="cn-beijing",
        request={**plan.require().to_dict(), "sync": sync},
        out_dir=plan.folder,
        created=time.time(),
        inputs={},
    )


def lost_create(**values: object) -> wan.Job:
    """Return the Job of a kernel that was killed when its task was made and the id not yet written down."""
    job = wan.t2i("a hill emulator:latency=1", **{**VALUES, **values})
    until(lambda: job.task_id)
    sessions.current().close()
    alter(journal_path(home()), job.id, state="submitting", task_id=None, request_id=None, answered=None)
    return job


def refuse_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(self: Client, **_: object) -> None:
        raise RequestRejected("no list for this key", code="AccessDenied", http_status=403)

    monkeypatch.setattr(Client, "list_tasks", refuse)
