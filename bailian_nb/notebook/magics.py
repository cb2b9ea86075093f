"""The magics: `%%wan_t2i`, `%wan_edit`, `%%wan_edit` and `%wan`. Thin: read the line, call the session, show.

Whatever a magic does, one call in Python does too; `--dry-run` and `%wan help` show it.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import traitlets
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand

from .. import config, specs
from ..errors import BailianError, InvalidRequest, Problem
from ..jobs.job import Job
from ..planning.edit_args import tell_apart
from ..planning.options import call_arguments, edit_arguments
from ..planning.plan import Plan
from ..session import session as sessions
from ..sweeps import Sweep
from ..texts.help import SETTINGS
from ..views import dry_run, help_topics
from ..views import help as help_pages
from ..views.language import language
from ..views.tables import note
from . import commands
from . import sweep as sweeping
from .cell import Cell, has_body
from .line import MagicLine, read_line


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

    def overrides(self) -> Mapping[str, Any]:
        """Return the settings that `%config` has set."""
        names = self.class_own_traits(config=True)
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @classmethod
    def class_get_trait_help(cls, trait: Any, inst: Any = None, helptext: str | None = None) -> str:
        """Return what `%config WanMagics` shows of a setting: what holds now, wherever it was set."""
        if helptext is None and trait.name in SETTINGS:
            helptext = SETTINGS[trait.name].get(language())
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
    @line_cell_magic
    def wan_t2i(self, line: str, cell: str | None = None) -> Job | None:
        """Draw pictures: the cell body (or the quoted words of the line) is the prompt."""
        read = read_line(line, "t2i")
        if read.help:
            self.here.publish(help_topics.model_help(_chosen(read, "model"), self.here.lang_now()))
            return None
        session = sessions.current()
        model = _chosen(read, "model")

        def plan(problems: list[Problem]) -> Plan:
            specs.get(model, "t2i")
            prompt = self.here.prompt(read, read.words, cell, problems)
            return session.plan(model=model, values={"prompt": prompt, **read.values}, **call_arguments(read))

        return self.here.send_or_show(read, plan)

    @no_var_expand
    @line_cell_magic
    def wan_edit(self, line: str, cell: str | None = None) -> Job | None:
        """Edit a picture: `%wan_edit FUNCTION IMAGE "prompt"`; in a cell the body is the prompt.

        Models without functions take the pictures alone, and several of them.
        """
        read = read_line(line, "edit")
        session = sessions.current()
        name = specs.edit_model(read.words[0] if read.words else None, _chosen(read, "edit_model"))
        name = read.model or name
        if read.help:
            self.here.publish(help_topics.topic_help(read.words[0] if read.words else name, self.here.lang_now()))
            return None

        def plan(problems: list[Problem]) -> Plan:
            model = specs.get(name, "edit")
            if len(read.words) < (2 if model.functions else 1):
                raise InvalidRequest(
                    "a function and a picture are needed, "
                    'for example %wan_edit instruct photo.jpg "Change the sky"; see %wan help'
                )
            function, pictures, rest = tell_apart(model, read.words, prompt_elsewhere=has_body(cell))
            images = [each for word in pictures for each in _one_by_one(self.here.look(word))]
            prompt = self.here.prompt(read, rest, cell, problems)
            return session.plan(
                model=model.name,
                function=function,
                values={"prompt": prompt, **read.values, **self.here.pictures(model, read.values)},
                images=tuple(images),
                mask=None if read.mask is None else self.here.look(read.mask),
                keep=None if read.keep is None else self.here.look(read.keep),
                **call_arguments(read),
                **edit_arguments(read),
            )

        def given(plan: Plan) -> dry_run.Given:
            pictures = tell_apart(plan.model, read.words, prompt_elsewhere=has_body(cell))[1]
            return self.here.spelled(pictures, read.mask or read.keep)

        return self.here.send_or_show(read, plan, given)

    @no_var_expand
    @line_cell_magic
    def wan_sweep(self, line: str, cell: str | None = None) -> Sweep | None:
        """Run one call over a grid: `%wan_sweep FUNCTION IMAGE "prompt" --axis strength=0:1:0.25`."""
        kind = sweeping.kind_of(line)
        read = read_line(line, kind)
        if read.help:
            self.here.publish(help_topics.sweep_help(read.words[0] if kind == "edit" else "", self.here.lang_now()))
            return None
        session = sessions.current()
        try:
            sweep = sweeping.make(
                session,
                read,
                kind,
                look=self.here.look,
                prompt=lambda words, problems: self.here.prompt(read, words, cell, problems),
                prompt_elsewhere=has_body(cell),
            )
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
    @line_magic
    def wan(self, line: str) -> Any:
        """Everything else: `%wan help`, `models`, `jobs`, `wait`, `cancel`, `resume`, `doctor`, `config`, …"""
        return commands.run(line, self.here)


if WanMagics.__doc__ is not None:  # Python was not told to drop them (-OO)
    _KINDS: dict[str, specs.Kind | None] = {"wan_t2i": "t2i", "wan_edit": "edit", "wan_sweep": None}
    for _name, _kind in _KINDS.items():
        _magic = getattr(WanMagics, _name)
        _magic.__doc__ = f"{inspect.cleandoc(_magic.__doc__ or '')}\n\n{help_pages.docstring(_kind)}"


def _chosen(read: MagicLine, setting: str) -> str:
    """Return the model of the line, else the one that the settings name."""
    return read.model if read.model is not None else str(getattr(sessions.current().settings(), setting))


def _one_by_one(found: Any) -> Sequence[Any]:
    """A variable may hold several pictures."""
    return found if isinstance(found, list | tuple) else (found,)
