"""The index finds what is on disk and unchanged, survives anything, and can be made again from the pictures."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.errors import BailianError
from bailian_nb.gallery import Index, Picture, Record, index_rows, save_pasted, save_picture
from bailian_nb.gallery import index as index_module
from bailian_nb.gallery.chunks import extract
from bailian_nb.masks import Mask

Make = Callable[..., Any]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "home")


@pytest.fixture
def save(served: Make, record: Record, tmp_path: Path) -> Callable[..., Picture]:
    def make(**changes: Any) -> Picture:
        return save_picture(served(), replace(record, **changes), tmp_path / "out" / "day", "a")

    return make


def paths(pictures: list[Picture]) -> list[Path]:
    return [picture.path for picture in pictures]


def test_a_run_is_found_by_its_key_in_order(index: Index, save: Make) -> None:
    second, first = save(index=1), save(index=0, seed=7)
    index.add(second)
    index.add(first)
    index.add(save(request_key="other"))
    found = index.find("k1")
    assert paths(found) == paths([first, second])
    assert [picture.seed for picture in found] == [7, 8]
    assert found[0].record == first.record
    assert index.find("unknown") == []


@pytest.mark.parametrize("text", ["instruct", "Instr a", "description_edit"])
@pytest.mark.parametrize("few", [0, 8000])
def test_a_function_is_found_by_its_short_name_also_where_only_the_service_s_was_kept(
    text: str, few: int, index: Index, save: Make, served: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_rows, "_FEW", few)
    edit = save(model="an-edit-of-mine", function="description_edit", prompt="a hat", actual_prompt="")
    other = save(model="an-edit-of-mine", function="stylization_all", prompt="a hat", actual_prompt="")
    gone = save_picture(served(), edit.record, tmp_path / "gone", "a") if few else None
    for picture in (edit, other, *([gone] if gone else [])):
        index.add(picture)
    if gone:
        shutil.rmtree(gone.path.parent)
    assert paths(index.search(text)) == [edit.path]
    assert len(index.listed(index_module.Wanted(words=text))) == 1


def test_adding_twice_keeps_one_row(index: Index, save: Make) -> None:
    picture = save()
    for _ in range(3):
        index.add(picture)
    assert len(index.recent()) == len(index.find("k1")) == 1


def test_a_picture_that_is_gone_or_was_changed_is_not_found(index: Index, save: Make) -> None:
    gone, changed, kept = save(index=0), save(index=1), save(index=2)
    for picture in (gone, changed, kept):
        index.add(picture)
    gone.path.unlink()
    with Image.open(changed.path) as image:
        image.convert("L").save(changed.path)
    assert paths(index.find("k1")) == [kept.path]
    assert gone.path not in paths(index.recent())


def test_a_file_whose_record_was_taken_out_is_still_the_served_one(index: Index, save: Make) -> None:
    picture = save()
    index.add(picture)
    found = extract(picture.path.read_bytes())
    assert found is not None
    picture.path.write_bytes(found[1])
    assert paths(index.find("k1")) == [picture.path]


def test_the_newest_complete_run_answers(index: Index, save: Make) -> None:
    old = [save(index=number, job_id="old") for number in (0, 1)]
    new = [save(index=number, job_id="new", created="2026-11-22T00:00:00Z") for number in (0, 1)]
    part = save(index=0, job_id="part", created="2026-11-23T00:00:00Z")
    for picture in (*old, *new, part):
        index.add(picture)
    assert paths(index.find("k1")) == paths(new)
    new[1].path.unlink()
    assert paths(index.find("k1")) == paths(old)


def test_emulator_and_service_share_no_entry(index: Index, save: Make) -> None:
    real, played = save(job_id="r"), save(job_id="e", emulator=True)
    index.add(real)
    index.add(played)
    assert paths(index.find("k1", emulator=False)) == [real.path]
    assert paths(index.find("k1", emulator=True)) == [played.path]


def test_a_picture_of_one_service_answers_no_call_to_another(index: Index, save: Make) -> None:
    here, there = save(), save(base_url_host="dashscope-intl.aliyuncs.com")
    for picture in (here, there):
        index.add(picture)
    assert paths(index.find("k1", host="dashscope.aliyuncs.com")) == [here.path]
    assert paths(index.find("k1", host="dashscope-intl.aliyuncs.com")) == [there.path]
    assert index.find("k1", host="127.0.0.1") == []


def test_recent_gives_the_newest_first(index: Index, save: Make) -> None:
    saved = [save(created=f"2026-11-2{day}T00:00:00Z") for day in (1, 3, 2)]
    for picture in saved:
        index.add(picture)
    assert paths(index.recent(2)) == [saved[1].path, saved[2].path]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("花店", 1),
        ("FLOWER wan2.6", 1),
        ("0385dc79", 1),
        ("flower cat", 0),
        ("%", 1),
        ("_", 0),
        ("100%", 1),
        ("10_%", 0),
        ("' OR 1=1 --", 0),
        ("", 2),
    ],
)
def test_search_finds_every_word_and_takes_signs_literally(text: str, hits: int, index: Index, save: Make) -> None:
    index.add(save())
    index.add(save(prompt="100% cotton", actual_prompt="", task_id="t", model="m", function=None, job_id="j"))
    assert len(index.search(text)) == hits


def test_pasted_pictures_stand_for_the_served_ones(index: Index, save: Make) -> None:
    served_one = save()
    index.add(served_one)
    pasted, _ = save_pasted(served_one, Image.new("RGB", (48, 32)), Mask.like((48, 32)).rect(4, 4, 20, 20).to_image())
    assert pasted is not None
    index.add(pasted)
    (found,) = index.find("k1")
    assert (found.path, found.raw_path) == (pasted.path, served_one.path)
    assert paths(index.recent()) == [pasted.path]


def test_the_index_can_be_made_again_from_the_pictures(index: Index, save: Make, tmp_path: Path) -> None:
    first, second = save(index=0), save(index=1)
    pasted, _ = save_pasted(second, Image.new("RGB", (48, 32)), Mask.like((48, 32)).rect(4, 4, 20, 20).to_image())
    assert pasted is not None
    plain = save_picture(first.path.read_bytes(), replace(first.record, job_id="x"), tmp_path / "out", "b", embed=False)
    elsewhere = save_picture(first.path.read_bytes(), replace(first.record, job_id="y"), tmp_path / "other", "b")
    index.add(elsewhere)
    index.add(first)
    (tmp_path / "out" / "note.png").write_bytes(b"not ours")
    Image.new("RGB", (4, 4)).save(tmp_path / "out" / "holiday.jpg")
    gone = save(index=5)
    index.add(gone)
    gone.path.unlink()
    gone.path.with_suffix(".json").unlink()

    assert index.rebuild(tmp_path / "out") == 3
    assert index.rebuild(tmp_path / "out") == 3
    assert set(paths(index.recent())) == {first.path, pasted.path, plain.path, elsewhere.path}
    found = next(picture for picture in index.recent() if picture.path == pasted.path)
    assert found.raw_path == second.path
    assert found.record == pasted.record


def test_a_broken_index_is_laid_aside(index: Index, save: Make) -> None:
    picture = save()
    index.add(picture)
    index.path.write_bytes(b"this is no database, " * 500)
    assert index.find("k1") == []
    (aside,) = index.path.parent.glob("index.sqlite.broken-*")
    assert aside.read_bytes() == b"this is no database, " * 500
    assert index.rebuild(picture.path.parent) == 1
    assert paths(index.find("k1")) == [picture.path]


def test_a_new_index_is_filled_from_the_folders_that_are_known(
    save: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    saved = [save(index=number) for number in range(3)]
    folders = [saved[0].path.parent, tmp_path / "gone"]
    (tmp_path / "home").mkdir()
    index = Index(tmp_path / "home", folders=lambda: folders)
    assert set(paths(index.recent())) == {picture.path for picture in saved}
    (line,) = caplog.messages
    assert line.endswith("index.sqlite was not there: 3 picture(s) are in a new one")


@pytest.fixture
def _one_file_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "REFILL_SECONDS", 0.0)


@pytest.mark.usefixtures("_one_file_a_call")
def test_each_call_goes_on_filling_a_new_index_as_far_as_time_allows(
    index: Index, save: Make, caplog: pytest.LogCaptureFixture
) -> None:
    saved = [save(index=number, request_key=f"k{number}") for number in range(5)]
    index.folders = lambda: [saved[0].path.parent]
    seen = []
    for _ in range(20):
        found = index.find("k0")  # the last to come, for it is the oldest
        seen.append(len(index.recent()))
        if not index.fault:
            break
        assert index.fault == f"the index of pictures {index.path} is still being made from the pictures"
        assert found == []
    assert paths(found) == [saved[0].path]
    assert seen == sorted(seen)
    assert seen[0] < seen[-1] == 5
    (line,) = caplog.messages
    assert line.endswith(
        "index.sqlite was not there: 1 picture(s) are in a new one so far, and each call goes on with the others"
    )


@pytest.mark.usefixtures("_one_file_a_call")
def test_an_index_whose_filling_was_cut_short_is_filled_by_the_next_kernels(save: Make, tmp_path: Path) -> None:
    saved = [save(index=number) for number in range(7)]
    pasted, _ = save_pasted(saved[1], Image.new("RGB", (48, 32)), Mask.like((48, 32)).rect(4, 4, 20, 20).to_image())
    assert pasted is not None
    counts = []
    for _ in range(20):  # a new one each time, as after a kill
        index = Index(tmp_path / "home", folders=lambda: [saved[0].path.parent])
        index.find("no such key")
        counts.append(len(index.recent()))
        if not index.fault:
            break
    assert set(paths(index.recent())) == {saved[0].path, pasted.path, *paths(saved[2:])}
    assert len(counts) > 2
    assert counts[-1] == 7

    def never() -> list[Path]:
        pytest.fail("it is made once")

    assert len(Index(tmp_path / "home", folders=never).recent()) == 7


def test_an_interrupt_while_it_is_filled_loses_nothing(save: Make, tmp_path: Path) -> None:
    picture = save()
    folders: list[Any] = [KeyboardInterrupt, [picture.path.parent]]

    def ask() -> list[Path]:
        if (answer := folders.pop(0)) is KeyboardInterrupt:
            raise KeyboardInterrupt
        return list(answer)

    index = Index(tmp_path / "home", folders=ask)
    with pytest.raises(KeyboardInterrupt):
        index.find("k1")
    assert paths(index.find("k1")) == [picture.path]


def test_kernels_that_fill_a_new_index_together_do_not_disturb_each_other(save: Make, tmp_path: Path) -> None:
    saved = [save(index=number) for number in range(8)]
    found: list[list[Path]] = []
    together = threading.Barrier(4)

    def kernel() -> None:
        index = Index(tmp_path / "home", folders=lambda: [saved[0].path.parent])
        together.wait()
        found.append(paths(index.find("k1")))

    kernels = [threading.Thread(target=kernel) for _ in range(4)]
    for each in kernels:
        each.start()
    for each in kernels:
        each.join()
    assert found == [paths(saved)] * 4


def test_many_threads_add_and_find_at_once(index: Index, save: Make) -> None:
    saved = [save(index=number) for number in range(8)]
    faults: list[sqlite3.Error] = []

    def work(picture: Picture) -> None:
        try:
            index.add(picture)
            index.find("k1")
        except sqlite3.Error as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(picture,)) for picture in saved]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert paths(index.find("k1")) == paths(saved)


def test_another_kernel_may_hold_the_file_for_a_while(index: Index, save: Make) -> None:
    picture = save()
    index.add(picture)
    other = sqlite3.connect(index.path, check_same_thread=False, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.1, lambda: other.execute("COMMIT"))
    timer.start()
    index.add(picture)
    timer.join()
    other.close()
    assert len(index.recent()) == 1


def test_what_comes_out_can_act_where_a_session_gave_its_actions(tmp_path: Path, save: Make) -> None:
    actions: Any = object()
    index = Index(tmp_path / "home", actions=actions)
    index.add(save())
    assert index.recent()[0].actions is actions


def test_half_a_character_pair_in_a_prompt_is_stored(index: Index, save: Make) -> None:
    index.add(save(actual_prompt="a\ud83d"))
    assert index.recent()[0].record.actual_prompt == "a\ud83d"


def test_an_index_that_cannot_be_read_knows_no_picture_and_says_so_once(
    index: Index, save: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    picture = save()
    index.add(picture)
    monkeypatch.setattr(index_module, "PATIENCE", 0.05)
    with contextlib.closing(sqlite3.connect(index.path, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert index.find("k1") == index.find("k1") == []
        assert "database is locked" in index.fault
        for look in (index.recent, lambda: index.search("shop")):
            with pytest.raises(BailianError, match="cannot be read"):
                look()
    assert len(caplog.records) == 1
    assert paths(index.find("k1")) == [picture.path]
    assert index.fault == ""
