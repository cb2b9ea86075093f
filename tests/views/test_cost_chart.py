"""The chart of costs: every day has its place, every model its colour, and words say what the bars show."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from bailian_nb.money.ledger import Sum
from bailian_nb.money.report import Costs, Day
from bailian_nb.views import costs as views
from bailian_nb.views.cost_chart import DAYS, svg

NOTHING = Sum()


def spent(*days: tuple[str, str, float], **more: object) -> Costs:
    found = [Day(day=day, model=model, total=Sum(tasks=1, images=1, cny=cny)) for day, model, cny in days]
    sums = {"kernel": NOTHING, "today": NOTHING, "month": Sum(cny=sum(cny for *_, cny in days)), "total": NOTHING}
    costs = Costs(
        account="a" * 16, base_url="https://x", emulator=False, dated="", models=(), notebooks=(), days=found, **sums
    )
    return replace(costs, **more)


def read(drawn: str) -> tuple[str, str, list[str], list[str]]:
    """Return title, description, the words, and what each bar says of itself."""
    root = ElementTree.fromstring(drawn)
    named = {each.get("id"): each.text or "" for each in root if each.get("id")}
    title, told = (named[each] for each in root.attrib["aria-labelledby"].split())
    words = [each.text or "" for each in root.iter("text")]
    return title, told, words, [each.findtext("title") or "" for each in root.iter("rect") if len(each)]


def test_a_bar_is_of_a_day_and_a_model_and_empty_days_keep_their_place() -> None:
    title, told, words, bars = read(
        svg(spent(("2026-11-01", "m", 1), ("2026-11-01", "n", 2), ("2026-11-04", "m", 3)), "en")
    )
    assert title == "CNY by day and model, the last 4 days"
    assert told == "2026-11-01: m 1.00, n 2.00; 2026-11-04: m 3.00"
    assert bars == ["2026-11-01 m: 1.00", "2026-11-01 n: 2.00", "2026-11-04 m: 3.00"]
    assert words == [title, "0", "2.5", "5", "11-01", "11-02", "11-03", "11-04", "m", "n"]


def test_caps_are_drawn_in_even_above_every_bar() -> None:
    costs = spent(("2026-11-01", "m", 1), max_cost_day=8.0, max_cost_month=20.0)
    drawn = svg(costs, "zh")
    title, told, words, _ = read(drawn)
    assert title == "最近 1 天每天各模型的费用（元）"
    assert told.endswith("; max_cost_day 8; max_cost_month 20")
    assert "max_cost_day 8" in words
    assert "本月 1.00，上限 20（max_cost_month）" in words
    assert "10" in words, "the axis ends above the cap"


def test_what_is_on_its_way_counts_as_it_does_for_caps() -> None:
    total = Sum(cny=1.0, open=1, open_cny=0.5, maybe=1, maybe_cny=0.25)
    costs = spent(days=[Day(day="2026-11-01", model="m", total=total)], month=total, max_cost_month=2.0)
    _, told, words, bars = read(svg(costs, "en"))
    assert told == "2026-11-01: m 1.75; max_cost_month 2"
    assert bars == ["2026-11-01 m: 1.75"]
    assert words[-1] == "this month 1.75 of 2 (max_cost_month)"


def test_many_days_and_models_are_the_last_and_the_dearest() -> None:
    days = [
        (f"2026-{month:02}-{day:02}", f"model {day % 9}", 1.0 + day % 9) for month in (9, 10) for day in range(1, 31)
    ]
    _, told, words, bars = read(svg(spent(*days), "en"))
    assert told.count(": ") == DAYS == len(bars)
    assert words[-6:] == ["model 8", "model 7", "model 6", "model 5", "model 3", "others"]


def test_names_are_no_markup_and_nothing_has_no_chart() -> None:
    _, _, words, _ = read(svg(spent(("2026-11-01", '<b>&"', 1)), "en"))
    assert words[-1] == '<b>&"'
    assert svg(spent(), "en") == svg(spent(("2026-11-01", "m", 0)), "en") == ""
    assert "<svg" not in views.bundle([spent()], "en")["text/html"]


def test_days_are_rows_too() -> None:
    rows = views.rows([spent(("2026-11-01", "m", 1))])
    assert [(row["kind"], row["day"], row["name"], row["cny"]) for row in rows if row["day"]] == [
        ("day", "2026-11-01", "m", 1)
    ]


def test_tables_of_costs_have_no_column_that_says_nothing() -> None:
    costs = spent(("2026-11-01", "m", 1))
    (times,) = views.tables(costs, "en")
    assert times.head == ["", "pictures", "CNY"]
    (times,) = views.tables(replace(costs, today=Sum(free=1)), "en")
    assert times.head == ["", "pictures", "CNY", "not billed"]
    assert [row[-1] for row in times.rows] == ["", 1, "", ""]
