"""What a batch never pays for unless it is asked to: rows that others fetch, parts of rows, rows that are alike."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import config
from bailian_nb.batch.batch import Batch
from bailian_nb.batch.make import make
from bailian_nb.errors import BudgetExceeded, SaveFailed
from bailian_nb.session import cache
from bailian_nb.session import session as sessions

from ..world.emulator_log import creates
from ..world.jumping_clock import JumpingClock, until

SMALL = "768*768"
SLOTS = "a marble table emulator:slot=1:DataInspectionFailed"
pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture
def other() -> Iterator[sessions.Session]:
    """Another kernel of the same home."""
    session = sessions.Session(config.home())
    yield session
    session.close()


def of(session: sessions.Session, prompts: list[str]) -> Batch:
    given = {"size": SMALL}
    return make(session, prompts, function=None, model=None, given=given, name="shop_{n}", options={})


@pytest.mark.seldom
def test_two_kernels_that_collect_at_once_both_have_every_picture(other: sessions.Session) -> None:
    prompts = [f"a shop {number} emulator:latency=15" for number in range(5)]
    wan.batch(prompts, size=SMALL, name="shop_{n}").park()
    sessions.close_all()
    pair = [of(sessions.current(), prompts), of(other, prompts)]
    for batch in pair:
        batch.collect()
    for batch in pair:
        assert [row.state for row in batch.wait(60).rows] == ["SUCCEEDED"] * 5
    assert creates() == 5


@pytest.mark.seldom
def test_two_batches_of_a_kernel_that_collect_at_once_both_have_every_picture() -> None:
    prompts = [f"a shop {number} emulator:latency=15" for number in range(3)]
    wan.batch(prompts, size=SMALL, name="shop_{n}").park()
    sessions.close_all()
    first = of(sessions.current(), prompts).collect()
    second = of(sessions.current(), prompts).collect()
    for batch in (first, second):
        assert [row.state for row in batch.wait(60).rows] == ["SUCCEEDED"] * 3
    assert creates() == 3


@pytest.mark.seldom
def test_what_another_kernel_cancels_is_not_sent_by_who_collects(other: sessions.Session) -> None:
    prompts = [f"a shop {number} emulator:latency=60" for number in range(6)]
    wan.batch(prompts, size=SMALL, name="shop_{n}").park()
    sessions.close_all()
    theirs = of(other, prompts)
    canceled = theirs.unpark()
    ours = of(sessions.current(), prompts).collect().wait(60)
    assert creates() == 6
    counts = ours.progress.counts
    assert canceled == counts["PLANNED"] + counts["CANCELED"]
    assert counts["SUCCEEDED"] == 6 - canceled


@pytest.mark.seldom
def test_a_row_that_another_kernel_ends_right_after_the_look_is_not_sent(
    other: sessions.Session, monkeypatch: pytest.MonkeyPatch, clock: JumpingClock
) -> None:
    first = of(other, ["a shop emulator:latency=40"])
    second = of(sessions.current(), ["a shop emulator:latency=40"])
    first.run()
    until(lambda: creates() == 1)
    look = cache.followed

    def looked(*given: Any) -> bool:
        found = look(*given)
        first.wait(60)
        clock.advance(1)
        return found

    monkeypatch.setattr(cache, "followed", looked)
    assert [row.state for row in second.run().wait(60).rows] == ["SUCCEEDED"]
    assert creates() == 1


@pytest.mark.seldom
def test_what_could_not_be_saved_is_fetched_by_the_next_run_of_the_same_batch(tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    prompts = [f"a shop {number} emulator:latency=30" for number in range(3)]
    batch = wan.batch(prompts, size=SMALL, name="shop_{n}", out_dir=out).run()
    until(lambda: creates() == 3)
    out.write_text("a file in the way")
    batch.wait(60)
    assert isinstance(batch.stopped_by, SaveFailed)
    assert [row.state for row in batch.rows] == ["PARKED"] * 3
    out.unlink()
    assert [row.state for row in batch.run().wait(60).rows] == ["SUCCEEDED"] * 3
    assert creates() == 3


@pytest.mark.seldom
def test_what_was_not_fetched_in_time_is_paid_for_again_by_word_alone(clock: JumpingClock) -> None:
    prompts = ["a shop", "a bakery"]
    wan.batch(prompts, size=SMALL, name="shop_{n}").park()
    sessions.close_all()
    clock.advance(25 * 3600)
    assert {row.state for row in of(sessions.current(), prompts).collect().wait(60).rows} == {"EXPIRED"}
    sessions.close_all()
    batch = of(sessions.current(), prompts)
    assert [row.state for row in batch.run().wait(60).rows] == ["EXPIRED"] * 2
    assert "retry_failed() makes and bills them anew" in batch.rows[0].outcome.error
    assert creates() == 2
    assert [row.state for row in batch.retry_failed().wait(60).rows] == ["SUCCEEDED"] * 2
    assert creates() == 4


def edits(folder: Path, **more: Any) -> Batch:
    return wan.batch(folder, model="wan2.6-image", prompt=SLOTS, n=3, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(2):
        Image.new("RGB", (800, 800), (70 * number, 90, 120)).save(folder / f"p{number}.png")
    return folder


def test_a_part_is_not_paid_for_again_although_the_picture_was_touched(folder: Path) -> None:
    assert {row.state for row in edits(folder).run().wait().rows} == {"PARTIAL"}
    sessions.close_all()
    for path in folder.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    batch = edits(folder).run().wait()
    assert [(row.state, len(row.files)) for row in batch.rows] == [("PARTIAL", 2)] * 2
    assert creates() == 2
    assert {row.state for row in batch.retry_failed().wait().rows} == {"PARTIAL"}
    assert creates() == 4


@pytest.mark.seldom
@pytest.mark.parametrize("harm", ["deleted", "edited", "all"])
def test_a_part_is_not_paid_for_again_although_what_was_made_of_it_is_gone(folder: Path, harm: str) -> None:
    made = edits(folder).run().wait().rows[0].files
    for name in made if harm == "all" else made[:1]:
        Path(name).write_bytes(b"x") if harm == "edited" else Path(name).unlink()
    sessions.close_all()
    batch = edits(folder).run().wait()
    assert [row.state for row in batch.rows] == ["PARTIAL"] * 2
    assert creates() == 2


@pytest.mark.seldom
def test_a_part_that_another_kernel_has_made_meanwhile_is_not_paid_for_again(
    folder: Path, other: sessions.Session
) -> None:
    given = {"prompt": SLOTS, "n": 3}
    late = make(other, folder, function=None, model="wan2.6-image", given=given, name=None, options={})
    edits(folder).run().wait()
    late.run().wait()
    assert [row.state for row in late.rows] == ["PARTIAL"] * 2
    assert creates() == 2


STYLE = {"model": "wanx-style-repaint-v1", "style_index": 3}
SCENE = {"model": "wanx-background-generation-v2", "prompt": "a marble table"}


def cut_out(path: Path, red: int) -> None:
    picture = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    picture.paste((red, 90, 120, 255), (200, 200, 400, 400))
    picture.save(path)


@pytest.mark.seldom
def test_who_follows_a_row_that_comes_to_a_part_says_so(folder: Path, other: sessions.Session) -> None:
    given = {"prompt": f"{SLOTS} emulator:latency=40", "n": 3}
    theirs, ours = (
        make(session, folder, function=None, model="wan2.6-image", given=given, name=None, options={})
        for session in (other, sessions.current())
    )
    theirs.run()
    until(lambda: creates() == 2)
    ours.run()
    for batch in (theirs, ours):
        assert [(row.state, len(row.files)) for row in batch.wait(60).rows] == [("PARTIAL", 2)] * 2
    assert creates() == 2


@pytest.mark.matrix
@pytest.mark.parametrize("given", [STYLE, SCENE])
@pytest.mark.seldom
def test_rows_that_are_alike_are_pictures_of_their_own_where_the_model_takes_no_seed(
    given: dict[str, Any], tmp_path: Path
) -> None:
    for name in "pq":
        cut_out(tmp_path / f"{name}.png", 70 * "pq".index(name))
    rows = [{"image": str(tmp_path / f"{name}.png")} for name in "pppq"]
    batch = wan.batch(rows, name="r{n}_{i}", **given).run().wait()
    assert [row.state for row in batch.rows] == ["SUCCEEDED"] * 4
    assert creates() == 4
    sessions.close_all()
    again = wan.batch(rows, name="r{n}_{i}", **given)
    assert (again.plan["tasks"], again.plan["cached"]) == (0, 4)
    again.run().wait()
    moved = wan.batch(list(reversed(rows)), **given)
    assert moved.plan["tasks"] == 0
    (config.home() / "batch.sqlite").unlink()
    assert wan.batch(rows, name="r{n}_{i}", **given).run().wait().progress.done == 4
    assert creates() == 4


@pytest.mark.seldom
def test_a_row_of_a_model_without_seed_is_done_anew_as_a_picture_of_its_own(tmp_path: Path) -> None:
    cut_out(tmp_path / "p.png", 70)
    rows = [{"image": str(tmp_path / "p.png")}] * 2
    batch = wan.batch(rows, **SCENE).run().wait()
    first = batch.rows[0].files
    assert batch.redo([1]).plan["tasks"] == 1
    batch.run().wait()
    assert creates() == 3
    assert batch.rows[0].files not in (first, batch.rows[1].files)
    batch.decide(1, "reject").redo_rejected()
    batch.run().wait()
    assert creates() == 4
    assert len({row.files for row in batch.rows}) == 2
    sessions.close_all()
    again = wan.batch(rows, **SCENE)
    assert again.plan["tasks"] == 0
    assert creates() == 4


def test_a_cap_of_the_environment_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = wan.batch(["a shop", "a bakery"], size=SMALL)
    monkeypatch.setenv("BAILIAN_NB_MAX_COST", "0.3")
    with pytest.raises(BudgetExceeded, match=r"max_cost is 0\.3"):
        batch.run()
    monkeypatch.delenv("BAILIAN_NB_MAX_COST")
    monkeypatch.setenv("BAILIAN_NB_MAX_COST_DAY", "0.3")
    assert isinstance(batch.run().wait().stopped_by, BudgetExceeded)
    assert creates() == 1
