"""What a picture costs beside the least that Pillow can do it with: read, made small, saved with its Record.

Both sides are measured by turns in what a processor worked, since a disk is the same for both. The peak is what one
side holds above what was there before, in a process of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from bailian_nb.gallery import Record, save_picture
from bailian_nb.gallery.chunks import embed
from bailian_nb.images import decode
from bailian_nb.images.thumbnail import jpeg_thumbnail

from .speed_table import Row, by_turns, keep

ROOM = "Pictures"
GOAL = 1.3
SIDES = (1440, 4096)
TURNS = 5
ROOT = Path(__file__).parents[2]
RECORD = Record(model="wan2.6-t2i", prompt="a flower shop " * 12, size="1x1", task_id="t" * 36, job_id="j")
_numbers = itertools.count()


def served(side: int) -> bytes:
    """Return a PNG as a service sends it: neither noise nor one colour."""
    file = io.BytesIO()
    small = Image.effect_noise((side // 8, side // 8), 60).convert("RGB")
    small.resize((side, side), Image.Resampling.BICUBIC).save(file, "PNG", compress_level=1)
    return file.getvalue()


def worked(act: Callable[[], object]) -> float:
    begun = time.thread_time()
    act()
    return 1000 * (time.thread_time() - begun)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def small(images: list[Image.Image], side: int) -> bytes:
    """Return what Pillow alone makes: one small picture, or small ones pasted beside each other."""
    file = io.BytesIO()
    if len(images) == 1:
        sheet = images[0].copy()
        sheet.thumbnail((side, side), Image.Resampling.LANCZOS)
    else:
        cell, sheet = side // 5, Image.new("RGB", (side, side))
        for number, image in enumerate(images):
            each = image.copy()
            each.thumbnail((cell, cell), Image.Resampling.LANCZOS)
            sheet.paste(each, (number % 5 * cell, number // 5 * cell))
    sheet.save(file, "JPEG", quality=88, optimize=True)
    return file.getvalue()


def with_text(data: bytes) -> bytes:
    """Put a text into a PNG as Pillow does: it encodes every pixel again."""
    image, file, info = opened(data), io.BytesIO(), PngImagePlugin.PngInfo()
    info.add_itxt("bailian_nb", RECORD.to_json())
    image.save(file, "PNG", pnginfo=info, compress_level=1)
    return file.getvalue()


def written(data: bytes, folder: Path) -> None:
    """Read it whole, so that nothing broken is kept, hash it, and write it."""
    opened(data)
    hashlib.sha256(data).hexdigest()
    (folder / f"{next(_numbers)}.png").write_bytes(data)


def pairs(data: bytes, image: Image.Image, folder: Path) -> dict[str, tuple[Callable[[], object], ...]]:
    """Return by name what is measured, ours and the least."""
    side = image.width
    return {
        "read": (lambda: decode(data, max_pixels=side * side), lambda: opened(data)),
        "made small": (lambda: jpeg_thumbnail([image]), lambda: small([image], 512)),
        "25 in a sheet": (lambda: jpeg_thumbnail([image] * 25), lambda: small([image] * 25, 512)),
        "its Record put in": (lambda: embed(data, RECORD), lambda: with_text(data)),
        "saved": (
            lambda: save_picture(data, RECORD, folder, f"p{next(_numbers)}"),
            lambda: written(data, folder),
        ),
    }


BESIDE = {
    "read": "`Image.open`, `load`",
    "made small": "`thumbnail`, `save`",
    "25 in a sheet": "the same, pasted",
    "its Record put in": "`save` with `pnginfo`",
    "saved": "`load`, SHA-256, `write_bytes`",
}


def peak(file: Path, what: str, which: int) -> float:
    """Return the most megabytes that one side holds above what was there before, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_pictures", str(file), what, str(which)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)


