"""Templates, pictures and names of rows: what is filled in, what is refused, each with its row and line."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.batch.names import refused
from bailian_nb.batch.template import parse
from bailian_nb.errors import InvalidRequest

from ..world.each import each
from ..world.emulator_log import creates
from ..world.plain_pictures import plain_png

SEEDS = [1870399839, 523649948, 1103280994, 1383443098]
"""Of the rows in the last test: never to be changed."""
STYLE = {"function": "style", "prompt": "French picture book style"}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    for name in ("a", "b"):
        (tmp_path / "photos" / f"{name}.png").write_bytes(plain_png("RGB", (520, 520)))
    return tmp_path


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{sku} in {Scene Name}", "a in 一家店"),
        ("{{sku}} {n}", "{sku} 7"),
        ("{a|b} { } {1} {", "{a|b} { } {1} {"),
        ("{SKU}", "a"),
        ("{price}", "3"),
    ],
)
def test_a_template_is_filled(text: str, filled: str) -> None:
    template = parse(text, ("sku", "Scene Name", "price"), "prompt", title="rows")
    assert template.fill(("a", "一家店", 3.0), {"n": 7}) == filled


def test_what_a_column_holds_is_no_template_again() -> None:
    template = parse("{sku}", ("sku",), "prompt", title="rows")
    assert template.fill(("{n} {sku}",), {"n": 1}) == "{n} {sku}"


@pytest.mark.parametrize("text", ["{skuu}", "{i}"])
def test_a_column_that_is_not_there_is_refused_at_once(text: str) -> None:
    with pytest.raises(InvalidRequest):
        wan.batch([{"sku": "a"}], prompt=text)


def test_columns_that_are_called_like_parameters_need_no_word() -> None:
    rows = [{"prompt": "a shop", "seed": "7", "size": "1280x720", "n": "2", "colour": "red"}, {"prompt": "b", "n": ""}]
    batch = wan.batch(rows)
    assert batch.plan["invalid"] == []
    assert batch.plan["pictures"] == 3
    assert batch.rows[0].parameters == {"seed": "7", "size": "1280x720", "n": "2"}


BAD_ROWS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a missing picture": ({"sku": "nope"}, {"image": "photos/{sku}.png"}),
    "an empty cell": ({"sku": "", "text": "x"}, {"image": "photos/{sku}.png"}),
    "a path that leaves": ({"sku": "../secret"}, {"image": "photos/{sku}.png"}),
    "a path from the root": ({"file": "/etc/passwd"}, {"image": "photos/{file}"}),
    "no picture": ({"sku": "text"}, {"image": "photos/{sku}.png"}),
    "a small picture": ({"sku": "small"}, {"image": "photos/{sku}.png"}),
    "a value out of range": ({"sku": "a", "strength": 2}, {"image": "photos/{sku}.png"}),
    "a seed that is none": ({"sku": "a", "seed": "x"}, {"image": "photos/{sku}.png"}),
    "a seed without end": ({"sku": "a", "seed": float("inf")}, {"image": "photos/{sku}.png"}),
    "a seed that is not": ({"sku": "a", "seed": "1e999"}, {"image": "photos/{sku}.png"}),
    "a strength without end": ({"sku": "a", "strength": float("inf")}, {"image": "photos/{sku}.png"}),
    "a picture that is a folder": ({"sku": "folder"}, {"image": "photos/{sku}.png"}),
    "a picture of another kind": ({"sku": "a", "file": "pipe.png"}, {"image": "photos/{file}"}),
    "a prompt that is a number": ({"sku": "a", "prompt": 5}, {"image": "photos/{sku}.png", "prompt": None}),
    "a name with a NUL": ({"sku": "a\0b"}, {"image": "photos/{sku}.png"}),
    "half a character pair": ({"sku": "a", "text": "\ud800"}, {"image": "photos/{sku}.png", "prompt": "{text}"}),
    "an empty prompt": ({"sku": "a", "text": " "}, {"image": "photos/{sku}.png", "prompt": "{text}"}),
    "a long prompt": ({"sku": "a", "text": "x" * 900}, {"image": "photos/{sku}.png", "prompt": "{text}"}),
    "a slash": ({"sku": "a", "out": "x/y"}, {"image": "photos/{sku}.png", "name": "{out}"}),
    "dots": ({"sku": "a", "out": ".."}, {"image": "photos/{sku}.png", "name": "{out}"}),
    "a device": ({"sku": "a", "out": "CON"}, {"image": "photos/{sku}.png", "name": "{out}"}),
    "a long name": ({"sku": "a", "out": "x" * 300}, {"image": "photos/{sku}.png", "name": "{out}"}),
    "a nameless": ({"sku": "a", "out": ""}, {"image": "photos/{sku}.png", "name": "{out}"}),
}


@pytest.mark.parametrize("what", BAD_ROWS)
def test_a_bad_row_is_one_line_with_its_number_before_money(here: Path, what: str) -> None:
    (here / "photos" / "text.png").write_text("no picture")
    (here / "photos" / "folder.png").mkdir()
    os.mkfifo(here / "photos" / "pipe.png")
    Image.new("RGB", (520, 520)).save(here / "secret.png")
    Image.new("RGB", (100, 100)).save(here / "photos" / "small.png")
    cells, templates = BAD_ROWS[what]
    good = {**dict.fromkeys(cells, ""), "sku": "b", "text": "fine", "prompt": "fine", "out": "fine", "file": "b.png"}
    batch = wan.batch([{name: good[name] for name in cells}, cells], **{**STYLE, **templates})
    (found,) = batch.plan["invalid"]
    assert found.row == 2
    with pytest.raises(InvalidRequest, match="row 2"):
        batch.run()
    assert creates() == 0


def test_of_columns_that_differ_in_case_the_parameters_own_is_used(here: Path) -> None:
    for columns in ("prompt,Prompt", "Prompt,prompt"):
        (here / "rows.csv").write_text(f"{columns}\n{columns}\n")
        assert wan.batch("rows.csv").rows[0].prompt == "prompt"


def test_a_column_that_looks_as_if_it_chose_the_model_is_told() -> None:
    (line,) = wan.batch([{"prompt": "a shop", "model": "wan2.2-t2i-flash"}]).notes
    assert line == "the column model is not used: a batch has one; give model=..."
    assert not wan.batch([{"model": "T-34"}], prompt="a {model} in snow").notes


def test_names_that_collide_are_refused_whatever_their_case(here: Path) -> None:
    rows = [{"sku": "a", "out": "Café"}, {"sku": "b", "out": unicodedata.normalize("NFD", "CAFÉ")}]
    batch = wan.batch(rows, **STYLE, image="photos/{sku}.png", name="{out}")
    (found,) = batch.plan["invalid"]
    assert (found.row, found.column) == (2, "name")
    several = wan.batch(["a shop"], n=2, name="shop")
    assert "{i}" in several.plan["invalid"][0].allowed


def test_a_file_may_be_named_in_either_composition(here: Path) -> None:
    Image.new("RGB", (520, 520)).save(here / "photos" / unicodedata.normalize("NFD", "é.png"))
    rows = [{"sku": "é"}]
    assert wan.batch(rows, **STYLE, image="photos/{sku}.png").plan["invalid"] == []


def test_backslashes_of_a_list_made_on_windows_are_meant_as_slashes(here: Path) -> None:
    (here / "rows.csv").write_text("image\nphotos\\a.png\n")
    assert wan.batch("rows.csv", **STYLE).plan["invalid"] == []


def test_a_file_of_rows_cannot_name_what_lies_outside_its_folder(here: Path) -> None:
    Image.new("RGB", (520, 520)).save(here / "secret.png")
    (here / "lists").mkdir()
    (here / "lists" / "rows.csv").write_text(
        f"image\n../../secret.png\n{here.parent}/x.png\nfile:///etc/passwd\n~/x.png\n"
    )
    batch = wan.batch("lists/rows.csv", **STYLE)
    assert [each.row for each in batch.plan["invalid"]] == [1, 2, 3, 4]


@pytest.mark.seldom
def test_thousands_of_bad_rows_are_a_few_lines(here: Path) -> None:
    batch = wan.batch([{"sku": f"x{number}"} for number in range(3000)], **STYLE, image="photos/{sku}.png")
    assert len(batch.plan["invalid"]) == 3000
    with pytest.raises(InvalidRequest) as caught:
        batch.run()
    assert len(caught.value.problems) == 21
    assert "2980 more" in caught.value.problems[-1].message


@pytest.mark.parametrize("name", ["ok", "a.b", "图片 1", "con1", "x" * 180])
def test_names_that_every_system_takes(name: str) -> None:
    assert refused(name) is None


@each("name", ["", " ", ".x", "x.", "x ", "a/b", "a\\b", "a:b", "nul.txt", "LPT1", "a\nb", "x" * 181])
def test_names_that_some_system_does_not(name: str) -> None:
    assert refused(name) is not None


def test_a_parameter_that_is_a_picture_stays_in_the_folder_too(here: Path) -> None:
    row = next(row for row in wan.specs.models() if any(each.type == "pictures" for each in row.takes(None)))
    name = next(each.name for each in row.takes(None) if each.type == "pictures")
    Image.new("RGBA", (520, 520)).save(here / "photos" / "cut.png")
    (here / "lists").mkdir()
    (here / "lists" / "rows.csv").write_text(f"image,{name},prompt\n../photos/cut.png,../../secret.png,x\n")
    batch = wan.batch("lists/rows.csv", model=row.name, image="photos/cut.png", prompt="x")
    assert (1, name) in [(each.row, each.column) for each in batch.plan["invalid"]]


def test_seeds_stay_what_they_are_since_pictures_on_disk_are_found_by_them() -> None:
    drawn = wan.batch(["a shop", "a bakery", "a shop"])
    edited = wan.batch([{"sku": "a"}], **STYLE, image="photos/{sku}.png", strength=0.5)
    seeds = [row.parameters["seed"] for batch in (drawn, edited) for row in batch.rows]
    assert seeds == SEEDS
