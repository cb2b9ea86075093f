"""Pictures: the same order gives the same bytes, strength blends, a mask confines, marks stand where they may."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw

from bailian_nb.emulator.drawing.mask import roomiest
from bailian_nb.emulator.drawing.scene import scene

WHERE = (100, 60, 520, 420)


@pytest.fixture(autouse=True)
def _fine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw as users see it."""
    monkeypatch.delenv("WAN_EMULATOR_COARSE")


def oval(size: tuple[int, int] = (640, 512)) -> Image.Image:
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse(WHERE, fill=255)
    return mask


def changed(before: Image.Image, after: Image.Image) -> Image.Image:
    """White where any channel differs."""
    red, green, blue = ImageChops.difference(before, after).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point([0] + [255] * 255)


def count(mask: Image.Image) -> int:
    return mask.histogram()[255]


def test_a_t2i_picture_has_exactly_the_size_asked_for(bench: Any) -> None:
    (data,) = bench.pictures(bench.t2i(size="1000*600"))
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (1000, 600))


@pytest.mark.seldom
def test_the_same_request_gives_the_same_bytes_and_another_seed_does_not(bench: Any) -> None:
    first = bench.pictures(bench.t2i("a sea at sunset"))
    assert bench.pictures(bench.t2i("a sea at sunset")) == first
    assert bench.pictures(bench.t2i("a sea at sunset", seed=8)) != first
    assert bench.pictures(bench.t2i("a sea at noon")) != first


@pytest.mark.seldom
def test_n_pictures_use_the_seeds_that_follow(bench: Any) -> None:
    pictures = bench.pictures(bench.t2i(n=3, seed=10))
    assert len(set(pictures)) == 3
    assert bench.pictures(bench.t2i(n=1, seed=12)) == pictures[2:]


def test_without_a_seed_one_is_drawn_and_logged(bench: Any) -> None:
    body = bench.t2i_body()
    del body["parameters"]["seed"]
    seeds = []
    for _ in range(2):
        bench.submit(bench.T2I, body)
        seeds.append(bench.log()["creates"][-1]["seed"])
    assert len(set(seeds)) == 2
    assert all(0 <= seed < 2**31 for seed in seeds)


@pytest.mark.seldom
def test_a_fault_word_does_not_change_the_picture(bench: Any) -> None:
    plain = bench.opened(bench.pictures(bench.t2i("a city"))[0])
    planned = bench.opened(bench.pictures(bench.t2i("a city emulator:latency=1"))[0])
    assert planned.tobytes() == plain.tobytes()


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("prompt", ["转换成法国绘本风格", "转换成金箔艺术风格"])
def test_strength_goes_from_the_original_to_a_full_change(bench: Any, prompt: str) -> None:
    original = bench.photo()
    shares = []
    for strength in (0.0, 0.4, 1.0):
        image = bench.opened(bench.pictures(bench.edit("stylization_all", prompt, strength=strength))[0])
        shares.append(sum(i * v for i, v in enumerate(ImageChops.difference(original, image).histogram())))
        if strength == 0.0:
            box = changed(original, image).getbbox()
            assert box is not None
            assert box[1] > original.height * 0.85, "only the mark is new"
    assert shares[0] < shares[1] < shares[2]


@pytest.mark.parametrize(
    "prompt", ["Change her hair to red", "戴上墨镜", "make it snow", "at night", "add flowers", "x"]
)
def test_an_instruction_changes_the_picture_visibly(bench: Any, prompt: str) -> None:
    original = bench.photo()
    image = bench.opened(bench.pictures(bench.edit("description_edit", prompt, strength=1.0))[0])
    assert count(changed(original, image)) > 0.02 * original.width * original.height


@pytest.mark.seldom
def test_styles_differ_from_one_another(bench: Any) -> None:
    book, gold = (bench.pictures(bench.edit("stylization_all", prompt)) for prompt in ("绘本", "gold leaf"))
    assert book != gold


@pytest.mark.seldom
@pytest.mark.parametrize("leak", [0, 64, 5000])
def test_a_mask_confines_the_change_but_for_the_leak_that_was_planned(bench: Any, leak: int) -> None:
    mask = oval()
    created = bench.edit("description_edit_with_mask", f"a hat emulator:leak={leak}", mask=bench.data_url(mask), n=2)
    for data in bench.pictures(created):
        difference = changed(bench.photo(), bench.opened(data))
        outside = ImageChops.subtract(difference, mask)
        assert count(outside) == leak
        assert count(difference) > 0.8 * count(mask)
    assert bench.log()["creates"][0]["leak"] == leak


def test_the_usual_leak_comes_from_the_settings_and_is_never_more_than_there_is(make_bench: Any) -> None:
    bench = make_bench(leak=10)
    bench.edit("description_edit_with_mask", mask=bench.data_url(oval()))
    mask = Image.new("L", (640, 512), 255)
    mask.paste(0, (0, 0, 2, 2))
    bench.edit("description_edit_with_mask", "x emulator:leak=99", mask=bench.data_url(mask))
    bench.edit("description_edit")
    assert [row["leak"] for row in bench.log()["creates"]] == [10, 4, None]


