"""Painter, Job and Sweep in a page of Voila and in `marimo run`: live, and what is painted there is in Python."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page

from .jupyter import wait_for
from .notebook_page import shoot

pytestmark = pytest.mark.slow  # both are installed by `make test-all` alone
PHOTO = Path(__file__).parents[2] / "notebooks" / "photos" / "cat.jpg"
PROMPT = "Convert to gold leaf emulator:latency=3"
PAINTER = "painter = MaskPainter('cat.jpg', keep=False)"
TELL = "painter.on_change(lambda painter: open('painted.txt', 'w').write(str(painter.mask.bbox)))"
VOILA_CELLS = [
    "%load_ext bailian_nb",
    f"from bailian_nb.widgets import MaskPainter\n{PAINTER}\n{TELL}\npainter",
    f'%wan_edit style cat.jpg "{PROMPT}" -o job',
    f'%wan_sweep style cat.jpg "{PROMPT}" --axis strength=0.2,0.6 --seed 7 -o sweep',
]
MARIMO = f"""
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import bailian_nb as wan
    return mo, wan

@app.cell
def _(mo, wan):
    painter = mo.ui.anywidget(wan.MaskPainter('cat.jpg', keep=False))
    painter
    return (painter,)

@app.cell
def _(mo, painter):
    mo.md(f"painted {{painter.mask.bbox}}")

@app.cell
def _(wan):
    wan.edit('cat.jpg', 'stylization_all', {PROMPT!r}, seed=3)

@app.cell
def _(wan):
    wan.models()

@app.cell
def _(wan):
    wan.sweep('cat.jpg', 'stylization_all', {PROMPT!r}, strength=[0.2, 0.6], seed=7).run()
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def serve(tmp_path: Path, browser: Callable[[float], Browser]) -> Iterator[Callable[..., Page]]:
    """Start a host in the test's folder and open its page; skipped where the package is not installed."""
    started: list[subprocess.Popen[bytes]] = []
    pages: list[Page] = []

    def opened(module: str, *arguments: str) -> Page:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (pip install {module})")
        port = free_port()
        folders = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
        command = [sys.executable, "-m", module, *(argument.format(port=port) for argument in arguments)]
        with (tmp_path / "host.log").open("wb") as log:
            env = {**os.environ, **folders}
            started.append(subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log))
        wait_for(f"{module} to listen", lambda: listens(port), timeout=60)
        pages.append(browser(1).new_page(viewport={"width": 1000, "height": 1500}))
        pages[-1].goto(f"http://127.0.0.1:{port}/", wait_until="domcontentloaded")
        return pages[-1]

    shutil.copy(PHOTO, tmp_path / "cat.jpg")
    yield opened
    for process, page in zip(started, pages, strict=False):  # one may have failed to open
        shoot(page, f"{process.args[2]}_page")  # type: ignore[index]
        page.close()
    for process in started:
        process.send_signal(signal.SIGINT if process.args[2] == "marimo" else signal.SIGTERM)  # type: ignore[index]
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def paint(page: Page) -> None:
    stage = page.locator(".bn-stage")
    stage.wait_for(timeout=90_000)
    wait_for("a canvas of its size", lambda: stage.evaluate("stage => stage.querySelector('canvas').width > 300"))
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 450, box["y"] + 250, steps=6)
    page.mouse.up()


def pick(page: Page) -> None:
    """Pick with the wand, whose tooltip and worker need nothing of the host."""
    status = page.locator(".bn-painter .bn-status")
    before = status.inner_text()
    wand = page.locator(".bn-painter").get_by_role("button", name="Wand")
    wand.hover()
    page.locator(".bn-tip", has_text="Wand").wait_for()
    with page.expect_event("worker"):
        wand.click()
    box = page.locator(".bn-stage").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 120, box["y"] + 60)
    wait_for("a pick", lambda: status.inner_text() != before)


def gaps(page: Page) -> list[float]:
    """Return the space between the texts of a row of a table, in pixels."""
    spans: list[tuple[float, float]] = page.locator("table tr td").evaluate_all(
        """cells => cells.filter(cell => cell.parentElement.rowIndex === 1).map(cell => {
            const range = document.createRange();
            range.selectNodeContents(cell.firstElementChild);
            const box = range.getBoundingClientRect();
            return [box.left, box.right];
        })"""
    )
    return [after[0] - before[1] for before, after in itertools.pairwise(spans)]


def has_pictures_of_job_and_sweep(page: Page) -> bool:
    return page.locator(".bn-card img").count() == 1 and page.locator(".bn-grid .bn-cell img").count() == 2


def test_voila_shows_live_widgets(serve: Callable[..., Page], tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in VOILA_CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "app.ipynb")
    page = serve("voila", "app.ipynb", "--no-browser", "--port={port}", "--Voila.ip=127.0.0.1")
    paint(page)
    painted = tmp_path / "painted.txt"
    wait_for("the stroke in Python", lambda: painted.exists() and painted.read_text().startswith("("))
    stroke = painted.read_text()
    pick(page)
    wait_for("the pick in Python", lambda: painted.read_text() != stroke)
    wait_for("pictures of job and sweep", lambda: has_pictures_of_job_and_sweep(page), timeout=60)


def test_marimo_reads_what_is_painted(serve: Callable[..., Page], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(MARIMO, encoding="utf-8")
    page = serve("marimo", "run", "app.py", "--headless", "--port={port}", "--no-token")
    paint(page)
    page.get_by_text("painted (").wait_for(timeout=60_000)
    stroke = page.get_by_text("painted (").inner_text()
    pick(page)
    wait_for("the pick in Python", lambda: page.get_by_text("painted (").inner_text() != stroke)
    wait_for("pictures of job and sweep", lambda: has_pictures_of_job_and_sweep(page), timeout=60)
    assert min(gaps(page)) > 5, "marimo sets no space between the columns of a table"
