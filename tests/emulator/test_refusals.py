"""What the emulator refuses, and with which HTTP status, code and message."""

from __future__ import annotations

from typing import Any

import pytest

from bailian_nb import specs


def refused(answer: Any, status: int, code: str, part: str = "") -> None:
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert set(body) == {"code", "message", "request_id"}
    assert part in body["message"], body


@pytest.mark.parametrize("key", [None, "abc", "token sk-x"])
def test_a_missing_or_odd_key_is_401(bench: Any, key: str | None) -> None:
    message = "No API-key provided." if key is None else "Invalid API-key provided."
    refused(bench.submit(bench.T2I, bench.t2i_body(), key=key), 401, "InvalidApiKey", message)
    refused(bench.ask("GET", "/tasks", key=key), 401, "InvalidApiKey")
    refused(bench.ask("GET", "/tasks/x", key=key), 401, "InvalidApiKey")


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe", b'{"model": NaN}', b"null"])
def test_a_body_that_is_no_json_object_is_refused(bench: Any, raw: bytes) -> None:
    answer = bench.ask("POST", bench.T2I, content=raw, headers={"X-DashScope-Async": "enable"})
    refused(answer, 400, "InvalidParameter", "Required body invalid, please check the request body format.")


def test_without_the_async_header_an_async_path_is_403(bench: Any) -> None:
    answer = bench.submit(bench.T2I, bench.t2i_body(), asynchronous=False)
    refused(answer, 403, "AccessDenied", "current user api does not support synchronous calls")


def test_the_async_header_on_a_sync_path_is_403(bench: Any) -> None:
    answer = bench.submit(bench.SYNC, bench.t2i_body())
    refused(answer, 403, "AccessDenied", "current user api does not support asynchronous calls")


def test_a_model_on_a_wrong_path_is_a_url_error(bench: Any) -> None:
    refused(bench.submit(bench.EDIT, bench.t2i_body()), 400, "InvalidParameter", "url error, please check url!")
    old = "/services/aigc/text2image/image-synthesis"
    refused(bench.submit(old, bench.t2i_body()), 400, "InvalidParameter", "url error")


def test_an_unknown_model_is_404(bench: Any) -> None:
    refused(bench.submit(bench.T2I, {**bench.t2i_body(), "model": "wan9"}), 404, "ModelNotFound", "Model not exist.")


def test_the_edit_model_is_in_beijing_only(make_bench: Any) -> None:
    bench = make_bench(region="ap-southeast-1")
    refused(bench.edit("description_edit"), 404, "ModelNotFound")


def test_an_unknown_route_answers_json_too(bench: Any) -> None:
    refused(bench.ask("GET", "/nothing"), 404, "NotFound")
    refused(bench.ask("DELETE", "/tasks"), 405, "NotFound")


@pytest.mark.parametrize(
    ("parameters", "part"),
    [
        ({"n": "2"}, "n must be a whole JSON number"),
        ({"n": 2.0}, "n must be a whole JSON number"),
        ({"n": True}, "n must be a whole JSON number"),
        ({"n": 5}, "n must lie in"),
        ({"n": 0}, "n must lie in"),
        ({"seed": -1}, "seed must lie in"),
        ({"seed": 2147483648}, "seed must lie in"),
        ({"watermark": "false"}, "watermark must be true or false"),
        ({"watermark": 1}, "watermark must be true or false"),
        ({"size": "1280x1280"}, "size must be text like"),
        ({"size": "square"}, "size must be text like"),
        ({"size": "100*100"}, "pixels"),
        ({"size": "4000*400"}, "ratio"),
        ({"negative_prompt": 3}, "negative_prompt must be JSON text"),
        ({"stren": 0.5}, "stren is no parameter"),
        ({"prompt": "in the wrong place", "n": 9}, "n must lie in"),
    ],
)
def test_a_wrong_parameter_is_named(bench: Any, parameters: dict[str, Any], part: str) -> None:
    refused(bench.t2i(**parameters), 400, "InvalidParameter", part)


def test_every_bound_of_the_table_is_held(bench: Any) -> None:
    for model in specs.models("edit"):
        for function in model.functions:
            for row in (*function.parameters, *model.parameters):
                if row.maximum is None:
                    continue
                mask = bench.data_url(bench.photo()) if function.mask else None
                answer = bench.edit(function.name, mask=mask, **{row.name: int(row.maximum) + 1})
                refused(answer, 400, "InvalidParameter", row.name)


def test_what_the_official_sdk_leaks_is_let_through(bench: Any) -> None:
    assert bench.t2i(is_async=True).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        [],
        [{"text": "a"}, {"text": "b"}],
        [{"text": "a", "type": "text"}],
        [{"text": "a"}, {"image": "https://a.b/c.png"}],
        [{"text": ["a"]}],
        [{"text": ""}],
        "a",
    ],
)
def test_a_t2i_message_holds_exactly_one_text(bench: Any, content: Any) -> None:
    body = bench.t2i_body()
    body["input"]["messages"][0]["content"] = content
    refused(bench.submit(bench.T2I, body), 400, "InvalidParameter")


