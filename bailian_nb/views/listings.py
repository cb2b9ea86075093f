"""What is there, as tables: what resume found, saved pictures, doctor's findings, settings.

`%wan` publishes them; anything else that shows bundles can do the same. Each function takes what it lists, and reads no
session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .. import specs
from ..errors import printable
from ..gallery import Picture
from ..gallery.marks import PLAIN, Mark
from ..images import jpeg_thumbnail
from ..jobs.job import Job
from ..jobs.resume import Resumed
from ..store.row import Row
from ..texts.catalogue import say
from ..texts.signs import sign
from .tables import Breakable, Bundle, Table, Thumbnail, heads, note

if TYPE_CHECKING:
    from ..session.doctor import Finding

SIGNS = {"ok": "✓", "warn": "⚠", "fail": "✗", "info": "·"}
"""What stands before a finding, by its state."""
THUMBNAIL = 96
"""Pixels of the longer side of a picture in a table."""
PROMPT = 60
OWNER = 60
"""Characters of a prompt in the table of saved pictures."""


def resumed(found: Resumed, lang: str) -> Bundle:
    """Return what resume took up and what it did not, one job a row; what was refused stands under the table.

    A job whose task may be one of `unclaimed/` has a row for each such task instead of its own.
    """
    asked = {row.id for row, _ in found.unclaimed}
    rows: list[tuple[object, ...]] = [
        (job.id, job.label, say(_came_back(job), lang), Breakable(job.task_id))
        for job in found.jobs
        if job.id not in asked
    ]
    for listed, key in (
        (found.unsent, "resume_unsent"),
        (found.uncertain, "resume_uncertain"),
        (found.gone, "resume_gone"),
        (found.others, "resume_others"),
        (found.alive, "resume_alive"),
    ):
        rows += [_row(row, say(key, lang)) for row in listed]
    for row, orphans in found.unclaimed:
        rows += [_row(row, say("resume_unclaimed", lang, folder=orphan.folder), orphan.task_id) for orphan in orphans]
    rows += [_row(row, say("resume_fault", lang, why=why)) for row, why in found.faults]
    carried = found.carrying.lines()
    if not rows:
        return note("; ".join(carried) or say("resume_all_done", lang, nothing=say("resume_nothing", lang)))
    foot = " ".join([*(str(error) for error in found.refused), *carried])
    head = heads(lang, "job", "head_call", "head_state", "task")
    return Table(title=say("table_resume", lang), head=head, rows=rows, foot=foot).bundle()


def history(
    pictures: Sequence[Picture],
    lang: str,
    *,
    marks: Sequence[Mark] = (),
    of: int = 0,
    start: int = 0,
    owners: bool = False,
    notes: Sequence[str] = (),
) -> Bundle:
    """Return saved pictures, one a row in the order given: small, with the beginning of the prompt and local time.

    `marks` are their stars and tags, one each; `of` is how many there are on all pages, `start` how many before these.
    With `owners` it says who made each; `notes` stand under the table.
    """
    if not pictures:
        return note(" ".join([say("no_pictures", lang), *notes]))
    rows = [
        (
            Thumbnail(jpeg=_small(picture), alt=picture.alt),
            printable(picture.record.prompt, PROMPT),
            local_time(picture.record.created),
            specs.label(picture.record.model, picture.record.function),
            picture.record.size,
            picture.seed,
            "EMULATOR" if picture.record.emulator else money(picture.record.cost_cny),
            " ".join(["★"] * mark.star + [", ".join(mark.tags)] * bool(mark.tags)),
            *([printable(picture.record.owner, OWNER)] if owners else []),
            Breakable(place(picture)),
        )
        for picture, mark in zip(pictures, marks or [PLAIN] * len(pictures), strict=True)
    ]
    head = (
        "",
        *heads(lang, "head_prompt", "head_made", "head_call", "head_size", "head_seed", "head_cny", "head_marks"),
        *(heads(lang, "team_owner") if owners else ()),
        *heads(lang, "head_file"),
    )
    more = of > len(pictures)
    shown = say("history_page", lang, first=start + 1, last=start + len(pictures), of=f"{of:,}") if more else ""
    return Table(
        title=say("table_history", lang), head=head, rows=rows, foot=" ".join([shown, *notes]).strip()
    ).bundle()


def history_rows(pictures: Sequence[Picture], marks: Sequence[Mark] = ()) -> list[dict[str, object]]:
    """Return the same as data, one row a picture; `created` is ISO 8601 in UTC, `cost` CNY by list price."""
    return [
        {
            "prompt": picture.record.prompt,
            "model": picture.record.model,
            "function": picture.record.function,
            "seed": picture.seed,
            "size": picture.record.size,
            "cost": picture.record.cost_cny,
            "created": picture.record.created,
            "file": str(picture.path),
            "address": picture.address,
            "emulator": picture.record.emulator,
            "job": picture.record.job_id,
            "task": picture.record.task_id,
            "starred": mark.star,
            "tags": ", ".join(mark.tags),
            "owner": picture.record.owner,
        }
        for picture, mark in zip(pictures, marks or [PLAIN] * len(pictures), strict=True)
    ]


def place(picture: Picture) -> str:
    """Return where a picture lies: its file, or its address where it has none here."""
    return picture.address if picture.address and not picture.path.exists() else str(picture.path)


def model_rows(found: Iterable[specs.Model]) -> list[dict[str, object]]:
    """Return models as data; `price_cny` is of one picture in the first region, the usual times are in seconds."""
    return [
        {
            "name": model.name,
            "kinds": "+".join(model.kinds),
            "price_cny": model.prices[0].cny,
            "prices_dated": model.prices_dated,
            "usual_low": model.latency.low,
            "usual_high": model.latency.high,
            "regions": ", ".join(model.regions),
            "functions": ", ".join(row.name for row in model.functions),
            "since": model.life and model.life.since,
            "retires": model.life and model.life.retires,
            "successor": model.life and model.life.successor,
        }
        for model in found
    ]


def local_time(created: str) -> str:
    """Return a Record's time as the user's clock had it, to the minute; what is no time stays as it is."""
    try:
        return datetime.fromisoformat(created).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return created


def findings(found: Iterable[Finding], hosts: Iterable[str], lang: str) -> Bundle:
    """Return what doctor found, one a row, and under them the hosts that a firewall must let through."""
    rows = [(SIGNS[each.state], each.label, each.text) for each in found]
    words = say("doctor_hosts", lang)
    listed = f"{words[:1].upper()}{words[1:]}{sign('colon', lang)}{', '.join(hosts)}"
    foot = sign("together", lang).join([listed, say("doctor_hosts_open", lang)])
    head = ("", *heads(lang, "head_check", "head_finding"))
    return Table(title=say("table_doctor", lang), head=head, rows=rows, foot=foot).bundle()


def settings(found: Mapping[str, object], lang: str) -> Bundle:
    """Return settings by name, and how one is set."""
    head = heads(lang, "head_setting", "head_value")
    rows = list(found.items())
    return Table(title=say("table_config", lang), head=head, rows=rows, foot=say("config_how", lang)).bundle()


def money(cny: float | None) -> str:
    """Return an amount as tables have it, "" for an unknown one."""
    return "" if cny is None else f"{cny:.2f}"


def _small(picture: Picture) -> bytes:
    if not picture.seen().exists():  # what lies in a bucket alone is not fetched as a whole for its row
        return b""
    try:
        return jpeg_thumbnail([picture.small()], side=THUMBNAIL, max_bytes=6_000)
    except (OSError, ValueError):
        return b""  # its row says what it was


def _came_back(job: Job) -> str:
    """Return the key of the words for a Job that goes on."""
    if job.outcome is not None and job.outcome.cached:
        return "resume_disk"
    if job.replaces:
        return "resume_sent"
    return "resume_searched" if not job.task_id and job.status in ("UNCERTAIN", "FAILED") else "resumed"


def _row(row: Row, words: str, task_id: str = "") -> tuple[object, ...]:
    """Return what resume lists of a row of the journal: how it stands in `words`, and its task or the one given."""
    return row.id, specs.label(row.model, row.function), words, Breakable(task_id or row.task_id or "")
