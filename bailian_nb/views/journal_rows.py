"""What the journal knows of jobs, of this kernel or any other, as a table and as data; the command line shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from .. import specs
from ..errors import printable
from ..store.row import Row
from ..texts.catalogue import say
from .listings import PROMPT, local_time
from .tables import Bundle, Table, heads, note


def table(found: Sequence[Row], lang: str) -> Bundle:
    """Return rows of the journal, one a line, in the order given."""
    if not found:
        return note(say("cli_no_jobs", lang))
    rows = [
        (
            row.id,
            printable(row.request.get("values", {}).get("prompt", ""), PROMPT),
            specs.label(row.model, row.function),
            state(row),
            local_time(_stamp(row.created) or ""),
            _cost(row),
            row.task_id or "",
        )
        for row in found
    ]
    head = heads(lang, "job", "head_prompt", "head_call", "head_state", "head_made", "head_cny", "task")
    return Table(title=say("table_jobs", lang), head=head, rows=rows).bundle()


def data(found: Sequence[Row]) -> list[dict[str, object]]:
    """Return the same as data; times are ISO 8601 in UTC, `cost` CNY by list price, or its estimate."""
    return [
        {
            "job": row.id,
            "state": state(row),
            "model": row.model,
            "function": row.function,
            "prompt": row.request.get("values", {}).get("prompt", ""),
            "pictures": row.images,
            "cost": 0.0 if row.emulator else row.estimate if row.cost is None else row.cost,
            "emulator": row.emulator,
            "created": _stamp(row.created),
            "submitted": _stamp(row.submitted),
            "finished": _stamp(row.finished),
            "task": row.task_id,
            "error": row.error,
            "folder": row.out_dir,
            "notebook": row.notebook,
        }
        for row in found
    ]


def state(row: Row) -> str:
    """Return how it stands: what the service said last of a task that is on its way, else the journal's own word."""
    return row.stage if row.stage and row.finished is None else row.state


def _cost(row: Row) -> str:
    cost = row.estimate if row.cost is None else row.cost
    return "EMULATOR" if row.emulator else "" if cost is None else f"{cost:.2f}"


def _stamp(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
