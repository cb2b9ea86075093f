"""Pictures that say in some way how they lie, and whether Chromium turns them: `tests/browser` asks it."""

from __future__ import annotations

import io
import struct
from typing import Any

from PIL import Image, PngImagePlugin, features

SIZE, TURNED_SIZE = (64, 40), (40, 64)
_ABOUT = 'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" rdf:about=""'
_RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


def exif(orientation: int) -> bytes:
    found = Image.Exif()
    found[0x0112] = orientation
    return found.tobytes()


def xmp(orientation: int, *, element: bool = False) -> bytes:
    inner = f"<tiff:Orientation>{orientation}</tiff:Orientation>" if element else ""
    attribute = "" if element else f' tiff:Orientation="{orientation}"'
    description = f"<rdf:Description {_ABOUT}{attribute}>{inner}</rdf:Description>"
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {_RDF}>{description}</rdf:RDF></x:xmpmeta>'.encode()


def _file(kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image = Image.new("RGB", SIZE, "red")
    image.paste((250, 250, 250), (0, 0, 20, 12))
    image.save(file, kind, **options)
    return file.getvalue()


def _with_text(keyword: str, text: str, *, international: bool = False) -> bytes:
    info = PngImagePlugin.PngInfo()
    (info.add_itxt if international else info.add_text)(keyword, text)
    return _file("PNG", pnginfo=info)


def _exif_last() -> bytes:
    """Move a PNG's eXIf chunk behind its pixels."""
    data = _file("PNG", exif=exif(6))
    chunks, start = [], 8
    while start < len(data):
        end = start + 12 + struct.unpack_from(">I", data, start)[0]
        chunks.append(data[start:end])
        start = end
    (moved,) = [chunk for chunk in chunks if chunk[4:8] == b"eXIf"]
    rest = [chunk for chunk in chunks if chunk is not moved]
    return data[:8] + b"".join([*rest[:-1], moved, rest[-1]])


def orientations() -> dict[str, tuple[bytes, bool]]:
    """Return files by name, each with whether Chromium shows it turned by 90 degrees."""
    raw = b"Exif\0\0" + exif(6).removeprefix(b"Exif\0\0")
    found = {
        "jpeg with EXIF": (_file("JPEG", exif=exif(6)), True),
        "jpeg with EXIF 5": (_file("JPEG", exif=exif(5)), True),
        "jpeg with EXIF 9": (_file("JPEG", exif=exif(9)), False),
        "jpeg with XMP": (_file("JPEG", xmp=xmp(6)), False),
        "jpeg with an element of XMP": (_file("JPEG", xmp=xmp(6, element=True)), False),
        "jpeg whose EXIF says 1 and XMP 6": (_file("JPEG", exif=exif(1), xmp=xmp(6)), False),
        "jpeg whose EXIF says 6 and XMP 1": (_file("JPEG", exif=exif(6), xmp=xmp(1)), True),
        "png with EXIF": (_file("PNG", exif=exif(6)), True),
        "png with EXIF behind the pixels": (_exif_last(), False),
        "png with XMP": (_with_text("XML:com.adobe.xmp", xmp(6).decode(), international=True), False),
        "png with ImageMagick's text": (
            _with_text("Raw profile type exif", f"\nexif\n{len(raw):8}\n{raw.hex()}\n"),
            False,
        ),
        "webp with EXIF": (_file("WEBP", exif=exif(6)), False),
        "webp with XMP": (_file("WEBP", xmp=xmp(6)), False),
    }
    if features.check("avif"):
        found["avif with EXIF"] = (_file("AVIF", exif=exif(6)), True)
    return found
