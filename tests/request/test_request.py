"""One call, frozen: what it says about itself, how it survives a kernel, and when a cache may answer for it."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from PIL import Image

from bailian_nb import Request, specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.images import Input

from ..world.each import each


def picture(colour: str = "red", name: str = "photo.png") -> Input:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, "PNG")
    return Input.from_bytes(buffer.getvalue(), (8, 8), name=name, notes=("EXIF orientation applied",))


def drawn(**changes: object) -> Request:
    values = {"prompt": "a cat 花", "n": 2, "seed": 7, "size": "1280*1280"}
    given: dict[str, object] = {"model": "wan2.6-t2i", "values": values, "seed_given": True}
    return Request(**{**given, **changes})  # type: ignore[arg-type]


def edited(**changes: object) -> Request:
    given: dict[str, object] = {
        "model": "wanx2.1-imageedit",
        "function": "description_edit_with_mask",
        "values": {"prompt": "a rabbit", "n": 1, "seed": 7},
        "images": (picture(),),
        "mask": picture("white", "mask.png"),
        "seed_given": True,
        "paste_back": True,
    }
    return Request(**{**given, **changes})  # type: ignore[arg-type]


def test_a_request_says_what_it_asks_for() -> None:
    request = drawn()
    assert (request.prompt, request.n, request.seed) == ("a cat 花", 2, 7)
    assert request.row is specs.get("wan2.6-t2i")
    assert (drawn(values={}).prompt, drawn(values={}).n, drawn(values={}).seed) == ("", 1, None)


def test_a_request_does_not_change_any_more() -> None:
    values: dict[str, specs.Value] = {"prompt": "a cat"}
    request = drawn(values=values)
    values["prompt"] = "a dog"
    assert request.prompt == "a cat"
    with pytest.raises(TypeError):
        request.values["prompt"] = "a dog"  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.model = "other"  # type: ignore[misc]


def test_the_mask_is_the_last_of_the_inputs() -> None:
    request = edited()
    assert [image.name for image in request.inputs] == ["photo.png", "mask.png"]
    assert drawn().inputs == ()


def test_an_unknown_model_is_refused_when_its_row_is_needed() -> None:
    with pytest.raises(InvalidRequest, match="unknown model"):
        drawn(model="gone").row  # noqa: B018


@pytest.mark.parametrize(
    "request_", [drawn(), edited(), drawn(sync=True, seed_given=False)], ids=["t2i", "edit", "sync"]
)
def test_a_request_survives_its_json(request_: Request) -> None:
    kept = {image.sha256: image.data for image in request_.inputs}
    written = json.dumps(request_.to_dict(), ensure_ascii=False)
    again = Request.from_dict(json.loads(written), kept.get)
    assert again == request_
    assert again.key == request_.key
    assert [image.data for image in again.inputs] == [image.data for image in request_.inputs]


def test_the_json_of_a_request_holds_no_bytes_and_no_folder() -> None:
    request = edited()
    written = json.dumps(request.to_dict())
    assert len(written) < 1500
    assert request.images[0].sha256 in written
    assert "data:image" not in written


def test_a_request_whose_pictures_are_gone_still_says_what_it_was() -> None:
    again = Request.from_dict(edited().to_dict(), lambda digest: None)
    assert [image.data for image in again.inputs] == [b"", b""]
    assert again.key == edited().key
    assert again.to_dict() == edited().to_dict()


def test_the_same_request_has_the_same_key() -> None:
    assert drawn().key == drawn().key
    turned = dict(reversed(list(drawn().values.items())))
    assert drawn(values=turned).key == drawn().key
    assert drawn(warnings=("size is small",)).key == drawn().key
    assert edited(images=(picture(name="copy.png"),)).key == edited().key, "the name of a file decides nothing"


@each(
    "other",
    [
        drawn(model="wan2.7-image"),
        drawn(values={**drawn().values, "prompt": "a dog"}),
        drawn(values={**drawn().values, "seed": 8}),
        drawn(values={**drawn().values, "n": 3}),
        drawn(values={**drawn().values, "watermark": False}),
        edited(),
        edited(function="description_edit"),
        edited(images=(picture("blue"),)),
        edited(mask=picture("black")),
        edited(mask=None),
        edited(paste_back=False),
    ],
)
def test_another_request_has_another_key(other: Request) -> None:
    assert other.key is not None
    assert other.key != drawn().key
    assert (other == edited()) == (other.key == edited().key)


def test_no_cache_answers_for_a_seed_that_nobody_chose() -> None:
    assert drawn(seed_given=False).key is None


def test_no_cache_answers_for_a_url_whose_picture_may_change() -> None:
    assert edited(images=(Input(kind="url", url="https://h/x.png"),)).key is None
    assert edited(mask=Input(kind="oss", url="oss://b/mask.png")).key is None
