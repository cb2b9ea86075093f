"""Outside the mask the pasted picture is the original to the bit; inside it is the answer, behind a narrow seam."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter

from bailian_nb.gallery import FEATHER, Picture, Record, paste_back, read_record, save_pasted, save_picture
from bailian_nb.images import decode, png_chunks
from bailian_nb.masks import Mask

from ..world.each import each

Make = Callable[..., Any]
SIZE = (48, 32)


def noise(mode: str = "RGB", seed: int = 1, size: tuple[int, int] = SIZE) -> Image.Image:
    count = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(seed).randbytes(size[0] * size[1] * count))


def changed_outside(one: Image.Image, other: Image.Image, mask: Image.Image) -> int:
    width, height = mask.size
    return sum(
        one.getpixel((x, y)) != other.getpixel((x, y))
        for x in range(width)
        for y in range(height)
        if mask.getpixel((x, y)) == 0
    )


@pytest.mark.parametrize("feather", [0, 1, FEATHER, 40])
def test_not_one_protected_pixel_changes(feather: int) -> None:
    original, answer = noise(seed=1), noise(seed=2)
    mask = Mask.like(SIZE).ellipse(10, 5, 40, 28).stroke([(2, 2), (8, 30)], 1).to_image()
    pasted, leak = paste_back(original, answer, mask, feather)
    assert changed_outside(pasted, original, mask) == 0
    assert leak == changed_outside(answer, original, mask) > 0


def test_the_seam_lies_inside_the_edge_and_grows_evenly() -> None:
    mask = Mask.like(SIZE).rect(20, 0, 48, 32).to_image()
    pasted, _ = paste_back(Image.new("RGB", SIZE, "black"), Image.new("RGB", SIZE, "white"), mask, 4)
    row = [pasted.getpixel((x, 16))[0] for x in range(18, 27)]  # type: ignore[index]
    assert row == [0, 0, 51, 102, 153, 204, 255, 255, 255]
    assert pasted.getpixel((47, 0)) == (255, 255, 255)  # no seam along the picture's own edge


def test_the_seam_deepens_by_one_step_a_pixel_in_all_eight_directions() -> None:
    mask = Mask.like(SIZE).ellipse(8, 4, 42, 29).rect(30, 0, 31, 32).to_image()
    pasted, _ = paste_back(Image.new("RGB", SIZE, "black"), Image.new("RGB", SIZE, "white"), mask, 4)
    depth = mask
    for step in range(1, 5):
        inner = depth.filter(ImageFilter.MinFilter(3))
        rim = ImageChops.subtract(depth, inner)
        levels = {pasted.getpixel((x, y))[0] for x in range(48) for y in range(32) if rim.getpixel((x, y))}  # type: ignore[index]
        assert levels == {51 * step}
        depth = inner


def test_a_thin_stroke_still_shows_the_answer() -> None:
    mask = Mask.like(SIZE).stroke([(5, 16), (40, 16)], 1).to_image()
    pasted, _ = paste_back(Image.new("RGB", SIZE, "black"), Image.new("RGB", SIZE, "white"), mask)
    assert pasted.getpixel((20, 16))[0] > 40  # type: ignore[index]


def test_without_a_feather_the_answer_is_whole_inside() -> None:
    original, answer = noise(seed=1), noise(seed=2)
    mask = Mask.like(SIZE).rect(10, 10, 20, 20).to_image()
    pasted, _ = paste_back(original, answer, mask, 0)
    assert pasted.crop((10, 10, 20, 20)).tobytes() == answer.crop((10, 10, 20, 20)).tobytes()


def test_a_faithful_answer_leaks_nothing() -> None:
    original = noise()
    mask = Mask.like(SIZE).rect(10, 10, 20, 20).to_image()
    answer = original.copy()
    answer.paste("red", (12, 12, 18, 18))
    assert paste_back(original, answer, mask)[1] == 0


@each("mode", ["1", "L", "P", "CMYK", "I;16", "LA", "RGBA"])
def test_originals_of_any_mode_come_back_as_they_look(mode: str) -> None:
    original = (
        noise().quantize(16) if mode == "P" else Image.new(mode, SIZE) if mode == "I;16" else noise().convert(mode)
    )
    mask = Mask.like(SIZE).rect(10, 10, 20, 20).to_image()
    pasted, _ = paste_back(original, noise(seed=2), mask)
    expected = "RGBA" if mode in ("LA", "RGBA") else "RGB"
    assert pasted.mode == expected
    assert changed_outside(pasted, original.convert(expected), mask) == 0


def test_transparency_of_the_original_survives() -> None:
    original = noise("RGBA")
    mask = Mask.like(SIZE).rect(10, 10, 20, 20).to_image()
    pasted, _ = paste_back(original, noise(seed=2), mask)
    assert changed_outside(pasted, original, mask) == 0


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        paste_back(noise(), noise(size=(40, 32)), Mask.like(SIZE).to_image())


@pytest.fixture
def edited(record: Record, served: Make, tmp_path: Path) -> Picture:
    made = replace(record, model="wanx2.1-imageedit", function="description_edit_with_mask")
    return save_picture(served(SIZE), made, tmp_path, "a")


def test_the_pasted_file_stands_beside_the_served_one_with_a_record_of_its_own(edited: Picture) -> None:
    before = edited.path.read_bytes()
    original, mask = noise(), Mask.like(SIZE).rect(10, 10, 20, 20).to_image()
    pasted, note = save_pasted(edited, original, mask)
    assert pasted is not None
    assert pasted.path.name == "a_1_pasted.png"
    assert pasted.raw_path == edited.path
    assert edited.path.read_bytes() == before
    assert changed_outside(pasted.image, original, mask) == 0
    found = read_record(pasted.path)
    assert found == pasted.record
    assert (found.source, found.pixels_protected) == ("pasted", 48 * 32 - 100)
    assert found.leak == changed_outside(edited.image.convert("RGB"), original, mask)
    assert note == ""
    assert read_record(edited.path).source == "served"  # type: ignore[union-attr]
    assert read_record(pasted.path.with_suffix(".json")) == found


def test_what_the_service_put_into_the_file_is_carried_over(edited: Picture) -> None:
    pasted, _ = save_pasted(edited, noise(), Mask.like(SIZE).rect(10, 10, 20, 20).to_image())
    assert pasted is not None
    data = pasted.path.read_bytes()
    bodies = {chunk.name: data[chunk.start + 8 : chunk.end - 4] for chunk in png_chunks(data)}
    assert bodies[b"tEXt"] == b'AIGC\0{"Label":"1","ContentProducer":"001"}'
    assert bodies[b"zzZz"] == b"late"
    names = [chunk.name for chunk in png_chunks(data)]
    assert names == [b"IHDR", b"tEXt", b"pHYs", *[b"IDAT"] * names.count(b"IDAT"), b"zzZz", b"iTXt", b"IEND"]


def test_chunks_that_only_fit_the_old_pixels_stay_behind(record: Record, tmp_path: Path) -> None:
    file = io.BytesIO()
    noise().quantize(8).save(file, "PNG", transparency=0, icc_profile=b"p")
    picture = save_picture(file.getvalue(), record, tmp_path, "p")
    pasted, _ = save_pasted(picture, noise(), Mask.like(SIZE).rect(10, 10, 20, 20).to_image())
    assert pasted is not None
    names = [chunk.name for chunk in png_chunks(pasted.path.read_bytes())]
    assert b"tRNS" not in names
    assert b"PLTE" not in names
    assert b"iCCP" in names
    assert decode(pasted.path.read_bytes()).mode == "RGBA"


def test_labels_of_a_served_jpeg_are_carried_over_too(record: Record, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "made by a model"
    file = io.BytesIO()
    noise().save(file, "JPEG", exif=exif, xmp=b"<x:xmpmeta>AIGC</x:xmpmeta>", comment=b"label", icc_profile=b"p")
    picture = save_picture(file.getvalue(), record, tmp_path, "j")
    pasted, _ = save_pasted(picture, noise(), Mask.like(SIZE).rect(10, 10, 20, 20).to_image())
    assert pasted is not None
    assert pasted.path.name == "j_1_pasted.png"
    with Image.open(pasted.path) as image:
        image.load()
        assert image.getexif()[0x010E] == "made by a model"
        assert image.info["Comment"] == "label"
        assert image.info["icc_profile"] == b"p"
        assert "AIGC" in str(image.info["XML:com.adobe.xmp"])


def test_an_answer_of_another_size_is_left_and_said(edited: Picture) -> None:
    pasted, note = save_pasted(edited, noise(size=(40, 32)), Mask.like((40, 32)).to_image())
    assert pasted is None
    assert note == "not pasted back: the answer has 48x32 pixels, the original 40x32"
    assert len(list(edited.path.parent.iterdir())) == 3  # picture, JSON and the test's own folder


def test_without_embedding_only_the_json_holds_the_prompt(edited: Picture) -> None:
    mask = Mask.like(SIZE).rect(10, 10, 20, 20).to_image()
    pasted, _ = save_pasted(edited, noise(), mask, embed=False)
    assert pasted is not None
    assert b"bailian_nb" not in pasted.path.read_bytes()
    assert read_record(pasted.path) == pasted.record
