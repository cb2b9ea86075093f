"""The command line, in the magics' words: demo, t2i, edit, emulator, doctor, resume, history and cost."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from . import api, specs
from ._version import __version__
from .config.values import money
from .errors import BailianError, BudgetExceeded, InvalidRequest, WaitInterrupted, one_line
from .jobs.job import Job
from .planning.edit_args import tell_apart
from .planning.plan import Plan
from .session import doctor
from .session import session as sessions
from .texts.catalogue import say
from .views.explain import explain_slot

SIGNS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL", "info": "    "}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well, 1 for an error (one line on stderr), 130 after Ctrl-C."""
    try:
        given = _read(arguments)
        return int(given.run(given))
    except (BailianError, OSError) as error:
        print(one_line(error), file=sys.stderr)
        return 1
    except WaitInterrupted as interrupted:
        print(f"Interrupted: {interrupted}. Take it up with: bailian-nb resume", file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print("Interrupted", file=sys.stderr)
        return 130


class _Parser(argparse.ArgumentParser):
    """argparse without its page of usage: every mistake is one line."""

    def error(self, message: str) -> NoReturn:
        if found := re.match(r"argument COMMAND: invalid choice: '(.*?)' ", message):
            names = re.findall(r"[a-z0-9]+", message.rpartition("choose from")[2])  # with quotes or without
            raise InvalidRequest(
                f"unknown command {found[1]}{specs.nearest(found[1], names)} Known: {', '.join(names)}"
            )
        line = message.replace("argument -", "option -", 1).removeprefix("argument ")
        raise InvalidRequest(f"{line}; see {self.prog} --help")


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    given, rest = _parser().parse_known_args(arguments)
    command: argparse.ArgumentParser = given.command
    unknown = next((word for word in rest if word.startswith("-")), None)
    if unknown is not None:
        name = unknown.partition("=")[0]
        known = [option for action in command._actions for option in action.option_strings]
        raise InvalidRequest(f"unknown option {name}{specs.nearest(name, known)} See {command.prog} --help")
    if not hasattr(given, "words"):
        return _enough(given, rest)
    given.words.extend(rest)  # argparse leaves words that stand behind an option
    return given


def _enough(given: argparse.Namespace, rest: Sequence[str]) -> argparse.Namespace:
    if rest:
        see = f"see {given.command.prog} --help"
        see = f"put a prompt of several words into quotes; {see}" if hasattr(given, "dry_run") else see
        raise InvalidRequest(f"{rest[0]!r} is too much; {see}")
    return given


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="bailian-nb", description="Wan image models from the command line.")
    parser.add_argument("--version", action="version", version=f"bailian_nb {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="run two notebooks on the emulator; leave pictures and a page")
    demo.add_argument("--out", default="demo_out", help="folder to leave everything in (default demo_out)")
    demo.set_defaults(run=_demo, command=demo)

    t2i = commands.add_parser("t2i", help="draw pictures from a text")
    t2i.add_argument("prompt")
    _sending(t2i, "t2i")
    t2i.set_defaults(run=_t2i, command=t2i)

    edit = commands.add_parser("edit", help="edit a picture")
    functions = ", ".join(row.short for model in specs.models("edit") for row in model.functions)
    edit.add_argument(
        "words",
        nargs="*",
        metavar="[FUNCTION] IMAGE PROMPT",
        help=f"FUNCTION (or its official name): {functions}; models without functions take IMAGE ... PROMPT",
    )
    edit.add_argument("--mask", help="mask file: white is edited")
    edit.add_argument("--invert", action="store_true", help="the mask means the opposite")
    edit.add_argument("--no-paste", action="store_true", help="masked edits: keep the answer as served only")
    edit.add_argument("--fit", action="store_true", help="shrink or convert a picture that would be refused")
    edit.add_argument("--to", help="expand: the proportion that it is to have, such as 16:9, 1280*720 or square")
    _sending(edit, "edit")
    edit.set_defaults(run=_edit, command=edit)

    emulator = commands.add_parser("emulator", help="serve the emulator on loopback")
    emulator.add_argument("--port", type=int, default=8787, help="default 8787; 0 takes a free one")
    emulator.set_defaults(run=_emulator, command=emulator)

    check = commands.add_parser("doctor", help="check key, network, result hosts, folders")
    check.set_defaults(run=_doctor, command=check)

    resume = commands.add_parser("resume", help="take up what was sent and is not yet on disk")
    resume.add_argument("--send", action="store_true", help="also send what was never sent")
    resume.add_argument("--adopt", nargs="+", default=(), metavar="TASK", help="tasks of unclaimed/ that are yours")
    resume.add_argument("--forget", nargs="+", default=(), metavar="JOB", help="uncertain jobs that own none of them")
    resume.set_defaults(run=_resume, command=resume)

    history = commands.add_parser("history", help="saved pictures, the newest first")
    history.add_argument("words", nargs="*")
    history.add_argument("--limit", type=int, default=30, help="how many at most, 1 or more (default 30)")
    history.set_defaults(run=_history, command=history)

    cost = commands.add_parser("cost", help="what was spent by list price: today, this month, by model, by notebook")
    cost.add_argument("--all", action="store_true", help="every account in the journal, each by itself")
    cost.add_argument("--json", action="store_true", help="print the sums as JSON")
    cost.set_defaults(run=_cost, command=cost)
    return parser


def _sending(parser: argparse.ArgumentParser, kind: specs.Kind) -> None:
    """Add what both create calls take, one option for each parameter of the table among it."""
    parser.add_argument("--model", "-m")
    parser.add_argument("--out-dir", help="folder for the pictures")
    parser.add_argument("--max-cost", help="CNY; a higher estimate is refused")
    send_it = "send although the estimate is above confirm_above"
    parser.add_argument("--run", dest="confirmed", action="store_true", help=send_it)
    parser.add_argument("--retries", help="further tries after a fault of the service")
    parser.add_argument("--no-cache", dest="cache", action="store_false", help="draw again even if it is on disk")
    share = "keep prompt and settings out of the picture file, to share it; they stay in the .json beside it"
    parser.add_argument("--no-embed", dest="embed", action="store_const", const=False, help=share)
    parser.add_argument("--sync", action="store_true", help="the synchronous protocol: no task id, not to be recovered")
    parser.add_argument("--dry-run", action="store_true", help="print the exact request and its price; send nothing")
    parser.add_argument("--json", action="store_true", help="print the records as JSON")
    for row in specs.parameters(kind):
        letters = ["-n"] if row.name == "n" else []
        option = f"--{row.name.replace('_', '-')}"
        action: Any = argparse.BooleanOptionalAction if row.type == "bool" else "store"
        parser.add_argument(
            option, *letters, dest=row.name, action=action, default=None, help=row.meaning.en.replace("%", "%%")
        )


def _t2i(given: argparse.Namespace) -> int:
    session = sessions.current()
    model = specs.get(session.settings().model if given.model is None else given.model, "t2i")
    values = {"prompt": given.prompt, **_values(given, "t2i")}
    return _go(given, session.plan(model=model.name, values=values, **_common(given)))


def _edit(given: argparse.Namespace) -> int:
    session = sessions.current()
    model = specs.get(session.settings().edit_model if given.model is None else given.model, "edit")
    words: list[str] = given.words
    wanted = "FUNCTION IMAGE PROMPT" if model.functions else "IMAGE ... PROMPT"
    if len(words) < 2:
        raise InvalidRequest(f"{model.name} takes {wanted}, got {len(words)} of them; see {given.command.prog} --help")
    function, images, rest = tell_apart(model, words)
    _enough(given, rest[1:])
    plan = session.plan(
        model=model.name,
        function=function,
        values={"prompt": "".join(rest), "to": given.to, **_values(given, "edit")},
        images=tuple(images),
        mask=given.mask,
        invert=given.invert,
        fit=given.fit,
        paste_back=False if given.no_paste else None,
        **_common(given),
    )
    return _go(given, plan, images)


def _values(given: argparse.Namespace, kind: specs.Kind) -> dict[str, Any]:
    names = [row.name for row in specs.parameters(kind)]
    return {name: value for name in names if (value := getattr(given, name)) is not None}


def _common(given: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(given, name) for name in ("sync", "retries", "cache", "out_dir", "embed")}


def _go(given: argparse.Namespace, plan: Plan, images: Sequence[str] = ()) -> int:
    """Send the plan and wait, or print what it would send; above `confirm_above` only with `--run`."""
    from .session import confirm
    from .views import dry_run

    session = sessions.current()
    if given.dry_run:
        cap = None if given.max_cost is None else money("max_cost", given.max_cost)
        mask = getattr(given, "mask", None)
        names = dry_run.Given(images=[repr(word) for word in images], mask=mask and repr(mask))
        print(dry_run.bundle(session, plan, plan.settings.lang, max_cost=cap, given=names)["text/plain"])
        return 0
    if not given.confirmed and (asked := confirm.question(session, plan, plan.settings.lang)):
        raise BudgetExceeded(asked)
    return _report(session.send(plan, max_cost=given.max_cost), given)


def _report(job: Job, given: argparse.Namespace) -> int:
    result = job.result()
    if given.json:
        records = [json.loads(picture.record.to_json()) for picture in result]
        print(json.dumps(records, ensure_ascii=False, indent=1))
    else:
        for picture in result:
            print(f"{picture!r}  {picture.path}")
    lang = sessions.current().settings().lang
    for note in dict.fromkeys((*job.notes, *result.notes)):
        print(say("cli_note", lang, note=note), file=sys.stderr)
    for slot in result.errors:
        print(say("cli_picture", lang, number=slot.index + 1, failure=explain_slot(slot, lang)), file=sys.stderr)
    return 1 if result.errors else 0


def _demo(given: argparse.Namespace) -> int:
    from .demo import run

    return run(Path(given.out))


def _emulator(given: argparse.Namespace) -> int:
    from . import config
    from .emulator import serve

    def ready(url: str) -> None:
        print(f"EMULATOR on {url}; point a client there with DASHSCOPE_HTTP_BASE_URL={url}", flush=True)
        print("any key that looks like one is taken (DASHSCOPE_API_KEY=sk-emulator); Ctrl-C ends it", flush=True)

    try:
        serve(config.home(), given.port, on_ready=ready)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "it must lie in 0-65535"
        raise InvalidRequest(f"port {given.port} cannot be used: {reason}; --port 0 takes a free one") from error
    return 0


def _doctor(given: argparse.Namespace) -> int:
    session, lang = sessions.current(), "en"
    with contextlib.suppress(BailianError):  # settings that cannot be read are a finding, too
        lang = session.settings().lang
    findings = doctor.examine(session)
    for each in findings:
        print(f"{SIGNS[each.state]}  {each.name}: {each.text}")
    print(f"{say('doctor_hosts', lang)}:")
    for host in doctor.firewall_list():
        print(f"      {host}")
    return 1 if any(each.state == "fail" for each in findings) else 0


def _resume(given: argparse.Namespace) -> int:
    found = api.resume(given.send, adopt=given.adopt, forget=given.forget)
    print(repr(found) if found else say("resume_nothing", sessions.current().settings().lang))
    failed = 0
    for job in found.jobs:
        job.wait()
        if job.outcome is None:
            failed += 1
            print(f"{job.id}: {job.error}", file=sys.stderr)
        else:
            for picture in job.outcome:
                print(f"{picture!r}  {picture.path}")
    return 1 if failed or found.refused or found.faults else 0


def _history(given: argparse.Namespace) -> int:
    index = sessions.current().index
    words = " ".join(given.words)
    if given.limit < 1:
        raise InvalidRequest(f"option --limit is 1 or more, got {given.limit}; see bailian-nb history --help")
    found = list(index.search(words, given.limit) if words else index.recent(given.limit))
    if not found:
        print(say("no_pictures", sessions.current().settings().lang), file=sys.stderr)
    for picture in found:
        print(f"{picture.record.created}  {picture!r}  {picture.path}")
    return 0


def _cost(given: argparse.Namespace) -> int:
    from .views import costs

    session = sessions.current()
    found, lang = session.costs(everything=given.all), session.settings().lang
    print(costs.as_json(found) if given.json else costs.bundle(found, lang, kernel=False)["text/plain"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
