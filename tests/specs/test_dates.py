"""When rows come and go: a lint of every row, the warning before an end, and the names that have no row."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.specs import Life, Model
from bailian_nb.specs.dates import NOTICE, UNLISTED, unlisted
from bailian_nb.texts import shelf

from ..world.each import each

END = date(2027, 3, 1)
ROW = specs.get(specs.DEFAULT_T2I)


def faults(rows: Iterable[Model], today: date) -> list[str]:
    """Return what is wrong with the dates of these rows on a day."""
    known = {row.name for row in specs.models()}
    found = []
    for row in rows:
        life = row.life
        if life is None or not life.source or not row.source or not row.prices_dated:
            found.append(f"{row.name} has no source or date")
        elif life.seen > today:
            found.append(f"{row.name} was read on {life.seen}, which is to come")
        elif life.since is not None and life.since > life.seen:
            found.append(f"{row.name} came after the page was read")
        elif life.successor and life.successor not in known:
            found.append(f"{row.name} is followed by {life.successor}, which is no row")
        elif life.retires is not None and today >= life.retires and not life.successor:
            found.append(f"{row.name} is past its end of {life.retires} and has no successor")
    return found


def test_every_row_has_source_and_dates_and_none_is_past_its_end_without_a_successor() -> None:
    assert faults(specs.models(), datetime.now(UTC).date()) == []


@each(
    ("life", "told"),
    [
        (None, "has no source or date"),
        (Life(source="", seen=END), "has no source or date"),
        (Life(source="DEP", seen=END + timedelta(1)), "which is to come"),
        (Life(source="DEP", seen=END, since=END + timedelta(1)), "came after"),
        (Life(source="DEP", seen=END, retires=END, successor="wan9"), "which is no row"),
        (Life(source="DEP", seen=END, retires=END), "past its end of 2027-03-01"),
    ],
)
def test_the_lint_finds_a_bad_row(life: Life | None, told: str) -> None:
    (line,) = faults([dataclasses.replace(ROW, life=life)], END)
    assert told in line


def test_a_row_before_its_end_needs_no_successor_yet() -> None:
    row = dataclasses.replace(ROW, life=Life(source="DEP", seen=END - timedelta(9), retires=END))
    assert faults([row], END - timedelta(1)) == []


@pytest.mark.parametrize(("before", "warned"), [(91, False), (90, True), (1, True), (0, True), (-400, True)])
def test_an_end_is_said_from_ninety_days_before(before: int, warned: bool) -> None:
    assert timedelta(days=90) == NOTICE
    row = dataclasses.replace(ROW, life=Life(source="DEP", seen=END, retires=END, successor="wan2.7-image"))
    said = [shelf.ending(row, END - timedelta(before), lang) for lang in ("en", "zh")]
    assert [bool(line) for line in said] == [warned, warned]
    if warned:
        assert all("2027-03-01" in line and line.endswith("wan2.7-image") for line in said)
        assert ("retires on" in said[0]) == (before > 0)


def test_a_row_without_an_end_is_never_said_to_end() -> None:
    assert shelf.ending(ROW, date(2099, 1, 1)) == ""
    assert shelf.ending(dataclasses.replace(ROW, life=None), date(2099, 1, 1)) == ""


@pytest.mark.parametrize("name", ["flux-schnell", "qwen-image-edit-plus-2025-10-30", "aitryon", "wanx-v1", "kling-v3"])
def test_a_name_without_a_row_is_refused_with_what_to_use(name: str) -> None:
    known = unlisted(name)
    assert known is not None
    with pytest.raises(InvalidRequest) as refused:
        specs.get(name)
    line = str(refused.value)
    assert line.startswith(f"model {name} ")
    assert (f"retire on {known.retires}" in line) == (known.retires is not None)
    assert f"use {known.instead}. " in line or not known.instead
    assert "Known: wan2.6-t2i" in line


def test_every_name_without_a_row_has_a_source_and_leads_to_a_row() -> None:
    known = {row.name for row in specs.models()}
    for row in UNLISTED:
        assert row.source
        assert re.fullmatch(r"\*?[a-z][a-z0-9.-]*\*?", row.pattern)
        assert row.pattern not in known
        if row.instead:
            assert re.split(r"[ ,]", row.instead)[0] in known, row
        elif row.retires:
            pytest.fail(f"{row.pattern} is gone and leads nowhere")


def test_the_day_is_that_of_utc() -> None:
    assert specs.day(0) == date(1970, 1, 1)
    assert specs.day(datetime(2026, 10, 9, 23, 59, tzinfo=UTC).timestamp()) == date(2026, 10, 9)
