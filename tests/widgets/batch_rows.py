"""A batch whose rows end when a test says so: no task is made, its pictures are small files."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

import bailian_nb as wan
from bailian_nb.batch.slots import Outcome, RowState


def planned(count: int, **more: object) -> wan.Batch:
    return wan.batch([f"teapot {number}" for number in range(1, count + 1)], model="wan2.2-t2i-flash", **more)


def end(batch: wan.Batch, number: int, folder: Path, state: RowState = "SUCCEEDED", *, pictures: int = 1) -> list[str]:
    """Let a row end: with pictures of one colour, or failed for the content check."""
    files: list[str] = []
    if state == "SUCCEEDED":
        folder.mkdir(parents=True, exist_ok=True)
        for index in range(pictures):
            files.append(str(folder / f"teapot_{number}_{index + 1}.png"))
            Image.new("RGB", (32, 32), (number % 256, 90, 120)).save(files[-1])
        outcome = Outcome(files=tuple(files), seed=number)
    else:
        outcome = Outcome(
            code="DataInspectionFailed", error="DataInspectionFailed: not this (request 1-2, task 3). Ask."
        )
    batch._slots.put(number, state, outcome)
    batch._feeder.newest.extend((number, file) for file in files)
    return files
