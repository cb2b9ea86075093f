"""Fill `{name}` into the words of a magic and into its body, and leave every other brace as typed. No IPython here.

IPython's own expansion turns `$5` into `5`, and one odd brace stops all of it; prompts hold prices and JSON.
"""

from __future__ import annotations

import ast
import builtins
import math
import os
import re
import unicodedata
import warnings
from collections.abc import Mapping
from typing import Any

from .. import specs
from ..errors import printable
from ..system.language import sentence

_PATH = r"[^\W\d]\w*(?:\.[^\W\d]\w*|\[[^\[\]{}]*\])*"
NAME = re.compile(rf"(?<!\{{)\{{{_PATH}\}}")
"""What looks like a name: an identifier in braces, with attributes and indices; doubled braces are none."""
_TOKEN = re.compile(rf"\{{\{{|\}}\}}|\{{{_PATH}\}}|[{{}}]")
_STEP = re.compile(r"\.[^\W\d]\w*|\[[^\[\]{}]*\]")
_GROUP = re.compile(r"\{((?:[^{}]|\{[^{}]*\}){1,400})\}")
"""A pair of braces as an f-string may have it: with at most one pair inside, in a format."""
_WIDE = re.compile(r"\uff5b\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*\uff5d")
"""A name in the braces of a wide keyboard."""
_OBJECT = re.compile(r"<.*>|.*<[^<>]* at 0x[0-9a-fA-F]+>.*", re.DOTALL)
"""How Python writes an object that has no text of its own."""


class UnknownName(LookupError):
    """Says in a sentence why an expression has no value."""


def fill(text: str, names: Mapping[str, Any], unknown: list[str] | None = None) -> str:
    """Fill in every `{name}`, `{name.attr}` and `{name[0]}`; braces that hold anything else stay.

    `{{` with its own `}}` stands for a pair of braces; a `}}` that ends two levels of JSON stays as it is. A name that
    has no value stays, and a line about it goes to `unknown`; so does an expression with a name that has one.

    >>> fill("a {colour} cat for $5 {1} {{colour}}", {"colour": "red"})
    'a red cat for $5 {1} {colour}'
    >>> fill('{"sky": {"is": "{colour}"}}', {"colour": "red"})
    '{"sky": {"is": "red"}}'
    """
    parts: list[str] = []
    opened: list[int] = []  # where in `parts` the braces lie that are not closed yet
    position = 0
    while (token := _TOKEN.search(text, position)) is not None:
        parts.append(text[position : token.start()])
        position = token.end()
        found = token[0]
        if found == "}}" and opened and parts[opened[-1]] == "{{":
            parts[opened.pop()] = "{"
            found = "}"
        elif found in ("}", "}}"):
            found, position = "}", token.start() + 1
            if opened and parts[opened[-1]] == "{":
                opened.pop()
        elif found == "{" and (computed := _expression(text, token.start(), names)):
            position += len(computed) - 1
            found = computed
            if unknown is not None:
                unknown.append(refused(computed, _compute_first(computed)))
        elif found in ("{", "{{"):
            opened.append(len(parts))
        else:
            try:
                found = as_text(look_up(found[1:-1], names))
            except UnknownName as error:
                if unknown is not None:
                    unknown.append(refused(found, str(error)))
        parts.append(found)
    if unknown is not None:
        unknown += [_wide(match[0], match[1]) for match in _WIDE.finditer(text) if match[1].split(".")[0] in names]
    return "".join([*parts, text[position:]])


def _wide(found: str, inner: str) -> str:
    return sentence(
        "{found} has wide braces, which fill nothing in: write {{{inner}}}, or --raw to send it as it is",
        found=found,
        inner=inner,
    )


def refused(found: str, why: str) -> str:
    """Return the line about braces that cannot be filled in, and how to send them as they are."""
    literal = found.replace("{", "{{").replace("}", "}}")
    return sentence(
        "{found} cannot be filled in: {error} Write {literal} to send it as it is, or --raw",
        found=found,
        error=why,
        literal=literal,
    )


