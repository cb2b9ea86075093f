"""Expand to a proportion: the scales that are worked out, the frame that is said and shown, what cannot be reached."""

from __future__ import annotations

import io
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.images import framed
from bailian_nb.planning import expand
from bailian_nb.planning.plan import Plan
from bailian_nb.session import session as sessions
from bailian_nb.specs import frames

from ..world.each import each

NOW = "emulator:latency=0"
EXPAND = next(row for row in specs.get(specs.DEFAULT_EDIT).functions if frames.scale_rows(row))
ROWS = frames.scale_rows(EXPAND)
MOST = ROWS[0].maximum or 0


def photo(size: tuple[int, int] = (1024, 768)) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert("RGB")


def planned(image: Any, function: str = "expand", **given: Any) -> Plan:
    more = {name: given.pop(name) for name in ("model",) if name in given}
    return sessions.current().plan(
        **{"model": specs.DEFAULT_EDIT, "function": function, "images": (image,), **more},
        values={"prompt": f"a park {NOW}", **given},
    )


def refused(image: Any, function: str = "expand", **given: Any) -> str:
    with pytest.raises(InvalidRequest) as error:
        planned(image, function, **given)
    return error.value.message


@each(
    ("size", "to", "line"),
    [
        ((1024, 768), "16:9", "left_scale 1.3333 right_scale 1.3333: 1024x768 becomes 1365x768 (16:9)"),
        ((1024, 768), "1:1", "top_scale 1.3333 bottom_scale 1.3333: 1024x768 becomes 1024x1024 (1:1)"),
        ((1024, 768), "square", "top_scale 1.3333 bottom_scale 1.3333: 1024x768 becomes 1024x1024 (1:1)"),
        ((1000, 800), "1280*720", "left_scale 1.4222 right_scale 1.4222: 1000x800 becomes 1422x800 (16:9)"),
        ((1000, 800), (1280, 720), "left_scale 1.4222 right_scale 1.4222: 1000x800 becomes 1422x800 (16:9)"),
        ((1024, 512), "4:1", "left_scale 2 right_scale 2: 1024x512 becomes 2048x512 (4:1)"),
        ((1024, 768), "2.35:1", "left_scale 1.7625 right_scale 1.7625: 1024x768 becomes 1805x768 (2.35:1)"),
        ((600, 600), "portrait", "top_scale 1.3333 bottom_scale 1.3333: 600x600 becomes 600x800 (3:4)"),
    ],
)
def test_the_scales_are_worked_out_and_said(size: tuple[int, int], to: Any, line: str) -> None:
    assert planned(photo(size), to=to).warnings == (line,)


@pytest.mark.seldom
def test_what_is_said_is_what_is_drawn() -> None:
    job = wan.edit(photo(), "expand", f"a park {NOW}", to="16:9", seed=1)
    (picture,) = job.result(timeout=60)
    assert job.notes == ["left_scale 1.3333 right_scale 1.3333: 1024x768 becomes 1365x768 (16:9)"]
    assert (picture.width, picture.height) == (1365, 768)
    values = picture.record.values
    assert (values["left_scale"], values["right_scale"]) == (1.3333, 1.3333)
    assert "to" not in values
    assert "top_scale" not in values
    kept = picture.image.crop((171, 0, 171 + 1024, 768)).convert("RGB")
    assert kept.tobytes() == photo().tobytes(), "the picture keeps its place in the middle"


@pytest.mark.seldom
def test_a_picture_and_a_sweep_take_it_too() -> None:
    (picture,) = wan.edit(photo((640, 512)), "expand", f"a park {NOW}", to="16:9", seed=1).result(timeout=60)
    (wider,) = picture.edit("expand", f"a park {NOW}", to="2:1", seed=1).result(timeout=60)
    assert wider.width / wider.height == pytest.approx(2, abs=0.01)
    sweep = wan.sweep(photo(), "outpaint", f"a park {NOW}", to=["16:9", "1:1", "9:21"], seed=1)
    assert sweep.axes == {"to": ("16:9", "1:1", "9:21")}
    assert (sweep.plan["images"], len(sweep.plan["invalid"])) == (2, 1)
    with pytest.raises(InvalidRequest, match="to is no parameter of stylization_all"):
        wan.sweep(photo(), "style", "gold leaf", to=["16:9"])


@pytest.mark.seldom
def test_a_picture_that_is_not_made_yet_is_measured_when_it_is() -> None:
    first = wan.edit(photo((640, 512)), "super_resolution", "sharper emulator:latency=0.2", seed=1)
    (picture,) = wan.edit(first, "expand", f"a park {NOW}", to="16:9", seed=1).result(timeout=60)
    assert (picture.width, picture.height) == (910, 512)
    assert "to must be a proportion" in refused(first, to="wide")


