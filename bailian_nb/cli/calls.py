"""`t2i` and `edit`: one call from a shell, its pictures' paths on stdout; notes and what is missing on stderr."""

from __future__ import annotations

import argparse

from .. import specs
from ..errors import InvalidRequest
from ..planning.edit_args import as_named, tell_apart
from ..planning.options import (
    add_options,
    add_parameters,
    call_arguments,
    edit_arguments,
    parameter_values,
    table_options,
)
from ..session import session as sessions
from ..system.language import sentence
from ..texts.help import PROGRAM_OPTIONS
from ..views.dry_run import Given
from .command import Command, explained
from .refusals import refuse_too_much
from .sending import go

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
    return go(given, session.plan(model=model.name, values=values, **call_arguments(given)), Given())


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
    mask = given.keep if given.mask is None else given.mask
    names = Given(images=[repr(word) for word in images], mask=mask and repr(mask))
    return go(given, plan, names)


T2I = Command(name="t2i", act=_t2i, add_arguments=_add_t2i)
EDIT = Command(name="edit", act=_edit, add_arguments=_add_edit)
