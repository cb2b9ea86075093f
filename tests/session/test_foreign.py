"""A picture of another tool in the terms of a model: sizes that it draws, seeds that it takes, the rest by name."""

from __future__ import annotations

from typing import Any

import pytest

from bailian_nb.session.foreign import Translation, translate_picture

from ..world.foreign_pictures import picture_bytes


def translated(text: str, model: str = "wan2.6-t2i") -> Translation:
    found = translate_picture(picture_bytes(parameters=text), model)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("given", "sent", "left"),
    [("1280x720", "1280*720", 0), ("512x512", "1280*1280", 1), ("100x1600", None, 1), ("512x768", "1045*1567", 1)],
)
def test_a_size_becomes_one_of_the_same_shape(given: str, sent: str | None, left: int) -> None:
    found = translated(f"a hill\nSteps: 20, Seed: 7, Size: {given}")
    size: Any = found.request.values.get("size")
    assert len([line for line in found.left if "size" in line]) == left
    if given != "512x768":
        assert size == sent
        return
    width, height = (int(side) for side in size.split("*"))
    assert width / height == pytest.approx(2 / 3, rel=0.02)
    assert f"size 512*768: wan2.6-t2i draws {size}" in found.left


def test_a_seed_that_no_model_takes_is_named() -> None:
    found = translated("a hill\nSteps: 20, Seed: 4294967295, Size: 1280x1280")
    assert "seed" not in found.request.values
    assert not found.request.seed_given
    assert any("4294967295" in line for line in found.left)


def test_weights_and_loras_are_left_out_of_the_words() -> None:
    text = (
        "(a lighthouse:1.3), \\(c\\) (sea) <lora:x:1>\nNegative prompt: (people:1.5)\nSteps: 20, CFG scale: 7, Seed: 7"
    )
    found = translated(text)
    assert found.request.prompt == "a lighthouse, \\(c\\) (sea)"
    assert found.request.values["negative_prompt"] == "people"
    assert translated("plain  words\nSteps: 2, CFG scale: 7, Seed: 7").request.prompt == "plain  words"
