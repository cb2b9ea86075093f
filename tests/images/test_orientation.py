"""A picture lies as browsers show it: turned by its EXIF, and by nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from bailian_nb.images import read_input
from bailian_nb.masks import Mask
from bailian_nb.specs import ImageRule

from ..world.orientations import SIZE, TURNED_SIZE, orientations

Make = Callable[..., Any]
CASES = orientations()


@pytest.mark.parametrize("name", CASES)
def test_a_picture_lies_as_browsers_show_it(name: str, rule: ImageRule) -> None:
    data, turned = CASES[name]
    found = read_input(data, rule, fit=True)
    assert found.size == (TURNED_SIZE if turned else SIZE)
    assert ("EXIF orientation applied" in found.notes) is turned
    assert Mask.like(data).size == found.size
    assert Image.open(io.BytesIO(found.data)).info.get("exif") is None or data == found.data
    if not turned and "webp with EXIF" not in name:
        assert found.data == data, "nothing had to be changed"


def test_an_opened_file_lies_as_its_bytes_do(rule: ImageRule) -> None:
    for data, _ in CASES.values():
        with Image.open(io.BytesIO(data)) as opened:
            assert read_input(opened, rule, fit=True).size == read_input(data, rule, fit=True).size


def test_what_no_browser_turns_and_a_server_might_goes_without_saying_how_it_lies(rule: ImageRule) -> None:
    found = read_input(CASES["webp with EXIF"][0], rule)
    assert found.notes == ("its EXIF orientation is left out, since browsers turn no WEBP",)
    assert found.mime == "image/png"
    assert found.open().getexif().get(0x0112, 1) == 1
