"""The magics: `%%wan_t2i`, `%wan_edit`, `%%wan_edit` and `%wan`. Thin: read the line, call the session, show.

Whatever a magic does, one call in Python does too; `--dry-run` and `%wan help` show it.
"""

from __future__ import annotations

import contextlib
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand

from .. import config, specs
from .. import session as sessions
from ..edit_words import is_file, tell_apart
from ..errors import BailianError, BudgetExceeded, InvalidRequest, Problem
from ..held import HeldJob
from ..jobs import Job
from ..plan import Plan
from ..sweeps import Sweep
from . import asking, commands, dry_run, helping, sweeping, topics
from .display import Displays
from .filling import as_python, fill, look_up
from .front import NotebookFront
from .line import Line, read_line
from .tables import note


@magics_class
class WanMagics(Magics):
    """Settings of this kernel: `%config WanMagics.lang = "zh"`. None means: environment, files, default."""

    model = traitlets.Unicode(None, allow_none=True, help="default model of %%wan_t2i").tag(config=True)
    edit_model = traitlets.Unicode(None, allow_none=True, help="default model of %wan_edit").tag(config=True)
    n = traitlets.Int(None, allow_none=True, help="pictures a call").tag(config=True)
    size = traitlets.Unicode(None, allow_none=True, help="default size of %%wan_t2i").tag(config=True)
    lang = traitlets.Unicode(None, allow_none=True, help="en or zh").tag(config=True)
    out_dir = traitlets.Unicode(None, allow_none=True, help="folder for pictures").tag(config=True)
    max_cost = traitlets.Float(None, allow_none=True, help="CNY; higher estimates are refused").tag(config=True)
    max_cost_day = traitlets.Float(None, allow_none=True, help="CNY a day for the account").tag(config=True)
    max_cost_month = traitlets.Float(None, allow_none=True, help="CNY a month for the account").tag(config=True)
    confirm_above = traitlets.Float(None, allow_none=True, help="CNY; higher estimates wait for Run").tag(config=True)
    retries = traitlets.Int(None, allow_none=True, help="further tries after a fault of the service").tag(config=True)
    region = traitlets.Unicode(None, allow_none=True, help="DashScope region").tag(config=True)
    workspace = traitlets.Unicode(None, allow_none=True, help="workspace id").tag(config=True)
    emulator = traitlets.Bool(None, allow_none=True, help="draw with the built-in emulator").tag(config=True)
    embed = traitlets.Bool(None, allow_none=True, help="put the Record into the picture file, too").tag(config=True)
    sync = traitlets.Bool(None, allow_none=True, help="cells wait for their pictures").tag(config=True)

    def overrides(self) -> Mapping[str, Any]:
        """Return the settings that `%config` has set."""
        names = self.class_own_traits(config=True)
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @classmethod
    def class_get_trait_help(cls, trait: Any, inst: Any = None, helptext: str | None = None) -> str:
        """Return what `%config WanMagics` shows of a setting: what holds now, wherever it was set."""
        text: str = super().class_get_trait_help(trait, inst, helptext)
        if inst is None or getattr(inst, trait.name) is not None:
            return text
        with contextlib.suppress(InvalidRequest):  # a file that cannot be read is named by the next call
            text = text.replace("Current: None", f"Current: {getattr(config.load(), trait.name)!r}")
        return text

    @property
    def _shell(self) -> InteractiveShell:
        if self.shell is None:
            raise RuntimeError("magics without a shell")
        return self.shell

    def attach(self, front: NotebookFront, displays: Displays) -> None:
        """Tell the magics who shows Jobs."""
        self._front, self.displays = front, displays

    @no_var_expand
    @line_cell_magic
    def wan_t2i(self, line: str, cell: str | None = None) -> Job | None:
        """Draw pictures: the cell body (or the quoted words of the line) is the prompt."""
        read = read_line(line, "t2i")
        if read.help:
            self.publish(topics.model_help(_chosen(read, "model"), self.lang_now()))
            return None
        session = sessions.current()
        model = _chosen(read, "model")

        def plan(problems: list[Problem]) -> Plan:
            specs.get(model, "t2i")
            prompt = self._prompt(read, read.words, cell, problems)
            return session.plan(model=model, values={"prompt": prompt, **read.values}, **_more(read))

        return self.send_or_show(read, plan)

    @no_var_expand
    @line_cell_magic
    def wan_edit(self, line: str, cell: str | None = None) -> Job | None:
        """Edit a picture: `%wan_edit FUNCTION IMAGE "prompt"`; in a cell the body is the prompt.

        Models without functions take the pictures alone, and several of them.
        """
        read = read_line(line, "edit")
        session = sessions.current()
        name = _chosen(read, "edit_model")
        if read.help:
            self.publish(topics.topic_help(read.words[0] if read.words else name, self.lang_now()))
            return None

        def plan(problems: list[Problem]) -> Plan:
            model = specs.get(name, "edit")
            if len(read.words) < (2 if model.functions else 1):
                usage = 'for example %wan_edit instruct photo.jpg "Change the sky"'
                raise InvalidRequest(f"a function and a picture are needed, {usage}; see %wan help")
            function, pictures, rest = tell_apart(model, read.words, prompt_elsewhere=_has_body(cell))
            images = [each for word in pictures for each in _one_by_one(self.look(word))]
            prompt = self._prompt(read, rest, cell, problems)
            return session.plan(
                model=model.name,
                function=function,
                values={"prompt": prompt, **read.values},
                images=tuple(images),
                mask=None if read.mask is None else self.look(read.mask),
                invert=read.invert,
                fit=read.fit,
                paste_back=False if read.no_paste else None,
                **_more(read),
            )

        def given(plan: Plan) -> dry_run.Given:
            pictures = tell_apart(plan.model, read.words, prompt_elsewhere=_has_body(cell))[1]
            return self.spelled(pictures, read.mask)

        return self.send_or_show(read, plan, given)

    @no_var_expand
    @line_cell_magic
    def wan_sweep(self, line: str, cell: str | None = None) -> Sweep | None:
        """Run one call over a grid: `%wan_sweep FUNCTION IMAGE "prompt" --axis strength=0:1:0.25`."""
        kind = sweeping.kind_of(line)
        read = read_line(line, kind)
        if read.help:
            self.publish(topics.sweep_help(read.words[0] if kind == "edit" else "", self.lang_now()))
            return None
        session = sessions.current()
        try:
            sweep = sweeping.make(
                session,
                read,
                kind,
                look=self.look,
                prompt=lambda words, problems: self._prompt(read, words, cell, problems),
                prompt_elsewhere=_has_body(cell),
            )
            settings = session.settings()
            asked = sweeping.run(
                sweep,
                read,
                confirm_above=settings.confirm_above,
                button=self._front.interactive() and not self._front.waits(),
                lang=settings.lang,
            )
        except BailianError as error:
            error.show_traceback = read.traceback
            raise
        if read.output:
            self._shell.user_ns[read.output] = sweep
        if asked:
            self.publish(note(asked))
        self.displays.show_sweep(sweep)
        if read.wait:
            sweep.wait()
        if self._front.waits():
            sweep.raise_if_nothing()
        return sweep

    @no_var_expand
    @line_magic
    def wan(self, line: str) -> Any:
        """Everything else: `%wan help`, `models`, `jobs`, `wait`, `cancel`, `resume`, `doctor`, `config`, …"""
        return commands.run(line, self)

    def send_or_show(
        self,
        read: Line,
        make: Callable[[list[Problem]], Plan],
        given: Callable[[Plan], dry_run.Given] | None = None,
    ) -> Job | None:
        """Plan, then show the plan or send it, by the money rule; `given` says how Python names what was given."""
        session = sessions.current()
        try:
            plan = _all_at_once(read, make)
            if read.dry_run:
                names = given(plan) if given is not None else None
                self.publish(dry_run.bundle(session, plan, self.lang_now(), max_cost=read.max_cost, given=names))
                self._show_frame(plan)
                return None
            job = self._held(plan, read) or session.send(plan, max_cost=read.max_cost)
        except BailianError as error:
            error.show_traceback = read.traceback
            raise
        if read.output:
            self._shell.user_ns[read.output] = job
        self.displays.show(job, quiet=read.quiet)
        if isinstance(job, HeldJob):
            return job  # somebody must press Run first, so there is nothing to wait for
        if read.wait or read.json or self._front.waits():
            job.wait()
            if job.error is not None:
                job.error.show_traceback = read.traceback
                raise job.error
        if read.json and job.outcome is not None:
            records = [json.loads(picture.record.to_json()) for picture in job.outcome]
            print(json.dumps(records, ensure_ascii=False, indent=1))  # noqa: T201  # asked for
        return job

    def _show_frame(self, plan: Plan) -> None:
        """Show where the picture will lie in the one that expand makes of it."""
        bundle = dry_run.frame(plan) if plan.request is not None else None
        if bundle is not None:
            self.publish(bundle)

    def _held(self, plan: Plan, read: Line) -> HeldJob | None:
        """Return a Job that waits for Run where the estimate is above `confirm_above`; without a button, an error."""
        session = sessions.current()
        asked = "" if read.run else asking.question(session, plan, self.lang_now())
        if not asked:
            return None
        if self._front.waits() or not self._front.interactive():
            raise BudgetExceeded(asked)
        job = HeldJob(session, plan, max_cost=read.max_cost)
        self._show_frame(plan)
        return job

    def _prompt(self, read: Line, words: Sequence[str], cell: str | None, problems: list[Problem]) -> str:
        """Return the prompt as typed, from the body or from the one quoted word that is left."""
        if cell is not None and _has_body(cell):
            if words:
                message = _no_switch(read, words) or f"{words[0]!r} is too much: the cell's body is the prompt"
                problems.append(Problem(parameter="prompt", message=message))
            prompt = cell.strip("\n")
        else:
            prompt = " ".join(words)
            if len(words) > 1:
                message = _no_switch(read, words) or f'a prompt of several words needs quotes: "{prompt}"'
                problems.append(Problem(parameter="prompt", message=message))
        return prompt if read.raw else fill(prompt, self._shell.user_ns)

    def look(self, word: str) -> Any:
        """Return what a word means: a file if there is one, else the variable of that name, else the word itself."""
        if is_file(word):
            return word
        try:
            return look_up(word[1:-1] if word[:1] == "{" and word[-1:] == "}" else word, self._shell.user_ns)
        except LookupError:
            return word

    def spelled(self, pictures: Sequence[str], mask: str | None) -> dry_run.Given:
        """Return how Python names what these words mean: a variable as it is, a path or URL in quotes."""
        several = len(pictures) > 1
        images = [
            f"*{self.python(word)}" if several and isinstance(self.look(word), list | tuple) else self.python(word)
            for word in pictures
        ]
        return dry_run.Given(images=images, mask=None if mask is None else self.python(mask))

    def python(self, word: str) -> str:
        """Return the expression for what `look` finds."""
        return repr(word) if self.look(word) is word else as_python(word.strip("{}"))

    def publish(self, bundle: Mapping[str, str]) -> None:
        """Show a bundle in the running cell."""
        self.displays.publish(bundle)

    def lang_now(self) -> str:
        """Return the language that holds now."""
        return config.load(self.overrides()).lang


