"""Put a Record into a PNG file and find it there, byte by byte: pixels and the service's own chunks stay as they are.

Called by `save` and `paste`, and by whoever reads a Record back.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from ..images import PNG_SIGNATURE, Chunk, picture_type, png_chunks
from ..images.profiles import fits, profile_of
from ..store.buckets import is_local_copy
from ..system.regular import open_file
from .other_tools import write_a1111
from .record import Record

KEYWORD = b"bailian_nb"
MAX_RECORD_BYTES = 1024 * 1024
MOST_CHUNKS = 200_000
"""A picture of the largest size in the smallest chunks that encoders write has fewer."""
_HEAD = KEYWORD + b"\0\0\0\0\0"  # keyword, no compression, no language, no translated keyword
# Bound to the pixels, palette or frames of one encoding; every other ancillary chunk outlives a new encoding.
_OF_THE_PIXELS = {b"tRNS", b"sBIT", b"bKGD", b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT"}
_OF_THE_COLORS = {b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"mDCV", b"cLLI"}


def embed(data: bytes, record: Record, *, a1111: bool = False) -> bytes:
    """Return the PNG with the Record as an iTXt chunk before IEND and nothing else changed.

    `a1111` puts the text of that tool behind the header, where it is found without a look at the pixels.
    """
    header, *_, end = png_chunks(data)
    # JSON has an escape for the lone surrogates that UTF-8 has no bytes for.
    text = record.to_json().encode("utf-8", "backslashreplace")
    other = _a1111_chunk(record) if a1111 else b""
    body = data[: header.end] + other + data[header.end : end.start]
    return body + make_chunk(b"iTXt", _HEAD + text) + data[end.start :]


def _a1111_chunk(record: Record) -> bytes:
    values = record.values
    strength, negative = values.get("strength"), values.get("negative_prompt")
    text = write_a1111(
        prompt=record.prompt,
        negative=negative if isinstance(negative, str) else "",
        seed=record.seed,
        size=record.size,
        model=record.model,
        strength=strength if isinstance(strength, int | float) else None,
        version=f"bailian_nb {record.version}",
    )
    return make_chunk(b"iTXt", b"parameters\0\0\0\0\0" + text.encode("utf-8", "backslashreplace"))


def extract(data: bytes) -> tuple[bytes, bytes] | None:
    """Return the last Record's JSON and the file without what `embed` put in; None where there is none."""
    found = None
    for chunk in png_chunks(data):
        if chunk.name == b"iTXt" and data.startswith(_HEAD, chunk.start + 8):
            found = chunk
    if found is None:
        return None
    text = data[found.start + 8 + len(_HEAD) : found.end - 4]
    return text, _without_a1111(data[: found.start], text) + data[found.end :]


def _without_a1111(before: bytes, text: bytes) -> bytes:
    """Return what stands before a Record without the text for other tools that was made from it."""
    try:
        chunk = _a1111_chunk(Record.from_json(text))
    except ValueError:
        return before
    behind_header = len(PNG_SIGNATURE) + 12 + struct.unpack_from(">I", before, len(PNG_SIGNATURE))[0]
    if not before.startswith(chunk, behind_header):
        return before
    return before[:behind_header] + before[behind_header + len(chunk) :]


def read_record(path: Path | str) -> Record | None:
    """Return the Record in a picture, else the one beside it as JSON, None where neither can be read.

    No pixel is decoded, and whatever the file holds, nothing is raised for it.
    """
    path = Path(path)
    for text in (_inside(path), _beside(path)):
        if text is None or len(text) > MAX_RECORD_BYTES:
            continue
        try:
            record = Record.from_json(text)
        except ValueError:
            continue
        return _addressed(path, record) if is_local_copy(path) and not record.address else record
    return None


def _addressed(path: Path, record: Record) -> Record:
    """Return the Record with the address and the owner that the one beside it names."""
    try:
        beside = Record.from_json(_beside(path) or b"")
    except ValueError:
        return record
    return replace(record, address=beside.address, owner=beside.owner)


def carried(data: bytes, image: Image.Image, *, profile: bytes | None = None) -> tuple[bytes, bytes]:
    """Return the chunks that a new PNG made from this file must carry: those before the pixels, those after.

    From a PNG they are its own bytes; from another format labels (XMP, EXIF, comment) and the colour profile are
    rewritten as chunks. A profile goes along where it is one for RGB, as all that we derive. Another `profile` takes
    the place of all that the file says of its colours, b"" leaves nothing.
    """
    if profile is not None:
        before, after = _carried(data, image)
        own = make_chunk(b"iCCP", b"profile\0\0" + zlib.compress(profile)) if profile else b""
        return own + _without_colors(before), _without_colors(after)
    return _carried(data, image)


