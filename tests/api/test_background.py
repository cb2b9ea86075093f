"""Backgrounds: the product's own pixels come back to the bit, and one that was moved is found and not pasted over."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

import bailian_nb as wan
from bailian_nb import cli, specs
from bailian_nb.client import encode
from bailian_nb.errors import InvalidRequest
from bailian_nb.session import session as sessions

SERVICE = "wanx-background-generation-v2"
SIZE = (832, 768)


@pytest.fixture(autouse=True)
def _unlimited(unlimited: None) -> None:
    """Many calls of one test."""


@cache
def textured(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Return goods as a camera sees them: light, edges and grain."""
    rng = numpy.random.default_rng(seed)
    grain = rng.normal(0, 6, (*size[::-1], 3))
    light = numpy.linspace(60, 190, size[0])[None, :, None] * numpy.array([1.0, 0.7 + 0.05 * (seed % 5), 0.6])
    image = Image.fromarray(numpy.clip(grain + light, 0, 255).astype(numpy.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = int(rng.integers(0, size[0])), int(rng.integers(0, size[1]))
        colour = tuple(int(each) for each in rng.integers(0, 255, 3))
        draw.rectangle((x, y, x + 60, y + 24), fill=colour)
    return image


def shape(kind: str, seed: int) -> Image.Image:
    """Return the alpha of one product: a body, thin parts, hair or glass."""
    rng = numpy.random.default_rng(seed)
    alpha = Image.new("L", SIZE)
    draw = ImageDraw.Draw(alpha)
    x, y = 220 + 12 * (seed % 7), 200 + 9 * (seed % 5)
    draw.ellipse((x, y, x + 330, y + 380), fill=255)
    if kind == "thin":
        for step in range(12):
            draw.line((x + 160, y + 10, x - 120 + step * 50, y - 130), fill=255, width=1 + step % 3)
    if kind == "hair":
        for _ in range(260):
            px, py = x + int(rng.integers(0, 330)), y + int(rng.integers(-10, 40))
            end = (px + int(rng.integers(-40, 40)), py - int(rng.integers(20, 110)))
            draw.line((px, py, *end), fill=int(rng.integers(60, 256)))
        alpha = alpha.filter(ImageFilter.GaussianBlur(0.6))
    if kind == "glass":
        draw.ellipse((x + 330, y + 60, x + 430, y + 300), fill=120)
        alpha = alpha.filter(ImageFilter.GaussianBlur(1.2))
    return alpha


@cache
def product(kind: str, seed: int) -> Image.Image:
    image = textured(seed).convert("RGBA")
    image.putalpha(shape(kind, seed))
    return image


GOODS = partial(textured, 1)


def part() -> Image.Image:
    """Return a small piece of a product, for where many of them are given."""
    return product("body", 1).crop((240, 200, 400, 360))


def drawn(value: Any) -> Any:
    """Draw what a case names: when the cases are listed, nothing is drawn."""
    return value() if callable(value) else [drawn(each) for each in value] if isinstance(value, list) else value


TWENTY = [(kind, seed) for kind in ("body", "thin", "hair", "glass") for seed in range(5)]


def changed(original: Image.Image, result: Path, kept: Image.Image) -> int:
    """Count the pixels inside what is kept that are not the original's, by the file on disk."""
    with Image.open(result) as opened:
        difference = ImageChops.difference(original.convert("RGB"), opened.convert("RGB"))
    worst = difference.split()[0]
    for band in difference.split()[1:]:
        worst = ImageChops.lighter(worst, band)
    inside = ImageChops.darker(worst.point([0] + [255] * 255), kept.point([0] * 128 + [255] * 128))
    return inside.histogram()[255]


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("kind", "seed"),
    [pytest.param(*each, marks=() if each[1] == 0 else pytest.mark.slow) for each in TWENTY],
)
def test_no_pixel_of_the_product_is_changed(kind: str, seed: int) -> None:
    image = product(kind, seed)
    kept = image.getchannel("A").point([0] * 250 + [255] * 6)
    result = wan.edit(image, "background", "on a marble table, morning light", seed=seed).result()
    (picture,) = result
    assert picture.path.name.endswith("_pasted.png"), result.notes
    assert changed(image, picture.path, kept) == 0
    assert changed(image, picture.raw_path, kept) > 0, "the model draws the product anew, or nothing is shown"
    assert picture.record.leak
    with Image.open(picture.path) as pasted, Image.open(picture.raw_path) as served:
        ground = ImageChops.difference(pasted.convert("RGB"), served.convert("RGB")).convert("L")
    outside = ImageChops.darker(ground, ImageChops.invert(kept.filter(ImageFilter.MaxFilter(13))))
    assert outside.getbbox() is None, "the scene, and the shadow in it, is the service's own"


MOVES = [
    (40, 0, 100),
    (-36, 12, 100),
    (0, 30, 100),
    (18, -24, 100),
    (0, 0, 115),
    (0, 0, 88),
    (24, 10, 110),
    (-60, -30, 100),
    (9, 7, 100),
    (30, -30, 90),
]


USUAL = [(40, 0, 100), (-60, -30, 100), (9, 7, 100)]
"""Those that are tried each time; test_register knows many more."""


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("dx", "dy", "percent"), [pytest.param(*move, marks=() if move in USUAL else pytest.mark.slow) for move in MOVES]
)
@pytest.mark.seldom
def test_a_product_that_was_moved_is_found_said_and_not_pasted(dx: int, dy: int, percent: int) -> None:
    image = product("body", 3)
    prompt = f"a sea at dusk emulator:moved={dx}:{dy}:{percent}"
    (picture,), result = (found := wan.edit(image, "background", prompt, seed=5).result()), found
    assert picture.path == picture.raw_path
    (note,) = [note for note in result.notes if note.startswith("not pasted back: the product was ")]
    if percent == 100:
        told = note.partition("moved by ")[2].partition(" pixels")[0].split(", ")
        assert [abs(int(given) - wanted) <= 1 for given, wanted in zip(told, (dx, dy), strict=True)] == [True, True]
    else:
        told_scale = float(note.partition("scaled ")[2].partition(" times")[0])
        assert abs(told_scale - percent / 100) < 0.05


