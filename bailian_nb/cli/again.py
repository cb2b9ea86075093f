"""`rerun` and `inspect`: a picture or job of before, sent once more or read out."""

from __future__ import annotations

import argparse

from ..planning.edit_args import as_named, split_prompt
from ..planning.options import (
    add_options,
    add_parameters,
    call_arguments,
    edit_arguments,
    every_option,
    parameter_values,
)
from ..planning.plain import plain_value
from ..session import rerun as reruns
from ..session import session as sessions
from ..system.language import spoken
from ..texts.help import PROGRAM_OPTIONS
from ..views.dry_run import Given
from .calls import CALL_OPTIONS, EDIT_OPTIONS
from .command import Command, explained
from .sending import go


def _add_rerun(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument(
        "words", nargs="+", metavar="PICTURE|JOB [IMAGE ...] [PROMPT]", help=explained("rerun WORDS", lang)
    )
    parser.add_argument("--on", type=plain_value, default=None, metavar="MODEL", help=explained("rerun --on", lang))
    options = [name for name in (*CALL_OPTIONS, *EDIT_OPTIONS) if name != "model"]  # it goes to the same one, or `--on`
    add_options(parser, options, lang=lang, words=PROGRAM_OPTIONS)
    add_parameters(parser, every_option().values(), lang=lang)


def _rerun(given: argparse.Namespace) -> int:
    session = sessions.current()
    subject, *words = [as_named(word) for word in given.words]
    images, prompt = split_prompt(words)
    changes = parameter_values(given, (*every_option(), "to")) | ({} if prompt is None else {"prompt": prompt})
    more = {**call_arguments(given), **edit_arguments(given)}
    # What is not given stays as it was sent.
    more |= {name: more[name] or None for name in ("invert", "fit", "sync")}
    mask = given.keep if given.mask is None else given.mask
    found = reruns.find(session, subject)
    plan = reruns.plan_rerun(session, found, images=images, mask=mask, changes=changes, on=given.on, **more)
    names = Given(
        images=[repr(word) for word in images], mask=mask and repr(mask), rerun=repr(subject), changes=changes
    )
    return go(given, plan, names)


def _add_inspect(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("subject", metavar="PICTURE|JOB", help=explained("inspect WORD", lang))
    parser.add_argument("--json", action="store_true", help=explained("list --json", lang))


def _inspect(given: argparse.Namespace) -> int:
    from ..views import inspect, terminal

    found = reruns.find(sessions.current(), as_named(given.subject))
    if given.json:
        print(inspect.as_json(found))
        return 0
    print(inspect.bundle(found, spoken())["text/plain"])
    for picture in found.pictures:
        terminal.draw(picture.thumbnail)
    return 0


RERUN = Command(name="rerun", act=_rerun, add_arguments=_add_rerun)
INSPECT = Command(name="inspect", act=_inspect, add_arguments=_add_inspect)
