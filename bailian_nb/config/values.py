"""Read one setting: the value in its own type, or a line that says what it must be. `settings` asks for each.

Its `name` is put into that line, whatever it is.
"""

from __future__ import annotations

import math
import re

from ..errors import InvalidRequest
from ..system.environment import masked
from ..system.language import sentence

COUNTS = {"n": (1, 100), "retries": (0, 10)}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_USERINFO = r".*(?:@|%40)"


def money(name: object, value: object) -> float:
    """Read an amount of CNY."""
    number = _number(value)
    if number is None or number < 0:
        raise InvalidRequest(
            sentence("{name} must be a number of CNY, 0 or more, got {value}", name=name, value=shown(value))
        )
    return number


def cap(name: object, value: object) -> float:
    """Read a cap in CNY; inf is none."""
    return math.inf if value in (math.inf, "inf") else money(name, value)


def seconds(name: object, value: object) -> float:
    """Read a time."""
    number = _number(value)
    if number is None or number < 0:
        raise InvalidRequest(
            sentence("{name} must be a number of seconds, 0 or more, got {value}", name=name, value=shown(value))
        )
    return number


def part(name: object, value: object) -> float:
    """Read a part of a whole."""
    number = _number(value)
    if number is None or not 0 <= number <= 1:
        raise InvalidRequest(sentence("{name} must be a number in 0-1, got {value}", name=name, value=shown(value)))
    return number


def count(name: object, value: object, bounds: tuple[int, int]) -> int:
    """Read a whole number in its bounds."""
    low, high = bounds
    number = _number(value)
    if number is None or number != int(number) or not low <= number <= high:
        raise InvalidRequest(
            sentence(
                "{name} must be a whole number in {low}-{high}, got {value}",
                name=name,
                low=low,
                high=high,
                value=shown(value),
            )
        )
    return int(number)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def text(name: object, value: object) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise InvalidRequest(sentence("{name} must be text, got {value}", name=name, value=shown(value)))
    return value


def switch(name: object, value: object) -> bool:
    """Read on or off."""
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise InvalidRequest(sentence("{name} must be 1 or 0, got {value}", name=name, value=shown(value)))


def shown(value: object) -> str:
    """Show what was given in short; a key or password that was put into the wrong variable stays hidden."""
    line = re.sub(rf"^(['\"]?){_USERINFO}", r"\1...@", masked(repr(value)), flags=re.DOTALL)
    return line if len(line) <= 80 else f"{line[:79]}…"


def without_userinfo(url: str) -> str:
    """Return a URL with `...` in the place of a user name and password; no other base URL holds an @."""
    return re.sub(rf"^([a-zA-Z]+://)?{_USERINFO}", r"\1...@", url, flags=re.DOTALL)
