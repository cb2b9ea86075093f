"""Every parameter at its bounds, just outside, and of a wrong type: we and the emulator agree about it.

We refuse with a line that names the parameter; sent raw, the emulator answers 400 InvalidParameter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bailian_nb import specs
from bailian_nb.specs import Model, Parameter, check

from ..specs.places import BASE, companions

COLOURS = [
    {"hex": "#112233", "ratio": "50.00%"},
    {"hex": "#445566", "ratio": "30.00%"},
    {"hex": "#AABBCC", "ratio": "20.00%"},
]
TEN = [{"hex": f"#0000{number:02X}", "ratio": "10.00%"} for number in range(10)]


@dataclass(frozen=True, kw_only=True)
class Try:
    """One value of one parameter, with the switches and the number of pictures of the case that it belongs to."""

    model: Model
    function: str | None
    name: str
    value: Any
    good: bool
    raw_only: bool = False
    """True for what we read kindly (a number as text) and the service would not."""
    switches: tuple[tuple[str, bool], ...] = ()
    pictures: int = 0

    def __str__(self) -> str:
        case = "".join(f" {name}={on}" for name, on in self.switches)
        place = f"{self.model.name} {self.function or ''}{case} {self.pictures}p"
        return f"{place} {self.name}={str(self.value)[:24]}".replace("  ", " ")

    @property
    def values(self) -> dict[str, Any]:
        given = {self.name: self.value}
        usual = {"prompt": "a cat", "n": 1, "seed": 7, **BASE.get(self.model.name, {})}
        taken = {row.name for row in self.model.takes(self.function)}
        values = {name: value for name, value in usual.items() if name in taken}
        return {**values, **dict(self.switches), **companions(given), **given}


def places(model: Model) -> Iterator[tuple[str | None, tuple[tuple[str, bool], ...], int]]:
    """Yield function, switches and number of pictures for every kind of call of a model."""
    least = model.images.min_count if model.images else 0
    for function in model.functions or (None,):
        yield (function.name if function else None), (), least
    for case in model.cases:
        wanted = dict(case.when)
        low, high = model.counts(wanted, 1 if case.pictures else 0 if case.pictures is False else least)
        yield None, case.when, max(low, min(high, 1)) if case.pictures else low


def tries() -> Iterator[Try]:
    for model in specs.models():
        for function, switches, pictures in places(model):
            for row in model.takes(function, dict(switches), pictures):
                if row.name in dict(switches):
                    continue
                for value, good, raw_only in values_of(row, pictures):
                    yield Try(
                        model=model,
                        function=function,
                        name=row.name,
                        value=value,
                        good=good,
                        raw_only=raw_only,
                        switches=switches,
                        pictures=pictures,
                    )


def values_of(row: Parameter, pictures: int) -> Iterator[tuple[Any, bool, bool]]:
    """Yield values, whether they are good, and whether only the service is so strict."""
    low, high = row.minimum, row.maximum
    if row.type == "choice":
        yield from ((choice, True, False) for choice in row.choices)
        yield from (("zebra", False, False), (7, False, False), ([], False, False))
    elif row.type == "int" and row.choices and low is not None and high is not None:
        yield from ((choice, True, False) for choice in row.choices)
        yield from ((int(low) - 1, False, False), (int(high) + 1, False, False), ("x", False, False))
        gap = next((each for each in range(int(low), int(high)) if each not in row.choices), None)
        if gap is not None:
            yield gap, False, False
    elif row.type in ("texts", "pairs") and high is not None:
        one: Any = "word" if row.type == "texts" else {"src": "a", "tgt": "b"}
        yield from (([one] * int(high), True, False), ([one] * (int(high) + 1), False, False))
        yield from ((one, False, False), ([7], False, False), ({}, False, False))
    elif row.type == "pictures":
        return  # their number is that of the addresses; `test_services` has them
    elif row.type == "int" and low is not None and high is not None:
        yield from ((int(low), True, False), (int(high), True, False))
        yield from ((int(low) - 1, False, False), (int(high) + 1, False, False), (low + 0.5, False, False))
        yield from ((str(int(low)), False, True), (True, False, False), ([1], False, False))
    elif row.type == "float" and low is not None and high is not None:
        yield from ((low, True, False), (high, True, False))
        yield from ((math.nextafter(low, -9), False, False), (math.nextafter(high, 9), False, False))
        yield from ((str(low), False, True), (True, False, False), ("x", False, False))
    elif row.type == "bool":
        yield from (
            (True, True, False),
            (False, True, False),
            ("true", False, True),
            (2, False, False),
            ([], False, False),
        )
    elif row.type == "text":
        yield from (("x" * (row.max_length or 1), True, False), (7, False, False), (["a"], False, False))
        if row.required and not row.warn_empty:
            yield "", False, False
    elif row.type == "size" and row.size is not None:
        small, large = math.isqrt(row.size.min_pixels), math.isqrt(row.size.max_pixels)
        yield from ((f"{small}*{small}", True, False), (f"{large}*{large}", True, False))
        yield from ((f"{small - 1}*{small}", False, False), (f"{large}*{large + 1}", False, False))
        yield from (("big", False, False), (1280, False, False), ("1280x1280", False, True), ("16:9", False, True))
        for word, _ in row.size.words:
            yield word, True, False
    elif row.type == "palette":
        yield from ((COLOURS, True, False), (TEN, True, False), (COLOURS[:2], False, False), ("red", False, False))
        yield from ((COLOURS + TEN, False, False), ([*COLOURS[:2], COLOURS[0]], False, False), ([7] * 3, False, False))
    elif row.type == "boxes" and pictures:
        yield from (([[]] * pictures, True, False), ([[[0, 0, 9, 9]]] * pictures, True, False))
        yield from (([], False, False), ([[[9, 0, 0, 9]]] * pictures, False, False), ("x", False, False))


ALL = list(tries())
EVERY = 24
"""One of so many is tried on the emulator in every run, the others in the long one."""


def raw(bench: Any, each: Try) -> Any:
    protocol, values = each.model.protocol, each.values
    by_url = each.model.images is not None and not each.model.images.max_data_url_bytes
    url = "https://example.com/a.png" if by_url else bench.data_url(bench.photo((512, 512)), "JPEG")
    images = [url] * each.pictures
    if protocol.body == "messages":
        content = [{"text": values.pop("prompt")}, *({"image": image} for image in images)]
        inputs: dict[str, Any] = {"messages": [{"role": "user", "content": content}]}
    else:
        inputs = {name: values.pop(name) for name in protocol.input_names if name in values}
        inputs |= {"images": images} if "images" in protocol.input_names else {}
        inputs |= {name: url for name in ("base_image_url", "image_url") if name in protocol.input_names and images}
        for row in each.model.takes(each.function):
            if (row.place or row.type == "pictures") and row.name in values:
                value = values.pop(row.name)
                if row.type == "pictures" and isinstance(value, int) and not isinstance(value, bool):
                    value = url if row.maximum == 1 and value == 1 else [url] * value
                *above, name = (row.place or row.name).split(".")
                below = inputs
                for place in above:
                    below = below.setdefault(place, {})
                below[name] = value
        if each.function:
            inputs |= {"function": each.function, "base_image_url": url}
            row = each.model.function(each.function)
            inputs |= {"mask_image_url": url} if row is not None and row.mask else {}
    body = {"model": each.model.name, "input": inputs, "parameters": values}
    return bench.submit(protocol.path, body, asynchronous=protocol.asynchronous)


@pytest.mark.parametrize("model", specs.models(), ids=lambda row: row.name)
def test_we_take_what_is_good_and_refuse_the_rest_by_name(model: Model) -> None:
    seen = 0
    for each in ALL:
        if each.model is not model or each.raw_only:
            continue
        seen += 1
        checked = check(model, each.function, each.values, each.pictures)
        assert (checked.problems == ()) is each.good, each
        if not each.good:
            (problem,) = checked.problems
            assert problem.parameter == each.name
            assert problem.message.startswith(each.name), each
            called = specs.short_name(model.name, each.function) if each.function else model.name
            assert called in problem.message, each
    assert seen > 15


@pytest.mark.matrix
@pytest.mark.parametrize("each", ALL[::EVERY], ids=str)
def test_the_emulator_agrees(bench: Any, each: Try) -> None:
    agrees(bench, each)


@pytest.mark.slow
@pytest.mark.parametrize("model", specs.models(), ids=lambda row: row.name)
def test_the_emulator_agrees_about_every_value(bench: Any, model: Model) -> None:
    for each in ALL:
        if each.model is model:
            agrees(bench, each)


def agrees(bench: Any, each: Try) -> None:
    answer = raw(bench, each)
    if each.good:
        assert answer.status_code == 200, (each, answer.text)
        return
    body = answer.json()
    assert (answer.status_code, body["code"]) == (400, "InvalidParameter"), (each, body)
    if each.name != "prompt":
        assert each.name in body["message"], each
