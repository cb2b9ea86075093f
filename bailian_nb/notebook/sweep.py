"""What `%wan_sweep` does once its line is read: a Sweep, and whether to show its plan or to run it. No IPython here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import specs
from .. import sweeps as sweeping
from ..errors import BudgetExceeded, InvalidRequest, Problem
from ..money.budget import above_limit
from ..planning.edit_args import means_an_edit, tell_apart
from ..planning.options import call_arguments, edit_arguments
from ..session import confirm
from ..session.session import Session
from ..sweeps import Sweep
from ..system.language import sentence
from ..texts.catalogue import estimate, say
from ..texts.signs import sign
from .line import MagicLine, Word, pictures_needed, read_line

USAGE = '%wan_sweep style photo.jpg "Convert to French picture book style" --axis strength=0:1:0.25'


def kind_of(line: str, names: Mapping[str, Any] | None) -> specs.Kind:
    """Tell a sweep over an edit from one over text to image."""
    return "edit" if means_an_edit(read_line(line, "edit", names).words) else "t2i"


def make(
    session: Session,
    read: MagicLine,
    kind: specs.Kind,
    *,
    look: Callable[[str], Any],
    prompt: Callable[[MagicLine, Sequence[Word], list[Problem]], Word],
) -> Sweep:
    """Return the Sweep of a line; `look` turns a word into a picture, `prompt` reads what is left (or the body).

    Raises
    ------
    InvalidRequest
        With everything that is wrong with the line and the axes.
    """
    problems = [*read.problems, *(pictures_needed(read) if kind == "t2i" else [])]
    axes: dict[str, list[Any]] = {}
    unread = False
    for text in read.axis:
        try:
            name, values = sweeping.parse(text) if isinstance(text, str) else (text[0], _listed(*text))
        except InvalidRequest as error:
            problems.extend(error.problems)
            unread = True
            continue
        axes[name] = [*axes.get(name, []), *values]
    problems.extend(sweeping.beside(read.values, axes) if axes or not unread else ())
    words: Sequence[Word] = read.words
    function = image = None
    try:
        if kind == "edit":
            model = specs.get(session.settings().edit_model if read.model is None else read.model, "edit")
            function, pictures, words = tell_apart(model, words, prompt_elsewhere=read.body is not None)
            found = [look(word) for word in pictures]
            image = found[0] if len(found) == 1 else found
            if not found:
                problems.append(
                    Problem(
                        parameter="image", message=sentence("a picture is needed, for example {USAGE}", USAGE=USAGE)
                    )
                )
        text = prompt(read, words, problems)
        if problems and not axes:
            raise InvalidRequest(problems)  # "a sweep needs an axis" would be said of an axis that was given
        sweep = sweeping.make(
            session,
            image=image,
            function=function,
            prompt=text.prompt,
            model=read.model,
            values={**read.values, **axes},
            mask=None if read.mask is None else look(read.mask),
            keep=None if read.keep is None else look(read.keep),
            **call_arguments(read),
            **edit_arguments(read),
        )
    except InvalidRequest as error:
        raise InvalidRequest(list(dict.fromkeys([*problems, *error.problems])), hint=error.hint) from None
    if problems:
        raise InvalidRequest(problems)
    return sweep


def _listed(name: str, values: Any) -> list[Any]:
    """Return the values of an axis that a variable holds."""
    if isinstance(values, list | tuple | range) or hasattr(values, "tolist"):
        return list(values)
    raise InvalidRequest(
        sentence("--axis {name} needs a list of values, got {values}", name=name, values=specs.shown(values))
    )


def run(sweep: Sweep, read: MagicLine, *, confirm_above: float, button: bool, lang: str) -> str:
    """Send the Sweep unless it is a dry run or must be confirmed; return the sentence that says so, else "".

    `confirm_above` is CNY; `button` tells whether the grid with its Run button can be shown.

    Raises
    ------
    BudgetExceeded
        When the estimate is above `confirm_above` and the grid has no Run button, or above the cap.
    """
    plan = sweep.plan
    cost = plan["cost"]
    if read.dry_run:
        return sign("full_stop", lang).join([say("dry_run", lang), estimate(cost, plan["dated"], lang)])
    if (cost is None or cost > confirm_above) and not read.run:
        if not button:
            raise BudgetExceeded(above_limit(cost, plan["dated"], confirm_above, lang))
        return confirm.button(cost, plan["dated"], confirm_above, lang)
    sweep.run(max_cost=read.max_cost)
    return ""
