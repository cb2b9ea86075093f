"""A Mask holds 0 and 255 only, never changes, and means white = edited whatever it was made from."""

from __future__ import annotations

import io
import random
import time
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.images import Input, read_input
from bailian_nb.masks import Mask

from ..world.each import each


def pixels(mask: Mask) -> list[list[bool]]:
    width, height = mask.size
    data = mask.to_image().tobytes()
    return [[data[row * width + column] == 255 for column in range(width)] for row in range(height)]


def speckled(size: tuple[int, int], share: float, seed: int = 1) -> Mask:
    dice = random.Random(seed)
    return Mask.from_image(
        Image.frombytes("L", size, bytes(255 if dice.random() < share else 0 for _ in range(size[0] * size[1])))
    )


def test_a_mask_starts_black_in_the_pictures_size(tmp_path: Path) -> None:
    picture = Image.new("RGB", (60, 40), "red")
    picture.save(tmp_path / "a.png")
    sent = Input.from_bytes((tmp_path / "a.png").read_bytes(), (60, 40))
    array = numpy.zeros((40, 60, 3), numpy.uint8)
    for like in (picture, tmp_path / "a.png", str(tmp_path / "a.png"), sent, (60, 40), array, Mask.like((60, 40))):
        mask = Mask.like(like)
        assert mask.size == (60, 40)
        assert mask.coverage == 0
        assert mask.bbox is None


def test_a_mask_is_as_large_as_a_phones_picture_is_shown(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "phone.jpg", exif=exif)
    assert Mask.like(tmp_path / "phone.jpg").size == (40, 60)
    with Image.open(tmp_path / "phone.jpg") as opened:
        assert Mask.like(opened).size == (40, 60)


