"""The team of the account that is configured now, for those who run it: `bailian-nb team` asks here."""

from __future__ import annotations

from ..accounts.team.store import TeamStore
from ..errors import InvalidRequest
from ..system.language import sentence
from .session import Session


def team_of(session: Session) -> TeamStore:
    """Return the team of the account.

    Raises
    ------
    InvalidRequest
        When limits are those of this machine: there is no team then.
    """
    settings = session.settings()
    found = session.account(session.target(settings), settings).team
    if found is None:
        raise InvalidRequest(
            sentence(
                "there is no team: BAILIAN_NB_LIMITS names no Redis, or the calls go to the emulator in this process"
            ),
            hint=sentence("Set BAILIAN_NB_LIMITS=redis://host:6379/0 on every machine that shares the account."),
        )
    return found
