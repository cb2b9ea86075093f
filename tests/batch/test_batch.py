"""Batches end to end on the emulator: what is planned, sent, done again, and what is left alone."""

from __future__ import annotations

import asyncio
import csv
import math
import os
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.batch.batch import Batch
from bailian_nb.errors import BudgetExceeded, InvalidRequest
from bailian_nb.jobs import drive
from bailian_nb.jobs.run import Run
from bailian_nb.jobs.waiting import wait_for_place
from bailian_nb.session import front
from bailian_nb.session import session as sessions

from ..world.emulator_log import creates
from ..world.jumping_clock import until

SMALL = "768*768"


@pytest.fixture
def goods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "goods.csv"
    path.write_text("sku,scene\n" + "".join(f"s{number},a shop number {number}\n" for number in range(1, 7)))
    return path


def planned(source: Any, **more: Any) -> Batch:
    return wan.batch(source, **{"prompt": "{scene}, soft daylight", "size": SMALL, "name": "{sku}_{i}", **more})


@pytest.mark.usefixtures("unlimited")
def test_a_batch_sends_each_row_once_and_names_its_files(goods: Path, tmp_path: Path) -> None:
    batch = planned(goods)
    plan = batch.plan
    assert (plan["rows"], plan["pictures"], plan["tasks"], plan["cached"], plan["invalid"]) == (6, 6, 6, 0, [])
    assert plan["cost"] == pytest.approx(1.2)
    assert creates() == 0
    assert batch.run().wait().final
    assert [row.state for row in batch.rows] == ["SUCCEEDED"] * 6
    assert [Path(row.files[0]).name for row in batch.rows] == [f"s{number}_1.png" for number in range(1, 7)]
    assert creates() == 6
    assert wan.jobs() == []
    again = planned(goods)
    assert (again.plan["cached"], again.plan["tasks"], again.plan["cost"]) == (6, 0, 0.0)
    again.run().wait()
    assert creates() == 6
    record = again.rows[2].pictures[0].record
    assert record.prompt == "a shop number 3, soft daylight"


@pytest.mark.usefixtures("unlimited")
@pytest.mark.seldom
def test_an_edited_file_sends_its_new_rows_and_keeps_the_old_pictures(goods: Path) -> None:
    planned(goods).run().wait()
    before = {path: path.read_bytes() for path in Path(planned(goods).rows[0].files[0]).parent.glob("*.png")}
    text = goods.read_text().replace("a shop number 2\n", "a bakery\n") + "s7,a shop number 7\n"
    goods.write_text(text)
    batch = planned(goods)
    assert batch.plan["tasks"] == 2
    batch.run().wait()
    assert creates() == 8
    assert Path(batch.rows[1].files[0]).name == "s2_1-2.png"
    assert all(path.read_bytes() == data for path, data in before.items())
    assert planned(goods).plan["cached"] == 7


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_rows_moved_about_send_nothing(goods: Path) -> None:
    planned(goods).run().wait()
    head, *rest = goods.read_text().splitlines()
    goods.write_text("\n".join([head, *reversed(rest)]))
    assert planned(goods).plan["tasks"] == 0


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_rows_that_are_alike_get_pictures_of_their_own(tmp_path: Path) -> None:
    batch = wan.batch(["a lighthouse", "a lighthouse"], size=SMALL).run().wait()
    assert creates() == 2
    seeds = [row.parameters["seed"] for row in batch.rows]
    assert seeds[0] != seeds[1]
    assert wan.batch(["a lighthouse", "a lighthouse"], size=SMALL).plan["cached"] == 2


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_another_template_of_the_name_lays_the_pictures_down_once_more(goods: Path) -> None:
    planned(goods).run().wait()
    batch = planned(goods, name="shop-{n}-{i}").run().wait()
    assert creates() == 6
    assert [Path(row.files[0]).name for row in batch.rows][:2] == ["shop-1-1.png", "shop-2-1.png"]
    assert all(Path(row.files[0]).is_file() for row in batch.rows)


