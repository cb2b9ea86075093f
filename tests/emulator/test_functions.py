"""The ten edit functions do what they are called: widen, enlarge, colour, clean, restyle, draw along lines, move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from bailian_nb import specs
from bailian_nb.emulator.drawing.local import restyle


@pytest.fixture(autouse=True)
def _fine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw as users see it."""
    monkeypatch.delenv("WAN_EMULATOR_COARSE")


def changed(before: Image.Image, after: Image.Image) -> Image.Image:
    """White where any channel differs."""
    red, green, blue = ImageChops.difference(before, after).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point([0] + [255] * 255)


def one(bench: Any, function: str, prompt: str = "red", base: Image.Image | None = None, **values: Any) -> Image.Image:
    url = bench.data_url(base) if base is not None else None
    (data,) = bench.pictures(bench.edit(function, prompt, base=url, **values))
    found: Image.Image = bench.opened(data)
    return found


@pytest.mark.matrix
@pytest.mark.parametrize("row", specs.get("wanx2.1-imageedit").functions, ids=lambda row: row.name)
def test_every_function_answers_its_example_the_same_way_twice(bench: Any, row: specs.Function) -> None:
    mask = Image.new("L", (640, 512))
    mask.paste(255, (100, 60, 520, 420))
    given = bench.data_url(mask) if row.mask else None
    first = bench.pictures(bench.edit(row.name, row.example.en, mask=given, n=2))
    assert len(set(first)) == 2
    assert bench.pictures(bench.edit(row.name, row.example.en, mask=given)) == first[:1]
    assert all(bench.opened(data).tobytes() != bench.photo().tobytes() for data in first)
    assert bench.finish(bench.edit(row.name, row.example.zh, mask=given))["output"]["task_status"] == "SUCCEEDED"


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(
    ("scales", "size", "at"),
    [
        ({"top": 1.5, "bottom": 1.5, "left": 1.5, "right": 1.5}, (960, 768), (160, 128)),
        ({"left": 2.0}, (960, 512), (320, 0)),
        ({"bottom": 1.2}, (640, 563), (0, 0)),
        ({}, (640, 512), (0, 0)),
    ],
)
def test_expand_grows_the_canvas_and_keeps_the_picture(
    bench: Any, scales: dict[str, float], size: tuple[int, int], at: tuple[int, int]
) -> None:
    image = one(bench, "expand", "a park", **{f"{side}_scale": scale for side, scale in scales.items()})
    assert image.size == size
    kept = image.crop((*at, at[0] + 640, at[1] + 512))
    if scales:
        assert kept.tobytes() == bench.photo().tobytes(), "not even the mark stands on the original"


@pytest.mark.parametrize("factor", [1, 2, pytest.param(4, marks=pytest.mark.slow)])
def test_super_resolution_multiplies_the_sides(bench: Any, factor: int) -> None:
    image = one(bench, "super_resolution", upscale_factor=factor)
    assert image.size == (640 * factor, 512 * factor)
    small = image.resize((640, 512), Image.Resampling.BOX).crop((0, 0, 640, 400))
    difference = ImageStat.Stat(ImageChops.difference(small, bench.photo().crop((0, 0, 640, 400))))
    assert max(difference.mean) < 6, "the same picture"


def test_super_resolution_beyond_this_machine_is_refused(bench: Any) -> None:
    large = Image.new("RGB", (4096, 1100), "red")
    answer = bench.edit("super_resolution", base=bench.data_url(large), upscale_factor=4)
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert "the emulator draws at most" in answer.json()["message"]


def test_colorization_makes_a_grey_picture_coloured(bench: Any) -> None:
    grey = bench.photo().convert("L").convert("RGB")
    named = one(bench, "colorization", "blue background, yellow leaves", grey)
    corner, middle = (ImageStat.Stat(named.crop(box)).mean for box in ((0, 0, 60, 60), (300, 236, 340, 276)))
    assert corner[2] > corner[0] + 15, "blue behind"
    assert middle[0] > middle[2] + 15, "yellow before"
    alone = one(bench, "colorization", "", grey)
    assert max(ImageStat.Stat(alone.convert("HSV")).mean[1:2]) > 40


