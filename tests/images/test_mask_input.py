"""A mask goes out as black and white of its picture's size, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import pytest
from PIL import Image, ImageFilter

from bailian_nb.errors import InvalidRequest
from bailian_nb.images import Input, read_input, read_mask
from bailian_nb.masks import Mask
from bailian_nb.specs import ImageRule

Make = Callable[..., Any]


@pytest.fixture
def picture(noise: Make, encoded: Make, rule: ImageRule) -> Input:
    return read_input(encoded(noise()), rule)


def spot(size: tuple[int, int] = (64, 48), mode: str = "L") -> Image.Image:
    return Mask.like(size).rect(10, 10, 30, 20).to_image().convert(mode)


def test_a_perfect_png_is_sent_byte_for_byte(picture: Input, encoded: Make) -> None:
    data = encoded(spot())
    found = read_mask(data, picture)
    assert found.data == data
    assert (found.notes, found.warnings) == ((), ())


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *((mode, kind) for mode in ("1", "L", "RGB", "RGBA", "P") for kind in ("png", "bmp", "tiff", "webp")),
        ("LA", "png"),
    ],
)
def test_black_and_white_of_any_mode_becomes_grey_png(mode: str, kind: str, picture: Input, encoded: Make) -> None:
    options = {"lossless": True} if kind == "webp" else {}
    found = read_mask(encoded(spot(mode=mode), kind, **options), picture)
    sent = found.open()
    assert (sent.format, sent.mode, sent.tobytes()) == ("PNG", "L", spot().tobytes())
    assert found.notes == ()


def test_masks_arrays_and_paths_are_masks_too(picture: Input, tmp_path: Any) -> None:
    mask = Mask.from_image(spot())
    mask.save(tmp_path / "m.png")
    white = numpy.asarray(spot()) == 255
    for value in (mask, tmp_path / "m.png", spot(), white, white.astype(numpy.uint8) * 255):
        assert read_mask(value, picture).open().tobytes() == spot().tobytes()


def test_an_array_of_0_and_1_is_read_as_0_and_255_and_noted(picture: Input) -> None:
    found = read_mask((numpy.asarray(spot()) == 255).astype(numpy.uint8), picture)
    assert found.open().tobytes() == spot().tobytes()
    assert found.notes == ("values 0 and 1 read as 0 and 255",)


def test_soft_edges_are_cut_and_noted(picture: Input, encoded: Make) -> None:
    soft = spot().filter(ImageFilter.GaussianBlur(1))
    for data in (encoded(soft), encoded(spot(), "jpeg", quality=60)):
        found = read_mask(data, picture)
        assert set(found.open().tobytes()) == {0, 255}
        assert "grey pixels cut at 128" in found.notes[0]
        assert read_mask(data, picture).sha256 == found.sha256


def test_a_photo_is_no_mask(picture: Input, noise: Make) -> None:
    with pytest.raises(InvalidRequest, match=r"mid grey in \d+ % of its pixels.*threshold"):
        read_mask(noise().point(lambda level: 60 + level // 2), picture)


def test_transparency_has_two_readings_and_is_refused(picture: Input) -> None:
    clear = spot(mode="RGBA")
    clear.putpixel((0, 0), (0, 0, 0, 0))
    with pytest.raises(InvalidRequest, match=r"tools read both ways.*invert=True"):
        read_mask(clear, picture)


def test_a_mask_without_white_is_refused(picture: Input) -> None:
    with pytest.raises(InvalidRequest, match="no white pixel"):
        read_mask(Mask.like((64, 48)), picture)


def test_an_inverted_mask_that_was_all_white_is_called_so(picture: Input) -> None:
    with pytest.raises(InvalidRequest, match="mask is white everywhere, and what is white stays here"):
        read_mask(~Mask.like((64, 48)), picture, invert=True)


def test_a_mask_of_other_size_is_refused(picture: Input) -> None:
    with pytest.raises(InvalidRequest, match="mask has 48x64 pixels, its picture has 64x48; both must be the same"):
        read_mask(spot((48, 64)), picture)


def test_a_mask_drawn_on_the_unturned_picture_is_told_why(encoded: Make, rule: ImageRule) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = read_input(encoded(Image.new("RGB", (64, 48)), "jpeg", exif=exif), rule)
    assert read_mask(spot((48, 64)), turned).size == (48, 64)
    with pytest.raises(InvalidRequest, match="EXIF orientation: draw the mask on the upright picture"):
        read_mask(spot((64, 48)), turned)


def test_a_mask_follows_its_fitted_picture_by_nearest_neighbour(noise: Make, encoded: Make, rule: ImageRule) -> None:
    picture = read_input(encoded(noise((512, 400)), "jpeg"), rule, fit=True)
    mask = Mask.like((512, 400)).ellipse(100, 100, 300, 250)
    found = read_mask(mask, picture)
    assert found.size == picture.size == (256, 200)
    expected = mask.to_image().resize((256, 200), Image.Resampling.NEAREST)
    assert found.open().tobytes() == expected.tobytes()
    assert found.notes == ("shrunk with its picture from 512x400",)
    assert read_mask(spot((256, 200)), picture).notes == ()
    with pytest.raises(InvalidRequest, match=r"\(or 512x400, as before fit=True\)"):
        read_mask(spot((300, 300)), picture)


def test_invert_turns_it_round_only_when_asked(picture: Input) -> None:
    found = read_mask(spot(), picture, invert=True)
    assert found.open().tobytes() == (~Mask.from_image(spot())).to_image().tobytes()
    assert "inverted" in found.notes


def test_a_mask_that_may_be_the_wrong_way_round_is_sent_with_a_warning(picture: Input) -> None:
    found = read_mask(~Mask.from_image(spot()), picture)
    assert found.open().tobytes() == (~Mask.from_image(spot())).to_image().tobytes()
    assert "invert=True" in found.warnings[0]


def test_a_url_is_passed_on_and_an_unread_picture_has_no_size_to_compare(picture: Input) -> None:
    url = "https://example.com/mask.png"
    assert read_mask(url, picture).as_url() == url
    with pytest.raises(InvalidRequest, match="invert=True cannot act"):
        read_mask(url, picture, invert=True)
    assert read_mask(spot((35, 35)), Input(kind="url", url="https://example.com/a.png")).size == (35, 35)


def test_refusals_are_about_the_mask(picture: Input) -> None:
    with pytest.raises(InvalidRequest, match=r"^mask nothing\.png does not exist") as caught:
        read_mask("nothing.png", picture)
    assert caught.value.problems[0].parameter == "mask"
