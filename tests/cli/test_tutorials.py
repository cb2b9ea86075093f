"""`bailian-nb tutorials DIR`: what a newcomer opens first, from an installed wheel too."""

from __future__ import annotations

import tomllib
from pathlib import Path

import nbformat
import pytest

from bailian_nb import cli

ROOT = Path(__file__).parents[2]


def test_every_tutorial_lies_in_the_folder_with_its_photographs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["tutorials", str(tmp_path / "教程")]) == 0
    names = {path.name for path in (tmp_path / "教程").glob("*.ipynb")}
    assert names == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert (tmp_path / "教程" / "photos" / "cat.jpg").is_file()
    for name in names:
        assert nbformat.read(tmp_path / "教程" / name, as_version=4).cells
    assert str(tmp_path / "教程" / "01_quickstart.ipynb") in capsys.readouterr().out


def test_one_that_you_have_changed_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "01_quickstart.ipynb"
    mine.write_text("mine", encoding="utf-8")
    assert cli.main(["tutorials", str(tmp_path)]) == 0
    assert mine.read_text(encoding="utf-8") == "mine"
    assert "left as it is" in capsys.readouterr().err
    assert cli.main(["tutorials", str(tmp_path)]) == 0, "twice is no fault"


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    assert cli.main(["tutorials", str(tmp_path / "taken")]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "cannot be written into" in err


def test_the_wheel_carries_every_tutorial() -> None:
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    carried = hatch["build"]["targets"]["wheel"]["force-include"]
    assert {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")} <= set(carried)
