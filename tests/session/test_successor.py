"""An old request on another model: what goes over is sent, what cannot is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PIL import Image, ImageDraw

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.errors import InvalidRequest

SERVICE = "wanx-background-generation-v2"


@pytest.fixture(autouse=True)
def _unlimited(unlimited: None) -> None:
    """Two calls a test."""


def photo(size: tuple[int, int] = (800, 768)) -> Image.Image:
    return Image.radial_gradient("L").resize(size).convert("RGB")


def mask(size: tuple[int, int] = (800, 768)) -> Image.Image:
    found = Image.new("L", size)
    ImageDraw.Draw(found).ellipse((200, 200, 600, 600), fill=255)
    return found


@pytest.mark.seldom
def test_a_background_of_the_retired_service_runs_on_its_successor() -> None:
    more = {"ref_image_url": photo(), "noise_level": 200, "n": 2, "model_version": "v3"}
    old = wan.edit(photo(), "background", "on a table", model=SERVICE, keep=mask(), **more)
    job = wan.rerun(old.result()[0], on="successor")
    result = job.result()
    assert job.request is not None
    assert (job.request.model, job.request.function, len(job.request.images)) == ("wan2.7-image", "background", 1)
    assert job.request.prompt.endswith("this scene: on a table")
    assert job.request.n == len(result) == 2
    assert all(picture.path.name.endswith("_pasted.png") for picture in result), result.notes
    for told in (
        "ref_image_url: wan2.7-image takes no such picture",
        "noise_level=200: wan2.7-image has no such parameter",
        "model_version=v3: wan2.7-image has no such parameter",
    ):
        assert told in result.notes


@pytest.mark.seldom
def test_any_other_model_can_be_named() -> None:
    old = wan.t2i("a sea", negative_prompt="people", size="1280*1280", seed=7)
    job = wan.rerun(old, on="qwen-image-2.1-turbo")
    assert job.request is not None
    assert {name: job.request.values[name] for name in ("negative_prompt", "size", "seed", "n")} == {
        "negative_prompt": "people",
        "size": "1280*1280",
        "seed": 7,
        "n": 1,
    }
    job.result()
    job = wan.rerun(old, on="wan2.7-image")
    assert "negative_prompt=people: wan2.7-image has no such parameter" in job.result().notes


def test_a_value_that_the_other_model_refuses_is_named_and_left_out() -> None:
    old = wan.t2i("a sea", model="wan2.2-t2i-flash", size="512*512", n=4, seed=7)
    job = wan.rerun(old, on="z-image-turbo")
    notes = job.result().notes
    assert "n must be 1, got 4 (model z-image-turbo)" in notes
    assert job.request is not None
    assert job.request.values["size"] == "512*512"


@pytest.mark.seldom
def test_an_edit_leaves_its_function_and_mask_behind() -> None:
    old = wan.edit(photo(), "inpaint", "a hat", mask=mask(), seed=7)
    notes = wan.rerun(old, on="wan2.7-image").result().notes
    assert "function inpaint: wan2.7-image has none of that name, its prompt says what to do" in notes
    assert "mask: wan2.7-image takes none" in notes


def test_a_model_that_stays_has_no_successor(monkeypatch: pytest.MonkeyPatch) -> None:
    old = wan.t2i("a sea", seed=7)
    with pytest.raises(InvalidRequest, match=r"^wan2\.6-t2i has no successor"):
        wan.rerun(old, on="successor")
    with pytest.raises(InvalidRequest, match=r"needs a function \(stylization_all"):
        wan.rerun(old, on="wanx2.1-imageedit")
    monkeypatch.setattr(specs, "_models", dict(specs._models))
    life = specs.Life(source="DEP", seen=date(2027, 1, 1), retires=date(2027, 3, 1), successor="wan2.7-image")
    specs.register(replace(specs.get("wan2.6-t2i"), life=life))
    assert wan.rerun(old, on="successor").result()[0].record.model == "wan2.7-image"
