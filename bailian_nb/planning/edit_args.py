"""Tell the words of an edit apart: function, pictures, and what is left for the prompt.

Called by `%wan_edit` and by the command line, so that both read the same words in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import TypeVar

from .. import specs
from ..errors import InvalidRequest, printable
from ..system.language import sentence
from ..system.paths import user_path
from .plain import unended

Word = TypeVar("Word", bound=str)


def tell_apart(
    model: specs.Model, words: Sequence[Word], *, prompt_elsewhere: bool = False
) -> tuple[str | None, list[Word], list[Word]]:
    """Return DashScope's function name, the words for pictures, and the rest.

    A model with functions takes FUNCTION IMAGE PROMPT, and so does one with a recipe of that name; any other takes
    IMAGE ... PROMPT: there the last word is the prompt unless it stands elsewhere (in the cell's body), or the model
    takes none.

    Raises
    ------
    InvalidRequest
        For an unknown function, a function that the model does not have, and a file where the prompt belongs.
    """
    named = words[0] in _functions() or model.recipe(words[0]) is not None
    if named and len(words) == 2 and not prompt_elsewhere and _is_prose(words[1]):
        line = sentence(
            "the picture is missing before {prompt!r}; {order}",
            prompt=printable(words[1], 120),
            order=sentence(specs.ORDER),
        )
        raise InvalidRequest(line)
    if (path := _torn(words[1:])) is not None:
        raise InvalidRequest(sentence("a path with blanks needs quotes: {path}", path=f'"{path}"'))
    if model.recipe(words[0]) is not None and not is_file(words[0]):
        return words[0], list(words[1:2]), list(words[2:])
    if model.functions and not prompt_elsewhere and len(words) > 2 and is_file(words[2]) and is_file(words[1]):
        raise InvalidRequest(
            sentence(
                "{name} takes one picture, and {other} is another; --model wan2.7-image takes several",
                name=model.name,
                other=printable(words[2], 120),
            )
        )
    if model.functions:
        return specs.function_name(model, words[0]), list(words[1:2]), list(words[2:])
    if words[0] in _functions() and not is_file(words[0]):
        specs.function_name(model, words[0])
    whole = prompt_elsewhere or model.prompt is None
    pictures = len(words) if whole else max(1, len(words) - 1)
    rest = list(words[pictures:])
    if rest and is_file(rest[0]):
        raise InvalidRequest(
            sentence(
                "the prompt is missing: {rest} is a picture file, and {name} takes IMAGE ... PROMPT",
                rest=rest[0],
                name=model.name,
            )
        )
    return None, list(words[:pictures]), rest


def split_prompt(words: Sequence[Word]) -> tuple[list[Word], Word | None]:
    """Return the pictures behind `rerun JOB`, and the prompt that stands last: what can be the name of no picture."""
    prompt = words[-1] if words and _is_sentence(words[-1]) else None
    return list(words if prompt is None else words[:-1]), prompt


def means_an_edit(words: Sequence[str]) -> bool:
    """Tell a line over an edit (a function or a picture comes first) from one over text to image.

    More than one word is no prompt, so a first word that is nearly a function, or a picture behind it, means an edit,
    too: the table then says which function was meant.
    """
    functions = sorted(_functions())
    if words and (words[0] in functions or is_file(words[0])):
        return True
    return len(words) > 1 and (is_file(words[1]) or specs.nearest(words[0], functions) != sentence("."))


def as_named(word: Word) -> Word | str:
    """Return a word without signs behind it (`photo.jpg，`) where only so it names a file or a function."""
    bare = unended(word)
    return bare if bare != word and not is_file(word) and (is_file(bare) or bare in _functions()) else word


def is_file(word: str) -> bool:
    """Tell whether a word names a file; one that is too long or no path at all does not."""
    return _has(word, Path.is_file)


def exists(word: str) -> bool:
    """Tell whether a word names a file or folder."""
    return _has(word, Path.exists)


def _has(word: str, ask: Callable[[Path], bool]) -> bool:
    try:
        return ask(user_path(word))
    except (OSError, RuntimeError, ValueError):
        return False


def _is_prose(word: str) -> bool:
    """Tell whether a word is of several words and no file's name, so that it can be no picture."""
    return " " in word.strip() and not PurePath(word).suffix and not exists(word)


def _torn(words: Sequence[str]) -> str | None:
    """Return the file's name that the first words are, where its blanks stood in no quotes."""
    if len(words) < 2 or is_file(words[0]):
        return None
    joined = (" ".join(words[:count]) for count in range(2, len(words) + 1))
    return next((path for path in joined if is_file(path)), None)


def _is_sentence(word: str) -> bool:
    """Tell whether a word is of several words, or in letters beyond ASCII, and no address or path."""
    spoken = " " in word.strip() or not word.isascii()
    return spoken and "://" not in word and _ENDING.search(word) is None and not exists(word)


_ENDING = re.compile(r"\.[A-Za-z]\w{1,4}$")
"""Of a file's name."""


def _functions() -> set[str]:
    return {name for model in specs.models("edit") for row in model.functions for name in (row.name, row.short)}
