"""Every picture that passes a filter, newest first, told by numbers; what is gone is none of them."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.gallery import Index, Picture, Record
from bailian_nb.gallery.listing import Wanted

STYLE = "stylization_all"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Nine pictures of three days; their prompts begin with their numbers, and their ids hold the word cat."""
    index = Index(tmp_path / "home")
    for number in range(9):
        path = tmp_path / "out" / f"day {number // 3}" / f"花 {number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        edited = number % 2 == 1
        index.add(
            Picture(
                path=path,
                record=Record(
                    model="wanx2.1-imageedit" if edited else "wan2.6-t2i",
                    function=STYLE if edited else None,
                    prompt=f"{number}\nflowers" if number else "wan2.6-t2i\n\n",
                    created=f"2026-11-{20 + number // 3}T00:00:0{number % 3}+00:00",
                    job_id=f"cat{number}",
                    task_id=f"cat{number}-cat{number}",
                ),
            )
        )
    return index


def seen(index: Index, **wanted: Any) -> list[int]:
    """Return the numbers in the names of what passes."""
    return [int(picture.path.stem[2:]) for picture in index.opened(index.listed(Wanted(**wanted))).values()]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ({"model": "wan2.6-t2i"}, [8, 6, 4, 2, 0]),
        ({"function": STYLE}, [7, 5, 3, 1]),
        ({"model": "wan2.6-t2i", "function": STYLE}, []),
        ({"since": "2026-11-21T00:00:00"}, [8, 7, 6, 5, 4, 3]),
        ({"since": "2026-11-21T00:00:01", "before": "2026-11-22T00:00:00"}, [5, 4]),
        ({"words": "FLOWERS stylization"}, [7, 5, 3, 1]),
        ({"words": "flowers", "before": "2026-11-21T00:00:00"}, [2, 1]),
        ({"words": "cat"}, []),
        ({"words": "cat3"}, [3]),
        ({"words": "cat3-cat3"}, [3]),
        ({"names": {"花 4.png", "花 1.png", "other.png"}}, [4, 1]),
        ({"names": set()}, []),
    ],
)
def test_what_passes_comes_newest_first(index: Index, wanted: dict[str, Any], numbers: list[int]) -> None:
    assert seen(index, **wanted) == numbers


def test_a_file_or_folder_that_is_gone_is_left_out(index: Index, tmp_path: Path) -> None:
    (tmp_path / "out" / "day 1" / "花 4.png").unlink()
    (tmp_path / "out" / "day 0").rename(tmp_path / "away")
    assert seen(index) == [8, 7, 6, 5, 3]


def test_makers_are_listed_once(index: Index) -> None:
    assert index.makers() == (["wan2.6-t2i", "wanx2.1-imageedit"], [STYLE])


def test_makers_of_an_index_of_an_earlier_version_are_found_and_later_ones_with_them(
    index: Index, tmp_path: Path
) -> None:
    with contextlib.closing(sqlite3.connect(index.path)) as db:
        db.execute("DROP TABLE makers")
    index.add(Picture(path=tmp_path / "more.png", record=Record(model="wan2.5-t2i-preview")))
    assert index.makers() == (["wan2.5-t2i-preview", "wan2.6-t2i", "wanx2.1-imageedit"], [STYLE])
    index.add(Picture(path=tmp_path / "again.png", record=Record(model="qwen-image-2.0")))
    assert index.makers()[0][0] == "qwen-image-2.0"


def test_words_are_found_in_the_one_folder_that_is_left(index: Index, tmp_path: Path) -> None:
    for day in (0, 2):
        (tmp_path / "out" / f"day {day}").rename(tmp_path / f"away {day}")
    assert seen(index, words="flowers stylization") == [5, 3]
    assert [picture.path.stem for picture in index.search("flowers")] == ["花 5", "花 4", "花 3"]
    assert [picture.path.stem for picture in index.search("flowers", 1)] == ["花 5"]
    assert index.search("submarine") == []


def test_numbers_that_nobody_gave_open_nothing(index: Index) -> None:
    assert index.opened([0, -1, 1 << 62]) == {}
