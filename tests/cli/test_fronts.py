"""The same mistake in Python, in a magic and on the command line: each is answered in its own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.errors import BailianError, one_line

from ..world.plain_pictures import plain_png, write

MISTAKES = {
    "a picture that is too large": (
        {"function": "style", "image": "large.png"},
        "fit=True shrinks or converts it",
        "--fit shrinks or converts it",
    ),
    "no mask": ({"function": "inpaint", "image": "photo.png"}, "give mask=, white", "give --mask, white"),
    "no synchronous call": (
        {"function": "style", "image": "photo.png", "sync": True},
        "leave out sync=True",
        "leave out --sync",
    ),
    "two ways to a frame": (
        {"function": "expand", "image": "photo.png", "to": "16:9", "left_scale": 1.5},
        "to=16:9 works the scales out",
        "--to 16:9 works the scales out",
    ),
    "the last seed": (
        {"function": "style", "image": "photo.png", "seed": 2147483647, "n": 2},
        "with n=2 passes",
        "with -n 2 passes",
    ),
}


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    monkeypatch.chdir(tmp_path)
    write(photo=plain_png("RGB", (640, 512), "teal"), large=plain_png("RGB", (5000, 3000), "teal"))
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False, "hist_file": ":memory:"}))
    wan.load_ipython_extension(shell)
    return shell


def options(given: dict[str, object]) -> list[str]:
    words: list[str] = []
    for name, value in given.items():
        if name not in ("function", "image"):
            words += [
                f"{'-' if len(name) == 1 else '--'}{name.replace('_', '-')}",
                *([] if value is True else [str(value)]),
            ]
    return words


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("name", MISTAKES)
def test_each_front_has_its_own_words(name: str, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    given, python, typed = MISTAKES[name]
    try:
        with pytest.raises(wan.InvalidRequest) as refused:
            wan.edit(prompt="x", **given)  # type: ignore[arg-type]
        assert python in str(refused.value)
        assert "--" not in str(refused.value)
        words = ["edit", str(given["function"]), str(given["image"]), "x", *options(given)]
        assert cli.main(words) == 1
        line = capsys.readouterr().err
        assert typed in line
        assert python not in line
        with pytest.raises(BailianError) as raised:
            shell.run_line_magic("wan_edit", " ".join(words[1:]))
        assert typed in "".join(raised.value._render_traceback_())
        assert python not in str(raised.value)
    finally:
        wan.unload_ipython_extension(shell)


SAME: dict[str, dict[str, object]] = {
    "too many": {"n": 9},
    "no whole number": {"n": 1.5},
    "no seed": {"seed": "a"},
    "a seed below 0": {"seed": -1},
    "out of range": {"strength": 7},
    "a third of a try": {"retries": 1.5},
    "too many tries": {"retries": 99},
    "no amount": {"max_cost": "x"},
    "an unknown model": {"model": "wanx2.1-imagedit"},
    "an unknown function": {"function": "stile"},
    "no such file": {"image": "foto.png"},
    "no scale": {"function": "expand"},
    "no function of it": {"upscale_factor": 2},
}


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("name", SAME)
def test_the_same_mistake_is_said_in_the_same_words(
    name: str, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"function": "style", "image": "photo.png", **SAME[name]}
    try:
        with pytest.raises(BailianError) as python:
            wan.edit(prompt="x", **given)  # type: ignore[arg-type]
        python.value.front = "magic"
        words = ["edit", str(given["function"]), str(given["image"]), "x", *options(given)]
        assert cli.main(words) == 1
        line = capsys.readouterr().err.strip()
        with pytest.raises(BailianError) as magic:
            shell.run_line_magic("wan_edit", " ".join(words[1:]))
        said = [one_line(python.value), one_line(magic.value), line]
        bare = {text.replace("'", "").replace("bailian-nb edit", "%wan_edit") for text in said}
        assert len(bare) == 1, said
    finally:
        wan.unload_ipython_extension(shell)
