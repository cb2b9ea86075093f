"""The magics: `%%wan_t2i`, `%wan_edit`, `%%wan_edit` and `%wan`. Thin: read the line, call the session, show.

Whatever a magic does, one call in Python does too; `--dry-run` and `%wan help` show it.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand

from .. import config, specs
from ..batch.batch import Batch
from ..errors import BailianError, InvalidRequest, Problem
from ..jobs.job import Job
from ..planning.edit_args import tell_apart
from ..planning.options import call_arguments, edit_arguments
from ..planning.plan import Plan
from ..session import session as sessions
from ..sweeps import Sweep
from ..system.language import sentence, spoken
from ..texts.help import SETTINGS
from ..views import dry_run, help_topics
from ..views import help as help_pages
from ..views.tables import note
from . import batch as batching
from . import commands
from . import sweep as sweeping
from .cell import Cell, body_of
from .line import MagicLine, pictures_needed, read_line

Names = Mapping[str, Any] | None
"""What IPython gives: the names of the code that calls a magic."""


def _in_magic(magic: Callable[..., Any]) -> Callable[..., Any]:
    """Let what a magic raises be written in a magic's words."""

    @functools.wraps(magic)
    def run(*given: Any, **more: Any) -> Any:
        try:
            return magic(*given, **more)
        except BailianError as error:
            error.front = "magic"
            raise

    return run


