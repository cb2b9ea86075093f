"""Make `written_by_0_1`: what 0.1 wrote before its package was rearranged, and what it said of it (`said.json`).

Tests of every room open these files. They are made once, by that version: its last commit must be on the path.

    git worktree add ../before 5e61a78
    PYTHONPATH=../before python tests/data/make_written_by_0_1.py
    cp -r /tmp/written_by_0_1 tests/data/

Each stage is one kernel, a process of its own: some end as a restarted kernel does, some are killed half-way. The rows
of the real service are written through the journal alone, for nothing here may reach it; all others come from calls
that the emulator answered.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

FOLDER = Path("/tmp/written_by_0_1")
HOME, OUT, LAB = FOLDER / "home", FOLDER / "out", FOLDER / "lab"
FLASH = {"model": "wan2.2-t2i-flash", "size": "512*512"}
"""The smallest pictures that the table knows; each stage has a model of its own, so that no search meets another's."""
PLUS = {"model": "wan2.2-t2i-plus", "size": "512*512"}
OLD_PLUS = {"model": "wanx2.1-t2i-plus", "size": "512*512"}
TURBO = {"model": "wanx2.1-t2i-turbo", "size": "512*512"}
PHOTO = LAB / "photo.png"
WITHOUT_GRAIN = """
from PIL import Image
from bailian_nb.emulator import draw_canvas
draw_canvas.grain = lambda size, *_, **__: Image.new("L", size, 128)
"""
"""The emulator's noise makes a PNG five times as large."""
CELLS = [
    "%load_ext bailian_nb\nimport bailian_nb as wan",
    "%%wan_t2i --model wan2.2-t2i-flash --size 512*512 --seed 2 -o cat\nA cat, flat colours",
    '%wan_edit inpaint photo.png "A red ball" --mask mask.png --seed 7 -o ball',
    'painter = wan.MaskPainter("photo.png", mask="mask.png", options={"seed": 7})\npainter',
    'grid = wan.sweep("photo.png", "instruct", "A hat", strength=[0.2, 0.8], seed=7)\ngrid.run()\ngrid.wait()',
    "%wan wait",
    "%config WanMagics.confirm_above = 0.5",
    "%%wan_t2i -n 4 --seed 1 -o palace\nA palace of many rooms",
    "%wan history",
]


def lab() -> None:
    """Draw the picture and the mask that are edited: flat, so that they and their edits stay small."""
    from PIL import Image, ImageDraw

    for folder in (HOME, OUT, LAB):
        folder.mkdir(parents=True)
    photo = Image.new("RGB", (512, 512), "skyblue")
    pen = ImageDraw.Draw(photo)
    pen.rectangle((0, 300, 512, 512), fill="olivedrab")
    pen.polygon([(120, 300), (220, 120), (320, 300)], fill="sienna")
    photo.save(PHOTO)
    mask = Image.new("L", (512, 512))
    ImageDraw.Draw(mask).ellipse((330, 330, 430, 430), fill=255)
    mask.save(LAB / "mask.png")


def day_old() -> None:
    """Send a task a day ago, and be killed before it ends."""
    import bailian_nb as wan
    from bailian_nb.emulator import create_app

    class Yesterday:
        def now(self) -> float:
            return time.time() - 25 * 3600

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(seconds)

    session = opened(create_app(HOME, clock=Yesterday().now), Yesterday())
    job = wan.t2i("A hill emulator:latency=600", seed=1, **FLASH)
    until(lambda: states(session, job) == ["accepted"])
    os._exit(0)


def expired() -> None:
    """Ask for the task of yesterday, which the service has forgotten."""
    import bailian_nb as wan

    (job,) = wan.resume().jobs
    assert job.wait(60).status == "EXPIRED"


def set_apart() -> None:
    """Lose the answers of two edits: the first is given up, the second's task is set apart for the user to say."""
    import bailian_nb as wan

    first = wan.edit(PHOTO, "unwatermark", "Remove the letters emulator:lost=502", seed=8).wait(120)
    assert "set apart" in str(first.error) or "unclaimed" in str(first.error), first.error
    wan.resume(forget=first.id)
    second = wan.edit(PHOTO, "unwatermark", "Remove the writing emulator:lost=502", seed=9).wait(120)
    assert "unclaimed" in str(second.error), second.error


def found() -> None:
    """Lose the answer of a call whose task the list shows, beside a colleague's now and one of an hour ago."""
    import bailian_nb as wan
    from bailian_nb.emulator import create_app

    colleague("Theirs, earlier", FLASH, create_app(HOME, clock=lambda: time.time() - 3600))
    job = wan.t2i("A cat, flat colours emulator:lost=502 emulator:latency=3", seed=3, **FLASH)
    until(lambda: job.status == "UNCERTAIN")
    colleague("Theirs", FLASH, create_app(HOME))
    assert len(job.result(120)) == 1


