"""What would be sent, checked as a whole: every problem at once, before a key is needed or money moves."""

from __future__ import annotations

import io
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bailian_nb import Mask, specs
from bailian_nb.config import Settings
from bailian_nb.errors import BudgetExceeded, InvalidRequest, TaskFailed
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.result import Result
from bailian_nb.planning import plan
from bailian_nb.planning.checks import LARGEST_SEED
from bailian_nb.planning.plan import Plan
from bailian_nb.specs import frames

from ..world.each import each

T2I, EDIT = specs.DEFAULT_T2I, specs.DEFAULT_EDIT
MASKED = "description_edit_with_mask"
PROXY = Settings(base_url="http://proxy.example/api/v1")
"""A base URL that no page names: it may lead to any region."""


def photo(size: tuple[int, int] = (512, 640)) -> Image.Image:
    return Image.new("RGB", size, "teal")


def make(model: str = T2I, *, settings: Settings | None = None, region: str = "cn-beijing", **given: Any) -> Plan:
    values = given.pop("values", {})
    return plan.make(
        settings or Settings(),
        Path("out"),
        model=model,
        values={"prompt": "a cat", **values},
        region=region,
        **{"function": None, **given},
    )


def edit(function: str | None = "description_edit", *images: Any, **given: Any) -> Plan:
    return make(EDIT, function=function, images=images or (photo(),), **given)


def refused(make_: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(InvalidRequest) as error:
        make_(*args, **given)
    line = str(error.value)
    assert not re.search(r"\n|  |[,;:]{2}|[.,;:] [.,;:]", line), line
    return line


def job() -> Job:
    return Job(id="abc123", request=None, label="wan2.6-t2i", emulator=True, created=0)


def test_n_and_seed_are_always_sent_and_nothing_else_unless_it_is_set() -> None:
    for found, extra in ((make(), {}), (edit(), {})):
        request = found.require()
        assert request.values.keys() == {"prompt", "n", "seed", *extra}
        assert request.n == 1


def test_a_drawn_seed_is_new_each_time_leaves_room_for_n_and_keeps_the_cache_away() -> None:
    requests = [make(values={"n": 4}).require() for _ in range(20)]
    seeds = {request.seed for request in requests}
    assert len(seeds) == 20
    assert all(seed is not None and 0 <= seed <= LARGEST_SEED - 4 for seed in seeds)
    assert not any(request.seed_given for request in requests)
    assert make(values={"seed": 0}).require().seed_given


def test_settings_fill_in_n_and_size_where_nothing_was_given() -> None:
    settings = Settings(n=3, size="16:9")
    found = make(settings=settings).require()
    assert (found.n, found.values["size"]) == (3, "1696*960")
    given = make(settings=settings, values={"n": 2, "size": "square"}).require()
    assert (given.n, given.values["size"]) == (2, "1280*1280")
    assert "size" not in edit(settings=settings).require().values


def test_a_plan_says_what_it_costs_by_list_price() -> None:
    assert (make(values={"n": 3}).images, make(values={"n": 3}).cost) == (3, 0.6)
    assert make(region="ap-southeast-1").cost == 0.220177
    assert edit(values={"n": 3}).cost == 0.42
    assert edit(settings=PROXY, region="ap-southeast-1").cost is None


def test_a_plan_names_model_and_function() -> None:
    assert make().label == "wan2.6-t2i"
    assert edit("instruct").label == "wanx2.1-imageedit instruct"
    assert edit("instruct").function == edit("instruct").require().function == "description_edit"


def test_every_problem_of_a_call_is_said_at_once() -> None:
    values = {"prompt": 5, "n": 9, "strength": 0.5, "seed": -1}
    with pytest.raises(InvalidRequest) as error:
        edit(MASKED, photo((100, 100)), values=values, sync=True, retries=11)
    assert sorted(problem.parameter for problem in error.value.problems) == [
        "image",
        "mask",
        "n",
        "prompt",
        "retries",
        "seed",
        "strength",
        "sync",
    ]
    assert "100x100 pixels" in str(error.value)


def test_an_edit_needs_a_function_and_names_them_all() -> None:
    line = refused(edit, None)
    assert line == f"{EDIT} needs a function: {', '.join(row.name for row in specs.get(EDIT).functions)}"


def test_a_model_is_refused_in_a_region_that_does_not_offer_it() -> None:
    line = refused(edit, region="ap-southeast-1")
    assert line == (
        "model wanx2.1-imageedit is not offered in region ap-southeast-1; it is in cn-beijing: see DASHSCOPE_API_REGION"
    )
    line = refused(make, "wanx2.1-t2i-plus", region="ap-southeast-1")
    assert line.endswith("is not offered in region ap-southeast-1; here it is called wan2.1-t2i-plus")


def test_a_model_without_functions_refuses_one() -> None:
    assert refused(make, function="style").startswith("wan2.6-t2i has no functions, got style")


@pytest.mark.parametrize(
    ("images", "line"),
    [
        ((), "function instruct takes 1 picture, got 0"),
        (2, "function instruct takes 1 picture, got 2"),
        ((None,), "image is missing; give a path, URL, PIL image, numpy array, bytes, open file, Picture or Mask"),
        (("no such.png",), "image no such.png does not exist"),
    ],
)
def test_an_edit_takes_one_picture(images: Any, line: str) -> None:
    given = (photo(),) * images if isinstance(images, int) else images
    assert refused(make, EDIT, function="description_edit", images=given).startswith(line)


def test_a_model_that_draws_takes_no_picture_and_no_mask() -> None:
    line = refused(make, images=(photo(),), mask=photo())
    assert line == (
        "model wan2.6-t2i takes no input picture; model wan2.6-t2i takes no mask; no function of this model does"
    )


def test_a_picture_that_is_too_large_fits_when_asked() -> None:
    assert "fit=True" in refused(edit, "style", photo((5000, 1000)))
    found = edit("style", photo((5000, 1000)), fit=True).require()
    assert found.images[0].size == (4096, 819)


def test_a_mask_goes_with_the_function_for_it_alone() -> None:
    mask = Mask.like(photo()).rect(10, 10, 50, 50)
    assert refused(edit, MASKED) == "function inpaint needs a mask: give mask=, white where to edit"
    for row in specs.get(EDIT).functions:
        if not row.mask:
            scale = {each.name: 1.5 for each in frames.scale_rows(row)[-1:]}
            assert (
                refused(edit, row.name, mask=mask, values={"prompt": "x", **scale})
                == f"function {row.short} takes no mask; inpaint does"
            )
    request = edit(MASKED, mask=mask).require()
    assert request.mask is not None
    assert request.mask.size == (512, 640)
    assert request.paste_back


def test_paste_back_is_for_masked_edits_and_can_be_switched_off() -> None:
    mask = Mask.like(photo()).rect(10, 10, 50, 50)
    assert not edit(MASKED, mask=mask, paste_back=False).require().paste_back
    idle = edit("style", paste_back=True).require()
    assert not idle.paste_back
    said = "paste_back has no effect: function style takes no mask, so nothing is kept as it was"
    assert said in idle.warnings
    assert not [line for line in edit(MASKED, mask=mask, paste_back=True).require().warnings if "no effect" in line]


def test_an_inversion_without_a_mask_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"^invert turns a mask over, and function style takes none$"):
        edit("style", invert=True)


