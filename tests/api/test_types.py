"""A user's script under `mypy --strict`: every public name has its type, and no `Any` comes out of one."""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import bailian_nb as wan
from bailian_nb.batch.review import Reviewer
from bailian_nb.views.compare import Compare
from bailian_nb.views.history import History
from bailian_nb.views.job_list import JobList
from bailian_nb.views.report import Report

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).parents[1] / "data" / "users_script.py"
"""What `.ci/release` also reads against the wheel alone."""
MISSPELT = "import bailian_nb as wan\nwan.t2j('a cat')\n"
NEEDS_MYPY = pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is of the group `lint`")
JSON = ("to_dict", "to_dataframe")
"""Methods whose values are JSON, or a frame of a library that may not be there."""


def check(script: str, folder: Path, *options: str) -> str:
    """Return what mypy says of a script, which finds this package as an installed one with its types."""
    file = folder / "script.py"
    file.write_text(script, encoding="utf-8")
    words = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--config-file=", *options, file.name]
    env = {**os.environ, "MYPYPATH": str(ROOT)}
    return subprocess.run(words, capture_output=True, text=True, cwd=folder, env=env, check=False).stdout


@NEEDS_MYPY
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_any_comes_out_of_a_public_name(tmp_path: Path) -> None:
    assert (
        check(SCRIPT.read_text("utf-8"), tmp_path, "--disallow-any-expr")
        == "Success: no issues found in 1 source file\n"
    )
    assert 'Module has no attribute "t2j"' in check(MISSPELT, tmp_path)


def test_every_name_of_the_front_door_is_told_to_type_checkers() -> None:
    source = (ROOT / "bailian_nb" / "__init__.py").read_text(encoding="utf-8")
    named = source.partition("if TYPE_CHECKING:")[2].partition("\n_HOMES")[0]
    for name in dir(wan):
        if not name.startswith("__") and not inspect.ismodule(thing := getattr(wan, name)):
            assert f" {name}\n" in named or f" {name}," in named or f"def {name}(" in source, thing


def test_no_public_method_returns_any() -> None:
    public = [getattr(wan, name) for name in dir(wan) if not name.startswith("__")]
    classes = [each for each in public if inspect.isclass(each)]
    found = []
    for each in [*classes, Compare, History, JobList, Report, Reviewer]:
        for name, member in inspect.getmembers_static(each):
            made = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            if name.startswith("_") or not inspect.isfunction(made) or not made.__module__.startswith("bailian_nb"):
                continue
            told = str(inspect.signature(made).return_annotation)
            if name not in JSON and ("Any" in told or made.__annotations__.get("return", "") == ""):
                found.append(f"{each.__name__}.{name} -> {told}")
    assert found == []


def test_the_script_names_every_public_name_but_those_of_the_extension() -> None:
    used = set(re.findall(r"wan\.(\w+)", SCRIPT.read_text("utf-8")))
    raised = {name for name in wan.__all__ if isinstance(getattr(wan, name), type) and name.endswith("Error")}
    assert set(wan.__all__) - raised - {"load_ipython_extension", "unload_ipython_extension", "Plan"} <= used