if WanMagics.__doc__ is not None:  # Python was not told to drop them (-OO)
    _KINDS: dict[str, specs.Kind | None] = {"wan_t2i": "t2i", "wan_edit": "edit", "wan_sweep": None}
    for _name, _kind in _KINDS.items():
        _magic = getattr(WanMagics, _name)
        _magic.__doc__ = f"{inspect.cleandoc(_magic.__doc__ or '')}\n\n{helping.docstring(_kind)}"


def _all_at_once(read: Line, make: Callable[[list[Problem]], Plan]) -> Plan:
    """Return the Plan, or raise what is wrong with the line together with what checking the call finds."""
    problems = list(read.problems)
    if read.axis:
        problems.append(Problem(parameter="axis", message="--axis is for %wan_sweep; give one value here"))
    try:
        plan = make(problems)
    except InvalidRequest as error:
        raise InvalidRequest([*problems, *error.problems], hint=error.hint) from None
    if problems:
        raise InvalidRequest(problems)
    return plan


def _chosen(read: Line, setting: str) -> str:
    """Return the model of the line, else the one that the settings name."""
    return read.model if read.model is not None else str(getattr(sessions.current().settings(), setting))


def _no_switch(read: Line, words: Sequence[str]) -> str:
    """Say which word was meant for the switch before it, "" for none; `--watermark` takes true, false or nothing."""
    word = next((word for word in words if word in read.behind), None)
    return "" if word is None else f"{read.behind[word]} must be true or false, got {word!r}"


def _has_body(cell: str | None) -> bool:
    return cell is not None and bool(cell.strip())


def _one_by_one(found: Any) -> Sequence[Any]:
    """A variable may hold several pictures."""
    return found if isinstance(found, list | tuple) else (found,)


def _more(read: Line) -> dict[str, Any]:
    embed = False if read.no_embed else None
    more = {"sync": read.sync, "retries": read.retries, "cache": not read.no_cache}
    return {**more, "out_dir": read.out_dir, "embed": embed}
