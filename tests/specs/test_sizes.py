"""What a size may be, for every model that takes one: decided by pixels, ratio and sides, spelled as people do."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy
import pytest

from bailian_nb import specs
from bailian_nb.specs import SizeRule, parse_size

from ..world.each import each
from .places import PLACES, Place, clean


@dataclass(frozen=True)
class Sized:
    """A Place with the rule of its size."""

    place: Place
    rule: SizeRule

    def __str__(self) -> str:
        return str(self.place)

    def passes(self, size: object) -> str:
        return str(self.place.passes("size", size))

    def refusal(self, size: object) -> str:
        return self.place.refusal("size", size)


SIZED = [Sized(place, row.size) for place in PLACES for row in place.rows("size") if row.size]
EVERYWHERE = each("sized", SIZED)


def some(found: list[Sized]) -> Callable[[Any], Any]:
    assert found, "no model has such a rule any more; drop the test"
    return each("sized", found)


@EVERYWHERE
def test_every_size_with_a_name_passes_without_a_warning(sized: Sized) -> None:
    rule = sized.rule
    words = [(word, word) for word, _ in rule.words] + [(word.lower(), word) for word, _ in rule.words]
    for name, size in (*rule.named, *words, (rule.default, rule.default)):
        checked = sized.place.check(size=name)
        assert (checked.values["size"], checked.problems, checked.warnings) == (size, (), ())


@EVERYWHERE
def test_a_size_is_judged_by_its_pixels(sized: Sized) -> None:
    rule = sized.rule
    small, large = math.isqrt(rule.min_pixels), math.isqrt(rule.max_pixels)
    assert small**2 == rule.min_pixels, "the rule's bounds are squares; make this test follow"
    assert large**2 == rule.max_pixels
    for side in (small, large):
        assert sized.passes(f"{side}*{side}") == f"{side}*{side}"
    for width, height in ((small - 1, small), (large, large + 1)):
        bounds = f"{sized.place.where} takes {rule.min_pixels}-{rule.max_pixels}"
        line = f"size {width}*{height} has {width * height} pixels, {bounds}; try {rule.default} or 16:9"
        assert sized.refusal(f"{width}*{height}") == line


@some([sized for sized in SIZED if sized.rule.max_side])
def test_a_size_is_judged_by_its_sides(sized: Sized) -> None:
    low, high = sized.rule.min_side, sized.rule.max_side
    assert sized.passes(f"{low}*{high}") == f"{low}*{high}"
    for size in (f"{low - 1}*{high}", f"{low}*{high + 1}"):
        assert sized.refusal(size).startswith(f"size {size} has ")


@some([sized for sized in SIZED if not sized.rule.max_side])
def test_a_size_is_judged_by_its_ratio(sized: Sized) -> None:
    short = math.isqrt(int(sized.rule.min_pixels / sized.rule.max_ratio)) + 1
    long = int(short * sized.rule.max_ratio)
    for width, height in ((long, short), (short, long)):
        assert sized.passes((width, height)) == f"{width}*{height}"
    for width, height in ((long + 1, short), (short, long + 1)):
        line = sized.refusal(f"{width}x{height}")
        told = rf"^size {width}\*{height} has ratio [0-9.]+, .* takes [0-9.]+-[0-9.]+ \(width/height\); try "
        assert re.search(told, line)


@some([sized for sized in SIZED if sized.rule.warn_below_pixels])
def test_a_size_that_the_newest_page_calls_too_small_is_sent_with_a_warning(sized: Sized) -> None:
    least = sized.rule.warn_below_pixels
    side = math.isqrt(least) - 1
    checked = sized.place.check(size=f"{side}*{side}")
    assert checked.problems == ()
    assert [str(least) in clean(problem) for problem in checked.warnings] == [True]
    assert sized.place.check(size=f"{side + 1}*{side + 1}").warnings == ()


@EVERYWHERE
@pytest.mark.seldom
def test_every_ratio_in_bounds_gives_a_size_in_bounds(sized: Sized) -> None:
    for wide in range(1, 33):
        for high in range(1, 33):
            if math.gcd(wide, high) != 1 or not sized.rule.min_ratio <= wide / high <= sized.rule.max_ratio:
                continue
            width, height = map(int, sized.passes(f"{wide}:{high}").split("*"))
            assert abs(math.log(width / height / (wide / high))) < 0.05


@EVERYWHERE
def test_a_size_may_be_spelled_as_people_do(sized: Sized) -> None:
    spelled = ("1248*1248", "1248x1248", "1248X1248", " 1248 × 1248 ", "1248＊1248", "１２４８*１２４８")
    for given in (*spelled, (1248, 1248), [1248, 1248], (1248.0, 1248.0), numpy.array([1248, 1248])):
        assert sized.passes(given) == "1248*1248"
    assert sized.passes("16：9") == sized.passes(" 16 : 09 ") == sized.passes("16:9")


@EVERYWHERE
def test_a_ratio_out_of_bounds_is_refused_as_it_was_given(sized: Sized) -> None:
    line = sized.refusal("100:1")
    assert re.match(r"size [0-9]+\*[0-9]+ \(from 100:1\) has ", line)


@EVERYWHERE
def test_what_is_no_size_is_refused(sized: Sized) -> None:
    wrong = ("", "big", "1280", 1280, 1280.5, "1280*", "-1280*1280", "1e3*1e3", (1,), (1, 2, 3), True, "0:1", "1:0")
    for given in wrong:
        line = sized.refusal(given)
        assert line.startswith("size must look like 1280*1280, 16:9 or one of ")
        assert f"; got {given!r} (" in line


@EVERYWHERE
def test_a_size_without_sense_is_refused_by_its_pixels(sized: Sized) -> None:
    for given in ("0*0", "0*1280", "999999*999999"):
        assert sized.refusal(given).startswith(f"size {given} has ")


def test_a_size_is_none_when_it_cannot_be_read() -> None:
    rule = next(row.size for row in specs.get(specs.DEFAULT_T2I).parameters if row.size)
    assert parse_size("square", rule) == parse_size("1:1", rule) == rule.default
    assert parse_size("a square", rule) is None
