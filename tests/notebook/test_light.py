"""What `%load_ext bailian_nb` may import, and what the thread imports that goes on while the user types."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from bailian_nb.notebook.ahead import EMULATOR, MODULES, Ahead
from bailian_nb.notebook.magics import _CHECKED, WanMagics
from bailian_nb.texts.help import SETTINGS

ROOT = Path(__file__).parents[2]
LOADED = {
    "bailian_nb",
    "bailian_nb._version",
    "bailian_nb.errors",
    "bailian_nb.batch",
    "bailian_nb.jobs",
    "bailian_nb.notebook",
    "bailian_nb.notebook.ahead",
    "bailian_nb.notebook.extension",
    "bailian_nb.notebook.front",
    "bailian_nb.notebook.magics",
    "bailian_nb.notebook.terminal",
    "bailian_nb.session",
    "bailian_nb.session.front",
    "bailian_nb.store",
    "bailian_nb.store.open_rows",
    "bailian_nb.system",
    "bailian_nb.system.beside",
    "bailian_nb.system.environment",
    "bailian_nb.system.home",
    "bailian_nb.system.language",
    "bailian_nb.system.paths",
    "bailian_nb.widgets",
    "bailian_nb.widgets.outputs",
}
"""All that `%load_ext` imports in a running kernel: nothing else of ours, and no library that the kernel has not."""

KERNEL = """
import os, sqlite3, sys  # the history of a kernel is kept in SQLite
from types import SimpleNamespace
import ipykernel.ipkernel, ipykernel.kernelapp, ipykernel.zmqshell
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False, "hist_file": ":memory:"}))
shell.kernel = SimpleNamespace()
shell.displayhook.write_output_prompt = lambda: None
shell.get_parent = lambda: {"content": {"allow_stdin": True}}
shell.display_pub.publish = lambda *given, **more: None
shell.run_cell("None")
before = set(sys.modules)
"""
LOAD = "shell.extension_manager.load_extension('bailian_nb')\n"
SAY = "print(*sorted(set(sys.modules) - before))\n"


def python(code: str, home: Path) -> str:
    """Run code in a Python of its own and return what it printed; it must end well and complain of nothing."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("DASHSCOPE", "BAILIAN"))}
    variables |= {"BAILIAN_NB_HOME": str(home / "home"), "BAILIAN_NB_EMULATOR": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=home, check=False, env=variables
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@pytest.mark.seldom
def test_importing_the_package_imports_nothing_but_its_door(tmp_path):
    found = python(f"{KERNEL}import bailian_nb as wan; dir(wan)\n{SAY}", tmp_path)
    rooms = {f"bailian_nb.{name}" for name in ("_version", "batch", "jobs", "errors")}
    assert set(found.split()) == {"bailian_nb", *rooms}


def test_loading_imports_nothing_but_this_list_and_settings_and_a_journal_no_library_of_the_wire(tmp_path):
    code = f"""{KERNEL}{LOAD}{SAY}shell.run_line_magic("config", "WanMagics.n = 2")
shell.Completer.custom_matchers[0]
print(*{{"httpx", "PIL", "anyio", "anywidget", "numpy"}} & (set(sys.modules) - before) or ["none"])"""
    loaded, wire = python(code, tmp_path).splitlines()
    assert set(loaded.split()) == LOADED
    assert wire == "none"


@pytest.mark.seldom
def test_a_first_call_imports_next_to_nothing_once_the_thread_is_done(tmp_path):
    code = f"""{KERNEL}{LOAD}from importlib import import_module
from bailian_nb.notebook.ahead import EMULATOR, MODULES
for name in (*MODULES, *EMULATOR):
    import_module(name)
known = set(sys.modules)
shell.run_cell("%wan_t2i -o job 'A shop emulator:latency=0'")
print(*set(sys.modules) - known)
shell.user_ns["job"].wait()"""
    assert set(python(code, tmp_path).split()) <= {"bailian_nb.texts.chinese", "encodings.ascii"}


@pytest.mark.seldom
def test_one_call_right_after_loading_imports_nothing_of_batches_sweeps_and_help(tmp_path):
    code = f"""{KERNEL}{LOAD}before = set(sys.modules)
shell.run_cell("%wan_t2i -o job 'A shop emulator:latency=0'")
{SAY}shell.user_ns["job"].wait()"""
    found = set(python(code, tmp_path).split())
    assert "bailian_nb.notebook.calls" in found
    rooms = ("bailian_nb.batch.", "bailian_nb.sweeps", "bailian_nb.views.help", "bailian_nb.notebook.commands")
    assert [name for name in sorted(found) if name.startswith(rooms)] == []


@pytest.mark.seldom
def test_the_command_line_of_httpx_is_not_imported_and_still_there(tmp_path):
    code = """
import sys, bailian_nb.client.wire
print(*{"rich", "click", "httpx._main"} & set(sys.modules) or ["none"])
import httpx
sys.argv = ["httpx", "--help"]
httpx.main()"""
    found, _, said = python(code, tmp_path).partition("\n")
    assert found == "none"
    assert "HTTPX" in said


def test_each_module_of_the_thread_is_there():
    assert [name for name in (*MODULES, *EMULATOR) if find_spec(name) is None] == []


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("wait", ["", "import time; time.sleep(0.15)"])
def test_a_kernel_that_ends_at_once_ends_well(tmp_path, wait):
    python(f"{KERNEL}shell.run_cell('%load_ext bailian_nb')\n{wait}", tmp_path)


def test_every_setting_is_checked_and_explained():
    assert set(_CHECKED) == set(SETTINGS) == set(WanMagics.class_own_traits(config=True))


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


class Steps:
    """Modules that say when they are imported, and wait until they may be."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.begun = {name: threading.Event() for name in names}
        self.may_end = {name: threading.Event() for name in names}
        sys.steps_of_test = self  # type: ignore[attr-defined]
        for name in names:
            text = (
                f"import sys\nsys.steps_of_test.begun[{name!r}].set()\nsys.steps_of_test.may_end[{name!r}].wait(60)\n"
            )
            (folder / f"{name}.py").write_text(text)


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    monkeypatch.syspath_prepend(str(tmp_path))
    names = ["ahead_one", "ahead_two"]
    found = Steps(tmp_path, names)
    yield found
    for name in names:
        found.may_end[name].set()
        sys.modules.pop(name, None)
    del sys.steps_of_test  # type: ignore[attr-defined]


def test_a_cell_waits_for_the_module_at_hand_and_none_is_imported_while_it_runs(shell, steps):
    ahead = Ahead(shell, ["ahead_one", "ahead_two"])
    ahead.begin()
    assert not steps.begun["ahead_one"].is_set(), "the cell that loads the extension runs still"
    shell.events.trigger("post_execute")
    assert steps.begun["ahead_one"].wait(60)
    steps.may_end["ahead_two"].set()
    cell = threading.Thread(target=shell.events.trigger, args=("pre_execute",))
    cell.start()
    cell.join(0.2)
    assert cell.is_alive(), "it waits for the import that is under way"
    steps.may_end["ahead_one"].set()
    cell.join(60)
    assert "ahead_one" in sys.modules
    assert ahead.left == ("ahead_two",)
    assert not steps.begun["ahead_two"].is_set()
    shell.events.trigger("post_execute")
    assert steps.begun["ahead_two"].wait(60)
    ahead.thread.join(60)
    assert not ahead.thread.is_alive(), "it ends with the last module"
    assert ahead.left == ()
    assert ahead._pause not in shell.events.callbacks["pre_execute"]


def test_stopped_it_imports_no_more_and_is_gone(shell, steps):
    ahead = Ahead(shell, ["ahead_one", "ahead_two"])
    ahead.begin()
    shell.events.trigger("post_execute")
    assert steps.begun["ahead_one"].wait(60)
    stop = threading.Thread(target=ahead.stop)
    stop.start()
    steps.may_end["ahead_one"].set()
    stop.join(60)
    ahead.thread.join(60)
    assert not steps.begun["ahead_two"].is_set()


def test_a_module_that_cannot_be_imported_is_left_to_the_cell_that_needs_it(shell, tmp_path, monkeypatch, capfd):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "ahead_broken.py").write_text("raise RuntimeError('broken')")
    ahead = Ahead(shell, ["ahead_broken"])
    ahead.begin()
    shell.events.trigger("post_execute")
    ahead.thread.join(60)
    assert not ahead.thread.is_alive()
    assert capfd.readouterr() == ("", "")
    with pytest.raises(RuntimeError, match="broken"):
        __import__("ahead_broken")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_fork_waits_for_the_module_at_hand(shell, steps):
    ahead = Ahead(shell, ["ahead_one"])
    ahead.begin()
    shell.events.trigger("post_execute")
    assert steps.begun["ahead_one"].wait(60)
    threading.Timer(0.05, steps.may_end["ahead_one"].set).start()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"1" if "ahead_one" in sys.modules and steps.may_end["ahead_one"].is_set() else b"0")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 1) == b"1"
    ahead.thread.join(60)


def test_nothing_is_waited_for_where_all_is_there(shell):
    ahead = Ahead(shell, ["sys", "os"])
    ahead.begin()
    assert ahead._pause not in shell.events.callbacks["pre_execute"]


def test_the_lists_hold_nothing_twice():
    assert len({*MODULES, *EMULATOR}) == len(MODULES) + len(EMULATOR)
