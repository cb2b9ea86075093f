"""Every command of the program, in the order of its help: a new one is one line here and its words in `texts.help`."""

from __future__ import annotations

from . import batch, calls, doctor, history, money, resume, team, trying

COMMANDS = (
    trying.DEMO,
    trying.TUTORIALS,
    calls.T2I,
    calls.EDIT,
    batch.BATCH,
    trying.EMULATOR,
    doctor.DOCTOR,
    resume.RESUME,
    money.PRICES,
    history.HISTORY,
    money.COST,
    team.TEAM,
)