def plan(image: Any, prompt: str = "on a table", **more: Any) -> Any:
    function = more.pop("function", "background")
    values = {"prompt": prompt, **more.pop("values", {})}
    model = more.pop("model", specs.DEFAULT_BACKGROUND)
    return sessions.current().plan(model=model, function=function, values=values, images=(image,), **more)


def white() -> Image.Image:
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).ellipse((240, 200, 560, 580), fill=255)
    return mask


@pytest.mark.seldom
def test_the_default_model_is_told_in_words_and_gets_no_mask() -> None:
    request = plan(textured(1), keep=white()).require()
    call = encode(request, {})
    assert call.body["model"] == "wan2.7-image"
    texts = [item["text"] for item in call.body["input"]["messages"][0]["content"] if "text" in item]
    assert texts == [specs.get("wan2.7-image").recipes[0].instruction.en.replace("{prompt}", "on a table")]  # type: ignore[union-attr]
    assert call.body["parameters"]["size"] == "832*768"
    assert "mask" not in json.dumps(call.shown())
    assert plan(textured(1), "放在桌上", keep=white()).require().prompt.endswith("替换为以下场景:放在桌上")


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("keep", ["mask", "file", "Mask", "alpha", None])
def test_what_is_kept_may_be_given_in_every_form(keep: str | None, tmp_path: Path) -> None:
    white().save(tmp_path / "mask.png")
    given: Any = {"mask": white(), "file": str(tmp_path / "mask.png"), "Mask": wan.Mask.from_image(white())}.get(
        keep or "", keep
    )
    image = product("body", 2) if keep in ("alpha", None) else textured(2)
    mask = plan(image, keep=given).require().mask
    assert mask is not None
    wanted = shape("body", 2).point([0] * 250 + [255] * 6) if keep in ("alpha", None) else white()
    assert ImageChops.difference(ImageChops.invert(mask.open().convert("L")), wanted).getbbox() is None


