"""Stars and tags of pictures: they outlive the index and the names of folders, and a tag is what a tag can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.errors import BailianError, InvalidRequest
from bailian_nb.gallery import Picture, Record, save_picture
from bailian_nb.gallery.marks import MOST_TAGS, Mark, PictureMarks, key_of


@pytest.fixture
def picture(record: Record, served: Callable[..., bytes], tmp_path: Path) -> Picture:
    return save_picture(served(), record, tmp_path / "out" / "2026-11-29", "cat")


@pytest.fixture
def marks(tmp_path: Path) -> PictureMarks:
    return PictureMarks(tmp_path / "home")


def test_before_anything_is_marked_no_file_is_made(marks: PictureMarks, tmp_path: Path) -> None:
    assert marks.all() == {}
    assert not (tmp_path / "home").exists()


def test_marks_are_there_for_the_next_kernel_and_go_along_with_a_moved_folder(
    marks: PictureMarks, picture: Picture, tmp_path: Path
) -> None:
    marks.star([picture])
    marks.tag([picture], ["cover", " for   Li "])
    (tmp_path / "out").rename(tmp_path / "renamed")
    there = Picture(path=tmp_path / "renamed" / "2026-11-29" / picture.path.name, record=picture.record)
    assert PictureMarks(tmp_path / "home").all() == {key_of(there): Mark(star=True, tags=("cover", "for Li"))}
    marks.star([there], False)
    marks.tag([there], ["cover"], on=False)
    assert marks.all() == {key_of(picture): Mark(tags=("for Li",))}


@pytest.mark.parametrize("tag", ["", "  ", "a,b", "x" * 61, 7, None, "a\0b"])
def test_what_is_no_tag_is_refused_and_nothing_is_kept(marks: PictureMarks, picture: Picture, tag: Any) -> None:
    with pytest.raises(InvalidRequest, match="a tag has 1-60 characters and no comma"):
        marks.tag([picture], ["cover", tag])
    assert marks.all() == {}


def test_a_picture_has_so_many_tags_and_no_more(marks: PictureMarks, picture: Picture) -> None:
    marks.tag([picture], [f"tag {number}" for number in range(MOST_TAGS)])
    marks.tag([picture], ["tag 3"])
    with pytest.raises(InvalidRequest, match=f"at most {MOST_TAGS} tags"):
        marks.tag([picture], ["one more"])


def test_a_file_that_cannot_be_used_is_named(marks: PictureMarks, picture: Picture, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "marks.sqlite").mkdir()
    (tmp_path / "home" / "marks.sqlite" / "kept").touch()
    marks.star([picture])  # what was no database is laid aside
    assert marks.all()[key_of(picture)].star
    (tmp_path / "file").touch()
    with pytest.raises(BailianError, match="can be neither read nor kept"):
        PictureMarks(tmp_path / "file" / "home").star([picture])
