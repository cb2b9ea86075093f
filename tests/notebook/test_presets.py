"""`--preset` in cells and on the command line, `preset=` in Python: what is sent, what is said of an unknown one."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.completer import provisionalcompleter

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.errors import InvalidRequest
from bailian_nb.notebook.completion import complete
from bailian_nb.session import session as sessions

from .conftest import SMALL

STYLES = """
[styles]
ink = "black ink on paper"

[styles."picture book"]
prompt = "{prompt}, French picture book, {os.environ[HOME]}"
strength = 0.25
negative_prompt = "photo"
"""


@pytest.fixture(autouse=True)
def _styles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bailian_nb.toml").write_text(STYLES)


def sent() -> dict[str, object]:
    return dict(sessions.current().jobs()[-1].request.values)  # type: ignore[union-attr]


def test_a_cell_is_worded_by_its_preset(cells, photo):
    ran = cells('%wan_edit style photo.png "a lighthouse" --preset "Picture Book" --seed 7 --wait -o job')
    assert ran.error is None
    # No variable is filled into a template: a cloned project could send a secret with it.
    assert sent()["prompt"] == "a lighthouse, French picture book, {os.environ[HOME]}"
    assert sent()["strength"] == 0.25
    assert cells.names["job"].outcome[0].record.prompt == sent()["prompt"]
    notes = cells.names["job"].notes
    assert "preset picture book" in notes
    assert "preset picture book: negative_prompt left out, the model takes none" in notes


def test_what_the_call_gives_holds(cells, photo):
    assert cells('%wan_edit style photo.png "a hill" --preset "picture book" --strength 0.75 --seed 7').error is None
    assert sent()["strength"] == 0.75


def test_a_template_without_a_place_stands_behind_the_prompt(cells):
    assert cells(f"%%wan_t2i --preset ink --seed 7 --size {SMALL}\na hill").error is None
    assert sent()["prompt"] == "a hill, black ink on paper"


@pytest.mark.parametrize("typed", ["inc", '"pictur book"', "{name}"])
def test_an_unknown_preset_is_one_line_with_the_near_one(cells, typed):
    cells.names["name"] = "inkk"
    line = str(cells(f"%%wan_t2i --preset {typed}\na hill").error)
    assert "\n" not in line
    assert "unknown preset" in line
    assert f"did you mean {'picture book' if 'book' in typed else 'ink'}?" in line
    assert line.endswith("Known: ink, picture book")
    assert sessions.current().jobs() == []


def test_python_takes_presets_and_names_what_is_wrong(photo):
    job = wan.t2i("a hill", preset="picture book", seed=7)
    assert job.request.values["negative_prompt"] == "photo"
    assert wan.rerun(job.result(), preset="ink", seed=8).request.prompt.endswith(", black ink on paper")
    with pytest.raises(InvalidRequest, match="preset is the name of a style, got 3"):
        wan.t2i("a hill", preset=3)
    Path("bailian_nb.toml").unlink()
    with pytest.raises(InvalidRequest, match=r"no preset 'ink': there are no styles yet; put a \[styles\] table into"):
        wan.t2i("a hill", preset="ink")


def test_the_command_line_takes_presets(capsys):
    assert cli.main(["t2i", "a hill", "--preset", "ink", "--dry-run"]) == 0
    assert "a hill, black ink on paper" in capsys.readouterr().out


def test_presets_are_completed_as_they_are_typed(cells):
    names = ["ink", "picture book"]
    assert complete("%wan_edit style x.png 'a' --preset ", presets=lambda: names).words == ("ink", '"picture book"')
    found = complete('%%wan_t2i --preset "pic', presets=lambda: names)
    assert (found.words, found.fragment, found.alone) == (('"picture book"',), '"pic', True)
    with provisionalcompleter():
        offered = list(cells.shell.Completer.completions("%%wan_t2i --preset i", len("%%wan_t2i --preset i")))
    assert "ink" in [each.text for each in offered]


@pytest.mark.seldom
def test_wildcards_are_an_axis_of_a_sweep_and_nothing_of_a_single_call(cells, photo):
    sweep = wan.sweep(photo, "style", "a {red|blue} hill", preset="ink", strength=[0, 1])
    assert sweep.plan["tasks"] == 4
    sweep.run().wait(60)
    prompts = {job.request.prompt for job in sweep.jobs}
    assert prompts == {"a red hill, black ink on paper", "a blue hill, black ink on paper"}
    assert cells('%wan_sweep style photo.png "a {red|blue} hill" --dry-run -o grid').error is None
    assert cells.names["grid"].plan["tasks"] == 2
    assert wan.t2i("a {red|blue} hill", seed=7).request.prompt == "a {red|blue} hill"
