"""The contact sheet of a sweep: rows and columns with labels, failed cells with their code. Latin labels only.

A bitmap font for Chinese cannot be counted on, so labels are numbers and Latin words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from ..images.thumbnail import thumbnail

PAPER, INK, FAINT, MISSING = (255, 255, 255), (34, 34, 34), (119, 119, 119), (238, 238, 238)
GAP = 8
"""Pixels between cells."""
TEXT = 16
"""Pixels of a line of text."""


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
    font = ImageFont.load_default(13)
    pen.text((GAP, GAP), _fitting(title, font, sheet.width - 2 * GAP), fill=INK, font=font)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            left, top = GAP + column * step_x, 2 * GAP + TEXT + row * step_y
            image = small[row][column]
            if image is not None:
                sheet.paste(image, (left + (wide - image.width) // 2, top + (high - image.height) // 2))
            else:
                pen.rectangle((left, top, left + wide - 1, top + high - 1), fill=MISSING)
                reason = _fitting(cell.reason, font, wide - 8)
                pen.text((left + wide / 2, top + high / 2), reason, fill=FAINT, font=font, anchor="mm")
            if cell.mark:
                pen.rectangle((left, top, left + wide - 1, top + high - 1), outline=INK, width=3)
            label = f"{cell.label}  [{cell.mark}]" if cell.mark else cell.label
            pen.text((left, top + high + 1), _fitting(label, font, wide), fill=INK, font=font)
    return sheet


def _fitting(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """Return what the font can draw of `text`, cut to `width` pixels."""
    plain = "".join(character if " " <= character <= "~" else "?" for character in text)
    while len(plain) > 1 and font.getlength(plain) > width:
        plain = plain[:-1]
    return plain
