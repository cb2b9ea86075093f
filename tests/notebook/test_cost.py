"""`%wan cost`, and the caps of a day and a month where a cell meets them."""

from __future__ import annotations

import json

from bailian_nb import specs
from bailian_nb.session import session as sessions
from bailian_nb.store.journal import Journal

from .conftest import NOW

REAL = "https://dashscope.aliyuncs.com/api/v1"


def spent(journal: Journal, name: str, *, cost: float | None, account: str, model: str = "wan2.6-t2i") -> None:
    """Write a paid task of a real account, as another kernel would have."""
    journal.intend(
        id=name,
        account=account,
        base_url=REAL,
        emulator=False,
        region="cn-beijing",
        request={"model": model, "function": None, "values": {"n": 1}, "images": [], "mask": None},
        out_dir=journal.home,
        created=sessions.current().clock.now() - 1,
        inputs={},
        notebook="work/shop.ipynb",
    )
    journal.submitting(name, sessions.current().clock.now())
    journal.end(name, "done", at=sessions.current().clock.now(), images=1, cost=cost)


def rows(text: str) -> dict[str, list[str]]:
    """Return the rows of every table by their first words."""
    return {line.split("  ")[0]: [cell.strip() for cell in line.split("  ")[1:] if cell] for line in text.splitlines()}


def test_before_anything_was_sent_every_sum_is_nothing_and_no_journal_is_made(cells):
    text = cells("%wan cost").text
    assert rows(text)["this kernel"] == ["0", "0.00"]
    assert not (sessions.current().home / "journal.sqlite").exists()


def test_the_emulator_says_what_it_would_have_cost(cells):
    cells(f"%%wan_t2i -n 2 --seed 7 --wait\nA shop {NOW}")
    cells(f"%%wan_t2i --seed 7 --wait\nemulator-blocked {NOW}")
    ran = cells("%wan cost")
    assert ran.text.splitlines()[0] == "Cost: EMULATOR, nothing billed; what it would have cost"
    for name in ("this kernel", "today", "this month", "all"):
        assert rows(ran.text)[name] == ["2", "0.40", "1"], "the failed one costs nothing"
    assert rows(ran.text)["wan2.6-t2i"] == ["2", "0.40", "1", "0.40"]
    dated = specs.get("wan2.6-t2i").prices_dated
    assert f"list price of {dated}, before free quota and savings plan" in ran.text
    assert "EMULATOR" in ran.html


def test_an_answer_from_disk_costs_nothing_more(cells):
    for _ in range(2):
        cells(f"%%wan_t2i --seed 7 --wait\nA shop {NOW}")
    assert rows(cells("%wan cost").text)["all"][:2] == ["1", "0.20"]


def test_all_shows_each_account_by_itself(cells):
    cells(f"%%wan_t2i --seed 7 --wait\nA shop {NOW}")
    journal = sessions.current().journal
    spent(journal, "paid1", cost=0.4, account="0123456789abcdef")
    spent(journal, "paid2", cost=None, account="0123456789abcdef", model="wan9-future")
    assert "0.40" not in cells("%wan cost").text
    text = cells("%wan cost --all").text
    assert text.startswith("Cost of account 01234567 at dashscope.aliyuncs.com")
    real, emulator = text.split("Cost: EMULATOR")
    assert rows(emulator)["all"][:2] == ["1", "0.20"]
    assert rows(real)["all"] == ["2", "0.40 + 1 unknown"]
    assert rows(real)["work/shop.ipynb"] == ["2", "0.40 + 1 unknown", "0.40"]


def test_json_has_the_same_sums(cells):
    cells(f"%%wan_t2i -n 2 --seed 7 --wait\nA shop {NOW}")
    (found,) = json.loads(cells("%wan cost --json").printed)
    assert (found["account"], found["emulator"]) == ("emulator", True)
    assert (found["today"]["images"], found["today"]["cny"]) == (2, 0.4)
    assert [group["name"] for group in found["models"]] == ["wan2.6-t2i"]
    assert found["note"].startswith("list price of ")


def test_chinese_and_unknown_words(cells):
    assert "%wan cost takes --all and --json, got 'all'" in cells("%wan cost all").printed
    assert "unknown option --jsn, did you mean --json?" in cells("%wan cost --jsn").printed
    cells("%config WanMagics.lang = 'zh'")
    assert "目录价，未计免费额度与优惠" in cells("%wan cost").text


def test_caps_say_what_is_left(cells):
    cells(f"%%wan_t2i -n 2 --seed 7 --wait\nA shop {NOW}")
    cells("%config WanMagics.max_cost_day = 1\n%config WanMagics.max_cost_month = 0.3")
    text = cells("%wan cost").text
    assert "left of max_cost_day 1: CNY 0.60" in text
    assert "left of max_cost_month 0.3: CNY 0.00" in text
