"""Make a mask of what a user names: colours, labels, or all that is bright enough. `Mask.from_image` calls this."""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageChops, ImageColor

from ..errors import InvalidRequest
from ..system.language import sentence
from .encode import flat
from .pixel_values import Color, colors_found, count_values, hex_of, shares, to_8_bit, where_equal

TOLERANCE = 32
"""How far each channel of a pixel may lie from a colour that is named, of 255."""


def by_level(picture: Image.Image, threshold: Any) -> Image.Image:
    """Return white where a picture is at least as bright as `threshold`, 0-255; transparent pixels are black."""
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 255:
        raise InvalidRequest(sentence("threshold is a grey level in 0-255, got {threshold!r}", threshold=threshold))
    grey = to_8_bit(flat(picture, "black"))
    return grey.point([255 if level >= threshold else 0 for level in range(256)])


def by_color(picture: Image.Image, color: Any, tolerance: Any = TOLERANCE) -> Image.Image:
    """Return white where an opaque pixel has one of the colours, give or take `tolerance` in each channel.

    Raises
    ------
    InvalidRequest
        When one is no colour, or no pixel has any of them.
    """
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or not 0 <= tolerance <= 255:
        raise InvalidRequest(
            sentence("tolerance is a difference of levels in 0-255, got {tolerance!r}", tolerance=tolerance)
        )
    wanted = _colors(color)
    pixels = picture.convert("RGB")
    found = Image.new("L", picture.size)
    for each in wanted:
        near = Image.new("L", picture.size, 255)
        for band, level in zip(pixels.split(), each, strict=True):
            close = [255 if abs(value - level) <= tolerance else 0 for value in range(256)]
            near = ImageChops.darker(near, band.point(close))
        found = ImageChops.lighter(found, near)
    if picture.has_transparency_data:
        opaque = picture.convert("RGBA").getchannel("A").point([0] * 128 + [255] * 128)
        found = ImageChops.darker(found, opaque)
    if found.getbbox() is None:
        asked = ", ".join(hex_of(each) for each in wanted)
        raise InvalidRequest(
            sentence(
                "no pixel has the color {asked} (tolerance {tolerance:g}); found: {colors_found}",
                asked=asked,
                tolerance=tolerance,
                colors_found=colors_found(pixels),
            )
        )
    return found


def by_label(picture: Image.Image, label: Any) -> Image.Image:
    """Return white where a pixel's own number (palette entry, grey level, integer) is one of the labels.

    Raises
    ------
    InvalidRequest
        When a label is no whole number, the picture has colours instead, or no pixel has any of them.
    """
    wanted = _labels(label)
    numbers = _numbers(picture)
    if numbers.mode in ("L", "P"):
        table = [255 if level in wanted else 0 for level in range(256)]
        found = Image.frombytes("L", numbers.size, numbers.tobytes()).point(table)
    else:
        found = where_equal(numbers, wanted)
    if found.getbbox() is None:
        raise InvalidRequest(
            sentence(
                "no pixel has the label {names}; found: {shares}",
                names=", ".join(map(str, sorted(wanted))),
                shares=shares(count_values(numbers)),
            )
        )
    return found


def _numbers(picture: Image.Image) -> Image.Image:
    """Return the picture in a mode whose values are its labels."""
    if picture.mode == "1":
        return picture.convert("L").point([0] + [1] * 255)
    if picture.mode in ("L", "P", "I", "F") or picture.mode.startswith("I;16"):
        return picture
    bands = picture.convert("RGB").split()
    if picture.has_transparency_data or any(band.tobytes() != bands[0].tobytes() for band in bands[1:]):
        raise InvalidRequest(
            sentence(
                "this picture (mode {mode}) has colors and no labels; found: {colors_found}; name one by color=",
                mode=picture.mode,
                colors_found=colors_found(picture.convert("RGB")),
            )
        )
    return bands[0]


def _colors(given: Any) -> list[Color]:
    """Read a name, a hex value, a tuple of three, or a list of such."""
    several = isinstance(given, list | set | tuple) and not _is_triple(given)
    found = [_color(each) for each in (given if several else [given])]
    if not found:
        raise InvalidRequest(
            sentence("color= names no color; give a name, '#rrggbb' or (red, green, blue), or a list of such")
        )
    return found


def _is_triple(given: Any) -> bool:
    return isinstance(given, list | tuple) and len(given) in (3, 4) and all(_is_level(each) for each in given)


def _is_level(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _color(given: Any) -> Color:
    if _is_triple(given) and all(0 <= level <= 255 for level in given):
        return given[0], given[1], given[2]
    if isinstance(given, str):
        try:
            return ImageColor.getrgb(given.strip())[:3]
        except ValueError:
            pass
    raise InvalidRequest(
        sentence(
            "color must be a name such as 'red', '#rrggbb', (red, green, blue) in 0-255, or a list "
            "of such, got {given!r}",
            given=given,
        )
    )


def _labels(given: Any) -> set[int]:
    several = given if isinstance(given, list | tuple | set | frozenset | range) else [given]
    try:
        found = {each.__index__() for each in several if not isinstance(each, bool)}
    except AttributeError:
        found = set()
    if not found:
        raise InvalidRequest(sentence("label must be a whole number or a list of such, got {given!r}", given=given))
    return found
