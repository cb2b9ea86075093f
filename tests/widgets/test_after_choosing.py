"""After choosing: the grid plans more cells about the chosen one, hands out code and writes files; it sends nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.sweeps.finer import between
from bailian_nb.widgets import SweepGrid

PROMPT = "Convert to gold leaf"


@pytest.fixture
def grid(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SweepGrid:
    monkeypatch.chdir(tmp_path)
    image = Image.radial_gradient("L").resize((640, 640)).convert("RGB")
    sweep = wan.sweep(image, "stylization_all", PROMPT, strength=[0.2, 0.5, 0.8], seed=[7])
    return SweepGrid(sweep.run().wait())


def wish(grid: SweepGrid, monkeypatch: pytest.MonkeyPatch, what: str, cell: int = 1) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(grid, "send", lambda content, buffers=None: sent.append(content))
    grid.refresh()
    grid._receive(grid, {"kind": "wish", "wish": what, "id": grid.cells[cell]["id"]}, [])
    return sent


@pytest.mark.parametrize(
    ("values", "chosen", "new"),
    [
        ((0.2, 0.5, 0.8), 0.5, [0.3, 0.4, 0.6, 0.7]),
        ((0.8, 0.2, 0.5), 0.8, [0.6, 0.7]),
        ((1, 2, 10), 2, [5, 7]),
        ((3,), 3, []),
    ],
)
def test_new_values_lie_between_the_chosen_one_and_its_neighbours(
    values: tuple[float, ...], chosen: float, new: list[float]
) -> None:
    assert between(values, chosen) == new


@pytest.mark.seldom
def test_nearby_values_are_planned_and_not_sent(grid: SweepGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(grid.sweep.jobs)
    wish(grid, monkeypatch, "nearby")
    assert grid.axes[0]["values"] == ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8"]
    assert [cell["state"] for cell in grid.cells] == [
        "done",
        "planned",
        "planned",
        "done",
        "planned",
        "planned",
        "done",
    ]
    assert (len(grid.sweep.jobs), grid.plan["run"]) == (before, True)


@pytest.mark.seldom
def test_another_seed_is_a_row_more_and_not_sent(grid: SweepGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    wish(grid, monkeypatch, "reseed")
    assert len(grid.sweep.axes["seed"]) == 2
    assert [cell["state"] for cell in grid.cells].count("planned") == 3
    assert grid.answered == 1


@pytest.mark.seldom
@pytest.mark.parametrize(
    ("what", "part"), [("code", "job = rerun("), ("edit", "wan.MaskPainter("), ("upscale", "'super_resolution'")]
)
def test_code_names_the_picture_s_file(grid: SweepGrid, monkeypatch: pytest.MonkeyPatch, what: str, part: str) -> None:
    [answer] = wish(grid, monkeypatch, what)
    assert answer["kind"] == "code"
    assert part in answer["text"]
    assert repr(str(grid.sweep.jobs[1].result()[0].path)) in answer["text"]
    compile(answer["text"], "cell", "exec")


@pytest.mark.seldom
@pytest.mark.parametrize(("what", "suffix"), [("sheet", ".png"), ("page", ".html")])
def test_a_file_of_the_sweep_replaces_no_other(
    grid: SweepGrid, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str, suffix: str
) -> None:
    for _ in range(2):
        [answer] = wish(grid, monkeypatch, what)
        assert (tmp_path / answer["path"]).stat().st_size > 1000
    assert len(list(tmp_path.glob(f"sweep_*{suffix}"))) == 2


@pytest.mark.seldom
def test_an_unknown_wish_does_nothing(grid: SweepGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wish(grid, monkeypatch, "rm -rf") == []
    assert grid.fault == ""
