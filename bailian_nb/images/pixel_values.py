"""Count what values a picture holds, and say them in a few words. The readers of masks call this."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Any

from PIL import Image, ImageChops

from ..system.language import sentence
from .encode import to_grey

Color = tuple[int, int, int]
Value = int | float

FEW = 8
"""More values than these are shades; up to these, each may be one that somebody chose."""
_MOST_NAMED = 24
_SHOWN = 4
_MOST_COLORS = 65_536


def count_values(picture: Image.Image) -> dict[Value, int]:
    """Return how often each value comes, empty when there are very many."""
    if picture.mode in ("L", "P", "1"):
        return {value: count for value, count in enumerate(picture.histogram()) if count}
    bands = _byte_bands(picture)
    filler = [Image.new("L", picture.size)] * (4 - len(bands))
    counted: Any = Image.merge("RGBA", [*bands, *filler]).getcolors(_MOST_COLORS) or []
    form = _FORMS[_form(picture)]
    return {struct.unpack(form, bytes(raw[: len(bands)]))[0]: count for count, raw in counted}


def extremes(picture: Image.Image) -> tuple[Value, Value]:
    low, high = (picture.convert("I") if picture.mode.startswith("I;16") else picture).getextrema()
    assert not isinstance(low, tuple) and not isinstance(high, tuple)  # noqa: PT018 - it has one band
    return low, high


def least_and_most(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    red, green, blue = picture.convert("RGB").split()
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    return least, ImageChops.lighter(ImageChops.lighter(red, green), blue)


def to_8_bit(picture: Image.Image) -> Image.Image:
    """Return mode L: floats of 0-1 and 16-bit levels are scaled, numbers up to 255 are what they are."""
    if picture.mode not in ("I", "F") and not picture.mode.startswith("I;16"):
        return to_grey(picture)
    low, high = extremes(picture)
    if picture.mode == "F" and 0 <= low <= high <= 1:
        return picture.point(lambda value: value * 255 + 0.5).convert("L")
    if high <= 255:
        return (picture if picture.mode == "F" else picture.convert("I")).convert("L")
    return picture.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")


def where_equal(picture: Image.Image, wanted: Iterable[Value]) -> Image.Image:
    """Return white where a picture of 16 or 32 bits has one of the values, to the bit."""
    bands = _byte_bands(picture)
    found = Image.new("L", picture.size)
    for value in wanted:
        try:
            parts = struct.pack(_FORMS[_form(picture)], value if _form(picture) == "F" else int(value))
        except (struct.error, OverflowError):
            continue  # no pixel of this kind can have it
        same = Image.new("L", picture.size, 255)
        for band, part in zip(bands, parts, strict=True):
            same = ImageChops.darker(same, band.point([255 if level == part else 0 for level in range(256)]))
        found = ImageChops.lighter(found, same)
    return found


_FORMS = {"I;16": "<H", "I;16B": ">H", "I": "=i", "F": "=f"}


def _form(picture: Image.Image) -> str:
    return picture.mode if picture.mode in _FORMS else "I;16"


def _byte_bands(picture: Image.Image) -> list[Image.Image]:
    raw, width = picture.tobytes(), struct.calcsize(_FORMS[_form(picture)])
    return [Image.frombytes("L", picture.size, raw[offset::width]) for offset in range(width)]


def main_colors(pixels: Image.Image) -> tuple[list[tuple[float, Color]], bool]:
    """Return colours with their shares, largest first, and whether they are exact; else close ones count as one."""
    counted: Any = pixels.getcolors(_MOST_NAMED)
    exact = counted is not None
    if counted is None:
        counted = pixels.quantize(16, dither=Image.Dither.NONE).convert("RGB").getcolors(_MOST_COLORS)
    total = pixels.width * pixels.height
    return [(count / total, color) for count, color in sorted(counted, reverse=True)], exact


def border(picture: Image.Image) -> Image.Image:
    """Return the pixels along the four edges, in one row."""
    picture = picture.convert("I") if picture.mode.startswith("I;16") else picture
    width, height = picture.size
    turn = Image.Transpose.ROTATE_90
    sides = [picture.crop((0, y, width, y + 1)) for y in (0, height - 1)]
    sides += [picture.crop((x, 0, x + 1, height)).transpose(turn) for x in (0, width - 1)]
    row = Image.new(picture.mode, (sum(side.width for side in sides), 1))
    for number, side in enumerate(sides):
        row.paste(side, (sum(each.width for each in sides[:number]), 0))
    return row


def ground_color(pixels: Image.Image, colors: Iterable[Color], tolerance: int) -> Color | None:
    """Return the one of the colours that more than half of the border has, which is what others were painted on."""
    row = border(pixels)
    counted: Any = row.getcolors(row.width)
    for color in colors:
        near = (
            count for count, own in counted if max(abs(a - b) for a, b in zip(own, color, strict=True)) <= tolerance
        )
        if sum(near) > row.width / 2:
            return color
    return None


def ground_value(picture: Image.Image) -> Value | None:
    """Return the number that more than half of the border has, None where none has."""
    row = border(picture)
    return next((value for value, count in count_values(row).items() if count > row.width / 2), None)


def colors_found(pixels: Image.Image) -> str:
    """Say which colours a picture has, those of the largest areas first, and their shares."""
    colors, exact = main_colors(pixels)
    parts = [f"{hex_of(color)} {percent(share)}" for share, color in colors]
    return _first(parts) if exact else sentence("about {colors}", colors=_first(parts))


def shares(counts: Mapping[Any, int]) -> str:
    total = sum(counts.values()) or 1
    parts = [
        f"{spelled(value)} {percent(count / total)}"
        for value, count in sorted(counts.items(), key=lambda item: -item[1])
    ]
    return _first(parts)


def _first(parts: list[str]) -> str:
    return ", ".join(parts[:_SHOWN]) + (
        sentence(" and {number} more", number=len(parts) - _SHOWN) if len(parts) > _SHOWN else ""
    )


def percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 or share == 0 else f"{max(100 * share, 0.01):.2g} %"


def spelled(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def hex_of(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
