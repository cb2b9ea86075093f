"""What `batch.plan` gives: typed fields, a table where it is shown, JSON, and a mapping for who reads it so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.batch.batch_plan import BatchPlan
from bailian_nb.batch.slots import Outcome
from bailian_nb.errors import BudgetExceeded, InvalidRequest

from ..widgets.batch_rows import end, planned

ROWS = [{"prompt": "a red barn", "size": "<b>"}, {"prompt": "a blue barn"}, {"prompt": "a green barn"}]


@pytest.fixture
def plan() -> BatchPlan:
    return wan.batch(ROWS).plan


def test_it_has_fields_and_reads_as_a_mapping(plan: BatchPlan) -> None:
    assert (plan.rows, plan.tasks, plan.pictures, plan.cached) == (3, 2, 2, 0)
    assert plan.cost == pytest.approx(0.4)
    assert [each.row for each in plan.invalid] == [1]
    assert {name: getattr(plan, name) for name in plan} == dict(plan)
    with pytest.raises(KeyError, match="price"):
        plan["price"]


def test_it_says_itself_in_a_line_in_a_table_and_as_json(plan: BatchPlan) -> None:
    assert repr(plan) == (
        "<BatchPlan wan2.6-t2i: the list: 3 rows, 0 on disk already, 2 to send: 2 pictures, CNY 0.40, "
        "about 1 min, 1 invalid>"
    )
    assert replace(plan, hours=0.0).time() == "about 1 min", "not: about 0 h"
    assert (replace(plan, hours=1.2).time(), replace(plan, hours=9).time("zh")) == ("about 72 min", "约 9.0 小时")
    html = plan._repr_html_()
    assert "<table>" in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html.partition("<table>")[2]
    told = json.loads(json.dumps(plan.to_dict()))
    assert told["invalid"][0]["row"] == 1
    assert told["cost"] == plan.cost


def test_a_plan_made_after_rows_have_ended_says_what_is_there_now(tmp_path: Path) -> None:
    batch = planned(8)
    for number in (1, 2, 3):
        end(batch, number, tmp_path / "out")
    end(batch, 4, tmp_path / "out", "FAILED")
    batch._slots.put(5, "SENT")
    batch._slots.put(6, "PARKED")
    plan = batch.plan
    assert (plan.cached, plan.failed, plan.on_their_way, plan.parked, plan.tasks) == (3, 1, 1, 1, 2)
    assert repr(plan).startswith(
        "<BatchPlan wan2.2-t2i-flash: the list: 8 rows, 3 on disk already, 1 on their way, 1 in the service's queue, "
        "1 failed, 2 to send: 2 pictures, CNY 0.28, about 1 min"
    )
    told = " ".join(plan.table()["text/plain"].split())
    assert "on disk already 3 on their way 1 in the service's queue 1 failed 1 tasks to send 2 pictures 2" in told


def test_a_plan_with_nothing_to_send_names_no_pictures_no_price_and_no_time(tmp_path: Path) -> None:
    batch = planned(2)
    for number in (1, 2):
        end(batch, number, tmp_path / "out")
    assert repr(batch.plan) == "<BatchPlan wan2.2-t2i-flash: the list: 2 rows, 2 on disk already, nothing to send>"
    assert (batch.plan.time(), batch.plan.cost) == ("", 0.0)
    told = batch.plan.table()["text/plain"]
    assert "on disk already  2" in told
    assert "to send" in told
    assert "CNY" not in told
    assert "time" not in told


def test_why_a_row_cannot_be_sent_stands_in_its_record_too_and_what_to_do(tmp_path: Path) -> None:
    batch = wan.batch([{"prompt": "a barn", "size": "17:3000"}, {"prompt": "b"}], model="wan2.2-t2i-flash")
    why = "size 16*736 (from 17:3000) has 11776 pixels, model wan2.2-t2i-flash takes 262144-2073600; try"
    with pytest.raises(InvalidRequest) as error:
        batch.run()
    assert str(error.value).startswith(f"row 1: {why}"), "not: allowed: size 16*736 has too few pixels"
    assert str(error.value).endswith(". skip_invalid=True leaves them out and sends the others.")
    bad, good = batch.records()
    assert (bad["error"].startswith(why), good["error"]) == (True, "")
    assert why in batch.to_csv(tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert batch.progress.failures == []
    assert why in batch.caption()["text/html"], "it stays in a saved notebook"
    batch.redo(1, size="square")
    assert (batch.plan.invalid, next(batch.records())["error"]) == ([], "")


def test_canceled_rows_are_in_the_plan_since_run_sends_them_and_in_its_cap(tmp_path: Path) -> None:
    batch = planned(3)
    end(batch, 1, tmp_path / "out")
    assert batch.cancel_unsent() == 2
    assert (batch.plan.tasks, batch.plan.cost) == (2, pytest.approx(0.28))
    with pytest.raises(BudgetExceeded, match=r"2 rows would cost CNY 0\.28"):
        batch.run(max_cost=0.2)
    assert batch.progress.counts["CANCELED"] == 2


def test_a_column_that_the_prompt_names_and_a_row_lacks_is_said() -> None:
    rows = [{"sku": "lamp", "place": "on marble", "note": ""}, {"sku": "cup", "place": None, "note": ""}]
    plan = wan.batch(rows, prompt="A {sku} {place}").plan
    assert list(plan.notes) == ["place is empty in 1 of 2 rows; their prompt goes without"]
    assert plan.notes[0] in plan._repr_html_()
    assert not wan.batch(rows, prompt="A {sku}").plan.notes


def test_a_page_and_a_line_say_how_many_rows_failed_and_why_a_row_has_not_all_its_pictures(tmp_path: Path) -> None:
    batch = planned(3)
    end(batch, 1, tmp_path / "out")
    end(batch, 2, tmp_path / "out", "FAILED")
    files = tuple(end(batch, 3, tmp_path / "out"))
    batch._slots.put(3, "PARTIAL", Outcome(files=files, code="InternalError", error="InternalError: of one picture"))
    assert repr(batch) == "<Batch wan2.2-t2i-flash: the list: 1 of 3 done, 2 failed EMULATOR>"
    page = batch.to_html(tmp_path / "page.html").read_text()
    assert "1 of 3 done, 2 failed · EMULATOR" in page
    assert "3 · PARTIAL InternalError: of one picture" in page
    assert page.count("<img") == 2


def test_a_picture_that_a_pattern_found_is_found_by_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (" lead.png", "plain.png"):
        Image.new("RGB", (600, 600)).save(name)
    assert wan.batch("*.png", function="style", prompt="a book").plan.invalid == []


def test_an_empty_prompt_for_every_row_is_one_line_and_one_of_a_row_is_that_rows(tmp_path: Path) -> None:
    Image.new("RGB", (600, 600)).save(tmp_path / "a.png")
    with pytest.raises(InvalidRequest, match=r"^prompt is empty; function style needs one \([^;]*\)$"):
        wan.batch(tmp_path, function="style", prompt=" ")
    assert len(wan.batch([{"sku": "a", "prompt": ""}, {"sku": "b", "prompt": "a barn"}]).plan.invalid) == 1


def test_a_batch_has_a_line_where_the_settings_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = planned(3)
    monkeypatch.setenv("BAILIAN_NB_LANG", "fr")
    assert repr(batch) == "<Batch wan2.2-t2i-flash: the list: 0 of 3 done>"
