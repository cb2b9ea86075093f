"""What the live view of a batch shows, in words: bar, counts, rate, rest, cost, failures, which buttons there are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..batch.batch_plan import BatchPlan
from ..batch.calls import Invalid
from ..batch.check import lines
from ..batch.progress import Progress
from ..errors import printable
from ..texts.batch_widgets import words

MOST_PROBLEMS = 5
"""Rows that cannot be sent which the plan spells out; the rest is counted."""
NEWEST = 12
CUT = 200
"""Characters that a reason is cut to where failures are counted."""
_LONGEST = 300
_IDS = re.compile(r"\s*\(request [^)]*(?:\)|$)")


def shown(now: Progress, plan: BatchPlan | None, invalid: Sequence[Invalid], lang: str) -> dict[str, Any]:
    """Return the state of the view; `plan` is for what was not sent, None while that goes on."""
    counts = now.counts
    bad = now.failed
    total = max(now.total, 1)
    return {
        "state": now.state,
        "words": words(f"state {now.state}", lang),
        "parts": [now.done / total, bad / total, counts["SENT"] / total],
        "line": " · ".join(_counted(now, lang)),
        "pace": " · ".join(_pace(now, lang)),
        "plan": _planned(plan, lang) if plan is not None else [],
        "problems": _problems(invalid, lang),
        "why": printable(now.why or now.held_up or now.left_here, 600),
        "failures": [
            {
                "code": printable(each.code, 80),
                "reason": _reason(each.code, each.reason),
                "count": f"{each.count:,}",
                "first": each.first,
            }
            for each in now.failures
        ],
        "newest": [
            {"id": known_as(row, path), "row": row, "name": printable(Path(path).name, 120)}
            for row, path in list(now.newest)[-NEWEST:]
        ],
        "buttons": _buttons(now),
    }


def _reason(code: str, said: str) -> str:
    """Return a reason for many rows: without its code, and without the ids of the one row that it is taken from."""
    told = _IDS.sub("", said.removeprefix(f"{code}: "))
    whole = len(said) < CUT
    return printable(told if whole else f"{told.rpartition(' ')[0]} …", _LONGEST)


def known_as(row: int, path: str) -> str:
    """Return what the page knows a picture by: nothing that says where it lies."""
    return f"{row}|{Path(path).name}"


def _counted(now: Progress, lang: str) -> list[str]:
    counts = now.counts
    said = [words("rows_done", lang, done=f"{now.done:,}", total=f"{now.total:,}")]
    told = {
        "rows_failed": now.failed - counts["UNCERTAIN"],
        "rows_undecided": counts["UNCERTAIN"],
        "rows_sent": counts["SENT"],
        "rows_parked": counts["PARKED"],
        "rows_canceled": counts["CANCELED"],
        "rows_cached": now.cached,
    }
    return said + [words(key, lang, count=f"{count:,}") for key, count in told.items() if count]


def _pace(now: Progress, lang: str) -> list[str]:
    said = []
    if now.state == "running":
        if now.rate:
            said.append(words("rate", lang, rate=f"{now.rate:,.0f}" if now.rate >= 10 else f"{now.rate:.1f}"))
        if now.rest is not None and now.left:
            said.append(_rest(now.rest, lang))
    if now.emulator:
        said.append(words("billed_nothing", lang))
    elif now.cost or now.state != "planned":
        said.append(words("cost_so_far", lang, cost=f"{now.cost:,.2f}"))
    return said


def _rest(seconds: float, lang: str) -> str:
    if seconds < 60:
        return words("rest_seconds", lang)
    if seconds < 5400:
        return words("rest_minutes", lang, minutes=round(seconds / 60))
    return words("rest_hours", lang, hours=f"{seconds / 3600:.1f}")


def _planned(plan: BatchPlan, lang: str) -> list[str]:
    if not plan.tasks:
        return []
    cost = plan.cost
    said = [
        words("plan_rows", lang, tasks=f"{plan.tasks:,}", pictures=f"{plan.pictures:,}"),
        words("no_estimate", lang) if cost is None else words("plan_cost", lang, cost=f"{cost:,.2f}"),
        plan.time(lang),
    ]
    return [" · ".join(said), plan.note]


def _problems(invalid: Sequence[Invalid], lang: str) -> list[str]:
    found = [printable(line, _LONGEST) for line in lines(invalid[:MOST_PROBLEMS])]
    more = len(invalid) - MOST_PROBLEMS
    return found + ([words("more_invalid", lang, count=f"{more:,}")] if more > 0 else [])


def _buttons(now: Progress) -> dict[str, bool]:
    counts = now.counts
    running, waiting = now.state == "running", counts["PLANNED"] > 0
    unsent = waiting or counts["CANCELED"] > 0
    again = any(counts[state] for state in ("PARTIAL", "FAILED", "EXPIRED", "UNCERTAIN"))
    return {
        "run": unsent and now.state in ("planned", "ended"),
        "go_on": (unsent or counts["SENT"] > 0) and now.state in ("paused", "stopped"),
        "pause": running and waiting,
        "cancel": waiting and now.state in ("running", "paused", "stopped"),
        "retry": again and not running,
    }
