"""However a process ends while jobs are on their way, it ends soon and quietly, and the next one takes them all up."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

import bailian_nb as wan
from bailian_nb.gallery import read_record
from bailian_nb.session import session as sessions

from ..world.emulator_log import created
from ..world.jumping_clock import until

SECONDS = 8.0
"""Most that a process may take from its last line to its end."""
ROOT = Path(wan.__file__).parent.parent
IMPORTS = """
import os, sys, time
import bailian_nb as wan
"""
BEGIN = f"""{IMPORTS}
jobs = [wan.t2i(f"hill {{number}} emulator:latency=2", model="wan2.2-t2i-flash", size="512*512", seed=number)
        for number in range(2)]
"""
SENT = """
while not all(job.task_id for job in jobs):
    time.sleep(0.01)
"""
LAST = "print('last', flush=True)\n"
NOISE = re.compile(r"Traceback|Exception ignored|Task was destroyed|unclosed|never awaited|Warning|Error")

WAIT = """
try:
    jobs[0].result()
except KeyboardInterrupt as stop:
    sys.exit(130 if "goes on" in str(stop) else 1)
"""
SLEEP = """
try:
    time.sleep(60)
except KeyboardInterrupt:
    sys.exit(130)
"""
ENDINGS: dict[str, tuple[str, int]] = {
    "at once": (LAST, 0),
    "SIGINT in a wait": (SENT + LAST + WAIT, 130),
}
MORE: dict[str, tuple[str, int]] = {
    "sys.exit": (SENT + LAST + "sys.exit(3)", 3),
    "SIGTERM": (SENT + LAST + "time.sleep(60)", -signal.SIGTERM),
    "the end of the script": (SENT + LAST, 0),
    "exit()": (SENT + LAST + "exit()", 0),
    "sys.exit at once": (LAST + "sys.exit(3)", 3),
    "closed": (SENT + LAST + "from bailian_nb.session import session\nsession.current().close()", 0),
    "a callback that waits": (SENT + "jobs[0].on_change(lambda job: jobs[1].result())\ntime.sleep(0.2)\n" + LAST, 0),
    "a callback that runs": (SENT + "jobs[0].on_change(lambda job: time.sleep(30))\n" + LAST, 0),
    "SIGTERM while a create is out": (LAST + "time.sleep(60)", -signal.SIGTERM),
    "SIGINT while a create is out": (LAST + SLEEP, 130),
    "os._exit": (SENT + LAST + "os._exit(5)", 5),
}
SIGNALS = {"SIGTERM": signal.SIGTERM, "SIGINT": signal.SIGINT}


@pytest.fixture(autouse=True)
def _end_session() -> Iterator[None]:
    yield
    sessions.current().close()


def begin(source: str, folder: Path) -> subprocess.Popen[str]:
    """Start a script under the development mode, where every warning is an error."""
    return subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", "-c", source],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def resume_all(tmp_path: Path, *, cut: bool = False) -> None:
    """Take up what the process left, send what it never sent, and find every picture once.

    A create call that was `cut` may have made its task or not, and is not sent again.
    """
    found = wan.resume()
    for job in [*found.jobs, *wan.resume(send=True).jobs]:
        job.wait(60)
    made = created(tmp_path / "home")
    seeds = sorted(task["seed"] for task in made)
    assert seeds == [0, 1] or (cut and len(set(seeds)) == len(seeds) < 2)
    saved = [read_record(path) for path in (tmp_path / "out").rglob("*.png")]
    assert sorted(record.task_id for record in saved if record) == sorted(task["task_id"] for task in made)
    assert cut or not wan.resume()


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("how", [*ENDINGS, *(pytest.param(how, marks=pytest.mark.slow) for how in MORE)])
def test_a_process_ends_soon_and_quietly_and_the_next_one_loses_nothing(how: str, tmp_path: Path) -> None:
    body, code = {**ENDINGS, **MORE}[how]
    # Where a signal must come before its end, a task takes longer than any machine's slow moment.
    child = begin((BEGIN.replace("latency=2", "latency=300") if "SIG" in how else BEGIN) + body, tmp_path)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "last\n", child.communicate(timeout=20)[1]
        if number := next((number for name, number in SIGNALS.items() if how.startswith(name)), None):
            time.sleep(0.5)  # a script on a busy machine takes its time from its last line to its wait
            child.send_signal(number)
        said, told = child.communicate(timeout=SECONDS)
    finally:
        child.kill()
        child.wait()
    assert (child.returncode, said) == (code, "")
    assert not NOISE.search(told), told
    resume_all(tmp_path, cut="while a create" in how)


HANGS = """
job = wan.t2i("a hill", model="wan2.2-t2i-flash", size="512*512")
while job.status != "SUBMITTING":
    time.sleep(0.01)
time.sleep(0.3)
"""

IDLE = """
from bailian_nb.session import session
session.current().journal
print("ready", flush=True)
while not os.path.exists("go"):
    time.sleep(0.01)
