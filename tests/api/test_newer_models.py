"""Models that take several pictures and no function, and models that are not everywhere: from the user's call on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.client import encode
from bailian_nb.config import Settings
from bailian_nb.errors import InvalidRequest
from bailian_nb.planning import plan
from bailian_nb.planning.plan import Plan
from bailian_nb.request import Request

from ..world.each import each

pytestmark = pytest.mark.usefixtures("unlimited")

NOW = "emulator:latency=0"
GIVEN: dict[str, dict[str, object]] = {
    "qwen-mt-image-2.0": {"source_lang": "zh", "target_lang": "en"},
    "wanx-style-repaint-v1": {"style_index": 3},
}
"""What models without a prompt need."""


def photo(size: tuple[int, int] = (640, 512), colour: str = "teal") -> Image.Image:
    return Image.new("RGB", size, colour)


def make(model: str, *images: Any, region: str = "cn-beijing", settings: Settings | None = None, **more: Any) -> Plan:
    values = {"prompt": "a cat", **more.pop("values", {})}
    return plan.make(
        settings or Settings(),
        Path("out"),
        model=model,
        function=None,
        values=values,
        images=images,
        region=region,
        **more,
    )


def refused(model: str, *images: Any, **more: Any) -> str:
    with pytest.raises(InvalidRequest) as raised:
        make(model, *images, **more)
    return raised.value.message


def test_several_pictures_are_edited_together() -> None:
    job = wan.edit(
        [photo(), photo((512, 512), "red")],
        prompt=f"put flowers in front {NOW}",
        model="wan2.5-i2i-preview",
        seed=7,
        size="768*768",
    )
    (picture,) = job.result(timeout=60)
    assert (picture.width, picture.height) == (768, 768)
    assert (picture.record.model, picture.record.function) == ("wan2.5-i2i-preview", None)
    assert len(picture.record.inputs) == 2
    assert picture.record.actual_prompt


def test_one_model_draws_and_edits() -> None:
    drawn = wan.t2i(f"hills {NOW}", model="wan2.7-image", size="768*768", seed=7)
    edited = wan.edit(drawn, prompt=f"red {NOW}", model="wan2.7-image", size="768*768", seed=7)
    assert edited.result(timeout=60)[0].width == 768
    assert drawn.result(timeout=60)[0].record.function is None


def test_an_edit_without_a_picture_draws_nothing() -> None:
    with pytest.raises(InvalidRequest, match="edit needs a picture"):
        wan.edit([], prompt="hills", model="wan2.7-image")


def test_a_function_is_for_the_models_that_have_some() -> None:
    with pytest.raises(InvalidRequest, match=r"wan2\.7-image has no functions, got description_edit"):
        wan.edit(photo(), "description_edit", "red", model="wan2.7-image")
    with pytest.raises(InvalidRequest, match=r"wanx2\.1-imageedit needs a function: stylization_all, "):
        wan.edit(photo(), prompt="red")
    with pytest.raises(InvalidRequest, match="takes 1 picture, got 2"):
        wan.edit([photo(), photo()], "description_edit", "red")


@each(
    ("model", "count", "line"),
    [
        ("wan2.5-i2i-preview", 0, "takes 1-3 pictures, got 0"),
        ("wan2.5-i2i-preview", 4, "takes 1-3 pictures, got 4"),
        ("wan2.6-image", 0, "takes 1-4 pictures, got 0"),
        ("wan2.6-image", 5, "takes 1-4 pictures, got 5"),
        ("wan2.7-image", 10, "takes 0-9 pictures, got 10"),
        ("wan2.6-t2i", 1, "takes no input picture"),
    ],
)
def test_a_wrong_number_of_pictures_is_refused(model: str, count: int, line: str) -> None:
    assert f"model {model} {line}" in refused(model, *[photo()] * count)


def test_every_picture_that_does_not_fit_is_named() -> None:
    line = refused("wan2.5-i2i-preview", photo(), photo((300, 512)), Image.new("RGBA", (512, 512)))
    assert "image 2 has 300x512 pixels, each side must lie in 384-5000" in line
    assert "image 3 has transparency" in line
    fitted = make("wan2.5-i2i-preview", Image.new("RGBA", (512, 512)), fit=True).require()
    assert fitted.images[0].notes == ("transparency laid on white",)


def test_a_box_outside_of_its_picture_is_refused() -> None:
    boxes = {"bbox_list": [[], [[600, 0, 641, 10]]]}
    line = refused("wan2.7-image", photo((2000, 2000)), photo(), values=boxes)
    assert line == "bbox_list has the box [600, 0, 641, 10], but picture 2 has 640x512 pixels"
    held = make("wan2.7-image", photo(), values={"bbox_list": "[[[0, 0, 640, 512]]]"}).require()
    assert encode(held).body["parameters"]["bbox_list"] == (((0, 0, 640, 512),),)


def test_an_answer_with_pictures_in_between_is_estimated_by_their_number() -> None:
    found = make("wan2.6-image", values={"enable_interleave": True, "max_images": 3})
    assert (found.images, found.cost) == (3, 0.6)
    assert make("wan2.6-image", values={"enable_interleave": True}).images == 5
    assert make("wan2.6-image", photo(), values={"n": 2}).images == 2
    line = refused("wan2.6-image", values={"enable_interleave": True}, sync=True)
    assert "has no synchronous call with enable_interleave=true" in line
    assert make("wan2.6-image", photo(), sync=True).require().sync


def test_the_default_size_is_for_drawing() -> None:
    settings = Settings(size="1024*1024")
    assert make("wan2.7-image", settings=settings).require().values["size"] == "1024*1024"
    assert "size" not in make("wan2.7-image", photo(), settings=settings).require().values


@each("row", specs.models(), ids=lambda row: row.name)
def test_a_model_is_refused_where_it_is_not_offered_before_anything_is_sent(row: specs.Model) -> None:
    elsewhere = [region for region in ("cn-beijing", "ap-southeast-1", "eu-central-1") if region not in row.regions]
    pictures = [photo()] * (row.images.min_count if row.images else 0)
    for region in elsewhere:
        with pytest.raises(InvalidRequest) as raised:
            plan.make(
                Settings(),
                Path("out"),
                model=row.name,
                function=row.functions[0].name if row.functions else None,
                values={"prompt": "x"} if row.prompt or row.functions else GIVEN[row.name],
                images=tuple(pictures),
                region=region,
            )
        line = raised.value.message
        assert line.startswith(f"model {row.name} is not offered in region {region}; ")
        known = dict(row.namesakes).get(region)
        assert re.search(rf"here it is called {known}" if known else "it is in .*DASHSCOPE_API_REGION", line)


def test_a_region_without_the_synchronous_call_refuses_it() -> None:
    line = refused("wan2.6-image", photo(), region="eu-central-1", sync=True)
    assert line == "model wan2.6-image has no synchronous call in region eu-central-1; leave out sync=True"
    assert make("wan2.6-image", photo(), region="eu-central-1").request is not None
    assert make("wan2.6-image", photo(), region="us-east-1", sync=True).require().sync


def test_behind_a_proxy_nobody_knows_the_region() -> None:
    proxy = Settings(base_url="http://proxy.example/api/v1")
    assert make("wan2.1-t2i-plus", settings=proxy).request is not None
    workspace = Settings(base_url="https://ws-1.cn-beijing.maas.aliyuncs.com/api/v1")
    assert "here it is called wanx2.1-t2i-plus" in refused("wan2.1-t2i-plus", settings=workspace)


def test_a_palette_and_boxes_survive_the_journal() -> None:
    palette = [["#112233", "50%"], ["#445566", "30%"], ["#AABBCC", "20%"]]
    request = make("wan2.7-image", photo(), values={"color_palette": palette, "bbox_list": [[[1, 2, 3, 4]]]}).require()
    stored = Request.from_dict(request.to_dict(), lambda digest: request.images[0].data)
    assert stored == request