def test_a_painter_stands_for_its_mask() -> None:
    class Painter:
        mask = Mask.like(photo()).rect(0, 0, 9, 9)

    found = edit(MASKED, mask=Painter()).require().mask
    assert found is not None
    assert found.data == edit(MASKED, mask=Painter.mask).require().mask.data  # type: ignore[union-attr]


def test_an_inverted_mask_is_the_opposite() -> None:
    mask = Mask.like(photo()).rect(0, 0, 512, 500)
    found = edit(MASKED, mask=mask, invert=True).require().mask
    assert found is not None
    assert Mask.from_image(found.open()) == ~mask


@pytest.mark.parametrize(
    ("mask", "line"),
    [
        (Mask.like((512, 640)), "mask has no white pixel, so nothing would be edited"),
        (
            Mask.like((100, 100)).rect(0, 0, 9, 9),
            "mask has 100x100 pixels, its picture has 512x640; both must be the same",
        ),
        ("no such.png", "mask no such.png does not exist"),
    ],
)
def test_a_mask_that_cannot_be_meant_is_refused(mask: Any, line: str) -> None:
    assert refused(edit, MASKED, mask=mask).startswith(line)


def test_a_mask_that_may_be_the_wrong_way_round_is_warned_about_once() -> None:
    found = edit(MASKED, mask=Mask.like(photo()).rect(0, 0, 512, 640))
    assert len(found.warnings) == 1
    assert "100 % of the mask is white" in found.warnings[0]
    assert found.require().warnings == found.warnings


def test_what_is_doubtful_is_sent_with_a_warning() -> None:
    found = make(values={"size": "1280*720"})
    assert found.require().values["size"] == "1280*720"
    assert [line.split(";")[0] for line in found.warnings] == ["size 1280*720 has 921600 pixels"]


def test_the_synchronous_protocol_is_for_models_that_have_it() -> None:
    assert make(sync=True).require().sync
    assert refused(edit, sync=True) == "model wanx2.1-imageedit has no synchronous call; leave out sync=True"


def test_a_seed_leaves_room_for_n_pictures() -> None:
    assert make(values={"seed": LARGEST_SEED, "n": 1}).require().seed == LARGEST_SEED
    assert make(values={"seed": LARGEST_SEED - 3, "n": 4}).require().n == 4
    line = refused(make, values={"seed": LARGEST_SEED - 2, "n": 4})
    assert line == "seed 2147483645 with n=4 passes 2147483647; take 2147483644 or less (model wan2.6-t2i)"


