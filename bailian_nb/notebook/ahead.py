"""Import what cells will need on a thread while the user types, so that `%load_ext` itself imports next to nothing.

One module at a time, and none while a cell runs or a widget's message is worked off: a cell that begins waits for the
one that is being imported, a few milliseconds, and then no other thread is in the middle of an import. So nothing is
ever seen half imported, and no two threads wait for each other's modules. What a cell needs earlier it imports itself.
`extension` begins this in a shell that has loaded the extension; a script never does.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

QUIET = 0.1
"""Seconds without a cell after which the thread begins: cells that are run together follow each other sooner."""
MODULES = (
    "bailian_nb.specs.types",
    "bailian_nb.specs",
    "PIL.ExifTags",
    "PIL.Image",
    "PIL.ImageDraw",
    "PIL.ImageCms",
    "bailian_nb.images.decode",
    "bailian_nb.images",
    "filelock",
    "bailian_nb.system.files",
    "bailian_nb.system.databases",
    "bailian_nb.request",
    "bailian_nb.gallery",
    "urllib.request",
    "tomllib",
    "bailian_nb.config.connections",
    "bailian_nb.config",
    "bailian_nb.config.parent",
    "idna.core",
    "h11",
    "anyio",
    "httpcore",
    "bailian_nb.client._httpx",
    "bailian_nb.client.transport",
    "bailian_nb.client",
    "bailian_nb.accounts.registry",
    "bailian_nb.money.report",
    "bailian_nb.reconcile.search",
    "bailian_nb.jobs.runner",
    "bailian_nb.planning.plan",
    "bailian_nb.session.session",
    "bailian_nb.sweeps",
    "bailian_nb.views.tables",
    "bailian_nb.views.help_topics",
    "bailian_nb.notebook.cell",
    "bailian_nb.notebook.calls",
    "bailian_nb.notebook.many",
    "anyio.streams.stapled",
    "anyio._backends._asyncio",
    "certifi",
    "psutil",
    "nest_asyncio",
    "psygnal",
    "ipywidgets.widgets.trait_types",
    "ipywidgets.widgets.widget_int",
    "ipywidgets.widgets.widget_selection",
    "ipywidgets.widgets.widget_string",
    "ipywidgets",
    "anywidget",
    "bailian_nb.widgets.job_card",
    "bailian_nb.notebook.completion",
    "bailian_nb.notebook.commands",
)
"""What a first call needs: each takes a few milliseconds once those before it are there."""
EMULATOR = (
    "starlette.applications",
    "python_multipart",
    "bailian_nb.emulator.checks",
    "bailian_nb.emulator.drawing.shop",
    "bailian_nb.emulator.drawing.painters",
    "bailian_nb.emulator.app",
    "bailian_nb.emulator.serve",
    "PIL.PpmImagePlugin",
)
"""What the emulator needs besides."""

_importing = threading.RLock()
"""Held by the thread while it imports a module, and by whoever must be alone meanwhile."""


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Import here while the thread does not: outside of cells nobody else keeps it away."""
    with _importing:
        yield


@functools.cache
def _whole_in_forks() -> None:
    """Fork between two imports: the child has no thread that would end one, and waits for it for ever."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=_importing.acquire, after_in_parent=_importing.release, after_in_child=_importing.release
        )


class Ahead:
    """Imports `modules` while the shell is idle, and then is gone."""

    def __init__(self, shell: InteractiveShell, modules: Sequence[str]) -> None:
        self._shell = shell
        self._left = [name for name in modules if name not in sys.modules]
        self._idle = threading.Event()
        self._stopped = threading.Event()
        self._since = 0.0
        self.thread: threading.Thread | None = None

    @property
    def left(self) -> Sequence[str]:
        """What is not imported yet."""
        return tuple(self._left)

    def begin(self) -> None:
        """Wait for the end of the running cell, and import after it."""
        if not self._left:
            return
        _whole_in_forks()
        self._shell.events.register("pre_execute", self._pause)
        self._shell.events.register("post_execute", self._go_on)

    def stop(self) -> None:
        """Import no more; back when no import is under way."""
        self._stopped.set()
        self._idle.set()
        with alone():
            for event, heard in (("pre_execute", self._pause), ("post_execute", self._go_on)):
                with contextlib.suppress(ValueError):  # it was heard no more
                    self._shell.events.unregister(event, heard)
        atexit.unregister(self.stop)

    def _pause(self) -> None:
        self._idle.clear()
        with alone():
            return

    def _go_on(self) -> None:
        self._since = time.monotonic()
        self._idle.set()
        if self.thread is None and not self._stopped.is_set():
            atexit.register(self.stop)  # or the interpreter ends under an import, whose lock nobody gives back
            self.thread = threading.Thread(target=self._work, name="bailian_nb-ahead", daemon=True)
            self.thread.start()

    def _work(self) -> None:
        while self._left and not self._stopped.is_set():
            self._idle.wait()
            if (rest := self._since + QUIET - time.monotonic()) > 0:
                self._stopped.wait(rest)
                continue
            with _importing:
                if not self._idle.is_set() or self._stopped.is_set():
                    continue
                try:
                    import_module(self._left[0])
                except Exception:  # noqa: BLE001  # the cell that needs it imports it again, and says why it cannot
                    break
                self._left.pop(0)
        self.stop()
