"""Frames of the real pandas and polars as sources, and what comes of a batch as a frame of pandas.

Both weigh more than everything else together and nothing here needs them: `make test-all` alone installs them.
"""

from __future__ import annotations

import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.batch.sources import read
from bailian_nb.errors import InvalidRequest

from ..world.emulator_log import created, creates

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unlimited")]
SMALL = "768*768"
ROWS: dict[str, list[Any]] = {
    "sku": ["a", "b", "c"],
    "scene": ["a shop", "一家面包店", "a café"],
    "seed": [7, None, 9],
    "price": [1.5, None, 3.0],
    "day": [datetime.date(2026, 1, 2), None, datetime.date(2026, 1, 4)],
}
NAMES = ("pandas", "polars")


def frame(name: str, rows: dict[str, list[Any]] = ROWS) -> Any:
    return import_module(name).DataFrame(rows)


@pytest.mark.parametrize("name", NAMES)
def test_each_row_of_a_frame_is_sent_once(name: str) -> None:
    batch = wan.batch(frame(name), prompt="{scene}, soft daylight", size=SMALL, name="{sku}_{i}").run().wait(60)
    assert [row.state for row in batch.rows] == ["SUCCEEDED"] * 3, [row.outcome.error for row in batch.rows]
    assert [Path(row.files[0]).name for row in batch.rows] == ["a_1.png", "b_1.png", "c_1.png"]
    assert sorted(each["values"]["prompt"] for each in created()) == sorted(
        f"{each}, soft daylight" for each in ROWS["scene"]
    )
    assert [batch.rows[number].parameters["seed"] for number in (0, 2)] == [7, 9], (
        "a gap makes pandas' whole numbers floats"
    )
    again = wan.batch(frame(name), prompt="{scene}, soft daylight", size=SMALL, name="{sku}_{i}")
    assert again.plan["tasks"] == 0
    assert creates() == 3


@pytest.mark.parametrize("name", NAMES)
def test_the_same_rows_are_the_same_requests_whatever_they_come_in(name: str) -> None:
    rows = [{"text": each, "seed": 7} for each in ("a shop", "a bakery")]
    wan.batch(rows, prompt="{text}", size=SMALL).run().wait(60)
    columns = {"text": ["a shop", "a bakery"], "seed": [7, 7]}
    assert wan.batch(frame(name, columns), prompt="{text}", size=SMALL).plan["tasks"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_what_a_frame_calls_missing_is_nothing(name: str) -> None:
    table = read(frame(name))
    assert table.rows[1] == ("b", "一家面包店", None, None, None)
    assert table.rows[0][:3] == ("a", "a shop", 7)
    assert wan.batch(frame(name), prompt="{price} on {day}", size=SMALL).plan["invalid"][0].row == 2
    batch = wan.batch(frame(name, {"day": ROWS["day"][:1], "price": [3.0]}), prompt="{price} on {day}", size=SMALL)
    assert batch.rows[0].prompt.startswith("3 on 2026-01-02")


def test_what_only_one_of_them_has(tmp_path: Path) -> None:
    pandas, polars = import_module("pandas"), import_module("polars")
    nullable = pandas.DataFrame({"text": ["a", "b"], "n": pandas.array([2, None], dtype="Int64")})
    assert list(read(nullable).rows) == [("a", 2), ("b", None)]
    kinds = pandas.DataFrame({"text": pandas.Categorical(["a", "b"]), "at": pandas.to_datetime(["2026-01-02", None])})
    assert [row[0] for row in read(kinds).rows] == ["a", "b"]
    assert read(kinds).rows[1][1] is None
    indexed = pandas.DataFrame({"text": ["x", "y"]}, index=[5, 5])
    assert list(read(indexed).rows) == [("x",), ("y",)]
    doubled = pandas.DataFrame([["a", "b"]], columns=["text", "text"])
    with pytest.raises(InvalidRequest, match="columns of the same name: text"):
        read(doubled)
    with pytest.raises(InvalidRequest, match="holds no row"):
        read(pandas.DataFrame({"text": []}))
    with pytest.raises(InvalidRequest, match="holds no row"):
        read(polars.DataFrame({"text": []}))
    numbered = pandas.DataFrame([["a shop"]])
    assert read(numbered).columns == ("0",)
    Image.new("RGB", (600, 600)).save(tmp_path / "a.png")
    paths = pandas.DataFrame({"image": [tmp_path / "a.png"]})
    assert wan.batch(paths, function="style", prompt="French picture book style").plan["invalid"] == []


def test_a_series_and_a_lazy_frame_are_one_line_or_rows() -> None:
    pandas, polars = import_module("pandas"), import_module("polars")
    assert list(read(pandas.Series(["a shop", "a bakery"])).rows) == [("a shop",), ("a bakery",)]
    assert list(read(polars.Series(["a shop", "a bakery"])).rows) == [("a shop",), ("a bakery",)]
    with pytest.raises(InvalidRequest, match=r"LazyFrame.*collect\(\)"):
        read(polars.DataFrame({"text": ["a"]}).lazy())


def test_a_batch_is_a_frame_with_its_own_columns() -> None:
    rows = frame("pandas").drop(columns=["day"])
    batch = wan.batch(rows, prompt="{scene} emulator:latency=1", size=SMALL, name="{sku}_{i}").run().wait(60)
    found = batch.to_dataframe()
    assert list(found.columns)[:9] == ["row", "status", "file", "files", "cost", "seconds", "error", "decision", "seed"]
    assert list(found["sku"]) == ["a", "b", "c"]
    assert list(found["status"]) == ["SUCCEEDED"] * 3
    assert list(found["cost"]) == [0.0, 0.0, 0.0] or found["cost"].sum() == pytest.approx(0.6)
    assert found["seconds"].min() > 0
    again = wan.batch(found[["sku", "scene"]], prompt="{scene} emulator:latency=1", size=SMALL)
    assert again.plan["rows"] == 3


def test_the_results_of_a_frame_are_joined_to_it_by_its_index() -> None:
    pandas = import_module("pandas")
    goods = pandas.DataFrame({"sku": ["lamp", "vase"]}, index=["L", "V"])
    batch = wan.batch(goods, prompt="{sku} emulator:latency=1", size=SMALL, name="{sku}")
    assert list(batch.to_dataframe().index) == ["L", "V"]
    joined = goods.join(batch.to_dataframe()[["row", "status"]])
    assert list(joined.row) == [1, 2]
    assert list(joined.columns) == ["sku", "row", "status"]
    assert list(wan.batch(goods, prompt="a {red|blue} {sku}").to_dataframe().index) == [0, 1, 2, 3]
    assert list(wan.batch([{"prompt": "a"}]).to_dataframe().index) == [0]
