"""Create calls of rows whose answer was lost: looked for first, counted apart, sent once more by word alone."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import config
from bailian_nb.batch.batch import Batch
from bailian_nb.batch.make import make
from bailian_nb.session import session as sessions

from ..world.emulator_log import creates
from ..world.jumping_clock import until

SMALL = "768*768"
pytestmark = pytest.mark.usefixtures("unlimited")


def rows(words: str = "") -> Batch:
    return wan.batch(["a shop", f"a bakery{words}", "a café"], size=SMALL)


def cut_off(batch: Batch, number: int) -> None:
    """Leave of a row what a kernel leaves that is killed while its create call goes out, before it has arrived."""
    session = sessions.current()
    plan = batch._plan(batch._filled(number), number)
    account = session.account(session.target(plan.settings), plan.settings)
    request = plan.require()
    session.journal.intend(
        id="gone01",
        account=account.id,
        base_url=account.base_url,
        emulator=True,
        region=account.region,
        request=request.to_dict(),
        out_dir=plan.folder,
        created=session.clock.now(),
        inputs={},
        estimate=plan.cost,
    )
    session.journal.submitting("gone01", session.clock.now())
    sessions.close_all()


def test_a_task_whose_answer_was_lost_is_found_and_not_made_twice() -> None:
    prompts = [f"a shop {number}" for number in range(7)]
    batch = wan.batch([*prompts, "a bakery emulator:lost=502"], size=SMALL).run().wait()
    assert [row.state for row in batch.rows] == ["SUCCEEDED"] * 8
    assert creates() == 8


@pytest.mark.seldom
def test_a_task_that_may_be_a_rows_own_keeps_the_row_from_being_sent_again() -> None:
    batch = rows(" emulator:lost=502").run().wait()  # too few of ours to tell whose the task is
    assert [row.state for row in batch.rows] == ["SUCCEEDED", "UNCERTAIN", "SUCCEEDED"]
    batch.retry_failed().wait()
    assert batch.rows[1].state == "UNCERTAIN"
    assert "unclaimed" in batch.rows[1].outcome.error
    assert "Run it again" not in batch.rows[1].outcome.error
    assert creates() == 3


def test_what_is_said_of_a_lost_row_is_about_that_row_and_pays_for_no_other() -> None:
    prompts = ["a shop", "a bakery emulator:lost=502"]
    wan.batch(prompts, size=SMALL, sync=True).run().wait()
    again = wan.batch(prompts, size=SMALL, sync=True).run().wait()
    said = again.rows[1].outcome.error
    assert again.rows[1].state == "UNCERTAIN"
    assert "cache=False" not in said
    assert "batch.redo([2]).run() sends it all the same" in said
    assert creates() == 2


@pytest.mark.seldom
def test_a_create_that_a_kill_cut_off_is_looked_for_and_never_sent_by_run() -> None:
    cut_off(rows(), 2)
    batch = rows().run().wait()
    assert [row.state for row in batch.rows] == ["SUCCEEDED", "UNCERTAIN", "SUCCEEDED"]
    assert "Run it again" not in batch.rows[1].outcome.error
    assert "retry_failed() sends it once more" in batch.rows[1].outcome.error
    assert creates() == 2
    batch.run().wait()
    assert creates() == 2
    sessions.close_all()
    again = rows()
    assert (again.plan["tasks"], again.progress.counts["UNCERTAIN"]) == (0, 1)
    assert again.run().wait().progress.counts["UNCERTAIN"] == 1
    assert creates() == 2
    again.retry_failed().wait()
    assert [row.state for row in again.rows] == ["SUCCEEDED"] * 3
    assert creates() == 3
    sessions.close_all()
    assert rows().plan["cached"] == 3


@pytest.mark.seldom
def test_a_session_that_closes_sends_nothing_more_and_the_next_one_goes_on() -> None:
    batch = wan.batch([f"a shop {number}" for number in range(8)], size=SMALL)
    batch.run()
    sessions.close_all()
    assert batch.wait(20).final
    sent = creates()
    rest = wan.batch([f"a shop {number}" for number in range(8)], size=SMALL)
    assert rest.run().wait().progress.counts["SUCCEEDED"] + rest.progress.counts["UNCERTAIN"] == 8
    assert sent <= creates() <= 8


@pytest.mark.seldom
def test_rows_with_addresses_are_not_sent_twice_either() -> None:
    edits = [{"image": f"https://example.com/{number}.png"} for number in range(3)]
    style = {"function": "style", "prompt": "French picture book style", "name": "{stem}_{i}"}
    wan.batch(edits, **style).run().wait()
    sessions.close_all()
    batch = wan.batch(edits, **style)
    assert (batch.plan["cached"], batch.plan["tasks"]) == (3, 0)
    batch.run().wait()
    slow = [{"image": each["image"], "prompt": "gold emulator:latency=60"} for each in edits]
    wan.batch(slow, function="style").run()
    until(lambda: creates() >= 4, timeout=60)
    sessions.close_all()
    rest = wan.batch(slow, function="style").run().wait()
    assert rest.progress.done + rest.progress.counts["UNCERTAIN"] == 3
    assert creates() <= 6


def test_rows_with_addresses_are_known_by_the_journal_alone() -> None:
    edits = [{"image": f"https://example.com/{number}.png"} for number in range(3)]
    style = {"function": "style", "prompt": "French picture book style", "name": "{stem}_{i}"}
    other = sessions.Session(config.home())  # another kernel, with the same batch
    try:
        pair = [
            wan.batch(edits, **style),
            make(
                other,
                edits,
                function="style",
                model=None,
                given={"prompt": style["prompt"]},
                name=style["name"],
                options={},
            ),
        ]
        for batch in pair:
            batch.run()
        for batch in pair:
            assert batch.wait(60).progress.done == 3
    finally:
        other.close()
    assert creates() == 3
    sessions.close_all()
    (config.home() / "batch.sqlite").unlink()
    assert wan.batch(edits, **style).run().wait().progress.done == 3
    assert creates() == 3


@pytest.mark.seldom
def test_a_row_whose_kernel_was_killed_as_its_picture_was_saved_is_on_disk() -> None:
    rows().run().wait()
    sessions.close_all()
    with sqlite3.connect(config.home() / "journal.sqlite") as db:  # as a kill leaves it: saved, and not yet done
        db.execute("UPDATE jobs SET state = 'accepted', stage = 'SAVING', finished = NULL, cost = NULL WHERE rowid = 1")
    db.close()
    batch = rows()
    assert (batch.plan["tasks"], batch.plan["cached"]) == (0, 3)
    assert all(len(row.files) == 1 for row in batch.rows)
    assert batch.park().rows == 0
    assert creates() == 3


@pytest.mark.seldom
def test_a_row_looked_for_in_vain_is_not_sent_by_run_although_its_picture_was_touched(tmp_path: Path) -> None:
    path = tmp_path / "p0.png"
    Image.new("RGB", (600, 520), (70, 90, 120)).save(path)

    def edits() -> Batch:
        return wan.batch([{"image": str(path)}], function="style", prompt="French picture book style")

    cut_off(edits(), 1)
    assert edits().run().wait().rows[0].state == "UNCERTAIN"
    sessions.close_all()
    with sqlite3.connect(config.home() / "journal.sqlite") as db:  # as a search leaves it that ended without a find
        db.execute("UPDATE jobs SET state = 'failed', stage = 'none', finished = created")
    db.close()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    batch = edits().run().wait()
    assert batch.rows[0].state == "UNCERTAIN"
    assert creates() == 0
    assert batch.retry_failed().wait().rows[0].state == "SUCCEEDED"
    assert creates() == 1
