"""IPython's terminal and jupyter console: what was made is printed once, with the path of its file."""

from __future__ import annotations

import pytest

from bailian_nb.config import parent
from bailian_nb.views import terminal as drawing

from .conftest import NOW


@pytest.fixture
def terminal(make_cells):
    return make_cells(terminal=True)


@pytest.mark.seldom
@pytest.mark.parametrize(
    "line",
    [
        f"%wan_t2i 'a cat {NOW}' --seed 1",
        f"%wan_sweep 'a cat {NOW}' --axis seed=1,2",
        "%wan_batch t2i rows.csv '{scene}' --dry-run",
        "%wan_batch t2i rows.csv '{scene}'",
    ],
)
def test_what_a_magic_has_shown_is_no_value_to_show_again(terminal, tmp_path, line):
    (tmp_path / "rows.csv").write_text(f"scene\na dog {NOW}\n", encoding="utf-8")
    ran = terminal(line)
    printed = [each for each in ran.printed.splitlines() if each.strip()]
    assert "Out[" not in ran.printed
    assert printed
    assert len(set(printed)) == len(printed)
    assert ran.value is not None
    assert terminal("_").value is ran.value, "it is the cell's value all the same"


def test_a_value_that_no_magic_has_shown_is_shown_as_ever(terminal):
    ran = terminal(f"import bailian_nb as wan\nwan.t2i('a cat {NOW}', size='256*256')")
    assert "Out[" in ran.printed
    assert str(ran.value.outcome[0].path) in ran.printed
    assert "Out[" in terminal("1 + 1").printed
    assert terminal(f"%wan_t2i 'a cat {NOW}';").printed.count("<Picture") == 1


def test_pictures_are_drawn_below_their_lines(terminal, monkeypatch):
    drawn = []
    monkeypatch.setattr(drawing, "draw", lambda jpeg: drawn.append(jpeg()))
    terminal(f"%wan_t2i 'a cat {NOW}' --seed 1 -o job")
    terminal("job.outcome")
    terminal("job.outcome[0]")
    terminal("job")
    assert len(drawn) == 4
    assert all(jpeg.startswith(b"\xff\xd8") for jpeg in drawn)


def test_unloading_gives_ipython_its_hook_back(terminal):
    assert terminal.shell.display_trap.hook is not terminal.shell.displayhook
    terminal("%unload_ext bailian_nb")
    assert terminal.shell.display_trap.hook is terminal.shell.displayhook


def test_jupyter_console_waits_and_says_where_the_picture_is(make_cells, monkeypatch):
    monkeypatch.setattr(parent, "jupyter_console", lambda: True)
    ran = make_cells()(f"%wan_t2i 'a cat {NOW}' -o job\njob")
    assert ran.printed.count(str(ran.value.outcome[0].path)) == 1
    assert ran.outputs == []


def test_jupyter_console_names_the_files_of_a_bare_result_and_opens_no_window(make_cells, monkeypatch):
    cells = make_cells()
    result = cells(f"%wan_t2i 'a cat {NOW}' -o job\njob.result()").value
    bundle, _ = cells.shell.display_formatter.format(result)
    assert "image/jpeg" in bundle, "a notebook shows it"
    monkeypatch.setattr(parent, "jupyter_console", lambda: True)
    bundle, _ = cells.shell.display_formatter.format(result)
    assert set(bundle) == {"text/plain"}
    assert str(result[0].path) in bundle["text/plain"]


def test_a_bare_result_names_its_files(terminal):
    terminal(f"%wan_t2i 'a cat {NOW}' -n 2 --seed 1 -o job")
    pictures = terminal("job.outcome").value
    shown = terminal("job.outcome").printed
    assert all(str(picture.path) in shown for picture in pictures)
    assert str(pictures[1].path) in terminal("job.outcome[1]").printed
    assert str(pictures[0].path) not in pictures._repr_mimebundle_()[0]["text/plain"], (
        "a saved notebook keeps no folder"
    )


def test_a_dry_run_is_the_plan_also_where_all_is_on_disk(terminal, tmp_path):
    (tmp_path / "rows.csv").write_text(f"scene\na dog {NOW}\n", encoding="utf-8")
    terminal("%wan_batch t2i rows.csv '{scene}'")
    said = terminal("%wan_batch t2i rows.csv '{scene}' --dry-run").printed
    assert "1 of 1 done" not in said
    assert "tasks to send" in said or "tasks" in said


def test_unloading_gives_ipython_its_own_words_back(terminal):
    terminal(f"%wan_t2i 'a cat {NOW}' --seed 1 -o job")
    value = terminal("job.outcome").value
    terminal("%unload_ext bailian_nb")
    assert "Result 1 picture>" in terminal.shell.display_formatter.format(value)[0]["text/plain"]
