"""Show a picture in the larger canvas that it is to grow to, before anything is sent. For dry runs and plans."""

from __future__ import annotations

from PIL import Image, ImageDraw

from .thumbnail import checker, jpeg_thumbnail, thumbnail

_LINE = (220, 60, 40)


def framed(image: Image.Image, size: tuple[int, int], at: tuple[int, int], *, side: int = 512) -> bytes:
    """Return a small JPEG: the picture at `at` in a canvas of `size` pixels, with a checker where it will be drawn."""
    scale = min(1.0, side / max(size))
    canvas = checker((max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
    small = thumbnail(image, max(1, round(max(image.size) * scale)))
    corner = (round(at[0] * scale), round(at[1] * scale))
    canvas.paste(small, corner)
    ends = (corner[0] + small.width - 1, corner[1] + small.height - 1)
    ImageDraw.Draw(canvas).rectangle((*corner, *ends), outline=_LINE)
    return jpeg_thumbnail([canvas], side=side)
