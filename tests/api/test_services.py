"""Translation and style repaint, from the user's call to what is said of the answer."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageDraw

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.client import encode
from bailian_nb.errors import InvalidRequest
from bailian_nb.session import session as sessions
from bailian_nb.specs.services import STYLES

MT, REPAINT = "qwen-mt-image-2.0", "wanx-style-repaint-v1"


@pytest.fixture(autouse=True)
def _unlimited(unlimited: None) -> None:
    """A call a test, and more."""


def photo(size: tuple[int, int] = (640, 512)) -> Image.Image:
    return Image.radial_gradient("L").resize(size).convert("RGB")


def poster() -> Image.Image:
    image = Image.new("RGB", (640, 512), (120, 150, 190))
    draw = ImageDraw.Draw(image)
    for line in range(4):
        draw.text(
            (60, 60 + 90 * line), "FRESH BREAD TODAY", fill="white", font_size=48, stroke_width=2, stroke_fill="black"
        )
    return image


def body(model: str, image: Any, **values: Any) -> dict[str, Any]:
    request = sessions.current().plan(model=model, values={"prompt": "", **values}, images=(image,)).require()
    found: dict[str, Any] = dict(
        encode(request, {each.sha256: f"oss://{at}" for at, each in enumerate(request.sent)}).body
    )
    return found


def test_a_translation_stands_on_the_wire_as_the_page_has_it() -> None:
    assert body(
        MT,
        photo(),
        source_lang="zh",
        target_lang="EN",
        domain_hint="An advertisement.",
        sensitives='["全场9折"]',
        terminologies=[{"src": "机器学习", "tgt": "ML"}],
        image_segment=False,
    ) == {
        "model": MT,
        "input": {
            "image_url": "oss://0",
            "source_lang": "zh",
            "target_lang": "en",
            "ext": {
                "domainHint": "An advertisement.",
                "sensitives": ("全场9折",),
                "terminologies": ({"src": "机器学习", "tgt": "ML"},),
                "config": {"imageSegment": False},
            },
        },
        "parameters": {},
    }


@pytest.mark.seldom
def test_writing_is_translated_and_a_picture_without_any_is_billed_and_said() -> None:
    (picture,) = wan.edit(poster(), model=MT, source_lang="auto", target_lang="zh").result()
    assert (picture.width, picture.height) == (640, 512)
    result = wan.edit(Image.new("RGB", (640, 512), "teal"), model=MT, source_lang="en", target_lang="fr").result()
    assert len(result) == 1
    assert "the service says: No text detected for translation" in result.notes


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"source_lang": "zh"}, "target_lang is missing"),
        ({"source_lang": "zh", "target_lang": "zh"}, "must be another language than source_lang"),
        ({"source_lang": "ja", "target_lang": "ko"}, "must be zh or en when source_lang is neither"),
        ({"source_lang": "ms", "target_lang": "zh"}, "source_lang must be one of auto, zh, en"),
        ({"source_lang": "zh", "target_lang": "de"}, "target_lang must be one of zh, en"),
    ],
)
def test_languages_that_do_not_go_together_are_refused(values: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        body(MT, photo(), **values)
    assert told in str(refused.value)


def test_a_style_is_chosen_by_number_or_from_a_picture() -> None:
    assert body(REPAINT, photo(), style_index="3")["input"].keys() == {"image_url", "style_index"}
    found = body(REPAINT, photo(), style_index=-1, style_ref_url=photo((300, 300)))["input"]
    assert found["style_index"] == -1
    assert found["style_ref_url"] != found["image_url"]
    for values, told in (
        ({"style_index": -1}, "style_index -1 takes the style from a picture: give style_ref_url"),
        ({"style_index": 3, "style_ref_url": photo()}, "style_ref_url goes with style_index -1"),
        ({"style_index": 12}, "style_index must be one of -1, 0, 1"),
        ({}, "style_index is missing"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            body(REPAINT, photo(), **values)
        assert told in str(refused.value)


@pytest.mark.seldom
def test_a_portrait_is_painted_with_its_shorter_side_of_1536() -> None:
    (picture,) = wan.edit(photo((600, 800)), model=REPAINT, style_index=31).result()
    assert (picture.width, picture.height) == (1536, 2048)
    assert len(STYLES) == 24
    assert specs.get(REPAINT).price("cn-beijing").cny == 0.12  # type: ignore[union-attr]


@pytest.mark.seldom
def test_a_call_with_a_second_picture_is_sent_again_whole() -> None:
    (first,) = wan.edit(photo(), model=REPAINT, style_index=-1, style_ref_url=photo((300, 300))).result()
    job = wan.rerun(first, cache=False)
    assert len(job.result()) == 1
    assert job.request is not None
    assert len(job.request.images) == 2
