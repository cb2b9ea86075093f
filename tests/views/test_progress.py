"""The line that moves while a command waits: on a terminal alone."""

from __future__ import annotations

import io
import sys
import threading

import bailian_nb as wan
from bailian_nb.jobs.job import Job
from bailian_nb.views.progress import moving, watch


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_many_are_done_and_why_it_waits(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Screen())
    with moving(4, leave=True) as draw:
        assert draw is not None
        draw(3, "one failed")
    assert "3/4 |" in sys.stderr.getvalue()
    assert "one failed" in sys.stderr.getvalue()


def test_one_call_says_its_state_and_leaves_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Screen())
    job = wan.t2i("a cat emulator:latency=0.4", size="768*768")
    watch([job], "en")
    assert job.final
    said = sys.stderr.getvalue()
    assert "wan2.6-t2i  00:0" in said
    assert said.rpartition("\r")[2].strip() == ""


def test_a_job_that_goes_on_without_this_process_is_watched_no_longer(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Screen())
    job = Job(id="j", request=None, label="x", emulator=True, created=0.0)
    job.abandon(wan.BailianError("the session is closed"))
    watching = threading.Thread(target=watch, args=([job], "en"), daemon=True)
    watching.start()
    watching.join(5)
    ended = not watching.is_alive()
    job.fail(wan.BailianError("for the thread's sake"), at=1.0)
    assert ended


def test_nothing_is_written_where_nobody_looks_on(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    job = wan.t2i("a cat emulator:latency=0", size="768*768")
    watch([job], "en")
    assert job.final
    assert sys.stderr.getvalue() == ""
    with moving(4) as draw:
        assert draw is None
