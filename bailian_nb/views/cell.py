"""What a cell shows for a Job: the view and the caption, as plain bundles. No IPython here.

While a Job runs, both are text/html with text/plain. When it has ended, the view is a JPEG with text/plain (front
ends draw only the richest type of a bundle, and an image needs neither kernel, trust nor scripts) and the caption is
static HTML. text/plain holds stable facts only, so that notebooks can be compared.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass

from .. import specs
from ..gallery import Picture, sheet_jpeg
from ..jobs.job import Job
from ..jobs.result import Result
from ..session import confirm
from ..session.held_job import HeldJob
from ..texts.catalogue import say
from .job import waiting
from .tables import Bundle, escape


def view(job: Job, lang: str, anchor: str = "") -> Bundle:
    """Return output (a): the pictures, or the state while there are none; a live card mounts on class `anchor`."""
    if isinstance(job, HeldJob) and job.held:
        return _question(job, lang, anchor)
    if not job.final:
        return {"text/html": f'<div class="{anchor}">{_card(job, lang)}</div>', "text/plain": repr(job)}
    result = job.outcome
    if result is None or not len(result):
        return {"text/plain": repr(job)}
    plain = "\n".join(repr(picture) for picture in result)
    return {"image/jpeg": base64.b64encode(sheet_jpeg(list(result))).decode("ascii"), "text/plain": plain}


def caption(job: Job, lang: str) -> Bundle:
    """Return output (b): a line a picture, then each failed slot with what it means and what to do."""
    result = job.outcome
    found = _running(job, lang) if not job.final else _ended(job, result, lang)
    notes = result.notes if result is not None else job.notes
    found += [_small(f"⚠ {escape(each)}") for each in dict.fromkeys(notes)]
    return {"text/html": "".join(f"<div>{line}</div>" for line in found), "text/plain": _stable(job, result)}


def lines(job: Job, lang: str) -> list[str]:
    """Return the ended Job as lines for a terminal: files first, then reasons."""
    result = job.outcome
    found = [f"{picture!r}  {picture.path}" for picture in result or ()]
    return [*found, *(reason.line(lang) for reason in _reasons(job, result, lang))]


@dataclass(frozen=True, kw_only=True)
class _Reason:
    """Why a picture, or all of them, are missing; texts from outside are not escaped yet."""

    head: str
    code: str
    meaning: str
    message: str
    todo: str
    ids: tuple[str, ...]

    def line(self, lang: str) -> str:
        meaning = f" ({self.meaning})" if self.meaning else ""
        message = f"{self.message} " if self.message else ""
        return f"{self.head}: {self.code}{meaning}. {message}{self._advice(lang)} {' '.join(self.ids)}".strip()

    def html(self, lang: str) -> list[str]:
        parts = [f"✗ <b>{escape(self.head)}</b>", f"<code>{escape(self.code)}</code>", escape(self.meaning)]
        small = [self.message, self._advice(lang), " · ".join(self.ids)]
        return [" · ".join(part for part in parts if part), *(_small(escape(text)) for text in small if text)]

    def _advice(self, lang: str) -> str:
        return f"{say('todo', lang)}: {self.todo}" if self.todo else ""


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
    asked = confirm.worded(plan.cost, plan.model.prices_dated, plan.settings.confirm_above, lang)
    # The saved output may be read after Run was pressed in another page, so it says nothing that would be untrue then.
    head = " · ".join([f"<b>{escape(job.label)}</b>", *(["EMULATOR"] if job.emulator else [])])
    said = [*job.lines(lang), say("no_button", lang)]
    said += [f"⚠ {job.refusal}"] if job.refusal is not None else []
    html = "".join(f"<div>{line}</div>" for line in [head, *(_small(escape(text)) for text in said)])
    return {"text/html": f'<div class="{anchor}">{html}</div>', "text/plain": f"{job!r} {asked}"}


def _running(job: Job, lang: str) -> list[str]:
    request = job.request
    held = isinstance(job, HeldJob) and job.held  # its price stands beside its button, and no list knows its id
    parts = [] if held else [escape(f"{say('job', lang)} {job.id}")]
    if request is not None:
        parts += [escape(f"{name}={value}") for name, value in request.values.items() if name != "prompt"]
        cost = say("cost_unknown", lang)
        if job.cost is not None:
            cost = say("estimate", lang, cost=f"{job.cost:.2f}", dated=request.row.prices_dated)
        parts += [] if held else [escape(cost)]
    if job.task_id:
        parts.append(f"{escape(say('task', lang))} <code>{escape(job.task_id)}</code>")
    return [_small(" · ".join(parts))] if parts else []


def _ended(job: Job, result: Result | None, lang: str) -> list[str]:
    found = [_small(_picture_line(job, picture, result, lang)) for picture in result or ()]
    if job.request is not None:
        rewritten = dict.fromkeys(picture.record.actual_prompt for picture in result or ())
        head = escape(say("rewritten", lang))
        found += [_small(f"{head}: {escape(text)}") for text in rewritten if text and text != job.request.prompt]
    for reason in _reasons(job, result, lang):
        found += reason.html(lang)
    return found


def _picture_line(job: Job, picture: Picture, result: Result | None, lang: str) -> str:
    record = picture.record
    parts = [f"<b>{escape(record.function or record.model)}</b>", f"{picture.width}x{picture.height}"]
    if picture.seed is not None:
        parts.append(f"seed {escape(picture.seed)}")
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


def _reasons(job: Job, result: Result | None, lang: str) -> list[_Reason]:
    """Say for each failed slot, and for a failed Job, what it means and what to do."""
    found = []
    for slot in result.errors if result is not None else ():
        row = specs.lookup(slot.code, slot.message)
        found.append(
            _Reason(
                head=say("picture_failed", lang, number=slot.index + 1),
                code=slot.code,
                meaning=row.meaning.get(lang),
                message=slot.message,
                todo=row.todo.get(lang),
                ids=_ids(lang, request=result.request_id if result is not None else ""),
            )
        )
    error = job.error
    if error is not None:
        known = specs.lookup(error.code, error.message, error.http_status) if error.code else None
        found.append(
            _Reason(
                head=job.label,
                code=error.code or type(error).__name__,
                meaning=known.meaning.get(lang) if known else "",
                message=error.message,
                todo=known.todo.get(lang) if known else error.hint,
                ids=_ids(lang, request=error.request_id, task=error.task_id),
            )
        )
    return found


def _ids(lang: str, **ids: str) -> tuple[str, ...]:
    return tuple(f"{say(name, lang)} {value}" for name, value in ids.items() if value)


def _small(html: str) -> str:
    return f"<small>{html}</small>"


def _stable(job: Job, result: Result | None) -> str:
    """Return facts that do not change from run to run."""
    if not job.final:
        return repr(job)
    error = job.error
    codes = [slot.code for slot in (result.errors if result is not None else ())]
    codes += [error.code or type(error).__name__] if error else []
    made = f"{len(result)} saved" if result is not None else job.status
    return " ".join([job.label, made, *codes, *(["EMULATOR"] if job.emulator else [])])
