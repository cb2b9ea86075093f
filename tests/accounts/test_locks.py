"""Places as lock files: kernels take turns, and what a kernel leaves behind blocks nobody."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from bailian_nb.accounts import locks
from bailian_nb.accounts.locks import LockedLeases, Release, Wait
from tests.world.stopped import only_linux, stopped


def entered(places: LockedLeases) -> Release:
    found = places.enter()
    assert not isinstance(found, Wait), found
    return found


def test_no_more_kernels_get_in_than_there_are_places(tmp_path: Path) -> None:
    first, second, third = (LockedLeases(tmp_path, 2) for _ in range(3))
    leave = entered(first)
    entered(second)
    assert third.enter() == Wait(before=0, elsewhere=2)
    leave()
    entered(third)


def test_kernels_that_wait_come_in_their_order(tmp_path: Path) -> None:
    holder, early, late = (LockedLeases(tmp_path, 1) for _ in range(3))
    leave = entered(holder)
    assert early.enter() == Wait(before=0, elsewhere=1)
    assert late.enter() == Wait(before=1, elsewhere=1)
    leave()
    assert late.enter() == Wait(before=1, elsewhere=0)
    leave = entered(early)
    assert early.enter() == Wait(before=1), "its next job draws a new ticket"
    leave()
    entered(late)


def test_a_kernel_without_a_place_comes_before_one_that_has_some(tmp_path: Path) -> None:
    greedy, modest, other = (LockedLeases(tmp_path, 2) for _ in range(3))
    entered(greedy)
    leave = entered(other)
    assert greedy.enter() == Wait(before=0, elsewhere=1)
    assert modest.enter() == Wait(before=0, elsewhere=2)
    assert greedy.enter() == Wait(before=1, elsewhere=1)
    leave()
    assert isinstance(greedy.enter(), Wait)
    entered(modest)


def test_two_free_places_let_the_second_in_line_in_without_waiting_for_the_first(tmp_path: Path) -> None:
    holder, first, second = (LockedLeases(tmp_path, 2) for _ in range(3))
    leaves = [entered(holder), entered(holder)]
    assert isinstance(first.enter(), Wait)
    assert isinstance(second.enter(), Wait)
    leaves[0]()
    assert isinstance(second.enter(), Wait)
    leaves[1]()
    entered(second)
    entered(first)


def test_a_kernel_that_gives_up_its_turn_leaves_no_ticket(tmp_path: Path) -> None:
    holder, quitter, patient = (LockedLeases(tmp_path, 1) for _ in range(3))
    leave = entered(holder)
    quitter.enter()
    patient.enter()
    quitter.quit()
    leave()
    entered(patient)
    assert list((tmp_path / "waiting").iterdir()) == []


def test_a_ticket_whose_kernel_is_dead_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "waiting").mkdir()
    dead = tmp_path / "waiting" / "000000001-0badcafe.lock"
    dead.touch()
    entered(LockedLeases(tmp_path, 1))
    assert not dead.exists()


def test_tasks_taken_over_count_above_the_limit(tmp_path: Path) -> None:
    resumed, fresh = LockedLeases(tmp_path, 2), LockedLeases(tmp_path, 2)
    leaves = [resumed.take() for _ in range(4)]
    for leave, left in zip(leaves[:3], (3, 2, 1), strict=True):
        assert isinstance(fresh.enter(), Wait)
        leave()
        if left == 1:
            entered(fresh)


def test_whoever_stands_in_the_door_holds_others_up_but_blocks_nobody_for_long(tmp_path: Path) -> None:
    places = LockedLeases(tmp_path, 1)
    with FileLock(tmp_path / "door.lock"):
        assert places.enter() == Wait()
        places.take()()
    entered(places)


@dataclass
class Watch:
    """The machine's time, in the place of the module."""

    now: float = 100.0

    def monotonic(self) -> float:
        return self.now


def test_a_door_is_passed_whose_kernel_was_stopped_before_it_wrote_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "time", watch := Watch())
    monkeypatch.setattr(locks, "DOOR_SECONDS", 0.01)
    entered(before := LockedLeases(tmp_path, 2, kernel="before"))()
    first, second = (LockedLeases(tmp_path, 2, kernel=name) for name in ("first", "second"))
    with FileLock(tmp_path / "door.lock"):  # the door names `before`, who lives and went on long ago
        assert (first.enter(), second.enter()) == (Wait(), Wait())
        watch.now += locks.SHUT_SECONDS - 1
        assert first.enter() == Wait(), "whoever is behind it may be slow"
        watch.now += 1
        entered(first)
        entered(second)
        assert isinstance(first.enter(), Wait), "and the limit holds"
    assert before.kernel == "before"