def _expression(text: str, start: int, names: Mapping[str, Any]) -> str:
    """Return the braces that open at `start` if Python would compute something of `names` in them, else ""."""
    match = _GROUP.match(text, start)
    if match is None or not re.search(r"[^\W\d]", match[1]):
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's remarks on code that is none of ours
            tree = ast.parse(f'f"""{match[0]}"""', mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    fields = [node for node in ast.walk(tree) if isinstance(node, ast.FormattedValue)]
    inside = [node for field in fields[:1] for node in ast.walk(field.value)]
    called = {node.func.id for node in inside if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    meant = {node.id for node in inside if isinstance(node, ast.Name)}
    return match[0] if any(name in names for name in meant) or called & set(dir(builtins)) else ""


def _compute_first(computed: str) -> str:
    inner = computed[1:-1].strip()
    if inner != computed[1:-1] and re.fullmatch(_PATH, inner):
        return sentence("blanks are in the way; write {{{inner}}}.", inner=inner)
    return sentence(
        "only {{name}}, {{name.attr}} and {{name[0]}} are. Compute it first, text = f{computed!r}, and write {{text}}.",
        computed=computed,
    )


def alone(text: str) -> str | None:
    """Return the expression in a text that is one name in braces and nothing else, None for any other.

    >>> alone("{cat.name}"), alone("{a}{b}")
    ('cat.name', None)
    """
    return text[1:-1] if NAME.fullmatch(text) else None


def as_text(value: Any) -> str:
    """Return what stands in a text for a value: a path as the system writes it, all else as `str` does.

    Raises
    ------
    UnknownName
        When the value has no text that a prompt or path could mean (None, a missing number, bytes, an array, a
        function, an object that Python writes as `<...>`), and when writing it raises.
    """
    if isinstance(value, str):
        return str(value)
    kind = type(value).__name__
    try:
        found = os.fsdecode(value) if isinstance(value, os.PathLike) else str(value)
        nothing = value is None or found == "NaT" or (isinstance(value, float) and math.isnan(value))
        many = isinstance(value, bytes | bytearray | memoryview) or bool(getattr(value, "shape", ()))
    except Exception as error:  # noqa: BLE001  # a user's object may raise anything
        raise UnknownName(sentence("writing it raises {named}.", named=_named(error))) from None
    if nothing or found == "<NA>":
        raise UnknownName(sentence("its value is {found}, which is no text.", found=found))
    if many or callable(value) or _OBJECT.fullmatch(found):
        raise UnknownName(sentence("its value is of the type {kind}, which is no text.", kind=kind))
    return found


def look_up(path: str, names: Mapping[str, Any]) -> Any:
    """Return the object that `name`, `name.attr` or `name[0]` names.

    Raises
    ------
    UnknownName
        When there is none, or when reaching it raises.
    """
    match = re.match(r"[^\W\d]\w*", path)
    if match is None or not re.fullmatch(_PATH, path):
        raise UnknownName(sentence("{path} is no name.", path=path))
    reached = unicodedata.normalize("NFKC", match[0])  # as Python reads identifiers
    if reached not in names:
        meant = specs.nearest(reached, [name for name in names if not name.startswith("_")])
        raise UnknownName(sentence("there is no variable {reached}{meant}", reached=reached, meant=meant))
    found = names[reached]
    for step in _STEP.findall(path[match.end() :]):
        inner = step[1:-1].strip("\"'")
        key = int(inner) if re.fullmatch(r"-?\d+", inner) else inner
        try:
            found = getattr(found, step[1:]) if step[0] == "." else found[key]
        except (AttributeError, TypeError, KeyError, IndexError):
            if step[0] == "[" and inner == step[1:-1] and not isinstance(key, int) and not isinstance(found, Mapping):
                raise UnknownName(_compute_first(f"{{{path}}}")) from None
            raise UnknownName(sentence("{reached} has no {step}.", reached=reached, step=step)) from None
        except Exception as error:  # noqa: BLE001  # so may its properties
            raise UnknownName(
                sentence("{reached}{step} raises {named}.", reached=reached, step=step, named=_named(error))
            ) from None
        reached += step
    return found


def _named(error: Exception) -> str:
    return printable(f"{type(error).__name__}: {error}", 120).rstrip(".")


def as_python(path: str) -> str:
    """Return the expression for what `look_up` finds: the key of a dict is quoted in Python.

    >>> as_python("table[sky].names[0]")
    "table['sky'].names[0]"
    """

    def step(match: re.Match[str]) -> str:
        inner = match[1].strip("\"'")
        return f"[{inner}]" if re.fullmatch(r"-?\d+", inner) else f"[{inner!r}]"

    return re.sub(r"\[([^\[\]{}]*)\]", step, path)
