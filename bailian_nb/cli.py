"""The command line, in the magics' words: demo, t2i, edit, batch, emulator, doctor, resume, history and so on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import api, specs
from ._version import __version__
from .batch import options as batch_options
from .config.values import cap
from .errors import BailianError, InvalidRequest, Problem, WaitInterrupted, one_line, spelled
from .jobs.job import Job
from .planning.edit_args import as_named, is_file, tell_apart
from .planning.options import (
    add_options,
    add_parameters,
    call_arguments,
    edit_arguments,
    is_option,
    meant_option,
    options_in_order,
    parameter_values,
    table_options,
    unknown_option,
)
from .planning.parser import Parser
from .planning.plain import QUOTES, plain_value
from .planning.plan import Plan
from .session import doctor
from .session import session as sessions
from .system.language import os_reason, sentence, spoken
from .system.output import for_a_reader
from .system.paths import print_any
from .texts.catalogue import say
from .texts.help import PROGRAM, PROGRAM_OPTIONS
from .texts.signs import sign
from .views.explain import explain_slot
from .views.inspect import records_json

CALL_OPTIONS = (
    "model",
    "preset",
    "out-dir",
    "max-cost",
    "run",
    "retries",
    "no-cache",
    "no-embed",
    "a1111",
    "sync",
    "dry-run",
    "json",
)
EDIT_OPTIONS = ("mask", "keep", "invert", "no-paste", "fit", "to")
SIGNS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL", "info": "    "}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well, 1 for an error (one line on stderr), 130 after Ctrl-C.

    `batch` has codes of its own: 0, 2, 3 and 75.
    """
    with for_a_reader():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        print_any(stream)
    try:
        given = _read(arguments)
        return int(given.act(given))
    except BailianError as error:
        error.front = "program"
        print(one_line(error), file=sys.stderr)
        return _failed(arguments)
    except OSError as error:
        named = f"{error.filename}: " if error.filename is not None else ""
        print(f"{type(error).__name__}: {named}{os_reason(error)}", file=sys.stderr)
        return _failed(arguments)
    except WaitInterrupted as interrupted:
        print(say("cli_interrupted", spoken(), how=str(interrupted).partition(". ")[0]), file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print(sentence("Interrupted"), file=sys.stderr)
        return 130


def _failed(arguments: Sequence[str] | None) -> int:
    """Return the code of a command that did nothing: `batch` has its own."""
    return 2 if list(sys.argv[1:] if arguments is None else arguments)[:1] == ["batch"] else 1


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser, commands = _parser(spoken())
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if words and words[0] in commands:
        words[1:] = [f"./{word}" if word[:1] == "-" and is_file(word) else word for word in words[1:]]
        problems: list[Problem] = []
        words[1:] = options_in_order(words[1:], commands[words[0]], problems)
        if problems:
            raise InvalidRequest(problems)
    given, rest = parser.parse_known_args(words)
    unknown = next((word for word in rest if word.startswith("-")), None)
    if unknown is not None and "--" in words and is_option(unknown.partition("=")[0]):
        raise InvalidRequest(
            sentence("{unknown} stands behind --, where all is text; put options before it", unknown=unknown)
        )
    if unknown is not None:
        raise InvalidRequest(unknown_option(unknown, given.command, f"{given.command.prog} --help")[0])
    if not hasattr(given, "words"):
        return _enough(given, rest)
    given.words.extend(rest)  # argparse leaves words that stand behind an option
    return given


def _number(text: str) -> float:
    try:
        return float(plain_value(text))
    except ValueError:
        raise argparse.ArgumentTypeError(sentence("needs a number, got {text!r}", text=text)) from None


def _whole(text: str) -> int:
    try:
        return int(plain_value(text))
    except ValueError:
        raise argparse.ArgumentTypeError(sentence("needs a whole number, got {text!r}", text=text)) from None


def _enough(given: argparse.Namespace, rest: Sequence[str]) -> argparse.Namespace:
    """Refuse words that are too many, and one that was meant as an option."""
    see = sentence("see {prog} --help", prog=given.command.prog)
    words = [*getattr(given, "words", ()), getattr(given, "prompt", ""), *rest]
    spelled_so = (word for word in words if not is_file(word))
    if hasattr(given, "dry_run") and (meant := next(filter(None, map(meant_option, spelled_so)), "")):
        raise InvalidRequest(sentence("{meant}; {see}", meant=meant, see=see))
    if not rest:
        return given
    if hasattr(given, "dry_run"):
        quote = next((word[0] for word in words if word[:1] in QUOTES and word[0] not in "\"'"), "")
        if quote:
            raise InvalidRequest(
                sentence(
                    "{rest!r} is too much: a shell does not know the quote {quote}; use \" or '; {see}",
                    rest=rest[0],
                    quote=quote,
                    see=see,
                )
            )
        raise InvalidRequest(
            sentence("{rest!r} is too much; put a prompt of several words into quotes; {see}", rest=rest[0], see=see)
        )
    raise InvalidRequest(sentence("{rest!r} is too much; {see}", rest=rest[0], see=see))


def _parser(lang: str) -> tuple[Parser, dict[str, Parser]]:
    """Return the parser of the whole program, and that of each command.

    A command leaves its function in `act` and its parser in `command`.
    """
    parser = Parser(prog="bailian-nb", description=say("cli_program", lang))
    parser.add_argument(
        "--version",
        action="version",
        version=f"bailian_nb {__version__}",
        help=say("cli_version", lang),
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, act: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = commands.add_parser(name, help=PROGRAM[name].get(lang))
        command.set_defaults(act=act, command=command)
        return command

    def word(option: str, **values: object) -> str:
        return PROGRAM_OPTIONS[option].get(lang).format(**values)

    demo = add("demo", _demo)
    demo.add_argument("--out", default="demo_out", help=word("demo --out"))

    tutorials = add("tutorials", _tutorials)
    tutorials.add_argument("folder", type=Path, metavar="DIR", help=word("tutorials DIR"))

    t2i = add("t2i", _t2i)
    t2i.add_argument("prompt")
    _add_call(t2i, "t2i", lang)

    edit = add("edit", _edit)
    functions = ", ".join(row.short for model in specs.models("edit") for row in model.functions)
    edit.add_argument(
        "words", nargs="*", metavar="[FUNCTION] IMAGE PROMPT", help=word("edit WORDS", functions=functions)
    )
    add_options(edit, EDIT_OPTIONS, lang=lang, words=PROGRAM_OPTIONS)
    _add_call(edit, "edit", lang)

    batch_options.add_arguments(add("batch", _batch), lang)

    emulator = add("emulator", _emulator)
    emulator.add_argument("--port", type=_whole, default=8787, help=word("emulator --port"))
    emulator.add_argument("--strict", action="store_true", help=word("emulator --strict"))
    emulator.add_argument("--expiry", type=_number, default=None, help=word("emulator --expiry"))
    emulator.add_argument("--queue", type=_whole, default=None, help=word("emulator --queue"))
    emulator.add_argument(
        "--over-limit",
        type=plain_value,
        choices=("pending", "429"),
        default="pending",
        help=word("emulator --over-limit"),
    )

    add("doctor", _doctor)

    resume = add("resume", _resume)
    resume.add_argument("--send", action="store_true", help=word("resume --send"))
    resume.add_argument("--adopt", nargs="+", default=(), metavar="TASK", help=word("resume --adopt"))
    resume.add_argument("--forget", nargs="+", default=(), metavar="JOB", help=word("resume --forget"))

    prices = add("prices", _prices)
    prices.add_argument("file", nargs="?", type=Path, metavar="FILE", help=word("prices FILE"))

    history = add("history", _history)
    history.add_argument("words", nargs="*")
    history.add_argument("--limit", type=_whole, default=30, help=word("history --limit"))

    cost = add("cost", _cost)
    cost.add_argument("--all", action="store_true", help=word("cost --all"))
    cost.add_argument("--json", action="store_true", help=word("cost --json"))
    return parser, commands.choices


def _add_call(parser: argparse.ArgumentParser, kind: specs.Kind, lang: str) -> None:
    """Add what both create calls take, one option for each parameter of the table among it."""
    add_options(parser, CALL_OPTIONS, lang=lang, words=PROGRAM_OPTIONS)
    add_parameters(parser, specs.parameters(kind), lang=lang)


def _t2i(given: argparse.Namespace) -> int:
    session = sessions.current()
    model = specs.get(session.settings().model if given.model is None else given.model, "t2i")
    values = {"prompt": given.prompt, **parameter_values(given, table_options("t2i"))}
    return _go(given, session.plan(model=model.name, values=values, **call_arguments(given)))


def _edit(given: argparse.Namespace) -> int:
    session = sessions.current()
    words = [as_named(word) for word in given.words]
    usual = specs.edit_model(words[0] if words else None, session.settings().edit_model)
    model = specs.get(usual if given.model is None else given.model, "edit")
    wanted = "FUNCTION IMAGE PROMPT" if model.functions else "IMAGE ... PROMPT" if model.prompt else "IMAGE"
    if len(words) < (2 if model.functions or model.prompt else 1):
        raise InvalidRequest(
            sentence(
                "{name} takes {wanted}, got {count} of them; see {prog} --help",
                name=model.name,
                wanted=wanted,
                count=len(words),
                prog=given.command.prog,
            )
        )
    function, images, rest = tell_apart(model, words)
    _enough(given, rest[1:])
    plan = session.plan(
        model=model.name,
        function=function,
        values={"prompt": "".join(rest), **parameter_values(given, (*table_options("edit"), "to"))},
        images=tuple(images),
        mask=given.mask,
        keep=given.keep,
        **call_arguments(given),
        **edit_arguments(given),
    )
    return _go(given, plan, images)


def _batch(given: argparse.Namespace) -> int:
    from .batch.command import act

    return act(given)


def _go(given: argparse.Namespace, plan: Plan, images: Sequence[str] = ()) -> int:
    """Send the plan and wait, or print what it would send; above `confirm_above` only with `--run`."""
    from .session import confirm
    from .views import dry_run

    session = sessions.current()
    if given.dry_run:
        most = None if given.max_cost is None else cap("max_cost", given.max_cost)
        mask = getattr(given, "mask", None)
        names = dry_run.Given(images=[repr(word) for word in images], mask=mask and repr(mask))
        more: Any = {"max_cost": most, "given": names, "front": "program"}
        if given.json:
            print(dry_run.document(session, plan, **more))
        else:
            print(dry_run.bundle(session, plan, plan.settings.lang, **more)["text/plain"])
        return 0
    asked = {"confirmed": given.run, "button": False, "lang": plan.settings.lang}
    return _report(confirm.send(session, plan, max_cost=given.max_cost, **asked), given)


def _report(job: Job, given: argparse.Namespace) -> int:
    """Wait and print the pictures; notes and what is missing go to stderr, and anything missing makes it 1."""
    result = job.result()
    if given.json:
        print(records_json(picture.record for picture in result))
    else:
        for picture in result:
            print(f"{picture!r}  {picture.path}")
    lang = spoken()
    for note in dict.fromkeys((*job.notes, *result.notes)):
        print(say("cli_note", lang, note=spelled(note, "program")), file=sys.stderr)
    for slot in result.errors:
        print(
            say("cli_picture", lang, number=slot.index + 1, failure=explain_slot(slot, lang, front="program")),
            file=sys.stderr,
        )
    return 1 if result.errors else 0


def _demo(given: argparse.Namespace) -> int:
    from .demo import run

    return run(Path(given.out), lang=spoken())


def _tutorials(given: argparse.Namespace) -> int:
    from .demo.tutorials import lay_out

    there, kept = lay_out(given.folder)
    for path in there:
        print(path)
    for path in kept:
        print(say("tutorial_kept", spoken(), path=path), file=sys.stderr)
    return 0


def _emulator(given: argparse.Namespace) -> int:
    from . import config
    from .emulator import EmulatorSettings, serve

    usual = EmulatorSettings()
    settings = EmulatorSettings(
        strict=given.strict,
        expiry=usual.expiry if given.expiry is None else given.expiry,
        queue=usual.queue if given.queue is None else given.queue,
        over_limit=given.over_limit,
    )

    def ready(url: str) -> None:
        print(say("cli_emulator", spoken(), url=url), flush=True)
        print(say("cli_any_key", spoken()), flush=True)

    try:
        serve(config.home(), given.port, settings=settings, on_ready=ready)
    except OverflowError:
        raise InvalidRequest(
            sentence("port {port} cannot be used: it must lie in 0-65535; --port 0 takes a free one", port=given.port)
        ) from None
    except OSError as error:
        raise InvalidRequest(
            sentence(
                "port {port} cannot be used: {value}; --port 0 takes a free one",
                port=given.port,
                value=os_reason(error),
            )
        ) from error
    return 0


def _doctor(given: argparse.Namespace) -> int:
    findings, colon = doctor.examine(sessions.current()), sign("colon", spoken())
    for each in findings:
        print(f"{SIGNS[each.state]}  {each.label}{colon}{spelled(each.text, 'program')}")
    print(f"{say('doctor_hosts', spoken())}{colon}".rstrip())
    for host in doctor.firewall_list():
        print(f"      {host}")
    print(f"      ({say('doctor_hosts_open', spoken())})")
    return 1 if any(each.state == "fail" for each in findings) else 0


def _resume(given: argparse.Namespace) -> int:
    found = api.resume(given.send, adopt=given.adopt, forget=given.forget)
    print(spelled(repr(found), "program") if found else say("resume_nothing", spoken()))
    failed = 0
    for job in found.jobs:
        job.wait()
        if job.outcome is None:
            failed += 1
            print(f"{job.id}: {spelled(str(job.error), 'program')}", file=sys.stderr)
        else:
            for picture in job.outcome:
                print(f"{picture!r}  {picture.path}")
    return 1 if failed or found.refused or found.faults else 0


def _history(given: argparse.Namespace) -> int:
    index = sessions.current().index
    words = " ".join(given.words)
    if given.limit < 1:
        raise InvalidRequest(
            sentence("option --limit is 1 or more, got {limit}; see bailian-nb history --help", limit=given.limit)
        )
    found = list(index.search(words, given.limit) if words else index.recent(given.limit))
    if not found:
        print(say("no_pictures", spoken()), file=sys.stderr)
    for picture in found:
        print(f"{picture.record.created}  {picture!r}  {picture.path}")
    return 0


def _prices(given: argparse.Namespace) -> int:
    """Print the table's prices and limits, or what differs from a file of them: then the exit code is 1."""
    from .specs import prices_file

    if given.file is None:
        print(prices_file.written(specs.models()), end="")
        return 0
    try:
        text = given.file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest(sentence("{file} is no UTF-8 text; save it as CSV in UTF-8", file=given.file)) from error
    except OSError as error:
        raise InvalidRequest(
            sentence("{file} cannot be read: {error}", file=given.file, error=os_reason(error))
        ) from error
    found = prices_file.differences(specs.models(), text)
    print("\n".join(found) or say("prices_same", spoken()))
    return 1 if found else 0


def _cost(given: argparse.Namespace) -> int:
    from .views import costs

    session = sessions.current()
    found, lang = session.costs(everything=given.all), session.settings().lang
    print(costs.as_json(found) if given.json else costs.bundle(found, lang, kernel=False)["text/plain"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
