"""What `t2i`, `edit` and `rerun` do with their plan: print it, or send it, wait, and print where the pictures are."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ..config.values import cap
from ..errors import spelled
from ..jobs.job import Job
from ..planning.plan import Plan
from ..session import session as sessions
from ..system.language import spoken
from ..texts.catalogue import say
from ..views import dry_run, progress, terminal
from ..views.explain import explain_slot
from ..views.inspect import records_json


def go(given: argparse.Namespace, plan: Plan, names: dry_run.Given) -> int:
    """Send the plan and wait, or print what it would send; above `confirm_above` only with `--run`."""
    from ..session import confirm

    session = sessions.current()
    if given.dry_run:
        most = None if given.max_cost is None else cap("max_cost", given.max_cost)
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
    lang = spoken()
    progress.watch([job], lang)
    result = job.result()
    if given.json:
        print(records_json(picture.record for picture in result))
    else:
        for picture in result:
            print(f"{picture!r}  {picture.path}")
            terminal.draw(picture.thumbnail)
    for note in dict.fromkeys((*job.notes, *result.notes)):
        print(say("cli_note", lang, note=spelled(note, "program")), file=sys.stderr)
    for slot in result.errors:
        print(
            say("cli_picture", lang, number=slot.index + 1, failure=explain_slot(slot, lang, front="program")),
            file=sys.stderr,
        )
    return 1 if result.errors else 0
