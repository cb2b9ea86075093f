"""Where there is writing in a picture, found by its looks, and that writing in another language.

`product` draws translations by it, `inputs` asks whether there is any writing at all.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

from .canvas import dice
from .quality import darkest, lightest, unmark

Box = tuple[int, int, int, int]

_CELLS = 60
"""Cells along the longer side in which strokes are counted."""
_FEWEST = 4
"""Cells with strokes that make a word."""
_CONTRAST = 100
_NEAR = 28
"""Levels around the lightest and the darkest of a place: writing has next to nothing between them, fur and wood do."""
_TWO_TONES = 0.78


def writing(image: Image.Image) -> Box | None:
    """Return the box around all writing, None where there is none: thin strokes of one tone on ground of another."""
    _, strokes = unmark(image)
    grey = ImageOps.grayscale(image)
    reach = max(4, max(image.size) // _CELLS)
    low, high = darkest(grey, reach), lightest(grey, reach)
    strong = _where(ImageChops.subtract(high, low), _CONTRAST)
    toned = ImageChops.lighter(_below(ImageChops.subtract(grey, low)), _below(ImageChops.subtract(high, grey)))
    plain = _where(toned.filter(ImageFilter.BoxBlur(reach)), round(_TWO_TONES * 255))
    letters = ImageChops.darker(ImageChops.darker(strokes, strong), plain)
    cells = letters.resize((max(1, image.width // reach), max(1, image.height // reach)), Image.Resampling.BOX)
    dense = _where(cells, 80).filter(ImageFilter.MedianFilter(3))
    box = dense.getbbox()
    if box is None or dense.histogram()[255] < _FEWEST:
        return None
    across, down = image.width / cells.width, image.height / cells.height
    left, top, right, bottom = box
    return (
        max(0, round((left - 1.5) * across)),
        max(0, round((top - 1.5) * down)),
        min(image.width, round((right + 2) * across)),
        min(image.height, round((bottom + 2) * down)),
    )


def rewritten(image: Image.Image, box: Box, language: str) -> Image.Image:
    """Return the picture with `language` in brackets in the place of its writing, and lines that stand for words."""
    part = image.crop(box)
    tones = part.quantize(8).convert("RGB").getcolors() or []
    by_count = [tone for _, tone in sorted(tones, reverse=True, key=lambda each: each[0])]
    ground = _channels(by_count[0])
    ink = max((_channels(tone) for tone in by_count), key=lambda tone: sum(map(abs, map(int.__sub__, tone, ground))))
    page = Image.new("RGB", part.size, ground)
    pen = ImageDraw.Draw(page)
    height = max(10, min(part.height * 2 // 5, part.width // 6))
    font = ImageFont.load_default(height)
    pen.text((height // 3, height // 6), f"[{language}]", fill=ink, font=font)
    rng, line = dice("words", language, part.size), max(3, height // 4)
    left, top = round(pen.textlength(f"[{language}]", font)) + height, height // 2
    while top + line < part.height:
        for _ in range(8):
            wide = rng.randrange(line * 2, line * 8)
            if left + wide > part.width - line:
                break
            pen.rounded_rectangle((left, top, left + wide, top + line), line // 2, fill=ink)
            left += wide + line * 2
        left, top = height // 3, top + height
    done = image.copy()
    done.paste(page, box[:2])
    return done


def _channels(tone: object) -> tuple[int, int, int]:
    red, green, blue = tone if isinstance(tone, tuple) else (0, 0, 0)
    return int(red), int(green), int(blue)


def _where(image: Image.Image, above: int) -> Image.Image:
    return image.point([255 if v > above else 0 for v in range(256)])


def _below(image: Image.Image) -> Image.Image:
    return image.point([255 if v < _NEAR else 0 for v in range(256)])
