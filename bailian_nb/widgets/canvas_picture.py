"""The picture on the painter's canvas: read from whatever a user gives, and made to fit a message to the browser."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from PIL import Image

from ..errors import InvalidRequest
from ..images.thumbnail import thumbnail, visible
from ..masks.flooding import steps
from ..masks.mask import wand_colors
from ..session.open_image import look
from ..system.language import sentence
from .base import MAX_MESSAGE

MAX_SIDE = 8192
"""Larger pictures are refused; the service itself takes 4096 at most."""
ROWS_BYTES = 2_000_000
"""Bytes of the colours that one message brings, before they are deflated: strokes come between such messages."""
PREVIEW_SIDE = 1024
"""Pixels. A picture of this size travels with the widget's state; the browser asks for more pixels where there are."""


@dataclass(frozen=True, kw_only=True)
class CanvasPicture:
    """One picture as the painter needs it.

    Parameters
    ----------
    given
        What `edit` is to be called with: a Picture where a Job was given, the fetched bytes for a URL.
    image
        Its pixels, upright.
    data
        The file's own bytes where the browser can show them as they are, else None.
    host
        Where it was fetched from, "" for what was here.
    """

    given: Any
    image: Image.Image = field(repr=False)
    data: bytes | None = field(default=None, repr=False)
    host: str = ""

    @cached_property
    def small(self) -> Image.Image:
        """The picture as a viewer would show it, with at most 1024 pixels a side."""
        return thumbnail(self.image, PREVIEW_SIDE)

    def preview(self) -> tuple[bytes, bool]:
        """Return a JPEG of at most 1024 pixels a side, and whether it has fewer pixels than the picture."""
        return _jpeg(self.small, 85), self.small.size != self.image.size

    @cached_property
    def _colors(self) -> Image.Image:
        return wand_colors(self.image)

    def color_rows(self, row: int) -> bytes:
        """Return rows of the colours that a wand compares, from `row` on, for one message; nothing behind the last.

        Bytes of red, green and blue, each less the one of the pixel to its left (modulo 256), deflated.
        """
        width, height = self._colors.size
        rows = max(1, ROWS_BYTES // (3 * width))
        part = self._colors.crop((0, row, width, max(row, min(height, row + rows))))
        return zlib.compress(steps(part), 1)

    def full(self) -> bytes:
        """Return the picture for one message: the file itself, else a JPEG, with fewer pixels only where it must."""
        if self.data is not None and len(self.data) <= MAX_MESSAGE:
            return self.data
        image = visible(self.image)
        while True:
            for quality in (92, 85, 75):
                data = _jpeg(image, quality)
                if len(data) <= MAX_MESSAGE:
                    return data
            image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)))


def read_canvas_picture(value: Any) -> CanvasPicture:
    """Read a path, PIL image, array, bytes, Picture, data URL; a Job is waited for, an http(s) URL fetched.

    Raises
    ------
    InvalidRequest
        When it is no picture, has sides beyond 8192 pixels, or is an oss:// URL.
    DownloadError
        When a URL cannot be fetched.
    """
    seen = look(value, "image")
    image = seen.image
    if max(image.size) > MAX_SIDE:
        raise InvalidRequest(
            sentence(
                "the painter takes sides of up to {MAX_SIDE} pixels, got {width}x{height}; shrink it first",
                MAX_SIDE=MAX_SIDE,
                width=image.width,
                height=image.height,
            )
        )
    return CanvasPicture(
        given=seen.given,
        image=image,
        data=seen.data if seen.kind in ("png", "jpeg", "webp") else None,
        host=seen.host,
    )


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()
