"""A recipe's call: the instruction around the prompt, what of the picture is kept, the size that is asked for.

`plan` calls these for `background`; any other call passes through unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import InvalidRequest, Problem
from ..images import Input, read_mask
from ..images.keep import cut_out, has_alpha, mask_from_alpha
from ..specs import ImageRule, Model, Recipe
from ..specs.parse_size import nearest_size
from ..system.language import sentence
from .inputs import first_picture

ALPHA = "alpha"
"""What `keep` may say instead of a mask: what is opaque."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def worded(recipe: Recipe | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the recipe's instruction around the prompt, once however often it is sent again."""
    given = dict(values)
    prompt = given.get("prompt")
    if recipe is None or not isinstance(prompt, str):
        return given
    if not prompt.strip():
        return {**given, "prompt": None} if recipe.prompt_optional else given
    if recipe.instruction is None:
        return given
    heads = [text.partition("{prompt}")[0] for text in recipe.instruction]
    if not prompt.startswith(tuple(heads)):
        words = recipe.instruction.get("zh" if _CHINESE.search(prompt) else "en")
        given["prompt"] = words.replace("{prompt}", prompt)
    return given


def readable(recipe: Recipe | None, rule: ImageRule | None) -> ImageRule | None:
    """Return what a picture may be before it is cut out: of any format, with transparency or without."""
    if recipe is None or not recipe.cut_out or rule is None:
        return rule
    return replace(rule, formats=("jpeg", "png", "bmp", "tiff", "webp"), transparent=False)


def kept(
    recipe: Recipe, keep: Any, row: Model, pictures: list[Input], warnings: list[str], found: list[Problem]
) -> Input | None:
    """Return the mask of what is kept, 0 there, and put the cut-out into `pictures` where the service wants one.

    `keep` is a mask (white is kept) in any form, a painter, "alpha", or None for the alpha of a picture that has some;
    an Input is a mask that was read before, 0 where it keeps. What is wrong goes to `found`.
    """
    if not pictures:
        return None
    picture = pictures[0]
    name = picture.name or "the picture"
    if not picture.data:
        line = sentence("keep needs the picture itself, and {name} is a URL or gone; give a local file", name=name)
        found.append(Problem(parameter="keep", message=line))
        return None
    if isinstance(keep, Input):
        return keep
    if keep is None or (isinstance(keep, str) and keep == ALPHA):
        if not has_alpha(picture):
            line = (
                sentence(
                    "keep is missing: the transparency of {name} keeps nothing apart, since all of it is opaque or "
                    "none; give a mask, white where the product is, or a painter",
                    name=name,
                )
                if picture.open().has_transparency_data
                else sentence(
                    "keep is missing: {name} has no transparency that says what is kept; give a mask, white "
                    "where the product is, or a painter",
                    name=name,
                )
            )
            found.append(Problem(parameter="keep", message=line))
            return None
        mask = mask_from_alpha(picture)
    else:
        painted = getattr(keep, "mask", keep)
        try:
            mask = read_mask(first_picture(painted), picture, invert=True)
        except InvalidRequest as error:
            found.extend(
                Problem(parameter="keep", message=sentence("keep: {message}", message=each.message))
                for each in error.problems
            )
            return None
        warnings.extend(note for note in mask.notes if note != "inverted")
    if not mask.data or mask.open().convert("L").getextrema()[0] != 0:
        line = sentence("keep has no white pixel, so no product would be kept; white is kept, black becomes background")
        found.append(Problem(parameter="keep", message=line))
        return None
    if recipe.cut_out:
        pictures[0] = cut_out(picture, mask)
    return mask


def own_size(recipe: Recipe, row: Model, values: Mapping[str, Any], pictures: list[Input]) -> str:
    """Return the `size` to ask for: the picture's own, or of its proportions where the model draws no such size.

    "" where one was given, or the model draws no such proportions.
    """
    rule = next((each.size for each in row.parameters if each.name == "size"), None)
    if not recipe.same_size or values.get("size") or rule is None or not pictures or pictures[0].size is None:
        return ""
    found = nearest_size(*pictures[0].size, rule)
    return f"{found[0]}*{found[1]}" if found else ""