def see_through(alpha: int) -> Image.Image:
    image = textured(1).convert("RGBA")
    image.putalpha(alpha)
    return image


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(
    ("image", "more", "told"),
    [
        (GOODS, {}, "keep is missing: the picture has no transparency"),
        (GOODS, {"keep": Image.new("L", SIZE)}, "keep has no white pixel"),
        (GOODS, {"keep": Image.new("L", (9, 9), 255)}, "keep: mask has 9x9 pixels, its picture has 832x768"),
        (GOODS, {"keep": "alpha"}, "keep is missing"),
        (GOODS, {"keep": Image.new("L", SIZE, 255)}, "keep: mask is white everywhere, and what is white stays here"),
        (lambda: see_through(128), {}, "the transparency of the picture keeps nothing apart"),
        (lambda: see_through(255), {}, "the transparency of the picture keeps nothing apart"),
        (GOODS, {"mask": white()}, "takes no mask; background takes keep, white where the picture is kept"),
        ("https://example.com/mug.png", {"keep": white()}, "keep needs the picture itself"),
        (GOODS, {"keep": white(), "prompt": " "}, "prompt is empty"),
        (GOODS, {"keep": white(), "function": None}, "model wan2.7-image keeps nothing by itself"),
    ],
)
def test_what_cannot_be_kept_is_one_line(image: Any, more: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        plan(drawn(image), **more)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


LARGE = pytest.param((2600, 1950), marks=pytest.mark.slow)


def deep() -> Image.Image:
    return Image.fromarray(numpy.asarray(textured(1).convert("L")).astype(numpy.uint16) * 257)


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(
    "odd", [deep, lambda: textured(1).convert("CMYK"), lambda: textured(1).quantize(64)], ids=["16", "cmyk", "p"]
)
def test_a_product_comes_back_from_a_picture_of_any_mode(odd: Any) -> None:
    odd = drawn(odd)
    result = wan.edit(odd, "background", "a meadow", keep=white(), seed=5).result()
    (picture,) = result
    assert picture.path.name.endswith("_pasted.png"), result.notes
    wanted = textured(1).convert("L") if odd.mode.startswith("I") else odd.convert("RGB")
    assert changed(wanted, picture.path, white()) == 0


@pytest.mark.seldom
@pytest.mark.parametrize("size", [(901, 603), LARGE])
def test_a_picture_that_the_model_does_not_draw_keeps_its_own_size_and_pixels(size: tuple[int, int]) -> None:
    image, keep = textured(1, size), white().resize(size, Image.Resampling.NEAREST)
    result = wan.edit(image, "background", "a meadow", keep=keep, seed=5).result()
    (picture,) = result
    assert any(
        note.startswith(f"the model draws no {size[0]}x{size[1]}: the scene is asked for at") for note in result.notes
    )
    assert picture.path.name.endswith("_pasted.png"), result.notes
    assert (picture.width, picture.height) == size
    assert changed(image, picture.path, keep) == 0


@pytest.mark.seldom
@pytest.mark.parametrize("size", [(600, 400), LARGE])
def test_a_move_is_found_in_an_answer_of_another_size(size: tuple[int, int]) -> None:
    image = textured(3, size).convert("RGBA")
    image.putalpha(shape("body", 3).resize(size))
    result = wan.edit(image, "background", "a sea emulator:moved=40:-24:100", seed=5).result()
    (note,) = [note for note in result.notes if note.startswith("not pasted back: the product was moved by ")]
    told = [int(each) for each in note.partition("moved by ")[2].partition(" pixels")[0].split(", ")]
    with Image.open(result[0].raw_path) as answer:
        factor = size[0] / answer.width
    assert [abs(given - wanted * factor) <= 2 for given, wanted in zip(told, (40, -24), strict=True)] == [True, True]


@pytest.mark.seldom
def test_the_same_call_is_sent_again_with_its_words_once() -> None:
    job = wan.edit(textured(4), "background", "on a table", keep=white(), seed=7)
    (first,) = job.result()
    (again,) = wan.rerun(first, seed=8).result()
    assert again.record.prompt == first.record.prompt
    assert (again.record.function, again.path.name.endswith("_pasted.png")) == ("background", True)
    assert wan.rerun(first).result().cached


@pytest.mark.seldom
def test_the_service_gets_a_cut_out_by_address_and_every_parameter_at_its_place(tmp_path: Path) -> None:
    request = plan(
        textured(1),
        "山脉和晚霞",
        model=SERVICE,
        keep=white(),
        values={
            "ref_image_url": textured(5),
            "neg_ref_prompt": "模糊的",
            "foreground_edge": [product("thin", 1), product("thin", 2)],
            "foreground_edge_prompt": ["粉色桃花", ""],
            "background_edge": product("hair", 1),
            "model_version": "v3",
            "noise_level": 500,
            "ref_prompt_weight": 0.3,
            "n": 2,
        },
    ).require()
    assert request.images[0].open().mode == "RGBA"
    call = encode(request, {picture.sha256: f"oss://{at}" for at, picture in enumerate(request.images)})
    assert call.path == "/services/aigc/background-generation/generation"
    assert call.body["input"] == {
        "base_image_url": "oss://0",
        "ref_image_url": "oss://1",
        "ref_prompt": "山脉和晚霞",
        "neg_ref_prompt": "模糊的",
        "reference_edge": {
            "foreground_edge": ["oss://2", "oss://3"],
            "background_edge": ["oss://4"],
            "foreground_edge_prompt": ("粉色桃花", ""),
        },
    }
    assert call.body["parameters"] == {"model_version": "v3", "noise_level": 500, "ref_prompt_weight": 0.3, "n": 2}
    assert call.headers["X-DashScope-OssResourceResolve"] == "enable"


@pytest.mark.seldom
def test_the_service_draws_around_the_cut_out_and_the_product_comes_back() -> None:
    image = textured(1)
    result = wan.edit(
        image, "background", "a meadow", model=SERVICE, keep=white(), ref_image_url=textured(5), n=2
    ).result()
    assert len(result) == 2
    assert all(changed(image, picture.path, white()) == 0 for picture in result)
    assert any("retire on 2026-10-10: use wan2.7-image" in note for note in result.notes)


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"prompt": ""}, "prompt is empty: a background needs a prompt, or a picture as ref_image_url"),
        ({"foreground_edge_prompt": ["a"]}, "foreground_edge_prompt must have one text for each of the 0 pictures"),
        ({"foreground_edge": [part] * 6, "background_edge": [part] * 5}, "got 11"),
        ({"model_version": "v4"}, "model_version must be one of v2, v3; got 'v4'"),
        ({"foreground_edge": GOODS}, "has no transparent background"),
    ],
)
def test_what_the_service_would_refuse_is_refused_here(values: dict[str, Any], told: str) -> None:
    values = {name: drawn(value) for name, value in values.items()}
    with pytest.raises(InvalidRequest) as refused:
        plan(textured(1), model=SERVICE, keep=white(), values=values).require()
    assert told in str(refused.value)


