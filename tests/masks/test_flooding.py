"""Bucket, wand and smooth: the same pixels as the plainest code that says what they mean."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bailian_nb.errors import InvalidRequest
from bailian_nb.masks import Mask
from bailian_nb.masks.flooding import connected

WIDTH, HEIGHT = 37, 29


def plainly(area: Any, x: int, y: int) -> Any:
    """Walk from pixel to pixel."""
    found = np.zeros_like(area)
    found[y, x] = True
    open_ends = deque([(x, y)])
    while open_ends:
        i, j = open_ends.popleft()
        for u, v in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            if 0 <= u < area.shape[1] and 0 <= v < area.shape[0] and area[v, u] and not found[v, u]:
                found[v, u] = True
                open_ends.append((u, v))
    return found


@pytest.fixture
def noise() -> Any:
    return np.random.default_rng(7).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def as_mask(area: Any) -> Mask:
    return Mask.from_image(Image.fromarray(area.astype(np.uint8) * 255))


@pytest.mark.parametrize("share", [0.3, 0.55, 0.6, 0.7, 0.95])
def test_areas_of_noise_hang_together_as_a_walk_finds(share: float) -> None:
    for seed in range(12):
        area = np.random.default_rng(seed).random((HEIGHT, WIDTH)) < share
        y, x = np.argwhere(area)[seed * 5]
        assert (connected(area, x, y) == plainly(area, x, y)).all()


def test_a_spiral_hangs_together_over_all_its_turns() -> None:
    area = np.ones((101, 101), np.bool_)
    for k in range(1, 50, 2):
        area[k : 101 - k, [k, 100 - k]] = area[[k, 100 - k], k : 101 - k] = False
        area[k + 1, k] = True
    assert (connected(area, 0, 0) == plainly(area, 0, 0)).all()
    assert connected(area, 0, 0).sum() > 5000


def test_a_bucket_fills_the_black_area_about_a_pixel_and_takes_a_white_one_away() -> None:
    ring = Mask.like((WIDTH, HEIGHT)).rect(5, 5, 25, 20) - Mask.like((WIDTH, HEIGHT)).rect(7, 7, 23, 18)
    assert ring.flood(10, 10) == Mask.like((WIDTH, HEIGHT)).rect(5, 5, 25, 20)
    assert ring.flood(0, 0) == ~Mask.like((WIDTH, HEIGHT)).rect(7, 7, 23, 18)
    assert ring.flood(5, 5) == ring
    assert ~(~ring).flood(5, 5) == Mask.like((WIDTH, HEIGHT))


@pytest.mark.parametrize("tolerance", [0, 60, 120, 255])
@pytest.mark.parametrize("contiguous", [True, False])
def test_a_wand_picks_what_differs_by_no_more_in_any_channel(noise: Any, tolerance: int, *, contiguous: bool) -> None:
    x, y = 20, 11
    alike = (abs(noise.astype(int) - noise[y, x].astype(int)) <= tolerance).all(axis=2)
    expected = as_mask(plainly(alike, x, y) if contiguous else alike)
    blank = Mask.like((WIDTH, HEIGHT))
    assert blank.wand(noise, x, y, tolerance=tolerance, contiguous=contiguous) == expected
    before = blank.rect(0, 0, 4, 4)
    assert before.wand(noise, x, y, tolerance=tolerance, contiguous=contiguous) == before | expected


def test_a_wand_reads_files_grey_pictures_and_transparent_ones(noise: Any, tmp_path: Path) -> None:
    grey = Image.fromarray(noise[..., 0])
    grey.save(tmp_path / "grey.png")
    blank = Mask.like((WIDTH, HEIGHT))
    picked = blank.wand(tmp_path / "grey.png", 3, 3, tolerance=80, contiguous=False)
    assert picked == blank.wand(grey, 3, 3, tolerance=80, contiguous=False)
    assert picked.bbox is not None
    clear = Image.new("RGBA", (WIDTH, HEIGHT), (255, 255, 255, 0))
    clear.paste((255, 255, 255, 255), (0, 0, 10, 10))
    assert blank.wand(clear, 0, 0) == blank.rect(0, 0, 10, 10)


def test_smooth_drops_specks_and_fills_pinholes_and_keeps_a_large_disc() -> None:
    blank = Mask.like((60, 60))
    disc = blank.ellipse(10, 10, 50, 50)
    rough = (disc | blank.rect(2, 2, 4, 4)) - blank.rect(30, 30, 32, 32)
    smooth = rough.smooth(3)
    assert not (smooth & blank.rect(0, 0, 8, 8)).coverage
    assert (smooth & blank.rect(30, 30, 32, 32)) == blank.rect(30, 30, 32, 32)
    assert ((smooth | disc) - (smooth & disc)).coverage < 0.01
    assert rough.smooth(0) == rough


@pytest.mark.parametrize(
    ("at", "more", "message"),
    [
        ((WIDTH, 0), {}, "x in 0-36, y in 0-28, got 37, 0"),
        ((0, -1), {}, "got 0, -1"),
        ((0.5, 1), {}, "got 0.5, 1"),
        ((0, 0), {"tolerance": 256}, "whole number in 0-255, got 256"),
        ((0, 0), {"tolerance": 3.5}, "got 3.5"),
    ],
)
def test_what_is_no_pixel_and_no_tolerance_is_refused(noise: Any, at: Any, more: Any, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        Mask.like((WIDTH, HEIGHT)).wand(noise, *at, **more)


def test_a_picture_of_another_size_is_refused(noise: Any) -> None:
    with pytest.raises(InvalidRequest, match="a picture of 10x10, the mask's size, got 37x29"):
        Mask.like((10, 10)).wand(noise, 0, 0)
