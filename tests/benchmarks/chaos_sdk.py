"""The official SDK on the same bad way, used as its documents show it, counted by the same rules.

Half of the calls are `ImageSynthesis.call`, half `async_call` and `wait`; pictures are fetched with `requests`, as the
documents' samples do. What did not end well is called once more, as a user would. For comparison: no bar hangs on it.
"""

from __future__ import annotations

import importlib
import logging
import os
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests

from .chaos_count import same_pixels
from .chaos_jobs import KEY, FastClock, Wanted, wanted
from .chaos_service import Service, Setting

AT_ONCE = 12


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What its calls came to."""

    calls: int
    tasks: int
    billed: int
    saved: int
    twice: int
    broken_files: int
    seconds: float
    ends: Counter[str] = field(default_factory=Counter)
    """How the first try of each call ended."""
    still: int = 0
    """Calls that did not end well when they were made once more either."""

    def table(self) -> str:
        return "\n".join(
            (
                f"the official SDK, {self.calls} calls, {self.seconds:.1f} s",
                f"  service            {self.tasks} tasks, {self.billed} pictures billed",
                f"  on disk            {self.saved} whole, {self.broken_files} files that are no picture",
                f"  lost               {self.billed - self.saved}",
                f"  billed twice       {self.twice}",
                "  first tries ended  " + ", ".join(f"{name} {times}" for name, times in self.ends.most_common()),
                f"  without a picture  {self.still} calls after a second try",
            )
        )


def run(folder: Path, *, jobs: int, seed: int, speed: float) -> Outcome:
    """Make the calls below `folder`."""
    began = time.monotonic()
    clock = FastClock(speed=speed)
    home, out = folder / "service", folder / "out"
    out.mkdir(parents=True)
    setting = Setting(home=str(home), seed=seed, every=0.0, speed=speed, start=clock.start, origin=clock.origin, p=0.2)
    calls = [call for call in wanted(jobs * 2, seed) if call.model != "wan2.6-t2i"][:jobs]
    service = Service(setting)
    try:
        ends = _all(calls, out, service.bad_url)
        second = _all([call for call, end in zip(calls, ends, strict=True) if end != "well"], out, service.bad_url)
        log = service.log()
    finally:
        service.stop()
    files = [(path, home / "emulator" / "pictures" / path.name) for path in out.glob("*_*.png")]
    whole = [path for path, drawn in files if _same(path, drawn)]
    times = Counter(each["values"]["prompt"] for each in log["creates"] if each["billed"])
    return Outcome(
        calls=len(calls),
        tasks=len(log["creates"]),
        billed=sum(each["billed"] for each in log["creates"]),
        saved=len(whole),
        twice=sum(count > 1 for count in times.values()),
        broken_files=len(files) - len(whole),
        seconds=time.monotonic() - began,
        ends=Counter(ends),
        still=sum(end != "well" for end in second),
    )


def _all(calls: Sequence[Wanted], out: Path, url: str) -> list[str]:
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the SDK's own imports warn of is not ours
        sdk: Any = importlib.import_module("dashscope")
    logging.getLogger("dashscope").setLevel(logging.CRITICAL + 1)
    sdk.base_http_api_url, sdk.api_key = url, KEY

    def one(number: int) -> str:
        try:
            return _call(sdk.ImageSynthesis, calls[number], number, out)
        except Exception as error:  # noqa: BLE001  # whatever it raises is a figure here
            return type(error).__name__

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(len(calls))))


def _call(synthesis: Any, call: Wanted, number: int, out: Path) -> str:
    given: dict[str, Any] = {"model": call.model, **call.values}
    for image in call.images:
        path = out / f"input{number}.png"
        image.save(path)
        given |= {"function": call.function, "base_image_url": path.as_uri()}
    answer = synthesis.call(**given) if number % 2 else _in_two_steps(synthesis, given)
    if answer.status_code != HTTPStatus.OK:
        return f"HTTP {answer.status_code}"
    if answer.output.task_status != "SUCCEEDED":
        return str(answer.output.task_status)
    for index, result in enumerate(answer.output.results):
        found = requests.get(result.url, timeout=30)
        (out / f"{answer.output.task_id}_{index}.png").write_bytes(found.content)
    return "well"


def _in_two_steps(synthesis: Any, given: dict[str, Any]) -> Any:
    made = synthesis.async_call(**given)
    return synthesis.wait(made) if made.status_code == HTTPStatus.OK else made


def _same(path: Path, drawn: Path) -> bool:
    try:
        return same_pixels(path.read_bytes(), drawn.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False
