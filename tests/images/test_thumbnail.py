"""What stays in a saved cell is small, whatever it shows."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from bailian_nb.images import jpeg_thumbnail, thumbnail
from bailian_nb.images.lettering import latin

from ..world.each import each

Make = Callable[..., Any]


def shown(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    return image


@pytest.mark.seldom
@pytest.mark.parametrize("count", [1, 2, 5, 16])
def test_even_noise_stays_below_the_limit(count: int, noise: Make) -> None:
    data = jpeg_thumbnail([noise((700, 500))] * count, labels=["seed 1"] * count)
    assert len(data) <= 60_000
    assert max(shown(data).size) <= 512


def test_one_picture_keeps_its_proportions_and_is_not_enlarged() -> None:
    assert shown(jpeg_thumbnail([Image.new("RGB", (1024, 256))])).size == (512, 128)
    assert shown(jpeg_thumbnail([Image.new("RGB", (100, 50))])).size == (100, 50)


def test_transparency_shows_a_checker() -> None:
    small = thumbnail(Image.new("RGBA", (64, 64), (255, 0, 0, 0)))
    assert {small.getpixel((3, 3)), small.getpixel((11, 3))} == {(255, 255, 255), (204, 204, 204)}
    assert thumbnail(Image.new("RGBA", (40, 40), (255, 0, 0, 255))).getpixel((9, 9)) == (255, 0, 0)


@each("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_every_mode_can_be_shown(mode: str) -> None:
    assert thumbnail(Image.new(mode, (600, 300))).size == (512, 256)


def test_16_bit_grey_is_scaled_not_cut() -> None:
    assert thumbnail(Image.new("I;16", (9, 9), 257 * 100)).getpixel((1, 1)) == (100, 100, 100)


def test_the_picture_itself_is_not_touched() -> None:
    image = Image.new("RGB", (1024, 1024))
    jpeg_thumbnail([image])
    assert image.size == (1024, 1024)


def test_a_sheet_places_pictures_in_rows_and_writes_labels() -> None:
    colours = ["red", "lime", "blue"]
    images = [Image.new("RGB", (300, 300), colour) for colour in colours]
    plain = shown(jpeg_thumbnail(images))
    sheet = shown(jpeg_thumbnail(images, labels=["strength 0.25", "seed 2", "x"]))
    assert sheet.height > plain.height - 40
    for image in (plain, sheet):
        width, height = image.size
        centres = [(width // 4, height // 4), (3 * width // 4, height // 4), (width // 4, 3 * height // 4)]
        for (x, y), strongest in zip(centres, range(3), strict=True):
            pixel = image.getpixel((x, y))
            assert isinstance(pixel, tuple)
            assert max(range(3), key=lambda band: pixel[band]) == strongest


def test_labels_without_latin_letters_become_numbers() -> None:
    assert latin("seed 7 猫", 1) == "seed 7"
    assert latin("猫", 3) == "#3"
    assert latin("café １２", 1) == "cafe 12"
    assert latin("a\x1b\tb\n", 1) == "ab"
    assert jpeg_thumbnail([Image.new("RGB", (64, 64))] * 2, labels=["只猫"])


def test_nothing_to_show_is_an_error() -> None:
    with pytest.raises(ValueError, match="no picture"):
        jpeg_thumbnail([])