def test_a_prompt_above_the_limit_is_cut_not_refused(bench: Any) -> None:
    bench.t2i("flower " * 400)
    assert len(bench.log()["creates"][0]["values"]["prompt"]) == 2100


def test_values_in_the_wrong_half_of_the_body_are_refused(bench: Any) -> None:
    body = bench.edit_body("description_edit", "red")
    body["parameters"]["prompt"] = body["input"].pop("prompt")
    refused(bench.submit(bench.EDIT, body), 400, "InvalidParameter", "prompt")
    body = bench.edit_body("description_edit", "red")
    body["input"]["strength"] = 0.5
    refused(bench.submit(bench.EDIT, body), 400, "InvalidParameter", "strength")


def test_an_unknown_function_lists_the_known_ones(bench: Any) -> None:
    refused(bench.edit("expandd"), 400, "InvalidParameter", "stylization_all")


def test_a_parameter_of_another_function_is_refused(bench: Any) -> None:
    mask = bench.data_url(bench.photo())
    answer = bench.edit("description_edit_with_mask", mask=mask, strength=0.5)
    refused(answer, 400, "InvalidParameter", "strength")


def test_a_mask_goes_with_its_function_and_no_other(bench: Any) -> None:
    refused(bench.edit("description_edit_with_mask"), 400, "InvalidParameter", "mask_image_url is required")
    mask = bench.data_url(bench.photo())
    refused(bench.edit("description_edit", mask=mask), 400, "InvalidParameter", "mask_image_url")


def test_a_mask_of_another_size_is_refused(bench: Any) -> None:
    mask = bench.data_url(bench.photo((640, 520)))
    answer = bench.edit("description_edit_with_mask", mask=mask)
    refused(answer, 400, "InvalidParameter", "640x520 and 640x512")


@pytest.mark.seldom
def test_a_picture_out_of_bounds_or_of_another_kind_is_refused(bench: Any) -> None:
    small = bench.data_url(bench.photo((640, 511)))
    refused(bench.edit("description_edit", base=small), 400, "InvalidImage.ImageSize", "640x511")
    large = bench.data_url(bench.photo((4097, 512)))
    refused(bench.edit("description_edit", base=large), 400, "InvalidImage.ImageSize", "512-4096")
    gif = bench.data_url(bench.photo(), "GIF")
    refused(bench.edit("description_edit", base=gif), 400, "InvalidImage.FileFormat", "gif")
    cut = bench.data_url(bench.photo())[: len("data:image/png;base64,") + 3000]
    refused(bench.edit("description_edit", base=cut), 400, "InvalidImage.FileFormat")


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ("data:image/png;base64,!!!!", "InvalidParameter"),
        ("data:image/png;base64,aGVsbG8=", "InvalidImage.FileFormat"),
        ("data:text/plain,hello", "InvalidParameter"),
        ("photo.jpg", "InvalidURL"),
        ("file:///photo.jpg", "InvalidURL"),
        (["https://a.b/1.png", "https://a.b/2.png"], "InvalidParameter"),
        (7, "InvalidParameter"),
    ],
)
def test_a_picture_that_is_none_is_refused(bench: Any, base: Any, code: str) -> None:
    refused(bench.edit("description_edit", base=base), 400, code)


def test_a_data_url_above_ten_mebibytes_is_refused(bench: Any) -> None:
    base = "data:image/png;base64," + "A" * 10_485_760
    refused(
        bench.edit("description_edit", base=base),
        400,
        "InvalidParameter",
        "Exceeded limit on max bytes per data-uri item : 10485760",
    )


@pytest.mark.parametrize("base", ["https://unreachable.test/a.png", "https://a.b/图.png", "oss://bucket/a.png"])
def test_an_input_url_that_cannot_be_read_fails_the_task(bench: Any, base: str) -> None:
    answer = bench.finish(bench.edit("description_edit", base=base))
    assert answer["output"]["task_status"] == "FAILED"
    assert answer["output"]["code"] == "BadRequest.InputDownloadFailed"


def test_a_foreign_url_has_a_stand_in_that_does_not_change(bench: Any) -> None:
    for url in ("https://a.b/1.png", "https://a.b/1.png", "https://a.b/2.png"):
        bench.edit("description_edit", base=url)
    assert len(list((bench.home / "emulator" / "inputs").iterdir())) == 2


def test_an_oss_url_is_read_with_its_header(bench: Any) -> None:
    body = bench.edit_body("description_edit", "red", base="oss://bucket/a.png")
    answer = bench.submit(bench.EDIT, body, headers={"X-DashScope-OssResourceResolve": "enable"})
    assert bench.finish(answer)["output"]["task_status"] == "SUCCEEDED"


def test_nothing_refused_makes_a_task(bench: Any) -> None:
    bench.t2i(n=9)
    bench.edit("expandd")
    log = bench.log()
    assert log["creates"] == []
    assert log["counters"]["refused"] == 2
