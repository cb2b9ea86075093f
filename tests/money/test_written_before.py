"""What an earlier version had spent comes to the same sums, and counts against today's caps."""

from __future__ import annotations

import pytest

import bailian_nb as wan
from bailian_nb.errors import BudgetExceeded
from bailian_nb.session import session as sessions
from bailian_nb.store.journal import OPEN

from ..world.emulator_log import created
from ..world.written_before import Written


def test_every_sum_is_what_that_version_said(written: Written) -> None:
    found = {each.account: each.to_dict() for each in sessions.current().costs(everything=True)}
    said = {each["account"]: each for each in written.said["costs"]}
    assert list(found) == list(said)
    for account, costs in said.items():
        plain = {**found[account], "models": list(found[account]["models"])}
        plain["notebooks"] = list(plain["notebooks"])
        # The list of today says its own month; what was spent stays as it was noted.
        dated = {"dated": plain["dated"], "note": plain["note"]}
        assert {name: plain[name] for name in costs} == costs | dated


def test_the_sums_of_the_real_account_are_those_of_its_rows(written: Written) -> None:
    (real, emulator) = sessions.current().costs(everything=True)
    assert (real.emulator, emulator.emulator) == (False, True)
    assert (real.total.tasks, real.total.images, real.total.cny, real.total.unknown) == (3, 7, 0.6, 1)
    assert (real.today.tasks, real.today.cny, real.total.maybe, real.total.maybe_cny) == (2, 0.2, 2, 0.4)
    drawn = [row for row in written.said["rows"] if row["emulator"]]
    billed = [row for row in drawn if row["state"] == "done"]
    assert (emulator.total.tasks, emulator.total.cny) == (len(billed), round(sum(row["cost"] for row in billed), 2))
    maybe = [row for row in drawn if row["state"] in (*OPEN[1:], "expired")]
    assert emulator.total.maybe == len(maybe)
    assert emulator.total.maybe_cny == round(sum(row["estimate"] for row in maybe), 2)


def test_a_cap_of_the_day_counts_it(written: Written) -> None:
    before = created(written.home)
    today = sessions.current().costs()[0].today
    (written.lab / "bailian_nb.toml").write_text(f"max_cost_day = {today.cny + today.maybe_cny + 0.1}\n")
    with pytest.raises(BudgetExceeded, match="max_cost_day"):
        wan.t2i("Another hill", model="wan2.2-t2i-flash", size="512*512", seed=1)
    assert created(written.home) == before
