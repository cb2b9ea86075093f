"""The caps of a day and a month where calls are sent: in one process, over a sweep, and over kernels."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.jobs.job import Job
from bailian_nb.session import session as sessions
from bailian_nb.session.session import Session

from ..world.jumping_clock import until

NOW = "emulator:latency=0"


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


@pytest.mark.seldom
def test_what_is_sent_ahead_of_a_running_one_and_waits_behind_it_is_counted_before_it_is_sent(cap: Path) -> None:
    cap.write_text("max_cost_day = 0.6\n")

    def flash(seed: int) -> wan.Job:
        return wan.t2i(f"A hill emulator:latency={60 if seed < 5 else 0}", model="wan2.2-t2i-flash", seed=seed)

    jobs = [flash(seed) for seed in range(4)]
    full = "would pass max_cost_day 0.6 by list price: spent 0.00, on its way 0.56; nothing was sent"
    with pytest.raises(wan.BudgetExceeded, match=full):
        flash(4)
    until(lambda: all(job.task_id for job in jobs[:3]))
    assert jobs[2].status == "PENDING", "two are run at once, and one is sent ahead"
    assert not jobs[3].task_id
    with pytest.raises(wan.BudgetExceeded, match=full):
        flash(4)
    assert jobs[2].cancel()
    assert jobs[2].wait(10).status == "CANCELED"
    until(lambda: jobs[3].task_id)
    assert flash(5).id, "what was canceled before it ran costs nothing"
    with pytest.raises(wan.BudgetExceeded, match=full):
        flash(6)


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


@pytest.mark.seldom
def test_a_sweep_stops_where_the_day_ends(cap: Path, tmp_path: Path) -> None:
    Image.new("RGB", (512, 512), "tan").save("photo.png")
    sweep = wan.sweep("photo.png", "style", f"gold leaf {NOW}", strength=[0, 0.25, 0.5, 0.75, 1], seed=7).run().wait(60)
    assert [cell["state"] for cell in sweep.cells()] == ["SUCCEEDED"] * 3 + ["planned"] * 2
    assert "would pass max_cost_day 0.5" in sweep.cells()[3]["reason"]
    cap.write_text("max_cost_day = 0.7\n")
    again = wan.sweep("photo.png", "style", f"gold leaf {NOW}", strength=[0, 0.25, 0.5, 0.75, 1], seed=7).run().wait(60)
    assert [cell["state"] for cell in again.cells()] == ["SUCCEEDED"] * 5


@pytest.mark.parametrize("said", ["nan", "-1", "inf", "true", '"much"'])
def test_a_cap_that_is_no_amount_is_refused_and_nothing_is_sent(cap: Path, said: str) -> None:
    cap.write_text(f"max_cost_day = {said}\n")
    with pytest.raises(wan.InvalidRequest, match="max_cost_day must be a number of CNY, 0 or more, got "):
        draw(1)
    assert wan.jobs() == []


@pytest.mark.parametrize("said", ["0", '"0.1"'])
def test_a_cap_may_be_nothing_or_stand_in_quotes(cap: Path, said: str) -> None:
    cap.write_text(f"max_cost_month = {said}\n")
    assert "would pass max_cost_month 0" in refused(1)


@pytest.mark.seldom
def test_of_two_kernels_that_both_were_let_through_the_later_one_is_held(cap: Path) -> None:
    cap.write_text("max_cost_day = 0.4\n")
    picture = draw(1).result(30)[0]
    home = sessions.current().home
    sessions.current().close()
    kernels = [Session(home), Session(home)]
    inputs = [Job(id=f"input{i}", request=None, label="drawn", emulator=True, created=0.0, cost=0.0) for i in (1, 2)]
    first, second = (
        kernel.send(
            kernel.plan(
                model="wanx2.1-imageedit",
                function="stylization_all",
                values={"prompt": f"gold leaf {NOW}", "seed": seed},
                images=(drawn,),
            )
        )
        for seed, kernel, drawn in zip((3, 4), kernels, inputs, strict=True)
    )
    try:  # neither has a row before its input is there: each counts 0.20 that is spent and its own 0.14
        inputs[0].succeed(wan.Result([picture], cost=0.0), at=0.0)
        assert first.result(30)
        inputs[1].succeed(wan.Result([picture], cost=0.0), at=0.0)
        assert isinstance(second.wait(30).error, wan.BudgetExceeded)
        assert str(second.error) == (
            "1 picture of wanx2.1-imageedit style for CNY 0.14 would pass max_cost_day 0.4 by list price: "
            "spent 0.34, on its way 0.00; nothing was sent"
        )
        assert (second.status, second.cost, second.task_id) == ("FAILED", 0.0, "")
        assert second.id not in {row.id for row in kernels[1].journal.recent()}
        cap.write_text("max_cost_day = 0.6\n")
        more = kernels[1].plan(model="wan2.5-t2i-preview", values={"prompt": NOW, "size": "768*768", "seed": 9})
        assert kernels[1].send(more).result(30), "what comes after it is sent"
    finally:
        for kernel in kernels:
            kernel.close()
