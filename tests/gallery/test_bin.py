"""The bin: whole pictures go there and come back under their own names, and nothing else is touched or found there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.errors import InvalidRequest
from bailian_nb.gallery import Index, Picture, Record, save_pasted, save_picture
from bailian_nb.gallery.bin import bin_of, binned, move_to_bin, restore
from bailian_nb.gallery.moved import find_moved
from bailian_nb.masks import Mask

DAY = "2026-11-29"


@pytest.fixture
def save(record: Record, served: Callable[..., bytes], tmp_path: Path) -> Callable[..., Picture]:
    def make(stem: str = "cat", folder: str = DAY, **more: Any) -> Picture:
        return save_picture(served(), record, tmp_path / "out" / folder, stem, **more)

    return make


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("embed", [True, False])
def test_a_picture_goes_with_its_record_and_comes_back_as_it_was(save: Any, tmp_path: Path, embed: bool) -> None:
    picture, other = save(embed=embed), save("dog")
    before = files(tmp_path / "out")
    there = move_to_bin(picture)
    assert there == tmp_path / "out" / "wan_bin" / DAY / picture.path.name
    assert set(files(tmp_path / "out")) == {
        f"wan_bin/{DAY}/{picture.path.name}",
        f"wan_bin/{DAY}/{picture.path.stem}.json",
        f"{DAY}/{other.path.name}",
        f"{DAY}/{other.path.stem}.json",
    }
    assert binned([picture.path.parent]) == [there]
    assert restore(there) == picture.path
    assert files(tmp_path / "out") == before


def test_a_pasted_picture_takes_the_served_one_along(save: Any, tmp_path: Path) -> None:
    mask = Mask.like((48, 32)).rect(4, 4, 20, 20).to_image()
    pasted, _ = save_pasted(save(), Image.new("RGB", (48, 32)), mask)
    before = files(tmp_path / "out")
    there = move_to_bin(pasted)
    assert not list((tmp_path / "out" / DAY).iterdir())
    assert binned([pasted.path.parent]) == [there], "one picture, not two"
    restore(there)
    assert files(tmp_path / "out") == before


def test_a_folder_of_another_name_has_its_bin_within(save: Any, tmp_path: Path) -> None:
    picture = save(folder="mine")
    assert move_to_bin(picture).parent == tmp_path / "out" / "mine" / "wan_bin" == bin_of(picture.path.parent)
    assert restore(tmp_path / "out" / "mine" / "wan_bin" / picture.path.name) == picture.path


def test_nothing_is_ever_overwritten(save: Any, tmp_path: Path) -> None:
    picture = save()
    there = move_to_bin(picture)
    picture.path.write_bytes(b"somebody else's")
    with pytest.raises(InvalidRequest, match="is there already"):
        restore(there)
    assert picture.path.read_bytes() == b"somebody else's"
    with pytest.raises(InvalidRequest, match="is there already"):
        move_to_bin(picture)
    assert there.is_file()


def test_what_is_not_there_is_named(save: Any, tmp_path: Path) -> None:
    picture = save()
    there = move_to_bin(picture)
    with pytest.raises(InvalidRequest, match="is not there any more"):
        move_to_bin(picture)
    with pytest.raises(InvalidRequest, match="lies in the bin already"):
        move_to_bin(Picture(path=there, record=picture.record))
    with pytest.raises(InvalidRequest, match="is not in the bin"):
        restore(picture.path)


def test_no_search_for_pictures_looks_into_the_bin(save: Any, tmp_path: Path) -> None:
    index, picture, other = Index(tmp_path / "home"), save(), save("dog")
    for each in (picture, other):
        index.add(each)
    there = move_to_bin(picture)
    assert [each.path for each in index.recent()] == [other.path]
    assert index.rebuild(tmp_path / "out") == 1
    assert find_moved(picture.path, picture.path, picture.record.sha256) is None
    assert restore(there) == picture.path
    assert find_moved(picture.path, picture.path, picture.record.sha256) is not None
