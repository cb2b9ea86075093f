"""What of a picture is kept: a mask from its alpha, and the cut-out that a background service wants.

`planning.keep` calls these. Masks here say what is edited, as everywhere: 0 where the picture is kept.
"""

from __future__ import annotations

from PIL import Image

from ..system.language import sentence
from .encode import smooth, to_png
from .input import Input

OPAQUE = 250
"""From this alpha on a pixel is the product's own; what is more transparent is mixed with its ground."""


def has_alpha(picture: Input) -> bool:
    """Tell whether a picture has something transparent and something opaque."""
    if not picture.data:
        return False
    image = picture.open()
    if not image.has_transparency_data:
        return False
    counts = image.convert("RGBA").getchannel("A").histogram()
    return any(counts[:OPAQUE]) and any(counts[OPAQUE:])


def mask_from_alpha(picture: Input) -> Input:
    """Return the mask that keeps what is opaque."""
    alpha = picture.open().convert("RGBA").getchannel("A")
    grey = alpha.point([255] * OPAQUE + [0] * (256 - OPAQUE))
    return Input.from_bytes(to_png(grey), grey.size, notes=(sentence("from the picture's transparency"),))


def cut_out(picture: Input, mask: Input) -> Input:
    """Return the picture as RGBA with what `mask` keeps alone; one that is transparent already stays as it is."""
    if has_alpha(picture) and picture.open().mode == "RGBA" and picture.mime == "image/png":
        return picture
    image = smooth(picture.open())
    if has_alpha(picture):
        cut = image.convert("RGBA")
    else:
        alpha = mask.open().convert("L").point([255] * 128 + [0] * 128)
        clear = Image.new("RGBA", image.size)
        cut = Image.composite(image.convert("RGBA"), clear, alpha)
        cut.putalpha(alpha)
    notes = (*picture.notes, sentence("cut out by what is kept"))
    return Input.from_bytes(to_png(cut), cut.size, name=picture.name, notes=notes, original_size=picture.original_size)
