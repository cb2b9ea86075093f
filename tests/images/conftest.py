"""Pictures that the tests of this folder start from."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from bailian_nb.specs import ImageRule


@pytest.fixture
def rule() -> ImageRule:
    """A rule like the edit model's, with sides small enough for quick tests."""
    return ImageRule(
        formats=("jpeg", "png", "bmp", "tiff", "webp"), min_side=32, max_side=256, max_bytes=100_000, source="test"
    )


@pytest.fixture
def noise() -> Callable[..., Image.Image]:
    """Return a maker of pictures that do not compress: (size, mode) -> image."""

    def make(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
        bands = [Image.effect_noise(size, 90) for _ in Image.new(mode, (1, 1)).getbands()]
        return Image.merge(mode, bands) if len(bands) > 1 else bands[0].convert(mode)

    return make


@pytest.fixture
def encoded() -> Callable[..., bytes]:
    """Return a maker of files: (image, format, options) -> bytes."""

    def make(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
        file = io.BytesIO()
        image.save(file, kind, **options)
        return file.getvalue()

    return make