def test_remove_watermark_takes_light_text_off_and_leaves_the_rest(bench: Any) -> None:
    clean = bench.photo()
    marked = clean.copy()
    ImageDraw.Draw(marked).text((150, 80), "SAMPLE 2026", fill=(255, 255, 255), font=ImageFont.load_default(44))
    text = changed(clean, marked)
    image = one(bench, "remove_watermark", "Remove the text", marked)
    before, after = (ImageStat.Stat(ImageChops.difference(clean, each), text).mean for each in (marked, image))
    assert max(after) < max(before) / 6
    far = (0, 200, 640, 440)
    assert image.crop(far).tobytes() == clean.crop(far).tobytes()


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(
    "style",
    ["ice", "cloud", "chinese festive lantern", "wooden", "blue and white porcelain", "fluffy", "yarn", "balloon"],
)
def test_stylization_local_restyles_the_middle_only(bench: Any, style: str) -> None:
    image = one(bench, "stylization_local", f"Change the house to {style} style")
    area = changed(bench.photo(), image)
    left, top, right, bottom = area.getbbox() or (0, 0, 0, 0)
    assert (left > 20, top > 20, right < 620, bottom < 492) == (True, True, True, True)
    assert area.crop((220, 180, 420, 360)).histogram()[255] > 30_000


@pytest.mark.seldom
def test_the_eight_styles_differ(bench: Any) -> None:
    words = ("冰雕", "云朵", "花灯", "木板", "青花瓷", "毛茸茸", "毛线", "气球")
    photo = bench.photo((520, 512))
    assert len({restyle(photo, f"把房子变成{word}风格", 7)[0].tobytes() for word in words}) == 8


@pytest.mark.seldom
def test_doodle_draws_along_the_lines_of_a_sketch(bench: Any) -> None:
    sketch = Image.new("RGB", (640, 512), "white")
    ImageDraw.Draw(sketch).ellipse((200, 100, 440, 340), outline="black", width=6)
    image = one(bench, "doodle", "A tree in a meadow", sketch, is_sketch=True)
    line, beside = image.crop((200, 217, 206, 223)), image.crop((300, 217, 306, 223))
    assert max(ImageStat.Stat(line).mean) < min(ImageStat.Stat(beside).mean), "the line is there, dark"
    assert ImageStat.Stat(image.convert("HSV")).mean[1] > 30, "and the white has become a picture"
    assert one(bench, "doodle", "A tree in a meadow", sketch, is_sketch=False).tobytes() != image.tobytes()


def test_the_cartoon_character_stands_in_a_new_scene(bench: Any) -> None:
    toon = Image.new("RGB", (640, 512), (250, 250, 250))
    ImageDraw.Draw(toon).ellipse((220, 100, 420, 480), fill=(255, 0, 200))
    image = one(bench, "control_cartoon_feature", "A cartoon character in a forest", toon)
    red, green, blue = image.split()
    is_toon = ImageChops.darker(
        ImageChops.darker(red.point([0] * 250 + [255] * 6), blue.point([0] * 190 + [255] * 66)),
        green.point([255] * 10 + [0] * 246),
    )
    share = is_toon.histogram()[255] / (640 * 512)
    assert 0.03 < share < 0.4
    assert ImageStat.Stat(image.crop((0, 0, 640, 60))).stddev != ImageStat.Stat(toon.crop((0, 0, 640, 60))).stddev


@pytest.fixture
def cat() -> Image.Image:
    with Image.open(Path(__file__).parents[2] / "notebooks" / "photos" / "cat.jpg") as photo:
        return photo.convert("RGB")


def far(before: Image.Image, after: Image.Image) -> Image.Image:
    """White where somebody would see a difference."""
    return ImageChops.difference(before, after).convert("L").point([0] * 25 + [255] * 231)


@pytest.mark.seldom
def test_fur_is_not_taken_for_text(bench: Any, cat: Image.Image) -> None:
    cleaned = one(bench, "remove_watermark", "Remove the text", cat)
    assert far(cat, cleaned).histogram()[255] < 0.05 * cat.width * cat.height


@pytest.mark.seldom
def test_what_is_worn_lies_on_a_sticker_and_no_face_is_looked_for(bench: Any, cat: Image.Image) -> None:
    worn = one(bench, "description_edit", "Put sunglasses on the cat", cat, strength=0.9)
    seen = far(cat, worn)
    whole, sticker = seen.histogram()[255], seen.crop((cat.width * 3 // 5, 0, cat.width, cat.height // 2))
    mark = seen.crop((0, cat.height * 7 // 8, cat.width // 4, cat.height))
    assert sticker.histogram()[255] > 0.02 * cat.width * cat.height
    assert whole == sticker.histogram()[255] + mark.histogram()[255]
