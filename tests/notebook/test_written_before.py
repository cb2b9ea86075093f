"""The magics of today in a home of yesterday."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bailian_nb.store.journal import OPEN

from ..world.emulator_log import created
from ..world.written_before import Written
from .conftest import Cells


@pytest.fixture
def cells(written: Written, make_cells: Callable[..., Cells], monkeypatch: pytest.MonkeyPatch) -> Cells:
    cells = make_cells(load=False)
    monkeypatch.chdir(written.lab)
    return cells


def test_a_kernel_says_what_was_left_open(cells: Cells, written: Written) -> None:
    left = sum(row["state"] in OPEN for row in written.said["rows"])
    assert f"{left} job(s) of an earlier kernel are not finished" in cells("%load_ext bailian_nb").html


def test_history_lists_every_picture_and_finds_those_of_a_word(cells: Cells, written: Written) -> None:
    cells("%load_ext bailian_nb")
    html = cells("%wan history").html.replace("<wbr>", "")
    assert all(str(written.folder / name) in html for name in written.said["history"])
    assert html.count(".png") == len(written.said["history"])
    assert cells("%wan history cat").html.count(".png") == len(written.said["search"]["cat"])


@pytest.mark.seldom
def test_resume_shows_what_comes_back_and_asks_about_the_rest(cells: Cells, written: Written) -> None:
    before = created(written.home)
    cells("%load_ext bailian_nb")
    ran = cells("%wan resume")
    assert ran.error is None
    for prompt in ("A blue ball", "Hill 1", "A bridge", "A shop at night", "A lake", "Hill 3", "Remove the writing"):
        assert written.job(prompt) in ran.text
    assert str(written.folder / "out" / "unclaimed") in ran.text
    cells("%wan wait")
    assert created(written.home) == before


def test_inspect_and_rerun_take_an_old_file(cells: Cells, written: Written) -> None:
    before = created(written.home)
    cells("%load_ext bailian_nb")
    (ball,) = written.said["search"]["red ball"]
    ran = cells(f"%wan inspect {written.folder / ball}")
    assert "A red ball" in ran.html
    assert written.said["records"][ball]["task_id"] in ran.html
    ran = cells(f"%wan rerun {written.folder / ball} --wait -o again")
    assert ran.error is None
    assert [str(path) for path in cells.names["again"].result().paths] == [str(written.folder / ball)]
    assert created(written.home) == before


def test_cost_shows_what_was_spent_before(cells: Cells, written: Written) -> None:
    cells("%load_ext bailian_nb")
    html = cells("%wan cost --all").html
    for costs in written.said["costs"]:
        assert f"{costs['total']['cny']:.2f}" in html
    assert "shops.ipynb" in html
