"""Tell what a mask's pixels mean: white is edited, and whatever else somebody painted is never lost in silence.

`mask_input` and `Mask.from_image` read every mask by `two_valued`. What has one reading is taken: black and white, 0
and 1, one grey or colour on black, soft edges. What has several (colours, labels, areas of grey, transparency) is
refused with the values that were found and the call that says what is meant; `mask_picks` carries it out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from operator import sub
from typing import Any

from PIL import Image, ImageChops

from ..errors import InvalidRequest
from ..system.language import mark, sentence
from .encode import flat, to_grey
from .mask_areas import faint_areas, flat_areas
from .mask_picks import TOLERANCE
from .pixel_values import (
    FEW,
    Color,
    Value,
    colors_found,
    count_values,
    extremes,
    ground_color,
    ground_value,
    hex_of,
    least_and_most,
    main_colors,
    percent,
    shares,
    spelled,
    to_8_bit,
    where_equal,
)
from .sources import refusal

_GREY_SPREAD = 24
"""Channels that differ by no more are grey: what compression leaves of black and white."""
_MIDDLE = range(32, 224)
_MOST_MIDDLE = 0.2
"""Share of mid grey pixels above which a picture is a photo and no mask with soft edges."""
_MOST_LABELS = 256
"""Numbers above 255 that are more than these are 16-bit shades."""
_MAIN, _MOSTLY = 4, 0.6
"""A picture is a photo where its largest colours fill no more than that share of it."""
_NOISE = 16
"""Levels below this in a picture of many shades are the grain of black."""
_READING = mark("white is edited, black is kept")


def two_valued(
    picture: Image.Image, label: str = "mask", *, lossy: bool = False, by_brightness: bool = False
) -> tuple[Image.Image, tuple[str, ...]]:
    """Return mode L with 0 and 255 only, and what was changed for that.

    Parameters
    ----------
    lossy
        True for a JPEG, whose black and white are not exact.
    by_brightness
        Who calls has said that bright means white: transparent pixels count as black, and a photo is cut at 128.

    Raises
    ------
    InvalidRequest
        When colours, labels, areas of grey or transparency leave open what should be edited.
    """
    picture = _opaque(picture, label, by_brightness=by_brightness)
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _deep(picture, label, by_brightness=by_brightness)
    if picture.mode not in ("1", "L") and (read := _colored(picture, label)):
        return read
    return _grey(to_grey(picture), label, lossy=lossy, by_brightness=by_brightness)


def _opaque(picture: Image.Image, label: str, *, by_brightness: bool) -> Image.Image:
    """Return the picture without its alpha where that says nothing; refuse where it is what was painted."""
    if not picture.has_transparency_data:
        return picture
    alpha = picture.convert("RGBA").getchannel("A")
    if alpha.getextrema() == (255, 255):
        return picture.convert({"LA": "L", "RGBA": "RGB"}.get(picture.mode, picture.mode))
    white = extremes(least_and_most(flat(picture, "white"))[0])[0] >= _MIDDLE.stop
    if by_brightness and white:  # white paint on nothing: what is bright is what is opaque
        return flat(picture, "black")
    opaque = sum(alpha.histogram()[128:]) / (alpha.width * alpha.height)
    raise refusal(
        "mask",
        sentence(
            "{label} has transparent pixels, which tools read both ways; Mask.from_alpha(picture) "
            "edits what is opaque, with invert=True what is transparent; found: {percent} opaque, "
            "{percent2} transparent",
            label=label,
            percent=percent(opaque),
            percent2=percent(1 - opaque),
        ),
    )


def _colored(picture: Image.Image, label: str) -> tuple[Image.Image, tuple[str, ...]] | None:
    """Read a picture that holds colours, None where it is one of greys or a photo."""
    pixels = picture.convert("RGB")
    least, most = least_and_most(pixels)
    if extremes(ImageChops.subtract(most, least))[1] <= _GREY_SPREAD:
        return None
    colors, exact = main_colors(pixels)
    if not exact and sum(share for share, _ in colors[:_MAIN]) < _MOSTLY:
        return None
    if len(colors) == 2 and (0, 0, 0) in (both := [color for _, color in colors]):
        (only,) = [color for color in both if color != (0, 0, 0)]
        return most.point([0] + [255] * 255), (
            sentence("{hex_of}, the only color on black, read as white", hex_of=hex_of(only)),
        )
    ground = ground_color(pixels, (color for _, color in colors), TOLERANCE)
    named = [f'"{hex_of(color)}"' for color in _apart(colors, ground)]
    call = (
        sentence("Mask.from_image(picture, color={named}) edits one", named=named[0])
        if named
        else sentence("Mask.from_image(picture, color=...)")
    )
    several = sentence("; several by color=[{names}]", names=", ".join(named[:2])) if len(named) > 1 else ""
    by_number = sentence(", a palette entry by label=") if picture.mode == "P" else ""
    raise refusal(
        "mask",
        sentence(
            "{label} holds colors: {colors_found}; {reading}; {call}{several}{by_number}",
            label=label,
            colors_found=colors_found(pixels),
            reading=sentence(_READING),
            call=call,
            several=several,
            by_number=by_number,
        ),
    )


def _apart(colors: Iterable[tuple[float, Color]], ground: Color | None) -> list[Color]:
    """Return colours that may be the paint, without those that an edge or compression makes of others.

    Black and white are none, unless they stand on a ground of a colour: then that is none.
    """
    plain: list[Color] = [(0, 0, 0), (255, 255, 255)]
    if ground is not None and all(max(map(abs, map(sub, ground, each))) > TOLERANCE for each in plain):
        plain = [ground]
    found: list[Color] = []
    for _, color in colors:
        others = [*plain, *found]
        if all(max(abs(a - b) for a, b in zip(color, other, strict=True)) > 2 * TOLERANCE for other in others):
            found.append(color)
    return found


def _grey(grey: Image.Image, label: str, *, lossy: bool, by_brightness: bool) -> tuple[Image.Image, tuple[str, ...]]:
    counts = {level: count for level, count in enumerate(grey.histogram()) if count}
    pixels = grey.width * grey.height
    if set(counts) <= {0, 255}:
        return grey, ()
    if (len(counts) == 2 and 0 in counts) or set(counts) == {1}:
        return grey.point([0] + [255] * 255), (sentence("values 0 and {max} read as 0 and 255", max=max(counts)),)
    exact = len(counts) <= FEW and not lossy
    if len(counts) > 1 and max(counts) < (128 if exact else _MIDDLE.start) and not lossy:
        raise _several_labels(label, counts, ground_value(grey))
    middle = sum(count for level, count in counts.items() if level in _MIDDLE)
    photo = middle > _MOST_MIDDLE * pixels
    if photo and not by_brightness:
        raise refusal(
            "mask",
            sentence(
                "{label} is mid grey in {number:.0f} % of its pixels, so it looks like a photo; "
                "{reading}; Mask.from_image(picture, threshold=128) cuts it on purpose; found: {shares}",
                label=label,
                number=100 * middle / pixels,
                reading=sentence(_READING),
                shares=shares(counts),
            ),
        )
    if (exact or not photo) and (areas := _own_areas(grey, min(counts), exact=exact)):
        raise _several_areas(label, counts, areas, exact=exact)
    changed = pixels - counts.get(0, 0) - counts.get(255, 0)
    return grey.point([0] * 128 + [255] * 128), (sentence("{changed} grey pixels cut at 128", changed=changed),)


def _own_areas(grey: Image.Image, darkest: int, *, exact: bool) -> Mapping[int, int]:
    """Return grey levels that are no soft edge of white, with their pixels: flat areas, or paint that no white touches.

    The darkest level is the ground where it is nearly black.
    """
    ground = darkest if darkest < _MIDDLE.start else 0
    areas = flat_areas(grey, range(ground + 1 if exact else _MIDDLE.start, _MIDDLE.stop))
    return areas or faint_areas(grey, least=ground + 1 if exact else max(ground + 1, _NOISE), exact=exact)


def _several_areas(label: str, counts: Mapping[int, int], areas: Mapping[int, int], *, exact: bool) -> InvalidRequest:
    level = max(areas, key=lambda each: areas[each])
    number = sentence(", label={level} edits that value", level=level) if exact else ""
    share = percent(areas[level] / sum(counts.values()))
    return refusal(
        "mask",
        sentence(
            "{label} holds areas that are neither black nor white ({level} in {share} of its "
            "pixels); {reading}; Mask.from_image(picture, threshold={level}) edits from {level} "
            "up{number}; found: {shares}",
            label=label,
            level=level,
            share=share,
            reading=sentence(_READING),
            number=number,
            shares=shares(counts),
        ),
    )


def _several_labels(label: str, counts: Mapping[Any, int], ground: Value | None) -> InvalidRequest:
    own = sorted((value for value in counts if value and value != ground), key=lambda value: -counts[value])
    one = own[0] if own else 1
    several = sentence("; label={sorted} several", sorted=sorted(own[:3])) if len(own) > 1 else ""
    return refusal(
        "mask",
        sentence(
            "{label} holds labels and no white: {shares}; {reading}; Mask.from_image(picture, "
            "label={one}) edits one{several}",
            label=label,
            shares=shares(counts),
            reading=sentence(_READING),
            one=one,
            several=several,
        ),
    )


def _deep(picture: Image.Image, label: str, *, by_brightness: bool) -> tuple[Image.Image, tuple[str, ...]]:
    """Read 16 bits, 32 bits and floats: 8-bit values in a wider container, the whole range, or labels."""
    counts = count_values(picture)
    values = set(counts)
    low, high = extremes(picture)
    if picture.mode == "F" and not (_whole(values) or 0 <= low <= high <= 1):
        raise refusal(
            "mask",
            sentence(
                "{label} holds numbers from {low:g} to {high:g}; allowed are 0.0-1.0, 0-255 and whole "
                "labels; give (mask > {number:g}), which is True where to edit",
                label=label,
                low=low,
                high=high,
                number=(low + high) / 2,
            ),
        )
    if len(values) == 2 and 0 in values and high not in (1, 255, 65535):
        white = where_equal(picture, {high})
        return white, (sentence("values 0 and {spelled} read as 0 and 255", spelled=spelled(high)),)
    deep = picture.mode.startswith("I;16") or (picture.mode == "I" and high <= 65535)
    if high > 255 and (not deep or (counts and high < 60_000 and len(values) <= _MOST_LABELS)):
        raise _several_labels(label, counts, ground_value(picture))
    if low < 0:
        raise _several_labels(label, counts, ground_value(picture))
    return _grey(to_8_bit(picture), label, lossy=False, by_brightness=by_brightness)


def _whole(values: Iterable[Value]) -> bool:
    found = list(values)
    return bool(found) and all(math.isfinite(value) and value == int(value) for value in found)
