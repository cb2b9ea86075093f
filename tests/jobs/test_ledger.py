"""The ledger's sums and the caps of a day and a month, over journals that other kernels and days have written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bailian_nb import specs
from bailian_nb.config import Settings
from bailian_nb.errors import BudgetExceeded
from bailian_nb.jobs import Account, Job, Journal, ledger
from bailian_nb.jobs.ledger import Sum, Unsent
from bailian_nb.plan import make

from .world import World, edit, t2i

NOW = time.mktime((2026, 11, 21, 15, 0, 0, 0, 0, -1))
DAY = 86400.0
REAL = "https://dashscope.aliyuncs.com/api/v1"


class Books:
    """A journal that a test writes as kernels would have."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.journal = Journal(home)
        self.count = 0

    def add(self, state: str, *, at: float = NOW, cost: float | None = None, images: int = 1, **more: Any) -> str:
        """Write one task; `kernel` is the journal of another kernel."""
        self.count += 1
        journal = more.pop("kernel", self.journal)
        emulator = more.pop("emulator", False)
        given = {
            "id": f"job{self.count:03d}",
            "account": "us",
            "base_url": REAL,
            "emulator": emulator,
            "region": "cn-beijing",
            "request": t2i(n=more.pop("n", 1)).to_dict(),
            "out_dir": self.home,
            "created": at,
            "inputs": {},
            "notebook": "",
            **more,
        }
        journal.intend(**given)
        name = given["id"]
        if state != "intent":
            journal.submitting(name, at)
        if state == "accepted":
            journal.accepted(name, task_id=f"t-{name}", request_id="r")
        elif state == "uncertain":
            journal.uncertain(name, "the line broke")
        elif state not in ("intent", "submitting"):
            journal.end(name, state, at=at + 20, images=images if state == "done" else 0, cost=cost)
        return name

    def sum(self, since: float = 0.0, **which: Any) -> Sum:
        found = ledger.read(self.home, account="us")
        return Sum.of(
            each for each in found if each.sent >= since and all(getattr(each, k) == v for k, v in which.items())
        )


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path / "home")
    yield books
    books.journal.close()


@pytest.fixture
def account(world: World) -> Account:
    return replace(world.account, id="us", base_url=REAL, emulator=False)


def call(cost: float | None = 0.2, images: int = 1, **settings: Any) -> Unsent:
    return Unsent(cost=cost, images=images, label="wan2.6-t2i", settings=Settings(**settings))


def held(books: Books, account: Account, jobs: list[Job] | None = None, **settings: Any) -> str:
    """Return why a call of CNY 0.20 is not sent, "" when it is."""
    try:
        ledger.hold(books.home, account, call(**settings), jobs or [], now=NOW)
    except BudgetExceeded as error:
        return str(error)
    return ""


def test_a_journal_that_is_not_there_holds_nothing_and_is_not_made(tmp_path: Path) -> None:
    assert ledger.read(tmp_path / "home") == []
    assert not (tmp_path / "home").exists()


def test_what_ended_well_is_spent_and_what_failed_costs_nothing(books: Books) -> None:
    books.add("done", cost=0.4, images=2)
    books.add("done", cost=0.2)
    books.add("failed", cost=None)
    books.add("canceled")
    found = books.sum()
    assert (found.tasks, found.images, found.cny) == (2, 3, pytest.approx(0.6))
    assert (found.free, found.unknown, found.maybe, found.open) == (2, 0, 0, 0)


def test_a_paid_picture_that_could_not_be_fetched_is_spent(books: Books) -> None:
    books.add("expired", cost=0.2)
    assert books.sum().cny == pytest.approx(0.2)


def test_an_unknown_price_is_counted_and_no_zero(books: Books) -> None:
    books.add("done", cost=None)
    books.add("done", cost=0.2)
    assert (books.sum().tasks, books.sum().unknown, books.sum().cny) == (2, 1, pytest.approx(0.2))


def test_what_may_have_been_billed_stands_apart(books: Books) -> None:
    books.add("uncertain", n=2)
    books.add("expired")
    found = books.sum()
    assert (found.maybe, found.maybe_cny, found.cny) == (2, pytest.approx(0.6), 0)


