"""`bailian-nb demo`: execute the quick start and the ten edits on the emulator; leave pictures and one HTML page.

Works from an installed wheel, where notebooks and photographs travel, and from a checkout. No key is read, nothing of
the user's own journal or settings is touched.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BailianError
from ..system.files import write_whole
from ..system.language import os_reason, sentence
from ..texts.catalogue import say as words

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOKS = ("01_quickstart.ipynb", "04_ten_edits.ipynb")
CELL_TIMEOUT = 120
"""Seconds that a cell may take."""


def run(out: Path, *, lang: str = "en", say: Callable[[str], object] = print) -> int:
    """Execute the notebooks in `out` and return 0; what an earlier demo left there is deleted first.

    `say` is called with each line of progress, in `lang`.

    Raises
    ------
    BailianError
        When a cell fails or the folder cannot be written; it names the cell.
    """
    import nbformat

    started = time.monotonic()
    out = out.absolute()
    taken_from = source()
    try:
        for left in ("pictures", "home", "photos"):
            if (out / left).is_symlink():  # not ours, and what it leads to less so
                (out / left).unlink()
            elif left != "photos":
                shutil.rmtree(out / left, ignore_errors=True)
        for photo in (taken_from / "photos").iterdir():
            write_whole(out / "photos" / photo.name, photo.read_bytes(), lasting=False)
    except OSError as error:
        raise BailianError(
            sentence("the demo cannot write into {out}: {strerror}", out=out, strerror=os_reason(error))
        ) from None
    notebooks = [nbformat.read(taken_from / name, as_version=4) for name in NOTEBOOKS]  # type: ignore[no-untyped-call]
    say(words("demo_begins", lang, count=len(notebooks)))
    for name, notebook in zip(NOTEBOOKS, notebooks, strict=True):
        _execute(notebook, out, say)
        written = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
        write_whole(out / name, f"{written.rstrip()}\n".encode(), lasting=False)
    whole = notebooks[0]
    whole.cells = [cell for notebook in notebooks for cell in notebook.cells]
    for number, cell in enumerate(whole.cells):
        cell["id"] = f"cell-{number}"  # two notebooks may use the same ids; one page may not
    page = out / "index.html"
    write_whole(page, _html(whole).encode(), lasting=False)
    pictures = sorted((out / "pictures").rglob("*.png"))
    passed = f"{time.monotonic() - started:.0f}"
    say(words("demo_pictures", lang, count=len(pictures), folder=out / "pictures", seconds=passed))
    for key, value in (("demo_page", page), ("demo_notebooks", ", ".join(str(out / name) for name in NOTEBOOKS))):
        say(f"{words(key, lang) + ':':<10} {value}")
    return 0


def source() -> Path:
    """Return the folder of notebooks and photographs: in the wheel, else in the checkout."""
    here = Path(__file__).parent
    for folder in (here, here.parents[1] / "notebooks"):
        if all((folder / name).is_file() for name in NOTEBOOKS):
            return folder
    raise BailianError(sentence("{NOTEBOOKS} is not there; reinstall bailian-nb", NOTEBOOKS=NOTEBOOKS[0]))


def _execute(notebook: NotebookNode, out: Path, say: Callable[[str], object]) -> None:
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    total = len(notebook.cells)

    def progress(cell: NotebookNode, cell_index: int, **_: Any) -> None:
        first = next((line for line in cell.source.splitlines() if line.strip()), "")
        if cell.cell_type == "code":
            say(f"  [{cell_index + 1}/{total}] {first[:90]}")

    with tempfile.TemporaryDirectory(prefix="wan") as sockets:

        class OwnKernel(AsyncKernelManager):
            """Starts this interpreter's own kernel: the user's kernel named python3 may be of another interpreter."""

            def __init__(self, **more: Any) -> None:
                super().__init__(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **more)
                if sys.platform != "win32":
                    # Unix sockets in a folder of our own: over TCP the kernel warns that others could listen.
                    self.transport, self.ip = "ipc", str(Path(sockets) / "k")

        client = NotebookClient(
            notebook,
            kernel_name="python3",
            kernel_manager_class=OwnKernel,
            timeout=CELL_TIMEOUT,
            on_cell_start=progress,
        )
        try:
            client.execute(env=_environment(out), cwd=str(out))
        except CellExecutionError as error:
            raise BailianError(
                sentence("the demo stopped: {ename}: {evalue}", ename=error.ename, evalue=error.evalue)
            ) from None


def _environment(out: Path) -> dict[str, str]:
    """Return the kernel's environment: the emulator, folders below `out`, and no key of the user's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DASHSCOPE_")}
    return {
        **kept,
        "BAILIAN_NB_EMULATOR": "1",
        "BAILIAN_NB_SYNC": "1",
        "BAILIAN_NB_HOME": str(out / "home"),
        "BAILIAN_NB_OUT": str(out / "pictures"),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [kept.get("PYTHONPATH")])]),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONUTF8": "1" if sys.platform == "win32" else kept.get("PYTHONUTF8", "0"),
    }


def _html(notebook: NotebookNode) -> str:
    """Return one page with every picture inside and nothing fetched from elsewhere."""
    from nbconvert import HTMLExporter

    from .alt import AltText

    nowhere = {f"{library}_url": "" for library in ("mathjax", "require_js", "jquery", "mermaid_js")}
    exporter = HTMLExporter(embed_images=True, preprocessors=[AltText], **nowhere)  # type: ignore[no-untyped-call]
    body, _ = exporter.from_notebook_node(notebook)
    return str(body)
