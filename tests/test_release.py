"""What a release hands out besides the wheel: conda is told the same as pip, in a recipe that renders."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bailian_nb._version import __version__

ROOT = Path(__file__).parent.parent
RECIPE = ROOT / ".ci" / "conda" / "recipe.yaml"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
NAMES = {"nbconvert": "nbconvert-core"}  # conda-forge's name for it without pandoc and a browser


def for_conda(requirements: list[str]) -> list[str]:
    parts = [re.fullmatch(r"([\w-]+)(.*)", line).groups() for line in requirements]
    return [f"{NAMES.get(name, name)} {bound}" for name, bound in parts]


def told_to_pip() -> list[str]:
    return [f"python {PROJECT['requires-python']}", *for_conda(PROJECT["dependencies"])]


def test_conda_is_told_the_same_as_pip():
    recipe = RECIPE.read_text(encoding="utf-8")
    assert re.findall(r"    - (.+)\n", recipe.partition("  run:\n")[2].partition("\ntests:")[0]) == told_to_pip()
    assert re.search(r"^  version: (.+)$", recipe, re.MULTILINE)[1] == __version__


@pytest.fixture(scope="module")
def rendered() -> dict[str, Any]:
    """Return the recipe as rattler-build understands it; one package, since nothing in it depends on the machine."""
    try:
        from rattler_build import Stage0Recipe
    except ImportError:
        pytest.skip("py-rattler-build (the group `conda`) is not there")
    (variant,) = Stage0Recipe.from_file(RECIPE).render()
    return variant.recipe.to_dict()


@pytest.mark.conda
def test_the_recipe_renders_to_one_package_for_every_system(rendered: dict[str, Any]):
    assert rendered["package"] == {"name": PROJECT["name"], "version": __version__}
    assert rendered["build"]["noarch"] == "python"
    ((name, function),) = PROJECT["scripts"].items()
    assert rendered["build"]["python"]["entry_points"] == [f"{name} = {function}"]
    assert (RECIPE.parent / rendered["source"][0]["path"]).resolve() == ROOT
    assert [(ROOT / name).is_file() for name in rendered["about"]["license_file"]] == [True]


@pytest.mark.conda
def test_what_it_needs_is_what_pip_installs(rendered: dict[str, Any]):
    assert rendered["requirements"]["run"] == told_to_pip()
    assert rendered["requirements"]["host"][2:] == for_conda(PYPROJECT["build-system"]["requires"])


@pytest.mark.conda
def test_the_package_is_tried_after_it_is_built(rendered: dict[str, Any]):
    imports, commands = rendered["tests"]
    assert imports == {"python": {"imports": ["bailian_nb", "bailian_nb.cli"]}}  # `pip check` is the default
    assert [line.partition("bailian-nb ")[2].split()[0] for line in commands["script"]] == ["--version", "t2i"]
