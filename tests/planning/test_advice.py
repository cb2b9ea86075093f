"""Numbers that cannot be sent: the line says what to write."""

from __future__ import annotations

import pytest

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.planning.advice import instead

from ..world.each import each

ROWS = {row.name: row for kind in ("t2i", "edit") for row in specs.parameters(kind)}  # type: ignore[arg-type]
DRAWN = "; leave it out and one is drawn, sent and recorded"


@each(
    ("name", "value", "said"),
    [
        *(("seed", value, DRAWN) for value in (-1, "-1", "", "random", True, "true", "auto", "7 8")),
        *(("seed", value, "") for value in (2.5, "1e99", 2**31)),
        ("strength", "much", ""),
        ("strength", "50%", "; write 0.5"),
        ("strength", "0,5", "; write 0.5"),
        ("strength", "150%", ""),
        ("strength", 1.4, ""),
        ("strength", "", "; leave it out for the default (0.5)"),
        ("strength", True, "; leave it out for the default (0.5)"),
        ("strength", "auto", "; leave it out for the default (0.5)"),
        ("n", "", "; write the number of pictures, such as 1"),
        ("n", "two", "; write the number of pictures, such as 1"),
        ("n", 0, ""),
    ],
)
def test_what_to_write_is_told(name: str, value: object, said: str) -> None:
    row = ROWS[name]
    default = f" ({row.default})" if row.default is not None else ""
    assert instead(row, value) == said.partition(" (")[0] + (default if "default" in said else "")


def test_it_ends_the_line_of_a_call() -> None:
    with pytest.raises(wan.InvalidRequest) as refused:
        wan.t2i("x", seed=-1)
    assert str(refused.value) == f"seed must lie in 0-2147483647, got -1 (model wan2.6-t2i){DRAWN}"
    with pytest.raises(wan.InvalidRequest) as refused:
        wan.t2i("x", seed="")  # type: ignore[arg-type]
    assert str(refused.value).endswith(f"got '' (model wan2.6-t2i){DRAWN}")


def test_a_seed_as_a_float_or_with_an_exponent_is_a_seed() -> None:
    assert specs.check(specs.get(specs.DEFAULT_T2I), None, {"prompt": "x", "seed": "1e3"}).values["seed"] == 1000
    assert specs.check(specs.get(specs.DEFAULT_T2I), None, {"prompt": "x", "seed": 7.0}).values["seed"] == 7
