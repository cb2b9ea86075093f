"""argparse as the command line uses it: every mistake is one line, and its own words are in the user's language.

`cli` builds its commands of it, with the options of `options`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from .. import specs
from ..errors import InvalidRequest
from ..system.language import sentence


class Parser(argparse.ArgumentParser):
    """argparse without its page of usage behind a mistake; and no option may be cut short."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more, allow_abbrev=False, add_help=False, formatter_class=_Formatter)
        self._help = self.add_argument("-h", "--help", action="help")

    def format_help(self) -> str:
        self._positionals.title = sentence("positional arguments")
        self._optionals.title = sentence("options")
        self._help.help = sentence("show this help message and exit")
        page = super().format_help()
        for title in (self._positionals.title, self._optionals.title):
            page = page.replace(f"{title}:", sentence("{title}:", title=title))
        return page

    def error(self, message: str) -> NoReturn:
        raise InvalidRequest(
            _command(message) or sentence("{line}; see {prog} --help", line=_line(message), prog=self.prog)
        )


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, sentence("usage: ") if prefix is None else prefix)


def _command(message: str) -> str:
    """Return what to say of a command that is none, "" for any other message."""
    found = re.match(r"argument COMMAND: invalid choice: '(.*?)' ", message)
    if found is None:
        return ""
    names = re.findall(r"[a-z0-9]+", message.rpartition("choose from")[2])  # with quotes or without
    return sentence(
        "unknown command {found}{nearest} Known: {names}",
        found=found[1],
        nearest=specs.nearest(found[1], names),
        names=", ".join(names),
    )


def _line(message: str) -> str:
    """Return argparse's message in our words; how it begins is the same in every version."""
    if found := re.fullmatch(r"the following arguments are required: (.*)", message):
        return sentence("the following arguments are required: {names}", names=found[1])
    match = re.fullmatch(r"argument (.+?): (.*)", message, re.DOTALL)
    if match is None:
        return message
    option, said = match[1], match[2]
    if re.fullmatch(r"expected (one|at least one) argument", said):
        return sentence("option {option} needs a value after it", option=option)
    if choice := re.fullmatch(r"invalid choice: (.*) \(choose from (.*)\)", said):
        return sentence(
            "option {option} must be one of {names}, got {given}", option=option, names=choice[2], given=choice[1]
        )
    return sentence("option {option} {message}", option=option, message=said)
