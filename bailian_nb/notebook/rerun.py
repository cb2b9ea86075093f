"""`%wan rerun`: the request of a picture or Job once more, with the options of the other cell. No IPython here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from .. import specs
from ..errors import InvalidRequest, Problem
from ..jobs.job import Job
from ..planning.edit_args import split_prompt
from ..planning.options import call_arguments, edit_arguments, more_than_once
from ..planning.plan import Plan
from ..session import rerun as reruns
from ..session import session as sessions
from ..system.language import mark, sentence, spoken
from ..texts.catalogue import say
from ..views.compare import with_page
from ..views.dry_run import Given
from ..views.tables import note
from .cell import Cell
from .line import MagicLine, read_line

USAGE = mark("%wan rerun needs a picture or a job, for example %wan rerun job --seed 8; %wan history lists pictures")


def rerun(line: str, cell: Cell) -> Job | None:
    """Read the line and send by the money rule.

    Further words are pictures in place of those that were sent, and a last one in quotes that names none is the prompt.

    Raises
    ------
    InvalidRequest
        Without a picture or job, and for everything that is wrong with the line or the changed request.
    """
    line, on = _on(line)
    words = read_line(line, "edit", cell.scope).words
    if not words:
        raise InvalidRequest(sentence(USAGE))
    found = find(words[0], cell)
    read = read_line(line, "edit" if found.request.images else "t2i", cell.scope)
    _, prompt = split_prompt(read.words[1:])
    if prompt is not None and read.quoted[-1] and cell.look(prompt) is prompt:
        read = replace(read, words=read.words[:-1], values={**read.values, "prompt": prompt.text})

    def given(_: Plan) -> Given:
        return replace(cell.spelled(read.words[1:], read.mask), rerun=cell.python(words[0]), changes=read.values)

    job = cell.send_or_show(read, lambda problems: _plan(found, read, cell, problems, on), given)
    if on and job is not None and found.pictures:
        if read.wait or cell.front.waits():
            cell.publish(with_page(found.pictures[0], job)._repr_mimebundle_())
        else:
            call = f"wan.compare({str(found.pictures[0].path)!r}, wan.jobs()[-1])"
            cell.publish(note(say("rerun_compare", spoken(), call=call)))
    return job


def _on(line: str) -> tuple[str, str | None]:
    """Take `--on MODEL` out of the line; only a rerun has it."""
    match = _ON.search(line)
    if match and _ON.search(line, match.end()):
        raise InvalidRequest(more_than_once("--on"))
    return (line[: match.start()] + line[match.end() :], match[1]) if match else (line, None)


_ON = re.compile(r"(?<!\S)--on[ =](\S+)")


def find(word: str, cell: Cell) -> reruns.Found:
    """Return what a word names: a picture file, a variable, or a job's id."""
    return reruns.find(sessions.current(), cell.look(word))


def _plan(found: reruns.Found, read: MagicLine, cell: Cell, problems: list[Problem], on: str | None) -> Plan:
    if read.model is not None and found.foreign is not None:
        on = on or read.model
    elif read.model is not None and read.model != found.request.model:
        taken = specs.get(found.request.model).name
        message = sentence(
            "a rerun is of the same model, {taken}; send {model} with %%wan_t2i or %wan_edit",
            taken=taken,
            model=read.model,
        )
        problems.append(Problem(parameter="model", message=message))
    images: list[Any] = [cell.look(word) for word in read.words[1:]]
    given = {**call_arguments(read), **edit_arguments(read)}
    # What is not given stays as it was sent.
    given |= {"invert": read.invert or None, "fit": read.fit or None, "sync": read.sync or None}
    return reruns.plan_rerun(
        sessions.current(),
        found,
        images=images,
        mask=next((cell.look(each) for each in (read.mask, read.keep) if each is not None), None),
        changes=read.values,
        on=on,
        **given,
    )
