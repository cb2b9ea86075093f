"""The signs between parts of a line, wide in Chinese: pages and lines join their parts by them."""

from __future__ import annotations

_ENGLISH = {"comma": ", ", "colon": ": ", "together": "; ", "full_stop": ". "}
_CHINESE = {"comma": "\uff0c", "colon": "\uff1a", "together": "\uff1b", "full_stop": "\u3002"}


def sign(name: str, lang: str) -> str:
    """Return a comma, a colon, a full stop, or what stands `together` (a semicolon), as a language has it."""
    return (_CHINESE if lang == "zh" else _ENGLISH)[name]
