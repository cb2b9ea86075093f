"""Above `confirm_above` a cell shows its plan and a Run button: nothing goes out before it is pressed, then once."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from typing import Any

import pytest
from PIL import Image

from bailian_nb import jobs
from bailian_nb.errors import BudgetExceeded, InvalidRequest, TaskCanceled, TaskFailed
from bailian_nb.session import session as sessions
from bailian_nb.session.held_job import HeldJob

from ..world.emulator_log import creates
from ..world.jumping_clock import until
from .conftest import NOW

STILL = [{"image/jpeg", "text/plain"}, {"text/html", "text/plain"}]
ASK = "%config WanMagics.confirm_above = 0.1"
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>\x1b[2J'


def ask(cells: Any, line: str = "--seed 7", prompt: str = f"A shop {NOW}", **given: Any) -> Any:
    cells(ASK)
    return cells(f"%%wan_t2i {line} -o job\n{prompt}", **given)


def test_a_cell_shows_its_plan_and_sends_nothing(cells):
    ran = ask(cells, "-n 4 --seed 7")
    assert ran.error is None
    job = cells.names["job"]
    assert ran.value is job
    assert (job.status, jobs(), creates()) == ("WAITING", [], 0)
    assert "<b>wan2.6-t2i</b> · EMULATOR" in ran.html
    assert "pictures: 4" in ran.html
    for part in ("n=4", "size=256*256", "seed=7", "CNY 0.80 (list price of ", "before free quota and savings plan"):
        assert ran.html.count(part) == 1, part
    assert "nothing is sent before Run is pressed (confirm_above is 0.10)" in ran.html
    assert "where there is no button: run the cell again with --run" in ran.html
    assert "nothing was sent. Run it again with --run" in ran.text


def test_run_sends_exactly_what_was_shown_once_however_often_it_is_pressed(cells):
    ran = ask(cells, "-n 2")
    job = cells.names["job"]
    shown = job.request
    pressed = [threading.Thread(target=job.run) for _ in range(6)]
    for thread in pressed:
        thread.start()
    for thread in pressed:
        thread.join()
    pictures = job.result(30)
    job.run()
    assert creates() == 1
    assert jobs() == [job]
    assert job.request is shown
    assert [picture.seed for picture in pictures] == [shown.seed, shown.seed + 1]
    until(lambda: [set(bundle) for bundle in ran.bundles] == STILL)
    assert f"seed={shown.seed}" in ran.text


def test_waiting_for_it_never_hangs_and_names_the_button(cells):
    ask(cells)
    job = cells.names["job"]
    line = f"BudgetExceeded: job {job.id} waits for its Run button and nothing was sent; press Run in its cell, or "
    for source in ("job.result()", "await job", "job.wait(5)", "%wan wait job"):
        ran = cells(source)
        assert isinstance(ran.error, BudgetExceeded), source
        assert ran.printed.startswith(line), source
        assert len(ran.printed.strip().splitlines()) == 1
    job.run()
    assert len(cells("job.result(30)").value) == 1
    assert len(asyncio.run(_awaited(job))) == 1


async def _awaited(job: Any) -> Any:
    return await job


def test_the_question_stands_still_until_it_is_answered(cells):
    ran = ask(cells)
    assert not [thread for thread in threading.enumerate() if thread.name == "bailian_nb-display"]
    assert [len(output.bundles) for output in ran.outputs] == [1, 1]


def test_wait_json_and_quiet_do_not_keep_the_cell_from_asking(cells):
    for line in ("--wait", "--json", "-q"):
        ran = ask(cells, line)
        assert ran.error is None
        assert "CNY 0.20 (list price of " in ran.html
        assert ran.printed == ""
    assert creates() == 0


def test_what_is_saved_is_plain_whatever_the_words_are(cells):
    ran = ask(cells, f"--seed 7 --negative '{HOSTILE}'", HOSTILE)
    assert [set(bundle) for bundle in ran.bundles] == [{"text/html", "text/plain"}] * 2
    for bundle in ran.bundles:
        assert "\x1b" not in "".join(bundle.values())
        for tag in ("<img", "<script", "<button"):
            assert tag not in bundle["text/html"]


def test_a_picture_is_sent_as_it_was_when_the_cell_ran(cells, photo):
    cells(ASK)
    cells(f"%wan_edit style photo.png 'gold leaf {NOW}' --seed 7 -o job")
    before = hashlib.sha256(photo.read_bytes()).hexdigest()
    Image.new("RGB", (800, 600), "red").save(photo)
    job = cells.names["job"]
    job.run()
    (picture,) = job.result(30)
    assert [each["sha256"] for each in picture.record.inputs] == [before]


@pytest.mark.seldom
def test_a_picture_that_is_still_drawn_is_waited_for_after_run(cells):
    cells(f"%%wan_t2i --seed 3 --size 640*640 -o shop\nA shop {NOW}")
    cells(ASK)
    cells(f"%wan_edit style shop 'gold leaf {NOW}' --seed 7 -o job")
    job = cells.names["job"]
    assert isinstance(job, HeldJob)
    job.run()
    assert len(job.result(30)) == 1
    assert creates() == 2


def test_a_cap_refuses_in_its_own_words_and_run_may_be_pressed_again(cells):
    ask(cells)
    job = cells.names["job"]
    cells("%config WanMagics.max_cost_day = 0.1")
    for _ in range(2):
        with pytest.raises(BudgetExceeded, match=r"for CNY 0\.20 would pass max_cost_day 0\.1 by list"):
            job.run()
    assert job.held
    cells("%config WanMagics.max_cost = 0.05\n%config WanMagics.max_cost_day = None")
    with pytest.raises(BudgetExceeded, match=r"max_cost is 0\.05; nothing was sent"):
        job.run()
    assert (creates(), jobs()) == (0, [])
    cells("%config WanMagics.max_cost = 2.0")
    job.run()
    assert len(job.result(30)) == 1
    assert creates() == 1


def test_the_plan_says_what_the_caps_say(cells):
    cells("%config WanMagics.max_cost_day = 1.5")
    assert "left of max_cost_day 1.5: CNY 1.50" in ask(cells).html
    cells("%config WanMagics.max_cost_day = 0.1")
    ran = ask(cells)
    assert ran.error is None, "a cap may be raised and Run pressed then"
    assert "⚠ 1 picture of wan2.6-t2i for CNY 0.20 would pass max_cost_day 0.1" in ran.html
    assert "max_cost is 0.1; nothing was sent" in ask(cells, "--max-cost 0.1").html


def test_the_same_request_twice_is_paid_once(cells):
    ask(cells, prompt="A shop emulator:latency=0.3")
    first = cells.names["job"]
    ask(cells, prompt="A shop emulator:latency=0.3")
    second = cells.names["job"]
    assert first is not second
    first.run()
    second.run()
    assert not second.held
    assert [picture.path for picture in second.result(30)] == [picture.path for picture in first.result(30)]
    assert second.task_id == first.task_id
    ask(cells, prompt="A shop emulator:latency=0.3", line="--seed 7 --no-cache")
    assert cells.names["job"].held, "draw again: that costs, so it asks"
    assert creates() == 1


def test_what_was_drawn_meanwhile_comes_from_disk(cells):
    ask(cells)
    job = cells.names["job"]
    assert cells(f"%%wan_t2i --seed 7 --run --wait\nA shop {NOW}").error is None
    job.run()
    assert job.result(5).cached
    assert creates() == 1


def test_the_one_that_joined_another_fails_and_is_canceled_with_it(cells):
    for prompt, error in (("emulator-blocked emulator:latency=0.3", TaskFailed), ("emulator:pending=60", TaskCanceled)):
        ask(cells, prompt=prompt)
        first = cells.names["job"]
        ask(cells, prompt=prompt)
        second = cells.names["job"]
        first.run()
        second.run()
        if error is TaskCanceled:
            assert second.cancel()
        with pytest.raises(type(first.wait(30).error)):
            second.result(30)
        assert second.status == first.status


def two(cells: Any, prompt: str) -> tuple[Any, Any]:
    """Return two that ask about the same request; the second joins the first when both are run."""
    ask(cells, prompt=prompt)
    first = cells.names["job"]
    ask(cells, prompt=prompt)
    return first, cells.names["job"]


def test_the_end_of_the_session_lets_go_who_waits_for_the_one_that_joined_another(cells):
    first, second = two(cells, "A shop emulator:pending=60")
    first.run()
    second.run()
    waiting = threading.Thread(target=second.wait, daemon=True)
    waiting.start()
    until(lambda: bool(first.task_id))
    sessions.current().close()
    waiting.join(2)
    assert not waiting.is_alive()
    assert not second.final
    assert str(second.error) == str(first.error)
    assert "the process ends" in str(second.error)
    second.run()
    with pytest.raises(type(first.error), match="the process ends"):
        second.result(2)


def test_a_callback_may_wait_for_the_one_that_joined_its_own_job(cells):
    first, second = two(cells, "A shop emulator:latency=0.2")
    found = []
    first.run()
    first.on_change(lambda job: found.append(second.result(5)) if job.final else None)
    second.run()
    until(lambda: bool(found))
    assert [picture.path for picture in found[0]] == [picture.path for picture in first.result(1)]


def test_an_interrupt_on_the_way_to_another_job_leaves_none_that_never_ends(cells):
    first, second = two(cells, "A shop emulator:latency=0.2")
    first.run()

    def interrupted(callback: Any) -> Any:
        del first.on_change
        raise KeyboardInterrupt

    first.on_change = interrupted
    with pytest.raises(KeyboardInterrupt):
        second.run()
    second.run()
    assert [picture.path for picture in second.result(5)] == [picture.path for picture in first.result(5)]
    assert creates() == 1


def test_the_button_of_a_cell_that_is_run_again_is_dead(cells):
    ask(cells, cell_id="one")
    old = cells.names["job"]
    ask(cells, "--seed 8", cell_id="two")
    other = cells.names["job"]
    assert old.held
    cells(f"%%wan_t2i --seed 9 -o job\nA shop {NOW}", cell_id="one")
    new = cells.names["job"]
    assert (old.status, other.held, new.held) == ("CANCELED", True, True)
    old.run()
    assert isinstance(old.error, TaskCanceled)
    assert "its cell was run again" in str(old.error)
    cells("job", cell_id="three")
    cells("job", cell_id="three")
    assert new.held, "a cell that only shows it does not own it"
    new.run()
    cells("1 + 1", cell_id="one")
    assert len(new.result(30)) == 1
    assert creates() == 1


def test_cancel_takes_the_button_away(cells):
    ran = ask(cells)
    job = cells.names["job"]
    assert "canceled" in cells("%wan cancel job").text
    job.run()
    assert (job.status, job.cost, creates()) == ("CANCELED", 0.0, 0)
    until(lambda: "was canceled before it was sent" in ran.html)


def test_another_key_than_the_one_that_was_shown_is_never_used(cells, monkeypatch):
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    ask(cells)
    job = cells.names["job"]
    assert job.emulator, "no key is configured"
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-0123456789abcdef0123456789abcdef")
    with pytest.raises(InvalidRequest, match="key, address or emulator have changed since this was shown"):
        job.run()
    assert job.held
    monkeypatch.delenv("DASHSCOPE_API_KEY")
    job.run()
    assert len(job.result(30)) == 1


@pytest.mark.parametrize("surroundings", ["headless", "terminal", "BAILIAN_NB_SYNC"])
def test_where_there_is_no_button_it_is_an_error(make_cells, monkeypatch, surroundings):
    if surroundings == "BAILIAN_NB_SYNC":
        monkeypatch.setenv("BAILIAN_NB_SYNC", "1")
    cells = make_cells(front_end=surroundings != "headless", terminal=surroundings == "terminal")
    ran = ask(cells)
    assert isinstance(ran.error, BudgetExceeded)
    assert "nothing was sent. Run it again with --run" in ran.printed
    assert "job" not in cells.names
    assert jobs() == []


def test_the_other_commands_know_it_by_its_variable(cells):
    ask(cells)
    assert "seed" in cells("%wan inspect job").text
    assert cells("%wan jobs").text == "no jobs in this kernel yet"
    assert cells("%wan rerun job --seed 8 -o again").error is None
    assert cells.names["again"].held
    assert cells("job").error is None
    assert creates() == 0


def test_chinese(cells):
    cells("%config WanMagics.lang = 'zh'")
    ran = ask(cells)
    assert "1 张图片" in ran.html
    assert "若无按钮：请加 --run 重新运行单元格" in ran.html
    assert "正在等待点击“运行”，尚未发送" in cells("job.result()").printed


def test_the_line_over_a_sweeps_grid_names_its_button_and_stays_true_after_it_was_pressed(cells):
    cells(ASK)
    ran = cells(f"%wan_sweep 'A shop {NOW}' --size 768*768 --axis seed=1,2 -o grid")
    assert ran.error is None
    for part in ("nothing is sent before Run is pressed (confirm_above is 0.10)", "estimate CNY 0.40", "with --run"):
        assert part in ran.html
    assert "nothing was sent" not in ran.html
    assert creates() == 0
    cells.names["grid"].run().wait(30)
    assert creates() == 2


@pytest.mark.parametrize("surroundings", ["headless", "terminal"])
def test_a_sweep_without_a_button_is_an_error_too(make_cells, surroundings):
    cells = make_cells(front_end=surroundings != "headless", terminal=surroundings == "terminal")
    cells(ASK)
    ran = cells("%wan_sweep 'A shop' --size 768*768 --axis seed=1,2 -o grid")
    assert isinstance(ran.error, BudgetExceeded)
    assert "nothing was sent. Run it again with --run" in ran.printed
    assert jobs() == []