def ended() -> None:
    """End a job in each other way."""
    import bailian_nb as wan

    assert len(wan.edit(PHOTO, "unwatermark", "Remove the text", seed=7).result(60)) == 1
    failed = wan.edit(PHOTO, "instruct", "A hat emulator:fail=InternalError.Timeout", seed=7)
    assert failed.wait(60).status == "FAILED"
    canceled = wan.t2i("A hill emulator:pending=600", seed=4, **FLASH)
    until(lambda: canceled.task_id)
    canceled.cancel()
    assert canceled.wait(60).status == "CANCELED"


def notebook() -> None:
    """Run the cells as a front end does, where widgets live, and save what they show."""
    import nbformat
    from nbclient import NotebookClient

    class FrontEnd(NotebookClient):
        async def async_start_new_kernel_client(self) -> Any:
            client = await super().async_start_new_kernel_client()
            client.allow_stdin = True
            return client

    startup = FOLDER / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "quiet.py").write_text(WITHOUT_GRAIN)
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    made.cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    env = {**os.environ, "IPYTHONDIR": str(FOLDER / "ipython")}
    FrontEnd(made, timeout=120, kernel_name="python3", record_timing=False).execute(env=env, cwd=str(LAB))
    nbformat.write(made, LAB / "notebook.ipynb")
    shutil.rmtree(FOLDER / "ipython")


def cut_short() -> None:
    """Be killed while the task of a lost call is looked for, with a colleague's beside it."""
    import bailian_nb as wan
    from bailian_nb.emulator import create_app

    opened(create_app(HOME))
    job = wan.t2i("A lake emulator:lost=502 emulator:latency=30", seed=1, **TURBO)
    until(lambda: job.status == "UNCERTAIN")
    colleague("Theirs, slow emulator:latency=30", TURBO, create_app(HOME))
    until(lambda: looked_into() == 2)
    os._exit(0)


def killed_in_the_call() -> None:
    """Be killed when the service has made the task and its answer is on its way."""
    import bailian_nb as wan
    from bailian_nb.emulator import create_app

    opened(Deadly(create_app(HOME), "POST", "/services/"))
    wan.t2i("A bridge", seed=1, **PLUS)
    time.sleep(60)


def killed_with_an_answer() -> None:
    """Be killed when the answer to a synchronous call is there and its picture is not."""
    import bailian_nb as wan
    from bailian_nb.emulator import create_app

    opened(Deadly(create_app(HOME), "GET", "/results/"))
    wan.t2i("A shop at night", seed=1, size="768*768", sync=True)
    time.sleep(60)


def killed_at_work() -> None:
    """Be killed with tasks on their way, and one call that waits for a place."""
    import bailian_nb as wan
    from bailian_nb.emulator import create_app

    session = opened(create_app(HOME))
    jobs = [wan.t2i(f"Hill {number} emulator:latency=30", seed=number, **OLD_PLUS) for number in (1, 2, 3)]
    jobs.append(wan.edit(PHOTO, "inpaint", "A blue ball emulator:latency=30", mask=LAB / "mask.png", seed=7))
    wanted = ["accepted", "accepted", "intent", "accepted"]
    until(lambda: states(session, *jobs) == wanted)
    os._exit(0)


def service() -> None:
    """Write what calls of the real service would have left."""
    from bailian_nb.jobs.journal import Journal

    url, now, day = "https://dashscope.aliyuncs.com/api/v1", time.time(), 86400.0
    journal = Journal(HOME)
    rows: list[tuple[str, float, dict[str, Any]]] = [
        ("done", now - 70 * day, {"images": 2, "cost": 0.4, "notebook": "shops.ipynb"}),
        ("done", now - 3600, {"images": 1, "cost": 0.2, "notebook": "shops.ipynb"}),
        ("done", now - 1800, {"images": 4, "cost": None, "notebook": "cats.ipynb"}),
        ("failed", now - 1700, {"error": "InternalError.Timeout"}),
        ("uncertain", now - 1600, {}),
        ("accepted", now - 1500, {}),
        ("intent", now - 1400, {}),
    ]
    for number, (state, at, more) in enumerate(rows):
        name = f"real{number}"
        values = {"prompt": f"A flower shop {number}", "n": more.get("images", 1), "size": "1280*1280", "seed": number}
        request = {"model": "wan2.6-t2i", "function": None, "values": values, "images": [], "mask": None, "sync": False}
        journal.intend(
            id=name,
            account="5f2b9c1d7e3a4860",
            base_url=url,
            emulator=False,
            region="cn-beijing",
            request={**request, "seed_given": True, "paste_back": False},
            out_dir=OUT,
            created=at,
            inputs={},
            notebook=more.pop("notebook", ""),
            estimate=None if more.get("cost", 0) is None else 0.2,
        )
        if state == "intent":
            continue
        journal.submitting(name, at + 1)
        if state == "uncertain":
            journal.uncertain(name, "the line broke", at=at + 2)
            continue
        journal.accepted(name, task_id=f"0000000{number}-1111-2222-3333-444444444444", request_id="r", at=at + 2)
        if state != "accepted":
            journal.end(name, state, at=at + 20, **more)  # type: ignore[arg-type]
    journal.close()


