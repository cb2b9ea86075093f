"""Every command of the program, in the order of its help: a new one is one line here and its words in `texts.help`."""

from __future__ import annotations

from . import again, batch, calls, doctor, history, jobs, keys, money, reading_up, resume, sweep, team, trying

COMMANDS = (
    trying.DEMO,
    trying.TUTORIALS,
    calls.T2I,
    calls.EDIT,
    sweep.SWEEP,
    batch.BATCH,
    again.RERUN,
    again.INSPECT,
    history.HISTORY,
    jobs.JOBS,
    jobs.CANCEL,
    resume.RESUME,
    money.COST,
    money.PRICES,
    reading_up.HELP,
    reading_up.MODELS,
    reading_up.FUNCTIONS,
    reading_up.CONFIG,
    keys.KEYS,
    team.TEAM,
    doctor.DOCTOR,
    trying.EMULATOR,
)
