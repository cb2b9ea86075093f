"""Every model and every function of a model as a Place to check values at, and what every refusal must look like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bailian_nb import specs
from bailian_nb.errors import Problem
from bailian_nb.specs import Checked, Model, Parameter, Value, check

BASE: dict[str, dict[str, object]] = {
    "qwen-mt-image-2.0": {"source_lang": "zh", "target_lang": "en"},
    "wanx-style-repaint-v1": {"style_index": 3},
    "wanx-background-generation-v2": {"prompt": "a cat"},
}
"""What a call needs that is no text, or that only a rule over several values asks for."""


def companions(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values that some values go with alone."""
    found: dict[str, object] = {}
    for name, value in values.items():
        if value is None:
            continue
        if name == "style_index" and value in (-1, "-1", " -1 "):
            found["style_ref_url"] = 1
        if name == "style_ref_url":
            found["style_index"] = -1
        if name == "source_lang":
            found["target_lang"] = "en" if value != "en" else "zh"
        if name == "target_lang":
            found["source_lang"] = "zh" if value != "zh" else "en"
        if name.endswith("_edge_prompt") and isinstance(value, list):
            found[name.removesuffix("_prompt")] = min(len(value), 10)
    return found


@dataclass(frozen=True)
class Place:
    """One model, or one function of it."""

    model: Model
    function: str | None

    def __str__(self) -> str:
        return f"{self.model.name} {self.function or ''}".strip()

    @property
    def where(self) -> str:
        """Return how a line names it."""
        return (
            f"function {specs.short_name(self.model.name, self.function)}"
            if self.function
            else f"model {self.model.name}"
        )

    def rows(self, *types: str) -> list[Parameter]:
        return [row for row in self.model.takes(self.function) if row.type in types]

    def good(self, **values: object) -> dict[str, object]:
        """Return values that pass, with `values` over them, and what goes along with those."""
        needed = {row.name: "a cat" for row in self.model.takes(self.function) if row.required}
        return needed | BASE.get(self.model.name, {}) | companions(values) | values

    def check(self, **values: object) -> Checked:
        return check(self.model, self.function, self.good(**values))

    def passes(self, name: str, value: object) -> Value:
        checked = self.check(**{name: value})
        assert checked.problems == (), f"{self} {name}={value!r:.80}"
        return checked.values[name]

    def refusal(self, name: str, value: object) -> str:
        """Return the one line that refuses a value, after the checks that hold for every such line."""
        checked = self.check(**{name: value})
        assert [problem.parameter for problem in checked.problems] == [name], f"{self} {name}"
        assert name not in checked.values
        assert self.where in checked.problems[0].message
        return clean(checked.problems[0])


PLACES = [
    Place(model, function.name if function else None)
    for model in specs.models()
    for function in (model.functions or (None,))
]

PROMPTED = [place for place in PLACES if any(row.name == "prompt" and row.required for row in place.rows("text"))]


def clean(problem: Problem) -> str:
    """Return the line of a problem, which names its parameter first and is free of slips."""
    line = problem.message
    assert line.startswith(problem.parameter)
    assert not re.search(r"[.,;:?!]\s*[.,;:?!]|  |\n|\(\)|None\b|[ .,;:]$", line), line
    assert len(line) < 300, line
    return line