@pytest.mark.usefixtures("unlimited")
def test_pictures_are_laid_down_under_another_name_once(tmp_path: Path) -> None:
    twins = [{"prompt": "a lamp", "seed": 7}] * 3
    named = {"size": SMALL, "name": "r{n}_{i}"}
    folder = Path(wan.batch(twins, **named).run().wait().rows[0].files[0]).parent
    sessions.close_all()
    again = wan.batch(twins, **named)
    assert (again.plan["tasks"], again.plan["cached"]) == (0, 3)
    again.run().wait()
    wan.batch(twins, **named).run().wait()
    assert creates() == 1
    assert sorted(path.name for path in folder.glob("*.png")) == ["r1_1.png", "r2_1.png", "r3_1.png"]


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_pictures_are_edited_by_folder_and_known_again_unread(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        Image.new("RGB", (600, 520), (40 * number, 90, 120)).save(folder / f"p{number}.jpg")
    style = {"function": "style", "prompt": "Convert to French picture book style", "name": "{stem}_{i}"}
    batch = wan.batch(folder, **style).run().wait()
    assert [Path(row.files[0]).stem for row in batch.rows] == ["p0_1", "p1_1", "p2_1"]
    assert creates() == 3
    Image.new("RGB", (600, 520), "white").save(folder / "p1.jpg")
    again = wan.batch(folder, **style)
    assert (again.plan["cached"], again.plan["tasks"]) == (2, 1)
    again.run().wait()
    assert creates() == 4


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_failures_are_told_by_reason_and_sent_again_by_word_alone(tmp_path: Path) -> None:
    prompts = ["a shop", "a shop emulator:fail=DataInspectionFailed", "a bakery"]
    batch = wan.batch(prompts, size=SMALL).run().wait()
    assert [row.state for row in batch.rows] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    (failure,) = batch.progress.failures
    assert (failure.count, failure.first) == (1, 2)
    assert failure.code == "DataInspectionFailed"
    assert "DataInspectionFailed" not in failure.reason, "it stands before the reason already"
    sent = creates()
    batch.run().wait()
    assert creates() == sent
    batch.retry_failed().wait()
    assert creates() == sent + 1


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_a_row_with_some_of_its_pictures_is_paid_for_again_by_word_alone() -> None:
    prompts = ["a lamp emulator:slot=1:DataInspectionFailed", "a desk"]
    named = {"size": SMALL, "n": 4, "name": "q{n}_{i}"}
    wan.batch(prompts, **named).run().wait()
    sessions.close_all()
    again = wan.batch(prompts, **named)
    assert (again.plan["tasks"], [row.state for row in again.rows]) == (0, ["PARTIAL", "SUCCEEDED"])
    again.run().wait()
    assert creates() == 2
    assert len(again.rows[0].files) == 3
    again.retry_failed().wait()
    assert creates() == 3


@pytest.mark.usefixtures("unlimited")
def test_a_batch_pauses_goes_on_and_cancels_what_was_not_sent() -> None:
    batch = wan.batch([f"a shop {number}" for number in range(60)], size=SMALL)
    batch.run().pause()
    batch.wait()
    assert batch.progress.state == "paused"
    done = batch.progress.done
    assert done < 60
    assert batch.cancel_unsent() == 60 - done
    assert batch.progress.counts["CANCELED"] == 60 - done
    assert creates() == done


def test_a_call_of_somebody_else_that_answers_a_row_is_not_canceled_with_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()

    async def hold(run: Run) -> None:
        await asyncio.to_thread(go_on.wait, 20)
        await wait_for_place(run)

    monkeypatch.setattr(drive, "wait_for_place", hold)
    call = wan.t2i("a hill", size=SMALL, seed=5)
    until(lambda: call.status == "QUEUED")
    batch = wan.batch([{"text": "a hill", "seed": 5}, {"text": "a lake", "seed": 6}], prompt="{text}", size=SMALL)
    batch.run()
    until(lambda: len(batch.jobs) == 2)
    assert batch.cancel_unsent() == 1
    go_on.set()
    assert len(call.result(30)) == 1
    assert [row.state for row in batch.wait().rows] == ["SUCCEEDED", "CANCELED"]


def test_the_cap_holds_for_the_whole_before_anything_is_sent(goods: Path) -> None:
    batch = planned(goods)
    with pytest.raises(BudgetExceeded, match=r"6 rows would cost CNY 1\.20"):
        batch.run(max_cost=1.0)
    assert creates() == 0


@pytest.mark.parametrize("given", [math.inf, "inf"])
@pytest.mark.usefixtures("unlimited")
def test_inf_sends_it_all_the_same(monkeypatch: pytest.MonkeyPatch, given: Any) -> None:
    """As every refusal of a cap says that it does."""
    monkeypatch.setattr(front.here, "overrides", {"max_cost": 0.1})
    batch = wan.batch(["a hill"], size=SMALL)
    with pytest.raises(BudgetExceeded):
        batch.run()
    assert batch.run(max_cost=given).wait().progress.counts["SUCCEEDED"] == 1


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_the_cap_of_a_day_stops_it_and_the_rest_stays_planned(goods: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front.here, "overrides", {"max_cost_day": 0.7})
    batch = planned(goods).run().wait()
    assert isinstance(batch.stopped_by, BudgetExceeded)
    assert batch.progress.counts["SUCCEEDED"] == creates() == 3
    assert batch.progress.counts["PLANNED"] == 3


def test_what_is_wrong_is_listed_at_once_and_refused_before_money(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("sku,file,strength\na,a.png,0.5\n\nb,../b.png,2\nc,,0.1\n")
    Image.new("RGB", (600, 600)).save(tmp_path / "a.png")
    batch = wan.batch("in.csv", function="style", image="{file}", prompt="French picture book")
    found = [(each.row, each.line, each.column) for each in batch.plan["invalid"]]
    assert found == [(2, 4, "file"), (3, 5, "file")]
    with pytest.raises(InvalidRequest) as caught:
        batch.run()
    assert len(caught.value.problems) == 2
    assert creates() == 0


@pytest.mark.usefixtures("unlimited")
def test_results_are_data(goods: Path, tmp_path: Path) -> None:
    goods.write_text("sku,scene,note\ns1,a shop,=1+1\ns2,a shop emulator:fail=DataInspectionFailed,-x\n")
    batch = planned(goods).run().wait()
    path = batch.to_csv(tmp_path / "lists" / "done.csv")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert [row["status"] for row in rows] == ["SUCCEEDED", "FAILED"]
    assert (path.parent / rows[0]["file"]).resolve() == Path(batch.rows[0].files[0]).resolve()
    assert [row["note"] for row in rows] == ["'=1+1", "'-x"]
    (sheet,) = batch.to_contact_sheet(tmp_path / "sheet.png")
    with Image.open(sheet) as image:
        assert image.width > 100
    page = batch.to_html(tmp_path / "page.html").read_text()
    assert page.count("<figure>") == 2
    assert "<script" not in page


@pytest.mark.skipif(sys.platform != "linux", reason="names there are text")
def test_a_page_links_pictures_in_a_folder_whose_name_is_no_text(
    make_batch: Callable[..., Batch], tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9 100%")
    batch = make_batch(["a shop"], out_dir=folder).run().wait()
    page = batch.to_html(tmp_path / "page.html").read_text()
    (address,) = re.findall(r'<a href="([^"]+)"', page)
    assert (tmp_path / os.fsdecode(unquote_to_bytes(address))).read_bytes() == Path(batch.rows[0].files[0]).read_bytes()


@pytest.mark.seldom
def test_redo_keeps_what_was_made(make_batch: Callable[..., Batch]) -> None:
    batch = make_batch(["a shop", "a bakery"]).run().wait()
    first = batch.rows[0].files
    batch.redo([1], prompt="a shop at night").run().wait()
    row = batch.rows[0]
    assert row.prompt == "a shop at night"
    assert row.files != first
    assert row.earlier[0].files == first
    assert all(Path(name).is_file() for name in first)
    with pytest.raises(InvalidRequest):
        batch.redo([2], strength=3)


@pytest.mark.parametrize("number", [0, -1, 3, True, "1"])
def test_a_row_that_is_not_there_is_not_done_anew(make_batch: Callable[..., Batch], number: Any) -> None:
    batch = make_batch(["a shop", "a bakery"])
    with pytest.raises(InvalidRequest, match="a row is a number in 1-2"):
        batch.redo([number])
    with pytest.raises(IndexError):
        batch.rows.row(0)
    assert [row.changes for row in batch.rows] == [{}, {}]


def test_a_row_that_is_on_its_way_is_not_done_anew(make_batch: Callable[..., Batch]) -> None:
    batch = make_batch(["a shop emulator:latency=60"])
    batch.park()
    for _ in range(2):
        with pytest.raises(InvalidRequest, match=r"row 1 is on its way; wait\(\) for it, or collect\(\) it, first"):
            batch.redo(1)
        batch.collect()
    assert batch.wait(60).progress.done == 1
    assert batch.redo(batch.rows[0]).run().wait(60).progress.done == 1
    assert creates() == 2


@pytest.fixture
def make_batch(unlimited: None) -> Callable[..., Batch]:
    return lambda source, **more: wan.batch(source, size=SMALL, **more)
