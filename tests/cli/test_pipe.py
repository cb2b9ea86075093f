"""`bailian-nb history | head`: who reads no further ends nothing badly, and nothing is said about it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bailian_nb import cli
from bailian_nb.cli.reading import make_parser
from bailian_nb.system.output import for_a_reader

COMMANDS = sorted(make_parser("en")[1])
RUNS = [
    ["history"],
    ["doctor"],
    ["cost"],
    ["resume"],
    ["t2i", "x emulator:latency=0", "--seed", "1"],
    ["t2i"],
    ["nope"],
]
RUNS += [["--help"], *([command, "--help"] for command in COMMANDS)]


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.TextIOWrapper]:
    """A stream that nobody reads any more, as in a pipe whose other end is closed."""
    read, write = os.pipe()
    os.close(read)
    stream = os.fdopen(write, "w", encoding="utf-8")
    yield stream
    stream.close()


@pytest.mark.matrix
@pytest.mark.parametrize("name", ["stdout", "stderr"])
@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_a_reader_who_left_is_no_fault(
    words: list[str],
    name: str,
    closed: io.TextIOWrapper,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, name, closed)
    try:
        code = cli.main(words)
    except SystemExit as ended:
        assert "--help" in words
        code = int(ended.code or 0)
    assert code == (1 if words in (["t2i"], ["nope"]) else 0)
    said = capsys.readouterr()
    assert "Broken" not in said.out + said.err


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("buffered", ["", "1"])
def test_nothing_is_said_when_python_ends(buffered: str) -> None:
    read, write = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "bailian_nb.cli", "doctor"]
    env = {**os.environ, "PYTHONUNBUFFERED": buffered}
    ran = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, env=env, check=False)
    os.close(write)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_stream_is_left_to_its_owner() -> None:
    stream = io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stdout(stream), for_a_reader():
        lent = sys.stdout
        print("said")
    assert stream.buffer.getvalue() == b"said\n"  # type: ignore[attr-defined]
    stream.close()
    lent.close()  # as Python does when it drops it, and says so from 3.13 on if it cannot


def test_another_fault_of_a_stream_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert cli.main(["history", "--limit", "1"]) == 0  # nothing to print
    assert cli.main(["doctor"]) == 1
    assert "No space left on device" in capsys.readouterr().err


def test_a_terminal_is_known_for_one() -> None:
    ours, theirs = os.openpty()
    try:
        with os.fdopen(theirs, "w", encoding="utf-8") as stream, contextlib.redirect_stdout(stream), for_a_reader():
            assert sys.stdout.isatty()
            assert sys.stdout.fileno() == theirs
    finally:
        os.close(ours)
