"""Bits of a mask say what its picture says, at any width, and the ones behind the end of a row stay 0."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bailian_nb.images.mask_input import mask_warning
from bailian_nb.masks import Mask, bits


@st.composite
def pictures(draw: st.DrawFn) -> Image.Image:
    width, height = draw(st.integers(1, 35)), draw(st.integers(1, 9))
    kind = draw(st.sampled_from(["noise", "white", "black", "frame"]))
    if kind == "noise":
        levels = draw(st.lists(st.sampled_from([0, 255]), min_size=width * height, max_size=width * height))
        return Image.frombytes("L", (width, height), bytes(levels))
    image = Image.new("L", (width, height), 0 if kind == "black" else 255)
    if kind == "frame":
        image.paste(0, (1, 1, max(1, width - 1), max(1, height - 1)))
    return image


def clean(found: bits.Bits, width: int) -> bool:
    return not np.unpackbits(found, axis=1)[:, width:].any()


@settings(deadline=None)
@given(picture=pictures())
def test_a_mask_says_what_its_picture_says(picture: Image.Image) -> None:
    mask = Mask(picture)
    assert clean(mask._bits, picture.width)
    assert mask.size == picture.size
    assert mask.to_image().tobytes() == picture.tobytes()
    assert mask.bbox == picture.getbbox()
    assert mask.coverage == picture.histogram()[255] / (picture.width * picture.height)
    assert mask.warning == mask_warning(picture)
    assert (~mask).to_image().tobytes() == ImageChops.invert(picture).tobytes()
    assert clean((~mask)._bits, picture.width)
    assert hash(mask) == hash(~~mask)
    assert mask == ~~mask


def test_an_empty_span_at_the_last_corner_paints_nothing() -> None:
    black = bits.pack(Image.new("L", (8, 1)))
    assert not bits.painted(black, [(0, 8, 8)], erase=False).any()


@settings(deadline=None)
@given(picture=pictures(), data=st.data(), erase=st.booleans())
def test_spans_are_painted_pixel_by_pixel(picture: Image.Image, data: st.DataObject, erase: bool) -> None:
    width, height = picture.size
    ends = st.lists(st.integers(0, width), min_size=2, max_size=2).map(sorted)
    spans = [(row, *end) for row, end in data.draw(st.lists(st.tuples(st.integers(0, height - 1), ends), max_size=6))]
    found = bits.painted(bits.pack(picture), spans, erase=erase)
    for row, start, stop in spans:
        picture.paste(0 if erase else 255, (start, row, stop, row + 1))
    assert bits.picture(found, width).tobytes() == picture.tobytes()
    assert clean(found, width)
