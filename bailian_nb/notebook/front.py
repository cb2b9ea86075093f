"""What IPython tells of where a cell runs: which cell it is, is somebody at a front end, must it wait for its pictures?

`%load_ext` makes one, so this imports next to nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .ahead import alone

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..jobs.job import Display


def in_voila() -> bool:
    """True in a kernel of Voila's: its page mounts live widgets, and hears of no change of an output."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")


class NotebookFront:
    """What `session.front.here` is while the extension is loaded."""

    def __init__(
        self,
        shell: InteractiveShell,
        overrides: Callable[[], Mapping[str, Any]],
        display: Callable[[], Display],
    ) -> None:
        self.shell = shell
        self._overrides = overrides
        self._display = display
        self.cell_id: str | None = None
        """The cell that runs; None in a terminal, and in the one that loads the extension."""
        shell.events.register("pre_run_cell", self._new_cell)

    def close(self) -> None:
        """Hear of no more cells."""
        self.shell.events.unregister("pre_run_cell", self._new_cell)

    def _new_cell(self, info: object) -> None:
        self.cell_id = getattr(info, "cell_id", None)

    @property
    def display(self) -> Display:
        """Return what shows Jobs in this shell's cells."""
        return self._display()

    @property
    def overrides(self) -> Mapping[str, Any]:
        """Return what `%config WanMagics` has set."""
        return self._overrides()

    @property
    def kernel(self) -> bool:
        """True in a Jupyter kernel, False in IPython's terminal."""
        return getattr(self.shell, "kernel", None) is not None

    @property
    def terminal(self) -> bool:
        """True where text is printed: in IPython's terminal, and in jupyter console, which takes no change of it."""
        if not self.kernel:
            return True
        with alone():
            from ..config.parent import jupyter_console
        return jupyter_console()

    def interactive(self) -> bool:
        """True when somebody can answer: a front end that allows input, or a terminal."""
        if self.kernel:
            return self._allow_stdin()
        return bool(sys.stdin and sys.stdin.isatty())

    def waits(self) -> bool:
        """True where a cell must wait and show one final output: without a front end, and in a terminal."""
        with alone():
            from .. import config
        wanted = config.load(self.overrides).sync
        return wanted if wanted is not None else (self.terminal or not self._allow_stdin())

    def _allow_stdin(self) -> bool:
        """Read it from the request that runs now; nbconvert, papermill and nbval send false.

        A message of another kind (a click in a widget) has no such field and comes from a front end. Voila runs cells
        as nbconvert does, but then shows a page with live widgets, and its kernels' environment says so.
        """
        if in_voila():
            return True
        parent = getattr(self.shell, "parent_header", None) or {}
        if callable(getattr(self.shell, "get_parent", None)):
            parent = self.shell.get_parent() or parent  # type: ignore[attr-defined]  # ZMQ shells have it
        return bool(parent.get("content", {}).get("allow_stdin", True))
