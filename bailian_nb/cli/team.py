"""`team`: what all machines that share an account hold and have spent, its caps, and places given back by hand."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from ..config.values import money
from ..errors import InvalidRequest, NetworkError
from ..planning.plain import plain_value
from ..session import session as sessions
from ..system.language import sentence, spoken
from .command import Command, explained

if TYPE_CHECKING:
    from ..accounts.team.store import TeamStore

DEEDS = ("status", "cap", "release")
EVERY = 1.0
"""Seconds between two looks with `--live`."""


def _add_team(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("words", nargs="*", metavar="status | cap | release WHO", help=explained("team WORDS", lang))
    parser.add_argument("--day", type=plain_value, help=explained("team --day", lang))
    parser.add_argument("--month", type=plain_value, help=explained("team --month", lang))
    for name in ("force", "live", "json"):
        parser.add_argument(f"--{name}", action="store_true", help=explained(f"team --{name}", lang))


def _team(given: argparse.Namespace) -> int:
    from ..accounts.team.server import Away
    from ..session.team import team_of

    deed, *rest = given.words or ["status"]
    if deed not in DEEDS or len(rest) != (deed == "release"):
        raise InvalidRequest(
            sentence(
                "team takes status, cap or release WHO, got {words}; see bailian-nb team --help",
                words=" ".join(given.words),
            )
        )
    team = team_of(sessions.current())
    try:
        if deed == "release":
            return _release(team, rest[0], given)
        if deed == "cap" and (given.day is not None or given.month is not None):
            _cap(team, given)
        return _status(team, given)
    except Away as error:
        raise NetworkError(
            sentence("Redis at {shown} cannot be used: {error}", shown=team.member.server.shown, error=error)
        ) from None


def _status(team: TeamStore, given: argparse.Namespace) -> int:
    from ..accounts.team.status import status
    from ..views import team as views

    while True:
        found = status(team)
        text = views.as_json(found) if given.json else views.bundle(found, spoken())["text/plain"]
        print(f"\033[2J\033[H{text}" if given.live and sys.stdout.isatty() else text, flush=True)
        if not given.live:
            return 0
        time.sleep(EVERY)


def _cap(team: TeamStore, given: argparse.Namespace) -> None:
    """Set the caps that are named; `none` takes one away, and one that is not named stays."""
    from ..accounts.team.status import status

    now = status(team)
    day, month = (
        old if word is None else None if word == "none" else money(f"--{name}", word)
        for name, word, old in (("day", given.day, now.day.cap), ("month", given.month, now.month.cap))
    )
    team.money.cap(day, month)


def _release(team: TeamStore, who: str, given: argparse.Namespace) -> int:
    from ..accounts.team.status import release

    count = release(team, who, force=given.force)
    print(sentence("{count} place(s) of {who} given back", count=count, who=who))
    return 0


TEAM = Command(name="team", act=_team, add_arguments=_add_team)
