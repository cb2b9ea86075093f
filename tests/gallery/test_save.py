"""What was paid for comes to rest whole, under our own name, with the story of how it was made."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.errors import DownloadError
from bailian_nb.gallery import Record, day_folder, read_record, save_picture, stem
from bailian_nb.gallery.chunks import extract

Make = Callable[..., Any]
WHEN = datetime(2026, 11, 21, 14, 32, 5, tzinfo=UTC)


def test_a_picture_lies_on_disk_with_its_record_inside_and_beside(served: Make, record: Record, tmp_path: Path) -> None:
    data = served()
    folder = day_folder(tmp_path, WHEN)
    picture = save_picture(data, record, folder, stem(record, WHEN))
    assert picture.path == tmp_path / "2026-11-21" / "143205_t2i_ab12cd_s7_1.png"
    assert picture.raw_path == picture.path
    assert picture.record == replace(record, sha256=hashlib.sha256(data).hexdigest(), size="48x32")
    assert read_record(picture.path) == picture.record
    assert Record.from_json(picture.path.with_suffix(".json").read_text(encoding="utf-8")) == picture.record
    found = extract(picture.path.read_bytes())
    assert found is not None
    assert found[1] == data
    assert sorted(path.name for path in folder.iterdir()) == [
        "143205_t2i_ab12cd_s7_1.json",
        "143205_t2i_ab12cd_s7_1.png",
    ]


def test_without_embedding_the_file_is_as_served_and_the_json_stands_beside(
    served: Make, record: Record, tmp_path: Path
) -> None:
    picture = save_picture(served(colour="red"), record, tmp_path, "a", embed=False)
    assert picture.path.read_bytes() == served(colour="red")
    assert json.loads(picture.path.with_suffix(".json").read_text(encoding="utf-8"))["prompt"] == record.prompt


@pytest.mark.parametrize(("kind", "suffix"), [("jpeg", ".jpg"), ("webp", ".webp"), ("bmp", ".bmp"), ("gif", ".gif")])
def test_another_format_keeps_its_bytes_and_gets_its_own_suffix(
    kind: str, suffix: str, record: Record, tmp_path: Path
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, kind)
    picture = save_picture(file.getvalue(), record, tmp_path, "a")
    assert picture.path.name == f"a_1{suffix}"
    assert picture.path.read_bytes() == file.getvalue()
    assert read_record(picture.path) == picture.record


def test_saving_twice_keeps_both(served: Make, record: Record, tmp_path: Path) -> None:
    first = save_picture(served(), record, tmp_path, "a")
    before = first.path.read_bytes()
    second = save_picture(served(), record, tmp_path, "a")
    assert (first.path.name, second.path.name) == ("a_1.png", "a_1-2.png")
    assert first.path.read_bytes() == before


def _jpeg() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(file, "JPEG")
    return file.getvalue()


def test_bytes_that_are_no_whole_picture_are_refused_and_leave_nothing(
    served: Make, make_chunk: Make, record: Record, tmp_path: Path
) -> None:
    whole = served()
    bomb = b"\x89PNG\r\n\x1a\n" + make_chunk(b"IHDR", b"\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0") + whole[33:]
    for data in (
        b"",
        b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        whole[: len(whole) // 2],
        whole[: whole.rindex(b"IEND")],
        _jpeg()[:2000],
        bomb,
        whole[:60] + bytes([whole[60] ^ 1]) + whole[61:] if b"IDAT" in whole[:60] else whole[:-30],
    ):
        with pytest.raises(DownloadError, match="cannot be saved as a picture") as caught:
            save_picture(data, record, tmp_path / "out", "a")
        assert caught.value.code == "NotAPicture"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "143205_t2i_ab12cd_s7"),
        ({"seed": None}, "143205_t2i_ab12cd"),
        ({"model": "wanx2.1-imageedit", "function": "description_edit"}, "143205_instruct_ab12cd_s7"),
        ({"model": "unknown", "function": "../../etc/Passwd"}, "143205_etcpasswd_ab12cd_s7"),
        ({"job_id": ""}, "143205_t2i_000000_s7"),
        ({"job_id": "../猫/AB-12"}, "143205_t2i_ab12_s7"),
    ],
)
def test_names_come_from_us_alone(changes: dict[str, Any], expected: str, record: Record) -> None:
    assert stem(replace(record, **changes), WHEN) == expected
