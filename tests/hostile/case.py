"""One line of the table of hostile answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .meddler import ALWAYS, Answer, At

Ends = Literal["saved"] | type[Exception]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One hostile answer; `times` how often it comes, `instead` keeps the call from the emulator."""

    name: str
    at: At
    answer: Answer
    ends: Ends
    line: str
    row: str
    times: int
    instead: bool
    sent: int
    pictures: int


def case(
    name: str,
    at: At,
    answer: Answer,
    ends: Ends = "saved",
    line: str = "",
    row: str = "done",
    *,
    times: int = ALWAYS,
    instead: bool = False,
    sent: int = 1,
    pictures: int = 1,
) -> Case:
    return Case(
        name=f"{at}: {name}",
        at=at,
        answer=answer,
        ends=ends,
        line=line,
        row=row,
        times=times,
        instead=instead,
        sent=sent,
        pictures=pictures,
    )


def refused(name: str, answer: Answer, ends: type[Exception], line: str) -> Case:
    """Nothing was made, and the row says so."""
    return case(name, "create", answer, ends, line, "failed", instead=True, pictures=0)
