"""What a hand paints is what Python has, to the bit: at every pixel ratio, under a zoomed ancestor, on odd sizes."""

from __future__ import annotations

import itertools
import json

import pytest

from .jupyter import wait_for
from .test_painter import Hand, ops

SIZES = [(512, 512), (1023, 767)]
RATIOS = [0.8, 1, 1.25, 2]
CASES = list(itertools.product(SIZES, RATIOS, ["", "zoom: 1.1"]))
SAMPLE = {(SIZES[0], 1.25, ""), (SIZES[1], 2, "zoom: 1.1")}

SETUP = """
from PIL import Image
from bailian_nb.widgets import MaskPainter
painter = MaskPainter(Image.radial_gradient("L").resize(({width}, {height})).convert("RGB"))
painter
"""
# The rule, spelled out naively and apart from the package: a pixel is white when its centre lies within r of a line.
RULE = """
import json
def inside(points, r, i, j):
    px, py = i + 0.5, j + 0.5
    for (ax, ay), (bx, by) in zip(points, points[1:] or points):
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        ex, ey = px - ax, py - ay
        t = min(1.0, max(0.0, (ex * dx + ey * dy) / length)) if length > 0 else 0.0
        qx, qy = ex - t * dx, ey - t * dy
        if qx * qx + qy * qy <= r * r:
            return True
    return False
op = painter.ops[-1]
assert op["op"] == "stroke", op
width, height = painter.mask.size
x0, y0, x1, y1 = painter.mask.bbox
white = painter.to_image().tobytes()
wrong = sum(
    (white[j * width + i] == 255) != inside(op["points"], op["r"], i, j)
    for j in range(max(y0 - 3, 0), min(y1 + 3, height)) for i in range(max(x0 - 3, 0), min(x1 + 3, width))
)
print(json.dumps([wrong, painter.fault, op["points"][0], op["points"][-1], sorted(set(white))]))
"""


@pytest.mark.parametrize(
    ("size", "ratio", "style"),
    [pytest.param(*case, marks=[] if case in SAMPLE else [pytest.mark.slow]) for case in CASES],
)
def test_a_stroke_is_the_rule_to_the_bit(start_server, open_notebook, size, ratio, style):
    page = open_notebook(start_server("lab"), [SETUP.format(width=size[0], height=size[1])], scale=ratio)
    if style:
        page.page.add_style_tag(content=f".jp-Notebook {{ {style} }}")
    page.run_cell(0)
    hand = Hand(page, size=size)
    start, end = (size[0] * 0.3, size[1] * 0.4), (size[0] * 0.6, size[1] * 0.55)
    hand.drag(start, end)
    ops(page, 1)
    wrong, fault, first, last, values = json.loads(page.execute(RULE))
    assert (wrong, fault, values) == (0, "", [0, 255])
    for painted, meant in ((first, start), (last, end)):
        assert max(abs(painted[0] - meant[0]), abs(painted[1] - meant[1])) < 2.5, (painted, meant)


def test_a_picture_of_4096_pixels_paints_and_arrives(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [SETUP.format(width=4096, height=4096)])
    page.run_cell(0)
    hand = Hand(page, size=(4096, 4096))
    hand.drag((1000, 1200), (2800, 2600))
    wait_for("the stroke in Python", lambda: page.execute("print(len(painter.ops))").strip() == "1", timeout=60)
    answer = page.execute("print(painter.mask.size, painter.mask.coverage > 0.005, painter.fault == '')")
    assert answer == "(4096, 4096) True True\n"
