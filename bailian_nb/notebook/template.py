"""Fill `{name}` into a prompt from the notebook's variables, and leave everything else as typed. No IPython here.

IPython's own expansion turns `$5` into `5`, and one odd brace stops all of it; prompts hold prices and JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PATH = r"[^\W\d]\w*(?:\.[^\W\d]\w*|\[[^\[\]{}]*\])*"
_TOKEN = re.compile(rf"\{{\{{|\}}\}}|\{{{_PATH}\}}|[{{}}]")
_STEP = re.compile(r"\.[^\W\d]\w*|\[[^\[\]{}]*\]")


def fill(prompt: str, names: Mapping[str, Any]) -> str:
    """Fill in `{name}`, `{name.attr}` and `{name[0]}` that exist; the rest stays.

    `{{` with its own `}}` stands for a pair of braces; a `}}` that ends two levels of JSON stays as it is.

    >>> fill("a {colour} cat for $5 {tail} {{colour}}", {"colour": "red"})
    'a red cat for $5 {tail} {colour}'
    >>> fill('{"sky": {"is": "{colour}"}}', {"colour": "red"})
    '{"sky": {"is": "red"}}'
    """
    parts: list[str] = []
    opened: list[int] = []  # where in `parts` the braces lie that are not closed yet
    position = 0
    while (token := _TOKEN.search(prompt, position)) is not None:
        parts.append(prompt[position : token.start()])
        position = token.end()
        text = token[0]
        if text == "}}" and opened and parts[opened[-1]] == "{{":
            parts[opened.pop()] = "{"
            text = "}"
        elif text in ("}", "}}"):
            text, position = "}", token.start() + 1
            if opened and parts[opened[-1]] == "{":
                opened.pop()
        elif text in ("{", "{{"):
            opened.append(len(parts))
        else:
            text = _value(text, names)
        parts.append(text)
    return "".join([*parts, prompt[position:]])


def look_up(path: str, names: Mapping[str, Any]) -> Any:
    """Return the object that `name`, `name.attr` or `name[0]` names; LookupError when there is none."""
    match = re.match(r"[^\W\d]\w*", path)
    if match is None or match[0] not in names or not re.fullmatch(_PATH, path):
        raise LookupError(path)
    found = names[match[0]]
    for step in _STEP.findall(path[match.end() :]):
        inner = step[1:-1].strip("\"'")
        key = int(inner) if re.fullmatch(r"-?\d+", inner) else inner
        try:
            found = getattr(found, step[1:]) if step[0] == "." else found[key]
        except (AttributeError, TypeError, KeyError, IndexError):
            raise LookupError(path) from None
    return found


def as_python(path: str) -> str:
    """Return the expression for what `look_up` finds: the key of a dict is quoted in Python.

    >>> as_python("table[sky].names[0]")
    "table['sky'].names[0]"
    """

    def step(match: re.Match[str]) -> str:
        inner = match[1].strip("\"'")
        return f"[{inner}]" if re.fullmatch(r"-?\d+", inner) else f"[{inner!r}]"

    return re.sub(r"\[([^\[\]{}]*)\]", step, path)


def _value(text: str, names: Mapping[str, Any]) -> str:
    try:
        return str(look_up(text[1:-1], names))
    except Exception:  # noqa: BLE001  # whatever a user's property or __str__ raises, the prompt stays as typed
        return text
