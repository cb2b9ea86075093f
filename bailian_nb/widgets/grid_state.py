"""What the grid's page shows of a sweep: axes, cells and plan as plain data, every text in the user's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..sweeps.cell import ShownCell, SweepPlan
from ..texts.catalogue import say as say_shared
from ..texts.widgets import say
from ..views.job import STAGES


def axes(given: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return each axis with its values as text, and as numbers where all of them are."""
    found = []
    for name, values in given.items():
        plain = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        numbers = [float(value) for value in values] if plain else None
        found.append({"name": name, "values": [_short(value) for value in values], "numbers": numbers})
    return found


def cell(cell: ShownCell, given: Mapping[str, Sequence[Any]], lang: str, *, emulator: bool = False) -> dict[str, Any]:
    """Return one cell as the page draws it; of an `emulator` the grid's head says that nothing is billed."""
    state = STAGES.get(cell["state"].upper(), cell["state"])
    title = cell.get("title") or ", ".join(f"{name} {_short(value)}" for name, value in cell["labels"].items())
    return {
        "id": cell["id"],
        "at": [_position(values, cell["labels"].get(name)) for name, values in given.items()],
        "state": state,
        "title": title,
        "line": " · ".join(_line(cell, state, lang, emulator)),
        "code": cell.get("code", ""),
        "reason": cell.get("reason", ""),
        "todo": cell.get("todo", ""),
        "retry": cell.get("retry", state == "failed"),
        "starred": cell.get("starred", False),
        "winner": cell.get("winner", False),
        "version": cell.get("version", 1 if state == "done" else 0),
    }


def plan(plan: SweepPlan, cells: Sequence[ShownCell], lang: str) -> dict[str, Any]:
    """Return what a run takes, in words; no lines once nothing is planned any more."""
    waiting = any(cell["state"] == "planned" for cell in cells)
    lines = []
    if waiting:
        parts = [say("plan_images", lang, images=plan["images"], tasks=plan["tasks"])]
        cost = plan.get("cost")
        parts.append(say("no_estimate", lang) if cost is None else say("plan_cost", lang, cost=f"{cost:.2f}"))
        if (minutes := plan.get("minutes")) is not None:
            parts.append(say("plan_minutes", lang, minutes=f"{minutes:.1f}"))
        if cached := plan.get("cached"):
            parts.append(say("plan_cached", lang, cached=cached))
        dated = plan.get("dated")
        note = say_shared("cost_note", lang, dated=dated) if dated else plan.get("note")
        lines = [" · ".join(parts), *([note] if note else [])]
    return {"lines": lines, "problems": list(plan.get("invalid", ())), "run": waiting}


def _line(cell: ShownCell, state: str, lang: str, emulator: bool) -> list[str]:
    if cell.get("from_disk"):
        return [say("cell_from_disk", lang)]
    parts = [why] if (why := cell.get("why")) and state in ("waiting", "running") else []
    unpaid = cell.get("unpaid", "")
    if (seconds := cell.get("seconds")) is not None:
        parts.append(say_shared("seconds", lang, seconds=f"{seconds:.1f}"))
    if unpaid:
        parts += [] if emulator else [unpaid]
    elif (cost := cell.get("cost")) is not None:
        parts.append(say_shared("cost", lang, cost=f"{cost:.2f}"))
    return parts


def _position(values: Sequence[Any], value: Any) -> int:
    """Return the index by the value itself first: 1 and True, or 0 and 0.0, are told apart only when they must be."""
    exact = [number for number, other in enumerate(values) if other is value or other == value]
    if exact:
        return exact[0]
    texts = [_short(other) for other in values]
    return texts.index(_short(value)) if _short(value) in texts else 0


def _short(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"
