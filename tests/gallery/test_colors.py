"""Whatever profiles an original and its answer have, the pasted picture shows the original outside the mask."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms

from bailian_nb.gallery import Picture, Record, save_pasted, save_picture
from bailian_nb.images import decode, png_chunks
from bailian_nb.images.encode import to_jpeg, to_png
from bailian_nb.images.profiles import converted, fits, is_standard, profile_of, space_of, to_rgb
from bailian_nb.masks import Mask

from ..world import icc
from ..world.each import each

SIZE = (64, 48)
MASK = Mask.like(SIZE).rect(20, 10, 50, 40).to_image()
P3, SRGB, GREY, INK = icc.display_p3(), icc.srgb(), icc.grey(), icc.ink()


def photo(mode: str = "RGB") -> Image.Image:
    """A picture with much colour and no hard edge."""
    bands = [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90)]
    return Image.merge("RGB", [band.resize(SIZE) for band in bands]).convert(mode)


def reopened(image: Image.Image, kind: str, profile: bytes, **options: Any) -> Image.Image:
    file = io.BytesIO()
    image.save(file, kind, **({"icc_profile": profile} if profile else {}), **options)
    return decode(file.getvalue())


def served(image: Image.Image, profile: bytes, record: Record, folder: Path, **options: Any) -> Picture:
    """Save an answer in which the masked part is white."""
    image = image.convert("RGB")
    image.paste("white", mask=MASK)
    file = io.BytesIO()
    image.save(file, "PNG", **({"icc_profile": profile} if profile else {}), **options)
    return save_picture(file.getvalue(), record, folder, "a")


def pasted(original: Image.Image, answer: Picture) -> tuple[Image.Image, bytes, int]:
    """Return the pasted picture, its profile, and the leak."""
    found, note = save_pasted(answer, original, MASK, feather=0)
    assert found is not None, note
    image = decode(found.path.read_bytes())
    return image, image.info.get("icc_profile", b""), found.record.leak or 0


def outside(one: Image.Image, other: Image.Image) -> int:
    """Return the largest difference outside the mask."""
    apart = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    apart.paste("black", mask=MASK)
    return max(high for _, high in apart.getextrema())  # type: ignore[misc]


@pytest.fixture
def row(record: Record) -> Record:
    return replace(record, index=0)


@pytest.mark.parametrize("answer_profile", [b"", P3, SRGB], ids=["untagged", "p3", "srgb"])
@pytest.mark.parametrize("profile", [b"", P3, SRGB], ids=["untagged", "p3", "srgb"])
def test_the_originals_numbers_and_its_profile_stay(
    profile: bytes, answer_profile: bytes, row: Record, tmp_path: Path
) -> None:
    original = reopened(photo(), "PNG", profile)
    image, kept, _ = pasted(original, served(photo(), answer_profile, row, tmp_path))
    assert outside(image, original) == 0
    assert is_standard(kept) if is_standard(profile) else kept == profile


def test_a_service_that_goes_by_profiles_and_one_that_does_not_both_leak_nothing(row: Record, tmp_path: Path) -> None:
    original = reopened(photo(), "PNG", P3)
    managed = converted(original, P3)
    assert managed is not None
    assert outside(managed, original) > 10, "the numbers of the two spaces differ"
    for number, answer in enumerate((photo(), managed)):
        image, kept, leak = pasted(original, served(answer, b"", replace(row, task_id=f"t{number}"), tmp_path))
        assert (outside(image, original), kept) == (0, P3)
        assert leak == 0 if answer is not managed else leak < 64 * 48
        red, green, blue = image.getpixel((35, 25))  # type: ignore[misc]
        assert min(red, green, blue) >= 254, "white is white in every space"


def test_colors_inside_the_mask_are_those_of_the_answer(row: Record, tmp_path: Path) -> None:
    original = reopened(photo(), "PNG", P3)
    managed = converted(original, P3)
    assert managed is not None
    managed.paste((255, 0, 0), (20, 10, 50, 40))
    file = io.BytesIO()
    managed.save(file, "PNG")
    image, kept, _ = pasted(original, save_picture(file.getvalue(), row, tmp_path, "a"))
    seen = converted(image, kept)
    assert seen is not None
    red, green, blue = seen.getpixel((35, 25))  # type: ignore[misc]
    assert (red, green, blue) == pytest.approx((255, 0, 0), abs=6)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_profile_for_other_numbers_is_left_out(mode: str, row: Record, tmp_path: Path) -> None:
    original = reopened(photo(mode), "JPEG", GREY if mode == "L" else INK, quality=95)
    assert profile_of(original)
    answer = original.convert("RGB")
    image, kept, leak = pasted(original, served(answer, b"", row, tmp_path))
    assert (image.mode, kept, leak) == ("RGB", b"", 0)
    assert outside(image, answer) == 0
    assert b"iCCP" not in [chunk.name for chunk in png_chunks(next(tmp_path.glob("*_pasted.png")).read_bytes())]


def test_ink_is_read_as_the_service_read_it(row: Record, tmp_path: Path) -> None:
    original = reopened(photo("CMYK"), "JPEG", INK, quality=95)
    managed = to_rgb(original)
    assert outside(managed, original.convert("RGB")) > 10
    image, kept, leak = pasted(original, served(managed, b"", row, tmp_path))
    assert (outside(image, managed), kept, leak) == (0, b"", 0)


def test_what_else_a_served_file_says_of_its_colors_goes_with_its_profile(row: Record, tmp_path: Path) -> None:
    original = reopened(photo(), "PNG", P3)
    answer = served(photo(), SRGB, row, tmp_path, dpi=(72, 72))
    image, kept, _ = pasted(original, answer)
    names = [chunk.name for chunk in png_chunks(next(tmp_path.glob("*_pasted.png")).read_bytes())]
    assert names.count(b"iCCP") == 1
    assert b"pHYs" in names, "what is no colour is carried over"
    assert kept == P3
    assert image.mode == "RGB"


@each(
    ("mode", "profile", "kept"),
    [
        ("RGB", P3, True),
        ("RGBA", P3, True),
        ("P", P3, True),
        ("L", GREY, True),
        ("LA", GREY, True),
        ("RGB", GREY, False),
        ("RGB", INK, False),
        ("L", P3, False),
        ("CMYK", INK, False),
    ],
)
def test_a_profile_goes_along_where_it_fits_the_mode(mode: str, profile: bytes, kept: bool) -> None:
    image = photo().quantize(16) if mode == "P" else photo(mode)
    image.info["icc_profile"] = profile
    written = decode(to_png(image))
    assert written.info.get("icc_profile", b"") == (profile if kept else b"")
    flat = decode(to_jpeg(image))
    fitting = fits(profile, flat.mode)
    assert flat.info.get("icc_profile", b"") == (profile if fitting and (kept or mode == "CMYK") else b"")


def test_ink_becomes_rgb_by_its_profile() -> None:
    image = photo("CMYK")
    plain = to_rgb(image)
    assert plain.tobytes() == image.convert("RGB").tobytes()
    for profile, managed in ((INK, True), (b"no profile at all" * 20, False), (P3, False), (GREY, False)):
        image.info["icc_profile"] = profile
        found = to_rgb(image)
        assert (found.tobytes() != plain.tobytes()) is managed
        assert "icc_profile" not in found.info


def test_profiles_are_told_apart() -> None:
    assert [space_of(each) for each in (P3, GREY, INK, b"short")] == [b"RGB ", b"GRAY", b"CMYK", b""]
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert [is_standard(each) for each in (SRGB, own, b"", b"junk", P3)] == [True, True, True, True, False]
    assert converted(photo(), b"junk" * 99) is None
    clear = photo("RGBA")
    clear.putalpha(77)
    found = converted(clear, P3)
    assert found is not None
    assert found.getchannel("A").getextrema() == (77, 77)
