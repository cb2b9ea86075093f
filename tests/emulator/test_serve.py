"""The emulator on a real socket."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bailian_nb.emulator import EmulatorSettings, serve


@pytest.fixture
def base_url(tmp_path: Path) -> Iterator[str]:
    ready: queue.Queue[str] = queue.Queue()
    stop = threading.Event()

    def run() -> None:
        settings = EmulatorSettings(latency=(0.0, 0.0), limits=False)
        serve(tmp_path, 0, settings=settings, on_ready=ready.put, stop=stop)

    thread = threading.Thread(target=run)
    thread.start()
    yield ready.get(timeout=10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_a_picture_comes_over_a_socket_with_the_calls_of_the_official_sdk(base_url: str, capfd: Any) -> None:
    headers = {"Authorization": "Bearer sk-test-0001"}
    body = {
        "model": "wan2.6-t2i",
        "input": {"messages": [{"role": "user", "content": [{"text": "a shop"}]}]},
        "parameters": {"n": 1, "size": "768*768", "is_async": True},
    }
    with httpx.Client(trust_env=False, timeout=20) as client:
        path = "/services/aigc/image-generation/generation"
        created = client.post(base_url + path, json=body, headers={**headers, "X-DashScope-Async": "enable"})
        task = created.json()["output"]["task_id"]
        answers = [
            client.get(f"{base_url}/tasks/{task}{tail}", headers=headers) for tail in ("", "/", "/?size=768*768&n=1")
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        url = answers[1].json()["output"]["choices"][0]["message"]["content"][0]["image"]
        assert url.startswith(base_url.removesuffix("/api/v1"))
        assert client.get(url).content.startswith(b"\x89PNG")
        assert client.get(f"{base_url}/tasks/", headers=headers).json()["total"] == 1
        canceled = client.post(f"{base_url}/tasks/{task}/cancel/", headers=headers)
        assert canceled.status_code == 400
        elsewhere = client.get(f"{base_url}/tasks", headers={**headers, "Host": "attacker.example:80"})
        assert elsewhere.status_code == 403
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.com", "::"])
def test_only_loopback_is_served(tmp_path: Path, host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        serve(tmp_path, 0, host=host)


def test_a_taken_port_is_an_os_error(tmp_path: Path, base_url: str) -> None:
    port = int(base_url.split(":")[2].split("/")[0])
    with pytest.raises(OSError, match=r"in use"):
        serve(tmp_path / "other", port)
