"""The stroke rule written out as plainly as can be, and the vectors that Python and TypeScript are both held to.

`python tests/widgets/stroke_vectors.py` writes tests/data/strokes.json anew; test_strokes.py checks that it would not
change. Nothing here is shared with the package.
"""

from __future__ import annotations

import hashlib
import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "data" / "strokes.json"


class Ground:
    """A mask as rows of booleans."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows = [[False] * width for _ in range(height)]

    def where(self, inside: Any, value: bool) -> None:
        for j, row in enumerate(self.rows):
            for i in range(self.width):
                if inside(i + 0.5, j + 0.5):
                    row[i] = value

    def sha256(self) -> str:
        packed = bytearray()
        for row in self.rows:
            bits = row + [False] * (-self.width % 8)
            packed += bytes(
                sum(bit << (7 - k) for k, bit in enumerate(bits[start : start + 8])) for start in range(0, len(bits), 8)
            )
        return hashlib.sha256(packed).hexdigest()

    def do(self, op: dict[str, Any]) -> None:
        value = not op.get("erase", False)
        match op["op"]:
            case "stroke":
                points = op["points"]
                ends = list(pairwise(points)) or [(points[0], points[0])]
                for a, b in ends:
                    self.where(lambda x, y, a=a, b=b: near(x, y, a, b, op["r"]), value)
            case "group":
                for part in op["ops"]:
                    self.do(part)
            case "rect":
                x0, y0, x1, y1 = op["box"]
                self.where(lambda x, y: x0 <= x < x1 and y0 <= y < y1, value)
            case "ellipse":
                x0, y0, x1, y1 = op["box"]
                cx, cy, rx, ry = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2
                self.where(
                    lambda x, y: ((x - cx) / rx) * ((x - cx) / rx) + ((y - cy) / ry) * ((y - cy) / ry) <= 1, value
                )
            case "polygon":
                self.where(lambda x, y: odd(x, y, op["points"]), value)
            case "clear" | "fill":
                self.where(lambda x, y: True, op["op"] == "fill")
            case "invert":
                self.rows = [[not pixel for pixel in row] for row in self.rows]


def near(px: float, py: float, a: list[float], b: list[float], r: float) -> bool:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    ex, ey = px - a[0], py - a[1]
    if length > 0:
        t = (ex * dx + ey * dy) / length
        t = min(1.0, max(0.0, t))
        ex, ey = ex - t * dx, ey - t * dy
    return ex * ex + ey * ey <= r * r


def odd(x: float, y: float, points: list[list[float]]) -> bool:
    inside = False
    ax, ay = points[-1]
    for bx, by in points:
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
        ax, ay = bx, by
    return inside


def sixty_fourth(value: float) -> float:
    return round(value * 64) / 64


def vectors() -> list[dict[str, Any]]:
    dice = random.Random(20261121)
    found = [{"name": name, "size": size, "ops": ops} for name, size, ops in corners()]
    for number in range(48):
        size = [dice.randrange(1, 90), dice.randrange(1, 90)]
        found.append({"name": f"random {number}", "size": size, "ops": [some_op(dice, size) for _ in range(4)]})
    for case in found:
        ground = Ground(*case["size"])
        for op in case["ops"]:
            ground.do(op)
        case["sha256"] = ground.sha256()
    return found


def corners() -> list[tuple[str, list[int], list[dict[str, Any]]]]:
    """Return the cases where rounding, ties and rims could be told apart."""

    def stroke(points: list[list[float]], r: float, erase: bool = False) -> dict[str, Any]:
        return {"op": "stroke", "points": points, "r": r, "erase": erase}

    return [
        ("a dot on a corner reaches four centres exactly", [8, 8], [stroke([[4, 4]], 0.5), stroke([[2, 2]], 0.75)]),
        ("a dot on a centre", [9, 9], [stroke([[4.5, 4.5]], 3)]),
        ("pythagorean ties lie on the rim", [16, 16], [stroke([[8.5, 8.5]], 5)]),
        ("horizontal, the rim on centres", [40, 16], [stroke([[5, 8.5], [33.25, 8.5]], 4)]),
        ("vertical, the rim on centres", [16, 40], [stroke([[8.5, 33.25], [8.5, 5]], 4)]),
        ("nearly horizontal", [90, 20], [stroke([[-20, 9.984375], [110, 10]], 4.5)]),
        ("diagonal", [40, 40], [stroke([[0, 0], [40, 40]], 2.8125)]),
        ("there and back", [30, 30], [stroke([[5, 5], [25, 20], [5, 5]], 3.25)]),
        ("outside on every side", [20, 20], [stroke([[-8, -8], [30, -6], [28, 29], [-5, 27]], 7.5)]),
        ("leaves to the left of the first row", [37, 13], [stroke([[13.984375, 5.921875], [-18.265625, -2]], 0.96875)]),
        ("far outside", [20, 20], [stroke([[200, 200], [300, 100]], 20)]),
        ("the same point twice", [20, 20], [stroke([[9.25, 8.75], [9.25, 8.75]], 4.25)]),
        ("one pixel", [1, 1], [stroke([[0.25, 0.75]], 0.375)]),
        ("erase what was painted", [32, 32], [stroke([[4, 16], [28, 16]], 6), stroke([[16, 2], [16, 30]], 3, True)]),
        ("everything, inverted, erased", [17, 9], [{"op": "fill"}, stroke([[3, 3]], 2, True), {"op": "invert"}]),
        (
            "a star crosses itself",
            [40, 40],
            [{"op": "polygon", "points": [[20, 2], [31, 36], [3, 14], [37, 14], [9, 36]], "erase": False}],
        ),
    ]


def some_op(dice: random.Random, size: list[int]) -> dict[str, Any]:
    width, height = size

    def point() -> list[float]:
        return [sixty_fourth(dice.uniform(-0.3, 1.3) * width), sixty_fourth(dice.uniform(-0.3, 1.3) * height)]

    def stroke() -> dict[str, Any]:
        points = [point() for _ in range(dice.choice([1, 2, 2, 3, 6]))]
        r = max(0.5, sixty_fourth(dice.uniform(0, 0.3) * max(size)))
        return {"op": "stroke", "points": points, "r": r, "erase": dice.random() < 0.3}

    kind = dice.choice(["stroke"] * 6 + ["group", "rect", "ellipse", "polygon", "invert"])
    if kind == "stroke":
        return stroke()
    if kind == "group":
        return {"op": "group", "ops": [stroke() for _ in range(3)]}
    if kind == "polygon":
        return {"op": kind, "points": [point() for _ in range(dice.randrange(3, 8))], "erase": dice.random() < 0.3}
    if kind == "invert":
        return {"op": kind}
    (ax, ay), (bx, by) = point(), point()
    box = [min(ax, bx), min(ay, by), max(ax, bx) + 1, max(ay, by) + 1]
    return {"op": kind, "box": box, "erase": dice.random() < 0.3}


def text() -> str:
    return "[\n" + ",\n".join(json.dumps(case) for case in vectors()) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
