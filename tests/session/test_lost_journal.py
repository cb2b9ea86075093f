"""A journal that is damaged or was taken away: laid aside and told, and what was paid before is not paid again."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from pathlib import Path

import pytest

import bailian_nb as wan
from bailian_nb.config import home
from bailian_nb.errors import SubmitUncertain
from bailian_nb.reconcile.task_list import Listed
from bailian_nb.session import lost_journal
from bailian_nb.session import session as sessions
from bailian_nb.store import losses
from bailian_nb.store.schema import journal_path

from ..world.emulator_log import creates
from ..world.jumping_clock import until
from ..world.open_rows import VALUES, row_of


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def scrambled(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + random.Random(4096).randbytes(len(data) - 4096))


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no bytes": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("not a database at all " * 400),
    "cut in a page": cut,
    "random pages": scrambled,
    "a folder": folder,
    "taken away": Path.unlink,
}


def damage(how: str) -> None:
    sessions.current().close()
    DAMAGE[how](journal_path(home()))


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("how", DAMAGE)
def test_what_lies_on_disk_answers_whatever_became_of_the_journal(how: str, caplog: pytest.LogCaptureFixture) -> None:
    made = wan.t2i("a hill", **VALUES).result(30)
    damage(how)
    with caplog.at_level(logging.WARNING, "bailian_nb"):
        assert wan.t2i("a hill", **VALUES).result(30).paths == made.paths
        assert len(wan.t2i("a lake", **VALUES).result(30)) == 1  # the list names no task that no picture is of
    assert creates() == 2
    (line,) = [record.getMessage() for record in caplog.records if "a new one is begun" in record.getMessage()]
    aside = sorted(home().glob("journal.broken-*"))
    assert [each.name in line for each in aside] == ([True] if how != "taken away" else [])


@pytest.mark.matrix
@pytest.mark.parametrize("how", DAMAGE)
def test_while_a_task_is_out_that_nobody_knows_any_more_calls_are_held_back(how: str) -> None:
    kept = wan.t2i("a tree", **VALUES).result(30)
    job = wan.t2i("a hill emulator:latency=600", **VALUES)
    journal = sessions.current().journal
    until(lambda: (row := journal.row(job.id)) is not None and row.task_id)
    task = row_of(job.id).task_id
    damage(how)
    lost = f"journal of earlier calls was lost.*{task}.*nothing was sent"
    with pytest.raises(SubmitUncertain, match=lost) as line:
        wan.t2i("a hill emulator:latency=600", **VALUES)
    assert "\n" not in str(line.value)
    assert "cache=False" in str(line.value)
    assert wan.t2i("a tree", **VALUES).result(30).paths == kept.paths
    assert creates() == 2
    again = wan.t2i("a hill emulator:latency=600", **VALUES, cache=False)
    assert len(again.result(30)) == 1
    assert row_of(again.id).state == "done"


def test_a_task_that_the_list_does_not_show_yet_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def early(*_: object, **__: object) -> Listed:
        return Listed(rows=())

    wan.t2i("a tree", **VALUES).result(30)
    job = wan.t2i("a hill emulator:latency=600", **VALUES)
    journal = sessions.current().journal
    until(lambda: (row := journal.row(job.id)) is not None and row.task_id)
    damage("taken away")
    with monkeypatch.context() as patch:
        patch.setattr(lost_journal, "read_tasks", early)
        assert len(wan.t2i("a lake", **VALUES).result(30)) == 1
    with pytest.raises(SubmitUncertain, match="journal of earlier calls was lost"):
        wan.t2i("a hill emulator:latency=600", **VALUES)
    assert creates() == 3


def test_what_the_list_has_shown_long_after_a_loss_is_not_asked_for_at_each_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[object] = []

    async def nothing(*given: object, **__: object) -> Listed:
        looks.append(given)
        return Listed(rows=())

    wan.t2i("a tree", **VALUES).result(30)
    damage("taken away")
    monkeypatch.setattr(lost_journal, "read_tasks", nothing)
    for prompt in ("a lake", "a boat"):
        wan.t2i(prompt, **VALUES).result(30)
    assert len(looks) == 2
    monkeypatch.setattr(losses, "LISTED_SECONDS", -1.0)  # the loss is long ago by now
    for prompt in ("a road", "a fox", "a bear"):
        wan.t2i(prompt, **VALUES).result(30)
    assert len(looks) == 3


@pytest.mark.parametrize("how", DAMAGE)
def test_a_first_call_that_is_out_holds_the_same_call_back_when_its_journal_is_lost(how: str) -> None:
    job = wan.t2i("a hill emulator:latency=600", **VALUES)
    journal = sessions.current().journal
    until(lambda: (row := journal.row(job.id)) is not None and row.task_id)
    damage(how)
    with pytest.raises(SubmitUncertain, match="journal of earlier calls was lost"):
        wan.t2i("a hill emulator:latency=600", **VALUES)
    assert creates() == 1


def test_a_home_that_was_never_used_has_lost_nothing(caplog: pytest.LogCaptureFixture) -> None:
    home().mkdir(parents=True, exist_ok=True)
    journal_path(home()).touch()
    assert len(wan.t2i("a hill", **VALUES).result(30)) == 1
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
