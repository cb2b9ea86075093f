from __future__ import annotations

import time

import pytest

from bailian_nb.errors import WaitInterrupted
from bailian_nb.session import front
from bailian_nb.views import cell

from ..world.jumping_clock import standing_still, until
from .conftest import NOW

STILL = [{"image/jpeg", "text/plain"}, {"text/html", "text/plain"}]


def kinds(ran):
    return [set(output.data) for output in ran.outputs]


def until_frozen(ran):
    until(lambda: kinds(ran) == STILL)
    assert kinds(ran) == STILL


def test_both_outputs_move_while_it_runs_and_freeze_when_it_ends(cells):
    ran = cells("%%wan_t2i -o job\nA shop emulator:latency=0.6")
    job = cells.names["job"]
    job.on_change(lambda job: None)
    view, caption = ran.outputs
    until(lambda: job.status == "RUNNING")
    with standing_still():
        until(lambda: "RUNNING" in view.data["text/plain"])
    until_frozen(ran)
    states = [bundle["text/plain"] for bundle in view.bundles]
    assert states[0] != states[-1]
    assert any("RUNNING" in state for state in states)
    time.sleep(0.1)
    after = len(view.bundles), len(caption.bundles)
    time.sleep(0.4)
    assert (len(view.bundles), len(caption.bundles)) == after, "a frozen output is left alone"


def test_the_drawing_thread_ends_with_the_last_job_and_starts_again(cells):
    displays = front.here.display
    until_frozen(cells(f"%%wan_t2i --seed 1\nA shop {NOW}"))
    until(lambda: displays._thread is None)
    until_frozen(cells(f"%%wan_t2i --seed 2\nA shop {NOW}"))


def test_a_job_that_cannot_be_drawn_leaves_the_others_their_outputs(cells, monkeypatch, caplog):
    bad = cells("%%wan_t2i --seed 1 -o bad\nA shop emulator:latency=0.6")
    real = cell.caption

    def caption(job, lang):
        if job is cells.names["bad"]:
            raise ValueError("a fault of ours")
        return real(job, lang)

    monkeypatch.setattr(cell, "caption", caption)
    until_frozen(cells("%%wan_t2i --seed 2\nA shop emulator:latency=0.6"))
    assert len(bad.outputs) == 2
    until(lambda: f"display: {cells.names['bad'].id}" in caplog.text)


@pytest.mark.seldom
def test_each_cell_keeps_its_own_outputs(cells):
    rans = [cells(f"%%wan_t2i --seed {seed}\nA shop {NOW}") for seed in (1, 2, 3)]
    for seed, ran in zip((1, 2, 3), rans, strict=True):
        until_frozen(ran)
        assert f"seed={seed} " in ran.outputs[0].data["text/plain"]


def test_a_job_as_the_last_line_shows_itself(cells):
    cells("import bailian_nb as wan")
    ran = cells(f"wan.t2i('A shop {NOW}', size='256*256')")
    until_frozen(ran)
    assert ran.printed == ""


def test_python_calls_show_themselves_without_the_extension(make_cells):
    cells = make_cells(load=False)
    ran = cells(f"import bailian_nb as wan\njob = wan.t2i('A shop {NOW}', size='256*256')\njob")
    until_frozen(ran)
    assert "wan" not in cells.shell.magics_manager.magics["line"]


def test_the_same_job_in_a_later_cell_is_shown_there_too(cells):
    first = cells(f"%%wan_t2i -o job\nA shop {NOW}")
    second = cells("job")
    until_frozen(first)
    until_frozen(second)


def test_waiting_writes_the_finished_outputs_from_the_cell_that_waits(cells):
    ran = cells(f"%%wan_t2i -o job\nA shop {NOW}")
    cells("import threading\nresult = job.result()")
    assert kinds(ran) == STILL, "at once, not when the thread looks again"
    until_frozen(ran)
    time.sleep(0.3)
    before = len(ran.outputs[0].bundles)
    cells("for _ in range(5):\n    job.result()")
    assert len(ran.outputs[0].bundles) == before, "written once is enough"


def test_a_result_shows_each_picture(cells):
    cells(f"%%wan_t2i -n 2 -o job --seed 7 --wait\nA shop {NOW}")
    ran = cells("job.outcome[1]")
    assert ran.printed.strip() == "<Picture wan2.6-t2i 256x256 seed=8 EMULATOR>"


def test_a_broken_setting_stops_no_drawing(cells):
    ran = cells(f"%%wan_t2i -o job\nA shop {NOW}")
    cells("%config WanMagics.lang = 'fr'")
    until_frozen(ran)


def test_an_interrupt_of_a_waiting_cell_is_one_line_and_the_job_goes_on(cells, monkeypatch):
    cells("%%wan_t2i -o job\nA shop emulator:latency=0.5")
    job = cells.names["job"]
    from bailian_nb.system import loops

    calm = loops.concurrent.futures.wait

    def interrupted(*arguments, **more):
        monkeypatch.setattr(loops.concurrent.futures, "wait", calm)
        raise KeyboardInterrupt

    for line in ("job.result()", f"%wan wait {job.id}", "job.wait()"):
        monkeypatch.setattr(loops.concurrent.futures, "wait", interrupted)
        ran = cells(line)
        assert isinstance(ran.error, WaitInterrupted)
        (text,) = ran.printed.strip().splitlines()
        assert text.startswith("Interrupted: stopped waiting; ")
        assert job.id in text
    assert job.wait(20).status == "SUCCEEDED"


@pytest.mark.parametrize("sync", ["1", "0"])
def test_a_variable_of_the_environment_decides_whether_cells_wait(cells, monkeypatch, sync):
    monkeypatch.setenv("BAILIAN_NB_SYNC", sync)
    ran = cells(f"%%wan_t2i -o job\nA shop {NOW}")
    assert cells.names["job"].final == (sync == "1")
    until_frozen(ran)
    assert len(ran.outputs[0].bundles) == 1 or sync == "0"


@pytest.mark.seldom
def test_no_words_of_a_prompt_are_set_as_a_formula(headless, photo):
    sources = (
        f"%%wan_t2i -o job\nOver $5 and under $6 {NOW}",
        f"%%wan_t2i\n$5 and $6 emulator:fail=DataInspectionFailed {NOW}",
        "%%wan_t2i --dry-run\n$5 and $6",
        f"%wan_sweep instruct {photo} '$5 and $6 {NOW}' --axis strength=0,1 --seed 7",
        f"import bailian_nb as wan\nwan.MaskPainter({str(photo)!r})",
        f"wan.compare({str(photo)!r}, {str(photo)!r})",
        "%wan jobs",
        "%wan inspect job",
        "%wan help",
    )
    kept = '<div class="mathjax_ignore tex2jax_ignore">'  # in JupyterLab and Notebook 7; in pages of nbconvert
    for source in sources:
        shown = [bundle["text/html"] for bundle in headless(source).bundles if "text/html" in bundle]
        assert shown, source
        assert all(html.startswith(kept) and html.endswith("</div>") for html in shown), source


def test_every_picture_carries_words_for_those_who_cannot_see_it(headless, photo):
    for line in (f"%wan_t2i 'a cat {NOW}'", f"%wan_sweep 'a cat {NOW}' --axis seed=1,2"):
        (shown,) = [each for each in headless(line).outputs if "image/jpeg" in each.data]
        assert "a cat" in shown.metadata["image/jpeg"]["alt"]
