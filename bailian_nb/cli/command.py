"""What a command of the program is: `table` lists them, and each family's module makes its own."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from ..planning.plain import plain_value
from ..system.language import sentence
from ..texts.help import PROGRAM_OPTIONS


def _no_arguments(parser: argparse.ArgumentParser, lang: str) -> None:
    """Add nothing."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command: `act` runs it and returns its exit code; `texts.help.PROGRAM` explains it by `name`."""

    name: str
    act: Callable[[argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser, str], None] = _no_arguments
    """Given the command's parser and the language."""
    wrong: int = 1
    """The exit code when it is refused."""


def explained(option: str, lang: str, **values: object) -> str:
    """Return what help says of an option of one command, such as `demo --out`."""
    text = PROGRAM_OPTIONS[option].get(lang)
    return text.format(**values) if values else text


def number(text: str) -> float:
    """Read the value of an option, for argparse."""
    try:
        return float(plain_value(text))
    except ValueError:
        raise argparse.ArgumentTypeError(sentence("needs a number, got {text!r}", text=text)) from None


def whole(text: str) -> int:
    """Read the value of an option that is a whole number, for argparse."""
    try:
        return int(plain_value(text))
    except ValueError:
        raise argparse.ArgumentTypeError(sentence("needs a whole number, got {text!r}", text=text)) from None
