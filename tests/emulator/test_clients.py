"""The emulator as other people's clients meet it: what they send too much, streams, temporary keys, ranges."""

from __future__ import annotations

import json
from typing import Any

import pytest

NEW = "/services/aigc/image-generation/generation"
OLD = "/services/aigc/text2image/image-synthesis"


@pytest.fixture
def open_bench(make_bench: Any) -> Any:
    return make_bench(strict=False)


def ignored(bench: Any) -> list[str]:
    found: list[str] = bench.log()["creates"][-1]["ignored"]
    return found


def test_what_a_known_parameter_may_not_be_is_refused_all_the_same(open_bench: Any) -> None:
    refused = open_bench.edit("description_edit", strength=1.4, guidance=3)
    assert (refused.status_code, refused.json()["code"]) == (400, "InvalidParameter")


def test_strict_refuses_what_a_model_does_not_know(make_bench: Any) -> None:
    refused = make_bench(strict=True).edit("description_edit", prompt_extend=True)
    assert "prompt_extend is no parameter" in refused.json()["message"]


@pytest.mark.parametrize("size", ["100*100", "9000*9000", "big"])
def test_the_advice_of_a_refusal_works(bench: Any, size: str) -> None:
    message = bench.t2i(size=size).json()["message"]
    assert "16:9" not in message
    assert "square" not in message
    if size != "big":
        advised = message.rpartition(" or ")[2]
        assert bench.t2i(size=advised).status_code == 200


def streamed(text: str) -> list[dict[str, Any]]:
    found = []
    for number, event in enumerate(text.strip().split("\n\n"), start=1):
        head, kind, status, data = event.split("\n")
        assert (head, kind, status) == (f"id:{number}", "event:result", ":HTTP_STATUS/200")
        found.append(json.loads(data.removeprefix("data:")))
    return found


def test_an_interleaved_answer_streams(open_bench: Any) -> None:
    body = {
        "model": "wan2.6-image",
        "input": {"messages": [{"role": "user", "content": [{"text": "a recipe"}]}]},
        "parameters": {"enable_interleave": True, "max_images": 2, "n": 1, "stream": True},
    }
    answer = open_bench.submit(open_bench.SYNC, body, asynchronous=False, headers={"X-DashScope-SSE": "enable"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = streamed(answer.text)
    kinds = [event["output"]["choices"][0]["message"]["content"][0]["type"] for event in events]
    assert kinds == ["text", "image"] * 2
    assert [event["output"]["finished"] for event in events] == [False, False, False, True]
    assert events[-1]["usage"]["image_count"] == 2
    plain = open_bench.submit(open_bench.SYNC, body, asynchronous=False)
    assert (plain.status_code, "must stream" in plain.json()["message"]) == (400, True)


def test_a_temporary_key_has_the_rights_of_its_parent_until_it_ends(bench: Any) -> None:
    minted = bench.ask("POST", "/tokens?expire_in_seconds=60").json()
    assert minted["token"].startswith("st-")
    assert minted["expires_at"] == int(bench.now) + 60
    own = bench.task_id(bench.t2i())
    bench.key = minted["token"]
    assert bench.t2i(seed=8).status_code == 200
    rows = bench.ask("GET", "/tasks").json()["data"]
    assert own in [row["task_id"] for row in rows]
    assert len({row["api_key_id"] for row in rows}) == 1
    bench.wait(61)
    assert bench.t2i(seed=9).json()["code"] == "InvalidApiKey"
    bench.key = minted["token"][:-1] + ("0" if minted["token"][-1] != "0" else "1")
    assert bench.t2i(seed=9).status_code == 401


@pytest.mark.parametrize("seconds", ["0", "1801", "x", "-5"])
def test_a_temporary_key_lives_half_an_hour_at_the_most(bench: Any, seconds: str) -> None:
    refused = bench.ask("POST", f"/tokens?expire_in_seconds={seconds}")
    assert (refused.status_code, refused.json()["code"]) == (400, "InvalidParameter")


def test_an_address_that_is_signed_for_get_refuses_head_and_serves_ranges(bench: Any) -> None:
    (url,) = bench.urls(bench.finish(bench.t2i()))
    whole = bench.ask("GET", url, key=None).content
    assert bench.ask("HEAD", url, key=None).status_code == 403
    part = bench.ask("GET", url, key=None, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert bench.ask("GET", url, key=None, headers={"Range": "bytes=-5"}).content == whole[-5:]
    assert bench.ask("GET", url, key=None, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    assert bench.ask("GET", url, key=None, headers={"Range": "lines=1-2"}).content == whole


def test_wan27_counts_tokens_that_are_not_billed(bench: Any) -> None:
    body = {
        "model": "wan2.7-image",
        "input": {"messages": [{"role": "user", "content": [{"text": "hills"}]}]},
        "parameters": {"n": 1, "size": "1K"},
    }
    usage = bench.finish(bench.submit(NEW, body))["usage"]
    assert (usage["image_count"], usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]) == (
        1,
        720,
        11,
        731,
    )
