"""The magics as they are registered: `%%wan_t2i`, `%wan_edit`, `%%wan_edit`, `%wan_sweep`, `%wan`, and their settings.

This is all of a magic that `%load_ext` needs, and imports next to nothing; `calls`, `many` and `commands` are what one
does, and are loaded when it runs.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import traitlets
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand

from ..errors import BailianError, InvalidRequest
from ..system.language import sentence, spoken
from .ahead import alone
from .front import NotebookFront

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..batch.batch import Batch
    from ..jobs.job import Job
    from ..specs import Kind
    from ..sweeps import Sweep
    from .cell import Cell
    from .display import Displays

_CHECKED = (
    "model",
    "edit_model",
    "n",
    "size",
    "lang",
    "out_dir",
    "max_cost",
    "max_cost_day",
    "max_cost_month",
    "confirm_above",
    "retries",
    "region",
    "workspace",
    "emulator",
    "embed",
    "sync",
)
"""The settings by name, as `texts.help.SETTINGS` explains them."""

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


class _Setting(traitlets.TraitType[Any, Any]):
    """A trait that takes what the files and variables take, and refuses the rest in their words."""

    def validate(self, obj: Any, value: Any) -> Any:
        try:
            return super().validate(obj, value)  # type: ignore[misc]  # every class beside this one has it
        except traitlets.TraitError:
            return obj.read_setting(self.name, value)


class Unicode(_Setting, traitlets.Unicode[Any, Any]):
    info_text = "text"


class Int(_Setting, traitlets.Int[Any, Any]): ...


class Float(_Setting, traitlets.Float[Any, Any]): ...


class Bool(_Setting, traitlets.Bool[Any, Any]): ...


@magics_class
class WanMagics(Magics):
    """Settings of this kernel: `%config WanMagics.lang = "zh"`. None means: environment, files, default."""

    model = Unicode(None, allow_none=True).tag(config=True)
    edit_model = Unicode(None, allow_none=True).tag(config=True)
    n = Int(None, allow_none=True).tag(config=True)
    size = Unicode(None, allow_none=True).tag(config=True)
    lang = Unicode(None, allow_none=True).tag(config=True)
    out_dir = Unicode(None, allow_none=True).tag(config=True)
    max_cost = Float(None, allow_none=True).tag(config=True)
    max_cost_day = Float(None, allow_none=True).tag(config=True)
    max_cost_month = Float(None, allow_none=True).tag(config=True)
    confirm_above = Float(None, allow_none=True).tag(config=True)
    retries = Int(None, allow_none=True).tag(config=True)
    region = Unicode(None, allow_none=True).tag(config=True)
    workspace = Unicode(None, allow_none=True).tag(config=True)
    emulator = Bool(None, allow_none=True).tag(config=True)
    embed = Bool(None, allow_none=True).tag(config=True)
    sync = Bool(None, allow_none=True).tag(config=True)

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._running_in = shell
        self.front = NotebookFront(shell, self.overrides, lambda: self.displays)
        self._making = threading.RLock()
        self._displays: Displays | None = None
        self._cell: Cell | None = None

    @traitlets.validate(*_CHECKED)
    def _checked(self, proposal: Any) -> Any:
        """Refuse a value that no call could be sent with; the old one stays."""
        name, value = proposal["trait"].name, proposal["value"]
        return value if value is None else self.read_setting(name, value)

    def read_setting(self, name: str, value: object) -> Any:
        """Return a setting in its own type, or say what it must be and which value stays."""
        with alone():
            from .. import config
        try:
            return config.check(name, value)
        except InvalidRequest as error:
            raise traitlets.TraitError(
                sentence("{error}; it stays {value}", error=error, value=self._in_effect(name))
            ) from None

    def _in_effect(self, name: str) -> str:
        """Return the value of a setting that holds now, wherever it was set."""
        with alone():
            from .. import config
        try:
            value = getattr(config.load(self.overrides()), name)
        except InvalidRequest:  # a file that cannot be read is named by the next call
            value = getattr(self, name)
        return sentence("unset") if value is None else repr(value)

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
        return {name: value for name in _CHECKED if (value := getattr(self, name)) is not None}

    @classmethod
    def class_get_trait_help(cls, trait: Any, inst: Any = None, helptext: str | None = None) -> str:
        """Return what `%config WanMagics` shows of a setting: what holds now, wherever it was set."""
        with alone():
            from ..texts.help import SETTINGS
        if helptext is None and trait.name in SETTINGS:
            helptext = SETTINGS[trait.name].get(spoken())
        text: str = super().class_get_trait_help(trait, inst, helptext)
        if inst is None or trait.name not in SETTINGS:
            return text
        if (own := getattr(inst, trait.name)) is not None:
            return text.replace(f"Current: {own!r}", sentence("Current: {value}", value=repr(own)))
        return text.replace("Current: None", sentence("Current: {value}", value=inst._in_effect(trait.name)))

    @property
    def displays(self) -> Displays:
        """Return what shows Jobs in this shell's cells; made when something is shown first."""
        with alone(), self._making:
            from .display import Displays

            if self._displays is None:
                self._displays = Displays(self._running_in, self.front)
            return self._displays

    def displayed(self) -> Displays | None:
        """Return what shows Jobs, None while nothing was shown."""
        return self._displays

    @property
    def here(self) -> Cell:
        """Return what a magic does in the running cell through; made when one runs first."""
        with alone(), self._making:
            from .cell import Cell

            if self._cell is None:
                self._cell = Cell(self._running_in, self.front, self.displays)
            return self._cell

    def close(self) -> None:
        """Stop drawing; running Jobs go on."""
        if self._displays is not None:
            self._displays.close()
        self.front.close()

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_in_magic
    def wan_t2i(self, line: str, cell: str | None = None, local_ns: Names = None) -> Job | None:
        """Draw pictures: the cell body (or the quoted words of the line) is the prompt."""
        with alone():
            from . import calls
        return calls.t2i(self.here.at(local_ns), line, cell)

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_in_magic
    def wan_edit(self, line: str, cell: str | None = None, local_ns: Names = None) -> Job | None:
        """Edit a picture: `%wan_edit FUNCTION IMAGE "prompt"`; in a cell the body is the prompt.

        Models without functions take the pictures alone, and several of them.
        """
        with alone():
            from . import calls
        return calls.edit(self.here.at(local_ns), line, cell)

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_in_magic
    def wan_sweep(self, line: str, cell: str | None = None, local_ns: Names = None) -> Sweep | None:
        """Run one call over a grid: `%wan_sweep FUNCTION IMAGE "prompt" --axis strength=0:1:0.25`."""
        with alone():
            from . import many
        return many.sweep(self.here.at(local_ns), line, cell)

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_in_magic
    def wan_batch(self, line: str, cell: str | None = None, local_ns: Names = None) -> Batch | None:
        """One call for each row: `%wan_batch edit FUNCTION SOURCE "template" --name "{stem}_{i}"`.

        Braces name columns of the source; in a cell the body is the template.
        """
        with alone():
            from . import many
        return many.batch(self.here.at(local_ns), line, cell)

    @no_var_expand
    @needs_local_scope
    @line_magic
    @_in_magic
    def wan(self, line: str, local_ns: Names = None) -> Any:
        """Everything else: `%wan help`, `models`, `jobs`, `wait`, `cancel`, `resume`, `doctor`, `config`, …"""
        with alone():
            from . import commands
        return commands.run(line, self.here.at(local_ns))


def _explain(name: str, kind: Kind | None) -> None:
    """Let `%wan_edit?` list the options too; IPython asks for a docstring in this way, and the table is read then."""
    magic = getattr(WanMagics, name)
    first = inspect.cleandoc(magic.__doc__ or "")

    def getdoc() -> str:
        with alone():
            from ..views import help as pages
        return f"{first}\n\n{pages.docstring(kind, batch=name == 'wan_batch')}"

    magic.getdoc = getdoc


if WanMagics.__doc__ is not None:  # Python was not told to drop them (-OO)
    _explain("wan_t2i", "t2i")
    _explain("wan_edit", "edit")
    _explain("wan_sweep", None)
    _explain("wan_batch", None)
