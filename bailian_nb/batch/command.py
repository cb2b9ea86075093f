"""`bailian-nb batch`: run, park or collect a batch from a shell, cron or a scheduler, and say by a number how it went.

What is on disk stays done whenever the process ends, so a scheduler may kill it and start it again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from ..config.values import money
from ..errors import (
    AccessDenied,
    AuthenticationError,
    BailianError,
    BudgetExceeded,
    InvalidRequest,
    MissingApiKey,
    one_line,
    spelled,
)
from ..money.budget import above_limit
from ..planning.options import every_option, parameter_values
from ..session import session as sessions
from ..system.language import sentence, spoken
from ..views.progress import REDRAW, moving
from .batch import Batch
from .check import lines
from .make import make
from .options import of_rows
from .progress import Progress
from .slots import BAD, counted

DONE, WRONG, FAILED, AGAIN = 0, 2, 3, 75
"""What the process says: all done; wrong input; some rows failed or are undecided; come again."""
LAST_SECONDS = 4.0
"""After SIGTERM the process ends within these, whatever still holds it: the journal has what was sent."""
LINE_EVERY = 30.0
"""Seconds between two lines where nobody sees a terminal."""
_WRONG = (InvalidRequest, MissingApiKey, AuthenticationError, AccessDenied)


class _Ended(BaseException):
    """SIGTERM has come."""


def act(given: argparse.Namespace) -> int:
    """Run the command and return its exit code; whatever is wrong is a line or a few on stderr."""
    with _on_sigterm():
        try:
            return _act(given)
        except (*_WRONG, BudgetExceeded, OSError) as error:
            _say(error)
            return WRONG
        except BailianError as error:
            _say(error)
            return AGAIN
        except (KeyboardInterrupt, _Ended):
            print(
                sentence("interrupted; run the same command again, and only what is missing is sent"), file=sys.stderr
            )
            return AGAIN
        finally:
            sessions.close_all()


def _act(given: argparse.Namespace) -> int:
    batch = _made(given)
    plan, settings = batch.plan, sessions.current().settings()
    if given.dry_run:
        print(json.dumps(_json(batch, None), ensure_ascii=False) if given.json else _plain(batch))
        return WRONG if plan.invalid else DONE
    cost, cap = plan.cost, None if given.max_cost is None else money("max_cost", given.max_cost)
    if given.unpark:
        count = batch.unpark()
        print(sentence("{count} parked tasks canceled", count=count), file=sys.stderr)
        return _report(batch, given)
    sends = not given.collect
    if sends:
        batch.refuse_invalid(given.skip_invalid)
    if sends and plan.tasks and not given.run and (cost is None or cost > settings.confirm_above):
        raise BudgetExceeded(above_limit(cost, plan.dated, settings.confirm_above, spoken()))
    _plan_line(batch)
    if given.park:
        until = batch.park(share=_share(given), max_cost=cap, skip_invalid=given.skip_invalid)
        print(until.said, file=sys.stderr)
        if given.json:
            print(json.dumps(_json(batch, None), ensure_ascii=False))
        return AGAIN if batch.stopped_by is not None else DONE
    if given.collect:
        batch.collect()
    elif given.retry_failed:
        batch.run(max_cost=cap, skip_invalid=given.skip_invalid)
        _watch(batch)
        batch.retry_failed(max_cost=cap)
    else:
        batch.run(max_cost=cap, skip_invalid=given.skip_invalid)
    _watch(batch)
    return _report(batch, given)


def _refuse_magic(words: Sequence[str]) -> None:
    """Say how a line is written here that begins as `%wan_batch` does: its words would be taken for pictures."""
    if words[0] not in ("t2i", "edit") or Path(words[0]).exists():
        return
    rest = list(words[1:])
    function = ["--function", rest.pop(0)] if words[0] == "edit" and rest and not Path(rest[0]).exists() else []
    prompt = ["--prompt", rest.pop()] if len(rest) > 1 and not Path(rest[-1]).exists() else []
    line = shlex.join(["bailian-nb", "batch", *(rest or ["goods.csv"]), *function, *prompt])
    raise InvalidRequest(
        sentence("{word} begins the magic %wan_batch; here it is written {line} ...", word=words[0], line=line)
    )


def _made(given: argparse.Namespace) -> Batch:
    _refuse_magic(given.words)
    values = parameter_values(given, every_option())
    texts = {"prompt": given.prompt, "image": given.image, "mask": given.mask, "keep": given.keep}
    source: Any = given.words[0] if len(given.words) == 1 else [Path(word) for word in given.words]
    return make(
        sessions.current(),
        source,
        function=given.function,
        model=given.model,
        given={**texts, **values},
        name=given.name,
        options=of_rows(given, given.encoding),
    )


def _share(given: argparse.Namespace) -> float:
    try:
        return 0.5 if given.share is None else float(given.share)
    except ValueError:
        raise InvalidRequest(sentence("option --share needs a number, got {text!r}", text=given.share)) from None


def _watch(batch: Batch) -> None:
    """Show how far it is until it has ended: one line that moves on a terminal, else one now and then."""
    shown = 0.0
    with moving(batch.progress.total, leave=True) as draw:
        while not batch.final:
            batch.wait(REDRAW)
            now = batch.progress
            if draw is not None:
                draw(now.total - now.left, _said(now))
            elif time.monotonic() - shown >= LINE_EVERY:
                shown = time.monotonic()
                _line(now)
        if draw is not None:
            draw(batch.progress.total - batch.progress.left, _said(batch.progress))
        else:
            _line(batch.progress)


def _line(now: Progress) -> None:
    print(f"{now.total - now.left}/{now.total}  {_said(now)}", file=sys.stderr, flush=True)


def _said(now: Progress) -> str:
    parts = []
    if now.rate:
        parts.append(sentence("{rate:.1f} a minute", rate=now.rate))
    if now.rest and now.left:
        parts.append(sentence("about {minutes:.0f} min left", minutes=max(now.rest / 60, 1)))
    if now.failed:
        parts.append(sentence("{failed} failed", failed=now.failed))
    parts.append(f"CNY {now.cost:.2f}" if not now.emulator else "EMULATOR")
    parts += [now.held_up] if now.held_up else []
    return "  ".join(parts)


def _plan_line(batch: Batch) -> None:
    print(str(batch.plan).removeprefix("<BatchPlan ").removesuffix(">"), file=sys.stderr, flush=True)
    for line in batch.notes:
        print(spelled(line, "program"), file=sys.stderr, flush=True)


def _report(batch: Batch, given: argparse.Namespace) -> int:
    """Print what became of it and return the exit code."""
    code = exit_code(batch)
    if given.csv is not None:
        print(sentence("written: {path}", path=batch.to_csv(given.csv)), file=sys.stderr)
    if given.json:
        print(json.dumps(_json(batch, code), ensure_ascii=False))
    else:
        now = batch.progress
        print(counted(now.done, now.failed, now.total))
    if said := batch.progress.left_here:
        print(spelled(said, "program"), file=sys.stderr)
    for line in lines(batch.invalid):
        print(spelled(line, "program"), file=sys.stderr)
    for failure in batch.progress.failures:
        print(spelled(failure.said, "program"), file=sys.stderr)
    if batch.stopped_by is not None:
        _say(batch.stopped_by)
    return code


def exit_code(batch: Batch) -> int:
    """Return what the process says of a batch that has ended or stopped."""
    stopped, counts = batch.stopped_by, batch.progress.counts
    if isinstance(stopped, _WRONG):
        return WRONG
    if stopped is not None or counts["PLANNED"] or counts["SENT"] or counts["CANCELED"] or counts["PARKED"]:
        return AGAIN
    return FAILED if any(counts[state] for state in BAD) else DONE


def _json(batch: Batch, code: int | None) -> dict[str, Any]:
    now, plan = batch.progress, batch.plan
    found: dict[str, Any] = {
        "plan": plan.to_dict(),
        "counts": {state: count for state, count in now.counts.items() if count},
        "cost": now.cost,
        "emulator": now.emulator,
        "stopped": now.why,
    }
    return {**found, "code": code, "rows": list(batch.records())} if code is not None else found


def _plain(batch: Batch) -> str:
    return batch.plan_table(spoken())["text/plain"]


def _say(error: BailianError | OSError) -> None:
    if isinstance(error, BailianError):
        error.front = "program"
    print(one_line(error), file=sys.stderr)


@contextlib.contextmanager
def _on_sigterm() -> Iterator[None]:
    """Let SIGTERM end the command in order, and for certain: schedulers kill what takes longer."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGTERM"):
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        last = threading.Timer(LAST_SECONDS, os._exit, (AGAIN,))
        last.daemon = True
        last.start()
        raise _Ended

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is end:
            signal.signal(signal.SIGTERM, before)
