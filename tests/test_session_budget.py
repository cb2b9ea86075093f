"""The caps of a day and a month where calls are sent: in one process, over a sweep, and over kernels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import session as sessions
from bailian_nb import specs

NOW = "emulator:latency=0"


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    sessions.current().close()


@pytest.fixture
def cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let a project say that a day may cost CNY 0.50; three pictures of 0.20 are too many."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "bailian_nb.toml"
    path.write_text("max_cost_day = 0.5\n")
    return path


def draw(seed: int, prompt: str = NOW, **more: object) -> wan.Job:
    return wan.t2i(f"A hill {prompt}", model="wan2.5-t2i-preview", size="768*768", seed=seed, **more)  # type: ignore[arg-type]


def refused(seed: int, **more: object) -> str:
    with pytest.raises(wan.BudgetExceeded) as error:
        draw(seed, **more)
    return str(error.value)


def test_calls_in_one_breath_are_counted_before_their_rows_are_written(cap: Path) -> None:
    draw(1, "emulator:latency=1")
    draw(2, "emulator:latency=1")
    assert "would pass max_cost_day 0.5 by list price: spent 0.00, on its way 0.40; nothing was sent" in refused(3)
    assert len(wan.jobs()) == 2


def test_what_is_spent_stays_spent_in_the_next_kernel(cap: Path) -> None:
    for seed in (1, 2):
        draw(seed).result(30)
    sessions.current().close()
    assert "spent 0.40, on its way 0.00" in refused(3)
    assert draw(1).result(30).cached, "an answer from disk costs nothing"


def test_a_failed_task_gives_its_money_back(cap: Path) -> None:
    draw(1, f"emulator-blocked {NOW}").wait(30)
    draw(2, f"emulator-blocked {NOW}").wait(30)
    assert draw(3).result(30)


def test_a_cap_that_is_taken_away_holds_nothing(cap: Path) -> None:
    draw(1).result(30)
    cap.write_text("max_cost_day = 0.2\n")
    refused(2)
    cap.unlink()
    assert draw(2).result(30)


def test_max_cost_inf_sends_an_unknown_price_but_no_known_one_past_the_day(cap: Path) -> None:
    draw(1).result(30)
    draw(2).result(30)
    refused(3, max_cost=math.inf)
    row = specs.get("wan2.5-t2i-preview")
    specs.register(replace(row, prices=()))
    try:
        assert "max_cost_day 0.5 cannot be held" in refused(3)
        assert draw(3, max_cost=math.inf).result(30)
    finally:
        specs.register(row)


def test_a_sweep_stops_where_the_day_ends(cap: Path, tmp_path: Path) -> None:
    Image.new("RGB", (512, 512), "tan").save("photo.png")
    sweep = wan.sweep("photo.png", "style", f"gold leaf {NOW}", strength=[0, 0.25, 0.5, 0.75, 1], seed=7).run().wait(60)
    assert [cell["state"] for cell in sweep.cells()] == ["SUCCEEDED"] * 3 + ["planned"] * 2
    assert "would pass max_cost_day 0.5" in sweep.cells()[3]["reason"]
    cap.write_text("max_cost_day = 0.7\n")
    again = wan.sweep("photo.png", "style", f"gold leaf {NOW}", strength=[0, 0.25, 0.5, 0.75, 1], seed=7).run().wait(60)
    assert [cell["state"] for cell in again.cells()] == ["SUCCEEDED"] * 5
