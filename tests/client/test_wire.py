"""What goes over the wire equals what the official SDK sends for the same call, where the SDK follows the documents."""

from __future__ import annotations

import base64
import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bailian_nb import specs
from bailian_nb.client import curl_line, encode
from bailian_nb.config import Settings
from bailian_nb.errors import InvalidRequest
from bailian_nb.images import Input
from bailian_nb.planning import plan
from bailian_nb.request import Request
from bailian_nb.specs import Model, Protocol

from ..world.each import each

WIRE = Path(__file__).parents[1] / "data" / "wire"
CREATES = sorted(path.stem for path in WIRE.glob("*.json") if not path.stem.startswith("task_"))
SDK_MISTAKES = {"is_async"}
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))["requests"][-1]
    return found


def picture(url: str) -> Input:
    if url.startswith("data:"):
        head, _, data = url.partition(",")
        return Input(kind="bytes", data=base64.b64decode(data), mime=head[5:].partition(";")[0], sha256="x")
    return Input(kind="oss" if url.startswith("oss:") else "url", url=url)


def same_call(sent: dict[str, Any]) -> Request:
    """Rebuild the user's call from what was recorded, in our words."""
    body = sent["body"]
    given = dict(body["input"])
    values = {name: value for name, value in body["parameters"].items() if name not in SDK_MISTAKES}
    images: list[str] = []
    if messages := given.pop("messages", None):
        content = messages[0]["content"]
        values["prompt"] = next(item["text"] for item in content if "text" in item)
        images = [item["image"] for item in content if "image" in item]
    if base := given.pop("base_image_url", None):
        images = [base]
    images += given.pop("images", [])
    mask = given.pop("mask_image_url", None)
    function = given.pop("function", None)
    return Request(
        model=body["model"],
        function=function,
        values={**values, **given},
        images=tuple(picture(url) for url in images),
        mask=picture(mask) if mask else None,
        sync="X-DashScope-Async" not in sent["headers"],
    )


def t2i(**values: Any) -> Request:
    return Request(model="wan2.6-t2i", values={"prompt": "A flower shop 花店", "n": 1, **values})


def edit(*images: Input, function: str = "description_edit", mask: Input | None = None, **values: Any) -> Request:
    return Request(
        model="wanx2.1-imageedit",
        function=function,
        values={"prompt": "x", "n": 1, **values},
        images=images or (picture("http://example.com/a.png"),),
        mask=mask,
    )


@pytest.fixture
def flat_t2i(monkeypatch: pytest.MonkeyPatch) -> Model:
    """A row of the old text-to-image protocol."""
    protocol = Protocol(
        letter="A",
        path="/services/aigc/text2image/image-synthesis",
        asynchronous=True,
        body="flat",
        input_names=("prompt", "negative_prompt", "images"),
        source="test",
    )
    row = replace(specs.get("wan2.6-t2i"), name="flat-t2i", protocols=(protocol,))
    monkeypatch.setitem(specs._models, row.name, row)
    return row


@each("name", CREATES)
def test_path_and_body_equal_the_recorded_call_of_the_sdk(name: str) -> None:
    sent = recorded(name)
    call = encode(same_call(sent))
    expected = json.loads(json.dumps(sent["body"]))
    for mistake in SDK_MISTAKES:
        expected["parameters"].pop(mistake, None)
    expected["parameters"].setdefault("n", 1)  # the SDK leaves it out, and four pictures are drawn
    for message in expected["input"].get("messages", ()):
        message["content"].sort(key=lambda item: "text" not in item)  # the SDK keeps the caller's order
    assert f"{sent['method']} {sent['path']}" == f"{call.method} /api/v1{call.path}"
    assert json.loads(call.content()) == expected
    ours = {header.lower(): value for header, value in call.headers.items()}
    for header in ("X-DashScope-Async", "X-DashScope-OssResourceResolve"):
        assert ours.get(header.lower()) == sent["headers"].get(header)


def front_door(sent: dict[str, Any], folder: Path) -> Request:
    """Make the recorded call as a user does: through the plan, which checks and completes it."""
    request = same_call(sent)
    seed = {} if "seed" in request.values else {"seed": 7}
    made = plan.make(
        Settings(),
        folder,
        model=request.model,
        function=request.function,
        values={**request.values, **seed},
        images=tuple(image.as_url() if image.kind != "bytes" else image for image in request.images),
        mask=request.mask.as_url() if request.mask and request.mask.kind != "bytes" else request.mask,
        sync=request.sync,
        region="cn-beijing",
    )
    return made.require()


@pytest.mark.parametrize("name", CREATES)
def test_a_user_who_makes_the_recorded_call_sends_the_recorded_body(name: str, tmp_path: Path) -> None:
    sent = recorded(name)
    call = encode(front_door(sent, tmp_path))
    expected = encode(same_call(sent)).body
    ours: dict[str, Any] = json.loads(call.content())
    if "seed" not in expected["parameters"]:
        assert ours["parameters"].pop("seed") == 7, "a seed is always sent"
    # As text: a whole number that became 2.0 would pass as equal.
    assert json.dumps(ours, sort_keys=True) == json.dumps(json.loads(json.dumps(expected)), sort_keys=True)


