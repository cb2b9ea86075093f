"""A Jupyter server for the browser tests; notebook_page.py looks at it, conftest.py has the fixtures.

It is ended by its own id; its folders, port, configuration and kernels are the test's own.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import nbformat

App = Literal["lab", "notebook"]

Saved = dict[int, list[nbformat.NotebookNode]]
"""Outputs of cells by their index."""

T = TypeVar("T")

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PORT_TRIES = 3
SHORTEST, LONGEST, LONGER = 0.05, 0.4, 1.3
"""Seconds between two questions of `wait_for`, and how one pause follows the other."""
THEME = "@jupyterlab/apputils-extension/themes.jupyterlab-settings"
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}


def find_chromium() -> str | None:
    """Return the system's Chromium: CHROMIUM, else the first known name in PATH, else macOS' Chrome."""
    given = os.environ.get("CHROMIUM")
    names = (given,) if given else (*BROWSER_NAMES, "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def wait_for(what: str, ask: Callable[[], T], timeout: float = 30, *, every: float | None = None) -> T:
    """Ask until the answer is true, or fail with what was waited for and the last answer.

    It asks ever more seldom, for a question to a kernel takes page, server and kernel as long as many a wait; or
    `every` so many seconds, where the moment is what is wanted.
    """
    deadline = time.monotonic() + timeout
    pause = SHORTEST if every is None else every
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"waited {timeout} s for {what}; last answer: {answer!r}"
        time.sleep(pause)
        pause = min(pause * LONGER, LONGEST) if every is None else every
    return answer


class Server:
    """JupyterLab or Notebook 7 on a free port of 127.0.0.1, with its own configuration and a token."""

    def __init__(self, app: App, folder: Path, *, settings: dict[str, Any] | None = None) -> None:
        self.app: App = app
        self.folder = folder
        self.root = folder / "notebooks"
        self.root.mkdir(parents=True)
        self._token = secrets.token_hex(16)
        self._kernels = 0
        self._url = ""
        self._log = folder / "server.log"
        for name, values in {**SETTINGS, **(settings or {})}.items():
            file = folder / "settings" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")

    def start(self) -> Server:
        folders = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
        env = {**os.environ, **{f"JUPYTER_{name}": str(self.folder / value) for name, value in folders.items()}}
        env |= {"JUPYTERLAB_SETTINGS_DIR": str(self.folder / "settings"), "JUPYTER_TOKEN": self._token}
        env |= {
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
            "IPYTHONDIR": str(self.folder / "ipython"),
        }
        module, name = {"lab": ("jupyterlab", "LabApp"), "notebook": ("notebook", "JupyterNotebookApp")}[self.app]
        command = [sys.executable, "-m", module, "--no-browser", "--allow-root", f"--{name}.expose_app_in_browser=True"]
        command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={self.root}"]
        # Or every page asks whether JupyterLab must be built anew, which takes a process of Node.
        command += ["--ServerApp.tornado_settings={'page_config_data': {'buildCheck': False, 'buildAvailable': False}}"]
        command += ["--LanguageServerManager.autodetect=False"]  # looks for language servers with Node and npm
        # Jupyter tries its port out, lets go of it and listens later: anybody may take it in between.
        for _ in range(PORT_TRIES):
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            if wait_for(f"the {self.app} server", self._answers_or_ends, timeout=60) == "answers":
                return self
            self._process.wait()
            if "already in use" not in self.log():
                break
        raise AssertionError(f"the {self.app} server ended with {self._process.returncode}:\n{self.log()}")

    def _answers_or_ends(self) -> Literal["answers", "ends", ""]:
        if self._process.poll() is not None:
            return "ends"
        url = _read_json(self.folder / "runtime" / f"jpserver-{self._process.pid}.json").get("url", "")
        self._url = str(url).rstrip("/")
        return "answers" if self._url and self.api("GET", "status") else ""

    def stop(self) -> None:
        """End the kernels, then the server; kill it only when it does not listen."""
        if self._process.poll() is None:
            for kernel in self.api("GET", "kernels") or []:
                self.api("DELETE", f"kernels/{kernel['id']}")
            self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def write(
        self,
        name: str,
        cells: list[str],
        *,
        env: dict[str, str] | None = None,
        saved: Saved | None = None,
    ) -> Path:
        """Write a notebook of code cells whose kernel, now and after a restart, has `env` on top of the test's own.

        `saved` are outputs that cells have from the start.
        """
        self._kernels += 1
        kernel = f"test{self._kernels}"
        ours = {key: value for key, value in os.environ.items() if key.startswith(("BAILIAN_NB_", "HOME", "XDG_"))}
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": kernel, "language": "python", "env": {**ours, **(env or {})}}
        folder = self.folder / "data" / "kernels" / kernel
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": kernel, "display_name": kernel}})
        notebook.cells = [
            nbformat.v4.new_code_cell(cell, outputs=(saved or {}).get(index, [])) for index, cell in enumerate(cells)
        ]
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    def read(self, name: str) -> nbformat.NotebookNode:
        return nbformat.read(self.root / name, as_version=4)

    def copy_from_stranger(self, name: str, copy: str) -> Path:
        """Copy a saved notebook so that its content has no signature here: outputs stay, trust does not."""
        notebook = self.read(name)
        notebook.cells.append(nbformat.v4.new_markdown_cell("As it came by mail."))
        nbformat.write(notebook, self.root / copy)
        return self.root / copy

    def end_kernels(self, name: str) -> None:
        """Close the notebook's sessions with their kernels, as after a restart of the server."""
        for session in self.api("GET", "sessions") or []:
            if session["path"] == name:
                self.api("DELETE", f"sessions/{session['id']}")

    def reset_theme(self) -> None:
        """Show the next page in the light theme, whatever the last one chose."""
        (self.folder / "settings" / THEME).unlink(missing_ok=True)

    def url(self, path: str) -> str:
        return f"{self._url}/{path}?token={self._token}"

    def api(self, method: str, path: str) -> Any:
        """Call Jupyter's REST interface; None where nothing (yet) answers."""
        headers = {"Authorization": f"token {self._token}"}
        request = urllib.request.Request(f"{self._url}/api/{path}", method=method, headers=headers)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
                return json.loads(answer.read() or b"true")
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError):
            return None

    def log(self, lines: int = 80) -> str:
        """Return the end of what server and kernels printed."""
        text = self._log.read_text(encoding="utf-8", errors="replace").replace(self._token, "<token>")
        return "\n".join(text.splitlines()[-lines:])


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
