"""What stands beside the painter's Run button: prices by number of pictures, and which parameters the model takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import config, specs
from ..session import front, session
from ..specs.types import whole
from ..texts.widgets import painter_says

_RECENT = 20


def recent_prompts() -> list[str]:
    """Return the prompts of the newest saved pictures, each once, the newest first."""
    prompts = (picture.record.prompt for picture in session.current().index.recent(4 * _RECENT))
    return list(dict.fromkeys(prompt for prompt in prompts if prompt.strip()))[:_RECENT]


def offer(function: str, options: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return `prices` by number of pictures, whether a `negative_prompt` is taken, and `given`, what options say."""
    settings = config.load(front.here.overrides)
    name = options.get("model") or settings.edit_model
    row = specs.get(str(name), "edit")
    rows = {parameter.name: parameter for parameter in row.takes(function)}
    most = int(rows["n"].maximum or 1) if "n" in rows else 1
    estimates = [row.estimate(settings.region, {**options, "n": number}, 1) for number in range(1, most + 1)]
    return {
        "prices": [
            painter_says("no_price" if each.cny is None else "price", lang, cost=f"{each.cny or 0:.2f}")
            for each in estimates
        ],
        "negative_prompt": "negative_prompt" in rows,
        "given": {
            "n": min(most, max(1, whole(options, "n", settings.n))),
            "seed": options.get("seed") if isinstance(options.get("seed"), int) else None,
            "negative_prompt": str(options.get("negative_prompt") or ""),
        },
    }