def test_what_is_on_its_way_is_estimated_while_its_kernel_lives(books: Books) -> None:
    books.add("intent")
    books.add("submitting", n=3)
    books.add("accepted", request=edit().to_dict())
    assert (books.sum().open, books.sum().open_cny) == (3, pytest.approx(0.2 + 0.6 + 0.14))
    books.journal.close()
    found = books.sum()
    assert (found.open, found.maybe, found.maybe_cny) == (0, 2, pytest.approx(0.74))
    assert found.free == 1, "an intent of a dead kernel was never sent"


def test_another_kernels_tasks_count_but_are_not_ours(books: Books) -> None:
    other = Journal(books.home)
    other_name = books.add("done", cost=0.2, kernel=other)
    books.add("done", cost=0.4)
    with books.journal._file.transaction() as db:  # as a process with another number would have written it
        db.execute("UPDATE jobs SET owner = '1-abc' WHERE id = ?", (other_name,))
    other.close()
    assert books.sum().cny == pytest.approx(0.6)
    assert books.sum(mine=True).cny == pytest.approx(0.4)


def test_a_process_with_our_number_that_is_gone_is_not_us(books: Books) -> None:
    earlier = Journal(books.home)
    books.add("done", cost=0.2, kernel=earlier)
    earlier.close()
    assert books.sum(mine=True).tasks == 0


