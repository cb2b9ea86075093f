"""A Record from outside is hostile input: reading a folder of such files neither breaks nor hangs."""

from __future__ import annotations

import json
import os
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.gallery import Index, Picture, Record, read_record, save_picture, sheet_jpeg
from bailian_nb.gallery.chunks import MAX_RECORD_BYTES, embed, make_chunk

from ..hostile.meddler import MEGABYTE, ZLIB_HEAD, swelling
from ..world.each import each

Make = Callable[..., Any]
PNG = b"\x89PNG\r\n\x1a\n"
OURS = b"bailian_nb\0\0\0\0\0"
SOON = 4.0
"""Seconds of work for the whole folder; a call that waits for something runs into the limit of every test."""

TEXTS: dict[str, str] = {
    "deep": '{"model": "m", "values": ' + '{"a":' * 400 + "1" + "}" * 400 + "}",
    "deep list": '{"model": "m", "values": {"a": ' + "[" * 900 + "]" * 900 + "}}",
    "too deep": '{"model": "m", "values": ' + "[" * 200_000,
    "huge": json.dumps({"model": "m", "prompt": "a" * 2_000_000}),
    "wide": json.dumps({"model": "m", "values": {str(number): [] for number in range(60_000)}}),
    "numbers": '{"model": "m", "n": 1e999, "seconds": NaN, "cost_cny": 1e400, "seed": ' + "9" * 4000 + "}",
    "digits": '{"model": "m", "index": ' + "9" * 100_000 + "}",
    "paths": json.dumps(
        {"model": "../../etc/passwd", "job_id": "../../../x", "path": "/etc/passwd", "raw_path": "/etc/shadow"}
        | {"size": "../..", "function": "/dev/zero", "task_id": "../" * 50}
    ),
    "controls": json.dumps(
        {"model": "m\x1b]0;owned\x07\x1b[2J\r\n", "prompt": "\0\u202e" * 9, "size": "9" * 5000 + "x9"}
    ),
    "surrogates": '{"model": "\\ud800", "request_key": "\\udfff", "job_id": "\\ud800", "created": "\\ud800"}',
    "types": json.dumps({"model": "m", "values": [], "inputs": [{"url": ["x"]}, {"url": {}}], "notes": [1], "mask": 7}),
    "urls": json.dumps(
        {"model": "m", "inputs": [{"url": "http://[::1"}, {"url": "data:" * 1000}, {"url": "\ud800://@"}]}
    ),
}
"""What somebody may write into the JSON of a Record."""


def chunks(text: bytes) -> dict[str, bytes]:
    """Return PNG files of no pixels that carry `text`, or pretend to."""
    head = PNG + make_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    end = make_chunk(b"IEND", b"")
    packed = ZLIB_HEAD + swelling(100 * MEGABYTE)
    return {
        "bomb": head
        + make_chunk(b"iTXt", b"bailian_nb\0\1\0\0\0" + packed)
        + make_chunk(b"zTXt", b"a\0\0" + packed)
        + end,
        "long": head + struct.pack(">I", 2**31 - 1) + b"iTXt" + OURS + text,
        "longest": head + struct.pack(">I", 2**32 - 1) + b"IDAT" + text,
        "many": head + make_chunk(b"iTXt", OURS + text) * 50_000 + end,
        "countless": head + struct.pack(">I4sI", 0, b"teXt", 0) * 400_000 + make_chunk(b"iTXt", OURS + text) + end,
        "short": head + make_chunk(b"iTXt", OURS),
        "cut": head[:-3],
    }


@pytest.fixture
def folder(served: Make, record: Record, tmp_path: Path) -> Path:
    """Return a folder of hostile files, and two of our own among them: the oldest and the newest name."""
    folder = tmp_path / "out" / "day"
    for name in ("000000", "zzzzzz"):
        save_picture(served(), replace(record, request_key=name), folder, name)
    plain = served((8, 8))
    for name, text in TEXTS.items():
        data = text.encode("utf-8", "surrogatepass")
        end = plain.rindex(b"IEND") - 4
        (folder / f"inside {name}.png").write_bytes(plain[:end] + make_chunk(b"iTXt", OURS + data) + plain[end:])
        (folder / f"beside {name}.jpg").write_bytes(b"\xff\xd8\xff")
        (folder / f"beside {name}.json").write_bytes(data)
    for name, data in chunks(b'{"model": "m"}').items():
        (folder / f"chunks {name}.png").write_bytes(data)
    with (folder / "sparse.png").open("wb") as file:
        file.write(PNG)
        file.truncate(2**40)
    (folder / "pipe.jpg").write_bytes(b"\xff\xd8\xff")
    os.mkfifo(folder / "pipe.json")
    os.mkfifo(folder / "pipe too.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "zero.json").symlink_to("/dev/zero")
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "folder.png").mkdir()
    (folder / os.fsdecode(b"\xff\xfe.jpg")).write_bytes(b"\xff\xd8\xff")
    (folder / os.fsdecode(b"\xff\xfe.json")).write_text('{"model": "m"}')
    (folder / "up").symlink_to(folder.parent)
    return folder


def shown(pictures: list[Picture]) -> str:
    return "".join(f"{picture!r}{picture.record.to_json()}{picture.record!r}{picture.width}" for picture in pictures)


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("way", ["rebuild", "refill"])
def test_a_folder_of_hostile_files_is_read_and_ours_are_found(way: str, folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home", folders=lambda: [folder])
    began = time.process_time()
    if way == "rebuild":
        assert index.rebuild(folder.parent) > 2
    else:
        while not index.recent() or index._refill is not None:
            assert time.process_time() - began < SOON
    assert time.process_time() - began < SOON
    for name in ("000000", "zzzzzz"):
        assert [picture.path.name for picture in index.find(name)] == [f"{name}_1.png"]
    found = index.recent(1000)
    assert len(found) == len({picture.path for picture in found}) > 10
    assert all(picture.path.parent == folder.resolve() for picture in found), "no Record says where a picture lies"
    assert len(index.search("flower")) == 2


@pytest.mark.seldom
def test_what_is_shown_of_them_is_one_line_without_controls(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        record = read_record(path)
        if record is None:
            continue
        picture = Picture(path=path, record=record)
        line = repr(picture)
        assert line.isprintable(), path
        assert len(line) < 500
        assert Record.from_json(record.to_json(indent=2)) == record
        assert picture._repr_mimebundle_()[0]["text/plain"].startswith("<Picture")
        assert sheet_jpeg([picture])


@each("name", TEXTS)
def test_a_record_that_can_be_read_can_be_written_from_a_deep_stack_too(name: str) -> None:
    try:
        record = Record.from_json(TEXTS[name])
    except ValueError:
        return

    def deep(left: int) -> str:
        return deep(left - 1) if left else record.to_json(indent=2) + repr(record)

    assert deep(600)


def test_a_record_of_the_largest_size_is_read_and_a_larger_one_is_not(
    served: Make, record: Record, tmp_path: Path
) -> None:
    for more, found in ((0, True), (1, False)):
        empty = len(replace(record, prompt="").to_json().encode())
        full = replace(record, prompt="a" * (MAX_RECORD_BYTES - empty + more))
        (tmp_path / "a.png").write_bytes(embed(served(), full))
        assert (read_record(tmp_path / "a.png") is not None) == found
