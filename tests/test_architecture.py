"""The nevers of the house, read out of the source with `ast`; what an import sets going is asked of a fresh Python."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from .world.each import each
from .world.sources import files, nodes

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "bailian_nb"

FLOORS = [  # an import only ever goes down: never up, and never to a room of its own floor
    {"errors", "_version"},
    {"system"},
    {"specs"},
    {"store"},
    {"config", "texts"},
    {"images"},
    {"masks", "request"},
    {"gallery"},
    {"client", "emulator"},
    {"accounts", "broker"},
    {"money", "reconcile"},
    {"jobs"},
    {"planning"},
    {"session"},
    {"views"},
    {"sweeps"},
    {"batch"},
    {"api"},
    {"widgets"},
    {"notebook", "demo"},
    {"cli"},
]
PIXELS = {"images", "masks", "gallery", "emulator", "widgets", "sweeps", "views", "batch"}
HOMES = {  # library -> the only rooms that import it
    "IPython": {"notebook"},
    "ipykernel": {"notebook"},
    "anywidget": {"widgets"},
    "ipywidgets": {"widgets"},
    "traitlets": {"widgets", "notebook"},
    "httpx": {"client"},
    "httpcore": {"client"},
    "starlette": {"emulator", "broker"},
    "uvicorn": {"emulator", "broker"},
    "anyio": {"emulator"},
    "nest_asyncio": {"system"},
    "PIL": PIXELS,
    "numpy": PIXELS,
    "fsspec": {"store"},
    "platformdirs": {"config", "system"},
    "psutil": {"config"},
    "redis": {"accounts"},
    "filelock": {"system", "store", "accounts"},
    "tqdm": {"views"},
    "nbformat": {"demo"},
    "nbclient": {"demo"},
    "nbconvert": {"demo"},
    "jupyter_client": {"demo"},
}
FRONT_DOOR = "bailian_nb"
UPWARD_TYPES = "bailian_nb.gallery.actions"
"""The one file that names types of higher floors, for type checkers alone: what `Picture.edit` and `compare` return."""
A_USERS_OWN = {"pandas"}
"""Libraries that are used where the user has them, and imported under their name by type checkers alone."""


@dataclass(frozen=True, kw_only=True)
class Import:
    """One imported module; `room` is where the statement stands, `to` the room or library that it names."""

    file: Path
    line: int
    module: str
    to_module: str
    room: str
    to: str
    name: str
    ours: bool
    types_only: bool
    eager: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.to} ({self.name})"


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for file in files() for found in _imports_of(file))


def _imports_of(file: Path) -> Iterator[Import]:
    parts = file.relative_to(ROOT).with_suffix("").parts
    room = FRONT_DOOR if parts[1] in ("__init__", "__main__") else parts[1]
    package = parts[:-1]
    types = {inner for node in nodes(file) if _is_type_checking(node) for inner in ast.walk(node)}
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    late = {inner for node in nodes(file) if isinstance(node, functions) for inner in ast.walk(node)}
    for node in nodes(file):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *((node.module,) if node.module else ())])
            modules = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            ours = module.split(".")[0] == PACKAGE.name
            to = _room(module) if ours else module.split(".")[0]
            names = {"module": ".".join(parts).removesuffix(".__init__"), "to_module": _file(module), "name": module}
            where = {"file": file, "line": node.lineno, "room": room, "to": to, "ours": ours}
            yield Import(**where, **names, types_only=node in types, eager=node not in types and node not in late)


def _is_type_checking(node: ast.AST) -> bool:
    test = node.test if isinstance(node, ast.If) else None
    return getattr(test, "attr", getattr(test, "id", "")) == "TYPE_CHECKING"


def _room(module: str) -> str:
    names = module.split(".")[1:]
    is_room = names and ((PACKAGE / names[0]).is_dir() or (PACKAGE / f"{names[0]}.py").exists())
    return names[0] if is_room else FRONT_DOOR


def _file(module: str) -> str:
    """Return the module in whose file `module`, or the name that it ends in, is written."""
    path = ROOT.joinpath(*module.split("."))
    return module if path.is_dir() or path.with_suffix(".py").exists() else module.rpartition(".")[0]


def none(found: Iterator[Import]) -> None:
    assert not (lines := [str(item) for item in found]), "\n".join(lines)


def floor(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def test_every_room_is_on_a_floor():
    files = {file.relative_to(PACKAGE).parts[0].removesuffix(".py") for file in PACKAGE.rglob("*.py")}
    files -= {"__init__", "__main__"}
    assert files <= set().union(*FLOORS), "a new room: put it on a floor"


def test_contributors_read_the_floors_as_they_are():
    (line,) = [line for line in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines() if line[:2] == "3."]
    told = [
        set(re.findall(r"`(\w+)`", words)) for words in line.partition("From the ground: ")[2].split(". ")[0].split(";")
    ]
    assert told == [rooms - {"_version"} for rooms in FLOORS]


def test_no_import_runs_up_or_along_its_floor():
    inside = [item for item in imports() if item.ours and FRONT_DOOR not in (item.room, item.to)]
    inside = [item for item in inside if not (item.types_only and item.module == UPWARD_TYPES)]
    none(item for item in inside if item.to != item.room and floor(item.to) >= floor(item.room))


def test_no_circle_of_files_exists():
    graph: dict[str, set[str]] = {}
    for item in imports():
        if item.ours and item.module != item.to_module and not (item.types_only and item.module == UPWARD_TYPES):
            graph.setdefault(item.module, set()).add(item.to_module)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"files import each other: {' -> '.join(error.args[1])}")


def test_nothing_inside_goes_through_the_front_door():
    none(item for item in imports() if item.to == FRONT_DOOR)


def test_client_and_emulator_meet_only_over_http():
    none(item for item in imports() if (item.room, item.to) in {("client", "emulator"), ("emulator", "client")})
    none(
        item
        for item in imports()
        if item.room == "emulator" and item.ours and item.to not in {"emulator", "specs", "errors", "system"}
    )


def test_everybody_can_read_the_table():
    table = [item for item in imports() if item.room == "specs" and item.to not in {"specs", "errors"}]
    table = [item for item in table if not item.to_module.startswith(f"{FRONT_DOOR}.system.language")]
    none(item for item in table if item.ours or item.to not in sys.stdlib_module_names)


def test_client_jobs_gallery_and_emulator_work_without_a_notebook():
    low, high = {"client", "jobs", "gallery", "emulator"}, {"notebook", "widgets", "session"}
    none(item for item in imports() if item.room in low and item.to in high)


@each("library", HOMES)
def test_a_library_stays_in_its_room(library):
    outside = (item for item in imports() if item.to == library and item.room not in HOMES[library])
    none(item for item in outside if not item.types_only)


def test_every_library_is_declared_and_has_a_room():
    project = _pyproject()["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    declared = {re.split(r"[^\w-]", line)[0] for line in lines}
    spelled = {"IPython": "ipython", "PIL": "pillow", "nest_asyncio": "nest-asyncio"}
    brought = {"nbformat", "jupyter_client"}  # what nbclient stands on
    for item in imports():
        if item.ours or item.to in sys.stdlib_module_names or (item.types_only and item.to in A_USERS_OWN):
            continue
        assert spelled.get(item.to, item.to) in declared | brought, f"{item}, which pyproject.toml does not declare"
        assert item.to in HOMES, f"{item}, which has no room"


def test_numpy_is_loaded_by_masks_alone_until_a_product_is_looked_for():
    late = PACKAGE / "gallery" / "register.py"
    none(item for item in imports() if item.to == "numpy" and item.eager and item.room != "masks" and item.file != late)
    none(item for item in imports() if item.to_module == "bailian_nb.gallery.register" and item.eager)
    none(item for item in imports() if item.to == "masks" and item.eager and item.room not in {"masks", "widgets"})


def test_no_widget_class_is_imported_eagerly():
    none(
        item
        for item in imports()
        if item.to == "widgets" and item.eager and (item.room != "widgets" or item.file.stem == "__init__")
    )


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_front_door_loads_no_library():
    heavy = ["anyio", "asyncio", "sqlite3", *HOMES]
    assert run(f"import sys, bailian_nb; print(*sorted(set(sys.modules) & set({heavy})))") == ""


def test_the_specs_are_read_without_any_library():
    assert run(f"import sys, bailian_nb.specs; print(*sorted(set(sys.modules) & set({[*HOMES]})))") == ""


WATCH = """
import importlib, os, pkgutil, sys
sys.modules["rfc3987_syntax"] = None  # as in the first conftest.py: nbformat would build a grammar of IRIs with it
for library in {libraries}:
    importlib.import_module(library)
import PIL.Image, asyncio, bailian_nb

DEEDS = ("_thread.start_new_thread", "socket.connect", "sqlite3.connect", "os.mkdir", "subprocess.Popen", "os.rename")
def watch(event, args):
    if event in DEEDS or event == "open" and not str(args[0]).endswith((".py", ".pyc")):
        print(module, event)
sys.addaudithook(watch)

read = os._Environ.__getitem__
def getitem(self, key):
    if key.startswith(("BAILIAN", "DASHSCOPE", "HOME")):
        print(module, "reads", key)
    return read(self, key)
os._Environ.__getitem__ = getitem

for found in pkgutil.walk_packages(bailian_nb.__path__, "bailian_nb."):
    module = found.name
    if not module.startswith("bailian_nb.widgets.") and not module.endswith("__main__"):
        importlib.import_module(module)
module = "canary"
open(os.devnull).close()
os.environ.get("HOME")
print(*sorted({{"anywidget"}} & set(sys.modules)), end="")
"""


def test_no_module_does_anything_when_it_is_imported():
    libraries = sorted(set(HOMES) - {"anywidget", "ipywidgets", "numpy"})
    assert run(WATCH.format(libraries=libraries)) == "canary open\ncanary reads HOME"


def _pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
