"""Two hundred rows on a bad way to the service: a batch, and the official SDK with a thread pool beside it.

Every fifth exchange breaks (`chaos_way`); what was made and billed is the served emulator's own count. The SDK is used
as people use it for many rows: a call and a download in each of twelve threads, and what did not end well once more.
No bar hangs on its figures.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import time
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from bailian_nb.batch.make import make
from bailian_nb.session.session import Session

from .chaos_jobs import KEY, OURS, FastClock
from .chaos_sdk import AT_ONCE
from .chaos_service import Service, Setting

ROWS = 200
MODEL = "wan2.2-t2i-flash"
SIZE = "512*512"
SPEED = 30.0
Made = Callable[[str, Path, FastClock], dict[str, Any]]


def rows() -> list[dict[str, str]]:
    return [{"sku": f"s{number}", "scene": f"{OURS} {number:04d}, a shop"} for number in range(ROWS)]


def by_batch(url: str, folder: Path, clock: FastClock) -> dict[str, Any]:
    """Run the batch as a command line in cron does: once, and once more for what failed."""
    session = Session(folder / "home", clock=clock)
    try:
        given = {"prompt": "{scene}", "size": SIZE}
        options = {"out_dir": str(folder / "out")}
        batch = make(session, rows(), function=None, model=MODEL, given=given, name="{sku}", options=options)
        batch.run().wait(600)
        first = batch.progress
        batch.retry_failed().wait(600)
        counts = {state: count for state, count in batch.progress.counts.items() if count}
        return {"first": first.done, "then": counts}
    finally:
        session.close()


def by_sdk(url: str, folder: Path, clock: FastClock) -> dict[str, Any]:
    """Call the SDK for each row, and once more for those that raised or did not end well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the SDK's own imports warn of is not ours
        sdk: Any = importlib.import_module("dashscope")
    logging.getLogger("dashscope").setLevel(logging.CRITICAL + 1)
    sdk.base_http_api_url, sdk.api_key = url, KEY
    (folder / "out").mkdir(parents=True)

    def row(each: dict[str, str]) -> bool:
        try:
            answer = sdk.ImageSynthesis.call(model=MODEL, prompt=each["scene"], n=1, size=SIZE)
            if answer.status_code != HTTPStatus.OK or answer.output.task_status != "SUCCEEDED":
                return False
            found = requests.get(answer.output.results[0].url, timeout=30)
            found.raise_for_status()
            (folder / "out" / f"{each['sku']}.png").write_bytes(found.content)
        except Exception:  # noqa: BLE001  # as people write it: whatever it was, try it once more
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        first = list(pool.map(row, rows()))
        again = [each for each, well in zip(rows(), first, strict=True) if not well]
        second = list(pool.map(row, again))
    return {"first": sum(first), "then": {"SUCCEEDED": sum(first) + sum(second), "FAILED": second.count(False)}}


def measured(made: Made, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    clock = FastClock(speed=SPEED)
    home = folder / "service"
    service = Service(Setting(home=str(home), speed=SPEED, start=clock.start, origin=clock.origin, p=0.2))
    environment = {
        "DASHSCOPE_API_KEY": KEY,
        "DASHSCOPE_HTTP_BASE_URL": service.bad_url,
        "BAILIAN_NB_EMULATOR": "0",
        "BAILIAN_NB_HOME": str(folder / "home"),
        "XDG_CONFIG_HOME": str(folder / "home"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    with monkeypatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        began = time.monotonic()
        try:
            ended = made(service.bad_url, folder, clock)
            seconds = time.monotonic() - began
            log = service.log()
        finally:
            service.stop()
    drawn = {pixels(path) for path in (home / "emulator" / "pictures").iterdir()}
    tasks = Counter(each["values"]["prompt"] for each in log["creates"] if each["values"]["prompt"].startswith(OURS))
    billed = Counter(
        each["values"]["prompt"]
        for each in log["creates"]
        if each["billed"] and each["values"]["prompt"].startswith(OURS)
    )
    files = [path for path in (folder / "out").rglob("*.png") if "unclaimed" not in path.parts]
    whole = [path for path in files if pixels(path) in drawn]
    return {
        **ended,
        "tasks": sum(tasks.values()),
        "billed": sum(billed.values()),
        "twice": sum(count > 1 for count in billed.values()),
        "whole": len({path.stem for path in whole}),
        "broken": len(files) - len(whole),
        "seconds": seconds,
    }


def pixels(path: Path) -> bytes:
    """Return a hash of what a file shows, b"" of one that is no whole picture."""
    try:
        with Image.open(path) as picture:
            return hashlib.sha256(picture.convert("RGB").tobytes()).digest()
    except (OSError, SyntaxError, ValueError):
        return b""


def test_a_batch_pays_for_each_row_once_on_a_bad_way_and_the_sdk_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"batch": measured(by_batch, tmp_path / "batch", monkeypatch)}
    found["the official SDK"] = measured(by_sdk, tmp_path / "sdk", monkeypatch)
    print(f"\n{ROWS} rows, every fifth exchange broken")
    for name, each in found.items():
        print(
            f"  {name:17} {each['first']} rows well at first, then {each['then']}; {each['tasks']} tasks, "
            f"{each['billed']} billed, {each['twice']} rows billed twice; {each['whole']} pictures whole on disk, "
            f"{each['broken']} broken files; {each['seconds']:.0f} s"
        )
    ours = found["batch"]
    assert ours["twice"] == 0
    assert ours["broken"] == 0
    assert ours["whole"] == ours["then"]["SUCCEEDED"]
    assert ours["billed"] - ours["whole"] <= ours["then"].get("UNCERTAIN", 0)
