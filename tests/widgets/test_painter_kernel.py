"""A painter in a real kernel, messages as a page sends them: the op, and behind it a cell that reads the mask."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

SETUP = """
import json, time
from PIL import Image
from bailian_nb.widgets import MaskPainter
painter = MaskPainter(Image.new("RGB", (4096, 4096)))
print(painter.comm.comm_id, hasattr(painter.comm, "_reply_subshell_for"))
"""
READ = """
began = time.perf_counter()
seen = painter.mask
waited = time.perf_counter() - began
names = {}
exec(painter.as_code(), names)
print(json.dumps([waited, len(painter.ops), names["mask"] == seen, painter.fault]))
"""
TRIES = 5


class Notebook:
    """A front end without a browser."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def ask(self, source: str) -> str:
        """Ask the kernel to run a cell; returns the id of the request."""
        return str(self.client.execute(source))

    def said(self, asked: str) -> str:
        """Wait for the end of a cell and return what it printed."""
        text = ""
        while True:
            message = self.client.get_iopub_msg(timeout=30)
            if message["parent_header"].get("msg_id") != asked:
                continue
            content = message["content"]
            assert message["msg_type"] != "error", content
            text += content.get("text", "") if message["msg_type"] == "stream" else ""
            if content.get("execution_state") == "idle":
                return text

    def open_subshell(self) -> str:
        """Open a subshell as JupyterLab does for its widgets."""
        self.client.control_channel.send(self.client.session.msg("create_subshell_request"))
        return str(self.client.get_control_msg(timeout=30)["content"]["subshell_id"])

    def paint(self, comm: str, number: int, subshell: str | None) -> None:
        angles = [number + step / 20 for step in range(60)]
        points = [[2048 + 1500 * math.cos(angle), 2048 + 1200 * math.sin(1.4 * angle)] for angle in angles]
        op = {"op": "stroke", "points": points, "r": 128, "erase": False}
        content = {"kind": "ops", "client": "page", "n": number, "seq": number, "op": op}
        message = self.client.session.msg(
            "comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": content}}
        )
        message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (tmp_path / "runtime").mkdir()
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    yield Notebook(client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.seldom
@pytest.mark.parametrize("over", ["subshell", "main shell"])
def test_a_cell_behind_a_stroke_reads_it(notebook: Notebook, over: str) -> None:
    comm, asks = notebook.said(notebook.ask(SETUP)).split()
    if over == "subshell" and asks == "False":
        pytest.skip("this ipykernel does not ask a comm where a message belongs: 7.4 is the first that does")
    subshell = notebook.open_subshell() if over == "subshell" else None
    for number in range(1, TRIES + 1):
        notebook.paint(comm, number, subshell)
        waited, count, same, fault = json.loads(notebook.said(notebook.ask(READ)))
        print(f"{over}: waited {1000 * waited:.0f} ms")
        assert (count, same, fault) == (number, True, "")


@pytest.mark.seldom
def test_without_a_page_a_cell_reads_at_once(notebook: Notebook) -> None:
    notebook.said(notebook.ask(SETUP))
    _, count, same, fault = json.loads(notebook.said(notebook.ask(READ)))
    assert (count, same, fault) == (0, True, "")
