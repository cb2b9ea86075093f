"""`t2i` and `edit`: one call from a shell, its pictures' paths on stdout; notes and what is missing on stderr."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from .. import specs
from ..config.values import cap
from ..errors import InvalidRequest, spelled
from ..jobs.job import Job
from ..planning.edit_args import as_named, tell_apart
from ..planning.options import (
    add_options,
    add_parameters,
    call_arguments,
    edit_arguments,
    parameter_values,
    table_options,
)
from ..planning.plan import Plan
from ..session import session as sessions
from ..system.language import sentence, spoken
from ..texts.catalogue import say
from ..texts.help import PROGRAM_OPTIONS
from ..views import terminal
from ..views.explain import explain_slot
from ..views.inspect import records_json
from .command import Command, explained
from .refusals import refuse_too_much

CALL_OPTIONS = (
    "model",
    "preset",
    "out-dir",
    "max-cost",
    "run",
    "retries",
    "no-cache",
    "no-embed",
    "a1111",
    "sync",
    "dry-run",
    "json",
)
EDIT_OPTIONS = ("mask", "keep", "invert", "no-paste", "fit", "to")


def _add_t2i(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("prompt")
    _add_call(parser, "t2i", lang)


def _add_edit(parser: argparse.ArgumentParser, lang: str) -> None:
    functions = ", ".join(row.short for model in specs.models("edit") for row in model.functions)
    words = explained("edit WORDS", lang, functions=functions)
    parser.add_argument("words", nargs="*", metavar="[FUNCTION] IMAGE PROMPT", help=words)
    add_options(parser, EDIT_OPTIONS, lang=lang, words=PROGRAM_OPTIONS)
    _add_call(parser, "edit", lang)


def _add_call(parser: argparse.ArgumentParser, kind: specs.Kind, lang: str) -> None:
    """Add what both create calls take, one option for each parameter of the table among it."""
    add_options(parser, CALL_OPTIONS, lang=lang, words=PROGRAM_OPTIONS)
    add_parameters(parser, specs.parameters(kind), lang=lang)


def _t2i(given: argparse.Namespace) -> int:
    session = sessions.current()
    model = specs.get(session.settings().model if given.model is None else given.model, "t2i")
    values = {"prompt": given.prompt, **parameter_values(given, table_options("t2i"))}
    return _go(given, session.plan(model=model.name, values=values, **call_arguments(given)))


def _edit(given: argparse.Namespace) -> int:
    session = sessions.current()
    words = [as_named(word) for word in given.words]
    usual = specs.edit_model(words[0] if words else None, session.settings().edit_model)
    model = specs.get(usual if given.model is None else given.model, "edit")
    wanted = "FUNCTION IMAGE PROMPT" if model.functions else "IMAGE ... PROMPT" if model.prompt else "IMAGE"
    if len(words) < (2 if model.functions or model.prompt else 1):
        raise InvalidRequest(
            sentence(
                "{name} takes {wanted}, got {count} of them; see {prog} --help",
                name=model.name,
                wanted=wanted,
                count=len(words),
                prog=given.command.prog,
            )
        )
    function, images, rest = tell_apart(model, words)
    refuse_too_much(given, rest[1:])
    plan = session.plan(
        model=model.name,
        function=function,
        values={"prompt": "".join(rest), **parameter_values(given, (*table_options("edit"), "to"))},
        images=tuple(images),
        mask=given.mask,
        keep=given.keep,
        **call_arguments(given),
        **edit_arguments(given),
    )
    return _go(given, plan, images)


def _go(given: argparse.Namespace, plan: Plan, images: Sequence[str] = ()) -> int:
    """Send the plan and wait, or print what it would send; above `confirm_above` only with `--run`."""
    from ..session import confirm
    from ..views import dry_run

    session = sessions.current()
    if given.dry_run:
        most = None if given.max_cost is None else cap("max_cost", given.max_cost)
        mask = getattr(given, "mask", None)
        names = dry_run.Given(images=[repr(word) for word in images], mask=mask and repr(mask))
        more: Any = {"max_cost": most, "given": names, "front": "program"}
        if given.json:
            print(dry_run.document(session, plan, **more))
        else:
            print(dry_run.bundle(session, plan, plan.settings.lang, **more)["text/plain"])
        return 0
    asked = {"confirmed": given.run, "button": False, "lang": plan.settings.lang}
    return _report(confirm.send(session, plan, max_cost=given.max_cost, **asked), given)


def _report(job: Job, given: argparse.Namespace) -> int:
    """Wait and print the pictures; notes and what is missing go to stderr, and anything missing makes it 1."""
    result = job.result()
    if given.json:
        print(records_json(picture.record for picture in result))
    else:
        for picture in result:
            print(f"{picture!r}  {picture.path}")
            terminal.draw(picture.thumbnail)
    lang = spoken()
    for note in dict.fromkeys((*job.notes, *result.notes)):
        print(say("cli_note", lang, note=spelled(note, "program")), file=sys.stderr)
    for slot in result.errors:
        print(
            say("cli_picture", lang, number=slot.index + 1, failure=explain_slot(slot, lang, front="program")),
            file=sys.stderr,
        )
    return 1 if result.errors else 0


T2I = Command(name="t2i", act=_t2i, add_arguments=_add_t2i)
EDIT = Command(name="edit", act=_edit, add_arguments=_add_edit)
