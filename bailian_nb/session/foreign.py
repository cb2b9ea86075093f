"""A picture of another tool as a call of ours: what its text says in the terms of a text-to-image model.

`rerun.find` asks for it where a picture holds no Record. What cannot be translated is named, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .. import specs
from ..errors import printable
from ..gallery.other_texts import read_texts
from ..gallery.other_tools import Foreign, understand
from ..request import Request
from ..system.language import sentence

_LORA = re.compile(r"<(?:lora|lyco|hypernet):[^<>]{1,200}>")
_WEIGHT = re.compile(r"(?<!\\)\(([^()\\:]{1,500}):\s{0,3}\d{0,3}\.?\d{0,6}\)")
_LONGEST = 100


@dataclass(frozen=True, kw_only=True)
class Translation:
    """Another tool's picture: what its text says, the call that is nearest, and a line for each thing left out."""

    source: Foreign
    request: Request
    left: tuple[str, ...]


def translate_picture(subject: Any, model: str) -> Translation | None:
    """Return what the text in a picture (path, bytes, Pillow image) means for `model`, None where there is none."""
    found = understand(read_texts(subject))
    return None if found is None else _translated(found, model)


def _translated(found: Foreign, model: str) -> Translation:
    row = specs.get(model, "t2i")
    left: list[str] = []
    values: dict[str, Any] = {"prompt": _worded(found.prompt, left)}
    taken = {each.name for each in row.takes(None)}
    wanted = {"negative_prompt": _worded(found.negative, left) or None, "seed": found.seed}
    wanted["size"] = None if found.size is None else "{}*{}".format(*found.size)
    for name, value in wanted.items():
        if value is None:
            continue
        if name not in taken:
            left.append(sentence("{name}={value}: {name2} has no such parameter", name=name, value=value, name2=model))
            continue
        wrong = [each for each in specs.check(row, None, {**values, name: value}).problems if each.parameter == name]
        if not wrong:
            values[name] = value
        elif name == "size" and found.size is not None and (near := _same_shape(row, found.size)):
            values[name] = near
            left.append(sentence("size {size}: {model} draws {near}", size=value, model=model, near=near))
        else:
            left.append(wrong[0].message)
    if found.strength is not None:
        left.append(
            sentence("denoising {strength:g}: the picture that it began with is not in it", strength=found.strength)
        )
    left += [
        sentence("{name} {value}: {model} has no such setting", name=printable(name, 40), value=shown, model=model)
        for name, value in found.settings.items()
        if (shown := printable(value, _LONGEST))
    ]
    request = Request(model=row.name, values=values, seed_given="seed" in values)
    return Translation(source=found, request=request, left=tuple(left))


def _worded(text: str, left: list[str]) -> str:
    """Return a prompt without what only the other tool reads: LoRA tags and weights of words."""
    tags = _LORA.findall(text)
    left += [sentence("{tag}: no LoRA can go along", tag=printable(tag, _LONGEST)) for tag in tags[:20]]
    plain = _LORA.sub("", text)
    bare = _WEIGHT.sub(r"\1", plain)
    if bare != plain:
        left.append(sentence("weights of words, such as (sky:1.2): the words alone are sent"))
    return re.sub(r"[ \t]{2,}", " ", bare).strip(" ,\t\n") if tags else bare


def _same_shape(row: specs.Model, size: tuple[int, int]) -> str | None:
    """Return a size of the same proportions that the model takes, None where there is none."""
    given = f"{size[0]}:{size[1]}"
    checked = specs.check(row, None, {"prompt": "x", "size": given})
    if any(each.parameter == "size" for each in checked.problems):
        return None
    found = checked.values.get("size")
    return found if isinstance(found, str) else None
