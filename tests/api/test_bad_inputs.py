"""What is wrong is one exact line that says what was given, what is allowed and what to do; and nothing is sent."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.errors import BailianError, BudgetExceeded, InvalidRequest
from bailian_nb.session import session as sessions

SIZE = (640, 512)
MASKED = "description_edit_with_mask"
ANY = "a path, URL, PIL image, numpy array, bytes, open file, Picture or Mask"
FILES = "give a JPEG, PNG, WEBP, BMP or TIFF file"
FUNCTIONS = [
    ("stylization_all", "style"),
    ("stylization_local", "style-local"),
    ("description_edit", "instruct"),
    (MASKED, "inpaint"),
    ("remove_watermark", "unwatermark"),
    ("expand", "outpaint"),
    ("super_resolution", "upscale"),
    ("colorization", "colorize"),
    ("doodle", "doodle"),
    ("control_cartoon_feature", "cartoon"),
]
EDITORS = ", ".join(row.name for row in specs.models("edit"))
TAKES = "It takes prompt, strength, n, seed, watermark"
NAMED = "square, 1:1, 3:4, 4:3, 9:16, 16:9, portrait, landscape"


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def photo(size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size)


NOISE = encoded(Image.effect_noise(SIZE, 90), "JPEG")
FOLDER = {
    "photo.png": encoded(photo()),
    "cut.png": encoded(photo())[:-12],
    "cut.jpg": NOISE[: len(NOISE) // 2],
    "page.jpg": b"<!DOCTYPE html><html>",
    "photo.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "empty.png": b"",
    "notes.txt": b"hello",
    "pointer.png": b"version https://git-lfs.github.com/spec/v1\noid",
}
TWO_FRAMES = {"save_all": True, "append_images": [photo(mode="P").point(lambda value: value + 5)]}


@dataclass(frozen=True)
class Bad:
    """One call that must not be sent, and its line; a line that ends in … is only the beginning."""

    given: dict[str, Any]
    line: str
    image: Any = field(default_factory=photo)
    function: str | None = "description_edit"
    prompt: Any = "a cat"
    kind: type[BailianError] = InvalidRequest

    def __str__(self) -> str:
        return self.line[:60]

    def call(self) -> None:
        wan.edit(self.image, self.function, self.prompt, **self.given)


def picture(value: Any, line: str) -> Bad:
    return Bad({}, line, image=value)


def value(line: str, **given: Any) -> Bad:
    return Bad(given, line)


def mask(line: str, **given: Any) -> Bad:
    return Bad(given, line, function=MASKED)


def newer(model: str, line: str, image: Any, **given: Any) -> Bad:
    return Bad({"model": model, **given}, line, image=image, function=None)


PICTURES = [
    picture("photo.pgn", "image photo.pgn does not exist; did you mean photo.png?"),
    picture("nowhere/photo.png", "image nowhere/photo.png does not exist; there is no folder nowhere"),
    picture(Path("folder"), "image folder is a folder; give one picture file"),
    picture(
        "cut.png",
        "image cut.png (png) cannot be used: cut off or broken (the PNG file ends before its IEND chunk); save or "
        "fetch it again",
    ),
    picture("cut.jpg", "image cut.jpg (jpeg) cannot be used: cut off or broken (image file is truncated); save or …"),
    picture("page.jpg", f"image page.jpg is an HTML page, not a picture; {FILES}"),
    picture(
        "photo.heic",
        "image photo.heic (HEIF) cannot be used: broken HEIC header (…"
        if find_spec("pillow_heif")
        else "image photo.heic is HEIC, which cannot be read here; pip install pillow-heif (the…",
    ),
    picture("empty.png", f"image empty.png is empty, not a picture; {FILES}"),
    picture("notes.txt", f"image notes.txt is text, not a picture; {FILES}"),
    picture("pointer.png", "image pointer.png is a Git LFS pointer, not a picture; fetch the file with git lfs pull"),
    picture(b"%PDF-1.4", f"image is a PDF, not a picture; {FILES}"),
    picture(b"\0\0\0\x18ftypmp42isom", f"image is a video, not a picture; {FILES}"),
    picture("", f"image is an empty text; give {ANY}"),
    picture(None, f"image is missing; give {ANY}"),
    picture(5, f"image must be {ANY}, got int"),
    picture("ftp://example.com/a.png", "image cannot be sent from ftp://; give an http(s) or oss:// URL, or a file"),
    picture(
        "https://example.com/猫.png",
        "image URL https://example.com/猫.png holds a space or a non-ASCII character, which the service refuses; "
        "percent-encode it (urllib.parse.quote)",
    ),
    picture("http:///a.png", "image URL http:///a.png names no host; give the whole URL, or a file"),
    picture(
        "data:image/png;base64",
        "image is a data URL without data: data:image/png;base64; the form is data:image/png;base64,...",
    ),
    picture(
        "data:image/png;base64,@@@",
        "image is a data URL whose base64 is broken or cut off: data:image/png;base64; give all of it, or the file",
    ),
    picture(
        encoded(photo(mode="P"), "GIF", **TWO_FRAMES),
        "image is gif, allowed are jpeg, png, bmp, tiff, webp; has 2 frames, one is allowed; fit=True shrinks or "
        "converts it",
    ),
    picture(
        encoded(photo(), save_all=True, append_images=[Image.new("RGB", SIZE, "red")]),
        "image has 2 frames, one is allowed; fit=True shrinks or converts it",
    ),
    picture(
        photo((511, 640)),
        "image has 511x640 pixels, each side must lie in 512-4096; give a larger picture, fit=True never enlarges",
    ),
    picture(
        photo((4097, 640)), "image has 4097x640 pixels, each side must lie in 512-4096; fit=True shrinks or converts it"
    ),
    picture(
        photo((5000, 200)),
        "image has 5000x200 pixels, each side must lie in 512-4096; no size with these proportions fits, crop it",
    ),
    picture(
        numpy.full((600, 600, 3), 9.5),
        "image is an array of shape 600x600x3 and dtype float64 with values from 9.5 to 9.5; floats are read as "
        "0.0-1.0; give uint8 in 0-255: array.round().clip(0, 255).astype('uint8')",
    ),
    picture(
        numpy.zeros((600, 600, 5), "uint8"),
        "image is an array of shape 600x600x5 and dtype uint8; allowed are height x width, x 3 (RGB) or x 4 (RGBA)",
    ),
    picture(photo(mode="F"), "image has mode F, whose range is not known; convert it to L or RGB first"),
]
MASKS = [
    mask("function inpaint needs a mask: give mask=, white where to edit"),
    mask(
        "mask has 512x640 pixels, its picture has 640x512; both must be the same; Mask.like(picture) starts one of the "
        "right size",
        mask=wan.Mask.like((512, 640)).rect(0, 0, 9, 9),
    ),
    mask(
        "mask has no white pixel, so nothing would be edited; white is edited, black is kept",
        mask=wan.Mask.like(SIZE),
    ),
    mask(
        "mask is mid grey in 100 % of its pixels, so it looks like a photo; white is edited, black is kept; "
        "Mask.from_image(picture, threshold=128) cuts it on purpose; found: 128 100 %",
        mask=Image.new("L", SIZE, 128),
    ),
    mask(
        "mask has transparent pixels, which tools read both ways; Mask.from_alpha(picture) edits what is opaque, with "
        "invert=True what is transparent; found: 0 % opaque, 100 % transparent",
        mask=Image.new("RGBA", SIZE),
    ),
    mask(
        "mask is a URL, which is sent unread, so invert=True cannot act; give the file",
        mask="https://example.com/m.png",
        invert=True,
    ),
    value(
        "function instruct takes no mask; inpaint does",
        mask=wan.Mask.like(SIZE).rect(0, 0, 9, 9),
    ),
]
VALUES = [
    value("strength must lie in 0.0-1.0, got 1.4 (function instruct)", strength=1.4),
    value("strength must be a number in 0.0-1.0, got 'much' (function instruct)", strength="much"),
    value("n must lie in 1-4, got 5 (function instruct)", n=5),
    value("n must be a whole number in 1-4, got 1.5 (function instruct)", n=1.5),
    value("seed must lie in 0-2147483647, got 2147483648 (function instruct)", seed=2**31),
    value(
        "seed 2147483647 with n=2 passes 2147483647; take 2147483646 or less (function instruct)",
        seed=2147483647,
        n=2,
    ),
    value("watermark must be true or false, got 'maybe' (function instruct)", watermark="maybe"),
    value(f"strenght is no parameter of function instruct, did you mean strength? {TAKES}", strenght=0.5),
    value(f"size is no parameter of function instruct. {TAKES}", size="1:1"),
    value("model wanx2.1-imageedit has no synchronous call; leave out sync=True", sync=True),
    value("retries must be a whole number in 0-10, got 11", retries=11),
    value(
        f"unknown model wanx2.1-imagedit, did you mean wanx2.1-imageedit? Known: {EDITORS}", model="wanx2.1-imagedit"
    ),
    value(f"model wan2.6-t2i is for t2i, not for edit; use one of {EDITORS}", model="wan2.6-t2i"),
    value("max_cost must be a number of CNY, 0 or more, got 'x'", max_cost="x"),
    Bad(
        {"max_cost": 0.1},
        "1 picture would cost CNY 0.14 by list price, max_cost is 0.1; nothing was sent",
        kind=BudgetExceeded,
    ),
    Bad(
        {},
        "unknown function styel, did you mean style? wanx2.1-imageedit has "
        + ", ".join(f"{short} ({name})" for name, short in FUNCTIONS),
        function="styel",
    ),
    Bad({}, "wanx2.1-imageedit needs a function: " + ", ".join(name for name, _ in FUNCTIONS), function=None),
    Bad({}, "function instruct takes 1 picture, got 2", image=[photo(), photo()]),
    Bad({}, "edit needs a picture, got an empty list; t2i draws from a text alone", image=[]),
    Bad({}, "prompt is empty; function instruct needs one (what to do, in Chinese or English)", prompt=" "),
    Bad({}, "prompt must be text, got 5 (function instruct)", prompt=5),
    Bad(
        {},
        "prompt has 801 characters, function instruct takes at most 800; shorten it, for the service would cut "
        "it silently",
        prompt="x" * 801,
    ),
    Bad({"left_scale": 2.1}, "left_scale must lie in 1.0-2.0, got 2.1 (function outpaint)", function="expand"),
    Bad({"to": "3:1"}, "to=3:1 needs left_scale and right_scale of 2.40, allowed are 1.0-2.0; …", function="outpaint"),
    Bad({"upscale_factor": 5}, "upscale_factor must lie in 1-4, got 5 (function upscale)", function="upscale"),
    Bad({"is_sketch": "maybe"}, "is_sketch must be true or false, got 'maybe' (function doodle)", function="doodle"),
]
NEWER = [
    newer(
        "wan2.5-i2i-preview",
        "image has transparency, which is not allowed; fit=True shrinks or converts it",
        photo(mode="RGBA"),
    ),
    newer("wan2.5-i2i-preview", "model wan2.5-i2i-preview takes 1-3 pictures, got 4", [photo()] * 4),
    newer(
        "wan2.6-image",
        "size 100*100 has 10000 pixels, model wan2.6-image takes 589824-4194304; try 1K or 16:9",
        photo(),
        size="100*100",
    ),
    newer(
        "wan2.7-image",
        "bbox_list has the box [0, 0, 641, 9], but picture 1 has 640x512 pixels",
        photo(),
        bbox_list=[[[0, 0, 641, 9]]],
    ),
    newer(
        "wan2.7-image",
        "color_palette must hold 3-10 colours, got 1 (model wan2.7-image)",
        photo(),
        color_palette=[["#112233", "100%"]],
    ),
]
ALL = [*PICTURES, *MASKS, *VALUES, *NEWER]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for name, data in FOLDER.items():
        (tmp_path / name).write_bytes(data)


@pytest.mark.matrix
@pytest.mark.parametrize("bad", ALL, ids=str)
def test_what_is_wrong_is_one_line_and_nothing_is_sent(bad: Bad, tmp_path: Path) -> None:
    with pytest.raises(bad.kind) as error:
        bad.call()
    said, wanted = str(error.value), bad.line
    assert said.startswith(wanted[:-1]) if wanted.endswith("…") else said == wanted
    assert "\n" not in said
    assert type(error.value) is bad.kind
    assert sessions.current().jobs() == []
    assert not (tmp_path / "home" / "journal.sqlite").exists()
    assert not (tmp_path / "out").exists()


def test_there_are_many_and_no_two_are_the_same() -> None:
    assert len({bad.line for bad in ALL}) == len(ALL) >= 40


def test_everything_that_is_wrong_with_a_call_is_in_its_line() -> None:
    with pytest.raises(InvalidRequest) as error:
        wan.edit("photo.pgn", "style", "", strength=2, n=0, mask="photo.png", retries=-1)
    assert [problem.parameter for problem in error.value.problems].count("image") == 1
    assert {problem.parameter for problem in error.value.problems} == {
        "image",
        "prompt",
        "strength",
        "n",
        "mask",
        "retries",
    }
