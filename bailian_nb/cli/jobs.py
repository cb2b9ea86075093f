"""`jobs` and `cancel`: what the journal knows of this home's jobs, whichever process sent them."""

from __future__ import annotations

import argparse
import sys

from ..session import session as sessions
from ..session.cancel_row import cancel_row, newest_rows
from ..system.language import spoken
from ..texts.catalogue import say
from .command import Command, explained, whole
from .rows import add_formats, most, print_rows


def _add_jobs(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("--open", action="store_true", help=explained("jobs --open", lang))
    parser.add_argument("--limit", type=whole, default=30, help=explained("jobs --limit", lang))
    add_formats(parser, lang)


def _jobs(given: argparse.Namespace) -> int:
    from ..views import job_table

    found = newest_rows(sessions.current(), most(given), only_open=given.open)
    if not print_rows(given, job_table.row_data(found)):
        print(job_table.rows(found, spoken())["text/plain"])
    return 0


def _add_cancel(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("jobs", nargs="+", metavar="JOB", help=explained("cancel JOB", lang))


def _cancel(given: argparse.Namespace) -> int:
    from ..views.job_table import status

    session, lang = sessions.current(), spoken()
    missed = 0
    for name in given.jobs:
        if cancel_row(session, name) is not None:
            print(say("canceled_now", lang, job=name))
            continue
        missed += 1
        row = session.journal.row(name)
        print(say("not_canceled", lang, job=name, status="" if row is None else status(row)), file=sys.stderr)
    return 1 if missed else 0


JOBS = Command(name="jobs", act=_jobs, add_arguments=_add_jobs)
CANCEL = Command(name="cancel", act=_cancel, add_arguments=_add_cancel)
