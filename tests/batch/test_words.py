"""Presets and wildcards in a batch: what each row is asked for, and what is said of what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.errors import InvalidRequest
from bailian_nb.planning.wildcards import as_columns

from ..world.each import each
from ..world.emulator_log import creates

pytestmark = pytest.mark.usefixtures("unlimited")
NOW = "emulator:latency=0"
STYLES = (
    '[styles]\nink = "in {black} ink"\n[styles.book]\nprompt = "book, {prompt}!"\nnegative_prompt = "photo"\nseed = 7\n'
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bailian_nb.toml").write_text(STYLES)


def prompts(batch: wan.Batch) -> list[str]:
    return [row.prompt for row in batch.rows]


def test_each_row_stands_once_for_each_combination(tmp_path: Path) -> None:
    Path("cups.csv").write_text("sku,scene\nA1,kitchen\nB2,{garden|park}\n")
    batch = wan.batch(
        "cups.csv", prompt="{red|blue} cup, {scene}, {{x|y}} {day|night}", name="{sku}_{wildcard}_{wildcard2}"
    )
    assert batch.plan["rows"] == 8
    assert batch.plan["invalid"] == []
    assert prompts(batch)[:3] == [
        "red cup, kitchen, {x|y} day",
        "red cup, kitchen, {x|y} night",
        "blue cup, kitchen, {x|y} day",
    ]
    assert prompts(batch)[4] == "red cup, {garden|park}, {x|y} day", "what a file holds is no template"
    assert [row.line for row in batch.rows] == [2, 2, 2, 2, 3, 3, 3, 3]
    assert [row.values["wildcard"] for row in batch.rows][:4] == ["red", "red", "blue", "blue"]


def test_names_that_do_not_say_which_word_collide() -> None:
    batch = wan.batch([{"sku": "A"}], prompt="a {red|blue} cup", name="{sku}_{i}")
    assert batch.plan["invalid"]


@pytest.mark.seldom
def test_a_list_of_prompts_is_expanded_too_and_the_record_holds_the_words() -> None:
    batch = wan.batch([f"a {{red|blue}} cup {NOW}", f"a pot {NOW}"], model="wan2.2-t2i-flash", size="512*512")
    batch.run().wait(60)
    assert [picture.record.prompt for picture in batch.pictures()] == [
        f"a {each} {NOW}" for each in ("red cup", "blue cup", "pot")
    ]


@pytest.mark.seldom
def test_a_preset_words_every_row_and_rows_that_were_done_are_known_again() -> None:
    def made() -> wan.Batch:
        return wan.batch([f"a cup {NOW}", f"a pot {NOW}"], preset="Book", model="wan2.2-t2i-flash", size="512*512")

    batch = made().run().wait(60)
    assert prompts(batch) == [f"book, a cup {NOW}!", f"book, a pot {NOW}!"]
    assert batch.rows.row(1).parameters["negative_prompt"] == "photo"
    assert batch.rows.row(1).parameters["seed"] == 7
    sent = creates()
    assert made().plan["tasks"] == 0
    assert made().run().wait(60).progress.done == 2
    assert creates() == sent


def test_what_a_preset_did_is_said_with_the_plan_and_at_each_picture() -> None:
    Path("bailian_nb.toml").write_text('[styles.book]\nprompt = "book, {prompt}"\nstrength = 0.5\n')
    given: dict[str, Any] = {"model": "wan2.2-t2i-flash", "size": "512*512"}
    single = wan.t2i(f"a pan {NOW}", preset="book", **given).result(60)[0].record.notes
    batch = wan.batch([f"a cup {NOW}", f"a pot {NOW}"], preset="book", **given)
    assert list(batch.notes) == ["preset book", "preset book: strength left out, the model takes none"]
    assert all(line in batch.plan_table()["text/plain"] for line in batch.notes)
    batch.run().wait(60)
    assert [picture.record.notes for picture in batch.pictures()] == [single] * 2


def test_a_presets_braces_name_no_column_and_what_is_given_holds() -> None:
    batch = wan.batch([{"word": "cup", "seed": 5}], prompt="a {word}", preset="ink")
    assert prompts(batch) == ["a cup, in {black} ink"]
    batch = wan.batch([{"word": "cup", "seed": 5}], prompt="a {word}", preset="book", negative_prompt="people")
    assert batch.rows.row(1).parameters["seed"] == 5
    assert batch.rows.row(1).parameters["negative_prompt"] == "people"
    with pytest.raises(InvalidRequest, match="unknown preset 'bok', did you mean book"):
        wan.batch(["a cup"], preset="bok")


def test_what_cannot_be_spread_is_one_line() -> None:
    with pytest.raises(InvalidRequest, match="the source has a column wildcard, which wildcards need; rename it"):
        wan.batch([{"wildcard": "x"}], prompt="a {red|blue} {wildcard}")
    with pytest.raises(InvalidRequest, match="holds a column; put the column outside of it"):
        wan.batch([{"sku": "x"}], prompt="a {red {sku}|blue}")
    with pytest.raises(InvalidRequest, match="stand for more than 1000 prompts"):
        wan.batch(["x"], prompt="{a|b}" * 11)


@each("text", ["a {sku} cup", "{{a|b}}", '{"a": {"b": 1}}', "{", "{a|b", "}{"])
def test_a_template_without_wildcards_stays(text: str) -> None:
    assert as_columns(text, 10) == (text, [])