REFUSED = [
    (
        {"to": "32:9"},
        (
            "to=32:9 needs left_scale and right_scale of 2.67, allowed are 1.0-2.0; 1024x768 reaches from 1024x1536 to "
            "2048x768 (0.67:1 to 2.67:1), so take one between or crop the picture first (function outpaint)"
        ),
    ),
    (
        {"to": "4:3"},
        (
            "the picture has 1024x768 pixels, which is 4:3 already, so outpaint would add nothing; take another "
            "proportion (function outpaint)"
        ),
    ),
    (
        {"to": "16:9", "left_scale": 1.5, "right_scale": 1.0},
        "to=16:9 works the scales out, so left_scale and right_scale cannot be given too; leave one out",
    ),
    ({"to": "wide"}, "to must be a proportion such as 16:9, 1280*720 or square, got 'wide' (function outpaint)"),
    ({"to": "0:9"}, "to must be a proportion such as 16:9, 1280*720 or square, got '0:9' (function outpaint)"),
    ({"to": 1.5}, "to must be a proportion such as 16:9, 1280*720 or square, got '1.5' (function outpaint)"),
]


@pytest.mark.parametrize(("values", "line"), REFUSED, ids=[str(values) for values, _ in REFUSED])
def test_what_cannot_be_is_one_line_with_the_numbers(values: dict[str, Any], line: str) -> None:
    assert refused(photo(), **values) == line


@pytest.mark.parametrize("url", ["https://example.com/a.png", "oss://somewhere/a.png"])
def test_a_url_has_no_size_that_is_known(url: str) -> None:
    line = refused(url, to="16:9")
    assert line.startswith("to=16:9 needs the size of the picture, and a URL is sent unread; give the file, or ")
    assert planned(url, left_scale=1.5).require().values["left_scale"] == 1.5


def test_it_is_for_expand_alone() -> None:
    for row in specs.get(specs.DEFAULT_EDIT).functions:
        if row is not EXPAND and not row.mask:
            line = f"to is for function outpaint, whose scales it works out; function {row.short} has none"
            assert refused(photo(), row.name, to="16:9") == line
    line = refused(photo(), None, model="wan2.7-image", to="16:9")  # type: ignore[arg-type]
    assert line == "to is for function outpaint, whose scales it works out; model wan2.7-image has none"


@pytest.mark.seldom
@given(
    width=st.integers(512, 4096),
    height=st.integers(512, 4096),
    ratio=st.fractions(Fraction(1, 8), Fraction(8), max_denominator=64),
)
def test_every_proportion_within_the_bounds_is_met_to_the_pixel_and_no_other(
    width: int, height: int, ratio: Fraction
) -> None:
    wanted = expand.Proportion(label=str(ratio), ratio=ratio)
    factor = max(ratio * height / width, width / (ratio * height))
    try:
        found = expand.scales(wanted, (width, height), ROWS)
    except expand.Unreachable:
        assert factor > MOST - 0.0001 or (factor - 1) * max(width, height) < 1
        return
    assert len(set(found.values())) == 1
    assert 1 <= next(iter(found.values())) <= MOST
    new = frames.frame((width, height), found)
    assert (new.width == width) != (new.height == height), "two sides grow, the other two stay"
    exact = (ratio * height, height) if new.height == height else (width, width / ratio)
    assert all(math.isclose(side, float(want), abs_tol=1.0) for side, want in zip(new.size, exact, strict=True))
    assert abs((new.width - width) - 2 * new.x) <= 1
    assert abs((new.height - height) - 2 * new.y) <= 1


def test_the_frame_shows_the_picture_in_its_new_canvas() -> None:
    red = Image.new("RGB", (600, 600), "red")
    shown = Image.open(io.BytesIO(framed(red, (1200, 600), (300, 0))))
    assert shown.size == (512, 256)
    middle, side = shown.getpixel((256, 128)), shown.getpixel((40, 128))
    assert isinstance(middle, tuple)
    assert isinstance(side, tuple)
    assert middle[0] > 200 > 60 > middle[1]
    assert abs(side[0] - side[1]) < 20, "grey where something will be drawn"


def test_only_an_expand_that_grows_has_a_frame(tmp_path: Path) -> None:
    assert expand.frame_of(planned(photo(), "style").require()) is None
    assert expand.frame_of(planned("https://example.com/a.png", top_scale=2).require()) is None
    new = expand.frame_of(planned(photo(), top_scale=2).require())
    assert new is not None
    assert (new.size, new.x, new.y) == ((1024, 1152), 0, 384)


@pytest.mark.parametrize("scales", [{}, {"top_scale": 1}, {f"{side}_scale": 1.0 for side in frames.SIDES}])
def test_scales_that_add_nothing_are_refused(scales: dict[str, float]) -> None:
    said = refused(photo(), **scales)
    assert "outpaint would add nothing: top_scale, bottom_scale, left_scale, right_scale take 1.0-2.0" in said


def test_a_scale_that_adds_no_pixel_is_refused_where_the_size_is_known() -> None:
    assert "add nothing" in refused(photo(), left_scale=1.0001)
    assert planned(photo(), left_scale=1.01).require().values["left_scale"] == 1.01
    assert planned("https://example.com/a.jpg", left_scale=1.0001).require().images[0].url


def test_one_line_is_said_of_a_scale_or_proportion_that_is_wrong_itself() -> None:
    assert "add nothing" not in refused(photo(), left_scale=7)
    assert "add nothing" not in refused(photo(), to="wide")
