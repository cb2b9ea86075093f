"""What was painted is sent as what it is, or refused with what was found; it is never lost with a note alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bailian_nb.errors import InvalidRequest
from bailian_nb.images import Input, read_mask
from bailian_nb.masks import Mask

from ..world.each import each

Make = Callable[..., Any]
SIZE = (320, 240)
ONE, TWO, SMALL = (20, 20, 120, 120), (160, 100, 300, 220), (250, 10, 290, 50)
FIRST = Mask.like(SIZE).rect(20, 20, 121, 121).to_image()


@pytest.fixture
def picture() -> Input:
    return Input(kind="bytes", width=SIZE[0], height=SIZE[1])


def drawn(mode: str, ground: Any, *boxes: tuple[tuple[int, int, int, int], Any]) -> Image.Image:
    image = Image.new(mode, SIZE, ground)
    for box, fill in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=fill)
    return image


def palette(*colors: tuple[int, int, int]) -> Image.Image:
    image = drawn("P", 0, (ONE, 1), (TWO, 2 if len(colors) > 2 else 0))
    image.putpalette([level for color in colors for level in color])
    return image


def array(one: float, two: float, dtype: str) -> Any:
    return numpy.asarray(drawn("F", 0, (ONE, one), (TWO, two))).astype(dtype)


def soft(*boxes: tuple[tuple[int, int, int, int], int], radius: int = 2) -> Image.Image:
    return drawn("L", 0, *boxes).filter(ImageFilter.GaussianBlur(radius))


CLEAR = {
    "one bit": drawn("1", 0, (ONE, 1)),
    "one grey on black": drawn("L", 0, (ONE, 77)),
    "one label": drawn("L", 0, (ONE, 3)),
    "one color on black": drawn("RGB", "black", (ONE, "red")),
    "one color of a palette": palette((0, 0, 0), (128, 0, 0)),
    "nearly black and white": drawn("L", 3, (ONE, 250)),
    "opaque with alpha": drawn("RGBA", (0, 0, 0, 255), (ONE, (255, 255, 255, 255))),
    "grey with opaque alpha": drawn("LA", (0, 255), (ONE, (255, 255))),
    "CMYK": drawn("RGB", "black", (ONE, "white")).convert("CMYK"),
    "bools": array(1, 0, "bool"),
    "floats of 0-1": array(1, 0, "float64"),
    "floats of 0-255": array(255, 0, "float32"),
    "half floats": array(1, 0, "float16"),
    "integers of 0 and 1": array(1, 0, "int64"),
    "one instance": array(1042, 0, "int32"),
    "all of 16 bits": array(65535, 0, "uint16"),
    "8 of 16 bits": array(255, 0, "uint16"),
    "one of 16 bits": Image.fromarray(array(1, 0, "uint16")),
    "floats as PIL": drawn("F", 0, (ONE, 1.0)),
    "integers as PIL": drawn("I", 0, (ONE, 65535)),
}


@pytest.mark.parametrize("given", CLEAR.values(), ids=CLEAR)
def test_a_mask_with_one_reading_is_read(given: Any, picture: Input) -> None:
    assert read_mask(given, picture).open().tobytes() == FIRST.tobytes()
    assert Mask.from_image(given).to_image().tobytes() == FIRST.tobytes()


SOFT = {
    "antialiased": drawn("L", 0, (ONE, 255)).resize((640, 480)).resize(SIZE, Image.Resampling.LANCZOS),
    "a soft brush": soft((ONE, 255)),
    "a softer brush": soft((ONE, 255), radius=8),
    "probabilities": numpy.asarray(soft((ONE, 255)), "float32") / 255,
    "16 bits": Image.fromarray(numpy.asarray(soft((ONE, 255))).astype("uint16") * 257),
}


@pytest.mark.parametrize("given", SOFT.values(), ids=SOFT)
def test_soft_edges_are_cut_in_the_middle(given: Any, picture: Input) -> None:
    found = read_mask(given, picture)
    assert "grey pixels cut at 128" in found.notes[0]
    wrong = ImageChops.difference(found.open(), FIRST).histogram()[255]
    assert wrong < 300, "the corners alone"


@pytest.mark.parametrize("quality", [95, 75, 50, 30])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_what_compression_leaves_of_black_and_white_is_no_paint(
    quality: int, mode: str, picture: Input, encoded: Make
) -> None:
    image = Mask.like(SIZE).ellipse(13, 17, 113, 127).rect(201, 33, 233, 61).to_image()
    data = encoded(image.convert(mode), "jpeg", quality=quality)
    png = encoded(Image.open(io.BytesIO(data)))
    for given in (data, png):
        found = read_mask(given, picture).open()
        assert ImageChops.difference(found, image).histogram()[255] < 60


COLORS = drawn("RGB", "black", (ONE, "red"), (TWO, "lime"))
LABELS = drawn("L", 0, (ONE, 1), (TWO, 2))
LABELED = (
    r"holds labels and no white: 0 65 %, 2 22 %, 1 13 %; .*from_image\(picture, label=2\).*label=\[1, 2\] several$"
)
REFUSED: dict[str, tuple[Any, str]] = {
    "colors": (COLORS, r'holds colors: #000000 65 %, #00ff00 22 %, #ff0000 13 %; .*color="#00ff00".*"#ff0000"'),
    "a color beside white": (
        drawn("RGB", "black", (ONE, "white"), (SMALL, "blue")),
        r'#000000 85 %, #ffffff 13 %, #0000ff 2.2 %.*color="#0000ff"',
    ),
    "a color on white": (drawn("RGB", "white", (ONE, "red")), r'#ffffff 87 %, #ff0000 13 %.*color="#ff0000"'),
    "colors on a colored ground": (
        drawn("RGB", "#336699", (ONE, "red"), (SMALL, "lime")),
        r'#336699 85 %, #ff0000 13 %.*color="#ff0000"\).*\["#ff0000", "#00ff00"\]',
    ),
    "white on a colored ground": (drawn("RGB", "#336699", (ONE, "white")), r'color="#ffffff"\) edits one'),
    "colors on a gray ground": (drawn("RGB", "#777777", (ONE, "red")), r'color="#ff0000"\) edits one'),
    "more paint than ground": (
        drawn("RGB", "#336699", ((1, 1, SIZE[0] - 1, SIZE[1] - 1), "red"), (SMALL, "white")),
        r'color="#ff0000"\).*\["#ff0000", "#ffffff"\]',
    ),
    "labels on a ground of a label": (drawn("L", 3, (ONE, 1), (TWO, 2)), r"label=2\).*label=\[1, 2\] several$"),
    "soft colors": (
        COLORS.filter(ImageFilter.GaussianBlur(2)),
        r'holds colors: about #000000 60 %, #00ff00 20 %.*color="#00ff00".*"#ff0000"',
    ),
    "a palette": (palette((0, 0, 0), (128, 0, 0), (0, 128, 0)), r"#000000 65 %, #008000 22 %.*entry by label="),
    "labels": (LABELS, LABELED),
    "labels of a palette of greys": (palette((0, 0, 0), (1, 1, 1), (2, 2, 2)), LABELED),
    "labels in 16 bits": (Image.fromarray(array(1, 2, "uint16")), LABELED),
    "labels in an array": (array(1, 2, "int64"), LABELED),
    "labels as floats": (array(1, 2, "float32"), LABELED),
    "labels with opaque alpha": (Image.merge("LA", [LABELS, Image.new("L", SIZE, 255)]), LABELED),
    "instances": (array(1001, 1002, "int32"), r"labels and no white: 0 65 %, 1002 22 %, 1001 13 %.*label=1002"),
    "instances of 16 bits": (array(1001, 1002, "uint16"), r"labels and no white: 0 65 %, 1002 22 %"),
    "instances below 0": (array(-1, 2, "int32"), r"labels and no white: 0 65 %, 2 22 %, -1 13 %"),
    "many labels": (
        numpy.arange(SIZE[0] * SIZE[1], dtype="uint8").reshape(SIZE[::-1]) // 8 % 30,
        r"labels and no white: 0 6.2 %, 1 6.2 %, 2 3.1 %, 3 3.1 % and 26 more; .*label=\[1, 2, 3\] several$",
    ),
    "a label beside white": (drawn("L", 0, (ONE, 1), (SMALL, 255)), r"\(1 in 13 % of its pixels\).*label=1 edits"),
    "grey beside white": (drawn("L", 0, (ONE, 127), (TWO, 255)), r"\(127 in 13 % .*threshold=127\) edits from 127 up"),
    "grey on white": (drawn("L", 255, (ONE, 100)), r"\(100 in 13 % .*found: 255 87 %, 100 13 %$"),
    "a faint stroke": (soft((ONE, 255), (SMALL, 90)), r"\(90 in .*threshold=90\).*found: 0 "),
    "a very faint stroke": (soft((ONE, 255), (SMALL, 20)), r"\(20 in .*threshold=20\)"),
    "a faint stroke at a white one": (soft((ONE, 255), ((100, 100, 150, 150), 90)), r"\(90 in .*threshold=90\)"),
    "a thin faint line": (drawn("L", 0, (ONE, 255), ((200, 5, 200, 90), 90)), r"\(90 in .*threshold=90\)"),
    "only a faint stroke": (soft((SMALL, 90)), r"\(90 in .*threshold=90\)"),
    "other floats": (array(17.5, 3, "float32"), r"numbers from 0 to 17.5; allowed are 0.0-1.0.*\(mask > 8.75\)"),
    "not a number": (array(float("nan"), 1, "float32"), "NaN or infinity"),
    "paint in the alpha alone": (
        drawn("RGBA", (0, 0, 0, 0), (ONE, (0, 0, 0, 255))),
        r"both ways; Mask.from_alpha.*found: 13 % opaque, 87 % transparent$",
    ),
    "color in the alpha alone": (drawn("RGBA", (255, 0, 0, 0), (ONE, (255, 0, 0, 255))), "Mask.from_alpha"),
    "grey and alpha": (drawn("LA", (0, 0), (ONE, (0, 255))), "Mask.from_alpha"),
}


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_a_mask_with_several_readings_is_refused_with_what_was_found(given: Any, message: str, picture: Input) -> None:
    with pytest.raises(InvalidRequest, match=message) as caught:
        read_mask(given, picture)
    assert caught.value.problems[0].parameter == "mask"
    assert len(str(caught.value)) < 400
    with pytest.raises(InvalidRequest, match=message):
        Mask.from_image(given)


@pytest.mark.seldom
def test_a_color_photo_is_no_mask_and_is_cut_where_someone_says_so(picture: Input, noise: Make) -> None:
    photo = noise(SIZE)
    with pytest.raises(InvalidRequest, match=r"looks like a photo; .*threshold=128\) cuts it on purpose"):
        read_mask(photo, picture)
    cut = Mask.from_image(photo, threshold=128)
    assert cut == Mask.from_image(photo)
    assert 0.3 < cut.coverage < 0.7


@each("color", ["red", "#f00", "#FF0000", (255, 0, 0), [250, 10, 20], "hsl(0, 100%, 50%)", ["red", "blue"], ("red",)])
def test_a_color_is_named_in_any_way(color: Any) -> None:
    assert Mask.from_image(COLORS, color=color).to_image().tobytes() == FIRST.tobytes()


def test_several_colors_join_and_a_tolerance_widens_them(encoded: Make) -> None:
    both = Mask.from_image(COLORS, color=["red", "lime"])
    assert both == Mask.from_image(COLORS, threshold=1) == Mask.from_image(COLORS, color=[(255, 0, 0), (0, 255, 0)])
    assert (
        Mask.from_image(COLORS, color="black") == ~both == Mask.from_image(COLORS, color=["red", "lime"], invert=True)
    )
    assert Mask.from_image(COLORS, color=(200, 0, 0), tolerance=55).to_image().tobytes() == FIRST.tobytes()
    with pytest.raises(InvalidRequest, match=r"no pixel has the color #c80000 \(tolerance 54\); found: #000000 65 %"):
        Mask.from_image(COLORS, color=(200, 0, 0), tolerance=54)
    from_jpeg = Mask.from_image(encoded(COLORS, "jpeg", subsampling=0), color="red", tolerance=64).to_image()
    assert ImageChops.difference(from_jpeg, FIRST).histogram()[255] < 500


def test_a_color_counts_where_it_is_opaque() -> None:
    layer = drawn("RGBA", (255, 0, 0, 0), (ONE, (255, 0, 0, 255)))
    assert Mask.from_image(layer, color="red").to_image().tobytes() == FIRST.tobytes()


@pytest.mark.parametrize(
    "given",
    [
        LABELS,
        palette((9, 9, 9), (200, 0, 0), (0, 200, 0)),
        Image.fromarray(array(1, 2, "uint16")),
        array(1, 2, "uint8"),
        array(1, 2, "int64"),
        array(1, 2, "float64"),
        LABELS.convert("RGB"),
    ],
    ids=["grey", "palette", "16 bits", "bytes", "integers", "floats", "grey as RGB"],
)
def test_a_label_is_the_number_of_a_pixel(given: Any) -> None:
    assert Mask.from_image(given, label=1).to_image().tobytes() == FIRST.tobytes()
    assert Mask.from_image(given, label=numpy.int64(1)).coverage == Mask.from_image(given, label=(1, 7)).coverage
    both = Mask.from_image(given, label=[1, 2])
    assert both == Mask.from_image(given, label=0, invert=True) == Mask.from_image(given, label=range(1, 3))
    with pytest.raises(InvalidRequest, match=r"no pixel has the label 7, 9; found: 0 65 %, 2 22 %, 1 13 %"):
        Mask.from_image(given, label=[7, 9])


def test_labels_reach_as_far_as_their_integers() -> None:
    wide = array(70001, 70002, "int32")
    assert Mask.from_image(wide, label=70001).to_image().tobytes() == FIRST.tobytes()
    assert Mask.from_image(array(-7, 2, "int32"), label=-7).to_image().tobytes() == FIRST.tobytes()
    assert Mask.from_image(drawn("1", 0, (ONE, 1)), label=1).to_image().tobytes() == FIRST.tobytes()


@each(
    ("options", "message"),
    [
        ({"threshold": 256}, "threshold is a grey level in 0-255, got 256"),
        ({"threshold": "half"}, "threshold is a grey level in 0-255, got 'half'"),
        ({"color": "reddish"}, r"color must be a name such as 'red'.*got 'reddish'"),
        ({"color": (300, 0, 0)}, r"color must be .*got \(300, 0, 0\)"),
        ({"color": []}, "color= names no color"),
        ({"color": "red", "tolerance": -1}, "tolerance is a difference of levels in 0-255, got -1"),
        ({"label": "cat"}, "label must be a whole number or a list of such, got 'cat'"),
        ({"label": 1.5}, "label must be a whole number or a list of such, got 1.5"),
        ({"label": True}, "label must be a whole number or a list of such, got True"),
        ({"label": []}, "label must be a whole number"),
        ({"label": 1}, r"\(mode RGB\) has colors and no labels; found: #000000 65 %.*name one by color="),
        ({"label": 1, "color": "red"}, "takes one of threshold=, color= and label=, got several"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        Mask.from_image(COLORS, **options)


@pytest.mark.seldom
def test_a_large_mask_is_read_in_a_moment(picture: Input) -> None:
    del picture
    side = 3000
    image = soft((ONE, 255)).resize((side, side))
    assert read_mask(image, Input(kind="bytes", width=side, height=side)).size == (side, side)
