"""A file of prices and limits against the table: what differs is said, a figure a sentence, and nothing else."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.specs import prices_file

from ..world.each import each

ROWS = specs.models()


def changed(model: str, region: str, **cells: str) -> str:
    """Return the table's own file with one line changed."""
    lines = list(csv.DictReader(io.StringIO(prices_file.written(ROWS))))
    for line in lines:
        if (line["model"], line["region"]) == (model, region):
            line.update(cells)
    out = io.StringIO()
    writer = csv.DictWriter(out, prices_file.COLUMNS)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def test_the_file_of_the_table_differs_in_nothing_and_has_every_region() -> None:
    text = prices_file.written(ROWS)
    assert prices_file.differences(ROWS, text) == []
    assert len(text.splitlines()) == 1 + sum(len(row.regions) for row in ROWS)


@each(
    ("column", "cell", "told"),
    [
        ("cny", "0.21", "cny: the table has 0.2, the file 0.21"),
        ("large_cny", "0.5", "large_cny: the table has none, the file 0.5"),
        ("input_cny", "0.02", "input_cny: the table has none, the file 0.02"),
        ("submits", "2", "submits: the table has 5, the file 2"),
        ("seconds", "60", "seconds: the table has 1, the file 60"),
        ("tasks_at_once", "6", "tasks_at_once: the table has 5, the file 6"),
    ],
)
def test_a_figure_that_differs_is_one_sentence(column: str, cell: str, told: str) -> None:
    found = prices_file.differences(ROWS, changed("wan2.7-image", "cn-beijing", **{column: cell}))
    assert found == [f"wan2.7-image cn-beijing {told}"]


def test_an_empty_cell_and_a_column_that_is_left_out_are_not_compared() -> None:
    assert prices_file.differences(ROWS, changed("wan2.7-image", "cn-beijing", cny="")) == []
    short = "region,model,cny\ncn-beijing,wanx2.1-imageedit,0.14\n"
    assert prices_file.differences(ROWS, "\ufeff" + short) == []


def test_what_only_one_side_has_is_said() -> None:
    text = "model,region\nwan9,cn-beijing\nwan2.7-image,mars\nwan2.7-image,cn-beijing\n"
    assert prices_file.differences(ROWS, text) == [
        "wan9 cn-beijing: the table has no such model",
        "wan2.7-image mars: the table has no such region",
        "wan2.7-image ap-southeast-1: the file has no such region",
    ]


@each(
    ("text", "told"),
    [
        ("", "got nothing"),
        ("model,cny\n", "got model, cny"),
        ("model,region,price\n", "unknown or twice: price"),
        ("model,region,cny,cny\n", "unknown or twice: cny"),
        ("model,region,cny\nwan2.7-image,cn-beijing,0,25\n", "line 2 of the file of prices has more cells"),
        ("model,region,cny\nwan2.7-image,cn-beijing,nan\n", "line 2 of the file of prices: cny must be a number"),
        ("model,region,cny\nwan2.7-image,cn-beijing,-1\n", "line 2 of the file of prices: cny must be a number"),
        ("model,region\nwan2.7-image\n", "line 2 of the file of prices names no model and region"),
        ("model,region,cny\nwan2.7-image,cn-beijing,two\n", "line 2 of the file of prices: cny must be a number"),
    ],
)
def test_what_is_no_file_of_prices_is_refused_with_its_line(text: str, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        prices_file.differences(ROWS, text)


PRICE = specs.Price(
    region="cn-beijing", cny=0.25, large_cny=0.5, large_above=2_250_000, input_cny=0.02, rewritten_cny=0.3
)


@pytest.mark.parametrize(
    ("pixels", "rewritten", "cny"),
    [
        (1_048_576, False, 0.25),
        (2_250_000, False, 0.25),
        (2_250_001, False, 0.5),
        (None, False, 0.5),
        (9, True, 0.3),
    ],
)
def test_a_price_follows_area_and_rewriting(pixels: int | None, rewritten: bool, cny: float) -> None:
    assert PRICE.most(pixels=pixels, rewritten=rewritten) == cny


def test_an_estimate_counts_inputs_once_and_knows_the_price_by_area() -> None:
    row = dataclasses.replace(specs.get("wan2.7-image"), prices=(dataclasses.replace(PRICE, rewritten_cny=None),))
    assert row.estimate("cn-beijing", {"n": 2, "size": "1024*1024"}, 3).cny == pytest.approx(0.56)
    assert row.estimate("cn-beijing", {"n": 2, "size": "2K"}, 0).cny == pytest.approx(1.0)
    assert row.cost("cn-beijing", {"size": "2K"}, 1, 1, 1024 * 1024) == pytest.approx(0.27)
    assert row.cost("cn-beijing", {}, 3, 0) == 0
    unknown = dataclasses.replace(row, prices=(specs.Price(region="cn-beijing", cny=None),))
    assert unknown.estimate("cn-beijing", {"n": 2}) == (2, None)
