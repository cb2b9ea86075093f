from __future__ import annotations

import pytest

from bailian_nb.widgets.outputs import outputs

from .conftest import NOW


def test_unloading_leaves_widgets_as_if_no_notebook_had_been_there(headless):
    assert not outputs.live()
    headless("%unload_ext bailian_nb")
    assert outputs.live()


def test_loading_twice_changes_nothing_and_unloading_takes_everything_back(cells):
    magics = cells.shell.magics_manager.magics
    before = magics["cell"]["wan_t2i"]
    cells("%load_ext bailian_nb\n%reload_ext bailian_nb")
    cells("%unload_ext bailian_nb")
    assert "wan_t2i" not in magics["cell"]
    assert "wan" not in magics["line"]
    assert outputs.publisher is None
    cells("%load_ext bailian_nb")
    assert magics["cell"]["wan_t2i"] != before


def test_config_shows_and_sets_the_settings(cells):
    assert "confirm_above" in cells("%config WanMagics").printed
    cells("%config WanMagics.n = 2\n%config WanMagics.size = '1000x900'")
    cells("%%wan_t2i -o job\nA shop")
    assert (cells.names["job"].request.n, cells.names["job"].request.values["size"]) == (2, "1000*900")
    assert cells("%config WanMagics.lang = 'fr'\n%wan jobs").error is None, "refused where it is set"


def test_importing_the_package_touches_no_shell(make_cells):
    cells = make_cells(load=False)
    cells("import bailian_nb as wan\nwan.Mask, wan.__version__")
    assert "wan" not in cells.shell.magics_manager.magics["line"]
    assert cells.shell.Completer.custom_matchers == []


def test_jobs_go_on_when_the_extension_is_unloaded(cells):
    cells(f"%%wan_t2i -o job\nA shop {NOW}")
    cells("%unload_ext bailian_nb")
    assert cells.names["job"].wait(20).status == "SUCCEEDED"


def test_unloading_leaves_widgets_as_they_were_before(headless):
    from bailian_nb.widgets.outputs import outputs

    assert outputs.publisher is not None
    assert not outputs.live()
    headless("%unload_ext bailian_nb")
    assert outputs.publisher is None
    assert outputs.live()


@pytest.mark.parametrize("above", ["#| label: fig-shop\n#| fig-alt: A shop\n", "# a sketch\n\n", "# %% [python]\n"])
def test_comments_above_a_cell_magic_are_no_part_of_it(above, cells):
    ran = cells(f"{above}%%wan_t2i -o job --seed 7\n# A shop {NOW}\n")
    assert ran.error is None, ran.printed
    assert cells.names["job"].request.prompt == f"# A shop {NOW}"


def test_comments_above_anything_else_stay_where_they_are(cells):
    assert cells("# one\n1 + 1").value == 2
    assert cells("# one\n%%no_magic_of_ours\nA shop").error is not None
    assert cells("# all\n# comments").error is None