@pytest.mark.seldom
def test_a_sweep_keeps_the_product() -> None:
    size = (320, 300)
    image, keep = textured(4, size), white().resize(size, Image.Resampling.NEAREST)
    for model in (specs.DEFAULT_BACKGROUND, SERVICE):
        sweep = wan.sweep(image, "background", ["a meadow"], model=model, keep=keep, n=1)
        assert sweep.plan["invalid"] == []
    sweep.run().wait(60)
    picture = sweep.picture(sweep.cells()[0]["id"])
    assert picture is not None
    assert changed(image, picture.path, keep) == 0


@pytest.mark.seldom
def test_a_sweep_is_told_what_is_kept_on_a_line_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    textured(4).save("mug.png")
    white().save("kept.png")
    words = ["sweep", "background", "mug.png", "a table", "-m", "wan2.7-image", "--axis", "seed=1,2", "--json"]
    assert cli.main([*words, "--dry-run", "--keep", "kept.png"]) == 0
    assert json.loads(capsys.readouterr().out)["invalid"] == []
    assert cli.main([*words, "--dry-run", "--mask", "kept.png"]) == 0
    assert "takes keep, white where the picture is kept" in capsys.readouterr().out


@pytest.mark.seldom
@pytest.mark.parametrize("keep", ["masks/kept.png", "alpha"])
def test_a_line_that_sends_nothing_says_in_python_what_is_kept(
    keep: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("masks").mkdir()
    white().save("masks/kept.png")
    product("body", 2).save("mug.png")
    assert cli.main(["edit", "background", "mug.png", "a table", "--keep", keep, "--dry-run", "--json"]) == 0
    assert f", keep={keep!r}, " in json.loads(capsys.readouterr().out)["python"]


def test_a_sweep_over_text_drops_no_mask_in_silence() -> None:
    for given in ({"mask": white()}, {"keep": white()}, {"invert": True}):
        assert len(wan.sweep(prompt="a meadow", seed=[1, 2], **given).plan["invalid"]) == 2
