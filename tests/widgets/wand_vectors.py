"""The wand's rule written out as plainly as can be, and the vectors that Python and TypeScript are both held to.

`python tests/widgets/wand_vectors.py` writes tests/data/wand.json anew; test_wand.py checks that it would not change.
Nothing here is shared with the package.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from pathlib import Path
from typing import Any

from PIL import Image

FILE = Path(__file__).parent.parent / "data" / "wand.json"
LARGE = 4096
RGB = tuple[int, int, int]


def picked(rgb: list[RGB], size: tuple[int, int], choice: dict[str, Any]) -> set[tuple[int, int]]:
    width, height = size
    x, y = choice["at"]
    chosen = rgb[y * width + x]

    def near(x: int, y: int) -> bool:
        return all(abs(a - b) <= choice["tolerance"] for a, b in zip(rgb[y * width + x], chosen, strict=True))

    if not choice["contiguous"]:
        return {(x, y) for y in range(height) for x in range(width) if near(x, y)}
    found, seeds = {(x, y)}, [(x, y)]
    while seeds:
        x, y = seeds.pop()
        for beside in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
            if 0 <= beside[0] < width and 0 <= beside[1] < height and beside not in found and near(*beside):
                found.add(beside)
                seeds.append(beside)
    return found


def sha256(pixels: set[tuple[int, int]], size: tuple[int, int]) -> str:
    width, height = size
    stride = (width + 7) // 8
    packed = bytearray(stride * height)
    for x, y in pixels:
        packed[y * stride + x // 8] |= 128 >> x % 8
    return hashlib.sha256(packed).hexdigest()


def on_black(rgba: bytes, size: tuple[int, int]) -> bytes:
    below = Image.new("RGBA", size, "black")
    below.alpha_composite(Image.frombytes("RGBA", size, rgba))
    return below.convert("RGB").tobytes()


def pictures() -> list[tuple[str, tuple[int, int], bytes]]:
    """Return names, sizes and pixels as red, green, blue and alpha."""
    dice = random.Random(20261130)

    def some(size: tuple[int, int], levels: list[int], alphas: list[int]) -> bytes:
        count = size[0] * size[1]
        return bytes(v for _ in range(count) for v in (*(dice.choice(levels) for _ in range(3)), dice.choice(alphas)))

    def steps(size: tuple[int, int], across: int, down: int) -> bytes:
        width, height = size
        return bytes(
            v for y in range(height) for x in range(width) for v in (x * across % 256, y * down % 256, 90, 255)
        )

    def maze(size: tuple[int, int]) -> bytes:
        width, height = size
        walls = [x % 2 == 1 and y != (0 if x % 4 == 1 else height - 1) for y in range(height) for x in range(width)]
        return bytes(v for wall in walls for v in ((200, 20, 20, 255) if wall else (20, 200, 20, 255)))

    return [
        ("one pixel", (1, 1), bytes([9, 8, 7, 255])),
        ("one pixel wide", (1, 40), some((1, 40), [100, 108], [255])),
        ("one pixel high", (40, 1), some((40, 1), [100, 108], [255])),
        ("a slope", (40, 25), steps((40, 25), 3, 2)),
        ("a way that turns", (21, 17), maze((21, 17))),
        ("noise", (37, 29), some((37, 29), [40, 60, 80], [255])),
        ("transparent or not", (33, 20), some((33, 20), [0, 12, 200], [0, 255])),
        ("half transparent", (24, 24), some((24, 24), [0, 90, 255], [0, 1, 127, 128, 254, 255])),
    ]


def vectors() -> list[dict[str, Any]]:
    dice = random.Random(7)
    found = []
    for name, size, rgba in pictures():
        rgb = on_black(rgba, size)
        colours = [(rgb[k], rgb[k + 1], rgb[k + 2]) for k in range(0, len(rgb), 3)]
        choices = [
            {"at": [dice.randrange(size[0]), dice.randrange(size[1])], "tolerance": tolerance, "contiguous": contiguous}
            for tolerance in (0, 1, 20, 32, 254, 255)
            for contiguous in (True, False)
        ]
        found.append(
            {
                "name": name,
                "size": size,
                "rgba": base64.b64encode(rgba).decode(),
                "rgb": base64.b64encode(rgb).decode(),
                "picks": [{**choice, "sha256": sha256(picked(colours, size, choice), size)} for choice in choices],
            }
        )
    return found


def rings() -> Image.Image:
    """Return a picture of 4096 x 4096 that can be told in a line: rings in red, stripes in green, a grid in blue."""
    import numpy as np

    y, x = np.mgrid[0:LARGE, 0:LARGE].astype(np.int64)
    red, green, blue = (x * x + y * y) >> 16, x >> 5, (x ^ y) >> 7
    return Image.fromarray(np.stack([each & 255 for each in (red, green, blue)], axis=2).astype(np.uint8))


LARGE_PICKS: list[dict[str, Any]] = [
    {"at": [2048, 2048], "tolerance": 12, "contiguous": True},
    {"at": [2048, 2048], "tolerance": 12, "contiguous": False},
    {"at": [4095, 0], "tolerance": 255, "contiguous": True},
    {"at": [0, 4095], "tolerance": 0, "contiguous": True},
]


def large_sha256(choice: dict[str, Any]) -> str:
    """Return what the package picks of the rings: the plain rule would take minutes there."""
    from bailian_nb.masks import Mask
    from bailian_nb.masks.mask import to_bits

    how = {name: choice[name] for name in ("tolerance", "contiguous")}
    mask = Mask.like((LARGE, LARGE)).wand(rings(), *choice["at"], **how)
    return hashlib.sha256(to_bits(mask)).hexdigest()


def text(large: list[dict[str, Any]]) -> str:
    lines = ",\n".join(json.dumps(each) for each in vectors())
    return f'{{"small": [\n{lines}\n],\n"rings": {json.dumps(large)}}}\n'


if __name__ == "__main__":
    FILE.write_text(text([{**choice, "sha256": large_sha256(choice)} for choice in LARGE_PICKS]), encoding="utf-8")
