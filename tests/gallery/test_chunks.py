"""The Record goes into a PNG and comes back, and not one other byte of the file changes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.gallery import Record, read_record
from bailian_nb.gallery.chunks import embed, extract
from bailian_nb.images import png_chunks

Make = Callable[..., Any]


def parts(data: bytes) -> list[bytes]:
    return [data[chunk.start : chunk.end] for chunk in png_chunks(data)]


def test_only_one_chunk_is_added_before_the_end(served: Make, record: Record) -> None:
    data = served()
    written = embed(data, record)
    new = [part for part in parts(written) if part not in parts(data)]
    assert len(new) == 1
    assert new[0][4:8] == b"iTXt"
    assert [part for part in parts(written) if part != new[0]] == parts(data)
    assert parts(written)[-2] == new[0]
    assert written.replace(new[0], b"") == data


def test_pillow_reads_pixels_and_record(served: Make, record: Record) -> None:
    data = served()
    with Image.open(io.BytesIO(embed(data, record))) as written, Image.open(io.BytesIO(data)) as before:
        assert written.tobytes() == before.tobytes()
        assert Record.from_json(written.info["bailian_nb"]) == record
        assert written.info["AIGC"].startswith('{"Label"')


def test_the_record_comes_back_without_the_pixels(
    served: Make, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(embed(served(), record))
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("pixels were decoded"))
    assert read_record(path) == record
    assert read_record(str(path)) == record


def test_taking_the_record_out_gives_the_served_file_again(served: Make, record: Record) -> None:
    data = served()
    found = extract(embed(data, record))
    assert found is not None
    assert found[1] == data
    assert extract(data) is None


def test_our_record_counts_and_not_one_that_came_with_the_file(served: Make, record: Record, tmp_path: Path) -> None:
    foreign = embed(served(), replace(record, prompt="somebody else's"))
    (tmp_path / "a.png").write_bytes(embed(foreign, record))
    found = read_record(tmp_path / "a.png")
    assert found is not None
    assert found.prompt == record.prompt


def test_half_a_character_pair_from_the_service_survives(served: Make, record: Record, tmp_path: Path) -> None:
    odd = replace(record, actual_prompt="a\ud83d b\x00\x1b[31m")
    (tmp_path / "a.png").write_bytes(embed(served(), odd))
    assert read_record(tmp_path / "a.png") == odd


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 200_000,
        b'{"model":' * 60_000,
        b'{"model": "m", "n": ' + b"9" * 100_000 + b"}",
        b'{"model": "m", "prompt": "' + b"a" * 2_000_000 + b'"}',
        b"\xff\xfe\xfd",
        b'{"model": ["m"]}',
    ],
)
def test_a_hostile_record_is_none(body: bytes, served: Make, make_chunk: Make, tmp_path: Path) -> None:
    data = served()
    end = data.rindex(b"IEND") - 4
    hostile = make_chunk(b"iTXt", b"bailian_nb\0\0\0\0\0" + body)
    (tmp_path / "a.png").write_bytes(data[:end] + hostile + data[end:])
    assert read_record(tmp_path / "a.png") is None


@pytest.mark.parametrize("data", [b"", b"text", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXt"])
def test_a_file_without_a_record_is_none(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(data)
    assert read_record(tmp_path / "a.png") is None
    assert read_record(tmp_path) is None
    assert read_record(tmp_path / "missing.png") is None
    assert read_record("a\0b") is None


def test_the_json_beside_answers_where_the_file_has_no_record(record: Record, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "a.json").write_text(record.to_json(), encoding="utf-8")
    assert read_record(tmp_path / "a.jpg") == record
    (tmp_path / "a.json").write_text("{}")
    assert read_record(tmp_path / "a.jpg") is None
