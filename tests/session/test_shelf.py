"""The shelf of saved pictures: days are local, deletions come back, and what was paid stays paid whatever goes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.errors import InvalidRequest
from bailian_nb.session.session import current
from bailian_nb.session.shelf import Filter, Shelf

VALUES: dict[str, Any] = {"model": "wanx2.1-t2i-turbo", "size": "512*512"}


@pytest.fixture
def made() -> list[wan.Picture]:
    return [wan.t2i(prompt, seed=seed, **VALUES).result(30)[0] for seed, prompt in enumerate(("a hill", "a valley"))]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(current())


def prompts(shelf: Shelf, **wanted: Any) -> list[str]:
    return [picture.record.prompt for picture in shelf.pictures(shelf.places(Filter(**wanted)))]


def test_days_are_the_users_and_both_are_included(made: list[wan.Picture], shelf: Shelf) -> None:
    day = made[0].path.parent.name
    assert prompts(shelf, since=day, until=day) == ["a valley", "a hill"]
    assert prompts(shelf, since=day.replace("-", "－")) == prompts(shelf, since=day)
    assert prompts(shelf, since="today") == prompts(shelf, since=" 昨天 ", until="Today") == prompts(shelf)
    assert prompts(shelf, until="yesterday") == []
    assert prompts(shelf, until="2000-01-01") == prompts(shelf, since="2999-01-01") == []


@pytest.mark.parametrize("day", ["gestern", "2026-13-01", "29.11.2026", "0001-01-01x"])
def test_a_day_that_is_none_is_refused(shelf: Shelf, day: str) -> None:
    with pytest.raises(
        InvalidRequest, match=rf"until must be a day such as 2026-11-29, today or yesterday, got {re.escape(repr(day))}"
    ):
        shelf.places(Filter(until=day))


def test_a_deletion_costs_no_sum_and_comes_back_starred(made: list[wan.Picture], shelf: Shelf) -> None:
    shelf.marks.star([made[1]])
    before = wan.cost().to_dicts()
    (there,) = shelf.delete([made[1]])
    assert prompts(shelf) == ["a hill"]
    assert prompts(shelf, binned=True) == ["a valley"]
    assert wan.cost().to_dicts() == before
    assert shelf.undo() == [made[1].path]
    assert shelf.undo() == []
    assert not there.exists()
    assert prompts(shelf, starred=True) == ["a valley"]


def test_another_kernel_brings_back_from_the_bin(made: list[wan.Picture], shelf: Shelf) -> None:
    shelf.delete(made)
    later = Shelf(current())
    assert later.undoable == 0
    found = later.pictures(later.places(Filter(binned=True)))
    later.restore([picture.path for picture in found])
    assert prompts(later) == ["a valley", "a hill"]


def test_what_lies_in_the_bin_answers_no_call_until_it_is_back(made: list[wan.Picture], shelf: Shelf) -> None:
    plan = shelf.plan(made[0], seed=0)
    assert shelf.on_disk(plan)
    shelf.delete([made[0]])
    assert not shelf.on_disk(plan), "the emulator draws it anew; a service's is asked for, since it was paid"
    shelf.undo()
    assert shelf.on_disk(plan)


def test_drawn_again_a_seed_is_drawn_unless_one_is_given(made: list[wan.Picture], shelf: Shelf) -> None:
    plans = [shelf.plan(made[0]), shelf.plan(made[0], seed=9), shelf.plan(made[0], seed=9, prompt="a lake")]
    seeds = [plan.require().seed for plan in plans]
    assert seeds[1:] == [9, 9]
    assert seeds[0] not in (made[0].seed, None)
    assert [plan.require().prompt for plan in plans] == ["a hill", "a hill", "a lake"]
    assert shelf.is_emulated(plans[0])
    assert not shelf.on_disk(plans[0])


def test_a_function_is_found_by_its_short_name(photo: Path, shelf: Shelf) -> None:
    wan.edit(photo, "style", "gold leaf", seed=1).result(30)
    wan.t2i("a hill", seed=1, **VALUES).result(30)
    assert prompts(shelf, function="style") == prompts(shelf, function="stylization_all") == ["gold leaf"]
    assert prompts(shelf, words="style") == prompts(shelf, words="stylization") == ["gold leaf"], (
        "either name is a word"
    )
    assert shelf.choices()["function"] == ["style"]
