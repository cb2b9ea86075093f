"""Every model and every function of a model as a Place to check values at, and what every refusal must look like."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bailian_nb import specs
from bailian_nb.errors import Problem
from bailian_nb.specs import Checked, Model, Parameter, Value, check


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
        return f"function {self.function}" if self.function else f"model {self.model.name}"

    def rows(self, *types: str) -> list[Parameter]:
        return [row for row in self.model.takes(self.function) if row.type in types]

    def good(self, **values: object) -> dict[str, object]:
        """Return values that pass, with `values` over them."""
        return {row.name: "a cat" for row in self.model.takes(self.function) if row.required} | values

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


def clean(problem: Problem) -> str:
    """Return the line of a problem, which names its parameter first and is free of slips."""
    line = problem.message
    assert line.startswith(problem.parameter)
    assert not re.search(r"[.,;:?!]\s*[.,;:?!]|  |\n|\(\)|None\b|[ .,;:]$", line), line
    assert len(line) < 300, line
    return line
