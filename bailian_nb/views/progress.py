"""One line that moves on a terminal while something goes on, by tqdm; nothing at all where stderr is no terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence

from ..jobs.job import Job
from ..texts.catalogue import say
from .job import waiting

REDRAW = 0.25
"""Seconds between two looks at what goes on."""
Draw = Callable[[int, str], None]
"""Is told how many are done, and what to say beside it."""


@contextlib.contextmanager
def moving(
    total: int, label: str = "", *, bar: bool = True, leave: bool = False, notebook: bool = False
) -> Iterator[Draw | None]:
    """Give what draws the line, or None where nobody would see it; `leave` keeps it when all is done.

    `notebook` draws it below a cell, too: there a Job shows itself.
    """
    if not (sys.stderr.isatty() or (notebook and "ipykernel" in sys.modules)):
        yield None
        return
    from tqdm import tqdm

    shape = "{desc}{n_fmt}/{total_fmt} |{bar}| {elapsed}{postfix}" if bar else "{desc}{elapsed}{postfix}"
    with tqdm(total=total, desc=label, leave=leave, file=sys.stderr, bar_format=shape, dynamic_ncols=True) as line:

        def draw(done: int, said: str) -> None:
            line.n = done
            line.set_postfix_str(said)

        yield draw


def watch(jobs: Sequence[Job], lang: str) -> None:
    """Wait until the Jobs have ended, and show meanwhile how many have, and why the first of the others waits."""
    if not jobs:
        return
    label = f"{jobs[0].label}  " if len(jobs) == 1 else ""
    with moving(len(jobs), label, bar=len(jobs) > 1) as draw:
        while draw is not None and (left := [job for job in jobs if not job.ended.done()]):
            first = left[0]
            draw(len(jobs) - len(left), " · ".join([say(first.status.lower(), lang), *waiting(first, lang, age=None)]))
            first.wait(REDRAW)
    for job in jobs:
        job.wait()
