"""An IPython shell in this process, with the outputs of its cells as a front end would keep them."""

from __future__ import annotations

import atexit
import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import MagicsManager
from PIL import Image
from traitlets.config import Config

import bailian_nb
from bailian_nb import specs
from bailian_nb.session import session as sessions

NOW = "emulator:latency=0"
"""Ends a task of the emulator at once."""
SMALL = "256*256"
"""The size that cells ask for, so that drawing is quick; `_small` lets the models draw it."""


@dataclass
class Output:
    """One output of a cell; `bundles` are all that it ever was, the last one is what it is."""

    bundles: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        return self.bundles[-1]


class Outputs(DisplayPublisher):
    """Keeps what is displayed, and finds what is updated by its display id."""

    def keep(self) -> None:
        self.found: list[Output] = []
        self._by_id: dict[str, Output] = {}

    def publish(
        self, data: Any, metadata: Any = None, *, transient: Any = None, update: bool = False, **more: Any
    ) -> None:
        assert set(metadata or ()) <= set(data), "it is of something that is shown"
        name = (transient or {}).get("display_id")
        # A front end drops what it never showed: a widget of an earlier test may still speak up.
        output = self._by_id.get(name, Output()) if update else Output()
        output.bundles.append(dict(data))
        output.metadata = dict(metadata or {})
        if update:
            return
        self.found.append(output)
        if name:
            self._by_id[name] = output


@dataclass(frozen=True)
class Ran:
    """What one cell left: its outputs, what it printed, its value and its error."""

    outputs: list[Output]
    printed: str
    value: Any
    error: BaseException | None

    @property
    def bundles(self) -> list[dict[str, Any]]:
        return [output.data for output in self.outputs]

    @property
    def html(self) -> str:
        return "".join(bundle.get("text/html", "") for bundle in self.bundles)

    @property
    def text(self) -> str:
        return "\n".join(bundle["text/plain"] for bundle in self.bundles)


class Cells:
    """Runs cells in a shell that looks like a kernel's; `front_end` says whether somebody sits before it."""

    def __init__(self, shell: InteractiveShell, *, front_end: bool = True) -> None:
        self.shell = shell
        self.front_end = front_end
        self.publisher = Outputs(parent=shell)
        self.publisher.keep()
        shell.display_pub = self.publisher

    @property
    def names(self) -> dict[str, Any]:
        return self.shell.user_ns

    def become_kernel(self) -> None:
        self.shell.kernel = SimpleNamespace()
        self.shell.displayhook.write_output_prompt = lambda: None  # a kernel's own hook writes none
        self.shell.get_parent = lambda: {"content": {"allow_stdin": self.front_end}}

    def __call__(self, source: str, cell_id: str | None = None) -> Ran:
        before = len(self.publisher.found)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            result = self.shell.run_cell(source, store_history=True, cell_id=cell_id)
        error = result.error_before_exec or result.error_in_exec
        return Ran(self.publisher.found[before:], printed.getvalue(), result.result, error)


def _small_one(row: specs.Model) -> specs.Model:
    sized = [
        replace(each, size=replace(each.size, min_pixels=1, warn_below_pixels=0)) if each.size else each
        for each in row.parameters
    ]
    limits = [replace(limit, submits_per_second=50.0) for limit in row.limits]
    return replace(row, parameters=tuple(sized), limits=tuple(limits))


_SMALL: dict[str, tuple[specs.Model, specs.Model]] = {}
"""Each row of the table that was replaced before, with what stood in its place."""


@pytest.fixture(autouse=True)
def _small() -> Iterator[None]:
    """Replace rows of the table by such as draw small pictures, many a second; both client and emulator read them."""
    rows = specs.models()
    for row in rows:
        if row.name not in _SMALL or _SMALL[row.name][0] is not row:
            _SMALL[row.name] = row, _small_one(row)
        specs.register(_SMALL[row.name][1])
    yield
    for row in rows:
        specs.register(row)


@pytest.fixture
def make_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Cells]]:
    """Give the kernel (or the terminal) of this test, with the extension loaded; it runs in the test's own folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # a shell puts its own there
    # `%config` would first make every magic of IPython, and parsers for half of them.
    monkeypatch.setattr(MagicsManager, "load_all_lazy_magics", lambda manager: None, raising=False)

    def make(*, front_end: bool = True, terminal: bool = False, load: bool = True) -> Cells:
        quiet = Config(HistoryManager={"enabled": False, "hist_file": ":memory:"})
        shell = InteractiveShell.instance(config=quiet, colors="nocolor")
        cells = Cells(shell, front_end=front_end)
        if not terminal:
            cells.become_kernel()
        if load:
            cells("%load_ext bailian_nb")
            # As `%config` does it.
            shell.magics_manager.registry["WanMagics"].update_config(Config(WanMagics={"size": SMALL}))
        return cells

    yield make
    if InteractiveShell.initialized():
        shell = InteractiveShell.instance()
        bailian_nb.unload_ipython_extension(shell)
        InteractiveShell.clear_instance()
        # Or the process keeps it, and collects garbage for each of hundreds of shells when it ends.
        atexit.unregister(shell.atexit_operations)
    sessions.current().close()


@pytest.fixture
def cells(make_cells: Callable[..., Cells]) -> Cells:
    """A kernel with a front end, as JupyterLab starts it."""
    return make_cells()


@pytest.fixture
def headless(make_cells: Callable[..., Cells]) -> Cells:
    """A kernel that nobody sits before, as nbconvert starts it."""
    return make_cells(front_end=False)


@pytest.fixture(scope="session")
def drawn_photo() -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((640, 512)).convert("RGB").save(file, "PNG")
    return file.getvalue()
