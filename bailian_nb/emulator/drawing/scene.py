"""Text to image: which scene a prompt gets, and that scene, painted; in tests, patches of colour that take no time.

`painters` and `mask` call `scene`; `inputs` lets it stand in for foreign URLs. The prompt itself is never drawn as
text: it may be in any script.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image

from .canvas import Canvas, dice, fine, says
from .figures import animal, easel
from .land import hills, meadow, sea
from .light import Light, light
from .shop import shop
from .town import skyline

Painter = Callable[[Canvas, Light, random.Random, str], None]

_OUTDOORS = (
    "山",
    "森林",
    "树",
    "风景",
    "sky",
    "sun",
    "sunset",
    "sunrise",
    "moon",
    "village",
    "field",
    "天空",
    "日落",
    "月",
    "村",
)

_SCENES: tuple[tuple[Painter, tuple[str, ...]], ...] = (
    (shop, ("shop", "store", "cafe", "bakery", "window display", "storefront", "boutique", "店", "橱窗", "咖啡馆")),
    (animal, ("cat", "kitten", "rabbit", "bunny", "bear", "panda", "fox", "猫", "兔", "熊", "狐")),
    (skyline, ("city", "street", "building", "town", "skyline", "tower", "城市", "街", "楼", "塔", "镇")),
    (
        sea,
        (
            "sea",
            "ocean",
            "beach",
            "lake",
            "boat",
            "sail",
            "island",
            "lighthouse",
            "coast",
            "海",
            "湖",
            "船",
            "岛",
            "沙滩",
        ),
    ),
    (meadow, ("flower", "garden", "rose", "tulip", "meadow", "bouquet", "花", "草地", "玫瑰")),
    (hills, ("mountain", "hill", "forest", "tree", "valley", "landscape", *_OUTDOORS)),
)
_LARGE = 5_000_000
"""Pixels above which a scene is painted smaller and enlarged: flat shapes lose nothing, and memory is kept."""
_PATCHES = (16, 12)
"""Columns and rows of colours that stand for a scene where nobody looks at it."""


def scene(prompt: str, *, seed: int, size: tuple[int, int]) -> Image.Image:
    """Paint what `prompt` is about: its words choose scene and light, the seed how it is composed."""
    if size[0] * size[1] > _LARGE:
        half = scene(prompt, seed=seed, size=((size[0] + 1) // 2, (size[1] + 1) // 2))
        return half.resize(size, Image.Resampling.BICUBIC)
    if not fine():
        return _patches(prompt, seed).resize(size, Image.Resampling.NEAREST)
    painter = next((painter for painter, words in _SCENES if says(prompt, *words)), easel)
    canvas = Canvas(size)
    painter(canvas, light(prompt, dice(prompt, seed, "light")), dice(prompt, seed), prompt)
    return canvas.finish(dice(seed, "grain"))


def _patches(prompt: str, seed: int) -> Image.Image:
    """Return a picture that is this prompt's and this seed's own, and nothing else."""
    columns, rows = _PATCHES
    return Image.frombytes("RGB", _PATCHES, dice(prompt, seed).randbytes(columns * rows * 3))
