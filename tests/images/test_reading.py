"""What the rule allows goes byte for byte; the rest is refused with numbers, and changed only when asked to."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import pytest
from PIL import Image, ImageOps

from bailian_nb.errors import InvalidRequest
from bailian_nb.images import Input, picture_type, read_input
from bailian_nb.specs import ImageRule

Make = Callable[..., Any]

NO_HEIC = "image is HEIC, which cannot be read here; pip install pillow-heif"
NO_HEIC = r"image \(HEI[CF]\) cannot be used: broken HEIC" if find_spec("pillow_heif") else NO_HEIC


@pytest.mark.parametrize("kind", ["png", "jpeg", "bmp", "tiff", "webp"])
@pytest.mark.parametrize("fit", [False, True])
def test_an_allowed_file_is_sent_byte_for_byte(
    kind: str, fit: bool, noise: Make, encoded: Make, rule: ImageRule
) -> None:
    data = encoded(noise(), kind)
    found = read_input(data, rule, fit=fit)
    assert found.data == data
    assert found.as_url().startswith(f"data:image/{kind};base64,")
    assert found.notes == ()
    assert found.original_size is None


def test_palette_cmyk_16_bit_and_profile_files_are_sent_byte_for_byte(
    noise: Make, encoded: Make, rule: ImageRule
) -> None:
    for data in (
        encoded(noise().quantize(16)),
        encoded(noise().convert("CMYK"), "jpeg"),
        encoded(Image.new("I;16", (64, 48), 40000)),
        encoded(noise(), "jpeg", icc_profile=b"profile", comment=b"hello"),
        encoded(noise(mode="RGBA")),
    ):
        assert read_input(data, rule).data == data


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ((31, 64), r"31x64 pixels, each side must lie in 32-256; give a larger picture, fit=True never enlarges"),
        ((257, 64), r"257x64 pixels, each side must lie in 32-256; fit=True shrinks or converts it"),
        ((1000, 100), "no size with these proportions fits, crop it"),
        ((1000, 20), "no size with these proportions fits, crop it"),
    ],
)
def test_sides_outside_the_rule_are_refused_with_the_numbers(
    size: tuple[int, int], message: str, encoded: Make, rule: ImageRule
) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_input(encoded(Image.new("RGB", size)), rule)


@pytest.mark.parametrize("size", [(32, 32), (256, 256), (32, 256)])
def test_sides_at_the_limits_are_allowed(size: tuple[int, int], encoded: Make, rule: ImageRule) -> None:
    assert read_input(encoded(Image.new("RGB", size)), rule).size == size


@pytest.mark.parametrize("size", [(31, 64), (1000, 100), (1000, 20)])
def test_fit_never_enlarges(size: tuple[int, int], encoded: Make, rule: ImageRule) -> None:
    with pytest.raises(InvalidRequest, match=r"never enlarges|crop it"):
        read_input(encoded(Image.new("RGB", size)), rule, fit=True)


def test_fit_shrinks_to_the_longest_allowed_side_and_says_so(noise: Make, encoded: Make, rule: ImageRule) -> None:
    found = read_input(encoded(noise((512, 200)), "jpeg"), rule, fit=True)
    assert found.size == (256, 100)
    assert found.original_size == (512, 200)
    assert found.mime == "image/jpeg"
    assert found.notes == ("shrunk from 512x200 to 256x100",)


def test_a_file_that_is_too_heavy_is_refused_and_fitted(noise: Make, encoded: Make, rule: ImageRule) -> None:
    data = encoded(noise((240, 240)))
    assert len(data) > rule.max_bytes
    with pytest.raises(InvalidRequest, match=f"has {len(data)} bytes, allowed are 100000; fit=True"):
        read_input(data, rule)
    found = read_input(data, rule, fit=True)
    assert len(found.data) <= rule.max_bytes
    assert found.mime == "image/jpeg"
    assert found.size == (240, 240)
    assert "png converted to jpeg" in found.notes


def test_transparency_survives_a_fit_to_fewer_bytes(noise: Make, encoded: Make, rule: ImageRule) -> None:
    found = read_input(encoded(noise((240, 240), "RGBA")), rule, fit=True)
    assert len(found.data) <= rule.max_bytes
    assert found.open().mode == "RGBA"
    assert found.size is not None
    assert found.size < (240, 240)


def test_a_file_that_is_too_long_for_a_data_url_is_taken_for_it_will_be_uploaded(
    noise: Make, encoded: Make, rule: ImageRule
) -> None:
    data = encoded(noise((64, 64)))
    found = read_input(data, replace(rule, max_data_url_bytes=len(data)))
    assert found.data == data
    assert found.data_url_length == len(found.as_url()) > len(data)
    assert read_input("https://example.com/a.png", rule).data_url_length == 0


def test_a_picture_too_long_and_narrow_for_its_rule_is_refused(encoded: Make, rule: ImageRule) -> None:
    narrow = replace(rule, max_ratio=4.0)
    assert read_input(encoded(Image.new("RGB", (128, 32))), narrow).size == (128, 32)
    with pytest.raises(
        InvalidRequest, match=r"129x32 pixels, the longer side may be 4 times the shorter at most; .*crop"
    ):
        read_input(encoded(Image.new("RGB", (129, 32))), narrow, fit=True)


def test_gif_is_refused_and_fitted_to_png(noise: Make, encoded: Make, rule: ImageRule) -> None:
    data = encoded(noise().quantize(16), "gif")
    with pytest.raises(InvalidRequest, match="is gif, allowed are jpeg, png, bmp, tiff, webp; fit=True"):
        read_input(data, rule)
    found = read_input(data, rule, fit=True)
    assert found.mime == "image/png"
    assert found.notes == ("gif converted to png",)


@pytest.mark.parametrize("kind", ["gif", "png", "webp", "tiff"])
def test_of_several_frames_fit_takes_the_first(kind: str, noise: Make, encoded: Make, rule: ImageRule) -> None:
    red, blue = Image.new("RGB", (64, 48), (255, 0, 0)), Image.new("RGB", (64, 48), (0, 0, 255))
    data = encoded(
        red, kind, save_all=True, append_images=[blue, noise()], **({"lossless": True} if kind == "webp" else {})
    )
    with pytest.raises(InvalidRequest, match=r"has 3 frames, one is allowed.*fit=True"):
        read_input(data, rule)
    found = read_input(data, rule, fit=True)
    assert found.open().convert("RGB").getpixel((20, 20)) == (255, 0, 0)
    assert getattr(found.open(), "n_frames", 1) == 1
    assert "first of 3 frames taken" in found.notes


def test_a_rule_without_alpha_refuses_it_and_fit_lays_it_on_white(noise: Make, encoded: Make, rule: ImageRule) -> None:
    opaque_only = replace(rule, alpha=False)
    clear = Image.new("RGBA", (64, 48), (255, 0, 0, 0))
    for data in (encoded(clear), encoded(clear.quantize(4)), encoded(clear, "webp", lossless=True)):
        with pytest.raises(InvalidRequest, match="has transparency"):
            read_input(data, opaque_only)
        found = read_input(data, opaque_only, fit=True)
        assert found.open().convert("RGB").getpixel((3, 3)) == (255, 255, 255)
        assert found.notes[0] == "transparency laid on white"
    assert read_input(encoded(noise()), opaque_only).notes == ()


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff"])
def test_the_exif_orientation_is_baked_in_and_noted(
    kind: str, orientation: int, encoded: Make, rule: ImageRule
) -> None:
    image = Image.new("RGB", (64, 40))
    image.paste((250, 250, 250), (0, 0, 20, 12))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(image, kind, exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    found = read_input(data, rule)
    assert found.size == upright.size == ((40, 64) if orientation > 4 else (64, 40))
    assert found.open().getexif().get(0x0112, 1) == 1
    assert found.notes == ("EXIF orientation applied",)
    assert found.mime == "image/png"  # without a loss: what lies outside a mask must stay just these pixels
    assert found.open().convert("RGB").tobytes() == upright.convert("RGB").tobytes()
    sent, wanted = found.open().convert("L"), upright.convert("L")
    for place in ((3, 3), (36, 3), (3, 36), (36, 36)):
        assert abs(sent.getpixel(place) - wanted.getpixel(place)) < 8


def test_an_opened_file_is_turned_and_a_picture_derived_from_it_is_not(encoded: Make, rule: ImageRule) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(Image.new("RGB", (64, 40)), "jpeg", exif=exif)
    with Image.open(io.BytesIO(data)) as opened:
        assert read_input(opened, rule).size == (40, 64)
        assert opened.size == (64, 40)
        assert read_input(opened.convert("L"), rule).size == (64, 40)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_broken_exif_block_does_not_matter(noise: Make, encoded: Make, rule: ImageRule) -> None:
    data = encoded(noise(), "jpeg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert read_input(data, rule).data == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "image is empty"),
        (b"<html>no</html>", "image is an HTML page, not a picture"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, NO_HEIC),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, r"image \(png\) cannot be used"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, message: str, rule: ImageRule) -> None:
    for fit in (False, True):
        with pytest.raises(InvalidRequest, match=message):
            read_input(data, rule, fit=fit)


def test_a_seventh_format_that_pillow_reads_can_be_fitted(noise: Make, encoded: Make, rule: ImageRule) -> None:
    data = encoded(noise(), "JPEG2000")
    with pytest.raises(InvalidRequest, match=r"is JPEG2000, allowed are .*fit=True"):
        read_input(data, rule)
    found = read_input(data, rule, fit=True)
    assert picture_type(found.data) == "jpeg"
    assert found.notes == ("JPEG2000 converted to jpeg",)


def test_a_cut_off_file_is_refused(noise: Make, encoded: Make, rule: ImageRule) -> None:
    with pytest.raises(InvalidRequest, match=r"image \(jpeg\) cannot be used: cut off or broken"):
        read_input(encoded(noise(), "jpeg")[:900], rule)


def test_the_refusal_names_the_argument_and_the_file(
    noise: Make, encoded: Make, rule: ImageRule, tmp_path: Any
) -> None:
    (tmp_path / "small.png").write_bytes(encoded(noise((8, 8))))
    with pytest.raises(InvalidRequest, match=r"^image_2 small\.png has 8x8 pixels") as caught:
        read_input(tmp_path / "small.png", rule, what="image_2")
    assert caught.value.problems[0].parameter == "image_2"


def test_re_encoding_keeps_the_colour_profile_and_drops_the_place_where_it_was_taken(
    noise: Make, encoded: Make, rule: ImageRule
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    exif[0x010E] = "at home"
    data = encoded(noise(), "jpeg", exif=exif, icc_profile=b"profile")
    sent = read_input(data, rule).open()
    assert sent.info["icc_profile"] == b"profile"
    assert b"at home" not in read_input(data, rule).data


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_mode_can_be_shrunk(mode: str, noise: Make, encoded: Make, rule: ImageRule) -> None:
    size = (300, 280)
    if mode == "P":
        image = noise(size).quantize(8)
    elif mode == "I;16":
        image = Image.new("I;16", size, 30000)
    else:
        image = noise(size, mode) if mode != "1" else noise(size, "L").convert("1")
    data = encoded(image, "jpeg" if mode == "CMYK" else "png")
    found = read_input(data, rule, fit=True)
    assert found.original_size == size
    assert found.size is not None
    assert max(found.size) <= 256
    if mode == "I;16":
        assert found.open().getextrema() == (117, 117)


def test_an_input_comes_back_from_its_record(noise: Make, encoded: Make, rule: ImageRule) -> None:
    found = read_input(encoded(noise()), rule)
    plain = found.to_dict()
    assert sorted(plain) == ["height", "kind", "mime", "name", "notes", "sha256", "url", "width"]
    assert Input.from_dict(plain, found.data) == found
    assert "data" not in repr(found)
