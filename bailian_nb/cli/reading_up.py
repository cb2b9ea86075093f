"""`help`, `models`, `functions` and `config`: what the table knows, and the settings that hold."""

from __future__ import annotations

import argparse

from .. import specs
from ..session import session as sessions
from ..session.in_force import in_force
from ..system.language import spoken
from .command import Command, explained
from .rows import add_formats, print_rows


def _add_help(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("word", nargs="?", default="", metavar="WORD", help=explained("help WORD", lang))


def _help(given: argparse.Namespace) -> int:
    from ..views import help_topics

    if given.word:
        print(help_topics.topic_help(given.word, spoken())["text/plain"])
    else:
        given.program.print_help()
    return 0


def _add_models(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("model", nargs="?", default="", metavar="MODEL")
    add_formats(parser, lang)


def _models(given: argparse.Namespace) -> int:
    from ..views import help as help_pages
    from ..views import help_topics, listings

    lang = spoken()
    found = [specs.get(given.model)] if given.model else specs.models()
    if print_rows(given, listings.model_rows(found)):
        return 0
    today = specs.day(sessions.current().clock.now())
    page = help_topics.topic_help(found[0].name, lang) if given.model else help_pages.models(lang, today)
    print(page["text/plain"])
    return 0


def _add_functions(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("function", nargs="?", default="", metavar="FUNCTION")


def _functions(given: argparse.Namespace) -> int:
    from ..views import help as help_pages
    from ..views import help_topics

    lang = spoken()
    page = help_topics.topic_help(given.function, lang) if given.function else help_pages.functions(lang)
    print(page["text/plain"])
    return 0


def _config(given: argparse.Namespace) -> int:
    from ..views import listings

    lang = spoken()
    print(listings.settings(in_force(sessions.current(), lang), lang)["text/plain"])
    return 0


HELP = Command(name="help", act=_help, add_arguments=_add_help)
MODELS = Command(name="models", act=_models, add_arguments=_add_models)
FUNCTIONS = Command(name="functions", act=_functions, add_arguments=_add_functions)
CONFIG = Command(name="config", act=_config)
