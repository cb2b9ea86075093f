"""Plan every row of a batch: what it would send and what it costs, or what is wrong with it.

Rows that differ in nothing but prompt, seed and pictures are checked through one of them; of the others only what
differs is looked at. So ten thousand rows take seconds, and of a picture its header is read and no more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import InvalidRequest, printable
from ..images.header import misfit, read_header
from ..planning.checks import LARGEST_SEED
from ..planning.plan import Plan
from ..specs import ImageRule, shown
from ..store.request_key import request_key
from ..system.language import sentence
from .calls import Calls, Invalid, RowCall, RowProblem
from .memory import mark_of
from .names import folded, refused
from .paths import Found
from .slots import Outcome, Slots

_PICTURES = ("image", "mask", "keep", "bbox_list")
_FREE = ("prompt", "seed")
"""What may differ among rows that are checked through one of them."""


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """Rows that differ in prompt, seed and pictures alone, and what was found for one of them."""

    plan: Plan | None
    problems: tuple[tuple[str, str], ...] = ()
    """Parameter and sentence, where no plan can be made of any of them."""


@dataclass(kw_only=True)
class Checked:
    """What came of checking every row."""

    slots: Slots
    invalid: list[Invalid]
    marks: dict[int, bytes]
    """What rows with pictures are known by, by row number."""
    plan: Plan | None = None
    """The Plan of one row that can be sent."""


class Checker:
    """Checks the rows of `calls`; `make` plans one of them as if it were to be sent (its pictures are read)."""

    def __init__(self, calls: Calls, make: Callable[[RowCall], Plan], options: Mapping[str, Any]) -> None:
        self._calls = calls
        self._make = make
        self._options = sorted(options.items())
        self._fit = bool(options.get("fit"))
        self._shapes: dict[Any, _Shape] = {}
        self._headers: dict[tuple[str, int, str], tuple[str, str] | None] = {}
        takes = calls.model.takes(calls.function)
        self._prompt = next((row for row in takes if row.name == "prompt"), None)
        self._seed = next((row for row in takes if row.name == "seed"), None)
        recipe = calls.model.recipe(calls.function)
        self._plain = recipe is None and not calls.has_pictures
        self._recipe = recipe is not None

    def check(self) -> Checked:
        """Check every row, in order."""
        calls = self._calls
        found = Checked(slots=Slots(len(calls)), invalid=[], marks={})
        twins: dict[bytes, int] = {}
        names: dict[str, int] = {}
        for number in range(1, len(calls) + 1):
            try:
                call = calls.fill(number)
            except RowProblem as problem:
                self._refuse(found, number, problem.column, problem.given, problem.allowed)
                continue
            if (seed := calls.seed(call, twins)) is not None:
                call.values["seed"] = found.slots.seeds[number - 1] = seed
            if copy := calls.copy(call, twins):
                found.slots.copies[number - 1] = copy
                call = replace(call, copy=copy)
            self.check_one(found, number, call, names)
        return found

    def check_one(self, found: Checked, number: int, call: RowCall, names: dict[str, int]) -> None:
        """Check one row that is filled; `names` are those that earlier rows have, by what is the same about them."""
        slots = found.slots
        # First what is seen without a plan: one is made of the first row that may be right, with its pictures read.
        own = [each for each in (self._wrong_prompt(call), self._wrong_seed(call)) if each is not None]
        own += self._wrong_pictures(call)
        if own:
            for each in own:
                self._refuse(found, number, *each)
            return
        try:
            shape = self._shape(call)
        except InvalidRequest as error:
            for problem in error.problems:
                self._refuse(found, number, *self._placed(problem.parameter, call, problem.message))
            return
        plan = shape.plan
        if plan is None:
            for parameter, message in shape.problems:
                self._refuse(found, number, *self._placed(parameter, call, message))
            return
        late = self._wrong_seed(call, plan.images)
        wrong = [*([late] if late is not None else []), *self._wrong_names(number, call, plan, names)]
        for each in wrong:
            self._refuse(found, number, *each)
        if wrong:
            return
        found.plan = found.plan or plan
        slots.costs[number - 1] = -1.0 if plan.cost is None else plan.cost
        slots.images[number - 1] = plan.images
        if not plan.cache or plan.request is None:
            return
        if self._plain:
            values = {**plan.request.values, **self._own(call)}
            slots.keys[number - 1] = request_key({**plan.request.to_dict(), "values": values, "copy": call.copy})
        elif (mark := mark_of(self._calls.model.name, self._calls.function, call, self._options)) is not None:
            found.marks[number] = mark

    def _shape(self, call: RowCall) -> _Shape:
        """Return what holds for all rows like this one.

        Raises
        ------
        InvalidRequest
            When this row cannot be planned for a reason of its own, such as its picture.
        """
        values = tuple((name, _shape_of(value)) for name, value in sorted(call.values.items()) if name not in _FREE)
        key = (values, len(call.images), call.mask is None, call.keep is None, "prompt" in call.values)
        if (known := self._shapes.get(key)) is not None:
            return known
        try:
            shape = _Shape(plan=self._make(call))
        except InvalidRequest as error:
            own = [*(_PICTURES if call.images else ()), *(name for name in _FREE if name in call.values)]
            if any(problem.parameter.partition(" ")[0] in own for problem in error.problems):
                raise
            problems = tuple((problem.parameter, problem.message) for problem in error.problems)
            shape = _Shape(plan=None, problems=problems)
        self._shapes[key] = shape
        return shape

    def _own(self, call: RowCall) -> dict[str, Any]:
        own: dict[str, Any] = {"prompt": call.values["prompt"]} if "prompt" in call.values else {}
        if "seed" in call.values:
            own["seed"] = int(float(call.values["seed"]))
        return own

    def _wrong_prompt(self, call: RowCall) -> tuple[str, str, str] | None:
        row, text = self._prompt, call.values.get("prompt")
        if row is None or not isinstance(text, str):
            return None if row is None or text is None else ("prompt", shown(text), sentence("a text"))
        if row.required and not row.warn_empty and not text.strip():
            return "prompt", sentence("nothing"), sentence("a text")
        if row.max_length is not None and len(text) > row.max_length:
            given = sentence("{count} characters", count=len(text))
            return "prompt", given, sentence("at most {count} characters", count=row.max_length)
        if any(0xD800 <= ord(sign) < 0xE000 for sign in text):
            return "prompt", printable(text, 40), sentence("a text without half of a character pair")
        return None

    def _wrong_seed(self, call: RowCall, images: int = 1) -> tuple[str, str, str] | None:
        if self._seed is None or (seed := call.values.get("seed")) is None:
            return None
        try:
            number = float(seed)
        except (TypeError, ValueError, OverflowError):
            number = -1.0
        most = min(LARGEST_SEED - images + 1, self._seed.maximum or LARGEST_SEED)
        low = self._seed.minimum or 0
        if math.isfinite(number) and number == int(number) and low <= number <= most and not isinstance(seed, bool):
            return None
        return "seed", shown(seed, str), f"{low:g}-{most:.0f}"

    def _wrong_pictures(self, call: RowCall) -> list[tuple[str, str, str]]:
        model, values = self._calls.model, call.values
        if model.images is None:
            return []
        found = []
        for number, picture in enumerate(call.images):
            rule = model.rule_of(number, values, len(call.images)) or model.images
            if isinstance(picture, Found) and (wrong := self._header(picture, rule, call)) is not None:
                found.append(("image", f"{printable(picture.path, 120)}: {wrong[0]}", wrong[1]))
        return found

    def _header(self, picture: Found, rule: ImageRule, call: RowCall) -> tuple[str, str] | None:
        """Return what is wrong with a picture by its header, and what is allowed; each file is opened once."""
        cut_out = self._recipe and call.keep is None
        key = (picture.path, picture.changed, f"{rule.source} {cut_out}")
        if key in self._headers:
            return self._headers[key]
        try:
            header = read_header(picture.path)
        except OSError as error:
            wrong: tuple[str, str] | None = error.strerror or str(error), sentence("a file that can be read")
        except ValueError as error:
            wrong = printable(error, 120), ", ".join(rule.formats)
        else:
            # A picture for a recipe is cut out or laid on white first: what it may be is asked when it is read.
            wrong = misfit(header, rule, fit=self._fit or self._recipe)
            if wrong is None and cut_out and not header.alpha:
                wrong = sentence("no transparency"), sentence("a PNG with alpha, or keep= that says what stays")
        if len(self._headers) < 1000:
            self._headers[key] = wrong
        return wrong

    def _wrong_names(self, number: int, call: RowCall, plan: Plan, names: dict[str, int]) -> list[tuple[str, str, str]]:
        named = self._calls.names(number, call)
        if named is None:
            return []
        own: set[str] = set()
        for index in range(plan.images):
            name = named(index)
            if (wrong := refused(name)) is not None:
                return [("name", *wrong)]
            same = folded(name)
            if same in own:
                allowed = sentence(
                    "a name for each of {count} pictures; put {place} into it", count=plan.images, place="{i}"
                )
                return [("name", printable(name, 60), allowed)]
            own.add(same)
            if (other := names.get(same)) is not None and other != number:
                return [("name", printable(name, 60), sentence("a name that row {other} has not", other=other))]
        names.update(dict.fromkeys(own, number))
        return []

    def _placed(self, parameter: str, call: RowCall, message: str) -> tuple[str, str, str]:
        """Return column, what was given and what is allowed, from a sentence about a parameter."""
        name = parameter.partition(" ")[0]
        value = call.values.get(name)
        if value is None and name in ("image", "mask", "keep"):
            value = {"image": call.images[:1] or None, "mask": call.mask, "keep": call.keep}[name]
            value = value[0] if isinstance(value, tuple) else value
            value = value.path if isinstance(value, Found) else value
        return name, printable(value, 120) if value is not None else sentence("nothing"), message

    def _refuse(self, found: Checked, number: int, column: str, given: str, allowed: str) -> None:
        wrong = Invalid(number, self._calls.table.line(number), column, given, allowed)
        found.invalid.append(wrong)
        said = [found.slots.outcome(number).error, _said(wrong)]
        found.slots.put(number, "INVALID", Outcome(error="; ".join(filter(None, said))))


def _shape_of(value: Any) -> str:
    return "file" if isinstance(value, Found) else repr(value)


def lines(invalid: Sequence[Invalid], most: int = 20) -> list[str]:
    """Return a line for each of the first problems, and one that says how many more there are."""
    said = [
        sentence("row {row}{line}: {wrong}", row=each.row, line=_line(each), wrong=_said(each))
        for each in invalid[:most]
    ]
    if len(invalid) > most:
        said.append(sentence("and {count} more like these; plan['invalid'] has them all", count=len(invalid) - most))
    return said


def _said(each: Invalid) -> str:
    """Return what is wrong; a line of the checks of a single call says by itself what was given."""
    if each.allowed.startswith((f"{each.column} ", f"{each.column}=")):
        return each.allowed
    return sentence(
        "{column} is {given}; allowed: {allowed}", column=each.column, given=each.given, allowed=each.allowed
    )


def _line(each: Invalid) -> str:
    return sentence(" (line {line})", line=each.line) if each.line else ""
