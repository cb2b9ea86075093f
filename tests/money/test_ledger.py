"""The ledger's sums over journals that other kernels and days have written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailian_nb import specs
from bailian_nb.config import Settings
from bailian_nb.money import ledger
from bailian_nb.planning.plan import make
from bailian_nb.store.journal import Journal

from ..world.altered import database
from ..world.world import edit, t2i
from ..world.written_journal import NOW, WrittenJournal


@pytest.fixture
def books(tmp_path: Path) -> Iterator[WrittenJournal]:
    books = WrittenJournal(tmp_path / "home")
    yield books
    books.journal.close()


def test_a_journal_that_is_not_there_holds_nothing_and_is_not_made(tmp_path: Path) -> None:
    assert ledger.read(tmp_path / "home") == []
    assert not (tmp_path / "home").exists()


def test_what_ended_well_is_spent_and_what_failed_costs_nothing(books: WrittenJournal) -> None:
    books.add("done", cost=0.4, images=2)
    books.add("done", cost=0.2)
    books.add("failed", cost=None)
    books.add("canceled")
    found = books.sum()
    assert (found.tasks, found.images, found.cny) == (2, 3, pytest.approx(0.6))
    assert (found.free, found.unknown, found.maybe, found.open) == (2, 0, 0, 0)


def test_a_paid_picture_that_could_not_be_fetched_is_spent(books: WrittenJournal) -> None:
    books.add("expired", cost=0.2)
    assert books.sum().cny == pytest.approx(0.2)


def test_an_unknown_price_is_counted_and_no_zero(books: WrittenJournal) -> None:
    books.add("done", cost=None)
    books.add("done", cost=0.2)
    assert (books.sum().tasks, books.sum().unknown, books.sum().cny) == (2, 1, pytest.approx(0.2))


def test_what_may_have_been_billed_stands_apart(books: WrittenJournal) -> None:
    books.add("uncertain", n=2)
    books.add("expired")
    found = books.sum()
    assert (found.maybe, found.maybe_cny, found.cny) == (2, pytest.approx(0.6), 0)


def test_what_is_on_its_way_is_estimated_while_its_kernel_lives(books: WrittenJournal) -> None:
    books.add("intent")
    books.add("submitting", n=3)
    books.add("accepted", request=edit().to_dict())
    assert (books.sum().open, books.sum().open_cny) == (3, pytest.approx(0.2 + 0.6 + 0.14))
    books.journal.close()
    found = books.sum()
    assert (found.open, found.maybe, found.maybe_cny) == (0, 2, pytest.approx(0.74))
    assert found.free == 1, "an intent of a dead kernel was never sent"


def test_another_kernels_tasks_count_but_are_not_ours(books: WrittenJournal) -> None:
    other = Journal(books.home)
    other_name = books.add("done", cost=0.2, kernel=other)
    books.add("done", cost=0.4)
    with database(books.journal.path) as db:  # as a process with another number would have written it
        db.execute("UPDATE jobs SET owner = '1-abc' WHERE id = ?", (other_name,))
    other.close()
    assert books.sum().cny == pytest.approx(0.6)
    assert books.sum(mine=True).cny == pytest.approx(0.4)


def test_a_process_with_our_number_that_is_gone_is_not_us(books: WrittenJournal) -> None:
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


def test_a_task_counts_for_the_day_on_which_it_was_sent(books: WrittenJournal) -> None:
    midnight = ledger.day_start(NOW)
    books.add("done", at=midnight - 10, cost=0.2)  # ended after midnight
    books.add("done", at=midnight + 10, cost=0.4)
    books.add("intent", at=midnight - 10)
    assert books.sum(midnight).cny == pytest.approx(0.4)
    assert books.sum(midnight).open == 1, "what was not sent yet will be sent today"


def test_emulator_and_service_share_no_sum(books: WrittenJournal) -> None:
    books.add("done", cost=0.2)
    books.add("done", cost=5.0, account="emulator", emulator=True)
    assert books.sum().cny == pytest.approx(0.2)
    assert {each.account for each in ledger.read(books.home)} == {"us", "emulator"}


def test_a_model_that_only_another_kernel_knew_is_unknown_and_breaks_nothing(books: WrittenJournal) -> None:
    books.add("accepted", request={**t2i(n=2).to_dict(), "model": "wan9-future"})
    assert (books.sum().open, books.sum().unknown, books.sum().open_cny) == (1, 1, 0)


@pytest.mark.parametrize(
    "model", [row.name for row in specs.models() if row.kind == "t2i" and "cn-beijing" in row.regions]
)
def test_the_ledger_estimates_as_the_plan_does(model: str, tmp_path: Path) -> None:
    most = next(row.maximum or 1 for row in specs.get(model).parameters if row.name == "n")
    values = {"prompt": "a hill", "n": min(2, round(most))}
    plan = make(Settings(), tmp_path, model=model, function=None, values=values, region="cn-beijing")
    assert plan.request is not None
    assert ledger.estimate(model, "cn-beijing", plan.request.to_dict()) == (plan.images, plan.cost)
