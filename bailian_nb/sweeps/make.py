"""From what users give to a Sweep: inputs are read once, axes told from single values, the seed locked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from PIL import Image

from .. import specs
from ..errors import InvalidRequest
from ..images import Input, read_input, read_mask
from ..jobs.result import Result
from ..planning import wildcards
from ..planning.checks import LARGEST_SEED
from ..planning.edit_args import is_file
from ..planning.inputs import first_picture
from ..planning.keep import readable
from ..planning.plan import Plan
from ..session.session import Session
from ..specs import frames
from ..system.language import sentence
from . import axes as axis
from .sweep import Sweep


def make(
    session: Session,
    *,
    image: Any,
    function: str | None,
    prompt: Any,
    model: str | None,
    values: Mapping[str, Any],
    mask: Any = None,
    keep: Any = None,
    fit: bool = False,
    invert: bool = False,
    **more: Any,
) -> Sweep:
    """Return a Sweep that has sent nothing.

    Without a seed one is worked out from everything else, so that the cell can be run again and finds what is done.

    Raises
    ------
    InvalidRequest
        For a picture that cannot be sent, an unknown function, no axis, or an axis that is too long. Values that do
        not fit their parameter make invalid cells instead.
    """
    row = _row(session, model, edits=image is not None or function is not None)
    function = _function(row, function, image)
    pictures, mask_input = _read_once(row, function, image, mask, fit, invert)
    axes, single = _axes(row, function, prompt, {name: value for name, value in values.items() if value is not None})
    if "seed" not in axes and single.get("seed") is None and any(each.name == "seed" for each in row.takes(function)):
        single["seed"] = _locked_seed(row.name, function, single, pictures, more.get("preset"))

    def plan(labels: Mapping[str, Any]) -> Plan:
        return session.plan(
            model=row.name,
            function=function,
            values={**single, **labels},
            images=pictures,
            mask=mask_input,
            keep=keep,
            invert=invert and mask is None,  # one that is given was turned over when it was read
            **more,
        )

    def original() -> Image.Image | None:
        return pictures[0].open() if pictures and pictures[0].data else None

    text = prompt if isinstance(prompt, str) else ""
    what = specs.short_name(row.name, function) if function else row.name
    return Sweep(session, plan, axes, title=f"{what}: {text}"[:120], original=original)


def _row(session: Session, model: str | None, *, edits: bool) -> specs.Model:
    if model is not None:
        return specs.get(model)
    settings = session.settings()
    return specs.get(settings.edit_model, "edit") if edits else specs.get(settings.model, "t2i")


def _function(row: specs.Model, function: str | None, image: Any) -> str | None:
    """Return DashScope's name of the function; what is no function of a model without any is left to the plan."""
    if not row.functions:
        return function
    if function is None and _is_prompt(image):
        raise InvalidRequest(
            sentence(
                "the first argument is the picture, and {image} is none: for text to image write "
                "sweep(prompt={image}, seed=[1, 2]), "
                'for an edit sweep("photo.jpg", "style", {image}, strength=[0, 1])',
                image=specs.shown(image),
            )
        )
    if function is None:
        names = ", ".join(each.name for each in row.functions)
        raise InvalidRequest(sentence("{name} needs a function: {names}", name=row.name, names=names))
    return specs.function_name(row, function)


def _axes(
    row: specs.Model, function: str | None, prompt: Any, given: Mapping[str, Any]
) -> tuple[dict[str, tuple[Any, ...]], dict[str, Any]]:
    """Return the axes, and the values that every cell has; a list of a parameter that takes one is such a value."""
    takes = row.takes(function)
    lists = {each.name for each in takes if each.type in ("palette", "boxes", "texts", "pairs")}
    axes, single = axis.split(
        {"prompt": _expanded(prompt), **{name: given[name] for name in given if name not in lists}}
    )
    single |= {name: given[name] for name in given if name in lists}
    known = [each.name for each in takes]
    if frames.scale_rows(row.function(function)):
        known.append("to")
    for name in [name for name in given if name not in known]:
        if name == "max_cost":
            raise InvalidRequest(
                sentence("max_cost is for running the sweep: sweep(...).run(max_cost=1), or set it for every call")
            )
        raise InvalidRequest(
            sentence(
                "{name} is no parameter of {value}{ending} It takes {names}",
                name=name,
                value=function or row.name,
                ending=specs.nearest(name, known),
                names=", ".join(known),
            )
        )
    if not axes:
        raise InvalidRequest(sentence("a sweep needs an axis: give a list of values, for example strength=[0, 0.5, 1]"))
    return axes, single


def _is_prompt(image: Any) -> bool:
    """Tell whether what stands in the place of a picture is a text that can be none: no file, address or data."""
    return isinstance(image, str) and not is_file(image) and not re.match(r"[a-zA-Z]+:\S", image) and len(image) < 4096


def _expanded(prompt: Any) -> Any:
    """Return the prompts that wildcards stand for, an axis; a prompt without them as it is."""
    texts = [prompt] if isinstance(prompt, str) else prompt
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        return prompt
    if not any(map(wildcards.has_wildcards, texts)):
        return prompt
    return [each for text in texts for each in wildcards.expand(text, axis.MOST_VALUES)]


def _read_once(
    row: specs.Model, function: str | None, image: Any, mask: Any, fit: bool, invert: bool
) -> tuple[tuple[Input, ...], Any]:
    if image is None or row.images is None:
        return (), mask  # which the plan refuses
    given = list(image) if isinstance(image, list | tuple) and not isinstance(image, Result) else [image]
    settled = [first_picture(each) for each in given]
    rule = readable(row.recipe(function), row.images) or row.images
    pictures = tuple(read_input(each, rule, fit=fit) for each in settled)
    chosen = row.function(function)
    if mask is None or chosen is None or not chosen.mask:
        return pictures, mask
    return pictures, read_mask(first_picture(getattr(mask, "mask", mask)), pictures[0], invert=invert)


def _locked_seed(
    model: str, function: str | None, single: Mapping[str, Any], pictures: tuple[Input, ...], preset: Any
) -> int:
    """Return one seed for all cells that is the same when the same sweep is made again."""
    parts: list[Any] = [model, function, {name: str(value) for name, value in single.items()}]
    parts.append([picture.sha256 or picture.url for picture in pictures])
    if preset is not None:
        parts.append(str(preset))
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).digest()
    return int.from_bytes(digest[:4], "big") % (LARGEST_SEED - 16)
