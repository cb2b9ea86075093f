"""`sweep`: one call over a grid of values; its files on stdout, and the sheet and page that were asked for."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from typing import Any

from .. import specs
from ..errors import BudgetExceeded, InvalidRequest
from ..money.budget import above_limit
from ..planning.edit_args import as_named, means_an_edit, tell_apart
from ..planning.options import (
    add_options,
    add_parameters,
    call_arguments,
    edit_arguments,
    every_option,
    parameter_values,
)
from ..session import session as sessions
from ..sweeps import Sweep, beside, make, parse
from ..system.language import sentence, spoken
from ..system.paths import user_path
from ..texts.help import PROGRAM_OPTIONS
from ..views import progress, terminal
from .calls import CALL_OPTIONS, EDIT_OPTIONS
from .command import Command, explained
from .refusals import refuse_too_much


def _add_sweep(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("words", nargs="+", metavar="[FUNCTION] [IMAGE] PROMPT", help=explained("sweep WORDS", lang))
    parser.add_argument("--axis", action="append", default=[], help=explained("sweep --axis", lang))
    parser.add_argument("--sheet", type=user_path, default=None, metavar="FILE", help=explained("sweep --sheet", lang))
    parser.add_argument("--html", type=user_path, default=None, metavar="FILE", help=explained("sweep --html", lang))
    add_options(parser, (*CALL_OPTIONS, *EDIT_OPTIONS), lang=lang, words=PROGRAM_OPTIONS)
    add_parameters(parser, every_option().values(), lang=lang)


def _sweep(given: argparse.Namespace) -> int:
    sweep = _made(given)
    plan, settings, lang = sweep.plan, sessions.current().settings(), spoken()
    if given.dry_run:
        print(_document({"dry_run": True, **plan}) if given.json else sweep.plan_table(lang)["text/plain"])
        return 0
    cost = plan["cost"]
    if (cost is None or cost > settings.confirm_above) and not given.run:
        raise BudgetExceeded(above_limit(cost, plan["dated"], settings.confirm_above, lang))
    sweep.run(max_cost=given.max_cost)
    progress.watch(sweep.jobs, lang)
    sweep.wait()
    sweep.raise_if_nothing()
    return _report(sweep, given)


def _made(given: argparse.Namespace) -> Sweep:
    words = [as_named(word) for word in given.words]
    function: str | None = None
    images, rest = words[:0], words
    if means_an_edit(words):
        usual = sessions.current().settings().edit_model
        model = specs.get(usual if given.model is None else given.model, "edit")
        function, images, rest = tell_apart(model, words)
    refuse_too_much(given, rest[1:])
    axes: dict[str, list[Any]] = {}
    for text in given.axis:
        name, values = parse(text)
        axes[name] = [*axes.get(name, []), *values]
    single = parameter_values(given, (*every_option(), "to"))
    if problems := list(beside(single, axes)):
        raise InvalidRequest(problems)
    return make(
        sessions.current(),
        image=None if not images else images[0] if len(images) == 1 else images,
        function=function,
        prompt="".join(rest),
        model=given.model,
        values={**single, **axes},
        mask=given.mask,
        keep=given.keep,
        **call_arguments(given),
        **edit_arguments(given),
    )


def _document(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1, default=str)


def _report(sweep: Sweep, given: argparse.Namespace) -> int:
    """Print each cell's file on stdout, each failure on stderr, and write what was asked for; 1 if a cell failed."""
    cells = sweep.records()
    if given.json:
        print(_document(cells))
    else:
        for cell in cells:
            if cell["file"] is not None:
                print(f"{cell['title']}  {cell['file']}")
        terminal.draw(lambda: base64.b64decode(sweep.static_view().get("image/jpeg", "")))
    missing = [cell for cell in cells if cell["file"] is None]
    for cell in missing:
        why = " ".join(filter(None, (cell.get("code", ""), cell["reason"], cell.get("todo", ""))))
        print(f"{cell['title']}: {why}", file=sys.stderr)
    for write, path in ((sweep.to_contact_sheet, given.sheet), (sweep.to_html, given.html)):
        if path is not None:
            print(sentence("written: {path}", path=write(path)), file=sys.stderr)
    return 1 if missing else 0


SWEEP = Command(name="sweep", act=_sweep, add_arguments=_add_sweep)
