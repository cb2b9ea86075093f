"""Where a product lies in an answer: in its own place under other light, beside it, larger, or nowhere."""

from __future__ import annotations

import numpy
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from bailian_nb.gallery.register import Place, register

SIZE = (900, 700)
BOX = (300, 200, 620, 520)


def goods(seed: int = 1) -> Image.Image:
    rng = numpy.random.default_rng(seed)
    image = Image.fromarray(rng.integers(0, 256, (12, 12, 3), dtype=numpy.uint8)).resize(
        (320, 320), Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 60, 180, 100), fill=(240, 230, 30))
    return image


def scene(seed: int) -> Image.Image:
    rng = numpy.random.default_rng(seed)
    small = rng.integers(0, 256, (14, 18, 3), dtype=numpy.uint8)
    return Image.fromarray(small).resize(SIZE, Image.Resampling.BICUBIC)


def kept() -> Image.Image:
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).ellipse(BOX, fill=255)
    return mask


def placed(ground: Image.Image, dx: int = 0, dy: int = 0, scale: float = 1.0, light: float = 1.0) -> Image.Image:
    side = round(320 * scale)
    middle = (BOX[0] + 160 + dx, BOX[1] + 160 + dy)
    image = ground.copy()
    shape = kept().crop((*BOX[:2], BOX[0] + 320, BOX[1] + 320)).resize((side, side))
    part = ImageEnhance.Brightness(goods()).enhance(light).resize((side, side), Image.Resampling.BICUBIC)
    image.paste(part, (middle[0] - side // 2, middle[1] - side // 2), shape)
    return image


ORIGINAL = placed(scene(2))


LIT = [(seed, light) for seed in range(3, 8) for light in (1.0, 0.7, 1.2)]


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(
    ("seed", "light"), [pytest.param(*each, marks=() if each[0] in (3, 7) else pytest.mark.slow) for each in LIT]
)
def test_a_product_in_its_place_is_its_own_under_any_light(seed: int, light: float) -> None:
    found = register(ORIGINAL, placed(scene(seed), light=light), kept())
    assert found.own
    assert found.fit > 0.9


@pytest.mark.matrix
@pytest.mark.parametrize(("dx", "dy"), [(5, 0), (0, -6), (12, 9), (-80, 40), (150, -90), (-3, 3)])
def test_a_move_is_told_to_the_pixel(dx: int, dy: int) -> None:
    found = register(ORIGINAL, placed(scene(4), dx, dy), kept())
    assert (found.dx, found.dy, found.scale, found.found) == (dx, dy, 1.0, True)


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("scale", [0.8, 0.9, 1.12, 1.25])
def test_another_scale_is_told_nearly(scale: float) -> None:
    found = register(ORIGINAL, placed(scene(4), 20, -10, scale), kept())
    assert not found.own
    assert found.scale == pytest.approx(scale, abs=0.05)


@pytest.mark.seldom
@pytest.mark.parametrize("seed", [4, 5, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(6, 9))])
def test_a_product_that_is_gone_is_not_found(seed: int) -> None:
    found = register(ORIGINAL, scene(seed), kept())
    assert not found.found
    assert not found.own


def test_a_product_of_one_colour_is_told_by_its_colour_alone() -> None:
    plain, other = Image.new("RGB", SIZE, (90, 90, 96)), Image.new("RGB", SIZE, (200, 60, 60))
    assert register(plain, Image.new("RGB", SIZE, (96, 94, 98)), kept()) == Place()
    assert not register(plain, other, kept()).found
