"""Every sentence that users can meet, with its Chinese: `python -m tests.sentences` lists them, its test holds them.

Sentences stand in three places: written in English where they are said (`sentence`, `mark`), in the catalogue of short
labels and in the help (`Text`), each with both languages beside each other.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bailian_nb.texts.chinese import sentences

from .world.sources import PACKAGE, files, nodes

_SAY = ("sentence", "mark")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One, where it is said, and its Chinese; "" where it has none."""

    place: str
    english: str
    chinese: str


@cache
def said() -> tuple[Sentence, ...]:
    """Return what is written where it is said, in the order of the files."""
    chinese = sentences()
    return tuple(
        Sentence(place=place, english=english, chinese=chinese.get(english, ""))
        for path in files()
        for place, english in _in_file(path)
    )


def both() -> list[Sentence]:
    """Return those that stand with their Chinese beside them."""
    found = []
    for path in files():
        for call in _calls(path, "Text"):
            if len(call.args) == 2 and all(isinstance(each, ast.Constant) for each in call.args):
                english, chinese = (ast.literal_eval(each) for each in call.args)
                found.append(
                    Sentence(place=f"{path.relative_to(PACKAGE)}:{call.lineno}", english=english, chinese=chinese)
                )
    return found


def _in_file(path: Path) -> Iterator[tuple[str, str]]:
    for name in _SAY:
        for call in _calls(path, name):
            if call.args and isinstance(call.args[0], ast.Constant):
                yield f"{path.relative_to(PACKAGE)}:{call.lineno}", str(call.args[0].value)


def _calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def main() -> int:
    found = [*said(), *both()]
    for each in found:
        print(f"{each.place}\n  {each.english}\n  {each.chinese or '(no Chinese)'}")
    missing = sum(not each.chinese for each in found)
    print(f"{len(found)} sentences, {missing} without Chinese")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
