"""Pictures in a terminal: drawn where it answers that it can, and nothing is asked of it anywhere else."""

from __future__ import annotations

import importlib.util
import io
import os
import subprocess
import sys
import threading

import pytest
from PIL import Image

from bailian_nb.views import terminal

LIBRARY = pytest.mark.skipif(importlib.util.find_spec("textual_image") is None, reason="the extra `terminal` is absent")
WHAT_ARE_YOU = b"\x1b[c"
SIXEL = b"\x1b[?62;4;22c"
PICTURE_BEGINS = b"\x1bP"
SCRIPT = """
import io
from PIL import Image
from bailian_nb.views import terminal
file = io.BytesIO()
Image.new("RGB", (64, 48), "teal").save(file, "JPEG")
print("drawn", terminal.draw(file.getvalue), flush=True)
"""


def in_a_terminal(*, answer: bytes, columns: int = 120, **environment: str) -> bytes:
    """Return what a terminal is sent that answers who it is in these signs."""
    termios = pytest.importorskip("termios")
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (40, columns))
    found = bytearray()

    def read() -> None:
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # nobody holds the other end any more
                return
            found.extend(part)
            if answer and part.endswith(WHAT_ARE_YOU):
                os.write(ours, answer)

    reader = threading.Thread(target=read)
    reader.start()
    clean = {name: value for name, value in os.environ.items() if name != "CI"}
    given = {**clean, "TERM": "xterm-256color", **environment}
    try:
        streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
        subprocess.run([sys.executable, "-c", SCRIPT], check=True, env=given, timeout=60, **streams)
    finally:
        os.close(theirs)
        reader.join(10)
        os.close(ours)
    return bytes(found)


@pytest.mark.seldom
@LIBRARY
def test_a_terminal_that_takes_sixel_is_sent_a_picture():
    sent = in_a_terminal(answer=SIXEL)
    assert PICTURE_BEGINS in sent
    assert b"drawn True" in sent


@pytest.mark.seldom
@LIBRARY
def test_a_terminal_that_does_not_answer_is_sent_none():
    sent = in_a_terminal(answer=b"")
    assert WHAT_ARE_YOU in sent
    assert PICTURE_BEGINS not in sent
    assert b"drawn False" in sent


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"TERM": "dumb"}])
def test_a_build_and_a_dumb_terminal_are_not_even_asked(environment):
    assert in_a_terminal(answer=SIXEL, **environment).strip() == b"drawn False"


@LIBRARY
def test_a_terminal_of_no_size_is_not_asked():
    assert in_a_terminal(answer=SIXEL, columns=0).strip() == b"drawn False"


def test_a_pipe_is_sent_none():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True, stdin=subprocess.DEVNULL)
    assert done.stdout.strip() == b"drawn False"


def test_no_picture_is_made_where_none_is_drawn(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    def never() -> bytes:
        raise AssertionError

    assert not terminal.draw(never)


def test_a_picture_that_cannot_be_read_breaks_nothing(monkeypatch):
    monkeypatch.setattr(terminal, "_looked_at", lambda: True)
    monkeypatch.setattr(terminal, "_drawn", lambda: Image.new)
    assert not terminal.draw(lambda: b"no picture")