def test_a_living_kernel_behind_the_door_is_waited_for_although_a_stopped_one_is_named_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "time", watch := Watch())
    monkeypatch.setattr(locks, "DOOR_SECONDS", 0.01)
    entered(LockedLeases(tmp_path, 1, kernel="stopped"))()
    waits = LockedLeases(tmp_path, 1, kernel="waits", stands_still=lambda kernel: kernel == "stopped")
    with FileLock(tmp_path / "door.lock"):
        assert waits.enter() == Wait()
        for number in range(5):  # living kernels come and go, each with its own name
            watch.now += locks.WRITTEN_SECONDS - 0.1
            (tmp_path / "door.by").write_text(f"living-{number}")
            os.utime(tmp_path / "door.by", ns=(number, number))
            assert waits.enter() == Wait()
        (tmp_path / "door.by").write_text("stopped")
        assert waits.enter() == Wait()
        watch.now += locks.WRITTEN_SECONDS
        entered(waits)


def test_places_and_turn_of_a_kernel_that_stands_still_keep_nobody_out(tmp_path: Path) -> None:
    stopped = LockedLeases(tmp_path, 2, kernel="stopped")
    entered(stopped)
    entered(stopped)
    assert isinstance(stopped.enter(), Wait), "and it waits for more"
    still: set[str] = set()
    other = LockedLeases(tmp_path, 2, kernel="other", stands_still=still.__contains__)
    assert other.enter() == Wait(before=0, elsewhere=2)
    still.add("stopped")
    entered(other)
    entered(other)
    assert isinstance(other.enter(), Wait), "the limit holds for those that live"


def test_a_kernel_that_is_stopped_before_its_name_is_on_a_place_holds_it_for_a_minute_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "time", watch := Watch())
    before, other = (LockedLeases(tmp_path, 1, kernel=name) for name in ("before", "other"))
    entered(before)()  # who lives, and is named there no more
    with FileLock(tmp_path / "0.lock"):
        assert isinstance(other.enter(), Wait)
        watch.now += locks.SHUT_SECONDS - 1
        assert isinstance(other.enter(), Wait), "it may be slow"
        watch.now += 1
        entered(other)
        assert isinstance(before.enter(), Wait), "the limit holds for those that live"


@only_linux
def test_a_kernel_without_a_name_on_its_place_of_which_the_system_says_that_it_was_stopped_holds_nothing(
    tmp_path: Path,
) -> None:
    entered(LockedLeases(tmp_path, 1, kernel="before"))()
    other = LockedLeases(tmp_path, 1, kernel="other")
    with stopped(tmp_path, tmp_path / "0.lock", "LOCK"):
        entered(other)
        assert isinstance(other.enter(), Wait), "the limit holds for those that live"


@only_linux
def test_a_door_is_passed_whose_kernel_the_system_says_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "time", watch := Watch())
    monkeypatch.setattr(locks, "DOOR_SECONDS", 0.01)
    entered(LockedLeases(tmp_path, 1, kernel="before"))()  # the door names it, who lives
    other = LockedLeases(tmp_path, 1, kernel="other")
    with stopped(tmp_path, tmp_path / "door.lock", "LOCK"):
        assert other.enter() == Wait()
        watch.now += locks.WRITTEN_SECONDS
        entered(other)


def test_a_place_that_was_free_meanwhile_is_held_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "time", watch := Watch())
    other = LockedLeases(tmp_path, 1, kernel="other")
    for _ in range(3):
        with FileLock(tmp_path / "0.lock"):
            assert isinstance(other.enter(), Wait)
            watch.now += locks.SHUT_SECONDS - 1
            assert isinstance(other.enter(), Wait)
        entered(other)()


def test_where_there_are_no_locks_that_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where the folder should be")
    with pytest.raises(OSError, match="file"):
        LockedLeases(tmp_path / "file", 1).enter()
    with pytest.raises(OSError, match="file"):
        LockedLeases(tmp_path / "file", 1).take()
