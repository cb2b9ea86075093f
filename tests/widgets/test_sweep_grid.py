"""The grid shows what a sweep says, asks for what a page wants, and passes on what is pressed."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from bailian_nb.errors import BudgetExceeded
from bailian_nb.sweeps.cell import ShownCell, SweepPlan
from bailian_nb.widgets import SweepGrid

from ..world.jumping_clock import until


def jpeg(colour: str, side: int = 64) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(file, "JPEG")
    return file.getvalue()


class Sweep:
    """Strength by seed, moved on by the test."""

    title = "stylization_all"
    emulator = True

    def __init__(self) -> None:
        self.axes: dict[str, list[Any]] = {"strength": [0, 0.25, 1.0], "seed": [1, 2]}
        self.plan: SweepPlan = {
            "images": 6,
            "tasks": 6,
            "cost": 0.84,
            "minutes": 1.5,
            "cached": 1,
            "invalid": [],
            "note": "list price",
        }
        self._cells: list[ShownCell] = [
            {"id": f"{strength}-{seed}", "labels": {"strength": strength, "seed": seed}, "state": "planned"}
            for seed in self.axes["seed"]
            for strength in self.axes["strength"]
        ]
        self.done: list[tuple[str, ...]] = []
        self.refuses = False
        self._tell: list[Callable[[Any], object]] = []

    def cells(self) -> list[ShownCell]:
        return self._cells

    def put(self, cell_id: str, **values: Any) -> None:
        cell = next(cell for cell in self._cells if cell["id"] == cell_id)
        cell.update(values)  # type: ignore[typeddict-item]
        for tell in self._tell:
            tell(self)

    def run(self) -> None:
        if self.refuses:
            raise BudgetExceeded("0.84 is too much")
        self.done.append(("run",))
        for cell in self._cells:
            self.put(cell["id"], state="QUEUED")

    def retry(self, cell_id: str) -> None:
        self.done.append(("retry", cell_id))

    def star(self, cell_id: str) -> None:
        self.done.append(("star", cell_id))
        self.put(cell_id, starred=True)

    def winner(self, cell_id: str) -> None:
        self.done.append(("winner", cell_id))

    def thumb(self, cell_id: str) -> bytes | None:
        return jpeg("red")

    def large(self, cell_id: str) -> bytes | None:
        return jpeg("red", 512)

    def original(self) -> bytes | None:
        return jpeg("blue", 512)

    def static_view(self) -> dict[str, str]:
        done = any(cell["state"] == "SUCCEEDED" for cell in self._cells)
        return {"text/plain": "sheet", **({"image/jpeg": "AAAA"} if done else {})}

    def caption(self, lang: str) -> dict[str, str]:
        return {"text/html": "<div>2 of 6</div>", "text/plain": "2 of 6"}

    def on_change(self, callback: Callable[[Any], object]) -> None:
        self._tell.append(callback)


@pytest.fixture
def sweep() -> Sweep:
    return Sweep()


@pytest.fixture
def grid(sweep: Sweep) -> SweepGrid:
    return SweepGrid(sweep)


def of(grid: SweepGrid, cell_id: str) -> dict[str, Any]:
    grid.refresh()
    found: dict[str, Any] = next(cell for cell in grid.cells if cell["id"] == cell_id)
    return found


def test_the_plan_comes_first_and_showing_it_sends_nothing(grid: SweepGrid, sweep: Sweep) -> None:
    assert grid.plan["lines"] == [
        "6 pictures in 6 tasks · about CNY 0.84 · about 1.5 min · 1 on disk already",
        "list price",
    ]
    assert grid.plan["run"] is True
    assert sweep.done == []
    assert repr(grid) == "<SweepGrid strength(3) x seed(2)>"


def test_axes_are_text_and_numbers(grid: SweepGrid) -> None:
    assert grid.axes[0] == {"name": "strength", "values": ["0", "0.25", "1"], "numbers": [0.0, 0.25, 1.0]}
    assert of(grid, "0.25-2")["at"] == [1, 1]
    assert of(grid, "0.25-2")["title"] == "strength 0.25, seed 2"


def test_run_is_one_message(grid: SweepGrid, sweep: Sweep) -> None:
    grid.comm.receive({"kind": "run"})
    assert sweep.done == [("run",)]
    assert {cell["state"] for cell in grid.cells} == {"waiting"}
    assert grid.plan == {"lines": [], "problems": [], "run": False}


def test_a_run_that_is_refused_is_shown_and_can_be_pressed_again(grid: SweepGrid, sweep: Sweep) -> None:
    sweep.refuses = True
    grid.comm.receive({"kind": "run"})
    assert grid.fault == "BudgetExceeded: 0.84 is too much"
    assert grid.answered == 1
    assert grid.plan["run"] is True


def test_a_cell_fills_when_it_is_done(grid: SweepGrid, sweep: Sweep) -> None:
    sweep.put("0-1", state="SUCCEEDED", seconds=4.26, cost=0.14)
    cell = of(grid, "0-1")
    assert (cell["state"], cell["line"], cell["version"], cell["retry"]) == ("done", "4.3 s · CNY 0.14", 1, False)


def test_a_cell_that_cost_nothing_says_why_and_names_no_price(grid: SweepGrid, sweep: Sweep) -> None:
    sweep.put("0-1", state="SUCCEEDED", seconds=4.26, cost=0.14, unpaid="EMULATOR, nothing billed")
    assert of(grid, "0-1")["line"] == "4.3 s", "the head says EMULATOR once for all cells"
    sweep.emulator = False
    sweep.put("0.25-1", state="SUCCEEDED", seconds=4.26, cost=0.14, unpaid="EMULATOR, nothing billed")
    assert of(grid, "0.25-1")["line"] == "4.3 s · EMULATOR, nothing billed"
    sweep.put("0-1", state="SUCCEEDED", seconds=0.0, cost=0.0, unpaid="from disk: same request", from_disk=True)
    assert of(grid, "0-1")["line"] == "from disk"


def test_a_failed_cell_keeps_place_code_and_a_retry(grid: SweepGrid, sweep: Sweep) -> None:
    sweep.put("1.0-2", state="FAILED", code="InternalError.Timeout", reason="<img onerror=x>", todo="Try again.")
    cell = of(grid, "1.0-2")
    assert (cell["at"], cell["code"], cell["reason"], cell["retry"]) == (
        [2, 1],
        "InternalError.Timeout",
        "<img onerror=x>",
        True,
    )
    grid.comm.receive({"kind": "retry", "ids": ["1.0-2", "unknown"]})
    assert sweep.done == [("retry", "1.0-2")]
    assert repr(grid) == "<SweepGrid strength(3) x seed(2): 1 failed>"


def test_invalid_cells_are_said_before_anything_runs(sweep: Sweep) -> None:
    sweep.plan["invalid"] = ["strength must lie in 0.0-1.0, got 1.4"]
    sweep.put("1.0-1", state="invalid", reason="strength must lie in 0.0-1.0")
    grid = SweepGrid(sweep)
    assert grid.plan["problems"] == ["strength must lie in 0.0-1.0, got 1.4"]
    assert of(grid, "1.0-1")["retry"] is False


def test_stars_and_winners_are_the_sweeps(grid: SweepGrid, sweep: Sweep) -> None:
    grid.comm.receive({"kind": "star", "id": "0-1"})
    grid.comm.receive({"kind": "winner", "id": "0-2"})
    grid.comm.receive({"kind": "star", "id": "unknown"})
    assert sweep.done == [("star", "0-1"), ("winner", "0-2")]
    assert of(grid, "0-1")["starred"] is True


def test_thumbnails_come_when_a_page_asks(grid: SweepGrid) -> None:
    grid.comm.receive({"kind": "thumbs", "ids": ["0-1", "0.25-1", "unknown"]})
    [(content, buffers)] = grid.comm.custom("thumbs")
    assert content == {"kind": "thumbs", "ids": ["0-1", "0.25-1"], "versions": [0, 0]}
    assert buffers == [jpeg("red")] * 2


def test_large_pictures_and_the_original_come_one_by_one(grid: SweepGrid) -> None:
    grid.comm.receive({"kind": "large", "ids": ["0-1"]})
    grid.comm.receive({"kind": "large", "ids": [""]})
    (first, one), (second, two) = grid.comm.custom("large")
    assert (first["ids"], one) == (["0-1"], [jpeg("red", 512)])
    assert (second["ids"], two) == ([""], [jpeg("blue", 512)])


def test_a_page_is_told_that_text_to_image_has_no_original(
    grid: SweepGrid, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "original", lambda: None)
    grid.comm.receive({"kind": "large", "ids": ["", "0-1"]})
    assert grid.comm.custom("none") == [({"kind": "none", "ids": [""]}, [])]
    assert [content["ids"] for content, _ in grid.comm.custom("large")] == [["0-1"]]


def test_the_ways_to_compare_have_words_in_both_languages(sweep: Sweep) -> None:
    english, chinese = (SweepGrid(sweep, lang=lang).texts for lang in ("en", "zh"))
    modes = [f"mode {mode}{more}" for mode in ("slider", "side", "blink", "diff", "overlay") for more in ("", " title")]
    for key in (*modes, "compare", "compare_with", "compare_keys", "grid_keys", "unlike", "unlike_diff", "swap"):
        assert english[key].isascii(), key
        assert not chinese[key].isascii(), key
    assert "C compares, M next way, D difference" in english["grid_keys"]


@pytest.mark.seldom
def test_a_message_stays_below_the_servers_limit(
    grid: SweepGrid, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.BytesIO()
    Image.effect_noise((1900, 1900), 90).convert("RGB").save(file, "PNG")
    monkeypatch.setattr(sweep, "thumb", lambda cell_id: file.getvalue())
    wanted = [cell["id"] for cell in grid.cells[:3]]
    grid.comm.receive({"kind": "thumbs", "ids": wanted})
    sent = grid.comm.custom("thumbs")
    assert [cell_id for content, _ in sent for cell_id in content["ids"]] == wanted
    assert max(sum(map(len, buffers)) for _, buffers in sent) < 8_000_000


def test_many_changes_are_few_updates_and_the_last_one_is_shown(grid: SweepGrid, sweep: Sweep) -> None:
    before = len(grid.comm.sent)
    for number in range(200):
        sweep.put("0-1", state="SUCCEEDED", seconds=float(number))
    assert len(grid.comm.sent) - before < 20
    until(lambda: next(cell for cell in grid.cells if cell["id"] == "0-1")["line"] == "199.0 s")


def test_a_sweep_that_changes_under_its_own_lock_does_not_hang(sweep: Sweep) -> None:
    lock = threading.Lock()
    cells = sweep.cells

    def locked() -> list[ShownCell]:
        with lock:
            return cells()

    sweep.cells = locked  # type: ignore[method-assign]
    grid = SweepGrid(sweep)
    threads = [threading.Thread(target=lambda: [grid.refresh() for _ in range(50)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(50):
        with lock:
            sweep._cells[0]["seconds"] = float(number)
        grid._follow(sweep)
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def test_what_stays_is_the_sweeps_sheet_under_a_text_that_is_stable(grid: SweepGrid, sweep: Sweep) -> None:
    sweep.put("0-1", state="SUCCEEDED")
    sweep.put("0.25-1", state="SUCCEEDED")
    grid.refresh()
    assert grid.static_view() == {"image/jpeg": "AAAA", "text/plain": "<SweepGrid strength(3) x seed(2): 2 done>"}


def test_what_the_price_leaves_out_is_said_in_the_words_of_the_grid(sweep: Sweep) -> None:
    sweep.plan["dated"] = "2026-11-21"
    assert [SweepGrid(sweep, lang=lang).plan["lines"][1] for lang in ("en", "zh")] == [
        "list price of 2026-11-21, before free quota and savings plan",
        "按 2026-11-21 目录价，未计免费额度与优惠",
    ]