def test_grey_in_a_mask_is_kept(bench: Any) -> None:
    mask = oval().point([200 if value else 0 for value in range(256)])
    (data,) = bench.pictures(bench.edit("description_edit_with_mask", "x emulator:leak=0", mask=bench.data_url(mask)))
    assert bench.opened(data).tobytes() == bench.photo().tobytes()


def test_an_empty_prompt_fills_the_area_from_around_it(bench: Any) -> None:
    base = Image.new("RGB", (640, 512), (10, 120, 200))
    ImageDraw.Draw(base).ellipse((250, 200, 330, 280), fill=(255, 0, 0))
    mask = Image.new("L", base.size)
    ImageDraw.Draw(mask).ellipse((240, 190, 340, 290), fill=255)
    created = bench.edit("description_edit_with_mask", "", base=bench.data_url(base), mask=bench.data_url(mask))
    image = bench.opened(bench.pictures(created)[0])
    assert all(abs(a - b) <= 2 for a, b in zip(image.getpixel((290, 220)), (10, 120, 200), strict=True))


def test_the_mark_in_a_masked_edit_stays_inside_the_largest_white_part() -> None:
    mask = Image.new("L", (640, 512))
    mask.paste(255, (10, 10, 90, 60))
    mask.paste(255, (200, 100, 600, 300))
    x0, y0, x1, y1 = roomiest(mask)
    assert 200 <= x0 < x1 <= 600
    assert 100 <= y0 < y1 <= 300
    assert mask.crop((x0, y0, x1, y1)).getextrema() == (255, 255)


@pytest.mark.seldom
@pytest.mark.parametrize("spot", [(300, 300, 309, 305), (0, 0, 1, 1), None])
def test_a_small_or_empty_mask_carries_no_mark(bench: Any, spot: Any) -> None:
    mask = Image.new("L", (640, 512))
    if spot:
        mask.paste(255, spot)
    created = bench.edit("description_edit_with_mask", "x emulator:leak=0", mask=bench.data_url(mask))
    difference = changed(bench.photo(), bench.opened(bench.pictures(created)[0]))
    assert count(ImageChops.subtract(difference, mask)) == 0


@pytest.mark.seldom
def test_every_file_carries_the_label_of_generated_content(bench: Any) -> None:
    for data in (*bench.pictures(bench.t2i()), *bench.pictures(bench.edit("description_edit"))):
        label = json.loads(Image.open(io.BytesIO(data)).info["AIGC"])
        assert label["ContentProducer"] == "EMULATOR"


def test_the_watermark_is_written_only_when_asked_for(bench: Any) -> None:
    plain, marked = (bench.opened(bench.pictures(bench.t2i(watermark=on))[0]) for on in (False, True))
    box = changed(plain, marked).getbbox()
    assert box is not None
    assert box[0] > plain.width * 0.5
    assert box[1] > plain.height * 0.9


KINDS = [("PNG", "RGBA"), ("PNG", "L"), ("PNG", "P"), *((kind, "RGB") for kind in ("JPEG", "WEBP", "BMP", "TIFF"))]


@pytest.mark.seldom
@pytest.mark.parametrize(("kind", "mode"), KINDS)
def test_base_pictures_of_every_mode_and_format_are_read(bench: Any, kind: str, mode: str) -> None:
    base = bench.data_url(bench.photo().convert(mode), kind)
    (data,) = bench.pictures(bench.edit("description_edit", base=base))
    assert bench.opened(data).size == (640, 512)


PROMPTS = [
    "a flower shop",
    "夜晚的书店",
    "a cat with a hat",
    "陶瓷兔子拿着陶瓷小花",
    "winter mountains",
    "城市",
    "garden",
    "sea",
    "a bear",
    "?",
]


@pytest.mark.matrix
@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("size", [(256, 96), (96, 256), (48, 48)])
def test_every_scene_can_be_drawn_in_every_shape(prompt: str, size: tuple[int, int]) -> None:
    image = scene(prompt, seed=3, size=size)
    assert image.size == size
    assert len(image.getcolors(size[0] * size[1]) or ()) > 100


@pytest.mark.parametrize("prompt", ["A robot reading", "一个机器人", "a fox in the snow", "一只狐狸", "a castle"])
def test_a_subject_is_in_a_room_and_never_a_landscape_by_chance(prompt: str) -> None:
    image = scene(prompt, seed=7, size=(128, 128))
    red, _, blue = image.getpixel((3, 124))  # type: ignore[misc]  # the floor is of wood
    assert red > blue + 30


def test_a_fox_is_a_fox() -> None:
    red, green, blue = scene("a fox", seed=7, size=(128, 128)).getpixel((64, 50))  # type: ignore[misc]  # its face
    assert red > green + 60
    assert green > blue + 20


def test_what_was_drawn_coarsely_is_drawn_anew_where_it_is_to_be_fine(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = bench.pictures(bench.t2i("a mill", seed=5))
    monkeypatch.setenv("WAN_EMULATOR_COARSE", "1")
    coarse = bench.pictures(bench.t2i("a mill", seed=5))
    monkeypatch.delenv("WAN_EMULATOR_COARSE")
    assert bench.pictures(bench.t2i("a mill", seed=5)) == fine != coarse
