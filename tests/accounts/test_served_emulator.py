"""`bailian-nb emulator` in one process, its clients in others: a base URL and a made-up key are all that they need."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.accounts import registry
from bailian_nb.client import serves_emulator
from bailian_nb.session import session as sessions

KEY = "sk-made-up-0123456789abcdef"
NOW = "emulator:latency=0"
ROOT = Path(wan.__file__).parent.parent


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "bailian_nb.cli", *words]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Serve the emulator in another process and return the base URL that it prints."""
    env = {**os.environ, "BAILIAN_NB_HOME": str(tmp_path / "home of the emulator"), "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        command("emulator", "--port", "0"), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        first = server.stdout.readline()
        match = re.search(r"DASHSCOPE_HTTP_BASE_URL=(http://127\.0\.0\.1:\d+/api/v1)$", first.strip())
        assert match, first
        yield match[1]
    finally:
        server.terminate()
        server.communicate(timeout=10)


@pytest.fixture
def configured(served: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Configure the served emulator as if it were the service, and nothing else."""
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", served)
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    # Whatever is not loopback must fail at once instead of leaving this machine.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    yield served
    sessions.current().close()


@pytest.mark.seldom
def test_two_variables_point_a_client_at_a_served_emulator(
    configured: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = subprocess.run(
        command("t2i", f"A flower shop {NOW}", "--size", "768*768", "--seed", "7"),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert other.returncode == 0, other.stderr
    shown, path = other.stdout.rstrip("\n").split("  ")
    assert shown == "<Picture wan2.6-t2i 768x768 seed=7 EMULATOR>"
    with Image.open(path) as image:
        assert image.size == (768, 768)

    result = wan.t2i(f"A cat {NOW}", size="768*768").result(timeout=30)
    (picture,) = result
    assert picture.record.emulator
    assert (picture.record.cost_cny, result.cost) == (0.0, 0.0)
    assert picture.record.base_url_host in configured
    assert [row.emulator for row in sessions.current().journal.recent()] == [True, True], "nothing of it is spent"

    assert cli.main(["history"]) == 0
    assert path in capsys.readouterr().out, "both processes share one index"
    assert cli.main(["doctor"]) == 0
    report = capsys.readouterr().out
    assert f"requests go to: EMULATOR at {configured} (cn-beijing)" in report
    assert "ok    key: sk-...cdef" in report
    assert "ok    task list: answered; tasks in the last 24 h: 2" in report
    assert "result hosts: not probed: the emulator serves its own pictures" in report
    assert KEY not in report + other.stdout + other.stderr
    for written in tmp_path.rglob("*"):
        assert not written.is_file() or KEY.encode() not in written.read_bytes(), written


@pytest.mark.seldom
def test_a_picture_of_a_served_emulator_answers_no_call_to_the_service(
    configured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = {"size": "768*768", "seed": 7}
    wan.t2i(f"A cat {NOW}", **call).result(timeout=30)  # type: ignore[arg-type]
    plan = sessions.current().plan(model="wan2.6-t2i", values={"prompt": f"A cat {NOW}", **call})
    assert sessions.current().known(plan) is not None
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "https://dashscope.aliyuncs.com/api/v1")
    plan = sessions.current().plan(model="wan2.6-t2i", values={"prompt": f"A cat {NOW}", **call})
    assert sessions.current().known(plan) is None


@pytest.mark.seldom
def test_only_what_says_so_on_this_machine_is_an_emulator(
    configured: str, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert serves_emulator(configured)
    asked: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda address, timeout: asked.append(address))
    for url in ("https://dashscope.aliyuncs.com/api/v1", "http://10.0.0.1/api/v1", "https://127.0.0.1:1/api/v1"):
        assert serves_emulator(url) is False
    assert asked == []


def test_a_proxy_on_this_machine_is_no_emulator() -> None:
    class Proxy(BaseHTTPRequestHandler):
        keys: ClassVar[list[str]] = []

        def do_GET(self) -> None:
            self.keys.append(self.headers.get("Authorization", ""))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"code": "NotFound"}')

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert serves_emulator(f"http://127.0.0.1:{server.server_port}/api/v1") is False
    assert Proxy.keys == [""], "it is asked without the key"
    assert serves_emulator("http://127.0.0.1:9/api/v1") is None


@pytest.mark.seldom
def test_a_port_that_never_answers_is_asked_once_and_one_that_goes_silent_is_no_emulator_any_more(
    configured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sessions.current()
    assert session.target(session.settings()).emulator
    asked: list[str] = []

    def silent(url: str) -> None:
        asked.append(url)
        time.sleep(registry.SLOW * 1.1)

    monkeypatch.setattr(registry, "serves_emulator", silent)
    assert session.target(session.settings()).emulator, "it has said so a moment ago"
    monkeypatch.setattr(registry, "FRESH", 0.0)
    assert not session.target(session.settings()).emulator, "a tunnel to the service may have the port by now"
    assert asked == [configured] * 2, "a busy emulator gets a second chance"
    monkeypatch.setattr(registry, "serves_emulator", lambda url: True)
    assert session.target(session.settings()).emulator
    for answer in (None, False):
        monkeypatch.setattr(registry, "serves_emulator", lambda url, answer=answer: answer)
        assert not session.target(session.settings()).emulator
    monkeypatch.setattr(registry, "FRESH", 10.0)
    asked.clear()

    monkeypatch.setattr(registry, "serves_emulator", silent)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:10/api/v1")
    assert [session.target(session.settings()).emulator for _ in range(3)] == [False] * 3
    assert asked == ["http://127.0.0.1:10/api/v1"]