"""
"""Has nothing out, and ends when it is told to: what that takes is the machine's."""
PATIENT = "from bailian_nb.session import session\nsession.LAST_WAIT = 60.0\n"
"""So that a busy machine's slow end is not taken for one that an interrupt did not shorten."""


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Configure a service that takes a call and never says a word."""
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-made-up-0123456789abcdef")
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", f"http://127.0.0.1:{server.getsockname()[1]}/api/v1")
        yield


@pytest.mark.seldom
@pytest.mark.usefixtures("silent", "interruptible")
@pytest.mark.parametrize("interrupts", [1, *(pytest.param(count, marks=pytest.mark.slow) for count in (0, 2))])
def test_a_create_without_an_answer_holds_the_end_up_for_a_moment_and_an_interrupt_ends_that(
    interrupts: int, tmp_path: Path
) -> None:
    idle = None if interrupts else begin(IMPORTS + IDLE, tmp_path)
    assert idle is None or (idle.stdout is not None and idle.stdout.readline() == "ready\n")
    child = begin(IMPORTS + HANGS + (PATIENT if interrupts else "") + LAST, tmp_path)
    assert child.stdout is not None
    assert child.stdout.readline() == "last\n"
    begun = time.monotonic()
    (tmp_path / "go").touch()
    for _ in range(interrupts):
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
    if idle is not None:
        assert idle.communicate(timeout=20) == ("", "")
    alone = time.monotonic() - begun
    told = child.communicate(timeout=20)[1]
    assert time.monotonic() - begun < (SECONDS if interrupts else 3.5 + alone), "or the machine itself took so long"
    late = [-signal.SIGINT] if interrupts > 1 else []  # when Python itself hears no signals any more
    assert child.returncode in (0, *late)
    assert not NOISE.search(told), told
    (row,) = sessions.current().journal.recent()
    assert row.state == "submitting"


NO_NAMES = """
import socket
socket.getaddrinfo = lambda *given, **more: time.sleep(60)
"""
WAITS_FOR_THE_JOURNAL = """
from bailian_nb.session import session
session.current().journal
print("ready", flush=True)
while not os.path.exists("go"):
    time.sleep(0.01)
job = wan.t2i("a hill", model="wan2.2-t2i-flash", size="512*512")
time.sleep(0.3)
"""


@pytest.mark.seldom
def test_a_name_server_that_is_silent_does_not_hold_the_end_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-made-up-0123456789abcdef")
    child = begin(IMPORTS + NO_NAMES + HANGS + LAST, tmp_path)
    assert child.stdout is not None
    assert child.stdout.readline() == "last\n"
    told = child.communicate(timeout=SECONDS)[1]
    assert child.returncode == 0
    assert not NOISE.search(told), told


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["", "print(job.cancel(), flush=True)\n"])
def test_a_journal_that_somebody_else_writes_does_not_hold_the_end_up(ending: str, tmp_path: Path) -> None:
    child = begin(IMPORTS + WAITS_FOR_THE_JOURNAL + ending + LAST, tmp_path)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    with contextlib.closing(sqlite3.connect(tmp_path / "home" / "journal.sqlite", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        (tmp_path / "go").touch()
        while (line := child.stdout.readline()) != "last\n":
            assert line == "False\n", child.communicate(timeout=20)[1]
        told = child.communicate(timeout=SECONDS)[1]
        db.execute("ROLLBACK")
    assert child.returncode == 0
    assert not NOISE.search(told), told


@pytest.mark.slow
@pytest.mark.usefixtures("silent")
def test_a_kernel_is_restarted_soon_while_a_create_has_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kernel(tmp_path, monkeypatch) as (manager, client):
        done = client.execute_interactive(IMPORTS + HANGS, timeout=30, output_hook=lambda message: None)
        assert done["content"]["status"] == "ok"
        begun = time.monotonic()
        manager.restart_kernel()
        assert time.monotonic() - begun < 4
    (row,) = sessions.current().journal.recent()
    assert row.state == "submitting"
    assert sessions.current().journal.claim(row), "the lock of the kernel that ended is held"


@contextlib.contextmanager
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[KernelManager, Any]]:
    """Run a kernel that is quiet on its standard error to its end."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "runtime").mkdir()
    log = tmp_path / "stderr.txt"
    manager = KernelManager(kernel_name="python3")
    with log.open("w") as told:
        manager.start_kernel(cwd=str(tmp_path), stdout=subprocess.DEVNULL, stderr=told)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=30)
            yield manager, client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    assert not NOISE.search(log.read_text()), log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("restart", [True, False])
def test_a_kernel_is_restarted_soon_and_quietly(restart: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kernel(tmp_path, monkeypatch) as (manager, client):
        done = client.execute_interactive(BEGIN + SENT, timeout=30, output_hook=lambda message: None)
        assert done["content"]["status"] == "ok"
        begun = time.monotonic()
        if restart:
            manager.restart_kernel()
            client.wait_for_ready(timeout=30)
        else:
            manager.shutdown_kernel()
        assert time.monotonic() - begun < SECONDS
    resume_all(tmp_path)


def test_a_closed_session_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    seen: list[str] = []
    jobs = [wan.t2i(f"hill {number} emulator:latency=60", size="768*768", seed=number) for number in range(3)]
    jobs[0].on_change(lambda job: seen.append(job.status))
    until(lambda: all(job.task_id for job in jobs))
    begun = time.monotonic()
    session = sessions.current()
    session.close()
    session.close()  # as at the end of a process whose user has closed it
    assert time.monotonic() - begun < SECONDS
    left = [each for each in set(threading.enumerate()) - before if each.name.startswith("bailian_nb")]
    assert not [each for each in left if each.is_alive()]
    assert seen
