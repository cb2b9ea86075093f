"""Small tables as text/html and text/plain, everything escaped. Used by `%wan` and the captions."""

from __future__ import annotations

import base64
import html
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import east_asian_width
from urllib.parse import quote

from ..errors import printable
from ..texts.catalogue import say

Bundle = dict[str, str]
"""What a front end shows, by MIME type; pictures are base64."""

LITERAL = "mathjax_ignore tex2jax_ignore"
"""Classes that MathJax leaves alone: version 3 in JupyterLab and Notebook 7, version 2 in pages of nbconvert."""


@dataclass(frozen=True, kw_only=True)
class Thumbnail:
    """A small picture in a cell: a JPEG, and what it shows; b"" where there is none. The plain text leaves it out."""

    jpeg: bytes
    alt: str

    def __str__(self) -> str:
        return ""

    def html(self) -> str:
        """Return it as an element that needs no file and no script."""
        if not self.jpeg:
            return ""
        data = base64.b64encode(self.jpeg).decode("ascii")
        return f'<img src="data:image/jpeg;base64,{data}" alt="{escape(self.alt)}">'


@dataclass(frozen=True)
class Breakable:
    """A long name without blanks, an id or a path: a narrow column breaks it behind its signs."""

    text: str

    def __str__(self) -> str:
        return self.text

    def html(self) -> str:
        """Return it escaped, with the places where it may break."""
        return _SIGNS.sub(r"\g<0><wbr>", escape(self.text))


_SIGNS = re.compile(r"[-/\\_]+(?=.)")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under headings; cells may be any object, and are cut after `limit` characters in the plain text."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    foot: str = ""
    limit: int = 400

    def bundle(self) -> Bundle:
        """Return the table as HTML, and as text in columns that also fit under Chinese."""
        return {"text/html": self._html(), "text/plain": self._plain()}

    def _html(self) -> str:
        head = "".join(f"<th{_room(name)}>{_left(name)}</th>" for name in self.head)
        rows = ("".join(f"<td{_room(cell)}>{_left(cell)}</td>" for cell in row) for row in self.rows)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        foot = f"<p>{escape(self.foot)}</p>" if self.foot else ""
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"<p><b>{escape(self.title)}</b></p>{table}{foot}"

    def _plain(self) -> str:
        pictures = {column for row in self.rows for column, cell in enumerate(row) if isinstance(cell, Thumbnail)}
        rows = [
            [printable(cell, self.limit) for column, cell in enumerate(row) if column not in pictures]
            for row in [self.head, *self.rows]
        ]
        widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [self.title]
        for row in rows:
            lines.append("  ".join(cell + " " * (wide - _width(cell)) for cell, wide in zip(row, widths, strict=True)))
        return "\n".join(line.rstrip() for line in [*lines, *([self.foot] if self.foot else [])])


def escape(text: object) -> str:
    """Escape anything from outside for HTML, on one line and without control characters."""
    return html.escape(printable(text, 4000))


def link(path: Path) -> str:
    """Return a link where the file lies below the current folder, which is the notebook's; else its name or path."""
    try:
        near = path.resolve().relative_to(Path.cwd())
    except (ValueError, OSError):
        return html.escape(printable(path, 1000))
    address = quote(os.fsencode(near.as_posix()))
    return f'<a href="{html.escape(address)}" target="_blank">{html.escape(printable(near.name))}</a>'


def heads(lang: str, *keys: str) -> tuple[str, ...]:
    """Return the words of the catalogue that head a table."""
    return tuple(say(key, lang) for key in keys)


def note(text: str) -> Bundle:
    """Return one sentence as a bundle."""
    return {"text/html": f"<p>{escape(text)}</p>", "text/plain": printable(text, 4000)}


def literal(bundle: Mapping[str, str]) -> Bundle:
    """Return the bundle as it is shown: what stands between two `$` of a prompt or a message is no formula."""
    if "text/html" not in bundle:
        return dict(bundle)
    return {**bundle, "text/html": f'<div class="{LITERAL}">{bundle["text/html"]}</div>'}


def joined(bundles: Sequence[Bundle]) -> Bundle:
    """Return several bundles as one, below each other."""
    return {
        "text/html": "".join(bundle["text/html"] for bundle in bundles),
        "text/plain": "\n\n".join(bundle["text/plain"] for bundle in bundles),
    }


_NARROWEST = 18
"""Columns of a terminal: as much of a Chinese text stays in one line, however narrow the notebook."""


def _room(cell: object) -> str:
    """Return the style of a cell: Jupyter's own space, for hosts that take it away, such as marimo; a width of Chinese.

    Without it, Chinese in a narrow table stands one sign below the other, for it may break behind each.
    """
    text = str(cell)
    wide = not text.isascii() and any(east_asian_width(sign) in "WF" for sign in text[:200])
    least = f";min-width:{min(_width(text), _NARROWEST) / 2:g}em" if wide else ""
    return f' style="padding:.5em{least}"'


def _left(cell: object) -> str:
    """Jupyter's own style sets cells to the right; an inner block with an attribute needs no style and no trust."""
    return f'<div align="left">{cell.html() if isinstance(cell, Thumbnail | Breakable) else escape(cell)}</div>'


def _width(text: str) -> int:
    """Columns that a terminal needs: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
