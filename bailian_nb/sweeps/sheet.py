"""The contact sheet of a sweep: rows and columns with labels, failed cells with their code.

Where no font of the system has a label's letters, the cell has a number, and `legend` says what it stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from ..images import clipped, lettered
from ..images.thumbnail import thumbnail

PAPER, INK, FAINT, MISSING = (255, 255, 255), (34, 34, 34), (119, 119, 119), (238, 238, 238)
GAP = 8
"""Pixels between cells."""
TEXT, POINTS = 16, 13
"""Pixels of a line of text, and of its letters."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One cell of the sheet: its picture, or the reason why there is none; `mark` is a word such as "winner"."""

    label: str
    picture: Image.Image | None
    reason: str = ""
    mark: str = ""


def draw(rows: Sequence[Sequence[Shown]], *, title: str, side: int = 256) -> Image.Image:
    """Return the sheet as RGB; each picture is at most `side` pixels wide and high, with its label under it."""
    small = [[thumbnail(cell.picture, side) if cell.picture else None for cell in row] for row in rows]
    drawn = [image for row in small for image in row if image is not None]
    wide = max((image.width for image in drawn), default=side)
    high = max((image.height for image in drawn), default=side * 3 // 4)
    columns = max(len(row) for row in rows)
    step_x, step_y = wide + GAP, high + TEXT + GAP
    sheet = Image.new("RGB", (columns * step_x + GAP, len(rows) * step_y + GAP + TEXT + GAP), PAPER)
    pen = ImageDraw.Draw(sheet)
    _write(pen, (GAP, GAP), title, 0, sheet.width - 2 * GAP)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            left, top = GAP + column * step_x, 2 * GAP + TEXT + row * step_y
            image = small[row][column]
            if image is not None:
                sheet.paste(image, (left + (wide - image.width) // 2, top + (high - image.height) // 2))
            else:
                pen.rectangle((left, top, left + wide - 1, top + high - 1), fill=MISSING)
                said = lettered(cell.reason, _number(rows, row, column), POINTS)
                reason = clipped(said.text, said.font, wide - 8)
                pen.text((left + wide / 2, top + high / 2), reason, fill=FAINT, font=said.font, anchor="mm")
            if cell.mark:
                pen.rectangle((left, top, left + wide - 1, top + high - 1), outline=INK, width=3)
            _write(pen, (left, top + high + 1), _label(cell), _number(rows, row, column), wide)
    return sheet


def legend(rows: Sequence[Sequence[Shown]], *, title: str) -> list[str]:
    """Return the words that the sheet has numbers for, a line each; none where a font draws them all."""
    found = [] if lettered(title, 0, POINTS).whole else [f"#0: {title}"]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if not lettered(_label(cell), number := _number(rows, row, column), POINTS).whole:
                found.append(f"#{number}: {_label(cell)}")
    return found


def _label(cell: Shown) -> str:
    return f"{cell.label}  [{cell.mark}]" if cell.mark else cell.label


def _number(rows: Sequence[Sequence[Shown]], row: int, column: int) -> int:
    """Return a cell's number, from 1 at the left of the first row on."""
    return sum(len(cells) for cells in rows[:row]) + column + 1


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, number: int, width: int) -> None:
    said = lettered(text, number, POINTS)
    pen.text(at, clipped(said.text, said.font, width), fill=INK, font=said.font)
