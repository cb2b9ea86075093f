"""`%wan inspect`: everything that is known of a picture or job, under the names of the Record. No IPython here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

from .. import specs
from ..errors import printable
from ..gallery import Picture, Record
from ..jobs.job import Job
from ..session.foreign import Translation
from ..session.rerun import Found
from ..store.row import Row
from ..system.language import sentence
from ..texts.catalogue import say
from .tables import Bundle, Table, joined

LONGEST = 4000
"""Characters of a cell: a prompt of 2100 is shown whole."""
Rows = list[tuple[object, object]]


def bundle(found: Found, lang: str) -> Bundle:
    """Return a table for each picture; for a job without pictures, what it sent and how it stands."""
    if found.pictures:
        return joined([_table(repr(picture), _picture(picture, lang)) for picture in found.pictures])
    if found.record is not None:
        return _table(f"Record {found.record.model}", list(_record(found.record, lang)))
    if found.foreign is not None:
        name = found.path.name if found.path is not None else "picture"
        return _table(f"{printable(name, 80)}: {found.foreign.source.tool}", _foreign(found.foreign, lang))
    if found.job is not None:
        return _table(repr(found.job), _job(found.job))
    return _table(f"{say('job', lang)} {found.row.id}", _row(found.row)) if found.row is not None else _table("", [])


def as_json(found: Found) -> str:
    """Return the Records as a JSON list, or the one request of a job without pictures."""
    records = [picture.record for picture in found.pictures] or ([found.record] if found.record else [])
    if records:
        return records_json(records)
    if found.foreign is not None:
        told = {**asdict(found.foreign.source), "call": _call(found.foreign), "left": list(found.foreign.left)}
        return json.dumps(told, ensure_ascii=False, indent=1, default=str)
    rows = _job(found.job) if found.job is not None else _row(found.row) if found.row is not None else []
    return json.dumps([{str(name): value for name, value in rows}], ensure_ascii=False, indent=1, default=str)


def records_json(records: Iterable[Record]) -> str:
    """Return Records as a JSON list, as `--json` prints them: Chinese stays as it is."""
    return json.dumps([json.loads(record.to_json()) for record in records], ensure_ascii=False, indent=1)


def _table(title: str, rows: Rows) -> Bundle:
    shown = [(name, value) for name, value in rows if value not in (None, "", (), [], {})]
    return Table(title=title, head=("", ""), rows=shown, limit=LONGEST).bundle()


def _picture(picture: Picture, lang: str) -> Rows:
    rows: Rows = [("path", picture.path)]
    if picture.raw_path != picture.path:
        rows.append(("raw_path", picture.raw_path))
    if not picture.path.is_file():
        rows.append(("path", say("file_gone", lang)))
    return [*rows, *_record(picture.record, lang)]


def _record(record: Record, lang: str) -> Iterator[tuple[object, object]]:
    """Yield what the Record says, in its own order and words; nothing that it holds is left out."""
    for each in fields(record):
        value: Any = getattr(record, each.name)
        if each.name == "emulator":
            yield "emulator", say("not_billed", lang) if value else ""
        elif each.name == "values":
            yield from ((name, _plain(one)) for name, one in value.items() if name != "prompt")
        elif each.name in ("seed", "n") and value == record.values.get(each.name):
            continue
        elif each.name == "inputs":
            yield from ((f"input {number}", _input(entry)) for number, entry in enumerate(value, start=1))
        elif each.name == "mask" and value is not None:
            yield "mask", _input(value)
        elif each.name == "notes":
            yield from (("note", note) for note in value)
        else:
            yield each.name, _plain(value)


def _foreign(found: Translation, lang: str) -> Rows:
    """Return what another tool's text says, the call that is nearest to it, and what cannot go along."""
    source = found.source
    rows: Rows = [("prompt", source.prompt), ("negative prompt", source.negative), ("seed", source.seed)]
    rows += [("size", "{}x{}".format(*source.size) if source.size else ""), ("denoising", source.strength)]
    rows += [(printable(name, 60), value) for name, value in source.settings.items()]
    rows.append((say("python_call", lang), _call(found)))
    return [*rows, *((sentence("not translated"), line) for line in found.left)]


def _call(found: Translation) -> str:
    values = {"model": found.request.model, **found.request.values}
    prompt = values.pop("prompt", "")
    return f"wan.t2i({prompt!r}" + "".join(f", {name}={value!r}" for name, value in values.items()) + ")"


def _job(job: Job) -> Rows:
    rows: Rows = [("job", job.id), ("status", job.status), ("task_status", job.task_status), ("task_id", job.task_id)]
    rows += [("request_id", job.request_id), ("cost_cny", job.cost), ("emulator", "EMULATOR" if job.emulator else "")]
    if job.request is not None:
        rows += _sent(job.request.to_dict())
    rows += [("error", str(job.error))] if job.error is not None else []
    return [*rows, *(("note", note) for note in job.notes)]


def _row(row: Row) -> Rows:
    rows: Rows = [("job", row.id), ("state", row.state), ("task_id", row.task_id), ("request_id", row.request_id)]
    rows += [("cost_cny", row.cost), ("emulator", "EMULATOR" if row.emulator else ""), ("out_dir", row.out_dir)]
    return [*rows, *_sent(row.request), ("error", row.error)]


def _sent(request: Mapping[str, Any]) -> Rows:
    function = request["function"] and specs.short_name(request["model"], request["function"])
    rows: Rows = [("model", request["model"]), ("function", function)]
    rows += [(name, _plain(value)) for name, value in request["values"].items()]
    rows += [(f"input {number}", _input(entry)) for number, entry in enumerate(request["images"], start=1)]
    return [*rows, *([("mask", _input(request["mask"]))] if request["mask"] else [])]


def _input(entry: Mapping[str, Any]) -> str:
    """Return one picture that was sent, in a line: name or URL, size, type, hash, what was changed."""
    size = f"{entry['width']}x{entry['height']}" if entry.get("width") else ""
    digest = f"sha256 {entry['sha256']}" if entry.get("sha256") else ""
    parts = [entry.get("name") or entry.get("url") or "", size, entry.get("mime") or "", digest]
    return printable(", ".join(str(part) for part in (*parts, *entry.get("notes", ())) if part), LONGEST)


def _plain(value: Any) -> object:
    """Return JSON for what is nested, everything else as it is."""
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False, default=str) if value else ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple) and value else value
