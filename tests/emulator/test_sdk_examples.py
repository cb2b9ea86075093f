"""The official SDK's own examples run against the emulator as they are: text, edit, a task's whole life, streaming."""

from __future__ import annotations

import gc
import hashlib
import importlib
import runpy
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.emulator import EmulatorSettings, serve

FOLDER = Path(__file__).parents[1] / "data" / "sdk_examples"
HASHES = {
    "client_images.py": "897c5d02f6f1e8e8ef66f78dcd2a21cc1c50c78b760bb3d833910d5ccfa3ad0b",
    "image_generation.py": "13001cd996d068d4d8c0c9068529668a3d4b226efa2ef3b2f5edae26362e1d1a",
    "image_synthesis.py": "6227211f6161b7553bc1e70b8d88463424233220f85fd53395dd64aafcc179c3",
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an emulator whose tasks end at once."""
    home, stop, ready = tmp_path_factory.mktemp("examples"), threading.Event(), threading.Event()
    found: list[str] = []

    def on_ready(address: str) -> None:
        found.append(address)
        ready.set()

    settings = EmulatorSettings(latency=(0, 0), limits=False)
    thread = threading.Thread(
        target=serve, args=(home, 0), kwargs={"settings": settings, "on_ready": on_ready, "stop": stop}, daemon=True
    )
    thread.start()
    assert ready.wait(60)
    yield found[0]
    stop.set()
    thread.join(10)


@pytest.fixture
def example(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run an example by name, as a script, and return what it printed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the SDK's own imports warn of is not ours
        sdk = importlib.import_module("dashscope")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sdk, "base_http_api_url", url)
    monkeypatch.setattr(sdk, "api_key", "sk-test-examples-0001")
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-test-examples-0001")
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", url)

    def run(name: str) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            runpy.run_path(str(FOLDER / name), run_name="__main__")
            gc.collect()  # the examples leave the SDK's sockets open
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("name", HASHES)
def test_the_example_is_the_sdks_own(name: str) -> None:
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == HASHES[name]


def parts(printed: str) -> dict[str, str]:
    """Return what was printed below each of the example's headlines."""
    pieces = printed.split("----- ")[1:]
    return {head: rest for head, _, rest in (piece.partition(" -----\n") for piece in pieces)}


@pytest.mark.seldom
def test_text_edit_task_list_and_stream_of_the_newer_models(example: Any) -> None:
    found = parts(example("image_generation.py"))
    assert found["t2i request"].count('"image": "http') == 4, "n left out means four pictures"
    assert '"status_code": 200' in found["image-to-image request"]
    assert '"task_status": "PENDING"' in found["async_call + cancel/wait/fetch"]
    assert '"task_id"' in found["list tasks"]
    stream = found["streaming multi-image request"]
    assert (stream.count('"type": "text"'), stream.count('"type": "image"')) == (3, 3)


def test_a_task_of_the_older_models(example: Any) -> None:
    found = parts(example("image_synthesis.py"))
    assert found["async task request (call)"].startswith("image url: http")


def test_the_new_client_generates_waits_fetches_and_lists(example: Any) -> None:
    found = parts(example("client_images.py"))
    assert found["generate (submit + wait)"].startswith("image url: http")
    assert "wait finished, succeeded: True" in found["jobs.create + wait + fetch"]
    # The rows themselves stay unread: this client looks for `tasks`, the page calls them `data`.
    assert int(found["jobs.list"].partition("total tasks: ")[2].split()[0]) >= 2
