"""What holds for every test and for every notebook that pytest runs: a home of its own, no key, nothing left behind.

It stands above `tests/` because `pytest notebooks/01_quickstart.ipynb` must not find a key either.
"""

from __future__ import annotations

import functools
import gc
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import thread as pool_threads
from pathlib import Path
from typing import Any

import platformdirs
import pytest

# nbval reads notebooks with jsonschema, which builds a grammar of IRIs with this module where it finds it: more than
# two seconds in every worker, for a check that no schema of a notebook asks for.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
import nbformat  # noqa: E402, F401

del sys.modules["rfc3987_syntax"]
pytest_plugins = ["nbval.plugin"]

ROOT = Path(__file__).parent
TESTS = ROOT / "tests"
BROWSER = TESTS / "browser"
READERS = {
    *(TESTS / f"test_{name}.py" for name in ("architecture", "repository", "sentences")),
    *(TESTS / "texts" / "test_catalogue.py", TESTS / "store" / "test_journal_path.py"),
}
"""Those that look into every file of the package."""
WATCHED = "BAILIAN_NB_TEST_WATCHED"  # the user's own folders, handed on to xdist's workers, whose HOME is already ours
ENOUGH_MEMORY = 4 * 2**30  # bytes; a run takes less than one
SELDOM_GARBAGE = 10_000
"""Objects that are made between two looks for garbage; Python's own 700 are for processes that live longer."""
QUICK = "0.05"  # seconds that a task takes where a whole notebook runs in a kernel of its own
COUNTED = {"02_paint_a_mask", "06_letters", "11_teach_and_share"}
"""Notebooks whose outputs tell how many pixels are what: they are drawn as users see them."""
SELDOM = {
    *("02_paint_a_mask", "03_sweep_strength", "04_ten_edits", "05_background", "06_letters", "07_translate_a_poster"),
    *("08_batch", "09_history", "10_jobs_and_money", "11_teach_and_share"),
}
"""Notebooks that are marked `seldom`: a kernel and up to five seconds of a processor each."""
REQUIRED = "BAILIAN_NB_REQUIRE_BROWSER"
NEEDS = {"s3": "BAILIAN_NB_REQUIRE_S3", "redis": "BAILIAN_NB_REQUIRE_REDIS", "conda": "BAILIAN_NB_REQUIRE_CONDA"}
"""By marker, the variable that makes a skip of such a test a failure."""
LOUD = {
    "browser": "browser tests",
    "s3": "tests with an S3 server",
    "redis": "tests with a Redis",
    "conda": "tests of conda's recipe",
}
"""By marker, what must not go missing in silence."""