def child(file: Path, what: str, which: int) -> None:
    """Do one thing to a small picture, so that everything is loaded, then to this one, and print the peak."""
    with tempfile.TemporaryDirectory() as folder:
        little = served(64)
        pairs(little, opened(little), Path(folder))[what][which]()
        data = file.read_bytes()
        act = pairs(data, opened(data), Path(folder))[what][which]
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before = _kilobytes("VmRSS")
        act()
        print((_kilobytes("VmHWM") - before) / 1024)


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


@pytest.mark.timeout(600)  # thirty processes, one after the other
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a peak begin anew")
@pytest.mark.parametrize("side", SIDES)
def test_the_memory_of_a_picture(side: int, tmp_path: Path) -> None:
    file = tmp_path / "served.png"
    file.write_bytes(served(side))
    for what, beside in BESIDE.items():
        found, peer = by_turns(3, lambda what=what: peak(file, what, 0), lambda what=what: peak(file, what, 1))  # type: ignore[misc]
        limit = "the decoded picture, and the file beside it"
        told = f"{side} px {what}, peak of memory"
        keep(
            Row(room=ROOM, what=told, ours=found, unit="MB", peer=max(peer, 1.0), beside=beside, goal=GOAL, limit=limit)
        )


@pytest.mark.parametrize("side", SIDES)
def test_a_picture(side: int, tmp_path: Path) -> None:
    data = served(side)
    for what, (ours, theirs) in pairs(data, opened(data), tmp_path).items():
        found, peer = by_turns(TURNS, lambda act=ours: worked(act), lambda act=theirs: worked(act))  # type: ignore[misc]
        limit = (
            "Pillow's own decoding and scaling"
            if what != "saved"
            else "names that nobody else takes, and a lasting write"
        )
        keep(
            Row(
                room=ROOM,
                what=f"{side} px {what}",
                ours=found,
                unit="ms",
                peer=peer,
                beside=BESIDE[what],
                goal=GOAL,
                limit=limit,
            )
        )


def test_a_loop_that_saves_in_threads_is_not_held_up(tmp_path: Path) -> None:
    data, late = served(1440), list[float]()

    async def probe(done: threading.Event) -> None:
        while not done.is_set():
            begun = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append(1000 * (time.perf_counter() - begun - 0.005))

    async def run() -> None:
        done = threading.Event()
        watch = asyncio.create_task(probe(done))
        saves = [asyncio.to_thread(save_picture, data, RECORD, tmp_path, f"s{number}") for number in range(25)]
        await asyncio.gather(*saves)
        done.set()
        await watch

    asyncio.run(run())
    found = statistics.quantiles(late, n=100)[98]
    limit = "other programs of the machine: the loop itself does nothing but wait"
    keep(Row(room=ROOM, what="a loop while 25 are saved, latest 1 %", ours=found, unit="ms", goal=20, limit=limit))


RUNNER = """
import json, os, sys
from tests.benchmarks.loop_steps import longest_steps
import bailian_nb as wan
wan.t2i("a hill emulator:latency=0", size="1440*1440").result(60)
steps = longest_steps("bailian_nb-runner")
for job in [wan.t2i(f"hill {n} emulator:latency=0", n=4, size="1440*1440", seed=n) for n in range(7)]:
    job.result(120)
print(json.dumps(max(steps)))
sys.stdout.flush()
os._exit(0)
"""


def test_the_runners_loop_is_not_held_up(tmp_path: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("DASHSCOPE", "BAILIAN"))}
    home = str(tmp_path / "home")
    variables |= {"BAILIAN_NB_HOME": home, "BAILIAN_NB_EMULATOR": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", RUNNER], capture_output=True, text=True, cwd=tmp_path, check=True, env=variables
    )
    limit = "what one step of ours or of the emulator works at: decoding, drawing and saving are done in threads"
    what = "the runner's loop while 28 are made and saved, longest step"
    keep(Row(room=ROOM, what=what, ours=json.loads(done.stdout), unit="ms", goal=20, limit=limit))


if __name__ == "__main__":
    child(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    sys.stdout.flush()
    os._exit(0)  # the folder is gone, and nothing else is held
