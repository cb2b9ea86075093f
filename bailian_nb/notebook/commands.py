"""`%wan ...`: one small function for each command. `texts.help.COMMANDS` lists them for users."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import api, specs
from ..batch.batch import Batch
from ..errors import InvalidRequest, WaitInterrupted
from ..jobs.job import Job
from ..planning.options import more_than_once
from ..planning.plain import plain, unended
from ..session import doctor
from ..session import session as sessions
from ..session.in_force import in_force
from ..sweeps import Sweep
from ..system.language import sentence, spoken
from ..texts.catalogue import say
from ..texts.help import SETTINGS
from ..views import costs, help_topics, inspect, listings
from ..views import help as help_pages
from ..views.job import uncanceled
from ..views.tables import note
from . import rerun
from .cell import Cell
from .line import words
from .split import split


def run(line: str, cell: Cell) -> object:
    """Run one command and show what it says.

    Raises
    ------
    InvalidRequest
        For an unknown command, with the nearest one.
    """
    first = split(line)[:1]
    name = first[0].text if first else "help"
    command = _COMMANDS.get("help" if plain(name) == "?" else name)
    if command is None:
        if name in _MAGICS:
            raise InvalidRequest(sentence("a call is no command of %wan: write {magic} ...", magic=_MAGICS[name]))
        raise InvalidRequest(
            sentence(
                "unknown command {name}{nearest} See %wan help", name=name, nearest=specs.nearest(name, list(_COMMANDS))
            )
        )
    if {"--help", "-h"} & {word.text for word in split(line)[1:]} and name != "help":
        _help([name], cell)
        return None
    if name in _WHOLE:
        return command([line.strip().removeprefix(name)], cell)
    return command(words(line, None if name == "help" else cell.scope)[1:], cell)


def _help(rest: Sequence[str], cell: Cell) -> None:
    lang = spoken()
    asked = unended(rest[0]) if rest and rest[0] not in ("--help", "-h") else ""
    cell.publish(help_topics.topic_help(asked, lang) if asked else help_pages.overview(lang))


def _models(rest: Sequence[str], cell: Cell) -> None:
    lang = spoken()
    today = specs.day(sessions.current().clock.now())
    cell.publish(help_topics.topic_help(rest[0], lang) if rest else help_pages.models(lang, today))


def _functions(rest: Sequence[str], cell: Cell) -> None:
    lang = spoken()
    cell.publish(help_topics.topic_help(rest[0], lang) if rest else help_pages.functions(lang))


def _jobs(rest: Sequence[str], cell: Cell) -> None:
    _nothing_more(rest, "jobs")
    cell.displays.show_jobs(sessions.current())


def _fetch(rest: Sequence[str], cell: Cell) -> None:
    for job in _named(rest, "fetch", cell):
        cell.displays.show(job)


def _wait(rest: Sequence[str], cell: Cell) -> None:
    batches, rest = _batches(rest, cell)
    for batch in batches:
        batch.wait()
    if batches and not rest:
        return
    jobs = _named(rest, "wait", cell) if rest else sessions.current().jobs()
    for position, job in enumerate(jobs):
        try:
            job.wait()
        except WaitInterrupted:
            open_jobs = [each for each in jobs[position:] if not each.final]
            names = ", ".join(each.id for each in open_jobs)
            raise WaitInterrupted(
                sentence("stopped waiting; {count} job(s) go on: {names}", count=len(open_jobs), names=names)
            ) from None


def _cancel(rest: Sequence[str], cell: Cell) -> None:
    lang = spoken()
    batches, names = _batches(rest, cell)
    for batch in batches:
        cell.publish(note(sentence("{count} rows canceled", count=batch.cancel_unsent())))
    for job in [] if batches and not names else _named(names, "cancel", cell):
        if job.cancel():
            text = say("canceled_now", lang, job=job.id)
        elif job.uncanceled is not None and job.uncanceled.key != "too_late" and not job.final:
            text = sentence(
                "{say} {id}: {uncanceled}", say=say("job", lang), id=job.id, uncanceled=uncanceled(job, lang)
            )
        else:
            text = say("not_canceled", lang, job=job.id, status=job.status)
        cell.publish(note(text))


def _resume(rest: Sequence[str], cell: Cell) -> None:
    found = api.resume(**_resume_options(rest))
    cell.publish(listings.resumed(found, spoken()))
    asked = {row.id for row, _ in found.unclaimed}
    for job in found.jobs:
        job.front = "magic"
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
                sentence(
                    "%wan resume takes nothing, --send [JOB ...], --adopt TASK ... or --forget JOB ..., got {word!r}",
                    word=word,
                )
            )
    for name in ("adopt", "forget"):
        if name in found and not found[name]:
            raise InvalidRequest(
                sentence(
                    "--{name} needs a {what}; %wan resume lists them",
                    name=name,
                    what="task" if name == "adopt" else "job",
                )
            )
    return {**found, **({"send": found["send"] or True} if "send" in found else {})}


def _history(rest: Sequence[str], cell: Cell) -> None:
    cell.displays.show_history(api.history(**_history_options(rest)))


_HISTORY: dict[str, Callable[[str], object] | None] = {
    "model": str,
    "function": str,
    "tag": str,
    "since": str,
    "until": str,
    "limit": int,
    "page": int,
    "owner": str,
    "starred": None,
    "binned": None,
    "everybody": None,
    "rebuild": None,
}
"""The options of `%wan history`, which are `wan.history`'s: how a value is read, None for a switch."""


