"""What a cell shows for a Job: the view and the caption, as plain bundles. No IPython here.

While a Job runs, both are text/html with text/plain. When it has ended, the view is a JPEG with text/plain (front
ends draw only the richest type of a bundle, and an image needs neither kernel, trust nor scripts) and the caption is
static HTML. text/plain holds stable facts only, so that notebooks can be compared.
"""

from __future__ import annotations

import base64
import time

from .. import specs
from ..errors import printable, readable, spelled
from ..gallery import Picture, Record, sheet_jpeg
from ..jobs.job import Job
from ..jobs.result import Result
from ..money.budget import above_limit
from ..session.held_job import HeldJob
from ..texts.catalogue import estimate, say
from .explain import Explanation, failures, short
from .job import waiting
from .tables import Bundle, escape, link

PROMPT = 300
"""Characters of a prompt in a caption; the cell above has the rest."""
SAID = frozenset({"prompt", "n", "seed", "size"})
"""Values that a caption shows in other ways."""


def view(job: Job, lang: str, anchor: str = "") -> Bundle:
    """Return output (a): the pictures, or the state while there are none; a live card mounts on class `anchor`."""
    if isinstance(job, HeldJob) and job.held:
        return _question(job, lang, anchor)
    if not job.final:
        return {"text/html": f'<div class="{anchor}">{_card(job, lang)}</div>', "text/plain": job.summary}
    result = job.outcome
    if result is None or not len(result):
        return {"text/plain": job.summary}
    plain = "\n".join(repr(picture) for picture in result)
    return {"image/jpeg": base64.b64encode(sheet_jpeg(list(result))).decode("ascii"), "text/plain": plain}


def caption(job: Job, lang: str) -> Bundle:
    """Return the lower of a cell's two outputs: a line a picture, then what each failure means and what to do."""
    result = job.outcome
    found = _running(job, lang) if not job.final else _ended(job, result, lang)
    notes = result.notes if result is not None else job.notes
    found += [_small(f"⚠ {escape(spelled(each, job.front))}") for each in dict.fromkeys(notes)]
    return {"text/html": "".join(f"<div>{line}</div>" for line in found), "text/plain": _stable(job, result)}


def lines(job: Job, lang: str) -> list[str]:
    """Return the ended Job as lines for a terminal: files first, then reasons."""
    return [*map(_with_file, job.outcome or ()), *(_line(failure, lang) for failure in failures(job, lang))]


def with_files(shown: Result | Picture) -> str:
    """Return a Picture, or each of a Result, with its file, a line each."""
    if isinstance(shown, Picture):
        return _with_file(shown)
    return "\n".join(map(_with_file, shown)) or repr(shown)


def _with_file(picture: Picture) -> str:
    return f"{picture!r}  {readable(picture.path)}"


def _line(failure: Explanation, lang: str) -> str:
    """Return a failure as one line for a terminal."""
    message = f"{failure.message} " if failure.message else ""
    ids = " ".join(failure.ids(lang))
    return f"{failure.head}: {failure.named}. {message}{failure.advice(lang)} {ids}".strip()


def _html(failure: Explanation, lang: str) -> list[str]:
    """Return a failure as lines of HTML: what failed, then message, advice and ids in small print."""
    parts = [f"✗ <b>{escape(failure.head)}</b>", f"<code>{escape(failure.code)}</code>", escape(failure.meaning)]
    small = [failure.message, failure.advice(lang), " · ".join(failure.ids(lang))]
    return [" · ".join(part for part in parts if part), *(_small(escape(text)) for text in small if text)]


def _card(job: Job, lang: str) -> str:
    parts = [f"<b>{escape(job.label)}</b>", escape(say(job.status.lower(), lang))]
    age = round(time.time() - (job.submitted or job.created))
    parts += [escape(text) for text in waiting(job, lang, age=age)]
    if job.emulator:
        parts.append("EMULATOR")
    return f"<div>{' · '.join(parts)}</div><div>{_small(escape(say('cancel_with', lang, job=job.id)))}</div>"


