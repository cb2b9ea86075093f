"""Slips of the hand at the command line: what was meant is said, and nothing is sent, written or paid for."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bailian_nb import cli
from bailian_nb import session as sessions

SLIPS = [
    (["t2i", "x", "--model", ""], "model must be a name, got ''. Known: wan2.6-t2i"),
    (["T2I", "x"], "unknown command T2I, did you mean t2i? Known: demo, t2i, edit, "),
    (["resume", "--send", "nope"], "'nope' is too much; see bailian-nb resume --help"),
    (["t2i", "x", "y"], "'y' is too much; put a prompt of several words into quotes; see bailian-nb t2i --help"),
    (["edit", "扩图", "PHOTO", "x"], "unknown function 扩图, did you mean expand? wanx2.1-imageedit has "),
    (["edit", "PHOTO", "style", "x"], "unknown function "),
    (["edit", "style", "PHOTO", "x", "--invert"], "invert turns a mask over, and function stylization_all takes none"),
    (["t2i", "x", "--size", "100:1"], "size 12800*128 (from 100:1) has ratio 100, model wan2.6-t2i takes 0.25-4"),
]


@pytest.mark.parametrize(("words", "line"), SLIPS, ids=[" ".join(words) for words, _ in SLIPS])
def test_a_slip_is_one_line(words: list[str], line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = tmp_path / "photo.png"
    Image.new("RGB", (640, 512), "teal").save(photo)
    assert cli.main([str(photo) if word == "PHOTO" else word for word in words]) == 1
    caught = capsys.readouterr()
    assert caught.out == ""
    assert caught.err.startswith(f"InvalidRequest: {line}")
    assert caught.err.count("\n") == 1
    assert sessions.current().jobs() == []


@pytest.mark.skipif(
    not Path("/proc/self").is_dir(), reason="no folder here that lets an administrator in and takes no file"
)
def test_a_folder_that_takes_no_file_is_refused_before_anything_is_paid_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["t2i", "x emulator:latency=0", "--out-dir", "/proc/self/pictures"]) == 1
    line = capsys.readouterr().err
    assert line.startswith("InvalidRequest: pictures cannot be saved in /proc/self/pictures: /proc/self is no ")
    assert sessions.current().jobs() == []