def _without_colors(chunks: bytes) -> bytes:
    left, start = b"", 0
    while start < len(chunks):
        end = start + 12 + struct.unpack_from(">I", chunks, start)[0]
        left += b"" if chunks[start + 4 : start + 8] in _OF_THE_COLORS else chunks[start:end]
        start = end
    return left


def _carried(data: bytes, image: Image.Image) -> tuple[bytes, bytes]:
    if picture_type(data) == "png":
        before, after = b"", b""
        pixels_seen = False
        for chunk in png_chunks(data):
            if chunk.name == b"IDAT":
                pixels_seen = True
            if not chunk.name[0] & 0x20 or chunk.name in _OF_THE_PIXELS or _is_ours(data, chunk):
                continue
            if chunk.name == b"iCCP" and not fits(image.info.get("icc_profile", b""), "RGB"):
                continue
            raw = data[chunk.start : chunk.end]
            before, after = (before, after + raw) if pixels_seen else (before + raw, after)
        return before, after
    return _rewritten(image), b""


def assemble(plain: bytes, before: bytes, after: bytes) -> bytes:
    """Return a fresh PNG's critical chunks with carried ones around its pixels."""
    parts = [PNG_SIGNATURE]
    pixels_seen = False
    for chunk in png_chunks(plain):
        if chunk.name == b"IDAT" and not pixels_seen:
            pixels_seen = True
            parts.append(before)
        if chunk.name == b"IEND":
            parts.append(after)
        if not chunk.name[0] & 0x20:
            parts.append(plain[chunk.start : chunk.end])
    return b"".join(parts)


def carried_labels(plain: bytes, sources: Sequence[Path], *, words: str = "") -> bytes:
    """Return a fresh PNG with the text labels (such as AIGC) of the PNG files that it was made from, each once.

    `words` say what the picture shows, for who cannot read that from it.
    """
    labels: dict[bytes, None] = {}
    if words:
        text = words.encode("utf-8", "backslashreplace")[:MAX_RECORD_BYTES]
        labels[make_chunk(b"iTXt", b"Description\0\0\0\0\0" + text)] = None
    for source in sources:
        try:
            data = source.read_bytes()
        except OSError:
            continue
        if picture_type(data) != "png":
            continue
        for chunk in png_chunks(data):
            if chunk.name in (b"tEXt", b"iTXt", b"zTXt") and not _is_ours(data, chunk):
                labels[data[chunk.start : chunk.end]] = None
    return assemble(plain, b"", b"".join(labels))


def make_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _is_ours(data: bytes, chunk: Chunk) -> bool:
    return chunk.name == b"iTXt" and data.startswith(KEYWORD + b"\0", chunk.start + 8)


def _rewritten(image: Image.Image) -> bytes:
    info, made = image.info, b""
    if image.mode in ("RGB", "RGBA", "P") and (profile := profile_of(image)):
        made += make_chunk(b"iCCP", b"profile\0\0" + zlib.compress(profile))
    if isinstance(exif := info.get("exif"), bytes):
        made += make_chunk(b"eXIf", exif.removeprefix(b"Exif\0\0"))
    xmp = info.get("xmp")
    if isinstance(xmp, bytes | str):
        body = xmp.encode("utf-8", "replace") if isinstance(xmp, str) else xmp
        made += make_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + body)
    if isinstance(comment := info.get("comment"), bytes):
        made += make_chunk(b"tEXt", b"Comment\0" + comment.replace(b"\0", b""))
    return made


def _inside(path: Path) -> bytes | None:
    try:
        with open(path, "rb", opener=open_file) as file:
            return _last_record(file)
    except (OSError, ValueError):
        return None


def _last_record(file: BinaryIO) -> bytes | None:
    """Go from chunk to chunk to the end of a PNG; neither pixels nor texts of others are read, nothing is unpacked."""
    if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        return None
    found = None
    for _ in range(MOST_CHUNKS):
        head = file.read(8 + len(_HEAD))
        if len(head) < 12:
            return None
        length, name = struct.unpack_from(">I4s", head)
        if not name.isalpha():
            return None
        if name == b"IEND":
            break
        start = file.tell() - len(head) + 8
        if name == b"iTXt" and head.startswith(_HEAD, 8):
            found = start + len(_HEAD), length - len(_HEAD)
        file.seek(start + length + 4)
    else:
        return None
    if found is None:
        return None
    file.seek(found[0])
    return file.read(min(found[1], MAX_RECORD_BYTES + 1))


def _beside(path: Path) -> bytes | None:
    try:
        with open(path.with_suffix(".json"), "rb", opener=open_file) as file:
            return file.read(MAX_RECORD_BYTES + 1)
    except (OSError, ValueError):
        return None