@pytest.mark.parametrize(("given", "holds"), [(None, 2), (0, 0), (3, 3), ("10", 10)])
def test_retries_come_from_the_call_or_the_settings(given: Any, holds: int) -> None:
    assert make(settings=Settings(retries=2), retries=given).retries == holds


@each("given", [-1, 11, 1.5, "many", True, math.nan])
def test_retries_that_are_no_small_number_are_refused(given: Any) -> None:
    assert refused(make, retries=given) == f"retries must be a whole number in 0-10, got {given!r}"


def test_a_plan_within_its_cap_passes_and_one_above_is_refused() -> None:
    found = make(values={"n": 4})
    for cap in (None, 0.8, "0.8", 5, math.inf):
        found.check_budget(cap)  # type: ignore[arg-type]
    for cap in (0, 0.79):
        line = f"^4 pictures would cost CNY 0.80 by list price, max_cost is {cap}; nothing was sent$"
        with pytest.raises(BudgetExceeded, match=line):
            found.check_budget(cap)
    with pytest.raises(BudgetExceeded, match=r"^1 picture would cost"):
        make().check_budget(0.1)


def test_the_cap_of_the_settings_holds_unless_the_call_gives_its_own() -> None:
    found = make(settings=Settings(max_cost=0.1))
    with pytest.raises(BudgetExceeded):
        found.check_budget()
    found.check_budget(1)
    found.check_budget(math.inf)


def test_a_cap_cannot_be_held_against_an_unknown_price() -> None:
    found = edit(settings=PROXY, region="ap-southeast-1")
    found.check_budget()
    with pytest.raises(BudgetExceeded, match=r"^the price of 1 picture of .* is unknown, max_cost is 9; nothing"):
        found.check_budget(9)


@pytest.mark.parametrize("cap", [-1, math.nan, "much", True, []])
def test_a_cap_that_is_no_amount_is_refused(cap: Any) -> None:
    assert refused(make().check_budget, cap) == f"max_cost must be a number of CNY, 0 or more, got {cap!r}"


def test_a_plan_on_a_job_that_runs_is_checked_now_and_built_later() -> None:
    waiting = job()
    found = edit("instruct", waiting, values={"strength": 0.5})
    assert (found.request, found.needs, found.images, found.cost) == (None, (waiting,), 1, 0.14)
    assert "strength must lie in 0.0-1.0, got 7" in refused(edit, "instruct", waiting, values={"strength": 7})


@pytest.mark.parametrize("kind", ["path", "array", "picture"])
def test_what_is_written_on_a_picture_while_a_job_beside_it_runs_changes_the_next_call(
    tmp_path: Path, kind: str
) -> None:
    file, picture, waiting = tmp_path / "style.png", photo(), job()
    picture.save(file)
    array = np.array(picture)
    given = {"path": file, "array": array, "picture": picture}[kind]
    found = make("wan2.5-i2i-preview", images=(waiting, given))
    Image.new("RGB", (512, 640), "red").save(file)
    array[:] = 0
    picture.paste("red", (0, 0, 512, 640))
    waiting.succeed(Result([photo()], cost=0.0), at=1.0)  # type: ignore[list-item]  # it is read as a Picture is
    first, second = found.require().images
    assert Image.open(io.BytesIO(second.data)).convert("RGB").getpixel((9, 9)) == photo().getpixel((0, 0))
    assert first.data != b""


def test_a_picture_that_cannot_be_sent_is_named_before_the_job_beside_it_is_waited_for(tmp_path: Path) -> None:
    said = refused(make, "wan2.5-i2i-preview", images=(job(), tmp_path / "nowhere.png"))
    assert "nowhere.png" in said


def test_a_job_that_fails_gives_its_reason_to_the_plan_on_it() -> None:
    failed = job()
    found = edit("instruct", failed)
    failed.fail(TaskFailed("no capacity", code="ModelUnavailable", task_id="t-1"), at=1)
    with pytest.raises(TaskFailed, match="no capacity"):
        found.require()


def test_planning_writes_nothing(tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    edit(MASKED, mask=Mask.like(photo()).rect(0, 0, 9, 9))
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("out").exists()


def test_a_model_near_its_end_is_warned_of_by_the_day_that_was_passed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specs, "_models", dict(specs._models))
    end = date(2027, 3, 1)
    life = specs.Life(source="DEP", seen=end, retires=end, successor="wan2.7-image")
    specs.register(replace(specs.get(T2I), name="old-t2i", life=life))
    assert make("old-t2i").warnings == ()
    assert make("old-t2i", today=date(2026, 11, 30)).warnings == ()
    found = make("old-t2i", today=date(2026, 12, 1))
    assert found.warnings == ("old-t2i retires on 2027-03-01: use wan2.7-image",)
    assert found.require().warnings == found.warnings
