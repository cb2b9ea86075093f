"""The magics: `%%wan_t2i`, `%wan_edit`, `%%wan_edit` and `%wan`. Thin: read the line, call the session, show.

Whatever a magic does, one call in Python does too; `--dry-run` and `%wan help` show it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand

from .. import config, specs
from .. import session as sessions
from ..errors import BailianError, BudgetExceeded, InvalidRequest
from ..jobs import Job
from ..plan import Plan
from ..texts import say
from . import commands, dry_run, helping
from .display import Displays
from .front import NotebookFront
from .line import Line, fill, look_up, read_line
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
    confirm_above = traitlets.Float(None, allow_none=True, help="CNY; higher estimates ask first").tag(config=True)
    retries = traitlets.Int(None, allow_none=True, help="further tries after a fault of the service").tag(config=True)
    region = traitlets.Unicode(None, allow_none=True, help="DashScope region").tag(config=True)
    workspace = traitlets.Unicode(None, allow_none=True, help="workspace id").tag(config=True)
    emulator = traitlets.Bool(None, allow_none=True, help="draw with the built-in emulator").tag(config=True)

    def overrides(self) -> Mapping[str, Any]:
        """Return the settings that `%config` has set."""
        names = self.class_own_traits(config=True)
        return {name: value for name in names if (value := getattr(self, name)) is not None}

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
            self.publish(helping.model_help(read.model or sessions.current().settings().model, self.lang_now()))
            return None
        prompt = self._prompt(read, list(read.words), cell, "%%wan_t2i")
        session = sessions.current()
        model = read.model or session.settings().model
        specs.get(model, "t2i")
        values = {"prompt": prompt, **read.values}
        return self._run(read, lambda: session.plan(model=model, values=values, **_more(read)))

    @no_var_expand
    @line_cell_magic
    def wan_edit(self, line: str, cell: str | None = None) -> Job | None:
        """Edit a picture: `%wan_edit FUNCTION IMAGE "prompt"`; in a cell the body is the prompt."""
        read = read_line(line, "edit")
        session = sessions.current()
        model = specs.get(read.model or session.settings().edit_model, "edit")
        words = list(read.words)
        if read.help:
            topic = words[0] if words else model.name
            self.publish(helping.topic_help(topic, self.lang_now()))
            return None
        function = specs.function_name(model, words.pop(0)) if model.functions and words else None
        if (model.functions and function is None) or not words:
            usage = 'for example %wan_edit instruct photo.jpg "Change the sky"'
            raise InvalidRequest(f"a function and a picture are needed, {usage}; see %wan help")
        image = self._object(words.pop(0))
        prompt = self._prompt(read, words, cell, "%%wan_edit")
        mask = None if read.mask is None else self._object(read.mask)

        def plan() -> Plan:
            return session.plan(
                model=model.name,
                function=function,
                values={"prompt": prompt, **read.values},
                images=(image,),
                mask=mask,
                invert=read.invert,
                fit=read.fit,
                paste_back=False if read.no_paste else None,
                **_more(read),
            )

        return self._run(read, plan)

    @no_var_expand
    @line_magic
    def wan(self, line: str) -> Any:
        """Everything else: `%wan help`, `models`, `jobs`, `wait`, `cancel`, `resume`, `doctor`, `config`, …"""
        return commands.run(line, self)

    def _run(self, read: Line, make: Callable[[], Plan]) -> Job | None:
        """Plan, then show the plan or send it, by the money rule."""
        try:
            plan = make()
            if read.dry_run:
                self.publish(dry_run.bundle(sessions.current(), plan, self.lang_now()))
                return None
            settings = sessions.current().settings()
            if plan.cost is not None and plan.cost > settings.confirm_above and not read.run:
                asked = say("confirm", self.lang_now(), cost=f"{plan.cost:.2f}", limit=f"{settings.confirm_above:.2f}")
                if not self._front.interactive():
                    raise BudgetExceeded(asked)
                self.publish(note(asked))
                return None
            job = sessions.current().send(plan, max_cost=read.max_cost)
        except BailianError as error:
            error.show_traceback = read.traceback
            raise
        if read.output:
            self._shell.user_ns[read.output] = job
        self.displays.show(job, quiet=read.quiet)
        if read.wait or self._front.waits():
            job.wait()
            if job.error is not None:
                job.error.show_traceback = read.traceback
                raise job.error
        if read.json and job.outcome is not None:
            records = [json.loads(picture.record.to_json()) for picture in job.outcome]
            print(json.dumps(records, ensure_ascii=False, indent=1))  # noqa: T201  # asked for
        return job

    def _prompt(self, read: Line, words: list[str], cell: str | None, name: str) -> str:
        """Return the prompt as typed, from the body or from the one quoted word that is left."""
        if cell is not None and cell.strip():
            if words:
                raise InvalidRequest(f"{words[0]!r} is too much: in {name} the cell body is the prompt")
            prompt = cell.strip("\n")
        else:
            if len(words) > 1:
                raise InvalidRequest(f'a prompt of several words needs quotes: "{" ".join(words)}"')
            prompt = words[0] if words else ""
        return prompt if read.raw else fill(prompt, self._shell.user_ns)

    def _object(self, word: str) -> Any:
        """Return what a word means: a file if there is one, else the variable of that name, else the word itself."""
        if Path(word).expanduser().exists():
            return word
        try:
            return look_up(word[1:-1] if word[:1] == "{" and word[-1:] == "}" else word, self._shell.user_ns)
        except LookupError:
            return word

    def publish(self, bundle: Mapping[str, str]) -> None:
        """Show a bundle in the running cell."""
        self._shell.display_pub.publish(dict(bundle), metadata={})

    def lang_now(self) -> str:
        """Return the language that holds now."""
        return config.load(self.overrides()).lang


def _more(read: Line) -> dict[str, Any]:
    return {"sync": read.sync, "retries": read.retries, "cache": not read.no_cache, "out_dir": read.out_dir}
