"""Planned faults: words in a prompt that make one call fail, wait or leak."""

from __future__ import annotations

from typing import Any

import pytest

from bailian_nb.emulator import Fault
from bailian_nb.emulator.faults import KINDS, plain, words
from bailian_nb.emulator.refusals import Refusal, status_of


def test_a_planned_failure_is_http_200_with_code_inside_output(bench: Any) -> None:
    answer = bench.finish(bench.t2i("a shop emulator:fail=InternalError.Timeout", n=2))
    output = answer["output"]
    assert output["task_status"] == "FAILED"
    assert output["code"] == "InternalError.Timeout"
    assert "internal timeout error" in output["message"]
    assert output["task_metrics"] == {"TOTAL": 2, "SUCCEEDED": 0, "FAILED": 2}
    assert "usage" not in answer
    assert bench.log()["creates"][0]["billed"] == 0


@pytest.mark.parametrize("prompt", ["emulator-blocked", "一张违禁测试的图"])
def test_a_blocked_prompt_fails_the_content_check(bench: Any, prompt: str) -> None:
    output = bench.finish(bench.t2i(prompt))["output"]
    assert output["code"] == "DataInspectionFailed"
    assert output["message"] == "Input data may contain inappropriate content."


def test_one_failed_slot_is_a_success_with_a_code_among_results(bench: Any) -> None:
    answer = bench.finish(bench.edit("description_edit", "red emulator:slot=1:InternalError.Timeout", n=3))
    assert answer["output"]["task_status"] == "SUCCEEDED"
    assert ["url" in result for result in answer["output"]["results"]] == [True, False, True]
    assert answer["output"]["results"][1]["code"] == "InternalError.Timeout"
    assert answer["usage"] == {"image_count": 2}
    assert bench.log()["creates"][0]["billed"] == 2


def test_one_failed_slot_of_t2i_is_told_by_the_count(bench: Any) -> None:
    answer = bench.finish(bench.t2i("shop emulator:slot=0:InternalError", n=2))
    assert len(answer["output"]["choices"]) == 1
    assert answer["usage"]["image_count"] == 1
    assert bench.urls(answer)[0].partition("?")[0].endswith("/1.png")


def test_all_slots_failed_is_a_failed_task(bench: Any) -> None:
    output = bench.finish(bench.edit("description_edit", "red emulator:slot=0:InternalError emulator:slot=1:X", n=2))
    assert output["output"]["task_status"] == "FAILED"
    assert output["output"]["code"] == "InternalError"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("Arrearage", 400),
        ("InvalidApiKey", 401),
        ("AccessDenied.Unpurchased", 403),
        ("Model.AccessDenied", 403),
        ("ModelNotFound", 404),
        ("Throttling.BurstRate", 429),
        ("PrepaidBillOverdue", 429),
        ("InternalError.Algo", 500),
        ("ModelUnavailable", 503),
    ],
)
def test_a_planned_refusal_has_the_documented_status_and_makes_no_task(bench: Any, code: str, status: int) -> None:
    answer = bench.t2i(f"a shop emulator:reject={code}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert status_of(code) == status
    assert bench.log()["creates"] == []


def test_try_selects_the_first_submit_of_the_same_body(bench: Any) -> None:
    prompt = "a shop emulator:reject=Throttling.RateQuota@try=1"
    assert [bench.t2i(prompt).status_code for _ in range(3)] == [429, 200, 200]
    assert bench.t2i(prompt, seed=8).status_code == 429, "another body is another first try"


def test_parameters_select_and_all_selectors_must_agree(bench: Any) -> None:
    prompt = "red emulator:fail=InternalError@strength=0.25,seed=2"
    states = {
        (strength, seed): bench.finish(bench.edit("description_edit", prompt, strength=strength, seed=seed))
        for strength in (0.25, 0.5)
        for seed in (1, 2)
    }
    failed = [cell for cell, answer in states.items() if answer["output"]["task_status"] == "FAILED"]
    assert failed == [(0.25, 2)]


def test_the_latency_of_one_task_can_be_set(bench: Any) -> None:
    task = bench.task_id(bench.t2i("shop emulator:latency=5"))
    bench.wait(4.9)
    assert bench.output(task)["task_status"] == "RUNNING"
    bench.wait(0.2)
    assert bench.output(task)["task_status"] == "SUCCEEDED"


def test_a_lost_answer_leaves_a_task_behind(bench: Any) -> None:
    answer = bench.t2i("shop emulator:lost=502")
    assert answer.status_code == 502
    assert answer.text.startswith("<html>")
    assert len(bench.log()["creates"]) == 1
    assert bench.ask("GET", "/tasks").json()["total"] == 1


def test_flaky_queries_come_right(bench: Any) -> None:
    task = bench.task_id(bench.t2i("shop emulator:flaky=2"))
    assert [bench.ask("GET", f"/tasks/{task}").status_code for _ in range(3)] == [503, 503, 200]


@pytest.mark.parametrize("word", ["emulator:fial=X", "emulator:slot=X", "emulator:latency=soon", "emulator:lost=200"])
def test_a_misspelt_word_is_refused(bench: Any, word: str) -> None:
    answer = bench.t2i(f"a shop {word}")
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert "emulator:" in answer.json()["message"]


def test_words_may_stand_in_a_chinese_sentence_and_are_not_drawn() -> None:
    prompt = "一家花店emulator:fail=InternalError.Algo@try=1。emulator:pending=3"
    assert words(prompt) == (
        Fault(kind="fail", value="InternalError.Algo", when=(("try", "1"),)),
        Fault(kind="pending", value="3"),
    )
    assert plain(prompt) == "一家花店 。"


def test_a_word_at_the_end_of_a_sentence_keeps_its_code() -> None:
    assert words("Try emulator:fail=InternalError.")[0].value == "InternalError"


def test_settings_plan_faults_for_every_call(make_bench: Any) -> None:
    faults = (Fault(kind="fail", value="SystemError", when=(("function", "description_edit"), ("try", "1"))),)
    bench = make_bench(faults=faults)
    states = [bench.finish(bench.edit("description_edit"))["output"]["task_status"] for _ in range(2)]
    assert states == ["FAILED", "SUCCEEDED"]
    assert bench.finish(bench.t2i())["output"]["task_status"] == "SUCCEEDED"


def test_every_kind_is_documented() -> None:
    import bailian_nb.emulator.faults as module

    assert all(f"``{kind}=" in (module.__doc__ or "") for kind in KINDS)


def test_a_fault_that_cannot_be_read_is_no_fault() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        Fault(kind="latency", value="soon")
    with pytest.raises(Refusal, match="no planned fault"):
        words("emulator:wrong=1")
