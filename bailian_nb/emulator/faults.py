"""Planned faults: words in a prompt that make the emulator fail on purpose, so that failing can be taught and tested.

A word is ``emulator:KIND=VALUE``, with selectors after ``@``, for example
``emulator:fail=InternalError.Timeout@strength=0.25,try=1``. Several may stand in one prompt; none is drawn.
`app` makes a FaultPlan of them for every create.

========================= ==============================================================================
``fail=CODE``             the task ends FAILED
``slot=INDEX:CODE``       picture INDEX (from 0) fails, the others are drawn; all failed is a failed task
``reject=CODE``           the submit is refused with the documented HTTP status; no task is made
``latency=SECONDS``       the task runs so long
``pending=SECONDS``       the task stays PENDING so long before it may start
``leak=PIXELS``           a masked edit changes exactly so many pixels outside the mask
``lost=STATUS``           the task is made, but a gateway answers the submit with this HTTP status
``flaky=COUNT``           the first COUNT queries of the task are answered 503
``moved=DX:DY:PERCENT``   a background's product lies so many pixels beside its place, and so large
========================= ==============================================================================

Selectors: any parameter (``strength=0.25``, ``seed=7``), ``model``, ``function``, and ``try=1``: only the first submit
of the same body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from .refusals import Refusal

Kind = Literal["fail", "slot", "reject", "latency", "pending", "leak", "lost", "flaky", "moved"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BLOCKED = ("emulator-blocked", "违禁测试")
"""A prompt with one of these fails the content check: DataInspectionFailed."""

_WORD = re.compile(r"emulator:([A-Za-z]+)=([A-Za-z0-9_.:-]+)(?:@([A-Za-z0-9_.=,-]+))?")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One planned fault; `when` holds selectors as (name, value), all of which must agree."""

    kind: Kind
    value: str
    when: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _read(self.kind, self.value)

    def meets(self, values: Mapping[str, object], attempt: int) -> bool:
        """Tell whether this fault is meant for a create with these values and this attempt (from 1)."""
        seen = {**values, "try": attempt}
        return all(_same(wanted, seen.get(name)) for name, wanted in self.when)


@dataclass(kw_only=True)
class FaultPlan:
    """What is to go wrong with one create."""

    reject: str = ""
    fail: str = ""
    slots: dict[int, str] = field(default_factory=dict)
    latency: float | None = None
    pending: float = 0.0
    leak: int | None = None
    lost: int = 0
    flaky: int = 0
    moved: str = ""


def words(prompt: str) -> tuple[Fault, ...]:
    """Return the faults that a prompt asks for.

    Raises
    ------
    Refusal
        When a word is not understood: a misspelt fault must not pass as a success.
    """
    found = []
    for kind, value, selectors in _WORD.findall(prompt):
        if kind not in KINDS:
            raise Refusal("InvalidParameter", f"emulator:{kind} is no planned fault; known: {', '.join(KINDS)}")
        pairs = [pair.partition("=") for pair in selectors.rstrip(".,").split(",") if pair]
        try:
            fault = Fault(kind=kind, value=value.rstrip("."), when=tuple((name, text) for name, _, text in pairs))
        except ValueError as error:
            raise Refusal("InvalidParameter", str(error)) from error
        found.append(fault)
    return tuple(found)


def plain(prompt: str) -> str:
    """Return the prompt without the planned faults: what is drawn."""
    return " ".join(_WORD.sub(" ", prompt).split())


def plan(prompt: str, values: Mapping[str, object], attempt: int, faults: Iterable[Fault]) -> FaultPlan:
    """Join the faults of the settings and of the prompt into one FaultPlan; the last one of a kind holds."""
    made = FaultPlan()
    if any(word in prompt.lower() for word in BLOCKED):
        made.fail = "DataInspectionFailed"
    for fault in (*faults, *words(prompt)):
        if not fault.meets(values, attempt):
            continue
        value = _read(fault.kind, fault.value)
        if fault.kind == "slot":
            index, code = fault.value.split(":", 1)
            made.slots[int(index)] = code
        else:
            setattr(made, fault.kind, value)
    return made


def _read(kind: str, value: str) -> str | int | float:
    """Return a fault's value in its own type."""
    if kind == "slot" and re.fullmatch(r"[0-9]{1,2}:[A-Za-z][A-Za-z0-9_.]*", value):
        return value
    if kind == "moved" and re.fullmatch(r"-?[0-9]{1,4}:-?[0-9]{1,4}:[0-9]{2,3}", value):
        return value
    if kind in ("fail", "reject") and value:
        return value
    if kind in ("leak", "flaky") and re.fullmatch(r"[0-9]{1,8}", value):
        return int(value)
    if kind == "lost" and re.fullmatch(r"[45][0-9][0-9]", value):
        return int(value)
    if kind in ("latency", "pending") and re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", value):
        return float(value)
    raise ValueError(f"emulator:{kind}={value} cannot be read")


def _same(wanted: str, given: object) -> bool:
    if given is None:
        return False
    if isinstance(given, bool):
        return wanted.lower() == str(given).lower()
    try:
        return float(wanted) == float(str(given))
    except ValueError:
        return wanted == str(given)
