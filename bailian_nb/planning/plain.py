"""Make plain what keyboards and editors of other languages type in options: full-width signs, long dashes, quotes.

`options` reads every value through this, on a magic's line and on the command line. A prompt, a negative prompt and a
path stay as they are typed: there such a sign may be meant.
"""

from __future__ import annotations

import re

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
"""Everything that stands where a hyphen was meant; editors make one long dash of two hyphens."""
EQUALS = "=\uff1d\ufe66"
COLONS = ":\uff1a\ufe13\ufe55\u2236"
"""Colons: between an option and its value they are meant as an equals sign."""
BLANKS = "\u00a0\u3000"
"""Blanks of pages and wide keyboards, at which no shell ends a word, nor IPython a magic's name."""
ENDS = ",;\uff0c\uff1b\u3001\u3002\uff61\ufe50\uff01"
"""What a hand puts behind an argument: where it ends a value or an option it means nothing."""
DOUBLE = '"\u201c\u201d\u201e\u201f\u301d\u301e\u301f\uff02\u00ab\u00bb'
"""Quotes that are written in pairs like \"."""
SINGLE = "'\u2018\u2019\u201a\u201b\uff07\u2039\u203a"
QUOTES = frozenset(DOUBLE + SINGLE + "\u300c\u300e\uff62")
"""Everything that may open a quotation."""
INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""What is pasted along from a page and shows nowhere."""

_SIGNS = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},  # the full-width forms of ASCII
    **{ord(dash): "-" for dash in DASHES},
    **{ord(quote): '"' for quote in DOUBLE},
    **{ord(quote): "'" for quote in SINGLE},
    **{ord(sign): None for sign in INVISIBLE},
    **str.maketrans("\u3000\u00a0\u3001\u3002\u2236\ufe13\ufe55\u2217\ufe61\ufe66\uff61\ufe50\ufe52", "  ,.:::**=.,."),
}
_OPTION = re.compile(rf"([{DASHES}]+)([^\W\d_][^{EQUALS}{COLONS}\s]*)", re.DOTALL)


def plain(text: str) -> str:
    """Return a text with ASCII's own signs: full-width letters, digits and signs, dashes, quotes, wide blanks.

    >>> plain("１６：９")
    '16:9'
    """
    return text.translate(_SIGNS)


def plain_value(text: str) -> str:
    """Return the value of an option made plain, without blanks around it, one pair of quotes, and signs behind it.

    >>> plain_value("“0，0．5”，")
    '0,0.5'
    """
    found = plain(unended(text)).strip()
    inner = found[1:-1]
    return inner.strip() if found[:1] == found[-1:] != "" and found[0] in "\"'" and found[0] not in inner else found


def unended(word: str) -> str:
    """Return a word without the commas and full stops that a hand puts behind an argument."""
    return word.strip().rstrip(ENDS)


def plain_option(word: str) -> tuple[str, str | None] | None:
    """Return the name of the option that a word is, as options are typed, and what stands behind its `=` or `:`.

    Nothing for a word that is no option: a number, a lone dash, whatever begins otherwise.

    >>> plain_option("——size＝16：9")
    ('--size', '16：9')
    >>> plain_option("--size\u300016:9")
    ('--size', '16:9')
    """
    word = word.strip(INVISIBLE)
    match = _OPTION.match(word)
    if match is None:
        return None
    sign, value = word[match.end() : match.end() + 1], word[match.end() + 1 :]
    if sign and sign in BLANKS:
        return plain_option(f"{match[0]}={value.lstrip()}") if value.strip() else plain_option(match[0])
    if (sign and sign not in EQUALS + COLONS) or (sign in tuple(COLONS) and value[:1].isspace()):
        return None
    name = plain(match[2].rstrip(ENDS))
    lone = len(name) == 1 or (name[0] == "n" and name[1:].isdecimal())  # -n, and -n4
    dashes = match[1] if match[1].strip("-") == "" else "-" if lone else "--"
    return dashes + name, None if not sign or (sign in COLONS and not value) else value