def _history_options(rest: Sequence[str]) -> dict[str, Any]:
    """Read `--model NAME --starred ...`; the other words are searched for."""
    found: dict[str, Any] = {}
    searched: list[str] = []
    given = iter(rest)
    for word in given:
        name, _, value = word.removeprefix("--").partition("=")
        if not word.startswith("-"):
            searched.append(word)
            continue
        if name not in _HISTORY:
            _options([word], "history", *(f"--{each}" for each in _HISTORY))
        read = _HISTORY[name]
        if read is not None and name in found:
            raise InvalidRequest(more_than_once(f"--{name}"))
        if read is None:
            found[name] = True
            continue
        value = value or next(given, "")
        try:
            if not value:
                raise ValueError(name)
            found[name] = read(value)
        except ValueError:
            raise InvalidRequest(
                sentence(
                    "%wan history: --{name} needs a value, for example {example}{got}",
                    name=name,
                    example=_EXAMPLES[name],
                    got=sentence(", got {value!r}", value=value) if value else "",
                )
            ) from None
    return {"words": " ".join(searched), **found}


_EXAMPLES = {
    "model": "wan2.6-t2i",
    "function": "style",
    "tag": "cover",
    "since": "2026-11-29",
    "until": "2026-11-30",
    "limit": "30",
    "page": "2",
    "owner": "anna",
}


def _rerun(rest: Sequence[str], cell: Cell) -> Job | None:
    return rerun.rerun(rest[0] if rest else "", cell)


def _inspect(rest: Sequence[str], cell: Cell) -> None:
    options, names = _options(rest, "inspect", "--json")
    if len(names) != 1:
        raise InvalidRequest(
            sentence(
                "%wan inspect needs one picture or job, got {count} words; %wan history lists them", count=len(names)
            )
        )
    subject = rerun.find(names[0], cell)
    if options:
        print(inspect.as_json(subject))  # noqa: T201  # asked for
    else:
        cell.publish(inspect.bundle(subject, spoken()))


def _cost(rest: Sequence[str], cell: Cell) -> None:
    options, words = _options(rest, "cost", "--all", "--json")
    if words:
        raise InvalidRequest(sentence("%wan cost takes --all and --json, got {words!r}", words=words[0]))
    found = sessions.current().costs(everything="--all" in options)
    if "--json" in options:
        print(costs.as_json(found))  # noqa: T201  # asked for
    else:
        cell.publish(costs.bundle(found, spoken()))


def _doctor(rest: Sequence[str], cell: Cell) -> None:
    _nothing_more(rest, "doctor")
    found = doctor.examine(sessions.current())
    cell.publish(listings.findings(found, doctor.firewall_list(), spoken()))


def _config(rest: Sequence[str], cell: Cell) -> None:
    _not_set_here(rest)
    _nothing_more(rest, "config")
    lang = spoken()
    cell.publish(listings.settings(in_force(sessions.current(), lang), lang))


def _options(rest: Sequence[str], command: str, *known: str) -> tuple[set[str], list[str]]:
    """Tell options from words."""
    options = {word for word in rest if word.startswith("-")}
    for unknown in sorted(options - set(known)):
        raise InvalidRequest(
            sentence(
                "%wan {command}: unknown option {unknown}{nearest}",
                command=command,
                unknown=unknown,
                nearest=specs.nearest(unknown, list(known)),
            ).rstrip()
        )
    return options, [word for word in rest if word not in options]


def _batches(rest: Sequence[str], cell: Cell) -> tuple[list[Batch], list[str]]:
    """Tell the variables that hold a Batch from the other words."""
    found = [(word, cell.look(word)) for word in rest]
    batches = [given for _, given in found if isinstance(given, Batch)]
    return batches, [word for word, given in found if not isinstance(given, Batch)]


def _named(rest: Sequence[str], command: str, cell: Cell) -> list[Job]:
    """Return the Jobs that the words name: by id, or by a variable that holds a Job or a Sweep."""
    if not rest:
        raise InvalidRequest(sentence("%wan {command} needs a job; %wan jobs lists them", command=command))
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


def _not_set_here(rest: Sequence[str]) -> None:
    """Say how a setting is set, where one is named as if `%wan config` did that."""
    name = rest[0].partition("=")[0].removeprefix("WanMagics.") if rest else ""
    if name in SETTINGS:
        raise InvalidRequest(
            sentence("%wan config shows the settings; %config WanMagics.{name} = ... sets this one", name=name)
        )


def _nothing_more(rest: Sequence[str], command: str) -> None:
    if rest:
        raise InvalidRequest(
            sentence("%wan {command} takes nothing, got {rest!r}; see %wan help", command=command, rest=rest[0])
        )


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
_MAGICS = {"t2i": "%%wan_t2i", "edit": "%wan_edit", "sweep": "%wan_sweep", "batch": "%wan_batch"}
_WHOLE = ("rerun",)
"""What reads its line by itself, for it takes the options of `%wan_edit`."""
