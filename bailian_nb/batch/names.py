"""File names of the user's own making: which ones every system takes, and which rows would have the same. Pure."""

from __future__ import annotations

from ..errors import printable
from ..system.language import mark, sentence
from .table import composed

LONGEST = 180
"""Bytes of a name in UTF-8: file systems take 255, and endings of ours (`_pasted-2.json`) come behind it."""
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")]
)
"""What Windows takes for a device, whatever its ending."""
_REFUSED = '/\\<>:"|?*'
_WHY = {
    "empty": mark("a name with letters or digits in it"),
    "long": mark("at most {LONGEST} bytes in UTF-8"),
    "sign": mark('a name without / \\ < > : " | ? * and control characters'),
    "dots": mark("a name that begins with no dot and ends with neither dot nor blank"),
    "reserved": mark("a name that is no device of Windows (CON, NUL, COM1 and the like)"),
}


def refused(name: str) -> tuple[str, str] | None:
    """Return a name as it is shown and what is allowed instead, None where every system takes it."""
    kind = _fault(name)
    return None if kind is None else (printable(name, 60), sentence(_WHY[kind], LONGEST=LONGEST))


def _fault(name: str) -> str | None:
    if not name.strip(" ._-"):
        return "empty"
    if any(
        sign in _REFUSED or ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 or 0xD800 <= ord(sign) < 0xE000 for sign in name
    ):
        return "sign"
    if name[0] in ". " or name[-1] in ". ":
        return "dots"
    if name.partition(".")[0].rstrip(" ").casefold() in _RESERVED:
        return "reserved"
    return "long" if len(name.encode("utf-8", "replace")) > LONGEST else None


def folded(name: str) -> str:
    """Return what two names have in common that are one file on some system: case and composition do not count."""
    return composed(composed(name).casefold())
