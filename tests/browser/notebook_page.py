"""One notebook in Chromium, as the browser tests see it: cells run, outputs read, kernels restarted.

Answers come from the notebook's model (page.js), not from what happens to be drawn.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from pathlib import Path
from typing import Any, Literal

import nbformat
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, Playwright, ViewportSize

from .jupyter import Server, wait_for

PAGE_JS = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
CHROMIUM_ARGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whoever asks a CDN fails here as on a plane
]
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
HARMLESS = ("reading 'schema'", "net::ERR_NAME_NOT_RESOLVED")  # Notebook 7 logs the first on every page


def shoot(what: Page | Locator, name: str) -> Path | None:
    """Keep a screenshot where BAILIAN_NB_SHOTS names a folder; do nothing where it does not."""
    folder = os.environ.get("BAILIAN_NB_SHOTS")
    if not folder:
        return None
    path = Path(folder).absolute() / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    what.screenshot(path=str(path))
    return path


class NotebookPage:
    """One open notebook: run cells, read outputs from its model, and do to its kernel what users do."""

    def __init__(self, server: Server, tabs: Tabs, name: str, *, width: int = 1280, height: int = 900) -> None:
        self.server = server
        self.name = name
        self.in_order = False  # not yet open, or left by a test that failed: the next notebook has another tab
        self._tabs = tabs
        self._size = ViewportSize(width=width, height=height)
        self._names = {name}
        self.console: list[str] = []
        self.foreign: list[str] = []  # addresses outside this machine that the page asked for
        self.page: Page

    def open(self) -> NotebookPage:
        """Open the notebook in JupyterLab as the last one has left it; load it where there is none, and Notebook 7."""
        left = self._tabs.take(self.server)
        self._use(left or self._tabs.context.new_page())
        if left is None or self.server.app == "notebook":
            self._load()
        else:
            self.page.evaluate(PAGE_JS)
            self.theme("light")
            self.ask("open", self.name)
            self.wait_ready()
        self.in_order = True
        return self

    def _load(self) -> None:
        folder = f"lab/workspaces/{secrets.token_hex(4)}/tree" if self.server.app == "lab" else "notebooks"
        self.page.goto(self.server.url(f"{folder}/{self.name}"), wait_until="domcontentloaded")
        self.page.wait_for_function("() => !!window.jupyterapp", timeout=60_000, polling=50)
        self.page.evaluate(PAGE_JS)
        self.wait_ready()

    def _use(self, page: Page) -> None:
        self.forget()
        self.page = page
        page.on("console", self._on_console)
        page.on("pageerror", self._on_error)
        page.on("request", self._on_request)
        page.bring_to_front()
        page.set_viewport_size(self._size)

    def forget(self) -> None:
        """Forget what the page complained about and asked for until now."""
        self.console.clear()
        self.foreign.clear()

    def wait_ready(self, timeout: float = 60) -> None:
        wait_for("the notebook and its kernel", lambda: self.ask("ready"), timeout)

    def ask(self, question: str, argument: Any = None) -> Any:
        """Call one function of page.js."""
        return self.page.evaluate("([name, argument]) => window.bnPage[name](argument)", [question, argument])

    @property
    def status(self) -> str:
        return str(self.ask("status"))

    def wait_idle(self, timeout: float = 60) -> None:
        wait_for("the kernel to be idle", lambda: self.ask("idle"), timeout)

    def run_cell(self, index: int, *, wait: bool = True, timeout: float = 60) -> None:
        """Run one cell; return when it was sent to the kernel, or, by default, when it has ended.

        A start that the page lost is repeated; one that reached the kernel never is.
        """
        before = self.ask("asked", index)
        for _ in range(3):
            self.ask("runCell", index)
            deadline = time.monotonic() + 3
            while time.monotonic() < deadline:
                if self.ask("asked", index) > before:
                    if wait:
                        self.wait_idle(timeout)
                    return
                time.sleep(0.02)
        raise AssertionError(f"cell {index} was never sent to the kernel")

    def run_all(self, *, wait: bool = True, timeout: float = 120) -> None:
        self.ask("runAll")
        if wait:
            self.wait_idle(timeout)

    def add_cell(self, source: str) -> int:
        return int(self.ask("addCell", source))

    def set_source(self, index: int, source: str) -> None:
        self.ask("setSource", [index, source])

    def source(self, index: int) -> str:
        return str(self.ask("source", index))

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """Return the outputs of a cell as the notebook would save them now."""
        return list(self.ask("outputs", index))

    def text(self, index: int) -> str:
        """Return what a cell printed, its text/plain outputs and its errors, one after the other."""
        return "".join(_text(output) for output in self.outputs(index))

    def mimes(self, index: int) -> list[set[str]]:
        return [set(output.get("data", {})) for output in self.outputs(index)]

    def wait_text(self, index: int, part: str, timeout: float = 30) -> str:
        """Wait until a cell shows `part` and return all that it shows; on failure say what it shows instead."""
        deadline = time.monotonic() + timeout
        while part not in (text := self.text(index)):
            assert time.monotonic() < deadline, f"no {part!r} in cell {index} after {timeout} s, but {text!r}"
            time.sleep(0.05)
        return text

    def execute(self, code: str) -> str:
        """Run code in the kernel that leaves no trace in the notebook; return what it printed."""
        return str(self.ask("execute", code))

    def execute_after_op(self, code: str) -> None:
        """Have the kernel run code after a painter's next op, asked in the task that sends the op."""
        self.ask("executeAfterOp", code)

    def executed_after_op(self) -> str:
        return str(self.ask("executedAfterOp"))

    def cell(self, index: int) -> Locator:
        """Return a cell's element, scrolled into view: the notebook unloads those that are out of sight."""
        self.ask("show", index)
        return self.page.locator(f'[data-bn-cell="{index}"]')

    def output(self, index: int) -> Locator:
        return self.cell(index).locator(".jp-Cell-outputArea")

    def save(self) -> nbformat.NotebookNode:
        self.ask("save")
        return self.server.read(self.name)

    def interrupt(self) -> None:
        self.ask("interrupt")

    def restart(self) -> None:
        self.ask("restart")
        self.wait_ready()

    def shutdown(self) -> None:
        self.ask("shutdown")

    @property
    def trusted(self) -> bool:
        return bool(self.ask("trusted"))

    def reopen(self, *, fresh_kernel: bool = False, name: str | None = None) -> NotebookPage:
        """Leave the page and load the notebook (or another) anew, with the kernel that still runs or with a new one.

        In the same tab: Chromium has the scripts compiled there.
        """
        self._leave()
        if fresh_kernel:
            self.server.end_kernels(self.name)
        self.name = name or self.name
        self._names.add(self.name)
        self.forget()
        self._load()
        return self

    def reopen_here(self) -> NotebookPage:
        """Close the notebook, end its kernel and open it with a new one; JupyterLab stays as it is, without a load."""
        if self.server.app != "lab":
            return self.reopen(fresh_kernel=True)
        self.ask("close")
        self.server.end_kernels(self.name)
        self.forget()
        self.ask("open", self.name)
        self.wait_ready()
        return self

    def _leave(self) -> None:
        """Show a page of the server that has no script."""
        self.page.goto(self.server.url("api"))

    def theme(self, name: Literal["light", "dark"]) -> None:
        """Change the theme and wait until the curtain before it is gone: JupyterLab fails when it falls twice at once.

        It takes the curtain away 200 ms after it was raised, without asking whether somebody else has done so.
        """
        self.ask("theme", THEMES[name])
        expected = json.dumps(name == "light")
        self.page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=expected)
        self.page.wait_for_function("() => !document.getElementById('jupyterlab-splash')")

    def zoom(self, factor: float) -> None:
        self.page.evaluate("factor => { document.documentElement.style.zoom = factor; }", factor)

    def shot(self, name: str, of: Locator | None = None) -> Path | None:
        return shoot(of or self.page, name)

    def errors(self) -> list[str]:
        """Return what the page complained about, without what Jupyter itself always does."""
        loud = [line for line in self.console if line.startswith(("error:", "pageerror:"))]
        return [line for line in loud if not any(part in line for part in HARMLESS)]

    def close(self) -> None:
        """Close the notebook and end its kernels; the server forgets the theme.

        The tab stays for the next one, unless the page complained.
        """
        if not self.in_order or self.errors():
            self.page.close()
        else:
            if self.server.app == "lab":
                self.ask("close")
            else:
                self._leave()
            self.page.remove_listener("console", self._on_console)
            self.page.remove_listener("pageerror", self._on_error)
            self.page.remove_listener("request", self._on_request)
            self._tabs.leave(self.server, self.page)
        for name in self._names:
            self.server.end_kernels(name)
        self.server.reset_theme()

    def _on_console(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")

    def _on_error(self, error: Error) -> None:
        self.console.append(f"pageerror: {error.stack or error}")

    def _on_request(self, request: Any) -> None:
        if not request.url.startswith((self.server.url("").split("?")[0], "data:", "blob:", "ws://127.0.0.1")):
            self.foreign.append(request.url)


def launch(playwright: Playwright, chromium: str, scale: float) -> Browser:
    """Start Chromium on a screen of this device pixel ratio.

    A context's `device_scale_factor` alone changes the number, but no pixel of a canvas.
    """
    args = [*CHROMIUM_ARGS, f"--force-device-scale-factor={scale}"]
    return playwright.chromium.launch(executable_path=chromium, args=args)


def new_context(browser: Browser, *, scale: float) -> BrowserContext:
    """Open a profile in a browser of this `scale`."""
    return browser.new_context(viewport={"width": 1280, "height": 900}, device_scale_factor=scale)


class Tabs:
    """Tabs of one profile: one in which JupyterLab was left in order serves the next notebook of its server."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self._left: dict[str, Page] = {}

    def take(self, server: Server) -> Page | None:
        return self._left.pop(server.url(""), None)

    def leave(self, server: Server, page: Page) -> None:
        """Keep a tab for the next notebook, closing the one that was kept before."""
        before = self.take(server)
        if before:
            before.close()
        self._left[server.url("")] = page


def last_sight(page: NotebookPage, path: Path) -> str:
    """Describe a page for the report of a failed test; its picture goes to `path`."""
    try:
        page.page.screenshot(path=str(path))
        picture = str(path)
    except Error as error:
        picture = f"none ({error.message.splitlines()[0]})"
    return (
        f"picture: {picture}\nconsole:\n"
        + "\n".join(page.console[-40:])
        + f"\nserver and kernels:\n{page.server.log()}"
    )


def _text(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return "".join(output["text"])
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}\n"
    return "".join(output.get("data", {}).get("text/plain", "")) + "\n"
