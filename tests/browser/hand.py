"""A mouse over the picture of a MaskPainter, and what its Python side has; used by the tests that paint."""

from __future__ import annotations

import json

from playwright.sync_api import FloatRect

from .jupyter import wait_for
from .notebook_page import NotebookPage

STATE = "import json; print(json.dumps([painter.mask.bbox, len(painter.ops), painter.shown['seq'], painter.fault]))"
SIZED = """stage => {
  const canvas = stage.querySelector("canvas");
  return Math.abs(canvas.width - canvas.getBoundingClientRect().width * devicePixelRatio) < 2;
}"""


def bbox(page: NotebookPage) -> list[int] | None:
    """Return the box of what is painted, as Python has it."""
    box: list[int] | None = json.loads(page.execute(STATE))[0]
    return box


def count_ops(page: NotebookPage) -> int:
    return int(json.loads(page.execute(STATE))[1])


def wait_ops(page: NotebookPage, count: int, timeout: float = 30) -> None:
    """Wait until Python has so many ops."""
    wait_for(f"{count} ops in Python", lambda: count_ops(page) == count, timeout)


class Hand:
    """A mouse at picture coordinates of a painter that shows its whole picture."""

    def __init__(self, page: NotebookPage, cell: int = 0, size: tuple[int, int] = (640, 480)) -> None:
        self.width, self.height = size
        self.mouse = page.page.mouse
        self.stage = page.output(cell).locator(".bn-stage")
        self.stage.wait_for()
        wait_for("a canvas with a pixel for each of the screen", lambda: self.stage.evaluate(SIZED))
        self.stage.scroll_into_view_if_needed()

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where on the screen a point of the picture is now."""
        return self._on_screen(self._box(), x, y)

    def drag(self, *points: tuple[float, float], steps: int = 8) -> None:
        box = self._box()
        self.mouse.move(*self._on_screen(box, *points[0]))
        self.mouse.down()
        for point in points[1:]:
            self.mouse.move(*self._on_screen(box, *point), steps=steps)
        self.mouse.up()

    def _box(self) -> FloatRect:
        box = self.stage.bounding_box()
        assert box is not None
        return box

    def _on_screen(self, box: FloatRect, x: float, y: float) -> tuple[float, float]:
        scale = min(box["width"] / self.width, box["height"] / self.height)
        left = box["x"] + (box["width"] - self.width * scale) / 2
        top = box["y"] + (box["height"] - self.height * scale) / 2
        return left + x * scale, top + y * scale