@each(
    ("like", "message"),
    [
        ((60,), "width, height"),
        ((60, 0), "width, height"),
        ((60.5, 40), "width, height"),
        ("https://example.com/a.png", "does not fetch a URL"),
        (Input(kind="url", url="https://example.com/a.png"), "not fetched here"),
        ("nothing.png", "does not exist"),
        (None, "missing"),
    ],
)
def test_what_has_no_size_is_refused(like: Any, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        Mask.like(like)


def test_painting_returns_a_new_mask_and_adds_to_what_is_there() -> None:
    empty = Mask.like((20, 10))
    first = empty.rect(0, 0, 4, 4)
    second = first.ellipse(10, 2, 16, 8)
    assert empty.coverage == 0
    assert first.bbox == (0, 0, 4, 4)
    assert second.bbox == (0, 0, 16, 8)
    assert second & first == first
    assert set(second.to_image().tobytes()) == {0, 255}


def test_every_shape_is_white_where_it_was_painted() -> None:
    mask = Mask.like((40, 40)).polygon([(1, 1), (11, 1), (1, 11)]).stroke([(20, 20), (30, 30)], 3).stroke([(35, 5)], 1)
    lit = pixels(mask)
    assert lit[2][2]
    assert lit[25][25]
    assert lit[5][35]
    assert not lit[10][10]


def test_shapes_may_lie_outside_in_part_or_whole() -> None:
    mask = Mask.like((10, 10)).rect(-5, -5, 2, 2).stroke([(9.5, 9.5), (40, 40)], 0.5).ellipse(50, 50, 60, 60)
    assert mask.rect(3, -9, 3.4, -2).bbox == (0, 0, 10, 10)
    assert mask.coverage == pytest.approx(0.05)


def test_algebra_is_that_of_sets() -> None:
    left, right = speckled((31, 17), 0.5, 1), speckled((31, 17), 0.5, 2)
    a, b = numpy.array(pixels(left)), numpy.array(pixels(right))
    assert (numpy.array(pixels(left | right)) == (a | b)).all()
    assert (numpy.array(pixels(left & right)) == (a & b)).all()
    assert (numpy.array(pixels(left - right)) == (a & ~b)).all()
    assert (numpy.array(pixels(~left)) == ~a).all()


def test_masks_of_two_sizes_do_not_go_together() -> None:
    with pytest.raises(InvalidRequest, match="20x10 and 10x20"):
        Mask.like((20, 10)) | Mask.like((10, 20))
    with pytest.raises(TypeError, match="not with int"):
        Mask.like((20, 10)) | 3  # type: ignore[operator]


@pytest.mark.parametrize("px", [0, 0.9, 1, 1.5, 2, 2.9, 5])
@pytest.mark.parametrize("size", [(23, 19), (16, 8)])
def test_grow_is_an_exact_disc(px: float, size: tuple[int, int]) -> None:
    mask = speckled(size, 0.03)
    lit = pixels(mask)
    white = [(column, row) for row, line in enumerate(lit) for column, on in enumerate(line) if on]
    expected = [
        [any((x - column) ** 2 + (y - row) ** 2 <= px * px for x, y in white) for column in range(size[0])]
        for row in range(size[1])
    ]
    assert pixels(mask.grow(px)) == expected


def test_shrink_takes_away_what_is_near_black_but_not_at_the_pictures_edge() -> None:
    mask = Mask.like((20, 10)).rect(0, 0, 10, 10)
    assert mask.shrink(3) == Mask.like((20, 10)).rect(0, 0, 7, 10)
    assert (~Mask.like((20, 10))).shrink(5).coverage == 1


@pytest.mark.seldom
def test_grow_of_the_largest_picture_takes_seconds_not_minutes() -> None:
    mask = Mask.like((4096, 4096)).stroke([(500, 500), (3000, 3500)], 200)
    start = time.process_time()
    grown = mask.grow(64)
    assert time.process_time() - start < 4
    assert grown.coverage > mask.coverage


@pytest.mark.parametrize("px", [-1, float("nan"), 21, "much"])
def test_grow_by_nonsense_is_refused(px: Any) -> None:
    with pytest.raises(InvalidRequest, match="grow and shrink"):
        Mask.like((20, 10)).grow(px)


def test_from_image_cuts_at_a_threshold_and_never_inverts_by_itself() -> None:
    ramp = Image.frombytes("L", (4, 1), bytes([0, 127, 128, 255]))
    assert pixels(Mask.from_image(ramp)) == [[False, False, True, True]]
    assert pixels(Mask.from_image(ramp, invert=True)) == [[True, True, False, False]]
    assert pixels(Mask.from_image(ramp, threshold=200)) == [[False, False, False, True]]


@pytest.mark.parametrize(
    "array",
    [
        numpy.array([[True, False], [False, True]]),
        numpy.array([[1, 0], [0, 1]], numpy.uint8),
        numpy.array([[255, 0], [0, 255]], numpy.uint8),
        numpy.array([[[255] * 3, [0] * 3], [[0] * 3, [255] * 3]], numpy.uint8),
    ],
)
def test_arrays_mean_what_they_say(array: Any) -> None:
    assert pixels(Mask.from_image(array)) == [[True, False], [False, True]]


def test_from_image_reads_any_mode_and_counts_transparent_as_black() -> None:
    assert pixels(Mask.from_image(Image.frombytes("1", (2, 1), b"\x80"))) == [[True, False]]
    deep = Image.frombytes("I;16", (2, 1), (65535).to_bytes(2, "little") + (300).to_bytes(2, "little"))
    assert pixels(Mask.from_image(deep)) == [[True, False]]
    clear = Image.new("RGBA", (2, 1), (255, 255, 255, 0))
    clear.putpixel((0, 0), (255, 255, 255, 255))
    assert pixels(Mask.from_image(clear)) == [[True, False]]
    assert pixels(Mask.from_image(clear.quantize(4))) == [[True, False]]


def test_from_alpha_is_white_where_the_picture_is_opaque() -> None:
    picture = Image.new("RGBA", (4, 4), (200, 10, 10, 0))
    picture.paste((10, 10, 10, 255), (0, 0, 2, 4))
    assert Mask.from_alpha(picture) == Mask.like((4, 4)).rect(0, 0, 2, 4)
    assert Mask.from_alpha(picture, invert=True) == Mask.like((4, 4)).rect(2, 0, 4, 4)
    with pytest.raises(InvalidRequest, match="needs a picture with transparency"):
        Mask.from_alpha(picture.convert("RGB"))


def test_from_boxes_takes_a_size_or_a_picture() -> None:
    boxes = [(0, 0, 2, 2), (5, 5, 8, 9)]
    expected = Mask.like((10, 10)).rect(0, 0, 2, 2).rect(5, 5, 8, 9)
    assert Mask.from_boxes((10, 10), boxes) == expected
    assert Mask.from_boxes(Image.new("L", (10, 10)), numpy.array(boxes)) == expected
    with pytest.raises(InvalidRequest, match="x0, y0, x1, y1"):
        Mask.from_boxes((10, 10), [(1, 2, 3)])


def test_from_diff_is_white_where_any_channel_differs_by_more_than_the_threshold() -> None:
    before = Image.new("RGB", (4, 2), (100, 100, 100))
    after = before.copy()
    after.putpixel((1, 1), (100, 100, 117))
    after.putpixel((2, 0), (116, 100, 100))
    assert Mask.from_diff(before, after) == Mask.like((4, 2)).rect(1, 1, 2, 2)
    assert Mask.from_diff(before, after, threshold=15).coverage == 0.25
    with pytest.raises(InvalidRequest, match="4x2 and 2x2"):
        Mask.from_diff(before, Image.new("RGB", (2, 2)))


def test_warning_names_invert_only_where_the_mask_may_be_the_wrong_way_round() -> None:
    assert Mask.like((100, 100)).rect(0, 0, 60, 100).warning is None
    assert "61 % of the mask is white" in (Mask.like((100, 100)).rect(0, 0, 61, 100).warning or "")
    frame = ~Mask.like((100, 100)).rect(1, 1, 99, 99)
    assert "all four edges" in (frame.warning or "")
    assert "invert=True" in (frame.warning or "")
    assert Mask.like((100, 100)).warning is None


def test_what_comes_out_is_a_copy() -> None:
    mask = Mask.like((4, 4)).rect(0, 0, 2, 2)
    mask.to_image().paste(255, (0, 0, 4, 4))
    mask.to_numpy()[:] = 255
    assert mask.coverage == 0.25
    source = Image.new("L", (4, 4))
    held = Mask(source)
    source.paste(255, (0, 0, 4, 4))
    assert held.coverage == 0
    assert mask.to_image().mode == "L"
    assert (mask.to_numpy() == numpy.array(pixels(mask)) * 255).all()
    assert mask.to_numpy().dtype == numpy.uint8


def test_a_mask_of_greys_cannot_be_made() -> None:
    with pytest.raises(InvalidRequest, match="0 and 255 only"):
        Mask(Image.new("L", (4, 4), 7))
    with pytest.raises(InvalidRequest, match="mode L"):
        Mask(Image.new("RGB", (4, 4)))


def test_save_writes_a_grey_png_that_reads_back_equal(tmp_path: Path) -> None:
    mask = Mask.like((33, 21)).ellipse(3, 3, 30, 18)
    path = mask.save(tmp_path / "mask.PNG")
    with Image.open(path) as saved:
        assert saved.mode == "L"
        assert saved.tobytes() == mask.to_image().tobytes()
    assert Mask.from_image(path) == mask
    with pytest.raises(InvalidRequest, match=r"saved as \.png"):
        mask.save(tmp_path / "mask.jpg")


def test_save_writes_whole_files_and_through_links_of_the_users_own_alone(tmp_path: Path) -> None:
    mask = Mask.like((33, 21)).ellipse(3, 3, 30, 18)
    (tmp_path / "disk").mkdir()
    (tmp_path / "mask.png").symlink_to(tmp_path / "disk" / "mask.png")
    (tmp_path / "disk" / "mask.png").write_bytes(b"old")
    assert mask.save(tmp_path / "mask.png") == tmp_path / "mask.png"
    assert (tmp_path / "mask.png").is_symlink()
    assert Mask.from_image(tmp_path / "disk" / "mask.png") == mask
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["mask.png"]


def test_a_mask_that_cannot_be_written_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = Mask.like((33, 21)).save(tmp_path / "mask.png").read_bytes()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        Mask.like((8, 8)).save(tmp_path / "mask.png")
    assert (tmp_path / "mask.png").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"mask.png", "user"}


def test_equal_masks_hash_alike_and_show_alike() -> None:
    one, two = Mask.like((8, 8)).rect(0, 0, 4, 4), Mask.like((8, 8)).stroke([(2, 2)], 9).rect(0, 0, 8, 8)
    assert one != two
    assert one != "mask"
    assert len({one, two, Mask.like((8, 8)).rect(0, 0, 4, 4)}) == 2
    assert repr(one) == "<Mask 8x8 25.0 % white>"
    bundle, words = one._repr_mimebundle_()
    assert words["image/png"]["alt"].startswith("Mask ")
    assert bundle["text/plain"] == repr(one)
    assert bundle["image/png"]


def test_a_mask_goes_to_the_service_as_it_is() -> None:
    rule = specs.get("wanx2.1-imageedit").images
    assert rule is not None
    mask = Mask.like((600, 520)).rect(10, 10, 100, 100)
    with Image.open(io.BytesIO(read_input(mask, rule).data)) as sent:
        assert sent.tobytes() == mask.to_image().tobytes()
