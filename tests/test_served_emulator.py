"""`bailian-nb emulator` in one process, its clients in others: a base URL and a made-up key are all that they need."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb import session as sessions

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
    assert shown == "<Picture wan2.6-t2i 768x768 seed=7>"
    with Image.open(path) as image:
        assert image.size == (768, 768)

    (picture,) = wan.t2i(f"A cat {NOW}", size="768*768").result(timeout=30)
    assert picture.record.emulator is False, "a client cannot know what answers there"
    assert picture.record.base_url_host in configured

    assert cli.main(["history"]) == 0
    assert path in capsys.readouterr().out, "both processes share one index"
    assert cli.main(["doctor"]) == 0
    report = capsys.readouterr().out
    assert f"requests go to: {configured} (cn-beijing)" in report
    assert "ok    key: sk-...cdef" in report
    assert "ok    task list: answered; 2 tasks in the last 24 h" in report
    assert "warn  result hosts: 0 of 10 answer" in report
    assert KEY not in report + other.stdout + other.stderr
    for written in tmp_path.rglob("*"):
        assert not written.is_file() or KEY.encode() not in written.read_bytes(), written