def test_every_function_and_every_way_to_give_a_picture_was_recorded() -> None:
    ways = ("url", "base64", "file")
    functions = [row.name for row in specs.get("wanx2.1-imageedit").functions]
    assert {f"edit_{function}_{way}" for function in functions for way in ways} <= set(CREATES)


@each("model", [row for row in specs.models("t2i") if row.protocol.letter == "A"], ids=lambda row: row.name)
def test_every_older_model_is_called_as_the_recorded_one(model: Model) -> None:
    sent = recorded("t2i_old_async_call_wan2.5_all_params")
    call = encode(replace(same_call(sent), model=model.name))
    assert json.loads(call.content()) == {**sent["body"], "model": model.name}
    assert f"/api/v1{call.path}" == sent["path"]


def test_only_three_headers_are_ever_sent_and_none_of_them_is_telemetry() -> None:
    call = encode(edit(picture("oss://dashscope-instant/x/cat.png")))
    assert set(call.headers) == {"Content-Type", "X-DashScope-Async", "X-DashScope-OssResourceResolve"}
    assert set(encode(replace(t2i(), sync=True)).headers) == {"Content-Type"}


def test_n_is_sent_even_when_nobody_gave_it() -> None:
    assert encode(Request(model="wan2.6-t2i", values={"prompt": "x"})).body["parameters"] == {"n": 1}


def test_prompt_leaves_as_utf8_and_as_typed() -> None:
    prompt = '花店 "quoted" \\ $5 {brace} 🙂\nsecond line  '
    content = encode(t2i(prompt=prompt)).content()
    assert "花店".encode() in content
    assert b"\\u" not in content
    assert json.loads(content)["input"]["messages"][0]["content"] == [{"text": prompt}]


def test_an_empty_prompt_is_sent_explicitly() -> None:
    assert encode(edit(prompt="")).body["input"]["prompt"] == ""


def test_negative_prompt_is_a_parameter_of_the_new_protocol_and_an_input_of_the_old_one(flat_t2i: Model) -> None:
    new = encode(t2i(negative_prompt="people")).body
    assert new["parameters"]["negative_prompt"] == "people"
    old = encode(replace(t2i(negative_prompt="people"), model=flat_t2i.name)).body
    assert old["input"] == {"prompt": "A flower shop 花店", "negative_prompt": "people"}
    assert old["parameters"] == {"n": 1}


def test_a_protocol_with_a_list_of_images_gets_a_list(flat_t2i: Model) -> None:
    images = (picture("http://example.com/a.png"), picture("http://example.com/b.png"))
    body = encode(replace(t2i(), model=flat_t2i.name, images=images)).body
    assert body["input"]["images"] == ["http://example.com/a.png", "http://example.com/b.png"]


def test_pictures_follow_the_one_text_of_a_message() -> None:
    body = encode(replace(t2i(), images=(picture("http://example.com/a.png"),))).body
    assert [list(item) for item in body["input"]["messages"][0]["content"]] == [["text"], ["image"]]


def test_bytes_become_a_data_url() -> None:
    body = encode(edit(Input(kind="bytes", data=PNG, mime="image/png"))).body
    head, _, data = body["input"]["base_image_url"].partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == PNG


def test_sync_takes_the_synchronous_protocol() -> None:
    assert encode(replace(t2i(), sync=True)).path == "/services/aigc/multimodal-generation/generation"
    assert not encode(replace(t2i(), sync=True)).asynchronous
    with pytest.raises(InvalidRequest, match="no synchronous protocol"):
        encode(replace(edit(), sync=True))


def test_a_model_that_only_answers_synchronously_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    row = specs.get("wan2.6-t2i")
    monkeypatch.setitem(specs._models, "only-sync", replace(row, name="only-sync", protocols=row.protocols[1:]))
    with pytest.raises(InvalidRequest, match="give sync=True"):
        encode(replace(t2i(), model="only-sync"))


def test_a_picture_without_a_place_is_refused(flat_t2i: Model) -> None:
    one = picture("http://example.com/a.png")
    with pytest.raises(InvalidRequest, match="takes no mask"):
        encode(replace(t2i(), mask=one))
    with pytest.raises(InvalidRequest, match="takes no mask"):
        encode(replace(t2i(), model=flat_t2i.name, mask=one))
    with pytest.raises(InvalidRequest, match="takes 1 input pictures, got 2"):
        encode(edit(one, one))


def test_curl_line_hides_the_key_and_shortens_pictures() -> None:
    call = encode(edit(Input(kind="bytes", data=PNG * 100, mime="image/png"), prompt="it's\x1b[31m \u202ered"))
    line = curl_line(call, "https://dashscope.aliyuncs.com/api/v1/", workspace="ws-1")
    words = shlex.split(line)
    assert "\n" not in line
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert words[:4] == [
        "curl",
        "-X",
        "POST",
        "https://dashscope.aliyuncs.com/api/v1/services/aigc/image2image/image-synthesis",
    ]
    assert '"Authorization: Bearer $DASHSCOPE_API_KEY"' in line
    assert "X-DashScope-WorkSpace: ws-1" in words
    sent = json.loads(words[-1])
    assert sent["input"]["prompt"] == "it's\x1b[31m \u202ered"
    assert len(sent["input"]["base_image_url"]) < 80
    assert len(call.body["input"]["base_image_url"]) > 9000
