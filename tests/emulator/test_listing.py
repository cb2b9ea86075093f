"""The task list: shape, filters, pages, the late row and the colleague's row."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

BEIJING = timezone(timedelta(hours=8))


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, BEIJING).strftime("%Y%m%d%H%M%S")


@pytest.mark.parametrize("path", ["/tasks", "/tasks/"])
def test_a_row_has_the_documented_fields_and_no_prompt(bench: Any, path: str) -> None:
    task = bench.task_id(bench.edit("description_edit"))
    began = bench.now
    bench.wait(5)
    body = bench.ask("GET", path).json()
    assert set(body) == {"total", "data", "total_page", "page_no", "page_size", "request_id"}
    (row,) = body["data"]
    assert (row["task_id"], row["status"], row["model_name"]) == (task, "SUCCEEDED", "wanx2.1-imageedit")
    assert row["gmt_create"] == row["start_time"] == round(began * 1000)
    assert row["end_time"] == round((began + 1) * 1000)
    assert row["user_api_unique_key"] == "apikey:v1:aigc:image2image:image-synthesis:wanx2.1-imageedit"
    assert row["region"] == "cn-beijing"
    assert not {"prompt", "results", "output"} & set(row)


def test_the_newest_comes_first_in_pages(bench: Any) -> None:
    tasks = []
    for seed in range(5):
        tasks.append(bench.task_id(bench.t2i(seed=seed)))
        bench.wait(1)
    pages = [bench.ask("GET", "/tasks", params={"page_no": page, "page_size": 2}).json() for page in (1, 2, 3, 4)]
    assert [row["task_id"] for page in pages for row in page["data"]] == tasks[::-1]
    assert [page["total_page"] for page in pages] == [3, 3, 3, 3]
    assert [page["page_no"] for page in pages] == [1, 2, 3, 4]


def test_filters_narrow_the_list(bench: Any) -> None:
    first = bench.task_id(bench.t2i())
    bench.wait(100)
    second = bench.task_id(bench.edit("description_edit"))

    def found(**params: Any) -> list[str]:
        return [row["task_id"] for row in bench.ask("GET", "/tasks/", params=params).json()["data"]]

    assert found() == [second, first]
    assert found(model_name="wan2.6-t2i") == [first]
    assert found(status="RUNNING") == [second]
    assert found(status="SUCCEEDED") == [first]
    assert found(task_id=second) == [second]
    assert found(start_time=stamp(bench.now - 50)) == [second]
    assert found(end_time=stamp(bench.now - 50), start_time=stamp(bench.now - 1000)) == [first]
    assert found(start_time=stamp(bench.now), end_time=stamp(bench.now)) == [second]


@pytest.mark.parametrize(
    "params",
    [
        {"start_time": "2026-11-21"},
        {"start_time": "20261121", "end_time": "20261122"},
        {"page_no": "0"},
        {"page_size": "101"},
        {"page_size": "ten"},
        {"status": "DONE"},
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(bench: Any, params: dict[str, str]) -> None:
    answer = bench.ask("GET", "/tasks", params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")


def test_a_span_above_a_day_is_refused(bench: Any) -> None:
    params = {"start_time": stamp(bench.now - 90_000), "end_time": stamp(bench.now)}
    assert bench.ask("GET", "/tasks", params=params).status_code == 400


def test_a_new_task_may_show_late(make_bench: Any) -> None:
    bench = make_bench(list_delay=3.0)
    bench.t2i()
    assert bench.ask("GET", "/tasks").json()["total"] == 0
    bench.wait(3.0)
    assert bench.ask("GET", "/tasks").json()["total"] == 1


def test_colleagues_rows_are_there_with_their_own_key_id(bench: Any) -> None:
    bench.t2i()
    bench.key = "sk-colleague-1"
    bench.t2i()
    rows = bench.ask("GET", "/tasks").json()["data"]
    assert len({row["api_key_id"] for row in rows}) == 2


def test_expired_tasks_leave_the_list(make_bench: Any) -> None:
    bench = make_bench(expiry=100.0)
    bench.t2i()
    bench.wait(100.5)
    assert bench.ask("GET", "/tasks").json()["total"] == 0
