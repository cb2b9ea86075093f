"""A task's life over HTTP: states that follow from the clock, cancel, the queue, expiry."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from bailian_nb import specs
from bailian_nb.emulator import EmulatorSettings


def test_a_create_answers_pending_with_a_task_id(bench: Any) -> None:
    body = bench.t2i().json()
    assert body["output"]["task_status"] == "PENDING"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", body["output"]["task_id"])
    assert body["request_id"]


def test_a_task_runs_and_succeeds_as_the_clock_goes(make_bench: Any) -> None:
    bench = make_bench(latency=(2.0, 2.0))
    task = bench.task_id(bench.t2i(n=4))
    running = bench.output(task)
    assert running["task_status"] == "RUNNING"
    assert running["task_metrics"] == {"TOTAL": 4, "SUCCEEDED": 0, "FAILED": 0}
    bench.wait(1.0)
    assert bench.output(task)["task_metrics"]["SUCCEEDED"] == 2
    bench.wait(1.0)
    assert bench.output(task)["task_status"] == "SUCCEEDED"


def test_a_finished_t2i_task_has_choices_usage_and_beijing_times(bench: Any) -> None:
    bench.now = 1_774_969_486.166
    created = bench.t2i(n=2)
    answer = bench.finish(created)
    output = answer["output"]
    assert output["submit_time"] == "2026-03-31 23:04:46.166"
    assert output["end_time"] == "2026-03-31 23:04:47.166"
    assert output["finished"] is True
    assert len(output["choices"]) == 2
    assert output["choices"][0]["finish_reason"] == "stop"
    assert output["choices"][0]["message"]["content"][0]["type"] == "image"
    assert answer["usage"] == {
        "image_count": 2,
        "size": "768*768",
        "input_tokens": 0,
        "output_tokens": 0,
        "total_tokens": 0,
    }


def test_a_finished_edit_has_results_with_nothing_but_urls(bench: Any) -> None:
    answer = bench.finish(bench.edit("description_edit", n=2))
    assert [set(result) for result in answer["output"]["results"]] == [{"url"}, {"url"}]
    assert answer["output"]["task_metrics"] == {"TOTAL": 2, "SUCCEEDED": 2, "FAILED": 0}
    assert answer["usage"] == {"image_count": 2}


def test_without_n_the_documented_default_is_drawn(bench: Any) -> None:
    body = bench.t2i_body()
    del body["parameters"]["n"]
    answer = bench.finish(bench.submit(bench.T2I, body))
    assert answer["usage"]["image_count"] == 4


def test_a_synchronous_call_answers_with_the_pictures(bench: Any) -> None:
    began = bench.now
    answer = bench.submit(bench.SYNC, bench.t2i_body(n=2), asynchronous=False).json()
    assert bench.now == began + 1.0
    assert answer["output"]["finished"] is True
    assert "task_id" not in answer["output"]
    assert len(bench.urls(answer)) == 2
    assert bench.ask("GET", "/tasks").json()["total"] == 0


def test_a_pending_task_can_be_canceled_and_stays_so(bench: Any) -> None:
    task = bench.task_id(bench.t2i("emulator:pending=3 a shop"))
    assert bench.output(task)["task_status"] == "PENDING"
    assert set(bench.ask("POST", f"/tasks/{task}/cancel").json()) == {"request_id"}
    bench.wait(60)
    output = bench.output(task)
    assert output["task_status"] == "CANCELED"
    assert "choices" not in output
    assert bench.log()["creates"][0]["billed"] == 0


@pytest.mark.parametrize("wait", [0.5, 5.0])
def test_a_running_or_finished_task_cannot_be_canceled(bench: Any, wait: float) -> None:
    task = bench.task_id(bench.t2i())
    bench.wait(wait)
    answer = bench.ask("POST", f"/tasks/{task}/cancel/", json={"model": "", "parameters": {}, "input": ""})
    assert answer.status_code == 400
    assert answer.json()["code"] == "UnsupportedOperation"
    assert "PENDING status" in answer.json()["message"]


def test_above_the_tasks_at_once_a_task_waits_as_pending(make_bench: Any) -> None:
    bench = make_bench(limits=True, latency=(10.0, 10.0))
    tasks = []
    for seed in range(3):
        tasks.append(bench.task_id(bench.edit("description_edit", seed=seed)))
        bench.wait(1.0)
    assert [bench.output(task)["task_status"] for task in tasks] == ["RUNNING", "RUNNING", "PENDING"]
    bench.wait(7.0)
    assert [bench.output(task)["task_status"] for task in tasks] == ["SUCCEEDED", "RUNNING", "RUNNING"]
    bench.wait(9.9)
    assert bench.output(tasks[2])["task_status"] == "RUNNING"
    bench.wait(0.2)
    assert bench.output(tasks[2])["task_status"] == "SUCCEEDED"


def test_a_cancel_lets_those_behind_move_up(make_bench: Any) -> None:
    bench = make_bench(limits=True, latency=(10.0, 10.0))
    tasks = []
    for seed in range(5):
        tasks.append(bench.task_id(bench.edit("description_edit", seed=seed)))
        bench.wait(1.0)
    before = [row["start"] - bench.log()["creates"][0]["start"] for row in bench.log()["creates"]]
    assert before == [0.0, 1.0, 10.0, 11.0, 20.0]
    bench.ask("POST", f"/tasks/{tasks[2]}/cancel")
    rows = bench.log()["creates"]
    assert [row["start"] - rows[0]["start"] for row in (rows[3], rows[4])] == [10.0, 11.0]


def test_over_limit_can_be_refused_instead(make_bench: Any) -> None:
    bench = make_bench(limits=True, latency=(10.0, 10.0), over_limit="429")
    codes = []
    for seed in range(3):
        codes.append(bench.edit("description_edit", seed=seed).status_code)
        bench.wait(1.0)
    assert codes == [200, 200, 429]
    assert len(bench.log()["creates"]) == 2


def test_a_full_queue_is_refused_and_a_cancel_makes_room(make_bench: Any) -> None:
    bench = make_bench(limits=True, latency=(600.0, 600.0), queue=3)
    created = []
    for seed in range(7):
        created.append(bench.edit("description_edit", seed=seed))
        bench.wait(1.0)
    assert [answer.status_code for answer in created] == [200] * 5 + [429] * 2
    assert created[5].json()["code"].startswith("Throttling")
    assert len(bench.log()["creates"]) == 5
    bench.ask("POST", f"/tasks/{bench.task_id(created[4])}/cancel")
    assert bench.edit("description_edit", seed=9).status_code == 200


def test_the_queue_holds_five_hundred_unless_set() -> None:
    assert EmulatorSettings().queue == 500


def test_a_limit_by_the_minute_takes_a_burst_and_then_waits_for_the_minute(
    make_bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(specs, "_models", dict(specs._models))
    row = specs.get("wan2.6-t2i")
    limit = specs.Limit(region="cn-beijing", submits_per_second=5 / 60, tasks_at_once=10, window=60)
    specs.register(replace(row, limits=(limit,)))
    bench = make_bench(limits=True)
    assert [bench.t2i(seed=seed).status_code for seed in range(6)] == [200] * 5 + [429]
    bench.wait(59)
    assert bench.t2i(seed=8).status_code == 429
    bench.wait(1)
    assert bench.t2i(seed=9).status_code == 200


def test_submits_come_too_fast_for_one_model_and_key(make_bench: Any) -> None:
    bench = make_bench(limits=True)
    assert bench.t2i(seed=1).status_code == 200
    refused = bench.t2i(seed=2)
    assert refused.status_code == 429
    assert refused.json()["code"] == "Throttling.RateQuota"
    assert bench.edit("description_edit").status_code == 200, "another model has its own rate"
    bench.key = "sk-test-0002"
    assert bench.t2i(seed=3).status_code == 200, "another key has its own rate"
    bench.key = "sk-test-0001"
    bench.wait(1.0)
    assert bench.t2i(seed=2).status_code == 200
    assert [row["seed"] for row in bench.log()["creates"]] == [1, 7, 3, 2]


def test_more_than_twenty_queries_a_second_are_refused(make_bench: Any) -> None:
    bench = make_bench(limits=True)
    task = bench.task_id(bench.t2i())
    codes = [bench.ask("GET", f"/tasks/{task}").status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]
    bench.wait(1.0)
    assert bench.ask("GET", f"/tasks/{task}").status_code == 200


def test_after_a_day_a_task_is_unknown_with_http_200(make_bench: Any) -> None:
    bench = make_bench(expiry=100.0)
    task = bench.task_id(bench.t2i())
    bench.wait(99.0)
    assert bench.output(task)["task_status"] == "SUCCEEDED"
    bench.wait(1.0)
    assert bench.output(task) == {"task_id": task, "task_status": "UNKNOWN"}


def test_a_task_that_never_was_is_unknown(bench: Any) -> None:
    assert bench.output("0385dc79-5ff8-4d82-bcb6-000000000001")["task_status"] == "UNKNOWN"


def test_a_new_process_with_the_same_home_finds_the_task(bench: Any, make_bench: Any) -> None:
    task = bench.task_id(bench.t2i())
    other = make_bench()
    other.wait(5)
    assert other.output(task)["task_status"] == "SUCCEEDED"
    assert bench.opened(other.ask("GET", bench.urls(other.ask("GET", f"/tasks/{task}").json())[0], key=None).content)


def test_files_of_expired_tasks_are_dropped(make_bench: Any) -> None:
    bench = make_bench(expiry=100.0)
    bench.pictures(bench.edit("description_edit"))
    folder = bench.home / "emulator"
    assert len(list((folder / "inputs").iterdir())) == 1
    assert len(list((folder / "pictures").iterdir())) == 1
    bench.wait(200)
    bench.t2i()
    assert not list((folder / "inputs").iterdir())
    assert not list((folder / "pictures").iterdir())


def test_twenty_submits_at_once_make_twenty_tasks(bench: Any) -> None:
    headers = {"Authorization": "Bearer sk-test-0001", "X-DashScope-Async": "enable"}
    calls = [
        lambda client, seed=seed: client.post(f"/api/v1{bench.T2I}", json=bench.t2i_body(seed=seed), headers=headers)
        for seed in range(20)
    ]
    answers = bench.together(*calls)
    assert len({bench.task_id(answer) for answer in answers}) == 20
    assert sorted(row["seed"] for row in bench.log()["creates"]) == list(range(20))


def test_two_processes_may_share_a_home(make_bench: Any) -> None:
    benches = [make_bench(), make_bench()]
    with ThreadPoolExecutor() as pool:
        tasks = list(pool.map(lambda seed: bench_task(benches[seed % 2], seed), range(12)))
    assert len(set(tasks)) == 12
    for bench in benches:
        assert {row["task_id"] for row in bench.log()["creates"]} == set(tasks)


def bench_task(bench: Any, seed: int) -> str:
    found: str = bench.task_id(bench.t2i(seed=seed))
    return found
