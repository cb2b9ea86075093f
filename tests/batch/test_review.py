"""Decisions about a batch's pictures: in one file beside them, the same in the next kernel; rejected rows done anew."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path

import pytest

import bailian_nb as wan
from bailian_nb.errors import InvalidRequest, SaveFailed
from bailian_nb.session import session as sessions
from bailian_nb.store.decisions import FILE, Decision, Decisions

from ..world.emulator_log import creates

pytestmark = pytest.mark.usefixtures("unlimited")
NOW = "emulator:latency=0"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def made(prompts: list[str] | None = None, **more: object) -> wan.Batch:
    prompts = prompts or [f"{word} hill {NOW}" for word in ("red", "green", "blue")]
    return wan.batch(prompts, model="wan2.2-t2i-flash", size="512*512", **more)


def done(**more: object) -> wan.Batch:
    batch = made(**more).run().wait(60)
    assert batch.progress.done == len(batch)
    return batch


def next_kernel() -> None:
    sessions.close_all()


def test_what_is_decided_is_the_same_in_the_next_kernel() -> None:
    batch = done()
    batch.decide(1, "accept", note="for the shop")
    batch.decide([2, batch.rows[2]], "reject", reason="too dark")
    next_kernel()
    again = made()
    assert {number: (each.decision, each.reason, each.note) for number, each in again.decisions.items()} == {
        1: ("accept", "", "for the shop"),
        2: ("reject", "too dark", ""),
        3: ("reject", "too dark", ""),
    }
    assert [picture.record.prompt.split()[0] for picture in again.pictures("accept")] == ["red"]
    assert [item.row for item in again.items("reject")] == [2, 3]
    assert again.decision(3) == "reject"
    again.decide(3, None)
    assert again.decision(3) == ""
    assert [item.row for item in again.items("")] == [3]
    assert len(again.items()) == 3


@pytest.mark.seldom
def test_in_a_folder_that_was_renamed_pictures_decisions_and_what_was_done_anew_are_known() -> None:
    more = {"name": "图片 {n}_{i}"}
    batch = done(**more, out_dir="before")
    batch.decide(1, "accept").decide(2, "reject")
    batch.redo_rejected(prompt=f"{{prompt}} by night {NOW}")
    batch.run().wait(60)
    next_kernel()
    Path("before").rename("改名")
    again = made(**more, out_dir="改名")
    assert (again.plan["tasks"], again.plan["cached"]) == (0, 3)
    assert again.decision(1) == "accept"
    assert "by night" in again.rows[1].prompt
    assert all("改名" in row.files[0] for row in again.rows)
    again.run().wait(60)
    assert creates() == 4


def test_a_note_stays_with_another_decision_and_a_reason_goes() -> None:
    batch = done()
    batch.decide(1, "reject", reason="blurred", note="ask Li")
    batch.decide(1, "reject")
    assert (batch.decisions[1].reason, batch.decisions[1].note) == ("blurred", "ask Li")
    batch.decide(1, "accept")
    assert (batch.decisions[1].decision, batch.decisions[1].reason, batch.decisions[1].note) == ("accept", "", "ask Li")


def test_of_several_pictures_one_that_is_accepted_accepts_the_row() -> None:
    batch = done(prompts=[f"a hill {NOW}"], n=2)
    batch.decide(1, "reject")
    batch.decide(1, "accept", picture=2)
    assert batch.decision(1) == "accept"
    assert [item.picture for item in batch.items("accept")] == [2]
    assert batch.rejected_rows() == []


@pytest.mark.seldom
def test_rejected_rows_are_done_anew_and_the_old_pictures_stay() -> None:
    batch = done()
    old = batch.rows.row(2).files
    batch.decide(2, "reject", reason="too dark")
    assert batch.redo_rejected(prompt="{prompt}, brighter") == [2]
    assert batch.plan["tasks"] == 1
    before = creates()
    batch.run().wait(60)
    assert creates() == before + 1
    row = batch.rows.row(2)
    assert row.files != old
    assert Path(old[0]).is_file()
    assert row.pictures[0].record.prompt == f"green hill {NOW}, brighter"
    assert [each.files for each in row.earlier] == [old]
    assert batch.decision(2) == ""


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("way", ["prompts", "pictures"])
def test_a_rerun_of_the_notebook_has_what_was_done_anew(way: str, photo: Path) -> None:
    def again() -> wan.Batch:
        if way == "prompts":
            return made()
        rows = [{"image": str(photo), "prompt": f"{word} {NOW}"} for word in ("gold", "silver")]
        return wan.batch(rows, function="style", strength=0.5)

    batch = again().run().wait(60)
    batch.decide([1, 2], "reject")
    batch.redo_rejected([1])
    batch.redo_rejected([2], seed=77)
    batch.run().wait(60)
    batch.decide(2, "reject")
    batch.redo_rejected(seed=78)
    batch.run().wait(60)
    batch.decide(2, "accept")
    wanted = [batch.rows.row(number).files for number in (1, 2)]
    sent = creates()
    next_kernel()
    later = again()
    assert [later.rows.row(number).files for number in (1, 2)] == wanted
    assert later.decision(2) == "accept"
    assert later.rows.row(2).parameters["seed"] == 78
    assert later.plan["tasks"] == 0
    later.run().wait(60)
    assert creates() == sent


def test_what_cannot_be_decided_is_one_line() -> None:
    batch = made()
    with pytest.raises(InvalidRequest, match="row 1 has no picture to decide about"):
        batch.decide(1, "accept")
    batch.run().wait(60)
    for row, given, said in (
        (4, "accept", r"a row is a number in 1-3, got 4"),
        (0, "accept", r"a row is a number in 1-3, got 0"),
        (1, "maybe", r'a decision is "accept", "reject" or "" \(none\), got \'maybe\''),
        (1, 3, r'a decision is "accept", "reject" or "" \(none\), got 3'),
    ):
        with pytest.raises(InvalidRequest, match=said):
            batch.decide(row, given)
    with pytest.raises(InvalidRequest, match="row 1 has the pictures 1-1, got 2"):
        batch.decide(1, "accept", picture=2)
    with pytest.raises(InvalidRequest, match="note is a text of at most 1000 characters"):
        batch.decide(1, "accept", note="x" * 1001)
    with pytest.raises(InvalidRequest, match="no row is rejected"):
        batch.redo_rejected()
    with pytest.raises(InvalidRequest, match="no row is rejected"):
        batch.decide(1, "reject").redo_rejected([2])
    with pytest.raises(InvalidRequest, match="seed"):
        batch.redo_rejected(seed=-5)
    assert batch.plan["tasks"] == 0


def test_two_kernels_decide_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    stores = [Decisions(tmp_path) for _ in range(4)]

    def decide(number: int) -> None:
        for each in range(40):
            stores[number].put([(tmp_path / f"{number}-{each}.png", Decision(decision="accept"))])

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.refresh()
        assert all(store.get(tmp_path / f"{n}-{each}.png").decision == "accept" for n in range(4) for each in range(40))


@pytest.mark.seldom
def test_the_file_is_made_short_when_most_of_it_holds_no_more(tmp_path: Path) -> None:
    one, other = Decisions(tmp_path), Decisions(tmp_path)
    for number in range(1100):
        one.put([(tmp_path / "a.png", Decision(decision="accept", note=str(number)))])
    assert len((tmp_path / FILE).read_text().splitlines()) < 1050
    other.refresh()
    assert other.get(tmp_path / "a.png").note == "1099"
    one.put([(tmp_path / "b.png", Decision(decision="reject"))])
    other.refresh()
    assert other.get(tmp_path / "b.png").decision == "reject"


def test_a_torn_line_and_what_is_none_of_ours_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / FILE
    lines = [
        b'{"file": "a.png", "decision": "accept"}',
        b"[" * 20_000,
        b'{"file": 3, "decision": "accept"}',
        b'{"file": "../../b.png", "decision": "accept"}',
        b'{"file": "c.png", "decision": "burn"}',
        b'{"file": "d.png", "decision": "reject", "note": 3}',
        b'{"file": "e.png", "decision": "reject", "redo": {"image": ["/etc/passwd"]}}',
        b"\xff\xfe",
        b"x" * 100_000,
    ]
    path.write_bytes(b"\n".join(lines) + b'\n{"file": "f.png", "dec')
    store = Decisions(tmp_path)
    store.put([(tmp_path / "g.png", Decision(decision="accept"))])
    assert store.get(tmp_path / "a.png").decision == "accept"
    assert store.get(tmp_path / "e.png") == Decision(decision="reject")
    assert store.get(tmp_path / "g.png").decision == "accept"
    fresh = Decisions(tmp_path)
    fresh.refresh()
    assert fresh.get(tmp_path / "g.png").decision == "accept"
    assert json.loads(path.read_bytes().splitlines()[-1])["file"] == "g.png"


@pytest.mark.parametrize("room", [0, 10, 70, 150])
def test_a_disk_with_room_for_a_part_of_it_is_said_and_costs_no_decision_afterwards(
    room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, left = os.write, [room]

    def some(descriptor: int, data: bytes) -> int:
        taken = write(descriptor, data[: left[0]]) if left[0] else 0
        left[0] -= taken
        if not taken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return taken

    store, accept = Decisions(tmp_path), Decision(decision="accept")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", some)
        with pytest.raises(SaveFailed, match="No space left"):
            store.put([(tmp_path / f"{number}.png", accept) for number in range(3)])
    store.put([(tmp_path / "later.png", accept)])
    fresh = Decisions(tmp_path)
    fresh.refresh()
    assert fresh.get(tmp_path / "later.png") == accept


def test_a_folder_that_was_moved_keeps_its_decisions(tmp_path: Path) -> None:
    first = Decisions(tmp_path / "one")
    first.put([(tmp_path / "one" / "day" / "a.png", Decision(decision="accept"))])
    (tmp_path / "one").rename(tmp_path / "two")
    moved = Decisions(tmp_path / "two")
    moved.refresh()
    assert moved.get(tmp_path / "two" / "day" / "a.png").decision == "accept"


@pytest.mark.seldom
def test_ten_thousand_decisions_are_read_quickly(tmp_path: Path) -> None:
    store = Decisions(tmp_path)
    store.put([(f"{tmp_path}/day/{number}.png", Decision(decision="accept")) for number in range(10_000)])
    assert (tmp_path / FILE).stat().st_size < 1_500_000
    fresh = Decisions(tmp_path)
    fresh.refresh()
    assert fresh.get(tmp_path / "day" / "9999.png").decision == "accept"