@magics_class
class WanMagics(Magics):
    """Settings of this kernel: `%config WanMagics.lang = "zh"`. None means: environment, files, default."""

    model = traitlets.Unicode(None, allow_none=True, help=SETTINGS["model"].en).tag(config=True)
    edit_model = traitlets.Unicode(None, allow_none=True, help=SETTINGS["edit_model"].en).tag(config=True)
    n = traitlets.Int(None, allow_none=True, help=SETTINGS["n"].en).tag(config=True)
    size = traitlets.Unicode(None, allow_none=True, help=SETTINGS["size"].en).tag(config=True)
    lang = traitlets.Unicode(None, allow_none=True, help=SETTINGS["lang"].en).tag(config=True)
    out_dir = traitlets.Unicode(None, allow_none=True, help=SETTINGS["out_dir"].en).tag(config=True)
    max_cost = traitlets.Float(None, allow_none=True, help=SETTINGS["max_cost"].en).tag(config=True)
    max_cost_day = traitlets.Float(None, allow_none=True, help=SETTINGS["max_cost_day"].en).tag(config=True)
    max_cost_month = traitlets.Float(None, allow_none=True, help=SETTINGS["max_cost_month"].en).tag(config=True)
    confirm_above = traitlets.Float(None, allow_none=True, help=SETTINGS["confirm_above"].en).tag(config=True)
    retries = traitlets.Int(None, allow_none=True, help=SETTINGS["retries"].en).tag(config=True)
    region = traitlets.Unicode(None, allow_none=True, help=SETTINGS["region"].en).tag(config=True)
    workspace = traitlets.Unicode(None, allow_none=True, help=SETTINGS["workspace"].en).tag(config=True)
    emulator = traitlets.Bool(None, allow_none=True, help=SETTINGS["emulator"].en).tag(config=True)
    embed = traitlets.Bool(None, allow_none=True, help=SETTINGS["embed"].en).tag(config=True)
    sync = traitlets.Bool(None, allow_none=True, help=SETTINGS["sync"].en).tag(config=True)

    @traitlets.validate(*SETTINGS)
    def _checked(self, proposal: Any) -> Any:
        """Refuse a value that no call could be sent with; the old one stays."""
        name, value = proposal["trait"].name, proposal["value"]
        if name in SETTINGS and value is not None:
            try:
                config.check(name, value)
            except InvalidRequest as error:
                raise traitlets.TraitError(
                    sentence("{error}; it stays {getattr!r}", error=error, getattr=getattr(self, name))
                ) from None
        return value

    def update_config(self, config: Any) -> None:
        """Take what `%config` sets, or nothing of it: traitlets would keep a refused value and try it ever again."""
        given = {name: value for name, value in config.get(type(self).__name__, {}).items() if self.has_trait(name)}
        before = {name: getattr(self, name) for name in given}
        try:
            for name, value in given.items():
                setattr(self, name, value)
        except traitlets.TraitError:
            for name, value in before.items():
                setattr(self, name, value)
            raise
        super().update_config(config)

    def overrides(self) -> Mapping[str, Any]:
        """Return the settings that `%config` has set."""
        names = self.class_own_traits(config=True)
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @classmethod
    def class_get_trait_help(cls, trait: Any, inst: Any = None, helptext: str | None = None) -> str:
        """Return what `%config WanMagics` shows of a setting: what holds now, wherever it was set."""
        if helptext is None and trait.name in SETTINGS:
            helptext = SETTINGS[trait.name].get(spoken())
        text: str = super().class_get_trait_help(trait, inst, helptext)
        if inst is None or getattr(inst, trait.name) is not None:
            return text
        with contextlib.suppress(InvalidRequest):  # a file that cannot be read is named by the next call
            text = text.replace("Current: None", f"Current: {getattr(config.load(), trait.name)!r}")
        return text

    def attach(self, cell: Cell) -> None:
        """Tell the magics what they look names up in and who shows Jobs."""
        self.here = cell

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_in_magic
    def wan_t2i(self, line: str, cell: str | None = None, local_ns: Names = None) -> Job | None:
        """Draw pictures: the cell body (or the quoted words of the line) is the prompt."""
        here = self.here.at(local_ns)
        read = read_line(line, "t2i", here.scope, body_of(cell))
        if read.help:
            self.here.publish(help_topics.model_help(_chosen(read, "model"), spoken()))
            return None
        session = sessions.current()
        model = _chosen(read, "model")

        def plan(problems: list[Problem]) -> Plan:
            specs.get(model, "t2i")
            problems += pictures_needed(read)
            prompt = here.prompt(read, read.words, problems)
            return session.plan(model=model, values={"prompt": prompt.text, **read.values}, **call_arguments(read))

        return here.send_or_show(read, plan)

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_in_magic
    def wan_edit(self, line: str, cell: str | None = None, local_ns: Names = None) -> Job | None:
        """Edit a picture: `%wan_edit FUNCTION IMAGE "prompt"`; in a cell the body is the prompt.

        Models without functions take the pictures alone, and several of them.
        """
        here = self.here.at(local_ns)
        read = read_line(line, "edit", here.scope, body_of(cell))
        session = sessions.current()
        name = specs.edit_model(read.words[0] if read.words else None, _chosen(read, "edit_model"))
        name = read.model or name
        if read.help:
            self.here.publish(help_topics.topic_help(read.words[0] if read.words else name, spoken()))
            return None

        def plan(problems: list[Problem]) -> Plan:
            model = specs.get(name, "edit")
            if len(read.words) < (2 if model.functions else 1):
                raise InvalidRequest(
                    sentence(
                        'a function and a picture are needed, for example %wan_edit instruct photo.jpg "Change '
                        'the sky"; see %wan help'
                    )
                )
            function, pictures, rest = tell_apart(model, read.words, prompt_elsewhere=read.body is not None)
            images = [each for word in pictures for each in _one_by_one(here.look(word))]
            prompt = here.prompt(read, rest, problems)
            return session.plan(
                model=model.name,
                function=function,
                values={"prompt": prompt.text, **read.values, **here.pictures(model, read.values)},
                images=tuple(images),
                mask=None if read.mask is None else here.look(read.mask),
                keep=None if read.keep is None else here.look(read.keep),
                **call_arguments(read),
                **edit_arguments(read),
            )

        def given(plan: Plan) -> dry_run.Given:
            pictures = tell_apart(plan.model, read.words, prompt_elsewhere=read.body is not None)[1]
            return here.spelled(pictures, read.mask or read.keep)

        return here.send_or_show(read, plan, given)

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_in_magic
    def wan_sweep(self, line: str, cell: str | None = None, local_ns: Names = None) -> Sweep | None:
        """Run one call over a grid: `%wan_sweep FUNCTION IMAGE "prompt" --axis strength=0:1:0.25`."""
        here = self.here.at(local_ns)
        kind = sweeping.kind_of(line, here.scope)
        read = read_line(line, kind, here.scope, body_of(cell))
        if read.help:
            self.here.publish(help_topics.sweep_help(read.words[0] if kind == "edit" else "", spoken()))
            return None
        session = sessions.current()
        try:
            sweep = sweeping.make(session, read, kind, look=here.look, prompt=here.prompt)
            settings = session.settings()
            asked = sweeping.run(
                sweep,
                read,
                confirm_above=settings.confirm_above,
                button=self.here.front.interactive() and not self.here.front.waits(),
                lang=settings.lang,
            )
        except BailianError as error:
            error.show_traceback = read.traceback
            raise
        sweep.front = "magic"
        here.tell_of_body(read)
        if read.output:
            self.here.names[read.output] = sweep
        if asked:
            self.here.publish(note(asked))
        self.here.displays.show_sweep(sweep)
        if read.wait:
            sweep.wait()
        if self.here.front.waits():
            sweep.raise_if_nothing()
        return sweep

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_in_magic
    def wan_batch(self, line: str, cell: str | None = None, local_ns: Names = None) -> Batch | None:
        """One call for each row: `%wan_batch edit FUNCTION SOURCE "template" --name "{stem}_{i}"`.

        Braces name columns of the source; in a cell the body is the template.
        """
        here = self.here.at(local_ns)
        read, kind = batching.read(line, body_of(cell))
        if read.help:
            self.here.publish(help_pages.batch(spoken()))
            return None
        session = sessions.current()
        try:
            batch = batching.make(session, read, kind, look=here.look)
            settings = session.settings()
            button = self.here.front.interactive() and not self.here.front.waits()
            asked = batching.run(batch, read, confirm_above=settings.confirm_above, button=button, lang=settings.lang)
        except BailianError as error:
            error.show_traceback = read.traceback
            raise
        batch.front = "magic"
        if read.output:
            self.here.names[read.output] = batch
        if asked:
            self.here.publish(note(asked))
        self.here.displays.show_batch(batch)
        if read.wait:
            batch.wait()
        if self.here.front.waits():
            batch.raise_if_nothing()
        return batch

    @no_var_expand
    @needs_local_scope
    @line_magic
    @_in_magic
    def wan(self, line: str, local_ns: Names = None) -> Any:
        """Everything else: `%wan help`, `models`, `jobs`, `wait`, `cancel`, `resume`, `doctor`, `config`, …"""
        return commands.run(line, self.here.at(local_ns))


if WanMagics.__doc__ is not None:  # Python was not told to drop them (-OO)
    _KINDS: dict[str, specs.Kind | None] = {"wan_t2i": "t2i", "wan_edit": "edit", "wan_sweep": None, "wan_batch": None}
    for _name, _kind in _KINDS.items():
        _magic = getattr(WanMagics, _name)
        _magic.__doc__ = (
            f"{inspect.cleandoc(_magic.__doc__ or '')}\n\n{help_pages.docstring(_kind, batch=_name == 'wan_batch')}"
        )


def _chosen(read: MagicLine, setting: str) -> str:
    """Return the model of the line, else the one that the settings name."""
    return read.model if read.model is not None else str(getattr(sessions.current().settings(), setting))


def _one_by_one(found: Any) -> Sequence[Any]:
    """A variable may hold several pictures."""
    return found if isinstance(found, list | tuple) else (found,)
