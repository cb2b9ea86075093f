"""The table of measurements: what a row says of its goal, and what the page of them holds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from .speed_table import BEFORE, FOLDER, Row, by_turns, keep, main

RATIO = Row(room="A", what="loading", ours=20.0, unit="ms", cpu=15.0, peer=400.0, beside="SDK", goal=0.1, limit="disk")
TIME = Row(room="B", what="adding", ours=4.0, unit="ms", goal=3, limit="a commit")


def test_a_ratio_is_held_against_its_goal_and_a_time_without_a_peer_too():
    assert (RATIO.found, RATIO.met) == (0.05, True)
    assert (TIME.found, TIME.met) == (4.0, False)


def test_rows_are_kept_and_become_a_page_and_json(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(FOLDER, str(tmp_path / "rows"))
    busy = Row(room="B", what="asking", ours=9.0, unit="ms", cpu=2.0, goal=3, limit="others")
    for row in (TIME, RATIO, busy):
        keep(row)
    assert "loading: 20 ms" in capsys.readouterr().out
    main(str(tmp_path / "rows"), str(tmp_path / "pages"))
    text = (tmp_path / "pages" / "speed.md").read_text("utf-8")
    assert "| loading | 20 ms | 15 ms | SDK 400 ms | 0.05 | 0.1 | yes | disk |" in text
    assert "| adding | 4 ms |  |  |  | 3 ms | no | a commit |" in text
    assert "| asking | 9 ms | 2 ms |  |  | 3 ms | by the processor | others |" in text
    assert text.index("## A") < text.index("## B")
    listed = json.loads((tmp_path / "pages" / "speed.json").read_text("utf-8"))
    assert [(row["what"], row["met"]) for row in listed] == [
        ("loading", True),
        ("adding", False),
        ("asking", False),
    ]


def test_what_was_slow_stands_beside_what_it_is_now(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path / "rows"))
    load = replace(RATIO, what="%load_ext bailian_nb")
    for row in (load, replace(TIME, what="the file of 100,000", unit="MB"), TIME):
        keep(row)
    main(str(tmp_path / "rows"), str(tmp_path / "pages"))
    text = (tmp_path / "pages" / "speed.md").read_text("utf-8")
    assert "| %load_ext bailian_nb | 0.87 of `import dashscope` | 20 ms, 0.05 of SDK 400 ms | yes |" in text
    assert "| the file of 100,000 | 148 MB | 4 MB | no |" in text
    assert text.index("## Before and now") < text.index("## A")
    listed = json.loads((tmp_path / "pages" / "speed.json").read_text("utf-8"))
    assert {row["what"]: row["before"] for row in listed}["adding"] == ""


def test_each_row_that_is_told_as_it_was_is_in_the_table():
    rows = json.loads((Path(__file__).parents[2] / "notebooks" / "reference" / "speed.json").read_text("utf-8"))
    assert set(BEFORE) <= {row["what"] for row in rows}


def test_without_a_folder_a_row_is_printed_alone(tmp_path, monkeypatch):
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    keep(TIME)
    assert set(tmp_path.iterdir()) == before


def test_both_sides_are_measured_by_turns():
    asked: list[str] = []

    def side(name: str, *values: float):
        left = list(values)

        def act() -> float:
            asked.append(name)
            return left.pop(0)

        return act

    assert by_turns(3, side("a", 1, 9, 2), side("b", 5, 5, 7)) == [2, 5]
    assert asked == ["a", "b"] * 3
