"""What the magics of one call do when they run: read the line, call the session, show. `magics` loads this then.

Whatever a magic does, one call in Python does too; `--dry-run` and `%wan help` show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import specs
from ..errors import InvalidRequest, Problem
from ..jobs.job import Job
from ..planning.edit_args import tell_apart
from ..planning.options import call_arguments, edit_arguments
from ..planning.plan import Plan
from ..session import session as sessions
from ..system.language import sentence, spoken
from ..views import dry_run
from .cell import Cell, body_of
from .line import MagicLine, pictures_needed, read_line


def t2i(here: Cell, line: str, cell: str | None) -> Job | None:
    """Draw pictures: the cell body (or the quoted words of the line) is the prompt."""
    read = read_line(line, "t2i", here.scope, body_of(cell))
    if read.help:
        from ..views import help_topics  # only who asks for help waits for it

        here.publish(help_topics.model_help(_chosen(read, "model"), spoken()))
        return None
    session = sessions.current()
    model = _chosen(read, "model")

    def plan(problems: list[Problem]) -> Plan:
        specs.get(model, "t2i")
        problems += pictures_needed(read)
        prompt = here.prompt(read, read.words, problems)
        return session.plan(model=model, values={"prompt": prompt.prompt, **read.values}, **call_arguments(read))

    return here.send_or_show(read, plan)


def edit(here: Cell, line: str, cell: str | None) -> Job | None:
    """Edit a picture: `%wan_edit FUNCTION IMAGE "prompt"`; in a cell the body is the prompt.

    Models without functions take the pictures alone, and several of them.
    """
    read = read_line(line, "edit", here.scope, body_of(cell))
    session = sessions.current()
    name = specs.edit_model(read.words[0] if read.words else None, _chosen(read, "edit_model"))
    name = read.model or name
    if read.help:
        from ..views import help_topics

        here.publish(help_topics.topic_help(read.words[0] if read.words else name, spoken()))
        return None

    def plan(problems: list[Problem]) -> Plan:
        model = specs.get(name, "edit")
        if len(read.words) < (2 if model.functions else 1):
            raise InvalidRequest(
                sentence(
                    'a function and a picture are needed, for example %wan_edit instruct photo.jpg "Change '
                    'the sky"; see %wan help'
                )
            )
        function, pictures, rest = tell_apart(model, read.words, prompt_elsewhere=read.body is not None)
        images = [each for word in pictures for each in _one_by_one(here.look(word))]
        prompt = here.prompt(read, rest, problems)
        return session.plan(
            model=model.name,
            function=function,
            values={"prompt": prompt.prompt, **read.values, **here.pictures(model, read.values)},
            images=tuple(images),
            mask=None if read.mask is None else here.look(read.mask),
            keep=None if read.keep is None else here.look(read.keep),
            **call_arguments(read),
            **edit_arguments(read),
        )

    def given(plan: Plan) -> dry_run.Given:
        pictures = tell_apart(plan.model, read.words, prompt_elsewhere=read.body is not None)[1]
        return here.spelled(pictures, read.mask or read.keep)

    return here.send_or_show(read, plan, given)


def _chosen(read: MagicLine, setting: str) -> str:
    """Return the model of the line, else the one that the settings name."""
    return read.model if read.model is not None else str(getattr(sessions.current().settings(), setting))


def _one_by_one(found: Any) -> Sequence[Any]:
    """Return the pictures that a variable holds, which may be one."""
    return found if isinstance(found, list | tuple) else (found,)
