"""What a hand paints is what Python has, to the bit: at every pixel ratio, under a zoomed ancestor, on odd sizes."""

from __future__ import annotations

import json

import pytest

from .hand import Hand, bbox, wait_ops

SIZES = [(512, 512), (1023, 767), (4096, 4096)]
"""Of the pictures in the notebook's cells."""
RATIOS = [1.25, *(pytest.param(ratio, marks=pytest.mark.slow) for ratio in (0.8, 1, 2))]

SETUP = """
from PIL import Image
from bailian_nb.widgets import MaskPainter
painter = MaskPainter(Image.radial_gradient("L").resize({size}).convert("RGB"), keep=False)
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
ZOOM = "zoom => { document.querySelector('.jp-Notebook').style.zoom = zoom; }"


@pytest.fixture(scope="module", params=RATIOS)
def shared(request, start_server, open_shared_notebook):
    cells = [SETUP.format(size=size) for size in SIZES]
    return open_shared_notebook(start_server("lab"), cells, scale=request.param)


@pytest.fixture
def page(shared, use_notebook):
    yield use_notebook(shared)
    shared.page.evaluate(ZOOM, 1)
    shared.zoom(1)


@pytest.mark.parametrize("zoom", [1, 1.1])
@pytest.mark.parametrize("cell", [0, 1])
def test_a_stroke_is_the_rule_to_the_bit(page, cell, zoom):
    size = SIZES[cell]
    page.page.evaluate(ZOOM, zoom)
    page.run_cell(cell)
    hand = Hand(page, cell, size=size)
    start, end = (size[0] * 0.3, size[1] * 0.4), (size[0] * 0.6, size[1] * 0.55)
    hand.drag(start, end)
    wait_ops(page, 1)
    wrong, fault, first, last, values = json.loads(page.execute(RULE))
    assert (wrong, fault, values) == (0, "", [0, 255])
    for painted, meant in ((first, start), (last, end)):
        assert max(abs(painted[0] - meant[0]), abs(painted[1] - meant[1])) < 2.5, (painted, meant)


@pytest.mark.parametrize("zoom", [0.8, 1.25])
def test_one_pixel_is_painted_under_the_pointer_however_the_page_is_zoomed(page, zoom):
    page.zoom(zoom)
    page.run_cell(0)
    hand = Hand(page, 0, size=SIZES[0])
    hand.stage.focus()
    for _ in range(40):
        page.page.keyboard.press("Shift+[")
    hand.drag((320.5, 240.5))
    wait_ops(page, 1)
    left, top, right, bottom = bbox(page)
    assert right - left <= 2
    assert abs((left + right) / 2 - 320.5) <= 1.5
    assert abs((top + bottom) / 2 - 240.5) <= 1.5


@pytest.mark.parametrize("shared", [1.25, pytest.param(2, marks=pytest.mark.slow)], indirect=True)
def test_a_picture_of_4096_pixels_paints_and_arrives(page):
    page.run_cell(2)
    Hand(page, 2, size=SIZES[2]).drag((1000, 1200), (2800, 2600))
    wait_ops(page, 1, timeout=60)
    answer = page.execute("print(painter.mask.size, painter.mask.coverage > 0.005, painter.fault == '')")
    assert answer == "(4096, 4096) True True\n"
