"""Tell what bytes are and turn them into pixels without trusting them.

Everything here goes by content, never by a file name. Called wherever bytes become a picture: inputs, downloads,
thumbnails. Pillow's global limits are left alone: they are the user's, and warnings are not safe between threads.
"""

from __future__ import annotations

import importlib
import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from ..system.language import mark, sentence

MAX_PIXELS = 2**27
"""Largest picture that is decoded as a whole: about 500 MB of memory as RGB."""
MAX_GREY_PIXELS = 2**28
"""The same for a picture of one byte a pixel: a mask, which may be as large as the photo of a camera."""
MAX_SHRUNK = {"jpeg": 2**29, "progressive jpeg": 2**28, "HEIF": 2**28}
"""Largest picture of each kind that is decoded to be shrunk: above every camera.

A JPEG is made smaller while it is read; a progressive one keeps all its coefficients in memory meanwhile.
"""

MAX_SERVED_PIXELS = 16384 * 16384
"""The largest documented result: a side of 4096, four times upscaled."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
SUFFIXES = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "bmp": ".bmp", "tiff": ".tif", "gif": ".gif"}
"""What a file of each kind is called by."""
MIME = {kind: f"image/{kind}" for kind in SUFFIXES}
_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)

# Image.open would warn about large pictures before their size can be asked; the plugins themselves do not.
_OPENERS: dict[str, Callable[[io.BytesIO], Image.Image]] = {
    "png": PngImagePlugin.PngImageFile,
    "jpeg": JpegImagePlugin.JpegImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
    "tiff": TiffImagePlugin.TiffImageFile,
    "gif": GifImagePlugin.GifImageFile,
}

# First bytes, what people call it, and Pillow's name where Pillow or one of its plugins may read it.
_OTHERS: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (re.compile(rb".{4}ftyp(heic|heix|hevc|heim|heis|mif1|msf1)", re.DOTALL), "HEIC", "HEIF"),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), "AVIF", "AVIF"),
    (re.compile(rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51"), "JPEG 2000", "JPEG2000"),
    (re.compile(rb"\x00\x00\x01\x00"), "ICO", "ICO"),
    (re.compile(rb"P[1-6]\s"), "PPM", "PPM"),
    (re.compile(rb"\xff\x0a|\x00\x00\x00\x0cJXL "), "JPEG XL", "JXL"),
    (re.compile(rb"8BPS"), "Photoshop", "PSD"),
    (re.compile(rb".{4}ftyp", re.DOTALL), mark("a video"), ""),
    (re.compile(rb"%PDF"), mark("a PDF"), ""),
    (re.compile(rb"PK\x03\x04"), mark("a ZIP archive"), ""),
    (re.compile(rb"version https://git-lfs"), mark("a Git LFS pointer"), ""),
    (re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg", re.DOTALL | re.IGNORECASE), "SVG", ""),
    (re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html)", re.IGNORECASE), mark("an HTML page"), ""),
    (re.compile(rb"(\xef\xbb\xbf)?\s*<"), "XML", ""),
    (re.compile(rb"(\xef\xbb\xbf)?\s*[{\[]"), "JSON", ""),
)


class TooLarge(ValueError):
    """The picture has more pixels than are decoded; it was not."""

    def __init__(self, size: tuple[int, int], most: int) -> None:
        self.size = size
        super().__init__(
            sentence(
                "{size}x{size2} pixels are more than {most}; it was not decoded", size=size[0], size2=size[1], most=most
            )
        )


class Chunk(NamedTuple):
    """One PNG chunk: its name, where it starts (length field) and ends (after the CRC) in the file."""

    name: bytes
    start: int
    end: int


def picture_type(data: bytes) -> str | None:
    """Return "png", "jpeg", "webp", "bmp", "tiff" or "gif" by content, None for anything else."""
    if data.startswith(PNG_SIGNATURE):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:2] == b"BM" and len(data) >= 18 and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "bmp"
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    return None


def describe(data: bytes) -> str:
    """Say in a few words what bytes are that are none of our six formats."""
    if not data:
        return mark("empty")
    head = data[:2048]
    for pattern, word, _ in _OTHERS:
        if pattern.match(head):
            return word
    return mark("text") if _is_text(head) else mark("not a picture")


def instead(data: bytes) -> str:
    """End the sentence that `describe` began: what to give instead."""
    word = describe(data)
    if "LFS" in word:
        return sentence(", not a picture; fetch the file with git lfs pull")
    if word == "HEIC":
        return sentence(
            ", which cannot be read here; pip install pillow-heif (the extra heif), or save it as JPEG or PNG"
        )
    if word == "AVIF":
        return sentence(", which this Pillow cannot read; pip install -U pillow reads it, or save it as JPEG or PNG")
    if any(name and word == known for _, known, name in _OTHERS):
        return sentence(", which cannot be read here; save it as JPEG or PNG")
    return sentence(", not a picture; give a JPEG, PNG, WEBP, BMP or TIFF file")


def other_format(data: bytes) -> str | None:
    """Return Pillow's name of a seventh format that this process can read (AVIF, HEIF by a plugin, ...)."""
    for pattern, _, name in _OTHERS:
        if name and pattern.match(data[:2048]):
            return name if _opener(name) is not None else None
    return None


