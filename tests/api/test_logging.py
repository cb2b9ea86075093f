"""At INFO a job says that it was sent and how it ended, in a line each, and nobody else says anything."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import bailian_nb as wan

T = {"model": "wanx2.1-t2i-turbo", "n": 2, "size": "512*512", "seed": 7}


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [f"{record.name} {record.levelname} {record.getMessage()}" for record in caplog.records]


def test_a_job_says_what_happens_in_two_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    job = wan.t2i("A secret hill", **T)
    job.result(30)
    sent, ended = lines(caplog)
    assert sent == f"bailian_nb INFO job {job.id} (wanx2.1-t2i-turbo): sent, task {job.task_id}"
    assert re.fullmatch(rf"bailian_nb INFO job {job.id} \(.*\): SUCCEEDED, 2 picture\(s\), \d+\.\d s, EMULATOR", ended)
    caplog.clear()
    wan.t2i("A secret hill", **T).result(30)
    (again,) = lines(caplog)
    assert again.endswith("SUCCEEDED, 2 picture(s), from disk")


def test_a_failure_is_told_by_its_code(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    job = wan.t2i("A secret hill emulator:fail=DataInspectionFailed", **T)
    job.wait(30)
    assert lines(caplog)[-1] == f"bailian_nb INFO job {job.id} (wanx2.1-t2i-turbo): FAILED, DataInspectionFailed"
    assert "secret" not in caplog.text


@pytest.mark.seldom
def test_with_the_emulator_on_a_port_polls_and_requests_are_not_logged(tmp_path: Path) -> None:
    """The whole way: a server of its own, sockets, many polls, everything at INFO and the libraries' own loggers."""
    code = """
import logging
logging.basicConfig(level=20)
import threading, sys
from bailian_nb import config
from bailian_nb.emulator import serve
ready = threading.Event()
urls = []

def listening(url):
    urls.append(url)
    ready.set()

threading.Thread(target=lambda: serve(config.home(), 0, on_ready=listening), daemon=True).start()
ready.wait(30)
import os
os.environ["DASHSCOPE_HTTP_BASE_URL"] = urls[0]
os.environ["DASHSCOPE_API_KEY"] = "sk-emulator-0001"
import bailian_nb as wan
wan.t2i("A hill emulator:latency=3", model="wanx2.1-t2i-turbo", n=1, size="512*512", seed=7).result(60)
print(len(urls), flush=True)
os._exit(0)
"""
    env = {**os.environ, "BAILIAN_NB_EMULATOR": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=90, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if not line.startswith("INFO:bailian_nb:job ")]
    assert told == []
    assert done.stderr.count("INFO:bailian_nb:job ") == 2
