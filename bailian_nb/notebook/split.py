"""Split a magic's line into words: quotes of any language hold one word together. No IPython here.

`line` and `commands` read words through this, and `completion` asks it how a file's name must be written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..errors import InvalidRequest
from ..planning.plain import COLONS, DASHES, DOUBLE, EQUALS, INVISIBLE, SINGLE, plain_option
from ..specs import shown
from ..system.language import sentence
from .template import NAME

_PAIRS = "\"\" '' ＂＂ ＇＇ “” ”” „“” ‟” ‘’ ’’ ‚‘’ ‛’ «» »«» ‹› ›‹› 〝〞〟 「」 『』 ｢｣ ❝❞ ❛❜ ﹁﹂ ﹃﹄".split()  # noqa: SIM905
_CLOSING = {pair[0]: pair[1:] for pair in _PAIRS}
"""Each quote that may open a word, and those that then close it."""
_QUOTES = tuple({*_CLOSING, *"".join(_CLOSING.values())})
_PADDED = "«»‹›"
"""Quotes inside which French puts a blank that is not part of the text."""
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
"""How a Windows path begins: its backslashes are literal, also before a quote."""
_OPTION_BEHIND = re.compile(rf"[{re.escape(DOUBLE + SINGLE)}]\s+[{DASHES}]+[^\W\d_]")
_END = re.compile(r"[;；]*\s*(?:#(?:\s.*)?)?$", re.DOTALL)
"""What ends a line and means nothing in it: the semicolons that silence IPython, and a comment."""

_BETWEEN = re.compile(r"[;；,，、]+(?=\s|$)")
"""What a hand puts between arguments, behind a quote that closes: it belongs to no word."""


@dataclass(frozen=True)
class Piece:
    """One word as typed, without its quotes; `quoted` tells whether it began with one, `start` where on the line."""

    text: str
    quoted: bool = False
    start: int = field(default=0, compare=False)


class _OpenQuote(Exception):
    """A quote is not closed; `before` are the words before it, `start` is where it, or its word, begins."""

    def __init__(self, closing: str, before: Sequence[Piece], start: int) -> None:
        self.closing, self.before, self.start = closing, tuple(before), start
        super().__init__(closing)


def split(line: str) -> list[Piece]:
    """Split at blanks outside quotes; a `{name[...]}` holds together, and backslashes are literal.

    In quotes a backslash before the closing one makes it a part of the text. A semicolon at the end of the line and a
    comment (`#` and a blank) are left out.

    Raises
    ------
    InvalidRequest
        When a quote is not closed, and for one directly behind another, which shells read in two ways.

    >>> [piece.text for piece in split('instruct C:\\\\a.png "two words";  # the first try')]
    ['instruct', 'C:\\\\a.png', 'two words']
    """
    try:
        return _split(line)
    except _OpenQuote as open_quote:
        raise InvalidRequest(
            sentence("a quote is not closed; put {closing} at the end of the prompt", closing=open_quote.closing)
        ) from None


def _split(line: str) -> list[Piece]:
    found: list[Piece] = []
    current: str | None = None
    quoted = False
    position = start = 0
    while position < len(line):
        character = line[position]
        if character.isspace() or character in INVISIBLE:
            if current is not None and character.isspace():
                found.append(Piece(current, quoted, start))
                current, quoted = None, False
            position += 1
            start = position if current is None else start
        elif character in ";；#" and _END.match(line, position) and (current is None or character != "#"):
            break
        elif character in _CLOSING and (current is None or _assigns(current)):
            text, end = _in_quotes(line, position)
            if end < 0:
                raise _OpenQuote(_CLOSING[character][0], found, start)
            if line[end : end + 1] in _QUOTES:
                raise InvalidRequest(
                    sentence(
                        "two quotes stand side by side in {found}: some shells join what they hold, others read a "
                        'quote; write \\" for a quote inside the text, or leave one out',
                        found=shown(line[position : end + 20]),
                    )
                )
            position = end
            quoted = quoted or current is None
            current = (current or "") + text
            if quoted and (between := _BETWEEN.match(line, position)):
                position = between.end()
            if quoted and line[position : position + 1] in tuple(DASHES):  # an option that lacks its blank
                found.append(Piece(current, quoted, start))
                current, quoted, start = None, False, position
        else:
            name = NAME.match(line, position)
            current = (current or "") + (name[0] if name else character)
            position += len(name[0]) if name else 1
    if current is not None:
        found.append(Piece(current, quoted, start))
    return found


def _assigns(word: str) -> bool:
    """Tell whether a word ends in the sign between an option and its value, behind which quotes may open."""
    return word[-1:] in tuple(EQUALS) or (word[:1] in tuple(DASHES) and word[-1:] in tuple(COLONS))


def cut(line: str) -> tuple[list[Piece], str]:
    """Return the whole words of a line that is still being typed, and what stands of the last one, as typed."""
    try:
        found = _split(line)
    except _OpenQuote as error:
        return list(error.before), line[error.start :]
    except InvalidRequest:  # nothing is completed on a line that is refused
        return [], ""
    return (found[:-1], line[found[-1].start :]) if found and not line[-1:].isspace() else (found, "")


def _in_quotes(line: str, opened: int) -> tuple[str, int]:
    """Return what stands in the quotes that open at `opened`, and the position behind them, -1 if they do not close.

    A mark before a letter closes nothing: it is an apostrophe, or opens quotes inside. A hand that mixed two kinds of
    quotes is understood where the second one ends a word. Quotes around the beginning of a word are part of it.
    """
    opening = line[opened]
    closing = _CLOSING[opening]
    likes = next((family for family in (DOUBLE, SINGLE) if opening in family), "")

    def ends_word(end: int) -> bool:
        return end >= len(line) or line[end].isspace() or line[end] in DASHES or bool(_END.match(line, end))

    for marks, nested, ends in (
        (closing, opening not in closing, lambda end: not line[end : end + 1].isalnum()),
        (likes, False, ends_word),
        (closing, False, lambda _: True),
    ):
        found = _until(line, opened, marks, nested, ends)
        if found is not None and not (marks == closing and likes and _swallows(found[0])):
            text, end = found
            if line[end : end + 1].isalnum():
                text = line[opened:end]
            return (text.strip() if opening in _PADDED else text), end
    return "", -1


def _swallows(text: str) -> bool:
    """Tell whether a text between quotes holds an option behind a quote that closes: the hand mixed two kinds."""
    match = _OPTION_BEHIND.search(text)
    return match is not None and text[: match.start()].count("“") <= text[: match.start()].count("”")


def _until(line: str, opened: int, marks: str, nested: bool, ends: Callable[[int], bool]) -> tuple[str, int] | None:
    """Read on to a closing mark that `ends` accepts by the position behind it; `nested` lets pairs stand in pairs."""
    depth, position = 0, opened + 1
    found: list[str] = []
    while position < len(line):
        character, name = line[position], NAME.match(line, position)
        if name:
            found.append(name[0])
            position = name.end()
            continue
        if character == "\\" and line[position + 1 : position + 2] in tuple(marks) and _escapes(line, position, found):
            found.append(line[position + 1])
            position += 2
            continue
        if character in marks and (depth or ends(position + 1)):
            if not depth:
                return "".join(found), position + 1
            depth -= 1
        elif nested and character == line[opened]:
            depth += 1
        found.append(character)
        position += 1
    return None


def _escapes(line: str, position: int, before: list[str]) -> bool:
    """Tell whether a backslash makes a quote literal: not where it ends a Windows path, or none is left to close."""
    return line[position + 1] in line[position + 2 :] and not _WINDOWS.match("".join(before))


def as_word(text: str, opening: str = "") -> str:
    """Return a text as it is typed on a line to be one word: bare where it can be, else in quotes.

    `opening` is the quote that must be used, if one is typed already.

    >>> as_word("cat.jpg"), as_word("my cat.jpg"), as_word("cat.jpg", "“")
    ('cat.jpg', '"my cat.jpg"', '“cat.jpg”')
    """
    escaped = text.replace('"', '\\"')
    closing = _CLOSING.get(opening, "")[:1]
    own = (f"{opening}{text}{closing}", f"{opening}{text.replace(closing, f'{chr(92)}{closing}')}{closing}")
    for typed in own if opening else (text, f'"{text}"', f"'{text}'", f'"{escaped}"'):
        try:
            pieces = split(f"{typed} x")
        except InvalidRequest:
            continue
        safe = typed != text or (plain_option(text) is None and not text.endswith(("?", ";", "；")))
        if safe and len(pieces) == 2 and pieces[0].text == text:
            return typed
    return f'"{escaped}"'
