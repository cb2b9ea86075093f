"""How long `%load_ext` and first calls keep the prompt away, beside `import dashscope` in the same running shell."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from .speed_table import Row, by_turns, keep

ROOT = Path(__file__).parents[2]
TRIES = 5
SHELL = """
import json, os, sys, time
from types import SimpleNamespace
import ipykernel.ipkernel, ipykernel.kernelapp, ipykernel.zmqshell
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.kernel = SimpleNamespace()
shell.displayhook.write_output_prompt = lambda: None
shell.get_parent = lambda: {"content": {"allow_stdin": True}}
shell.display_pub.publish = lambda *given, **more: None
shell.run_cell("None")
def cell(text):
    begun, worked = time.perf_counter(), time.thread_time()
    assert shell.run_cell(text).success
    return [time.perf_counter() - begun, time.thread_time() - worked]
"""
CALLS = """
cell("%load_ext bailian_nb")
if {ahead}:
    import bailian_nb.notebook.extension as extension
    extension._ahead[id(shell)].thread.join()
found = []
for seed in range(1, 7):
    found.append(cell("%wan_t2i -o job 'A shop emulator:latency=0' --seed " + str(seed)))
    shell.user_ns["job"].wait()
print(json.dumps(found))
"""


def seconds(code: str, folder: Path) -> list[list[float]]:
    """Run code in a running shell of its own, as a kernel has it; compiled modules are kept, as pip leaves them."""
    dropped = ("DASHSCOPE", "BAILIAN", "PYTHONDONTWRITEBYTECODE")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    home = str(folder / "home")
    variables |= {"BAILIAN_NB_HOME": home, "BAILIAN_NB_EMULATOR": "1", "PYTHONPATH": str(ROOT), "IPYTHONDIR": home}
    command = [sys.executable, "-c", SHELL + code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=True, env=variables)
    found: list[list[float]] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.mark.parametrize(
    ("what", "code", "goal"),
    [("%load_ext bailian_nb", "%load_ext bailian_nb", 0.10), ("import bailian_nb", "import bailian_nb as wan", 0.10)],
)
def test_loading(what: str, code: str, goal: float, tmp_path: Path) -> None:
    worked: list[float] = []

    def run(text: str) -> float:
        ((took, cpu),) = seconds(f"print(json.dumps([cell({text!r})]))", tmp_path)
        if text == code:
            worked.append(1000 * cpu)
        return 1000 * took

    for text in (code, "import dashscope"):
        run(text)  # compiles it
    worked.clear()
    ours, peer = by_turns(TRIES, lambda: run(code), lambda: run("import dashscope"))
    cpu = statistics.median(worked)
    limit = "registering magics and reading a journal's state; our modules by themselves are a third of it"
    about = {"room": "Loading", "ours": ours, "cpu": cpu, "unit": "ms", "limit": limit}
    row = keep(Row(what=what, peer=peer, beside="`import dashscope`", goal=goal, **about))
    assert row.met
    keep(Row(what=f"{what}, on top of a running shell", goal=60, **about))


@pytest.mark.parametrize(
    ("what", "ahead", "goal"),
    [("prompt back from the first %wan_t2i, typed", True, 150), ("the same, run at once after %load_ext", False, 600)],
)
def test_first_call(what: str, ahead: bool, goal: float, tmp_path: Path) -> None:
    runs = []
    for number in range(TRIES):
        folder = tmp_path / str(number)
        folder.mkdir()
        runs.append(seconds(CALLS.format(ahead=ahead), folder))
    first, worked = (1000 * statistics.median(run[0][which] for run in runs) for which in (0, 1))
    later, working = (1000 * statistics.median(each[which] for run in runs for each in run[2:]) for which in (0, 1))
    limit = (
        "a journal and an index are made, a thread begins" if ahead else "the modules of the emulator and of the wire"
    )
    keep(Row(room="Loading", what=what, ours=first, cpu=worked, unit="ms", goal=goal, limit=limit))
    if ahead:
        what, limit = "prompt back from later ones", "three commits to the journal's disk"
        keep(Row(room="Loading", what=what, ours=later, cpu=working, unit="ms", goal=20, limit=limit))
