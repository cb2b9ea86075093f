"""Fixtures of the browser tests: one server of each front end, one Chromium, one page a test or a module.

To load JupyterLab takes four to eight seconds of a processor, so a notebook is opened in the tab where the last one was
closed, and tests that can begin where others have ended share one (`open_shared_notebook`). With several workers, one
of them has the whole room.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from .jupyter import App, Saved, Server, find_chromium
from .notebook_page import NotebookPage, Tabs, last_sight
from .room import Room

HERE = Path(__file__).parent
PAGES = pytest.StashKey[list[NotebookPage]]()
ROOM = pytest.StashKey[Room]()
OpenNotebook = Callable[..., NotebookPage]


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; tests are skipped, loudly, where there is none."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium found (Debian: apt install chromium; or CHROMIUM=path)")
    return path


@pytest.fixture(scope="session")
def room(chromium: str, pytestconfig: pytest.Config) -> Iterator[Room]:
    """Chromium, for all tests of this room that follow each other."""
    room = pytestconfig.stash[ROOM] = Room(chromium)
    yield room
    room.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Let Chromium go before a test without it: while Playwright runs, its loop counts as running in this thread."""
    try:
        return (yield)
    finally:
        room = item.config.stash.get(ROOM, None)
        if room and "room" not in getattr(nextitem, "fixturenames", ()):
            room.close()


@pytest.fixture(scope="session")
def browser(room: Room) -> Callable[[float], Browser]:
    """Give the room's Chromium for a device pixel ratio."""
    return room.browser


@pytest.fixture(scope="session")
def tabs(room: Room) -> Callable[[float], Tabs]:
    """Give the room's tabs for a device pixel ratio."""
    return room.tabs


@pytest.fixture(scope="session")
def start_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Give the server of a front end, `start_server("lab")`, or with other settings; each test has its own kernels."""
    servers: dict[str, Server] = {}

    def start(app: App, settings: dict[str, Any] | None = None) -> Server:
        key = f"{app} {settings}"
        if key not in servers:
            servers[key] = Server(app, tmp_path_factory.mktemp(app), settings=settings)
            servers[key].start()
        return servers[key]

    yield start
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="module", params=["lab", "notebook"])
def front_end(request: pytest.FixtureRequest, start_server: Callable[..., Server]) -> Server:
    """Run the test in JupyterLab and again in Notebook 7."""
    return start_server(request.param)


@pytest.fixture
def open_notebook(
    tabs: Callable[[float], Tabs], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[OpenNotebook]:
    """Open cells as a notebook: `open_notebook(server, ["1 + 1"], scale=2, height=1200)`.

    The kernel has the test's own BAILIAN_NB_HOME and BAILIAN_NB_OUT.
    """
    pages = request.node.stash.setdefault(PAGES, [])

    def opened(server: Server, cells: list[str], *, scale: float = 1, **size: int) -> NotebookPage:
        name = f"{tmp_path.name}/notebook{len(pages)}.ipynb"
        server.write(name, cells)
        page = NotebookPage(server, tabs(scale), name, **size)
        pages.append(page)
        return page.open()

    yield opened
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def open_shared_notebook(
    tabs: Callable[[float], Tabs], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenNotebook]:
    """Open cells as a notebook that tests of one module use in turn, with one kernel; see `use_notebook`."""
    pages: list[NotebookPage] = []

    def opened(server: Server, cells: list[str], *, saved: Saved | None = None, scale: float = 1) -> NotebookPage:
        folder = tmp_path_factory.mktemp("shared")
        name = f"{folder.name}/notebook.ipynb"
        env = {"BAILIAN_NB_HOME": str(folder / "home"), "BAILIAN_NB_OUT": str(folder / "out")}
        server.write(name, cells, env=env, saved=saved)
        pages.append(NotebookPage(server, tabs(scale), name))
        return pages[-1].open()

    yield opened
    for page in pages:
        page.close()


@pytest.fixture
def use_notebook(request: pytest.FixtureRequest) -> Callable[[NotebookPage], NotebookPage]:
    """Use a shared notebook, in front, with its kernel idle, its theme light and no complaint of the tests before."""

    def used(page: NotebookPage) -> NotebookPage:
        request.node.stash.setdefault(PAGES, []).append(page)
        page.page.bring_to_front()  # a tab behind another one draws a frame a second
        if not page.ask("idle"):
            page.restart()
        page.theme("light")
        page.forget()
        return page

    return used


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when != "teardown" and report.failed:
        for number, page in enumerate(item.stash.get(PAGES, [])):
            page.in_order = False
            picture = Path(item.funcargs["tmp_path"]) / f"failed_{number}.png"
            report.sections.append((f"notebook {page.name}", last_sight(page, picture)))
    return report
