"""A real kernel ends or is killed while its tasks run; a new process brings the pictures to disk. No browser."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).parents[2]
KEY = "sk-0123456789abcdef0123456789abcdef"
FIRST = "%%wan_t2i -n 2 --seed 7 --size 768*768 -o shops\nA flower shop emulator:latency=600"
SECOND = '%wan_edit instruct photo.png "Put sunglasses on the cat emulator:latency=600" --seed 5 -o cat'
LAST_WORDS = """
import atexit, pathlib, threading
def write():
    pathlib.Path("threads").write_text(" ".join(thread.name for thread in threading.enumerate()))
atexit.register(write)
"""
RESUME = """
import bailian_nb as wan
from bailian_nb.session import session
from tests.world.jumping_clock import JumpingClock

clock = JumpingClock()
session.new_clock = lambda: clock
found = wan.resume()
print(sorted(len(job.result(30)) for job in found.jobs))
print(len(wan.resume().jobs))
"""


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KernelManager]:
    """A kernel in the test's folder whose environment holds a key, although the emulator answers."""
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (tmp_path / "runtime").mkdir()
    manager = KernelManager(kernel_name="python3")
    with (tmp_path / "kernel.log").open("wb") as log:
        manager.start_kernel(cwd=str(tmp_path), stdout=log, stderr=log)
    yield manager
    manager.shutdown_kernel(now=True)


def run(client: BlockingKernelClient, source: str) -> dict:
    """Run a cell as a front end does, and return its reply."""
    return client.execute_interactive(source, timeout=30, allow_stdin=True, output_hook=lambda message: None)["content"]


def rows(home: Path) -> list[tuple[str, str | None]]:
    with contextlib.closing(sqlite3.connect(home / "journal.sqlite")) as journal:
        return journal.execute("select state, task_id from jobs").fetchall()


@pytest.mark.slow
def test_a_killed_kernel_loses_no_picture(kernel, photo, tmp_path):
    client = kernel.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    assert run(client, "%load_ext bailian_nb")["status"] == "ok"
    for cell in (FIRST, SECOND):
        assert run(client, cell)["status"] == "ok", "the cell does not wait for its pictures, which take longer"
    end = time.monotonic() + 10
    while [state for state, _ in rows(tmp_path / "home")] != ["accepted"] * 2 and time.monotonic() < end:
        time.sleep(0.05)
    before = rows(tmp_path / "home")
    assert all(task for _, task in before)
    os.kill(kernel.provisioner.pid, signal.SIGKILL)
    client.stop_channels()
    assert list((tmp_path / "out").rglob("*.png")) == []

    done = subprocess.run(
        [sys.executable, "-c", RESUME],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.splitlines(), done.stderr) == (["[1, 2]", "0"], "")
    pictures = sorted(path.name.split("_", 1)[1] for path in (tmp_path / "out").rglob("*.png"))
    assert [name.rpartition("_s")[2] for name in pictures] == ["5_0.png", "7_0.png", "7_1.png"]
    assert len(list((tmp_path / "out").rglob("*.json"))) == 3
    assert {(state, task) for state, task in rows(tmp_path / "home")} == {("done", task) for _, task in before}

    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 10
    assert [path for path in written if KEY.encode() in path.read_bytes()] == []


@pytest.mark.seldom
def test_a_kernel_that_ends_draws_no_more_before_its_channels_close(kernel, tmp_path):
    client = kernel.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    for cell in ("%load_ext bailian_nb", FIRST, LAST_WORDS):
        assert run(client, cell)["status"] == "ok"
    client.stop_channels()
    kernel.shutdown_kernel()
    threads = (tmp_path / "threads").read_text()
    assert "MainThread" in threads
    assert "bailian_nb-display" not in threads
    assert "Traceback" not in (tmp_path / "kernel.log").read_text()
