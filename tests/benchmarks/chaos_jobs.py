"""What is asked for in the chaos, by us and by a colleague: every prompt of ours is there only once.

`chaos_kernel` sends it, `chaos_service` plays the colleague, `chaos_count` knows our prompts by their first word.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from bailian_nb import specs
from bailian_nb.images import read_input
from bailian_nb.request import Request

KEY = "sk-made-up-for-the-chaos-0001"
OTHER_KEY = "sk-made-up-for-a-colleague-1"
OURS, THEIRS = "ours", "theirs"
EDITS = "wanx2.1-imageedit"
MODELS = ("wan2.2-t2i-flash", EDITS, "wan2.6-t2i", EDITS, "wanx2.1-t2i-turbo", EDITS)
"""In turn; answers of the first and fifth repeat the prompt, those of the others say nothing of whose they are."""
FAILS_ONCE = "emulator:fail=InternalError.Timeout@try=1"


@dataclass(frozen=True, kw_only=True)
class FastClock:
    """Time that runs `speed` times as fast, the same for all processes that are given the same numbers."""

    speed: float
    start: float = field(default_factory=time.time)
    origin: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        return self.start + (time.monotonic() - self.origin) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One call as a user makes it."""

    model: str
    function: str | None
    values: dict[str, Any]
    images: tuple[Image.Image, ...]
    retries: int


def wanted(jobs: int, seed: int) -> list[Wanted]:
    """Return our calls: the models in turn, one or two pictures, every twentieth of a task that fails at first."""
    dice = random.Random(f"{seed} jobs")
    return [
        _wanted(MODELS[number % len(MODELS)], f"{OURS} {number:04d}", 1000 + 10 * number, dice)
        for number in range(jobs)
    ]


def of_a_colleague(seed: int) -> Iterator[Request]:
    """Return somebody else's calls without end; they look like ours."""
    dice = random.Random(f"{seed} colleague")
    number = 0
    while True:
        each = _wanted(dice.choice(MODELS), f"{THEIRS} {number:04d}", number, dice)
        number += 1
        rule = specs.get(each.model).images
        yield Request(
            model=each.model,
            function=each.function,
            values=dict(each.values),
            images=tuple(read_input(image, rule) for image in each.images),
            seed_given=True,
        )


def _wanted(model: str, prompt: str, seed: int, dice: random.Random) -> Wanted:
    edits = model == EDITS
    fails = dice.random() < 0.05
    values = {"prompt": f"{prompt} {FAILS_ONCE}" if fails else prompt, "n": dice.choice((1, 1, 1, 2)), "seed": seed}
    if not edits:
        values["size"] = "768*768" if model == "wan2.6-t2i" else "512*512"
    return Wanted(
        model=model,
        function="description_edit" if edits else None,
        values=values,
        images=(Image.new("RGB", (512, 512), (seed % 256, 120, 90)),) if edits else (),
        retries=1 if fails else 0,
    )
