"""A value of the wrong kind is one clear line, and what stands for exactly one picture is taken as that picture."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.errors import InvalidRequest

pytestmark = pytest.mark.usefixtures("unlimited")

SIZE = (640, 512)


def photo() -> Image.Image:
    return Image.new("RGB", SIZE)


WRONG = [
    (lambda: wan.Mask("cat.jpg"), "a Mask is made of a PIL image, got str; Mask.from_image(...) reads a mask"),  # type: ignore[arg-type]
    (
        lambda: wan.Mask.from_boxes(SIZE, (1, 2, 30, 40)),
        "a box is (x0, y0, x1, y1), and boxes are a list of such, got 1",
    ),  # type: ignore[arg-type]
    (lambda: wan.Mask.from_boxes(SIZE, 5), "boxes are a list of (x0, y0, x1, y1), got 5"),  # type: ignore[arg-type]
    (lambda: wan.MaskPainter(photo(), options=5), 'options are more arguments of edit, like {"seed": 7}, got 5'),
    (lambda: wan.sweep(photo(), "style", "x", seed=[1]).to_contact_sheet(5), "it is saved under the path of a file"),  # type: ignore[arg-type]
    (lambda: wan.sweep(photo(), "style", "x", seed=[1]).to_html(5), "it is saved under the path of a file, got 5"),  # type: ignore[arg-type]
    (lambda: wan.specs.register(5), "register takes a row of the table (specs.Model), or a name with based_on=, got 5"),
    (lambda: wan.resume(send=5), "send takes one id or a list of ids, got 5"),  # type: ignore[arg-type]
    (lambda: wan.resume(adopt=5), "adopt takes one id or a list of ids, got 5"),  # type: ignore[arg-type]
    (lambda: wan.resume(forget=[5]), "forget takes one id or a list of ids, got [5]"),  # type: ignore[list-item]
    (lambda: wan.resume(send="abc"), "not among the unsent: abc"),
]


@pytest.mark.parametrize(("call", "line"), WRONG, ids=[line[:24] for _, line in WRONG])
def test_a_value_of_the_wrong_kind_is_one_line(call: Any, line: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        call()
    assert str(error.value).startswith(line)


@pytest.mark.seldom
def test_a_result_or_a_job_of_one_picture_is_taken_wherever_a_picture_is() -> None:
    job = wan.t2i("A cat emulator:latency=0", size="768*768", seed=7)
    result = job.result(30)
    for given in (job, result, result[0]):
        assert wan.Mask.like(given).size == (768, 768)
        assert wan.MaskPainter(given).size == (768, 768)
    two = wan.t2i("A cat emulator:latency=0", size="768*768", seed=7, n=2).result(30)
    with pytest.raises(
        InvalidRequest, match=r"^picture is a Result of 2 pictures; give one of them, like result\[0\]$"
    ):
        wan.Mask.like(two)
    blocked = wan.t2i("emulator-blocked emulator:latency=0", size="768*768").wait(30)
    with pytest.raises(InvalidRequest, match=r"^picture is job \w+, which has no pictures \(FAILED\); see job"):
        wan.Mask.like(blocked)


def test_a_picture_is_edited_by_itself_without_a_function_where_the_model_has_none() -> None:
    (picture,) = wan.t2i("A cat emulator:latency=0", size="768*768", seed=7).result(30)
    job = picture.edit(prompt="a hat emulator:latency=0", model="wan2.5-i2i-preview")
    assert len(job.result(30)) == 1
    with pytest.raises(InvalidRequest, match=r"^wanx2.1-imageedit needs a function: "):
        picture.edit()
