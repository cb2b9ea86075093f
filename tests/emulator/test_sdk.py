"""The official SDK, unmodified, drives the emulator over loopback: what both read out of the documents agrees."""

from __future__ import annotations

import base64
import importlib
import io
import threading
import warnings
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from bailian_nb import specs
from bailian_nb.emulator import EmulatorSettings, serve

KEY = "sk-test-sdk-0001"
OLDER = [row.name for row in specs.models("t2i") if row.protocol.letter == "A"]
FUNCTIONS = {row.name: row for row in specs.get("wanx2.1-imageedit").functions}
WAYS = ("url", "base64", "file")
EXTRA: dict[str, dict[str, Any]] = {
    "stylization_all": {"strength": 0.5},
    "description_edit": {"strength": 0.5},
    "expand": {f"{side}_scale": 1.5 for side in ("top", "bottom", "left", "right")},
    "super_resolution": {"upscale_factor": 2},
    "doodle": {"is_sketch": True},
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an emulator whose tasks end at once."""
    home, stop, ready = tmp_path_factory.mktemp("sdk"), threading.Event(), threading.Event()
    found: list[str] = []

    def on_ready(address: str) -> None:
        found.append(address)
        ready.set()

    settings = EmulatorSettings(latency=(0, 0), limits=False)
    thread = threading.Thread(
        target=serve, args=(home, 0), kwargs={"settings": settings, "on_ready": on_ready, "stop": stop}, daemon=True
    )
    thread.start()
    assert ready.wait(20)
    yield found[0]
    stop.set()
    thread.join(10)


@pytest.fixture(scope="module")
def sdk() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the SDK's own imports warn of is not ours
        return importlib.import_module("dashscope")


@pytest.fixture(scope="module")
def newer(sdk: Any) -> Any:
    return importlib.import_module("dashscope.aigc.image_generation")


@pytest.fixture
def calls(sdk: Any, url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK with our address and key, and away from any proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sdk, "base_http_api_url", url)
    monkeypatch.setattr(sdk, "api_key", KEY)
    return sdk


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pictures")
    mask = Image.new("L", (640, 512))
    mask.paste(255, (200, 100, 400, 300))
    Image.linear_gradient("L").resize((640, 512)).convert("RGB").save(folder / "base.png")
    mask.save(folder / "mask.png")
    return {"base": folder / "base.png", "mask": folder / "mask.png"}


def given(way: str, path: Path) -> str:
    if way == "url":
        return f"https://pictures.example/{path.name}"
    if way == "base64":
        return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"
    return path.absolute().as_uri()


def picture(address: str) -> Image.Image:
    answer = requests.get(address, timeout=20)
    assert answer.status_code == 200, answer.text
    image = Image.open(io.BytesIO(answer.content))
    image.load()
    return image


def ended(answer: Any) -> Any:
    assert answer.status_code == HTTPStatus.OK, answer
    assert answer.output.task_status == "SUCCEEDED", answer
    return answer


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("model", OLDER)
def test_an_older_model_is_called(calls: Any, model: str) -> None:
    answer = ended(
        calls.ImageSynthesis.call(model=model, prompt="A flower shop 花店", negative_prompt="people", n=2, seed=7)
    )
    assert [result.orig_prompt for result in answer.output.results] == ["A flower shop 花店"] * 2
    assert all(result.actual_prompt.startswith("A flower shop 花店") for result in answer.output.results)
    assert answer.usage.image_count == 2
    assert answer.output.task_metrics["SUCCEEDED"] == 2


def test_every_parameter_of_the_page_is_taken(calls: Any) -> None:
    answer = calls.ImageSynthesis.call(
        model="wan2.5-t2i-preview",
        prompt="A flower shop",
        negative_prompt="",
        n=1,
        size="1280*1280",
        prompt_extend=True,
        watermark=False,
        seed=12345,
    )
    assert picture(ended(answer).output.results[0].url).size == (1280, 1280)


def test_a_task_is_created_fetched_and_waited_for(calls: Any) -> None:
    created = calls.ImageSynthesis.async_call(model="wanx2.1-t2i-turbo", prompt="sea emulator:latency=0.4", n=1)
    assert created.output.task_status == "PENDING"
    fetched = calls.ImageSynthesis.fetch(created)
    assert fetched.output.task_id == created.output.task_id
    assert fetched.output.task_status in ("RUNNING", "SUCCEEDED")
    assert ended(calls.ImageSynthesis.wait(created)).output.results[0].url


def test_a_task_that_waits_is_canceled_and_one_that_runs_is_not(calls: Any) -> None:
    created = calls.ImageSynthesis.async_call(model="wan2.2-t2i-plus", prompt="sea emulator:pending=60", n=1)
    assert calls.ImageSynthesis.cancel(created).status_code == HTTPStatus.OK
    assert calls.ImageSynthesis.fetch(created).output.task_status == "CANCELED"
    refused = calls.ImageSynthesis.cancel(created)
    assert (refused.status_code, refused.code) == (400, "UnsupportedOperation")


def test_tasks_are_listed(calls: Any) -> None:
    created = calls.ImageSynthesis.async_call(model="wan2.2-t2i-flash", prompt="sea", n=1)
    listed = calls.ImageSynthesis.list(model_name="wan2.2-t2i-flash", page_size=5)
    assert created.output.task_id in [row["task_id"] for row in listed.output["data"]]
    assert {row["model_name"] for row in listed.output["data"]} == {"wan2.2-t2i-flash"}


def test_a_failed_task_and_a_failed_picture_read_as_the_page_says(calls: Any) -> None:
    failed = calls.ImageSynthesis.call(model="wanx2.1-t2i-plus", prompt="emulator:fail=InternalError.Algo", n=1)
    assert (failed.output.task_status, failed.output.code) == ("FAILED", "InternalError.Algo")
    partial = calls.ImageSynthesis.call(
        model="wanx2.1-t2i-plus", prompt="sea emulator:slot=1:InternalError.Timeout", n=2
    )
    assert [bool(result.url) for result in ended(partial).output.results] == [True, False]
    assert partial.output.results[1].code == "InternalError.Timeout"
    assert partial.usage.image_count == 1


def test_a_wrong_key_and_a_wrong_value_are_refused(calls: Any) -> None:
    refused = calls.ImageSynthesis.async_call(model="wan2.2-t2i-plus", prompt="x", n=9)
    assert (refused.status_code, refused.code) == (400, "InvalidParameter")
    refused = calls.ImageSynthesis.async_call(model="wan2.2-t2i-plus", prompt="x", n=1, api_key="wrong")
    assert (refused.status_code, refused.code) == (401, "InvalidApiKey")


def sample(function: str, way: str) -> Any:
    everyday = way == "file" or function in ("description_edit_with_mask", "expand")
    return pytest.param(function, way, marks=() if everyday else pytest.mark.slow)


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(("function", "way"), [sample(function, way) for function in FUNCTIONS for way in WAYS])
def test_every_function_is_called_with_every_way_to_give_a_picture(
    calls: Any, files: dict[str, Path], function: str, way: str
) -> None:
    row = FUNCTIONS[function]
    mask = {"mask_image_url": given(way, files["mask"])} if row.mask and way != "url" else {}
    if row.mask and way == "url":
        mask = {"mask_image_url": "https://pictures.example/mask.png"}
    answer = ended(
        calls.ImageSynthesis.call(
            model="wanx2.1-imageedit",
            function=function,
            prompt=row.example.zh,
            base_image_url=given(way, files["base"]),
            n=1,
            seed=7,
            **mask,
            **EXTRA.get(function, {}),
        )
    )
    assert answer.usage.image_count == 1
    width, height = picture(answer.output.results[0].url).size
    base = (1024, 768) if way == "url" else (640, 512)
    scale = {"expand": 1.5, "super_resolution": 2}.get(function, 1)
    assert (width, height) == (base[0] * scale, base[1] * scale)


def test_an_edit_is_created_fetched_waited_for_canceled_and_listed(calls: Any, files: dict[str, Path]) -> None:
    def create(prompt: str) -> Any:
        return calls.ImageSynthesis.async_call(
            model="wanx2.1-imageedit",
            function="colorization",
            prompt=prompt,
            base_image_url=given("base64", files["base"]),
            n=1,
        )

    created = create("blue")
    assert calls.ImageSynthesis.fetch(created).output.task_id == created.output.task_id
    ended(calls.ImageSynthesis.wait(created))
    waiting = create("blue emulator:pending=60")
    assert calls.ImageSynthesis.cancel(waiting).status_code == HTTPStatus.OK
    listed = calls.ImageSynthesis.list(model_name="wanx2.1-imageedit", status="CANCELED")
    assert waiting.output.task_id in [row["task_id"] for row in listed.output["data"]]


def test_two_files_of_one_name_meet_on_one_key_in_the_sdk(calls: Any, files: dict[str, Path], tmp_path: Path) -> None:
    other = tmp_path / "base.png"
    other.write_bytes(files["mask"].read_bytes())
    with pytest.raises(Exception, match="FileAlreadyExists"):
        calls.ImageSynthesis.async_call(
            model="wanx2.1-imageedit",
            function="description_edit_with_mask",
            prompt="a hat",
            base_image_url=given("file", files["base"]),
            mask_image_url=given("file", other),
            n=1,
        )


def test_image_to_image_is_called_with_several_files(calls: Any, files: dict[str, Path]) -> None:
    answer = calls.ImageSynthesis.call(
        model="wan2.5-i2i-preview",
        prompt="merge",
        images=[given("file", files[name]) for name in ("base", "mask")],
        n=1,
        seed=7,
    )
    assert picture(ended(answer).output.results[0].url).size[0] % 16 == 0


def message(sdk: Any, *content: dict[str, str]) -> list[Any]:
    kind = importlib.import_module("dashscope.api_entities.dashscope_response").Message
    return [kind(role="user", content=list(content))]


def shown(answer: Any) -> list[str]:
    return [item["image"] for choice in answer.output.choices for item in choice.message.content if "image" in item]


def test_the_messages_protocols_are_called(calls: Any, newer: Any) -> None:
    given = {"model": "wan2.6-t2i", "messages": message(calls, {"text": "A flower shop"}), "n": 2, "size": "1280*1280"}
    synchronous = newer.ImageGeneration.call(**given)
    assert synchronous.status_code == HTTPStatus.OK, synchronous
    assert len(shown(synchronous)) == synchronous.usage.image_count == 2
    created = newer.ImageGeneration.async_call(**given)
    ended = newer.ImageGeneration.wait(created)
    assert ended.output.task_status == "SUCCEEDED"
    assert picture(shown(ended)[0]).size == (1280, 1280)


@pytest.mark.seldom
@pytest.mark.parametrize("model", ["wan2.6-image", "wan2.7-image-pro"])
def test_the_newer_models_edit_files(calls: Any, newer: Any, files: dict[str, Path], model: str) -> None:
    parts = ({"text": "merge"}, {"image": given("file", files["base"])})
    answer = newer.ImageGeneration.call(model=model, messages=message(calls, *parts), n=1, size="1K")
    assert answer.status_code == HTTPStatus.OK, answer
    assert picture(shown(answer)[0]).mode == "RGB"


def test_an_interleaved_answer_streams_to_the_sdk(calls: Any, newer: Any) -> None:
    events = list(
        newer.ImageGeneration.call(
            model="wan2.6-image",
            messages=message(calls, {"text": "a recipe for soup"}),
            n=1,
            enable_interleave=True,
            max_images=2,
            stream=True,
        )
    )
    assert {event.status_code for event in events} == {HTTPStatus.OK}, events
    kinds = [item["type"] for event in events for item in event.output.choices[0].message.content]
    assert kinds == ["text", "image"] * 2


@pytest.mark.parametrize("model", ["qwen-image-3.0-pro", "qwen-image-2.0", "z-image-turbo"])
def test_the_lettered_models_answer_a_conversation(calls: Any, model: str) -> None:
    content = [{"role": "user", "content": [{"text": "A flower shop 花店"}]}]
    answer = calls.MultiModalConversation.call(model=model, messages=content, size="1024*1024", prompt_extend=False)
    assert answer.status_code == HTTPStatus.OK, answer
    images = [item["image"] for item in answer.output.choices[0].message.content if "image" in item]
    assert picture(images[0]).size == (1024, 1024)
