"""`%wan ...`: one small function for each command. `texts.help.COMMANDS` lists them for users."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from .. import api, config, specs
from ..errors import InvalidRequest, WaitInterrupted
from ..jobs.job import Job
from ..jobs.resume import Resumed
from ..session import doctor
from ..session import session as sessions
from ..store.journal import Row
from ..sweeps import Sweep
from ..texts.catalogue import say
from ..views import costs, help_topics, inspect
from ..views import help as help_pages
from ..views.explain import short
from ..views.job import uncanceled
from ..views.language import language
from ..views.tables import Bundle, Table, heads, note
from . import rerun
from .cell import Cell
from .line import words

SIGNS = {"ok": "✓", "warn": "⚠", "fail": "✗", "info": "·"}


def run(line: str, cell: Cell) -> object:
    """Run one command and show what it says.

    Raises
    ------
    InvalidRequest
        For an unknown command, with the nearest one.
    """
    name, *rest = words(line) or ["help"]
    command = _COMMANDS.get(name)
    if command is None:
        raise InvalidRequest(f"unknown command {name}{specs.nearest(name, list(_COMMANDS))} See %wan help")
    if name in _WHOLE:
        rest = [line.strip().removeprefix(name)]
    return command(rest, cell)


def _help(rest: Sequence[str], cell: Cell) -> None:
    lang = cell.lang_now()
    asked = rest[0] if rest and rest[0] not in ("--help", "-h") else ""
    cell.publish(help_topics.topic_help(asked, lang) if asked else help_pages.overview(lang))


def _models(rest: Sequence[str], cell: Cell) -> None:
    lang = cell.lang_now()
    cell.publish(help_topics.topic_help(rest[0], lang) if rest else help_pages.models(lang))


def _functions(rest: Sequence[str], cell: Cell) -> None:
    lang = cell.lang_now()
    cell.publish(help_topics.topic_help(rest[0], lang) if rest else help_pages.functions(lang))


def _jobs(rest: Sequence[str], cell: Cell) -> None:
    _nothing_more(rest, "jobs")
    lang = cell.lang_now()
    jobs = sessions.current().jobs()
    if not jobs:
        cell.publish(note(say("no_jobs", lang)))
        return
    rows = []
    for job in jobs:
        age = (job.finished or time.time()) - job.created
        made = say("saved_count", lang, count=len(job.outcome)) if job.outcome is not None else ""
        reason = short(job.error) if job.error else ""
        cost = "EMULATOR" if job.emulator else "" if job.cost is None else f"{job.cost:.2f}"
        passed = say("seconds", lang, seconds=f"{age:.0f}")
        rows.append((job.id, job.label, job.status, passed, made or reason, cost, job.task_id))
    head = heads(lang, "job", "head_call", "head_status", "head_age", "head_outcome", "head_cny", "task")
    cell.publish(Table(title=say("table_jobs", lang), head=head, rows=rows).bundle())


def _fetch(rest: Sequence[str], cell: Cell) -> None:
    for job in _named(rest, "fetch", cell):
        cell.displays.show(job)


def _wait(rest: Sequence[str], cell: Cell) -> None:
    jobs = _named(rest, "wait", cell) if rest else sessions.current().jobs()
    for position, job in enumerate(jobs):
        try:
            job.wait()
        except WaitInterrupted:
            open_jobs = [each for each in jobs[position:] if not each.final]
            names = ", ".join(each.id for each in open_jobs)
            raise WaitInterrupted(f"stopped waiting; {len(open_jobs)} job(s) go on: {names}") from None


def _cancel(rest: Sequence[str], cell: Cell) -> None:
    lang = cell.lang_now()
    for job in _named(rest, "cancel", cell):
        if job.cancel():
            text = say("canceled_now", lang, job=job.id)
        elif job.uncanceled is not None and job.uncanceled.key != "too_late" and not job.final:
            text = f"{say('job', lang)} {job.id}: {uncanceled(job, lang)}"
        else:
            text = say("not_canceled", lang, job=job.id, status=job.status)
        cell.publish(note(text))


def _resume(rest: Sequence[str], cell: Cell) -> None:
    lang = language()
    found = api.resume(**_resume_options(rest))
    cell.publish(resumed_table(found, lang))
    asked = {row.id for row, _ in found.unclaimed}
    for job in found.jobs:
        if job.id not in asked:  # of those the table asks already
            cell.displays.show(job)


def _resume_options(rest: Sequence[str]) -> dict[str, Any]:
    """Read `--send [JOB ...]`, `--adopt TASK ...` and `--forget JOB ...`."""
    found: dict[str, list[str]] = {}
    option = ""
    for word in rest:
        if word in ("--send", "--adopt", "--forget"):
            option = word[2:]
            found.setdefault(option, [])
        elif option and not word.startswith("-"):
            found[option].append(word)
        else:
            raise InvalidRequest(
                f"%wan resume takes nothing, --send [JOB ...], --adopt TASK ... or --forget JOB ..., got {word!r}"
            )
    for name in ("adopt", "forget"):
        if name in found and not found[name]:
            raise InvalidRequest(f"--{name} needs a {'task' if name == 'adopt' else 'job'}; %wan resume lists them")
    return {**found, **({"send": found["send"] or True} if "send" in found else {})}


def _came_back(job: Job) -> str:
    """Return the key of the words for a Job that goes on."""
    if job.outcome is not None and job.outcome.cached:
        return "resume_disk"
    if job.replaces:
        return "resume_sent"
    return "resume_searched" if not job.task_id and job.status in ("UNCERTAIN", "FAILED") else "resumed"


def resumed_table(found: Resumed, lang: str) -> Bundle:
    """Return what came back and what did not, one row each."""
    asked = {row.id for row, _ in found.unclaimed}
    rows: list[tuple[object, ...]] = [
        (
            job.id,
            job.label,
            say(_came_back(job), lang),
            job.task_id,
        )
        for job in found.jobs
        if job.id not in asked
    ]
    for listed, what in (
        (found.unsent, say("resume_unsent", lang)),
        (found.uncertain, say("resume_uncertain", lang)),
        (found.gone, say("resume_gone", lang)),
        (found.others, say("resume_others", lang)),
        (found.alive, say("resume_alive", lang)),
    ):
        rows += [(row.id, _call(row), what, row.task_id or "") for row in listed]
    rows += [
        (row.id, _call(row), say("resume_unclaimed", lang, folder=orphan.folder), orphan.task_id)
        for row, orphans in found.unclaimed
        for orphan in orphans
    ]
    rows += [(row.id, _call(row), say("resume_fault", lang, why=why), row.task_id or "") for row, why in found.faults]
    if not rows:
        return note(say("resume_all_done", lang, nothing=say("resume_nothing", lang)))
    foot = " ".join(str(error) for error in found.refused)
    head = heads(lang, "job", "head_call", "head_state", "task")
    return Table(title=say("table_resume", lang), head=head, rows=rows, foot=foot).bundle()


def _call(row: Row) -> str:
    return f"{row.model} {row.function or ''}"


def _history(rest: Sequence[str], cell: Cell) -> None:
    lang = language()
    index = sessions.current().index
    pictures = index.search(" ".join(rest)) if rest else index.recent(30)
    if not pictures:
        cell.publish(note(say("no_pictures", lang)))
        return
    rows = [
        (
            picture.record.created,
            f"{picture.record.model} {picture.record.function or ''}",
            picture.record.size,
            picture.seed,
            "EMULATOR" if picture.record.emulator else "",
            picture.record.prompt[:60],
            str(picture.path),
        )
        for picture in pictures
    ]
    head = (
        *heads(lang, "head_made", "head_call", "head_size", "head_seed"),
        "",
        *heads(lang, "head_prompt", "head_file"),
    )
    cell.publish(Table(title=say("table_history", lang), head=head, rows=rows).bundle())


def _rerun(rest: Sequence[str], cell: Cell) -> Job | None:
    return rerun.rerun(rest[0] if rest else "", cell)


def _inspect(rest: Sequence[str], cell: Cell) -> None:
    options, names = _options(rest, "inspect", "--json")
    if len(names) != 1:
        raise InvalidRequest(f"%wan inspect needs one picture or job, got {len(names)} words; %wan history lists them")
    subject = rerun.find(names[0], cell)
    if options:
        print(inspect.as_json(subject))  # noqa: T201  # asked for
    else:
        cell.publish(inspect.bundle(subject, cell.lang_now()))


def _cost(rest: Sequence[str], cell: Cell) -> None:
    options, words = _options(rest, "cost", "--all", "--json")
    if words:
        raise InvalidRequest(f"%wan cost takes --all and --json, got {words[0]!r}")
    found = sessions.current().costs(everything="--all" in options)
    if "--json" in options:
        print(costs.as_json(found))  # noqa: T201  # asked for
    else:
        cell.publish(costs.bundle(found, cell.lang_now()))


def _doctor(rest: Sequence[str], cell: Cell) -> None:
    _nothing_more(rest, "doctor")
    lang = language()
    findings = doctor.examine(sessions.current())
    rows = [(SIGNS[each.state], each.name, each.text) for each in findings]
    hosts = say("doctor_hosts", lang)
    foot = f"{hosts[:1].upper()}{hosts[1:]}: {', '.join(doctor.firewall_list())}"
    head = ("", *heads(lang, "head_check", "head_finding"))
    cell.publish(Table(title=say("table_doctor", lang), head=head, rows=rows, foot=foot).bundle())


def _config(rest: Sequence[str], cell: Cell) -> None:
    _nothing_more(rest, "config")
    lang = cell.lang_now()
    session = sessions.current()
    settings = session.settings()
    names = [name for name in settings.__dataclass_fields__ if name != "configured"]
    rows: list[tuple[object, object]] = [(name, getattr(settings, name)) for name in names]
    rows.append((say("config_pictures", lang), config.out_dir(settings)))
    rows.append(("BAILIAN_NB_HOME", session.home))
    rows.append((say("config_key", lang), config.find_key() or say("config_no_key", lang)))
    head = heads(lang, "head_setting", "head_value")
    cell.publish(Table(title=say("table_config", lang), head=head, rows=rows, foot=say("config_how", lang)).bundle())


def _options(rest: Sequence[str], command: str, *known: str) -> tuple[set[str], list[str]]:
    """Tell options from words."""
    options = {word for word in rest if word.startswith("--")}
    for unknown in sorted(options - set(known)):
        raise InvalidRequest(f"%wan {command}: unknown option {unknown}{specs.nearest(unknown, list(known))}".rstrip())
    return options, [word for word in rest if word not in options]


def _named(rest: Sequence[str], command: str, cell: Cell) -> list[Job]:
    """Return the Jobs that the words name: by id, or by a variable that holds a Job or a Sweep."""
    if not rest:
        raise InvalidRequest(f"%wan {command} needs a job; %wan jobs lists them")
    found: list[Job] = []
    for word in rest:
        given = cell.look(word)
        if isinstance(given, Job):
            found.append(given)
        elif isinstance(given, Sweep):
            found.extend(given.jobs)
        else:
            found.append(sessions.current().job(word))
    return found


def _nothing_more(rest: Sequence[str], command: str) -> None:
    if rest:
        raise InvalidRequest(f"%wan {command} takes nothing, got {rest[0]!r}; see %wan help")


_COMMANDS: dict[str, Callable[[Sequence[str], Cell], object]] = {
    "help": _help,
    "models": _models,
    "functions": _functions,
    "jobs": _jobs,
    "fetch": _fetch,
    "wait": _wait,
    "cancel": _cancel,
    "resume": _resume,
    "history": _history,
    "rerun": _rerun,
    "inspect": _inspect,
    "cost": _cost,
    "doctor": _doctor,
    "config": _config,
}
_WHOLE = ("rerun",)
"""What reads its line by itself, for it takes the options of `%wan_edit`."""
