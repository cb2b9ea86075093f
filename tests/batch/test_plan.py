"""What `batch.plan` gives: typed fields, a table where it is shown, JSON, and a mapping for who reads it so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import bailian_nb as wan
from bailian_nb.batch.batch_plan import BatchPlan

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


def test_a_column_that_the_prompt_names_and_a_row_lacks_is_said() -> None:
    rows = [{"sku": "lamp", "place": "on marble", "note": ""}, {"sku": "cup", "place": None, "note": ""}]
    plan = wan.batch(rows, prompt="A {sku} {place}").plan
    assert list(plan.notes) == ["place is empty in 1 of 2 rows; their prompt goes without"]
    assert plan.notes[0] in plan._repr_html_()
    assert not wan.batch(rows, prompt="A {sku}").plan.notes
