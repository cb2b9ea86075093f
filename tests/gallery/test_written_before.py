"""Pictures that an earlier version saved: their Records are read as it read them, and the index finds them again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bailian_nb.gallery import Index, Picture, read_record
from bailian_nb.gallery.found import files_below, picture_at

from ..world.written_before import Written


def pictures(written: Written) -> list[Path]:
    return sorted((written.folder / "out").rglob("*.png"))


def lose(written: Written, how: str) -> None:
    """Do to the index what the name says."""
    path = written.home / "index.sqlite"
    if how == "lost":
        path.unlink()
    elif how == "broken":
        path.write_bytes(b"no database at all" * 100)


def test_a_record_says_what_it_said_inside_the_picture_and_beside_it(written: Written) -> None:
    assert {written.named(path) for path in pictures(written)} == set(written.said["records"])
    for path in pictures(written):
        said = written.said["records"][written.named(path)]
        beside = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        inside = read_record(path)
        path.with_suffix(".json").unlink()
        assert inside is not None
        assert read_record(path) == inside, "the Record in the picture is enough"
        assert json.loads(inside.to_json()) | said == json.loads(inside.to_json())
        assert beside == said


def test_the_pictures_are_whole_and_the_pasted_one_knows_its_served_one(written: Written) -> None:
    found = [picture for path in files_below(written.folder / "out") if (picture := picture_at(path)) is not None]
    assert found
    for picture in found:
        assert picture.image.size == (512, 512)
        assert "EMULATOR" in repr(picture)
    (pasted,) = [each for each in found if each.record.source == "pasted"]
    assert pasted.raw_path.name == pasted.path.name.replace("_pasted", "")
    assert (pasted.record.leak, pasted.record.prompt) == (64, "A red ball")


@pytest.mark.parametrize("how", ["as it is", "lost", "broken"])
def test_history_search_and_find_give_the_same_pictures(written: Written, how: str) -> None:
    lose(written, how)
    index = written.session.index
    said = written.said

    def named(found: list[Picture]) -> list[str]:
        return [written.named(picture.path) for picture in found]

    found = index.recent(100)
    assert sorted(named(found)) == sorted(said["history"])
    times = [said["records"][name]["created"] for name in said["history"]]
    assert [picture.record.created for picture in found] == times, "the newest first"
    assert {word: named(index.search(word)) for word in said["search"]} == said["search"]
    assert {key: named(index.find(key, emulator=True)) for key in said["find"]} == said["find"]


def test_an_index_of_its_own_is_made_from_the_folder(written: Written, tmp_path: Path) -> None:
    index = Index(tmp_path / "another home")
    assert index.rebuild(written.folder / "out") == len(written.said["history"]) + 2, "and what is unclaimed"
    for key, names in written.said["find"].items():
        assert [written.named(picture.path) for picture in index.find(key)] == names
