"""Wildcards in a prompt: `a {red|blue} cat` stands for two prompts. Sweeps and batches expand them, single calls never.

Pure. Groups may stand inside one another; `{{a|b}}` is written literally. A batch makes a column of each group, so that
it is told beside every picture which words it was.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator

from ..errors import InvalidRequest
from ..specs import shown
from ..system.language import sentence

LONGEST = 20_000
"""Characters of a prompt with its wildcards."""
_DOUBLED = re.compile(r"\{\{([^{}]*)\}\}")
_GROUP = re.compile(r"\{([^{}|]*(?:\|[^{}|]*)+)\}")
_COLUMN = re.compile(r"\{\w+\}")
_HIDDEN = {"{": "\ue000", "|": "\ue001", "}": "\ue002"}
"""What stands for the signs of a doubled pair while groups are looked for; a prompt has none of them."""
_HIDE = {ord(sign): hidden for sign, hidden in _HIDDEN.items()}
_SHOWN = str.maketrans({hidden: sign for sign, hidden in _HIDDEN.items()})


def has_wildcards(text: str) -> bool:
    """Tell whether a text holds a group of words to choose from.

    >>> has_wildcards("a {red|blue} cat"), has_wildcards("a {red} cat"), has_wildcards("{{a|b}}")
    (True, False, False)
    """
    return _GROUP.search(_hidden(text)) is not None


def expand(text: str, most: int) -> list[str]:
    """Return every prompt that a text with wildcards stands for, the last group varying fastest, each once.

    A text without wildcards is returned as it is, doubled braces included: only where there are groups do braces need
    an escape.

    Raises
    ------
    InvalidRequest
        When it stands for more than `most` prompts, or is longer than 20 000 characters.

    >>> expand("a {red|{light|dark} blue} cat", 10)
    ['a red cat', 'a light blue cat', 'a dark blue cat']
    """
    if not has_wildcards(text):
        return [text]
    if len(text) > LONGEST or any(hidden in text for hidden in _HIDDEN.values()):
        raise InvalidRequest(
            sentence(
                "a prompt with wildcards has at most {most} characters, got {count}", most=LONGEST, count=len(text)
            )
        )
    found = [_hidden(text)]
    while any(_GROUP.search(each) for each in found):
        found = _once(found, most, text)
    return [each.translate(_SHOWN) for each in found]


def as_columns(text: str, most: int) -> tuple[str, list[list[str]]]:
    """Return a template with a place `{wildcard}`, `{wildcard2}`, … for each outer group, and the words of each.

    Everything else stays as it is typed, doubled braces and the columns of a template included.

    Raises
    ------
    InvalidRequest
        When the groups stand for more than `most` combinations, or hold the columns of a template.

    >>> as_columns("a {red|blue} {sku}", 10)
    ('a {wildcard} {sku}', [['red', 'blue']])
    """
    parts: list[str] = []
    groups: list[list[str]] = []
    at = 0
    while at < len(text):
        doubled = _DOUBLED.match(text, at)
        end = -1 if doubled or text[at] != "{" else _closed(text, at)
        group = text[at:end] if end > 0 else ""
        around_column = _COLUMN.search(group) is not None and "|" in _COLUMN.sub("", group)
        if group and (has_wildcards(group) or around_column):
            if around_column:
                raise InvalidRequest(
                    sentence("the wildcard {group} holds a column; put the column outside of it", group=shown(group))
                )
            groups.append(expand(group, most))
            parts.append("{wildcard}" if len(groups) == 1 else f"{{wildcard{len(groups)}}}")
            at = end
            continue
        part = doubled[0] if doubled else text[at]
        parts.append(part)
        at += len(part)
    if math.prod(map(len, groups)) > most:
        raise InvalidRequest(_too_many(text, most))
    return "".join(parts), groups


def _closed(text: str, opened: int) -> int:
    """Return the place behind the brace that closes the one at `opened`, -1 where none does."""
    depth = 0
    for place in range(opened, min(len(text), opened + LONGEST)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    return -1


def _too_many(text: str, most: int) -> str:
    return sentence(
        "the wildcards in {text} stand for more than {most} prompts; shorten a group", text=shown(text), most=most
    )


def _once(texts: list[str], most: int, typed: str) -> list[str]:
    """Expand the innermost groups of each text."""
    expanded = itertools.chain.from_iterable(map(_innermost, texts))
    found: dict[str, None] = {}
    for number, each in enumerate(expanded, start=1):
        found[each] = None
        if number > most:  # not by what is found: many empty words give few texts in very many ways
            raise InvalidRequest(_too_many(typed, most))
    return list(found)


def _innermost(text: str) -> Iterator[str]:
    parts = _GROUP.split(text)  # text, group, text, ...
    choices: list[Iterable[str]] = [
        [part] if number % 2 == 0 else dict.fromkeys(part.split("|")) for number, part in enumerate(parts)
    ]
    return ("".join(chosen) for chosen in itertools.product(*choices))


def _hidden(text: str) -> str:
    return _DOUBLED.sub(lambda pair: f"{{{pair[1]}}}".translate(_HIDE), text)