def isolate(folder: Path) -> dict[str, str | None]:
    """Return the environment of a test that lives below `folder`; None stands for a variable that is taken away."""
    home = str(folder / "user")
    env: dict[str, str | None] = {name: None for name in os.environ if name.startswith(("DASHSCOPE_", "JUPYTER_"))}
    env |= {"BAILIAN_NB_SYNC": None, "IPYTHONDIR": None, "XDG_RUNTIME_DIR": None, "BAILIAN_NB_EMULATOR_SECONDS": None}
    env |= {"BAILIAN_NB_LIMITS": None, "BAILIAN_NB_LIMITS_AWAY": None, "BAILIAN_NB_OWNER": None}
    env |= {"BAILIAN_NB_LANG": None, "LC_ALL": None, "LC_MESSAGES": None, "LANG": "C.UTF-8"}
    env |= {"SSL_CERT_FILE": None, "SSL_CERT_DIR": None}  # where they are set, each look of the doctor reads them all
    env |= {"WAN_EMULATOR_COARSE": "1"}  # nobody looks at most of the pictures
    env |= {"HOME": home, "USERPROFILE": home, "APPDATA": home, "LOCALAPPDATA": home}
    env |= {f"XDG_{kind}_HOME": f"{home}/{kind.lower()}" for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
    env |= {"BAILIAN_NB_EMULATOR": "1", "BAILIAN_NB_HOME": str(folder / "home"), "BAILIAN_NB_OUT": str(folder / "out")}
    return env


def put(env: dict[str, str | None]) -> None:
    for name, value in env.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def files_of_the_user() -> dict[str, int]:
    """Return every file of ours in the user's own folders with its time of change."""
    found = {}
    for folder in os.environ[WATCHED].split(os.pathsep):
        for path in Path(folder).rglob("*"):
            found[str(path)] = path.stat().st_mtime_ns
    return found


def use_memory() -> None:
    """Let temporary files lie in memory where there is enough: on a disk, each of the many fsync() calls takes time."""
    memory = Path("/dev/shm")  # noqa: S108  # pytest makes a folder of its own there
    if "TMPDIR" not in os.environ and memory.is_dir() and shutil.disk_usage(memory).free > ENOUGH_MEMORY:
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    if WATCHED not in os.environ:
        ours = [
            f(appname="bailian_nb", appauthor=False) for f in (platformdirs.user_data_dir, platformdirs.user_config_dir)
        ]
        here = [ROOT / "wan_out", TESTS / "wan_out", ROOT / "notebooks" / "wan_out"]
        os.environ[WATCHED] = os.pathsep.join(map(str, [*ours, Path.home() / ".dashscope", *here]))
    use_memory()
    root = Path(tempfile.mkdtemp(prefix="bailian-nb-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(root, ignore_errors=True))
    config.stash[FOLDER] = root
    Path(root, "user").mkdir()
    put(isolate(root))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Make ten thousand tests without a look for garbage, and let no later look go through them: each took a second."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(SELDOM_GARBAGE)
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Look for garbage once: pytest, then IPython, then Python itself look eight times through all that is left."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each worker begin to collect in another room: in a new clone, what one has compiled the others find."""
    worker, config = getattr(session.config, "workerinput", None), session.config
    if worker is None or config.args_source is not config.ArgsSource.TESTPATHS:
        return
    folders = [path for path in TESTS.iterdir() if path.is_dir() and path.name not in ("data", "__pycache__")]
    rooms = sorted(map(str, [*folders, *TESTS.glob("test_*.py"), ROOT / "notebooks"]))
    first = len(rooms) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    config.args[:] = [*rooms[first:], *rooms[:first]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the browser: one worker has its tests, which take longest; the others do the rest meanwhile."""
    browser = f"{BROWSER}{os.sep}"
    items.sort(key=lambda item: (not (path := str(item.path)).startswith(browser), path))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each worker whole files; to one those that share what is dear, the browser's servers or all syntax trees."""
    from xdist.scheduler import LoadScopeScheduling

    @functools.cache
    def scope(name: str) -> str:
        file = ROOT / name
        return "browser" if file.is_relative_to(BROWSER) else "sources" if file in READERS else name

    class Files(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope(nodeid.partition("::")[0])

    return Files(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave what is dear and tells little each time to `.ci/run` and `make test-all`, which lack nothing."""
    seldom = item.path.stem in SELDOM if item.path.suffix == ".ipynb" else item.get_closest_marker("seldom")
    if seldom and not os.environ.get(REQUIRED):
        item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _user_untouched() -> Iterator[None]:
    before = files_of_the_user()
    yield
    changed = sorted(set(files_of_the_user().items()) ^ set(before.items()))
    assert not changed, f"the tests (or a kernel that ran beside them) wrote to the user's own files: {changed}"


@pytest.fixture(autouse=True)
def _isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "user").mkdir()
    monkeypatch.delattr(sys, "ps1", raising=False)  # IPython leaves its prompt behind, which means "somebody is there"
    for name, value in isolate(tmp_path).items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        elif os.environ.get(name) != value:
            monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2
    while left := [thread for thread in threading.enumerate() if thread not in before and _keeps_alive(thread)]:
        assert time.monotonic() < deadline, f"threads that would keep the interpreter alive: {left}"
        time.sleep(0.01)


def _keeps_alive(thread: threading.Thread) -> bool:
    """Tell whether a process would wait for this thread; those of a pool are told to end when the interpreter does."""
    return thread.is_alive() and not thread.daemon and thread not in pool_threads._threads_queues


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.path.suffix == ".ipynb":  # nbval's cells know no fixtures; a home a notebook, so order does not matter
        folder = item.config.stash[FOLDER] / item.path.stem
        (folder / "user").mkdir(parents=True, exist_ok=True)
        fine = {"WAN_EMULATOR_COARSE": None} if item.path.stem in COUNTED else {}
        put(isolate(folder) | {"BAILIAN_NB_EMULATOR_SECONDS": QUICK} | fine)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not report.skipped or hasattr(report, "wasxfail"):
        return report
    required = _required(item)
    if required and os.environ.get(required) == "1":
        report.outcome = "failed"
        report.longrepr = f"{required}=1, but this test was skipped: {reason(report)}"
    return report


def _required(item: pytest.Item) -> str:
    """Return the variable that makes a skip of this test a failure, "" where it may be skipped."""
    for marker, variable in NEEDS.items():
        if item.get_closest_marker(marker):
            return variable
    browser = any(item.path.is_relative_to(TESTS / room) for room in ("browser", "notebooks"))
    return REQUIRED if browser else ""


def reason(report: pytest.TestReport) -> str:
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    return str(told).removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None, None, None]:
    """Say last and loudly what a missing browser or server left untested."""
    yield
    for marker, what in LOUD.items():
        skipped = [report for report in terminalreporter.stats.get("skipped", []) if marker in report.keywords]
        if skipped:
            reasons = ", ".join(sorted({reason(report) for report in skipped}))
            terminalreporter.write_line(f"SKIPPED LOUDLY: {len(skipped)} {what}: {reasons}", red=True, bold=True)
