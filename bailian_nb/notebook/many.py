"""What the magics of many calls do when they run, `%wan_sweep` and `%wan_batch`: `magics` loads this then.

As in `calls`, one call in Python does whatever a magic does.
"""

from __future__ import annotations

import json

from ..batch.batch import Batch
from ..errors import BailianError
from ..session import session as sessions
from ..sweeps import Sweep
from ..system.language import spoken
from ..views import help as help_pages
from ..views import help_topics
from ..views.tables import note
from . import batch as batching
from . import sweep as sweeping
from .cell import Cell, body_of
from .line import read_line


def sweep(here: Cell, line: str, cell: str | None) -> Sweep | None:
    """Run one call over a grid: `%wan_sweep FUNCTION IMAGE "prompt" --axis strength=0:1:0.25`."""
    kind = sweeping.kind_of(line, here.scope)
    read = read_line(line, kind, here.scope, body_of(cell))
    if read.help:
        here.publish(help_topics.sweep_help(read.words[0] if kind == "edit" else "", spoken()))
        return None
    session = sessions.current()
    try:
        sweep = sweeping.make(session, read, kind, look=here.look, prompt=here.prompt)
        settings = session.settings()
        asked = sweeping.run(
            sweep,
            read,
            confirm_above=settings.confirm_above,
            button=here.front.interactive() and not here.front.waits(),
            lang=settings.lang,
        )
    except BailianError as error:
        error.show_traceback = read.traceback
        raise
    sweep.front = "magic"
    here.tell_of_body(read)
    if read.output:
        here.names[read.output] = sweep
    if read.dry_run and read.json:
        _print_json({"dry_run": True, **sweep.plan})
        return sweep
    if asked:
        here.publish(note(asked))
    here.displays.show_sweep(sweep)
    if read.wait or read.json:
        sweep.wait()
    if read.json and not asked:
        _print_json(sweep.records())
    if here.front.waits():
        sweep.raise_if_nothing()
    return sweep


def batch(here: Cell, line: str, cell: str | None) -> Batch | None:
    """Make one call for each row: `%wan_batch edit FUNCTION SOURCE "template" --name "{stem}_{i}"`.

    Braces name columns of the source; in a cell the body is the template.
    """
    read, kind = batching.read(line, body_of(cell))
    if read.help:
        here.publish(help_pages.batch(spoken()))
        return None
    session = sessions.current()
    try:
        batch = batching.make(session, read, kind, look=here.look)
        settings = session.settings()
        button = here.front.interactive() and not here.front.waits()
        asked = batching.run(batch, read, confirm_above=settings.confirm_above, button=button, lang=settings.lang)
    except BailianError as error:
        error.show_traceback = read.traceback
        raise
    batch.front = "magic"
    if read.output:
        here.names[read.output] = batch
    if read.dry_run and read.json:
        _print_json({"dry_run": True, **batch.plan.to_dict()})
        return batch
    if asked:
        here.publish(note(asked))
    here.displays.show_batch(batch, plan=read.dry_run)
    if read.wait or read.json:
        batch.wait()
    if read.json and not asked:
        _print_json(list(batch.records()))
    if here.front.waits():
        batch.raise_if_nothing()
    return batch


def _print_json(found: object) -> None:
    print(json.dumps(found, ensure_ascii=False, indent=1, default=str))  # noqa: T201  # asked for
