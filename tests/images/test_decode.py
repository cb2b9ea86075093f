"""Bytes are known by their content, and nothing that is cut, broken or huge becomes a picture."""

from __future__ import annotations

import contextlib
import random
import struct
import threading
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageFile

from bailian_nb.images import MAX_PIXELS, PNG_SIGNATURE, decode, picture_type, png_chunks
from bailian_nb.images.decode import describe

from ..world.each import each

Make = Callable[..., Any]
KINDS = ("png", "jpeg", "webp", "bmp", "tiff", "gif")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def huge_png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return PNG_SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_each_format_is_known_by_content_and_decodes(kind: str, noise: Make, encoded: Make) -> None:
    data = encoded(noise(), kind)
    assert picture_type(data) == kind
    image = decode(data)
    assert image.size == (64, 48)
    assert image.convert("RGB").getpixel((5, 5)) is not None


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "bmp", "gif"])
@pytest.mark.parametrize("share", [0.15, 0.5, 0.95])
def test_a_file_that_is_cut_off_is_refused(kind: str, share: float, noise: Make, encoded: Make) -> None:
    data = encoded(noise(), kind)
    with pytest.raises(ValueError, match=r"cut off or broken|broken .* header"):
        decode(data[: int(len(data) * share)])


def test_a_png_without_its_last_bytes_is_refused_even_where_pillow_forgives(
    noise: Make, encoded: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    data = encoded(noise())
    for cut in (1, 12, 13, 500):
        with pytest.raises(ValueError, match="IEND"):
            decode(data[:-cut])


def test_a_flipped_bit_in_a_png_is_found(noise: Make, encoded: Make) -> None:
    data = bytearray(encoded(noise()))
    data[len(data) // 2] ^= 1
    with pytest.raises(ValueError, match="checksum"):
        decode(bytes(data))


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (MAX_PIXELS + 1, 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not decoded"):
        decode(huge_png(*size))


def test_pillows_own_limit_is_left_alone_and_large_pictures_bring_no_warning(
    encoded: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert decode(encoded(Image.new("L", (64, 64)))).size == (64, 64)
    assert Image.MAX_IMAGE_PIXELS == 100
    with pytest.raises(ValueError, match="more than 4095"):
        decode(encoded(Image.new("L", (64, 64))), max_pixels=4095)


def test_pictures_decode_in_many_threads_at_once(noise: Make, encoded: Make) -> None:
    files = [encoded(noise(), kind) for kind in KINDS]
    sizes: list[tuple[int, int]] = []
    threads = [threading.Thread(target=lambda data=data: sizes.append(decode(data).size)) for data in files * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [(64, 48)] * 18


@each(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\n <html lang=en>", "HTML"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "XML"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b'{"code":"AccessDenied"}', "JSON"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer"),
        (b"BMW is a car maker", "text"),
        ("一只猫".encode(), "text"),
        (b"\x00\x01\x02\xff\xfe", "not a picture"),
    ],
)
def test_what_is_no_picture_is_called_by_its_name(data: bytes, word: str) -> None:
    assert picture_type(data) is None
    assert word in describe(data)
    with pytest.raises(ValueError, match=r"not a picture|header"):
        decode(data)


def test_bytes_at_random_raise_nothing_but_value_error(noise: Make, encoded: Make) -> None:
    dice = random.Random(1)
    for kind in KINDS * 20:
        data = bytearray(encoded(noise((16, 16)), kind))
        for _ in range(dice.randint(1, 12)):
            data[dice.randrange(4, len(data))] = dice.randrange(256)
        with contextlib.suppress(ValueError):
            decode(bytes(data), max_pixels=1_000_000)


def test_chunks_cover_the_whole_file(noise: Make, encoded: Make) -> None:
    data = encoded(noise())
    chunks = list(png_chunks(data))
    assert [each.name for each in chunks if each.name != b"IDAT"] == [b"IHDR", b"IEND"]
    assert PNG_SIGNATURE + b"".join(data[each.start : each.end] for each in chunks) == data


def test_what_pillow_says_of_broken_bytes_is_not_cut_in_the_middle_of_a_bracket() -> None:
    with pytest.raises(ValueError, match=r"^broken gif header \([^()]+\)$"):
        decode(b"GIF89a\x01")
