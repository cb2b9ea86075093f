"""Read what people write: numbers, switches and words that are nearly right. `check` and everyone who refuses call it.

Values come from Python, from numpy and as text from magics and forms; nothing here knows of a row of the table.
"""

from __future__ import annotations

import difflib
import math
import struct
import unicodedata
from collections.abc import Callable, Sequence

from ..system.language import mark, sentence

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_LONGEST = 60

FOREIGN = {
    "api_key": mark("the key is read from DASHSCOPE_API_KEY, never from a call"),
    "workspace": mark("set DASHSCOPE_WORKSPACE_ID"),
    "base_address": mark("set DASHSCOPE_HTTP_BASE_URL"),
    "image": mark("pictures go to edit(image, function, prompt)"),
    "images": mark("pictures go to edit, several as a list in its first argument"),
    "base_image_url": mark("the picture is the first argument of edit, a URL too"),
    "mask": mark("edit takes a mask"),
    "mask_image_url": mark("give it as mask= of edit, a URL too"),
    "function": mark("functions belong to edit(image, function, prompt)"),
}
"""Names of the official SDK, and of our own other calls, that are no parameters: what to do instead."""


def nearest(word: str, known: Sequence[str]) -> str:
    """End a sentence: `, did you mean X?` for the nearest known word whatever its case, else a full stop."""
    spelled = {name.casefold(): name for name in reversed(known)}
    close = difflib.get_close_matches(word.casefold(), list(spelled), n=1, cutoff=0.6)
    return sentence(", did you mean {spelled}?", spelled=spelled[close[0]]) if close else sentence(".")


def is_blank(text: str) -> bool:
    """Tell whether a text holds nothing that can be seen: blanks, line ends, joiners and marks of direction alone."""
    return all(letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc") for letter in text)


def scalar(value: object) -> object:
    """Return numpy's scalars as Python's own, so that its truth values are no numbers; anything else as it is.

    A number of 2 or 4 bytes becomes the shortest decimal that means it, as it is written: 0.1, not 0.1000000015.
    """
    item = getattr(value, "item", None)
    if not callable(item) or getattr(value, "shape", None) != ():
        return value
    found = item()
    form = {2: "e", 4: "f"}.get(getattr(getattr(value, "dtype", None), "itemsize", 0))
    if form is None or not isinstance(found, float) or not math.isfinite(found):
        return found
    shortest = (float(f"{found:.{digits}g}") for digits in range(1, 10))
    return next((short for short in shortest if _bytes(form, short) == _bytes(form, found)), found)


def _bytes(form: str, number: float) -> bytes:
    try:
        return struct.pack(form, number)
    except OverflowError:  # rounded up past the largest of its kind
        return b""


def as_number(value: object) -> float | None:
    """Return a finite number, also from text; None for anything else, truth values and arrays too."""
    value = scalar(value)
    if isinstance(value, bool | bytes | bytearray) or hasattr(value, "shape"):
        return None
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None
    try:
        number = float(value)  # type: ignore[arg-type]  # Decimals and Fractions are welcome
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def as_bool(value: object) -> bool | None:
    """Return true or false, also from the usual words and from 0 and 1; None for anything else."""
    value = scalar(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        return word in _TRUE if word in _TRUE + _FALSE else None
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    return None


def shown(value: object, write: Callable[[object], str] = repr) -> str:
    """Show what was given, short enough that the rest of the line can be read."""
    try:
        text = " ".join(write(value).split())
    except ValueError:  # a number with more digits than Python turns into text
        text = type(value).__name__
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
