"""What a cell shows for a Job: the view and the caption, as plain bundles. No IPython here.

While a Job runs, both are text/html with text/plain. When it has ended, the view is a JPEG with text/plain (front
ends draw only the richest type of a bundle, and an image needs neither kernel, trust nor scripts) and the caption is
static HTML. text/plain holds stable facts only, so that notebooks can be compared.
"""

from __future__ import annotations

import base64
import time

from .. import specs
from ..gallery import Picture, sheet_jpeg
from ..jobs import Job, Result
from ..texts import say
from .tables import Bundle, escape


def view(job: Job, lang: str) -> Bundle:
    """Return output (a): the pictures, or the state while there are none."""
    if not job.final:
        return {"text/html": _card(job, lang), "text/plain": repr(job)}
    result = job.outcome
    if result is None or not len(result):
        return {"text/plain": repr(job)}
    plain = "\n".join(repr(picture) for picture in result)
    return {"image/jpeg": base64.b64encode(sheet_jpeg(list(result))).decode("ascii"), "text/plain": plain}


def caption(job: Job, lang: str) -> Bundle:
    """Return output (b): a line a picture, a line a failed slot, and what to do."""
    result = job.outcome
    lines = _running(job, lang) if not job.final else _ended(job, result, lang)
    return {"text/html": "".join(f"<div>{line}</div>" for line in lines), "text/plain": _stable(job, result)}


def lines(job: Job, lang: str) -> list[str]:
    """Return the ended Job as lines for a terminal: files first, then reasons."""
    result = job.outcome
    found = [f"{picture!r}  {picture.path}" for picture in result or ()]
    return [*found, *_reasons(job, result, lang)]


def _card(job: Job, lang: str) -> str:
    parts = [f"<b>{escape(job.label)}</b>", escape(say(job.status.lower(), lang))]
    if job.why is not None:
        values = dict(job.why.values)
        if isinstance(until := values.get("until"), float):
            values["until"] = time.strftime("%H:%M:%S", time.localtime(until))
        parts.append(escape(say(job.why.key, lang, **values)))
    age = round(time.time() - (job.submitted or job.created))
    if job.expected is not None:
        usual = {"low": f"{job.expected.low:.0f}", "high": f"{job.expected.high:.0f}"}
        parts.append(escape(say("usual", lang, age=age, **usual)))
    else:
        parts.append(escape(say("age", lang, age=age)))
    if job.emulator:
        parts.append("EMULATOR")
    return f"<div>{' · '.join(parts)}</div><div><small>{escape(say('cancel_with', lang, job=job.id))}</small></div>"


def _running(job: Job, lang: str) -> list[str]:
    request = job.request
    parts = [escape(f"{say('job', lang)} {job.id}")]
    if request is not None:
        parts += [escape(f"{name}={value}") for name, value in request.values.items() if name != "prompt"]
        price = next(iter(request.row.prices), None)
        cost = say("cost_unknown", lang)
        if job.cost is not None and price is not None:
            cost = say("estimate", lang, cost=f"{job.cost:.2f}", dated=request.row.prices_dated)
        parts.append(escape(cost))
    if job.task_id:
        parts.append(f"{escape(say('task', lang))} <code>{escape(job.task_id)}</code>")
    return [" · ".join(parts), *(f"⚠ {escape(note)}" for note in job.notes)]


def _ended(job: Job, result: Result | None, lang: str) -> list[str]:
    found = [_picture_line(job, picture, result, lang) for picture in result or ()]
    rewritten = {picture.record.actual_prompt for picture in result or () if picture.record.actual_prompt}
    if result is not None and job.request is not None:
        head = escape(say("rewritten", lang))
        found += [f"{head}: {escape(text)}" for text in rewritten if text != job.request.prompt]
    found += [escape(line) for line in _reasons(job, result, lang)]
    notes = result.notes if result is not None else job.notes
    return [*found, *(f"⚠ {escape(note)}" for note in notes)]


def _picture_line(job: Job, picture: Picture, result: Result | None, lang: str) -> str:
    record = picture.record
    parts = [
        f"<b>{escape(job.label)}</b>",
        f"{picture.width}x{picture.height}",
        f"seed {escape(picture.seed)}",
    ]
    if result is not None and result.cached:
        parts.append(escape(say("cached", lang)))
    else:
        parts.append(escape(say("seconds", lang, seconds=f"{record.seconds:.1f}")))
        if job.emulator:
            parts.append(escape(say("not_billed", lang)))
        elif record.price_cny is None:
            parts.append(escape(say("cost_unknown", lang)))
        else:
            parts.append(escape(say("cost", lang, cost=f"{record.price_cny:.2f}")))
    if record.leak is not None:
        parts.append(escape(say("leak", lang, leak=record.leak, total=record.pixels_protected)))
    parts.append(f"<code>{escape(picture.path.name)}</code>")
    return " · ".join(parts)


def _reasons(job: Job, result: Result | None, lang: str) -> list[str]:
    """Say for each failed slot, and for a failed Job, what it means and what to do."""
    found = []
    for slot in result.errors if result is not None else ():
        row = specs.lookup(slot.code, slot.message)
        head = say("picture_failed", lang, number=slot.index + 1)
        advice = f"{say('todo', lang)}: {row.todo.get(lang)}"
        found.append(f"{head}: {slot.code} ({row.meaning.get(lang)}). {slot.message} {advice}")
    if result is not None and result.errors and result.request_id:
        found.append(f"{say('request', lang)} {result.request_id}")
    error = job.error
    if error is not None:
        known_code = specs.lookup(error.code, error.message, error.http_status) if error.code else None
        meaning = f" ({known_code.meaning.get(lang)})" if known_code else ""
        advice = known_code.todo.get(lang) if known_code else error.hint
        known = (("request", error.request_id), ("task", error.task_id))
        ids = " ".join(f"{say(name, lang)} {value}" for name, value in known if value)
        code = error.code or type(error).__name__
        head = f"{job.label}: {code}{meaning}. {error.message}"
        found.append(" ".join(part for part in (head, f"{say('todo', lang)}: {advice}" if advice else "", ids) if part))
    return found


def _stable(job: Job, result: Result | None) -> str:
    """Return facts that do not change from run to run."""
    if not job.final:
        return repr(job)
    error = job.error
    codes = [slot.code for slot in (result.errors if result is not None else ())]
    codes += [error.code or type(error).__name__] if error else []
    made = f"{len(result)} saved" if result is not None else job.status
    return " ".join([job.label, made, *codes, *(["EMULATOR"] if job.emulator else [])])
