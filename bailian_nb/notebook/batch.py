"""What `%wan_batch` does once its line is read: a Batch, and whether to show its plan or to run it. No IPython here.

Braces on its line belong to the templates, so no variable is filled in; a source is looked up by its name, which may
stand in braces as elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import specs
from ..batch.batch import Batch
from ..batch.make import make as make_batch
from ..batch.options import of_rows
from ..errors import BudgetExceeded, InvalidRequest, Problem
from ..money.budget import above_limit
from ..planning.edit_args import is_file
from ..session import confirm
from ..session.session import Session
from ..system.language import sentence
from ..texts import batch as words
from ..texts.catalogue import say
from .line import MagicLine, no_axis, read_line
from .template import alone

KINDS: tuple[specs.Kind, ...] = ("edit", "t2i")


def read(line: str, body: str | None) -> tuple[MagicLine, specs.Kind]:
    """Read the line and tell its kind: `edit` unless its first word says `t2i`."""
    first = line.split(maxsplit=1)[:1]
    kind: specs.Kind = "t2i" if first == ["t2i"] else "edit"
    return read_line(line, kind, None, body, more=tuple(words.BOTH), switches=tuple(words.SWITCHES)), kind


def make(session: Session, read: MagicLine, kind: specs.Kind, *, look: Callable[[str], Any]) -> Batch:
    """Return the Batch of a line; `look` returns what a bare name stands for.

    Raises
    ------
    InvalidRequest
        With everything that is wrong with the line and the templates.
    """
    rest = list(read.words)
    if not rest or rest[0] not in KINDS:
        raise InvalidRequest(sentence("%wan_batch begins with edit or t2i, for example {usage}", usage=words.USAGE))
    rest = rest[1:]
    function = None
    functions = [name for model in specs.models("edit") for row in model.functions for name in (row.name, row.short)]
    if kind == "edit" and rest and (rest[0] in (*functions, *specs.recipes()) and not is_file(rest[0])):
        function, rest = str(rest[0]), rest[1:]
    problems = [*read.problems, *no_axis(read)]
    if not rest:
        problems.append(
            Problem(parameter="source", message=sentence("a source is missing, for example {usage}", usage=words.USAGE))
        )
        raise InvalidRequest(problems)
    pictures = [str(word) for word in rest[1:] if is_file(word)] if is_file(rest[0]) else []
    source: Any = str(rest[0]) if Path(str(rest[0])).is_dir() else look(alone(rest[0]) or rest[0])
    if pictures:
        source, rest = [Path(str(rest[0])), *map(Path, pictures)], [rest[0], *rest[1 + len(pictures) :]]
    prompt = _prompt(read, rest[1:], problems)
    try:
        batch = make_batch(
            session,
            source,
            function=function,
            model=read.model,
            given={"prompt": prompt, "image": read.extra.get("image"), **_masks(read, look), **_values(read)},
            name=read.extra.get("name"),
            options=of_rows(read, read.extra.get("encoding")),
        )
    except InvalidRequest as error:
        raise InvalidRequest([*problems, *error.problems], hint=error.hint) from None
    if problems:
        raise InvalidRequest(problems)
    return batch


def _prompt(read: MagicLine, rest: Sequence[str], problems: list[Problem]) -> str | None:
    if len(rest) > 1 or (rest and read.body is not None):
        what = rest[0] if read.body is not None else rest[1]
        problems.append(
            Problem(
                parameter="prompt",
                message=sentence(
                    "{what!r} is too much; put the template of the prompt into one pair of quotes", what=str(what)
                ),
            )
        )
    if read.body is not None:
        return str(read.body)
    return str(rest[0]) if rest else None


def _masks(read: MagicLine, look: Callable[[str], Any]) -> dict[str, Any]:
    given = {"mask": read.mask, "keep": read.keep}
    return {
        name: str(word) if "{" in word or is_file(word) else look(word)
        for name, word in given.items()
        if word is not None
    }


def _values(read: MagicLine) -> Mapping[str, Any]:
    return {name: value if isinstance(value, bool) else str(value) for name, value in read.values.items()}


def run(batch: Batch, read: MagicLine, *, confirm_above: float, button: bool, lang: str) -> str:
    """Send the Batch unless it is a dry run or must be confirmed; return the sentence that says so, else "".

    `button` tells whether a Run button can be shown.

    Raises
    ------
    InvalidRequest
        With the rows that cannot be sent.
    BudgetExceeded
        When the estimate is above `confirm_above` and there is no Run button, or above the cap.
    """
    plan = batch.plan
    skip = "skip-invalid" in read.extra
    if read.dry_run:
        return say("dry_run", lang)
    cost = plan.cost
    if plan.tasks and (cost is None or cost > confirm_above) and not read.run:
        if not button:
            raise BudgetExceeded(above_limit(cost, plan.dated, confirm_above, lang))
        return confirm.button(cost, plan.dated, confirm_above, lang)
    batch.run(max_cost=read.max_cost, skip_invalid=skip)
    return ""