def _opener(name: str) -> Callable[[io.BytesIO], Image.Image] | None:
    """Return what opens a seventh format: a plugin of Pillow, or pillow-heif, which need not be registered for it."""
    Image.init()
    if name in Image.OPEN:
        return lambda file: Image.open(file, formats=[name])
    if name == "HEIF":
        try:
            opener: Callable[[io.BytesIO], Image.Image] = importlib.import_module("pillow_heif").HeifImageFile
        except ImportError:
            return None
        return opener
    return None


def is_other_picture(data: bytes) -> bool:
    """Tell whether bytes begin as a picture of a format that is none of the six."""
    return any(name and pattern.match(data[:2048]) for pattern, _, name in _OTHERS)


def open_header(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Read the header only.

    Raises
    ------
    ValueError
        When the bytes are no picture; TooLarge when they have more than `max_pixels` pixels.
    """
    kind = picture_type(data)
    opener = _OPENERS[kind] if kind else _opener(other_format(data) or "")
    if opener is None:
        raise ValueError(f"{describe(data)}: not a picture that can be read")
    try:
        image = opener(io.BytesIO(data))
        width, height = image.size
    except Exception as error:
        # Hostile bytes make Pillow's plugins raise anything at all.
        raise ValueError(f"broken {kind or describe(data)} header ({_short(error)})") from error
    if width * height > max_pixels:
        raise TooLarge(image.size, max_pixels)
    return image


def largest_shrunk(header: Image.Image, kind: str) -> int:
    """Return the most pixels of a picture that is decoded to be shrunk."""
    progressive = kind == "jpeg" and header.info.get("progressive")
    return MAX_SHRUNK.get(f"progressive {kind}" if progressive else kind, MAX_PIXELS)


def decode(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Return the picture (its first frame) with all pixels loaded.

    Raises
    ------
    ValueError
        When the bytes are no picture, are cut or broken, or have more than `max_pixels` pixels; those are
        refused before anything is decoded.
    """
    return _loaded(open_header(data, max_pixels=max_pixels), data)


def decode_reduced(data: bytes, side: int) -> Image.Image:
    """Return a very large picture for shrinking it: a JPEG at a half, quarter or eighth, no smaller than `side`.

    Raises
    ------
    ValueError
        As `decode`, with the limits of `MAX_SHRUNK`.
    """
    kind = picture_type(data) or other_format(data) or ""
    image = open_header(data, max_pixels=max(MAX_SHRUNK.values()))
    if image.width * image.height > (most := largest_shrunk(image, kind)):
        raise TooLarge(image.size, most)
    longest = max(image.size)
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, (image.width * side // longest, image.height * side // longest))
    return _loaded(image, data)


def _loaded(image: Image.Image, data: bytes) -> Image.Image:
    try:
        if picture_type(data) == "png":
            for _ in png_chunks(data):
                pass
        image.load()
    except Exception as error:
        # The same as above; one sentence is all that callers need.
        raise ValueError(f"cut off or broken ({_short(error)})") from error
    return image


def png_chunks(data: bytes) -> Iterator[Chunk]:
    """Walk over a PNG file's chunks up to IEND, without decoding any.

    Raises
    ------
    ValueError
        When the file ends before IEND or the checksum of a critical chunk is wrong: Pillow forgives both.
    """
    if not data.startswith(PNG_SIGNATURE):
        raise ValueError("no PNG signature")
    view, start = memoryview(data), len(PNG_SIGNATURE)
    while start + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, start)
        end = start + 12 + length
        if end > len(data):
            break
        critical = not name[0] & 0x20
        if critical and zlib.crc32(view[start + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise ValueError(f"wrong checksum in PNG chunk {name!r}")
        yield Chunk(name, start, end)
        if name == b"IEND":
            return
        start = end
    raise ValueError("the PNG file ends before its IEND chunk")


def frames(image: Image.Image) -> int:
    """Return how many frames or pages the opened file holds."""
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:  # noqa: BLE001 - counting reads on into what may be broken; decode() judges the first frame
        return 1


def _is_text(head: bytes) -> bool:
    try:
        text = head[:1024].decode("utf-8", errors="strict" if len(head) < 1024 else "ignore")
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character.isspace() for character in text)


def _short(error: Exception) -> str:
    line = str(error).splitlines()[0].partition(" (")[0] if str(error).strip() else ""
    return line[:100] or type(error).__name__
