"""Paste-back: the original outside the mask, the answer inside, with a narrow feathered band inside the mask's edge.

Called by `jobs` after a masked edit was saved as served; the pasted picture is a second file with its own Record.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

from PIL import Image, ImageChops, ImageOps

from ..images import MAX_SERVED_PIXELS, PNG_SIGNATURE, decode
from ..images.encode import smooth
from ..system.language import sentence
from .chunks import assemble, carried, extract
from .colors import matched
from .picture import Picture
from .save import write_picture

FEATHER = 4
"""Width in pixels of the band in which original and answer mix."""
_ALIKE = 0.01
"""How far the proportions of an answer may be off before it is another picture."""


def paste_back(
    original: Image.Image, served: Image.Image, mask: Image.Image, feather: int = FEATHER
) -> tuple[Image.Image, int]:
    """Return the original with the answer inside the mask, and the leak.

    Parameters
    ----------
    original, served, mask
        Of one size; the mask has 255 where the answer belongs and 0 where the original stays, to the bit.
    feather
        The answer's share grows from 1/(feather+1) at the mask's edge to 1, inwards; 0 gives a hard edge.

    Returns
    -------
    picture, leak
        RGB, or RGBA when one of the two is transparent; and how many pixels outside the mask the service had changed.

    Raises
    ------
    ValueError
        When the sizes differ.
    """
    if not original.size == served.size == mask.size:
        raise ValueError(f"original {original.size}, answer {served.size} and mask {mask.size} differ in size")
    mode = "RGBA" if original.has_transparency_data or served.has_transparency_data else "RGB"
    ours, theirs = _as(original, mode), _as(served, mode)
    hard = mask.convert("L").point(lambda level: 255 if level >= 128 else 0)
    return Image.composite(theirs, ours, _weights(hard, feather)), _leak(ours, theirs, hard)


def save_pasted(
    picture: Picture,
    original: Image.Image,
    mask: Image.Image,
    *,
    feather: int = FEATHER,
    embed: bool = True,
    a1111: bool = False,
    kept: bool = False,
) -> tuple[Picture | None, str]:
    """Save `<name>_pasted.png` beside a served picture.

    Parameters
    ----------
    kept
        The model did not know the mask: what it keeps is looked for in the answer first, and where it was moved,
        scaled or lost, nothing is pasted. An answer of the original's proportions is fitted to its size.

    Returns
    -------
    pasted, note
        A Picture whose `path` is the pasted file and whose `raw_path` is the served one (its Record has the leak);
        or None, and one line that says why: the answer has another size, or the product is not where it was.

    Raises
    ------
    OSError
        When a file cannot be read or written; the served picture is untouched.
    """
    data = picture.raw_path.read_bytes()
    found = extract(data) if data.startswith(PNG_SIGNATURE) else None
    data = found[1] if found else data
    served = decode(data, max_pixels=MAX_SERVED_PIXELS)
    if kept and _alike(original.size, served.size):
        served = smooth(served).resize(original.size, Image.Resampling.LANCZOS)
    moved = _moved(original, served, mask) if kept else ""
    if not original.size == served.size == mask.size:
        sizes = [f"{image.width}x{image.height}" for image in (served, original)]
        return None, sentence(
            "not pasted back: the answer has {sizes} pixels, the original {sizes2}", sizes=sizes[0], sizes2=sizes[1]
        )
    if moved:
        return None, sentence("not pasted back: {moved}; what the service made is saved as it came", moved=moved)
    colors = matched(original, served, mask)
    image, leak = paste_back(colors.original, colors.answer, mask, feather)
    image.info = {}
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=4)
    content = assemble(file.getvalue(), *carried(data, served, profile=colors.profile if colors.own else None))
    protected = mask.convert("L").histogram()[:128]
    record = replace(
        picture.record,
        source="pasted",
        leak=leak,
        pixels_protected=sum(protected),
        sha256=hashlib.sha256(content).hexdigest(),
        size=f"{image.width}x{image.height}",
    )
    name = f"{picture.raw_path.stem}_pasted"
    path = write_picture(content, "png", record, picture.raw_path.parent, name, embed=embed, a1111=a1111)
    return Picture(path=path, raw_path=picture.raw_path, record=record, actions=picture.actions), ""


def _alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two sizes differ, and in scale alone, as nearly as whole pixels can."""
    return one != other and abs(one[0] * other[1] / (one[1] * other[0]) - 1.0) < _ALIKE


def _moved(original: Image.Image, served: Image.Image, mask: Image.Image) -> str:
    """Say where what is kept lies in the answer, "" where it lies in its own place."""
    from .register import register  # numpy, which no other part of the gallery needs

    place = register(original, served, ImageOps.invert(mask.convert("L")))
    if place.own:
        return ""
    if not place.found:
        return sentence("the product is not found in the answer (best match {fit:.2f})", fit=place.fit)
    done = [sentence("moved by {dx:+d}, {dy:+d} pixels", dx=place.dx, dy=place.dy)] if place.dx or place.dy else []
    done += [sentence("scaled {scale:.2f} times", scale=place.scale)] if place.scale != 1.0 else []
    return sentence("the product was {names} by the service", names=sentence(" and ").join(done))


def _as(image: Image.Image, mode: str) -> Image.Image:
    image = smooth(image)
    return image if image.mode == mode else image.convert(mode)


def _weights(hard: Image.Image, feather: int) -> Image.Image:
    """Give each pixel its depth below the mask's edge, capped at the feather, as 0 to 255; outside stays 0."""
    box = hard.getbbox()
    if box is None or feather < 1:
        return hard
    margin = (max(box[0] - 1, 0), max(box[1] - 1, 0), min(box[2] + 1, hard.width), min(box[3] + 1, hard.height))
    depth = hard.crop(margin)
    weights = Image.new("L", depth.size)
    for step in range(1, feather + 2):
        share = 255 * step // (feather + 1)
        weights = ImageChops.lighter(weights, ImageChops.darker(depth, Image.new("L", depth.size, share)))
        depth = _eroded(depth)
    whole = Image.new("L", hard.size)
    whole.paste(weights, margin[:2])
    return whole


def _eroded(depth: Image.Image) -> Image.Image:
    """Give each pixel the least of itself and its eight neighbours; Pillow's MinFilter takes ten times as long."""
    for right, down in ((1, 0), (0, 1)):
        width, height = depth.size
        if width <= right or height <= down:
            continue
        low, high = (0, 0, width - right, height - down), (right, down, width, height)
        before, after = depth.crop(low), depth.crop(high)
        depth = depth.copy()
        depth.paste(ImageChops.darker(after, before), high[:2])
        depth.paste(ImageChops.darker(depth.crop(low), after), low[:2])
    return depth


def _leak(ours: Image.Image, theirs: Image.Image, hard: Image.Image) -> int:
    bands = ImageChops.difference(ours, theirs).split()
    worst = bands[0]
    for band in bands[1:]:
        worst = ImageChops.lighter(worst, band)
    changed = worst.point(lambda level: 255 if level else 0)
    return ImageChops.darker(changed, ImageChops.invert(hard)).histogram()[255]
