"""Sweeps over the emulator: nothing before run(), every failure kept, only what is missing done again."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.config import home
from bailian_nb.gallery.marks import PictureMarks
from bailian_nb.sweeps.export import plan_table

from ..world.emulator_log import creates

PLANTED = (
    "emulator:fail=InternalError.Timeout@strength=0.25,try=1 emulator:fail=DataInspectionFailed@strength=0.75,try=1"
)


pytestmark = pytest.mark.usefixtures("unlimited")


def made(photo: Path, prompt: str = "Convert to French picture book style", **more: object) -> wan.Sweep:
    return wan.sweep(photo, "style", prompt, **{"strength": [0, 0.25, 0.5, 0.75, 1], "seed": 7, **more})


def test_a_cell_says_that_nothing_was_paid_and_why(photo: Path) -> None:
    first = made(photo, strength=[0.5]).run()
    first.wait(30)
    assert [cell.get("unpaid") for cell in first.cells()] == ["EMULATOR, nothing billed"]
    again = made(photo, strength=[0.5]).run()
    assert [cell.get("unpaid") for cell in again.cells()] == ["from disk: same request, nothing sent"]


def test_a_plan_sends_nothing_and_says_what_running_takes(photo: Path) -> None:
    sweep = made(photo, strength=[0, 0.5, 1.4], seed=[1, 2])
    plan = sweep.plan
    assert (plan["tasks"], plan["images"], plan["cost"], plan["cached"]) == (4, 4, pytest.approx(0.56), 0)
    assert all("1.4" in line for line in plan["invalid"])
    assert len(plan["invalid"]) == 2
    assert plan["minutes"] > 0
    assert sweep.jobs == []
    assert not (home() / "journal.sqlite").exists()


@pytest.mark.parametrize(("lang", "price"), [("en", "CNY 0.56 (list price of "), ("zh", "¥0.56 (按 ")])
def test_the_plan_is_a_table_too(photo: Path, lang: str, price: str) -> None:
    sweep = made(photo, strength=[0, 0.5, 1.4], seed=[1, 2])
    text = sweep.plan_table(lang)["text/plain"]
    assert price in text
    assert text.count("must lie in 0.0-1.0, got 1.4") == 2


def test_a_plan_is_plain_data_that_a_cell_shows_as_a_table(photo: Path) -> None:
    plan = made(photo, strength=[0, 0.5]).plan
    assert json.loads(json.dumps(plan)) == dict(plan)
    assert "<td" in plan._repr_html_()  # type: ignore[attr-defined]
    assert "tasks to send" in plan._repr_html_()  # type: ignore[attr-defined]


def test_a_plan_of_which_nothing_can_be_sent_has_a_date_too(photo: Path) -> None:
    sweep = made(photo, strength=[2, 3])
    assert sweep.plan["tasks"] == 0
    assert re.search(r"list price of 20\d\d-\d\d, ", sweep.plan["note"])
    assert "cannot run" in sweep.plan_table("en")["text/plain"]


def test_its_cells_are_rows_of_a_frame_before_and_after(photo: Path) -> None:
    sweep = made(photo, strength=[0.5, 1.4])
    before, wrong = sweep.to_dicts()
    assert (before["strength"], before["state"], before["file"], before["seed"]) == (0.5, "planned", "", 7)
    assert (wrong["strength"], wrong["state"]) == (1.4, "invalid")
    assert "1.4" in wrong["reason"]
    sweep.run().wait(30)
    sweep.best = sweep.result(strength=0.5)[0]
    after, _ = sweep.to_dicts()
    assert after["file"] == str(sweep.result(strength=0.5)[0].path)
    assert (after["seed"], after["winner"], after["cost"]) == (7, True, 0.0)
    assert after["seconds"] > 0
    found = made(photo, strength=[0.5]).run()
    assert found.wait(30).to_dicts()[0]["seconds"] is None, "what is on disk took no time of the service"
    assert after.keys() == wrong.keys()


def test_without_a_price_the_table_says_so(photo: Path) -> None:
    sweep = made(photo, strength=[0])
    plan = {**sweep.plan, "cost": None}
    text = plan_table("x", plan, "en")["text/plain"]  # type: ignore[arg-type]
    assert "price unknown" in text
    assert "list price" not in text


@pytest.mark.seldom
def test_eight_strengths_with_two_failures_then_only_those_again(photo: Path) -> None:
    strengths = [0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 1]
    sweep = made(photo, f"Convert to gold leaf {PLANTED}", strength=strengths).run().wait(60)
    states = [cell["state"] for cell in sweep.cells()]
    assert (states.count("SUCCEEDED"), states.count("FAILED")) == (6, 2)
    assert {cell.get("code") for cell in sweep.cells() if cell["state"] == "FAILED"} == {
        "InternalError.Timeout",
        "DataInspectionFailed",
    }
    assert all(cell["todo"] for cell in sweep.cells() if cell["state"] == "FAILED")
    assert creates() == 8
    sweep.retry_failed().wait(60)
    assert [cell["state"] for cell in sweep.cells()] == ["SUCCEEDED"] * 8
    assert creates() == 10


@pytest.mark.seldom
def test_a_sweep_without_one_picture_raises_where_nobody_looks(photo: Path) -> None:
    sweep = made(photo, "style emulator:fail=DataInspectionFailed", strength=[0, 1]).run().wait(60)
    with pytest.raises(wan.ContentRejected):
        sweep.raise_if_nothing()
    made(photo, f"style {PLANTED}", strength=[0, 0.25]).run().wait(60).raise_if_nothing()


def test_an_inverted_mask_and_no_cache_are_obeyed(photo: Path) -> None:
    mask = Image.new("L", (512, 512), 255)
    mask.paste(0, (0, 0, 100, 100))
    sweep = wan.sweep(photo, "inpaint", "hat", mask=mask, invert=True, seed=[1], cache=False).run().wait(60)
    assert sweep.jobs[0].request.mask.open().getpixel((5, 5)) == 255
    wan.sweep(photo, "inpaint", "hat", mask=mask, invert=True, seed=[1], cache=False).run().wait(60)
    assert creates() == 2


def test_running_the_cell_again_sends_only_what_is_missing(photo: Path) -> None:
    made(photo).run().wait(60)
    again = made(photo)
    assert again.plan["tasks"] == 0
    assert again.plan["cached"] == 5
    told = again.plan_table("en")["text/plain"]
    assert "on disk already  5" in told
    assert not re.search("CNY|minutes|pictures", told), "nothing is to send: it has no price and takes no time"
    again.run().wait(60)
    assert creates() == 5
    wider = made(photo, strength=[0, 0.25, 0.5, 0.6, 0.75, 1]).run().wait(60)
    assert wider.final
    assert creates() == 6


def test_what_a_saved_notebook_keeps_is_drawn_of_thumbnails_that_are_made_once(photo: Path) -> None:
    sweep = made(photo).run().wait(60)
    first = sweep.static_view()
    for job in sweep.jobs:
        job.result()[0].path.unlink()
    assert sweep.static_view() == first


def test_a_cell_on_its_way_is_joined_not_sent_again(photo: Path) -> None:
    first = made(photo, "style emulator:latency=1", strength=[0.5, 1]).run()
    second = made(photo, "style emulator:latency=1", strength=[0.5, 1]).run()
    assert [job.id for job in first.jobs] == [job.id for job in second.jobs]
    second.wait(60)
    assert creates() == 2


def test_without_a_seed_one_is_locked_over_all_cells_and_reruns(photo: Path) -> None:
    seeds = {cell.plan.request.seed for cell in made(photo, seed=None)._cells}
    assert len(seeds) == 1
    assert seeds == {cell.plan.request.seed for cell in made(photo, seed=None)._cells}
    assert seeds != {cell.plan.request.seed for cell in made(photo, "another prompt", seed=None)._cells}


def test_extend_keeps_what_is_done_and_sorts_numbers(photo: Path) -> None:
    sweep = made(photo, strength=[0, 1]).run().wait(60)
    sweep.extend(strength=[0.5]).run().wait(60)
    assert sweep.axes["strength"] == (0, 0.5, 1)
    assert creates() == 3
    with pytest.raises(wan.InvalidRequest, match="no axis of this sweep, did you mean strength"):
        sweep.extend(strenght=[0.2])


def test_result_names_one_cell(photo: Path) -> None:
    sweep = made(photo, strength=[0, 1], seed=[1, 2]).run().wait(60)
    assert sweep.result(strength=1, seed=2)[0].seed == 2
    with pytest.raises(wan.InvalidRequest, match="2 cells have strength=1"):
        sweep.result(strength=1)
    with pytest.raises(wan.InvalidRequest, match="was not sent yet"):
        made(photo, strength=[0.3, 0.4]).result(strength=0.3)


def test_stars_and_winner_outlive_the_object(photo: Path) -> None:
    sweep = made(photo, strength=[0, 1]).run().wait(60)
    first, second = (cell["id"] for cell in sweep.cells())
    sweep.star(first)
    assert sweep.best is not None
    sweep.winner(second)
    again = made(photo, strength=[0, 1])
    assert [cell["starred"] for cell in again.cells()] == [True, False]
    assert [cell["winner"] for cell in again.cells()] == [False, True]
    assert again.best is not None
    assert again.best.record.values["strength"] == 1.0
    again.winner(second)
    assert made(photo, strength=[0, 1]).best == again.best or again.cells()[0]["starred"]


def test_a_star_is_the_gallerys(photo: Path) -> None:
    sweep = made(photo, strength=[0, 1])
    first, second = (cell["id"] for cell in sweep.cells())
    sweep.star(second)
    assert [cell["starred"] for cell in sweep.cells()] == [False, True]
    sweep.run().wait(60)
    sweep.star(first)
    assert [cell["starred"] for cell in sweep.cells()] == [True, True]
    pictures = [sweep.result(strength=value)[0] for value in (0, 1)]
    found = wan.history(starred=True)
    assert {each.path for each in found} == {each.path for each in pictures}
    PictureMarks(home()).star([pictures[1]], False)
    assert [cell["starred"] for cell in sweep.cells()] == [True, False]
    assert [cell["starred"] for cell in made(photo, strength=[0, 1]).cells()] == [True, False]
    sweep.star(first)
    assert not wan.history(starred=True)


def test_a_cap_stops_the_sweep_before_the_task_that_would_pass_it(photo: Path) -> None:
    sweep = made(photo).run(max_cost=0.5).wait(60)
    assert [cell["state"] for cell in sweep.cells()] == ["SUCCEEDED"] * 3 + ["planned"] * 2
    left = "not sent: the sweep has spent CNY 0.42 by list price, 0.14 more would pass max_cost 0.5"
    assert all(cell["reason"].startswith(left) for cell in sweep.cells()[3:])
    assert f"2 cells: {left}" in sweep.caption()["text/html"]
    assert creates() == 3
    with pytest.raises(wan.BudgetExceeded, match=r"has spent CNY 0\.42"):
        sweep.run(max_cost=0.5)  # the cap is the sweep's, not the run's
    assert creates() == 3
    sweep.run(max_cost=0.7).wait(60)
    assert [cell["state"] for cell in sweep.cells()] == ["SUCCEEDED"] * 5
    assert not any(cell["reason"] for cell in sweep.cells())
    assert creates() == 5


@pytest.mark.seldom
def test_a_failed_cell_takes_nothing_of_the_cap_and_one_from_disk_neither(photo: Path) -> None:
    strengths = [0, 0.25, 0.5]
    sweep = made(photo, f"Convert to gold leaf {PLANTED}", strength=strengths).run(max_cost=0.42).wait(60)
    assert [cell["state"] for cell in sweep.cells()] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    sweep.run(max_cost=0.42).wait(60)
    assert [cell["state"] for cell in sweep.cells()] == ["SUCCEEDED"] * 3
    assert made(photo, f"Convert to gold leaf {PLANTED}", strength=strengths).run(max_cost=0).final


@pytest.mark.seldom
def test_a_cell_that_is_tried_again_stays_within_the_cap_of_the_whole(photo: Path) -> None:
    words = "Convert to gold leaf emulator:fail=InternalError.Timeout@strength=0.5,try=1"
    sweep = made(photo, words, strength=[0, 0.5]).run(max_cost=0.28).wait(60)
    failed = sweep.cells()[1]["id"]
    sweep.extend(strength=[0.25]).run(max_cost=0.28).wait(60)
    assert [cell["state"] for cell in sweep.cells()] == ["SUCCEEDED", "SUCCEEDED", "FAILED"]
    with pytest.raises(wan.BudgetExceeded, match=r"has spent CNY 0\.28 by list price, 0\.14 more"):
        sweep.retry(failed)
    with pytest.raises(wan.BudgetExceeded):
        sweep.retry_failed()
    assert creates() == 3
    sweep.run(max_cost=0.42).wait(60)
    assert [cell["state"] for cell in sweep.cells()] == ["SUCCEEDED"] * 3


def test_a_cap_below_the_first_task_sends_nothing_and_says_so(photo: Path) -> None:
    sweep = made(photo)
    with pytest.raises(
        wan.BudgetExceeded, match=r"spent CNY 0\.00 by list price, 0\.14 more would pass max_cost 0\.1;"
    ):
        sweep.run(max_cost=0.1)
    assert sweep.jobs == []
    with pytest.raises(wan.InvalidRequest, match="max_cost must be a number of CNY"):
        sweep.run(max_cost=-1)
    assert len(sweep.run(max_cost="inf").jobs) > 0  # type: ignore[arg-type]  # as the command line writes it


def test_an_unknown_price_cannot_be_held_by_a_cap_unless_the_user_says_so(photo: Path) -> None:
    row = specs.get("wanx2.1-imageedit")
    specs.register(replace(row, prices=()))
    try:
        sweep = made(photo, strength=[0, 1])
        assert sweep.plan["cost"] is None
        with pytest.raises(wan.BudgetExceeded, match=r"is unknown, max_cost is 5; .*max_cost=inf"):
            sweep.run(max_cost=5)
        assert sweep.jobs == []
        assert sweep.run(max_cost=math.inf).wait(60).final
    finally:
        specs.register(row)


@pytest.mark.seldom
def test_text_to_image_sweeps_over_sizes_and_prompts() -> None:
    sweep = wan.sweep(prompt=["a hill", "a valley"], size=["1:1", "16:9"], seed=3).run().wait(90)
    sizes = [(cell.picture.width, cell.picture.height) for cell in sweep._cells if cell.picture]
    assert sizes == [(1280, 1280), (1696, 960)] * 2


def test_a_missing_mask_makes_every_cell_invalid_and_sends_nothing(photo: Path) -> None:
    plan = wan.sweep(photo, "inpaint", "x", seed=[1]).plan
    assert "needs a mask" in plan["invalid"][0]
    assert plan["tasks"] == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda photo: made(photo, strength=0.5), "needs an axis"),
        (lambda photo: made(photo, strenght=[1]), "did you mean strength"),
        (lambda photo: wan.sweep(photo, "styel", "x", strength=[1]), "did you mean"),
        (lambda photo: wan.sweep(photo, None, "x", strength=[1]), "needs a function"),
        (
            lambda photo: wan.sweep("a red cat", seed=[1, 2]),
            r"'a red cat' is none: for text to image write sweep\(prompt='a red cat', seed=\[1, 2\]\), for an edit",
        ),
        (lambda photo: wan.sweep("nowhere.png", "style", "x", strength=[1]), "does not exist"),
    ],
)
def test_bad_input_is_one_line_and_sends_nothing(photo: Path, call: object, words: str) -> None:
    with pytest.raises(wan.InvalidRequest, match=words) as caught:
        call(photo)  # type: ignore[operator]
    assert "\n" not in str(caught.value)
    assert not (home() / "journal.sqlite").exists()


@pytest.mark.seldom
def test_the_static_picture_is_small_and_its_text_is_stable(photo: Path) -> None:
    sweep = made(photo).run().wait(60)
    bundle = sweep._repr_mimebundle_()
    assert set(bundle) == {"image/jpeg", "text/plain"}
    assert bundle["text/plain"].endswith("strength(5): 5 of 5 done EMULATOR>")
    pngs = sum(picture.stat().st_size for job in sweep.jobs for picture in job.result().paths)
    assert len(bundle["image/jpeg"]) < 200_000
    assert pngs > 0


@pytest.mark.seldom
def test_the_contact_sheet_has_every_cell_and_carries_the_label(photo: Path, tmp_path: Path) -> None:
    sweep = made(photo, f"style {PLANTED}").run().wait(60)
    path = sweep.to_contact_sheet(tmp_path / "sheets" / "sheet.png")
    with Image.open(path) as sheet:
        sheet.load()
        assert sheet.width > 5 * 256
        assert "AIGC" in sheet.info
    with pytest.raises(wan.InvalidRequest, match=r"\.png or \.jpg"):
        sweep.to_contact_sheet(tmp_path / "sheet.gif")


def test_its_words_are_said_without_reading_a_picture(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = made(photo, strength=[0, 1]).run().wait(60)
    monkeypatch.setattr("bailian_nb.gallery.picture.decode", lambda *given, **more: pytest.fail("it reads a picture"))
    assert "2 done" in repr(sweep) or "2 of 2" in repr(sweep)
    assert "2 of 2" in sweep.caption()["text/plain"]


@pytest.mark.seldom
def test_the_page_is_self_contained_and_escapes_the_prompt(photo: Path, tmp_path: Path) -> None:
    hostile = "</script><img src=x onerror=alert(1)>"
    sweep = made(photo, hostile, strength=[0, 1]).run().wait(60)
    page = sweep.to_html(tmp_path / "share.html").read_text("utf-8")
    assert "<img src=x" not in page
    assert page.count("</script>") == 1
    assert "http://" not in page
    assert "https://" not in page
    data = json.loads(page.split("const data = ")[1].split(";\nconst byId")[0])
    assert [bool(cell["picture"]) for cell in data["cells"]] == [True, True]
    assert data["original"].startswith("data:image/jpeg;base64,")
