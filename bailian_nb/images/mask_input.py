"""Read one mask for the picture that it belongs to: white is edited, black is kept, nothing stands between.

Called by `planning` beside `read_input`, and by `Mask` for its warning.
"""

from __future__ import annotations

from typing import Any

from PIL import Image

from ..system.language import sentence
from .encode import to_png
from .input import Input
from .mask_values import two_valued
from .reading import LOSSY, load_picture
from .sources import collect, refusal

MUCH = 0.6
"""Share of white above which a mask is probably the wrong way round."""


def read_mask(value: Any, image: Input, *, invert: bool = False) -> Input:
    """Return `value` as a PNG of mode L with 0 and 255 only, as large as `image`.

    Soft edges are cut at 128 and noted; one grey or colour on black counts as white. A mask as large as `image` was
    before `fit=True` shrank it follows by nearest neighbour. A URL is passed on unread, and an `image` that is a URL
    leaves the size unchecked.

    Raises
    ------
    InvalidRequest
        When it is no picture, has another size, is empty, or has more than one reading (transparency, mid greys,
        colours, labels); the values that were found stand in the line, and the call that says what is meant.
    """
    source = collect(value, "mask", numbers=True)
    if source.url:
        if invert:
            raise refusal(
                "mask", sentence("mask is a URL, which is sent unread, so invert=True cannot act; give the file")
            )
        return Input(kind="oss" if source.url.startswith("oss:") else "url", url=source.url, name=source.name)
    picture, data, kind, done = load_picture(source, "mask", numbers=True)
    label = f"mask {source.name}" if source.name else "mask"
    _same_size(picture, image, label)
    grey, notes = two_valued(picture, label, lossy=kind in LOSSY)
    notes = (*done, *notes)
    if invert:
        grey, notes = grey.point(lambda level: 255 - level), (*notes, sentence("inverted"))
    if image.size and grey.size != image.size:
        notes = (
            *notes,
            sentence("shrunk with its picture from {width}x{height}", width=grey.width, height=grey.height),
        )
        grey = grey.resize(image.size, Image.Resampling.NEAREST)
    if grey.getbbox() is None:
        line = (
            sentence("{label} is white everywhere, and what is white stays here, so nothing would change", label=label)
            if invert
            else sentence(
                "{label} has no white pixel, so nothing would be edited; white is edited, black is kept", label=label
            )
        )
        raise refusal("mask", line)
    untouched = data is not None and kind == "png" and picture.mode == "L" and not notes
    warning = mask_warning(grey)
    return Input.from_bytes(
        data if untouched and data is not None else to_png(grey),
        grey.size,
        name=source.name,
        path=source.path,
        notes=notes,
        warnings=(warning,) if warning else (),
    )


def mask_warning(grey: Image.Image) -> str | None:
    """Return a line when a mask of 0 and 255 is mostly white or white along all four edges, else None."""
    width, height = grey.size
    share = grey.histogram()[255] / max(width * height, 1)
    edges = ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height))
    return wrong_way_round(share, framed=all(grey.crop(edge).getextrema() == (255, 255) for edge in edges))


def wrong_way_round(share: float, *, framed: bool) -> str | None:
    """Return the line of `mask_warning` for a share of white and whether all four edges are white."""
    if share <= MUCH and not framed:
        return None
    found = (
        sentence("{number:.0f} % of the mask is white", number=100 * share)
        if share > MUCH
        else sentence("all four edges of the mask are white")
    )
    return sentence(
        "{found}, and white is what will be edited; pass invert=True if the mask means the opposite", found=found
    )


def _same_size(picture: Image.Image, image: Input, label: str) -> None:
    if image.size is None or picture.size in (image.size, image.original_size):
        return
    wanted, given = (f"{width}x{height}" for width, height in (image.size, picture.size))
    line = sentence(
        "{label} has {given} pixels, its picture has {wanted}; both must be the same",
        label=label,
        given=given,
        wanted=wanted,
    )
    if picture.size == image.size[::-1] and any("EXIF" in note for note in image.notes):
        line += sentence(". The picture was turned by its EXIF orientation: draw the mask on the upright picture")
    elif image.original_size:
        line += sentence(
            " (or {original_size}x{original_size2}, as before fit=True)",
            original_size=image.original_size[0],
            original_size2=image.original_size[1],
        )
    raise refusal("mask", sentence("{line}; Mask.like(picture) starts one of the right size", line=line))
