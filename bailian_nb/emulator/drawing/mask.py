"""Masked edits: the white area is redrawn, and a few pixels outside it change as well, as with the real service.

`painters` calls `inpaint` for `description_edit_with_mask`.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

from .canvas import NAMED, Canvas, dice, named_colours, says
from .figures import GLASSES, HAT, hat, sunglasses
from .scene import scene

_GRID = 72
"""Cells of the longer side when the largest free rectangle is looked for."""


def inpaint(image: Image.Image, area: Image.Image, prompt: str, seed: int) -> Image.Image:
    """Return `image` with the white of `area` redrawn: a scene of the prompt, or the surroundings without one.

    Outside the white every pixel is the original's.
    """
    box = area.getbbox()
    if box is None:
        return image.copy()
    filled = filled_in(image, area)
    size = (box[2] - box[0], box[3] - box[1])
    if says(prompt, *HAT, *GLASSES):
        filled.paste(_wearing(filled.crop(box), prompt, seed), box[:2])
    elif prompt.strip():
        view = scene(prompt, seed=seed, size=(max(size[0], 48), max(size[1], 48))).crop((0, 0, *size))
        soft = area.crop(box).filter(ImageFilter.GaussianBlur(max(1.0, min(size) / 40)))
        filled.paste(view, box[:2], soft.point([max(0, v - 128) * 2 for v in range(256)]))
    return Image.composite(filled, image, area)


def _wearing(surroundings: Image.Image, prompt: str, seed: int) -> Image.Image:
    """Put the hat or the sunglasses that a prompt names before what surrounds the area."""
    rng = dice("wearing", prompt, seed)
    colour = next(iter(named_colours(prompt)), rng.choice(NAMED[:7])[2])
    canvas = Canvas(surroundings.size, over=surroundings)
    middle = canvas.w * (0.5 + rng.uniform(-0.03, 0.03))
    if says(prompt, *GLASSES):
        sunglasses(canvas, middle, canvas.h * 0.5, min(canvas.w * 0.42, canvas.h * 0.9))
    if says(prompt, *HAT):
        hat(canvas, middle, canvas.h * 0.8, min(canvas.w * 0.36, canvas.h * 0.75), colour)
    return canvas.finish(rng, amount=0)


def leak(image: Image.Image, area: Image.Image, count: int, seed: int) -> None:
    """Change exactly `count` pixels outside the white of `area`, those near its edge first."""
    rng = dice("leak", seed)
    outside = area.point([255] + [0] * 255)
    around = area.filter(ImageFilter.BoxBlur(4)).point([0] + [255] * 255)
    near = ImageChops.darker(outside, around)
    spots = _positions(near)
    if len(spots) < count:
        known = set(spots)
        spots += [spot for spot in _positions(outside) if spot not in known]
    else:
        rng.shuffle(spots)
    for spot in spots[:count]:
        y, x = divmod(spot, image.width)
        pixel = image.getpixel((x, y))
        assert isinstance(pixel, tuple)
        image.putpixel((x, y), tuple(band + 24 if band < 128 else band - 24 for band in pixel))


def roomiest(area: Image.Image) -> tuple[int, int, int, int]:
    """Return the largest upright rectangle that lies in the white of `area`, to the grain of a coarse grid."""
    step = max(1, max(area.size) // _GRID)
    # Every cell that is not wholly white is out, so that the rectangle surely lies inside.
    cells = area.reduce(step).point([0] * 255 + [255])
    width, height = cells.size
    data = cells.tobytes()
    best, heights = (0, (0, 0, 0, 0)), [0] * width
    for y in range(height):
        row = data[y * width : (y + 1) * width]
        heights = [high + 1 if white else 0 for high, white in zip(heights, row, strict=True)]
        for left in range(width):
            low = heights[left]
            for right in range(left, width):
                low = min(low, heights[right])
                if not low:
                    break
                # Text is wide: a long flat rectangle is worth more than a tall one.
                worth = min(right - left + 1, low * 4) * low
                if worth > best[0]:
                    best = (worth, (left * step, (y - low + 1) * step, (right + 1) * step, (y + 1) * step))
    x0, y0, x1, y1 = best[1]
    return x0, y0, min(x1, area.width), min(y1, area.height)


def filled_in(image: Image.Image, area: Image.Image) -> Image.Image:
    """Return `image` with the white of `area` filled from what surrounds it, finer towards the edge."""
    seen = image.convert("RGBA")
    seen.putalpha(area.point([255] + [0] * 255))
    levels = [seen]
    while min(levels[-1].size) > 1:
        last = levels[-1]
        # Averages weigh by alpha; making it full wherever anything was seen lets colour flow into the hole.
        smaller = last.resize(((last.width + 1) // 2, (last.height + 1) // 2), Image.Resampling.BOX)
        smaller.putalpha(smaller.getchannel("A").point([0] + [255] * 255))
        levels.append(smaller)
    whole = levels[-1]
    for level in reversed(levels[:-1]):
        below = whole.resize(level.size, Image.Resampling.BICUBIC)
        below.alpha_composite(level)
        whole = below
    return whole.convert("RGB")


def _positions(outside: Image.Image) -> list[int]:
    """Return the places of all white pixels, in reading order."""
    data, found = outside.tobytes(), []
    at = data.find(b"\xff")
    while at >= 0:
        found.append(at)
        at = data.find(b"\xff", at + 1)
    return found