def _question(job: HeldJob, lang: str, anchor: str) -> Bundle:
    """Return what stays where nobody presses Run: its cost, what the caps say, and the way without a button."""
    plan = job.plan
    asked = above_limit(plan.cost, plan.model.prices_dated, plan.settings.confirm_above, lang)
    # The saved output may be read after Run was pressed in another page, so it says nothing that would be untrue then.
    head = " · ".join([f"<b>{escape(job.label)}</b>", *(["EMULATOR"] if job.emulator else [])])
    said = [*job.lines(lang), say("no_button", lang)]
    said += [f"⚠ {spelled(str(job.refusal), job.front)}"] if job.refusal is not None else []
    html = "".join(f"<div>{line}</div>" for line in [head, *(_small(escape(text)) for text in said)])
    return {"text/html": f'<div class="{anchor}">{html}</div>', "text/plain": f"{job.summary} {asked}"}


def _running(job: Job, lang: str) -> list[str]:
    request = job.request
    held = isinstance(job, HeldJob) and job.held  # the price stands beside its Run button; it is in no list of jobs yet
    parts = [] if held else [escape(f"{say('job', lang)} {job.id}")]
    if request is not None:
        parts += [escape(f"{name}={value}") for name, value in request.values.items() if name != "prompt"]
        parts += [] if held else [escape(estimate(job.cost, request.row.prices_dated, lang))]
    if job.task_id:
        parts.append(f"{escape(say('task', lang))} <code>{escape(job.task_id)}</code>")
    return [_small(" · ".join(parts))] if parts else []


def _ended(job: Job, result: Result | None, lang: str) -> list[str]:
    prompts = dict.fromkeys(picture.record.prompt for picture in result or ())
    found = [_small(escape(printable(prompt, PROMPT))) for prompt in prompts if prompt]
    found += [_small(_picture_line(job, picture, result, lang)) for picture in result or ()]
    if job.request is not None:
        rewritten = dict.fromkeys(picture.record.actual_prompt for picture in result or ())
        head = escape(say("rewritten", lang))
        found += [_small(f"{head}: {escape(text)}") for text in rewritten if text and text != job.request.prompt]
    for failure in failures(job, lang):
        found += _html(failure, lang)
    return found


def _picture_line(job: Job, picture: Picture, result: Result | None, lang: str) -> str:
    record = picture.record
    named = specs.short_name(record.model, record.function) if record.function else record.model
    parts = [f"<b>{escape(named)}</b>", f"{picture.width}x{picture.height}"]
    if picture.seed is not None:
        parts.append(f"seed {escape(picture.seed)}")
    parts += map(escape, further_values(record))
    if result is not None and result.cached:
        parts.append(escape(say("cached", lang)))
    else:
        if record.seconds is not None:
            parts.append(escape(say("seconds", lang, seconds=f"{record.seconds:.1f}")))
        if job.emulator:
            parts.append(escape(say("not_billed", lang)))
        elif record.price_cny is None:
            parts.append(escape(say("cost_unknown", lang)))
        else:
            parts.append(escape(say("cost", lang, cost=f"{record.price_cny:.2f}")))
    if record.leak is not None:
        parts.append(escape(say("leak", lang, leak=record.leak, total=record.pixels_protected)))
    near = link(picture.path)
    parts.append(f"<code>{near if near.startswith('<a') else escape(picture.path.name)}</code>")
    if picture.address:
        parts.append(f"<code>{escape(picture.address)}</code>")
    return " · ".join(parts)


def further_values(record: Record) -> list[str]:
    """Return what a picture was asked for beside prompt, seed and size, as a line says it: `strength 0.5`."""
    return [f"{name} {value}" for name, value in record.values.items() if name not in SAID and value != ""]


def _small(html: str) -> str:
    return f"<small>{html}</small>"


def _stable(job: Job, result: Result | None) -> str:
    """Return facts that do not change from run to run."""
    if not job.final:
        return job.summary
    error = job.error
    codes = [slot.code for slot in (result.errors if result is not None else ())]
    codes += [short(error)] if error else []
    made = say("saved_count", "en", count=len(result)) if result is not None else job.status
    return " ".join([job.label, made, *codes, *(["EMULATOR"] if job.emulator else [])])
