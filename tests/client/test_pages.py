"""The JSON that the vendor's pages print: its answers are read whole, and its calls are what we would send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.client import Answer, Submitted, encode
from bailian_nb.client.answers import read_created, read_task
from bailian_nb.client.reply import Reply
from bailian_nb.images import Input
from bailian_nb.request import Request

from ..world.each import each

PAGES = Path(__file__).parents[1] / "data" / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.json"))
ANSWERS = [name for name in NAMES if name.endswith("answer")]
CALLS = [name for name in NAMES if name.endswith("call")]
VIDEO = "edit_api_05_answer"
"""The page shows the answer of another service there, with a film in it."""


def page(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def reply(body: dict[str, Any]) -> Reply:
    return Reply(status=200, body=json.dumps(body).encode())


def test_the_pages_are_there() -> None:
    assert (len(ANSWERS), len(CALLS)) == (13, 12)


@each("name", ANSWERS)
def test_a_printed_answer_is_read(name: str) -> None:
    body = page(name)
    output = body["output"]
    answer = read_task(reply(body), output["task_id"])
    assert isinstance(answer, Answer)
    assert (answer.task_id, answer.request_id) == (output["task_id"], body["request_id"])
    assert answer.task_status == answer.state == output["task_status"]
    results = output.get("results", [])
    assert [slot.url for slot in answer.slots] == [result["url"] for result in results]
    assert [slot.orig_prompt for slot in answer.slots] == [result.get("orig_prompt") for result in results]
    assert [slot.actual_prompt for slot in answer.slots] == [result.get("actual_prompt") for result in results]
    assert answer.end_time == output.get("end_time", "")
    if results:
        assert answer.usage["image_count"] == len(results)
    assert bool(results) == (output["task_status"] == "SUCCEEDED" and name != VIDEO)


@pytest.mark.parametrize("name", [name for name in ANSWERS if page(name)["output"]["task_status"] == "PENDING"])
def test_a_printed_first_answer_is_a_task(name: str) -> None:
    created = read_created(reply(page(name)), asynchronous=True)
    assert isinstance(created, Submitted)
    assert (created.task_id, created.task_status) == (page(name)["output"]["task_id"], "PENDING")


@each("name", CALLS)
def test_a_printed_call_is_what_we_send_but_for_n(name: str) -> None:
    body = page(name)
    given = dict(body["input"])
    base, mask = given.pop("base_image_url"), given.pop("mask_image_url", None)
    function = given.pop("function")
    call = encode(
        Request(
            model="wanx2.1-imageedit",
            function=function,
            values={**given, **body.get("parameters", {})},
            images=(Input(kind="url", url=base),),
            mask=Input(kind="url", url=mask) if mask else None,
        )
    )
    assert call.path == "/services/aigc/image2image/image-synthesis"
    assert call.body["input"] == body["input"]
    assert call.body["parameters"] == {"n": 1, **body.get("parameters", {})}
