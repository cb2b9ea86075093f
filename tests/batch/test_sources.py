"""What a batch reads rows from: files as Excel and others write them, folders, patterns, lists, frames."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from PIL import Image

from bailian_nb.batch import sources
from bailian_nb.batch.sources import read
from bailian_nb.batch.table import Table
from bailian_nb.errors import BucketError, InvalidRequest

ROWS = [("a", "一家店"), ("b", "an old, small shop")]


def written(tmp_path: Path, data: bytes, name: str = "rows.csv") -> Table:
    path = tmp_path / name
    path.write_bytes(data)
    return read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_however_it_was_saved(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [("sku", "scene"), *(tuple(f'"{cell}"' for cell in row) for row in ROWS)]
    text = "\r\n".join(separator.join(line) for line in lines)
    table = written(tmp_path, text.encode(encoding))
    assert table.columns == ("sku", "scene")
    assert list(table.rows) == ROWS
    assert list(table.lines) == [2, 3]


@pytest.mark.parametrize("separator", [";", ",", "|", "\t"])
def test_excels_own_line_says_the_separator(tmp_path: Path, separator: str) -> None:
    text = f"sep={separator}\r\nsku{separator}scene\r\na{separator}x\r\n"
    table = written(tmp_path, text.encode("utf-8-sig"))
    assert table.columns == ("sku", "scene")
    assert list(table.lines) == [3]


def test_rows_of_nothing_but_separators_are_skipped_and_lines_stay_the_files(tmp_path: Path) -> None:
    table = written(tmp_path, b'sku,scene\n,\n"a\nb",x\n , \n\nc,y\n')
    assert list(table.rows) == [("a\nb", "x"), ("c", "y")]
    assert list(table.lines) == [3, 7]


def test_short_rows_are_filled_and_separators_at_the_end_of_lines_are_none(tmp_path: Path) -> None:
    table = written(tmp_path, b"sku,scene,\na,x,\nb\n")
    assert list(table.rows) == [("a", "x"), ("b", "")]


def test_names_of_columns_are_known_in_any_composition(tmp_path: Path) -> None:
    table = written(tmp_path, unicodedata.normalize("NFD", "é,scene\nx,y\n").encode())
    assert table.columns == ("é", "scene")


def test_json_lines_lists_and_texts(tmp_path: Path) -> None:
    lines = '{"sku": "a", "n": 2}\n\n{"sku": "b", "more": null}\n'
    table = written(tmp_path, lines.encode(), "rows.jsonl")
    assert table.columns == ("sku", "n", "more")
    assert list(table.rows) == [("a", 2, None), ("b", None, None)]
    assert list(table.lines) == [1, 3]
    assert list(written(tmp_path, json.dumps(["x", "y"]).encode(), "rows.json").rows) == [("x",), ("y",)]
    assert list(written(tmp_path, b"first\n\nsecond\n", "rows.txt").rows) == [("first",), ("second",)]


def test_folders_and_patterns_hold_pictures_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b.jpg", "a.png", ".hidden.png", "note.txt", "deep/c.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (4, 4)).save(tmp_path / name, "PNG") if name != "note.txt" else (tmp_path / name).touch()
    names = [Path(row[0]).name for row in read(tmp_path).rows]
    assert names == ["a.png", "b.jpg"]
    assert [Path(row[0]).name for row in read("**/*.*").rows] == ["a.png", "b.jpg", "c.webp"]
    assert [Path(row[0]).name for row in read("a.png").rows] == ["a.png"]


class Pandas:
    columns = ("sku", "price")

    def itertuples(self, *, index: bool, name: None) -> list[tuple[Any, ...]]:
        assert (index, name) == (False, None)
        return [("a", 1.0), ("b", float("nan"))]


class Polars:
    columns = ("sku", "price")

    def iter_rows(self) -> list[tuple[Any, ...]]:
        return [("a", 1.0), ("b", None)]


@pytest.mark.parametrize("frame", [Pandas(), Polars()])
def test_frames_are_read_by_what_they_can_do(frame: object) -> None:
    table = read(frame)
    assert table.columns == ("sku", "price")
    assert list(table.rows) == [("a", 1.0), ("b", None)]


BAD: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "is empty"),
    "blank.csv": (b"\n\n,,\n", "is empty"),
    "header.csv": (b"sku,scene\n", "holds no row"),
    "doubled.csv": (b"sku,sku\na,b\n", "names sku twice"),
    "nameless.csv": (b"sku,,scene\na,b,c\n", "column 2 has no name"),
    "full-width.csv": ("编号，prompt\na，b\n".encode(), "between the names of columns stands '，'"),
    "wide.csv": (b"sku\na,b\n", "row 1 (line 2) has 2 cells"),
    "quote.csv": (b'sku,scene\na,"open\nb,c\n', "cannot be read"),
    "after.csv": (b'sku,scene\na,"x"y\n', "cannot be read"),
    "long.csv": (b"sku\n" + b"x" * 1_100_000 + b"\n", "cannot be read"),
    "binary.csv": (bytes(range(256)) * 8, "is no text"),
    "book.csv": (b"PK\x03\x04....", "workbook"),
    "book.xls.csv": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "workbook"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n....", "no table of rows"),
    "page.csv": (b"%PDF-1.7", "no table of rows"),
    "bad.jsonl": (b'{"a": 1}\n{"a"\n', "line 2 is no JSON"),
    "list.jsonl": (b"[1, 2]\n", "row 1 is list"),
    "object.json": (b'{"a": 1}', "holds no list"),
    "cut.json": (b'[{"a": 1', "is no JSON"),
    "deep.json": (b"[" * 100_000 + b"]" * 100_000, "is no JSON"),
    "deep.jsonl": (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "line 1 is no JSON"),
    "number.jsonl": (b'{"a": ' + b"9" * 5000 + b"}", "line 1 is no JSON"),
    "nul.csv": (b"sku,scene\na,x\0y\n", "is no text"),
    "none.txt": (b"\n\n", "holds no row"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_line(tmp_path: Path, name: str) -> None:
    data, said = BAD[name]
    with pytest.raises(InvalidRequest) as caught:
        written(tmp_path, data, name)
    (line,) = str(caught.value).splitlines()
    assert said in line


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2 * 2**30)
    with pytest.raises(InvalidRequest, match="2048 MB"):
        read(path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "empty text"),
        ("no such file.csv", "there is no file or folder"),
        ("nothing/*.png", "matches no file"),
        ("a prompt that somebody has typed", "a prompt stands in a list"),
        ("x" * 300, "there is no file or folder"),
        ([], "holds no row"),
        ([["a"], "b"], "not a mixture"),
        ([{"a": 1}, "b"], "not a mixture"),
        (7, "got int"),
        (b"prompt", "got bytes"),
        ([("a", "b")], "got a tuple; a row of several cells is a dict"),
        ([None], "got a NoneType"),
        ([1, 2], "got a int"),
        ("https://example.com/rows.csv", "there is no file or folder"),
        ({"a": 1}, "got dict"),
        ("/dev/null", "neither a file nor a folder"),
        (["x"] * 100_001, "at most"),
    ],
)
def test_a_bad_source_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: Any, said: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidRequest) as caught:
        read(source)
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_folder_without_pictures_says_what_it_looks_for(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="holds no picture"):
        read(tmp_path)


@pytest.fixture
def bucket() -> Iterator[Any]:
    store = fsspec.filesystem("memory")
    store.rm("/shop", recursive=True) if store.exists("/shop") else None
    for name in ("in/b.jpg", "in/a.png", "in/.hidden.png", "in/note.txt", "in/deep/c.webp", "in/one[1].png"):
        store.pipe_file(f"/shop/{name}", b"x")
    yield store
    store.rm("/shop", recursive=True)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("memory://shop/in/*.png", ["in/a.png", "in/one[1].png"]),
        ("memory://shop/in/", ["in/a.png", "in/b.jpg", "in/one[1].png"]),
        ("memory://shop/**/*.*", ["in/a.png", "in/b.jpg", "in/deep/c.webp", "in/one[1].png"]),
        ("memory://shop/in/a.png", ["in/a.png"]),
        ("memory://shop/in/one[1].png", ["in/one[1].png"]),
    ],
)
def test_patterns_and_folders_of_a_bucket_hold_pictures_in_order(bucket: object, source: str, names: list[str]) -> None:
    table = read(source)
    assert [row[0] for row in table.rows] == [f"memory://shop/{name}" for name in names]
    assert table.pictures


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("memory://shop/out/*.png", "matches no file"),
        ("memory://shop/in/*.txt", "matches 1 files, no picture among them"),
        ("memory://shop/out", "there is no object or folder memory://shop/out"),
        ("s3://user:secret@shop/in/*.png", "holds a user name or a key"),
        ("s3://.hidden/in/*.png", "s3://BUCKET/FOLDER"),
    ],
)
def test_what_a_bucket_does_not_hold_is_one_line(bucket: object, source: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(said)) as raised:
        read(source)
    assert "secret" not in str(raised.value)
    assert "\n" not in raised.value.message


def test_a_bucket_that_refuses_or_has_too_many_says_so(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_ROWS", 2)
    with pytest.raises(InvalidRequest, match="takes 2 at most"):
        read("memory://shop/in")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("AKIA-key in its words")

    monkeypatch.setattr(type(bucket), "ls", refuse)
    with pytest.raises(BucketError, match=r"memory://shop refuses \(AccessDenied\)$"):
        read("memory://shop/in")
