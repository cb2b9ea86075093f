"""`resume`: wait for what an earlier process left, and print its pictures."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from .. import api
from ..errors import spelled
from ..system.language import spoken
from ..texts.catalogue import say
from .command import Command, explained


def _add_resume(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("--send", action="store_true", help=explained("resume --send", lang))
    several: Any = {"nargs": "+", "action": "extend", "default": []}
    parser.add_argument("--adopt", **several, metavar="TASK", help=explained("resume --adopt", lang))
    parser.add_argument("--forget", **several, metavar="JOB", help=explained("resume --forget", lang))


def _resume(given: argparse.Namespace) -> int:
    found = api.resume(given.send, adopt=given.adopt, forget=given.forget)
    print(spelled(repr(found), "program") if found else say("resume_nothing", spoken()))
    failed, carries = 0, not found.carrying.done
    for job in found.jobs:
        job.wait()
        if job.outcome is None:
            failed += 1
            print(f"{job.id}: {spelled(str(job.error), 'program')}", file=sys.stderr)
        else:
            for picture in job.outcome:
                print(f"{picture!r}  {picture.path}")
    if carries:  # the command is not over before that
        found.carrying.wait()
        print(spelled("; ".join(found.carrying.lines()), "program"))
    return 1 if failed or found.refused or found.faults else 0


RESUME = Command(name="resume", act=_resume, add_arguments=_add_resume)
