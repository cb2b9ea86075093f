"""Names of files in any encoding: opened by their bytes, kept in any locale, shown as they are read."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from bailian_nb.errors import printable, readable
from bailian_nb.system.paths import native, print_any, restored, stored, user_path

from ..world.each import each

GBK = os.fsdecode("照片/狗.png".encode("gbk"))
pytestmark = pytest.mark.skipif(os.name == "nt", reason="names are text there")


@pytest.mark.parametrize("name", ["照片/狗.png", GBK, "a/b.png", "é/ü.png"])
def test_a_path_comes_back_from_what_a_database_keeps(name: str) -> None:
    kept = stored(Path(name))
    assert restored(kept) == Path(name)
    assert isinstance(kept, bytes) is (name == GBK)
    if isinstance(kept, str):
        kept.encode("utf-8")


@each(
    ("raw", "shown"),
    [
        (GBK, "照片/狗.png"),
        (
            f"image {GBK} does not exist; did you mean {GBK}?",
            "image 照片/狗.png does not exist; did you mean 照片/狗.png?",
        ),
        (os.fsdecode("照片".encode("gbk")) + "/图片.png", "照片/图片.png"),
        (f"图片 {os.fsdecode('狗'.encode('gbk'))}.png", "图片 狗.png"),
        (os.fsdecode(b"caf\xe9.png"), "caf\\xe9.png"),
        ("照片/狗.png", "照片/狗.png"),
        ("\\udc80 as text", "\\udc80 as text"),
    ],
)
def test_a_name_is_shown_as_people_read_it(raw: str, shown: str) -> None:
    assert readable(raw) == shown
    assert printable(raw) == shown
    readable(raw).encode("utf-8")


def test_what_no_locale_knows_can_be_shown_too() -> None:
    ascii_only = "照片/狗.png".encode().decode("ascii", "surrogateescape")
    assert readable(ascii_only) == "照片/狗.png"
    assert printable("half a pair \ud83d here") == "half a pair here"


def test_half_of_a_pair_is_left_to_who_opens_it() -> None:
    assert native("a\ud800b") == "a\ud800b"


def test_a_locale_without_letters_takes_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsencode", lambda text: str(text).encode("ascii", "surrogateescape"))
    monkeypatch.setattr(os, "fsdecode", lambda data: data.decode("ascii", "surrogateescape"))
    name = native("照片/狗.png")
    assert name.isascii() is False
    assert os.fsencode(name) == "照片/狗.png".encode()
    assert stored(Path(name)) == stored(Path("照片/狗.png")) == "照片/狗.png"
    assert user_path("~/照片") == Path.home() / native("照片")


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [
        ("utf-8", "狗 ".encode() + "狗".encode("gbk")),
        ("ascii", "狗 ".encode() + "狗".encode("gbk")),
        ("gbk", "狗 ".encode("gbk") + rb"\udcb9\udcb7"),
    ],
)
def test_any_name_can_be_printed(encoding: str, printed: bytes) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict")
    print_any(stream)
    stream.write("狗 " + os.fsdecode("狗".encode("gbk")))
    stream.flush()
    assert raw.getvalue() == printed
    for other in (None, io.StringIO(), sys.stderr):
        print_any(other)
