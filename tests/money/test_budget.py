"""Caps of a day and a month: over journals that other kernels and days have written, and where a row is written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.accounts.account import Account
from bailian_nb.config import Settings
from bailian_nb.errors import BudgetExceeded
from bailian_nb.jobs.job import Job
from bailian_nb.money import budget as caps
from bailian_nb.money import ledger
from bailian_nb.money.budget import Budget, Unsent
from bailian_nb.store.journal import Journal

from ..world.altered import database
from ..world.world import World, edit, t2i
from ..world.written_journal import DAY, NOW, WrittenJournal


@dataclass(frozen=True)
class At:
    """A clock that stands still."""

    time: float

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody waits here")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[WrittenJournal]:
    books = WrittenJournal(tmp_path / "home")
    yield books
    books.journal.close()


@pytest.fixture
def account(world: World) -> Account:
    return replace(world.account, id="us", base_url="https://dashscope.aliyuncs.com/api/v1", emulator=False)


def call(cost: float | None = 0.2, images: int = 1, **settings: Any) -> Unsent:
    return Unsent(cost=cost, images=images, label="wan2.6-t2i", settings=Settings(**settings))


def job(name: str, *, created: float = NOW) -> Job:
    return Job(id=name, request=t2i(), label="wan2.6-t2i", emulator=False, created=created, cost=0.2)


def held(
    books: WrittenJournal, account: Account, jobs: list[Job] | None = None, *, at: float = NOW, **settings: Any
) -> str:
    """Return why a call of CNY 0.20 is not sent, "" when it is."""
    try:
        caps.check_budget(books.home, account, call(**settings), jobs or [], clock=At(at))
    except BudgetExceeded as error:
        return str(error)
    return ""


def budget(home: Path, *, account: str = "us", at: float = NOW, **cap: float) -> Budget:
    """Return the Budget of a call of CNY 0.20 that was let through."""
    return Budget(home=home, accounts=frozenset({account}), call=call(), caps=cap, clock=At(at))


def ids(journal: Journal) -> set[str]:
    return {row.id for row in journal.recent()}


def test_without_a_cap_nothing_is_read(books: WrittenJournal, account: Account) -> None:
    (books.home / "journal.sqlite").write_bytes(b"no database at all")
    assert held(books, account) == ""


def test_the_cap_of_a_day_names_its_numbers(books: WrittenJournal, account: Account) -> None:
    books.add("done", at=NOW - 60, cost=0.4, images=2)
    books.add("accepted", at=NOW - 30, n=2)
    assert held(books, account, max_cost_day=1.0) == ""
    assert held(books, account, max_cost_day=0.9) == (
        "1 picture of wan2.6-t2i for CNY 0.20 would pass max_cost_day 0.9 by list price: spent 0.40, on its way 0.40; "
        "nothing was sent"
    )
    books.add("uncertain", at=NOW - 20)
    assert "on its way 0.40, perhaps billed 0.20; nothing was sent" in held(books, account, max_cost_day=1.0)


def test_yesterday_is_in_the_month_and_not_in_the_day(books: WrittenJournal, account: Account) -> None:
    books.add("done", at=NOW - DAY, cost=3.0)
    assert held(books, account, max_cost_day=1.0) == ""
    assert "would pass max_cost_month 3.1" in held(books, account, max_cost_month=3.1)
    books.add("done", at=NOW - 40 * DAY, cost=30.0)
    assert held(books, account, max_cost_month=3.3) == ""


def test_another_account_and_the_emulator_have_their_own_budget(books: WrittenJournal, account: Account) -> None:
    books.add("done", at=NOW - 60, cost=9.0, account="them")
    books.add("done", at=NOW - 60, cost=9.0, account="emulator", emulator=True)
    assert held(books, account, max_cost_day=0.2) == ""


def test_what_the_key_spent_before_it_was_joined_counts(books: WrittenJournal, account: Account) -> None:
    books.add("done", at=NOW - 60, cost=0.4)
    books.add("accepted", at=NOW - 60)
    joined = replace(account, id="team", own="us")
    assert "spent 0.40, on its way 0.20" in held(books, joined, max_cost_day=0.7)
    assert held(books, replace(account, id="team"), max_cost_day=0.7) == ""


def test_a_job_that_has_no_row_yet_counts_once(books: WrittenJournal, account: Account) -> None:
    waiting, known = job("waits"), job(books.add("accepted", at=NOW - 5))
    assert held(books, account, [waiting, known], max_cost_day=0.6) == ""
    assert "on its way 0.40" in held(books, account, [waiting, known], max_cost_day=0.59)
    ended = job("ended")
    ended.fail(BudgetExceeded("x"), at=NOW)
    assert "on its way 0.20" in held(books, account, [ended], max_cost_day=0.3)


def test_a_further_try_counts_once(books: WrittenJournal, account: Account) -> None:
    tries = job("tries")
    books.add("failed", at=NOW - 9, id="tries")
    assert "on its way 0.20" in held(books, account, [tries], max_cost_day=0.3)
    books.add("accepted", at=NOW - 5, id="tries.1")
    assert held(books, account, [tries], max_cost_day=0.4) == ""


def test_a_job_whose_row_is_closed_a_moment_before_it_ends_counts_once(books: WrittenJournal, account: Account) -> None:
    closing = job("closing", created=NOW - 9)
    books.add("done", at=NOW - 8, id="closing", cost=0.2)
    assert held(books, account, [closing], max_cost_day=0.4) == ""


def test_unsent_intents_that_were_only_listed_hold_nothing_back(books: WrittenJournal, account: Account) -> None:
    name = books.add("intent", at=NOW - DAY)
    assert held(books, account, max_cost_day=0.2) == ""
    row = books.journal.row(name)
    assert row is not None
    sent_after_all = Unsent.of(row, Settings(max_cost_day=0.2))
    assert (sent_after_all.cost, sent_after_all.images, sent_after_all.label) == (0.2, 1, "wan2.6-t2i")
    caps.check_budget(books.home, account, sent_after_all, [], clock=At(NOW))


def test_an_unknown_price_cannot_be_held_unless_the_user_says_so(books: WrittenJournal, account: Account) -> None:
    with pytest.raises(BudgetExceeded, match=r"unknown, so max_cost_day 9 cannot be held; nothing was sent\. The call"):
        caps.check_budget(books.home, account, call(None, max_cost_day=9.0), [], clock=At(NOW))
    for unlimited in (math.inf, "inf"):
        caps.check_budget(books.home, account, call(None, max_cost_day=9.0), [], clock=At(NOW), max_cost=unlimited)


def test_a_call_that_other_kernels_have_overtaken_leaves_no_row(books: WrittenJournal) -> None:
    books.add("accepted", at=NOW - 5)
    ours = Journal(books.home)
    check = partial(budget(books.home, max_cost_day=0.5).check, kernel=ours.kernel, driven={"first", "late"})
    books.add("intent", kernel=ours, id="first", check=check)
    with pytest.raises(BudgetExceeded, match=r"would pass max_cost_day 0\.5 .* on its way 0\.40; nothing was sent"):
        books.add("intent", kernel=ours, id="late", check=check, inputs={"0" * 64: b"a picture"})
    assert "late" not in ids(ours)
    assert not list((books.home / "inputs").rglob("*"))
    ours.close()


@pytest.mark.parametrize(
    ("states", "driven", "through"),
    [
        (["failed", "canceled"], set(), True),
        (["intent"], set(), True),  # only listed here: an earlier kernel left it
        (["intent"], {"job001"}, False),
        (["submitting"], set(), False),  # its Job has ended here, and perhaps there is a task
        (["uncertain"], set(), False),
        (["expired"], set(), False),
    ],
)
def test_what_counts_where_the_row_is_written(
    books: WrittenJournal, states: list[str], driven: set[str], through: bool
) -> None:
    for state in states:
        books.add(state, at=NOW - 5)
    check = partial(budget(books.home, max_cost_day=0.3).check, kernel=books.journal.kernel, driven=driven)
    if through:
        books.add("intent", id="next", check=check)
    else:
        with pytest.raises(BudgetExceeded):
            books.add("intent", id="next", check=check)
    assert ("next" in ids(books.journal)) == through


def test_two_sessions_of_one_process_count_each_others_intents(books: WrittenJournal) -> None:
    books.add("intent")
    other = Journal(books.home)
    with pytest.raises(BudgetExceeded), database(other.path) as db:
        budget(books.home, max_cost_day=0.3).check(db, kernel=other.kernel, driven=set())
    other.close()


def test_the_day_is_the_one_on_which_the_row_is_written(books: WrittenJournal) -> None:
    books.add("done", at=NOW - 60, cost=0.2)
    with database(books.journal.path) as db:
        budget(books.home, at=NOW + DAY, max_cost_day=0.3).check(db, kernel=books.journal.kernel, driven=set())
        with pytest.raises(BudgetExceeded):
            budget(books.home, max_cost_day=0.3).check(db, kernel=books.journal.kernel, driven=set())


def test_a_create_call_that_is_out_at_midnight_counts_for_both_days(books: WrittenJournal, account: Account) -> None:
    midnight = ledger.day_start(NOW)
    books.add("submitting", at=midnight - 1)  # it may be throttled and go out again
    assert "on its way 0.20" in held(books, account, at=midnight + 1, max_cost_day=0.3)
    books.add("accepted", at=midnight - 1)
    assert "on its way 0.20" in held(books, account, at=midnight + 1, max_cost_day=0.3)


def test_what_was_sent_before_the_month_began_is_not_in_it(books: WrittenJournal, account: Account) -> None:
    first = ledger.month_start(NOW)
    books.add("accepted", at=first - 1)
    books.add("done", at=first - 1, cost=0.2)
    assert held(books, account, at=first + 1, max_cost_month=0.2) == ""


def test_a_clock_that_was_set_back_frees_nothing(books: WrittenJournal, account: Account) -> None:
    books.add("done", at=NOW + DAY, cost=0.2)
    books.add("accepted", at=NOW + DAY)
    assert "spent 0.20, on its way 0.20" in held(books, account, max_cost_day=0.5)


def test_a_price_that_only_the_sender_knew_counts(books: WrittenJournal, account: Account) -> None:
    books.add("accepted", at=NOW - 5, request={**t2i().to_dict(), "model": "wan9-future"}, estimate=0.5)
    assert "on its way 0.50" in held(books, account, max_cost_day=0.6)
    assert books.sum().open_cny == pytest.approx(0.5)


def test_rows_without_a_price_hold_nothing_back(books: WrittenJournal, account: Account) -> None:
    books.add("done", at=NOW - 5, cost=None)
    books.add("accepted", at=NOW - 5, request={**t2i().to_dict(), "model": "wan9-future"})
    assert held(books, account, max_cost_day=0.2) == ""


def test_a_job_of_another_key_counts_for_that_key(books: WrittenJournal, account: Account) -> None:
    theirs = job(books.add("accepted", at=NOW - 5, account="them"))
    assert held(books, account, [theirs], max_cost_day=0.2) == ""


def test_many_small_sums_reach_a_cap_exactly(books: WrittenJournal, account: Account) -> None:
    for _ in range(8):
        books.add("done", at=NOW - 5, cost=0.1)
    assert held(books, account, max_cost_day=1.0) == ""
    books.add("done", at=NOW - 5, cost=0.1)
    assert "spent 0.90" in held(books, account, max_cost_day=1.0)


def test_a_cap_of_nothing_lets_nothing_through_and_no_journal_is_made(tmp_path: Path, account: Account) -> None:
    with pytest.raises(BudgetExceeded, match=r"would pass max_cost_month 0 by list price: spent 0\.00"):
        caps.check_budget(tmp_path / "new", account, call(max_cost_month=0.0), [], clock=At(NOW))
    assert not (tmp_path / "new").exists()


def test_a_further_try_is_held_as_the_first_one_was(world: World) -> None:
    others = WrittenJournal(world.home)

    def overtake(method: str, path: str, count: int) -> None:
        if method == "GET" and "/tasks/" in path and not others.count:
            others.add("accepted", at=world.clock.now(), account="emulator", emulator=True, id="theirs")

    world.transport.fault = overtake
    within = replace(budget(world.home, account="emulator", max_cost_day=0.3), clock=world.clock)
    failing = world.job(t2i("a hill emulator:fail=InternalError.Timeout@try=1"), retries=1, budget=within).wait(30)
    others.journal.close()
    assert isinstance(failing.error, BudgetExceeded)
    assert str(failing.error).endswith("on its way 0.20; it was not tried again")
    assert failing.notes == ["try 1 failed (InternalError.Timeout), trying again"]
    assert (failing.status, failing.cost) == ("FAILED", 0.0)
    assert {row.id: row.state for row in world.journal.recent()} == {"job001": "failed", "theirs": "accepted"}
    assert world.transport.count("POST", "/services/") == 1


def test_jobs_behind_one_that_is_held_go_on(world: World) -> None:
    within = replace(budget(world.home, account="emulator", max_cost_day=0.1), clock=world.clock)
    refused, other = world.job(t2i(), budget=within), world.job(edit())
    assert isinstance(refused.wait(30).error, BudgetExceeded)
    assert len(other.result(30)) == 1
    assert ids(world.journal) == {"job002"}


def test_a_long_history_is_added_up_by_an_index(books: WrittenJournal) -> None:
    with database(books.journal.path) as db:
        plan = " ".join(
            row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {ledger.SPENT}", {"account": "us", "since": 0.0})
        )
        open_still = " ".join(row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {ledger.UNSETTLED}"))
    assert "COVERING INDEX jobs_by_bill" in plan
    assert "COVERING INDEX put_away_by_bill" in plan
    assert "INDEX jobs_by_state" in open_still
