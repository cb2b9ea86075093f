"""What every picture carries: the EMULATOR mark, the watermark that was asked for, and the label inside the file.

`painters` puts them on last.
"""

from __future__ import annotations

import hashlib
import io
import json

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from .canvas import fine

MARK = "EMULATOR"
WATERMARK = "AI Generated"
_SMALLEST = 40
"""Pixels of width below which the mark could not be read and is left out."""

Box = tuple[int, int, int, int]


def mark(image: Image.Image, box: Box, area: Image.Image | None = None) -> Box | None:
    """Draw the mark into the lower left of `box`, only where `area` is white; return where it stands."""
    width, height = box[2] - box[0], box[3] - box[1]
    font, text = _fitting(MARK, width * 0.9, min(height * 0.6, max(14.0, min(image.size) * 0.018)))
    if font is None or text[0] < _SMALLEST:
        return None
    pad = round(text[1] * 0.5)
    gap = min(round(min(width, height) * 0.02), width - text[0] - 2 * pad, height - text[1] - 2 * pad)
    if gap < 0:
        return None
    x, y = box[0] + gap, box[3] - gap - text[1] - 2 * pad
    place = (x, y, x + text[0] + 2 * pad, y + text[1] + 2 * pad)
    layer = image.crop(place)
    _plate(layer, MARK, font, pad)
    image.paste(layer, place[:2], area.crop(place) if area is not None else None)
    return place


def watermark(image: Image.Image) -> None:
    """Write the service's watermark into the lower right corner."""
    font, text = _fitting(WATERMARK, image.width * 0.5, max(11.0, min(image.size) * 0.02))
    if font is None:
        return
    gap = round(min(image.size) * 0.02)
    at = (image.width - text[0] - gap, image.height - text[1] - gap)
    pen = ImageDraw.Draw(image)
    pen.text((at[0] + 1, at[1] + 1), WATERMARK, fill=(0, 0, 0), font=font, anchor="lt")
    pen.text(at, WATERMARK, fill=(255, 255, 255), font=font, anchor="lt")


def png(image: Image.Image, parts: object) -> bytes:
    """Return the PNG file, with a label of generated content such as the service puts in.

    `parts` is what the picture was made of; the label's id follows from it, so equal pictures are equal files.
    """
    number = hashlib.sha256(repr(parts).encode(errors="replace")).hexdigest()[:24]
    label = {"Label": "1", "ContentProducer": MARK, "ProduceID": number, "ReservedCode1": "", "PropagateID": number}
    info = PngInfo()
    info.add_text("AIGC", json.dumps(label))
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=info, compress_level=2 if fine() else 1)
    return out.getvalue()


def _plate(layer: Image.Image, text: str, font: ImageFont.FreeTypeFont, pad: int) -> None:
    """Darken a small rounded plate and write on it."""
    shape = Image.new("L", layer.size)
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, layer.width - 1, layer.height - 1), pad, fill=150)
    layer.paste((16, 14, 26), (0, 0), shape)
    ImageDraw.Draw(layer).text((pad, pad), text, fill=(255, 255, 255), font=font, anchor="lt")


def _fitting(text: str, width: float, height: float) -> tuple[ImageFont.FreeTypeFont | None, tuple[int, int]]:
    """Return the embedded font at the size at which `text` fits, and the size of the text."""
    size = height / 0.72
    for _ in range(3):
        font = ImageFont.load_default(max(4.0, size))
        if not isinstance(font, ImageFont.FreeTypeFont):
            return None, (0, 0)
        left, top, right, bottom = font.getbbox(text, anchor="lt")
        found = (round(right - left), round(bottom - top))
        if found[0] + found[1] <= width:
            return font, found
        size *= 0.97 * width / (found[0] + found[1])
    return None, (0, 0)