def said() -> None:
    """Write down what this version reads in all that; on a copy, for asking takes away the locks of dead kernels."""
    from bailian_nb import costs
    from bailian_nb import session as sessions
    from bailian_nb.gallery import read_record

    at = time.time()
    session = sessions.current()
    pictures = session.index.recent(100)
    words = {
        "at": at,
        "version": next(iter(pictures)).record.version,
        "costs": [each.to_dict() for each in costs.gather(session, everything=True)],
        "rows": [asdict(row) for row in reversed(session.journal.recent(100))],
        "history": [relative(picture.path) for picture in pictures],
        "search": {word: [relative(each.path) for each in session.index.search(word)] for word in ("cat", "red ball")},
        "find": {key: [relative(each.path) for each in session.index.find(key)] for key in keys(pictures)},
        "records": {
            relative(path): json.loads(record.to_json())
            for path in sorted(OUT.rglob("*.png"))
            if (record := read_record(path)) is not None
        },
    }
    text = json.dumps(words, indent=1, ensure_ascii=False, sort_keys=True)
    (FOLDER / "said.json").write_text(text + "\n", encoding="utf-8")


def keys(pictures: Any) -> list[str]:
    return sorted({picture.record.request_key for picture in pictures if picture.record.request_key})


def relative(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


class Deadly:
    """An ASGI app that kills this process once a call of this kind was heard."""

    def __init__(self, app: Any, method: str, part: str) -> None:
        self.app, self.method, self.part = app, method, part

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if (scope["method"], True) != (self.method, self.part in scope["path"]):
            await self.app(scope, receive, send)
            return

        async def swallow(message: Any) -> None:
            return

        await self.app(scope, receive, swallow)
        os._exit(0)


def opened(app: Any, clock: Any = None) -> Any:
    """Return this process's session, whose emulator is `app`."""
    from bailian_nb import session as sessions
    from bailian_nb.accounts import Accounts

    Accounts._emulator = lambda self: app  # type: ignore[method-assign]
    session = sessions._sessions[HOME] = sessions.Session(HOME, clock=clock)
    return session


def colleague(prompt: str, how: dict[str, str], app: Any) -> None:
    """Make a task of the same account by other means than ours."""
    from bailian_nb.client import Client
    from bailian_nb.config import EMULATOR_URL, Secret
    from bailian_nb.request import Request

    async def create() -> None:
        client = Client(base_url=EMULATOR_URL, key=Secret("sk-emulator-in-process"), app=app)
        values = {"prompt": prompt, "n": 1, "size": how["size"], "seed": 7}
        await client.submit(Request(model=how["model"], values=values, seed_given=True))
        await client.aclose()

    asyncio.run(create())


def states(session: Any, *jobs: Any) -> list[str]:
    rows = [session.journal.row(job.id) for job in jobs]
    return ["" if row is None else row.state for row in rows]


def looked_into() -> int:
    """Count the tasks that a search has not judged yet."""
    import sqlite3

    with sqlite3.connect(HOME / "journal.sqlite") as db:
        return int(db.execute("SELECT count(*) FROM strays WHERE verdict = 'open'").fetchone()[0])


def until(done: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("it did not come to that")
        time.sleep(0.02)


STAGES = (
    lab,
    day_old,
    expired,
    set_apart,
    found,
    ended,
    notebook,
    cut_short,
    killed_in_the_call,
    killed_with_an_answer,
    killed_at_work,
    service,
    said,
)


def leave_out() -> None:
    """Drop what is made anew: the emulator's pictures when they are fetched, and files that are only locked."""
    shutil.rmtree(HOME / "emulator" / "pictures")
    for path in (HOME / "limits").rglob("*.lock"):
        path.unlink()


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith("DASHSCOPE_")}
    env |= {"BAILIAN_NB_EMULATOR": "1", "BAILIAN_NB_HOME": str(HOME), "BAILIAN_NB_OUT": str(OUT), "TZ": "UTC"}
    for stage in STAGES:
        print(stage.__name__, flush=True)
        if stage is said:
            leave_out()
            shutil.copytree(HOME, FOLDER / "copy")
            env["BAILIAN_NB_HOME"] = str(FOLDER / "copy")
        subprocess.run([sys.executable, __file__, stage.__name__], env=env, check=True)
    shutil.rmtree(FOLDER / "copy")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        if sys.argv[1] not in ("lab", "notebook", "said"):
            exec(WITHOUT_GRAIN)
        {stage.__name__: stage for stage in STAGES}[sys.argv[1]]()
