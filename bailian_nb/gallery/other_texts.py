"""The texts that A1111 and ComfyUI leave in a picture: PNG text chunks, the EXIF block of a JPEG or WebP.

No pixel is decoded. Files come from anywhere: every length is bounded, and whatever a file holds, nothing is raised.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from ..images import PNG_SIGNATURE
from ..system.regular import open_file
from .chunks import MOST_CHUNKS

LARGEST = 2 * 1024 * 1024
"""Bytes of one text, unpacked; a ComfyUI workflow of a thousand nodes has about 1 MB."""
_KEYWORDS = ("parameters", "prompt", "workflow")
_EXIF_BYTES = 4 * 1024 * 1024
_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286
_CODES = {b"ASCII\0\0\0": "ascii", b"\0" * 8: "utf-8"}


def read_texts(source: object) -> dict[str, str]:
    """Return the texts of a file's path, its bytes, or an opened Pillow image, by A1111's and ComfyUI's own names."""
    try:
        if isinstance(source, bytes | bytearray):
            return _read(io.BytesIO(bytes(source)))
        if isinstance(source, str | Path):
            with open(source, "rb", opener=open_file) as file:
                return _read(file)
        return _of_image(getattr(source, "info", None))
    except (OSError, ValueError, struct.error, zlib.error):
        return {}


def _read(file: BinaryIO) -> dict[str, str]:
    head = file.read(12)
    if head.startswith(PNG_SIGNATURE):
        file.seek(len(PNG_SIGNATURE))
        return _of_png(file)
    if head.startswith(b"\xff\xd8\xff"):
        file.seek(2)
        return _of_exif(_in_jpeg(file))
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return _of_exif(_in_webp(file))
    return {}


def _of_image(info: object) -> dict[str, str]:
    if not isinstance(info, Mapping):
        return {}
    found = {name: str(text) for name in _KEYWORDS if isinstance(text := info.get(name), str) and len(text) <= LARGEST}
    exif = info.get("exif")
    return found or (_of_exif(exif) if isinstance(exif, bytes) else {})


def _of_png(file: BinaryIO) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, length in _chunks(file):
        if name == b"eXIf" and not found and length <= _EXIF_BYTES:
            found |= _of_exif(file.read(length))
        elif name in (b"tEXt", b"zTXt", b"iTXt"):
            body = file.read(min(length, LARGEST + 200))
            keyword, _, rest = body.partition(b"\0")
            word = keyword.decode("latin-1")
            if word in _KEYWORDS and word not in found and length <= LARGEST + 100:
                found[word] = _text(name, rest)
    return {word: text for word, text in found.items() if text}


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield name and length of each chunk, the file standing at its body."""
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            return
        length, name = struct.unpack(">I4s", head)
        start = file.tell()
        if not name.isalpha() or name == b"IEND":
            return
        yield name, length
        file.seek(start + length + 4)


def _text(name: bytes, rest: bytes) -> str:
    if name == b"tEXt":
        return _words(rest, "latin-1")
    if name == b"zTXt":
        return _words(_unpacked(rest[1:]), "latin-1")
    packed, (_, _, text) = rest[:1] == b"\1", [*rest[2:].split(b"\0", 2), b"", b""][:3]
    return _words(_unpacked(text) if packed else text, "utf-8")


def _words(data: bytes, encoding: str) -> str:
    """Read a text; some tools put UTF-8 where the format says latin-1."""
    if encoding == "latin-1" and not data.isascii():
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return data.decode(encoding, "replace")


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    found = unpacker.decompress(data, LARGEST + 1)
    if len(found) > LARGEST:
        raise ValueError("the text is too large")
    return found


def _in_jpeg(file: BinaryIO) -> bytes:
    """Return the EXIF block of a JPEG, which stands before its pixels."""
    for _ in range(1000):
        marker = file.read(4)
        if len(marker) < 4 or marker[0] != 0xFF or marker[1] in (0xDA, 0xD9):
            return b""
        length = struct.unpack(">H", marker[2:])[0] - 2
        if length < 0:
            return b""
        body = file.read(length)
        if marker[1] == 0xE1 and body.startswith(b"Exif\0\0"):
            return body
    return b""


def _in_webp(file: BinaryIO) -> bytes:
    for _ in range(1000):
        head = file.read(8)
        if len(head) < 8:
            return b""
        name, length = head[:4], struct.unpack("<I", head[4:])[0]
        if name == b"EXIF":
            return file.read(min(length, _EXIF_BYTES))
        file.seek(length + length % 2, io.SEEK_CUR)
    return b""


def _of_exif(block: bytes) -> dict[str, str]:
    """Return A1111's UserComment, and what ComfyUI's nodes put behind `prompt:` and `workflow:` into other tags."""
    if not block or len(block) > _EXIF_BYTES:
        return {}
    found: dict[str, str] = {}
    exif = Image.Exif()
    try:
        exif.load(block if block.startswith(b"Exif\0\0") else b"Exif\0\0" + block)
        tags = list(exif.values())
        comment = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT)
    except Exception:  # noqa: BLE001  # what Pillow raises for a damaged block differs from version to version
        return {}
    for value in tags:
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        word, colon, rest = text.partition(":") if isinstance(text, str) else ("", "", "")
        if colon and word.lower() in ("prompt", "workflow") and len(rest) <= LARGEST:
            found.setdefault(word.lower(), rest.strip("\0 "))
    if isinstance(comment, bytes) and len(comment) <= LARGEST and (text := _comment(comment)):
        found["parameters"] = text
    elif isinstance(comment, str) and comment:
        found["parameters"] = comment
    return found


def _comment(data: bytes) -> str:
    """Read a UserComment: eight bytes name its encoding, and UTF-16 is written in either order of bytes."""
    code, body = data[:8], data[8:]
    if code.startswith(b"UNICODE"):
        low = body[: 2 * (len(body) // 2)]
        big = low[0::2].count(0) >= low[1::2].count(0)
        return low.decode("utf-16-be" if big else "utf-16-le", "replace").strip("\0\ufeff")
    return body.decode(_CODES.get(code, "utf-8"), "replace").strip("\0")