def test_day_and_month_begin_at_local_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    for zone in ("Asia/Shanghai", "America/New_York", "Pacific/Auckland"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        now = time.mktime((2026, 11, 21, 0, 30, 0, 0, 0, -1))
        assert time.localtime(ledger.day_start(now))[:6] == (2026, 11, 21, 0, 0, 0)
        assert time.localtime(ledger.month_start(now))[:6] == (2026, 11, 1, 0, 0, 0)
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    after_the_change = time.mktime((2026, 11, 1, 12, 0, 0, 0, 0, -1))  # clocks went back at 2 o'clock
    assert time.localtime(ledger.day_start(after_the_change))[:6] == (2026, 11, 1, 0, 0, 0)
    monkeypatch.undo()
    time.tzset()


def test_a_task_counts_for_the_day_on_which_it_was_sent(books: Books) -> None:
    midnight = ledger.day_start(NOW)
    books.add("done", at=midnight - 10, cost=0.2)  # ended after midnight
    books.add("done", at=midnight + 10, cost=0.4)
    books.add("intent", at=midnight - 10)
    assert books.sum(midnight).cny == pytest.approx(0.4)
    assert books.sum(midnight).open == 1, "what was not sent yet will be sent today"


def test_emulator_and_service_share_no_sum(books: Books) -> None:
    books.add("done", cost=0.2)
    books.add("done", cost=5.0, account="emulator", emulator=True)
    assert books.sum().cny == pytest.approx(0.2)
    assert {each.account for each in ledger.read(books.home)} == {"us", "emulator"}


def test_without_a_cap_nothing_is_read(books: Books, account: Account) -> None:
    (books.home / "journal.sqlite").write_bytes(b"no database at all")
    assert held(books, account) == ""


def test_the_cap_of_a_day_names_its_numbers(books: Books, account: Account) -> None:
    books.add("done", at=NOW - 60, cost=0.4, images=2)
    books.add("accepted", at=NOW - 30, n=2)
    assert held(books, account, max_cost_day=1.0) == ""
    assert held(books, account, max_cost_day=0.9) == (
        "1 picture of wan2.6-t2i for CNY 0.20 would pass max_cost_day 0.9 by list price: spent 0.40, on its way 0.40; "
        "nothing was sent"
    )
    books.add("uncertain", at=NOW - 20)
    assert "on its way 0.40, perhaps billed 0.20; nothing was sent" in held(books, account, max_cost_day=1.0)


def test_yesterday_is_in_the_month_and_not_in_the_day(books: Books, account: Account) -> None:
    books.add("done", at=NOW - DAY, cost=3.0)
    assert held(books, account, max_cost_day=1.0) == ""
    assert "would pass max_cost_month 3.1" in held(books, account, max_cost_month=3.1)
    books.add("done", at=NOW - 40 * DAY, cost=30.0)
    assert held(books, account, max_cost_month=3.3) == ""


def test_another_account_and_the_emulator_have_their_own_budget(books: Books, account: Account) -> None:
    books.add("done", at=NOW - 60, cost=9.0, account="them")
    books.add("done", at=NOW - 60, cost=9.0, account="emulator", emulator=True)
    assert held(books, account, max_cost_day=0.2) == ""


def test_a_job_that_has_no_row_yet_counts_once(books: Books, account: Account) -> None:
    def job(name: str) -> Job:
        return Job(id=name, request=t2i(), label="wan2.6-t2i", emulator=False, created=NOW, cost=0.2)

    waiting, known = job("waits"), job(books.add("accepted", at=NOW - 5))
    assert held(books, account, [waiting, known], max_cost_day=0.6) == ""
    assert "on its way 0.40" in held(books, account, [waiting, known], max_cost_day=0.59)
    ended = job("ended")
    ended.fail(BudgetExceeded("x"), at=NOW)
    assert "on its way 0.20" in held(books, account, [ended], max_cost_day=0.3)


def test_a_further_try_counts_once(books: Books, account: Account) -> None:
    job = Job(id="tries", request=t2i(), label="wan2.6-t2i", emulator=False, created=NOW, cost=0.2)
    books.add("failed", at=NOW - 9, id="tries")
    assert "on its way 0.20" in held(books, account, [job], max_cost_day=0.3)
    books.add("accepted", at=NOW - 5, id="tries.1")
    assert held(books, account, [job], max_cost_day=0.4) == ""


def test_a_job_whose_row_is_closed_a_moment_before_it_ends_counts_once(books: Books, account: Account) -> None:
    job = Job(id="closing", request=t2i(), label="wan2.6-t2i", emulator=False, created=NOW - 9, cost=0.2)
    books.add("done", at=NOW - 8, id="closing", cost=0.2)
    assert held(books, account, [job], max_cost_day=0.4) == ""


def test_unsent_intents_that_were_only_listed_hold_nothing_back(books: Books, account: Account) -> None:
    name = books.add("intent", at=NOW - DAY)
    assert held(books, account, max_cost_day=0.2) == ""
    row = books.journal.row(name)
    assert row is not None
    sent_after_all = Unsent.of(row, Settings(max_cost_day=0.2))
    assert (sent_after_all.cost, sent_after_all.images, sent_after_all.label) == (0.2, 1, "wan2.6-t2i")
    ledger.hold(books.home, account, sent_after_all, [], now=NOW)


def test_an_unknown_price_cannot_be_held_unless_the_user_says_so(books: Books, account: Account) -> None:
    with pytest.raises(BudgetExceeded, match=r"unknown, so max_cost_day 9 cannot be held; nothing was sent\. max_cost"):
        ledger.hold(books.home, account, call(None, max_cost_day=9.0), [], now=NOW)
    ledger.hold(books.home, account, call(None, max_cost_day=9.0), [], now=NOW, max_cost=float("inf"))


def test_a_model_that_only_another_kernel_knew_is_unknown_and_breaks_nothing(books: Books) -> None:
    books.add("accepted", request={**t2i(n=2).to_dict(), "model": "wan9-future"})
    assert (books.sum().open, books.sum().unknown, books.sum().open_cny) == (1, 1, 0)


@pytest.mark.parametrize(
    "model", [row.name for row in specs.models() if row.kind == "t2i" and "cn-beijing" in row.regions]
)
def test_the_ledger_estimates_as_the_plan_does(model: str, tmp_path: Path) -> None:
    values = {"prompt": "a hill", "n": 2}
    plan = make(Settings(), tmp_path, model=model, function=None, values=values, region="cn-beijing")
    assert plan.request is not None
    assert ledger.estimate(model, "cn-beijing", plan.request.to_dict()) == (plan.images, plan.cost)
