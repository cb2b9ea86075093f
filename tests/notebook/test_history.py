"""`%wan history` and `wan.history()` where somebody sits before them and where nobody does; their options and slips."""

from __future__ import annotations

import pytest

import bailian_nb as wan
from bailian_nb.errors import InvalidRequest

NOW = "emulator:latency=0"


def draw(cells, *words):
    for word in words:
        cells(f"%%wan_t2i --seed 7 --wait\nA {word} {NOW}")


def test_a_front_end_has_the_table_and_an_anchor_for_the_gallery(cells):
    draw(cells, "hill")
    for source in ("%wan history", "import bailian_nb as wan\nwan.history()"):
        table, anchor = cells(source).bundles
        assert "<img" in table["text/html"]
        assert "bn-anchor-" in anchor["text/html"]
        assert anchor["text/plain"] == "1 picture"


def test_without_a_front_end_there_is_the_table_alone(headless):
    draw(headless, "hill", "valley")
    for source in ("%wan history", "import bailian_nb as wan\nwan.history()"):
        (table,) = headless(source).bundles
        assert table["text/html"].count("<img") == 2
        assert "bn-anchor" not in table["text/html"]


def test_a_terminal_prints_it(make_cells):
    cells = make_cells(terminal=True)
    draw(cells, "hill")
    ran = cells("%wan history")
    assert ran.bundles == []
    assert "A hill" in ran.printed


@pytest.mark.seldom
def test_its_options_are_those_of_python(headless):
    draw(headless, "hill", "valley", "lake")
    found = wan.history()
    found.star(found[0]).tag(found[1], "for Li")
    shown = {
        "--starred": ["lake"],
        '--tag "for Li"': ["valley"],
        "--limit 1 --page 2": ["valley"],
        "--limit=2": ["lake", "valley"],
        "hill --model wan2.6-t2i": ["hill"],
        "--model wan2.5-t2i-preview": [],
        "--since 2999-01-01": [],
        "--binned": [],
    }
    for options, words in shown.items():
        text = headless(f"%wan history {options}").text
        assert [word for word in ("lake", "valley", "hill") if f"A {word}" in text] == words, options
    assert "2-2 of 3" in headless("%wan history --limit 1 --page 2").text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--limit", "--limit needs a value, for example 30"),
        ("--limit few", "--limit needs a value, for example 30"),
        ("--limit 0", "limit must be a whole number of at least 1, got 0"),
        ("--since soon", "since must be a day such as 2026-11-29, today or yesterday, got 'soon'"),
        ("--stared", "unknown option --stared"),
        ("-n 2", "unknown option -n"),
    ],
)
def test_a_slip_is_named(cells, options, said):
    ran = cells(f"%wan history {options}")
    assert isinstance(ran.error, InvalidRequest)
    assert said in str(ran.error)


def test_jobs_move_while_one_does_and_are_a_table_afterwards(cells):
    cells("%%wan_t2i -o job\nA hill emulator:latency=600")
    _, anchor = cells("%wan jobs").bundles
    assert "bn-anchor-" in anchor["text/html"]
    assert anchor["text/plain"].startswith("1 going · 0 done")
    rows = wan.jobs().to_dicts()
    assert [(row["job"], row["status"] in ("SUCCEEDED", "FAILED")) for row in rows] == [(wan.jobs()[0].id, False)]
