"""The index of pictures at 100,000 and 1,000,000: what each question, each new picture and each byte costs.

The pictures have rows and, but for their newest folder, no files, until the history of all is asked for: whether one
is there is asked of its folder. Warm is the median of a question asked again; cold is the first of a fresh connection
whose pages the system has dropped, as far as it may be asked to.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from bailian_nb.gallery import Index, Picture, Record, save_picture
from bailian_nb.gallery import index_rows as rows
from bailian_nb.gallery.listing import Wanted

from .speed_table import Row, keep

ROOM = "History"
MANY = int(os.environ.get("BAILIAN_NB_BENCH_MANY", "1000000"))
MADE = 100_000
"""Pictures that are added one by one, as the product does; a larger index repeats their prompts."""
A_FOLDER = 400
NOUNS = re.findall("..", "花店窗户森林老城雨夜猫咪灯塔桥梁茶馆山谷海滩书房市场钟楼花园列车雪山渔船瀑布集市")
WORDS = re.findall(
    "[a-z]+",
    "flower shop window forest town rain night cat lighthouse bridge teahouse valley beach study market tower garden"
    " train mountain boat waterfall golden misty quiet crowded ancient neon watercolor cinematic detailed portrait",
)
QUESTIONS: dict[str, Callable[[Index], object]] = {
    "the newest 20": lambda index: index.recent(20),
    "a page in the middle": lambda index: index.recent(20, before=index.middle),  # type: ignore[attr-defined]
    "two Chinese letters that many prompts hold": lambda index: index.search("花店"),
    "two Chinese letters that few prompts hold": lambda index: index.search("霓虹"),
    "parts of two words": lambda index: index.search("ighthous terfal"),
    "a word of every prompt": lambda index: index.search("wan2.6"),
    "a word of none": lambda index: index.search("submarine"),
    "letters that stand in prompts, but not together": lambda index: index.search("flowertown"),
    "the id of a task": lambda index: index.search(index.task),  # type: ignore[attr-defined]
    "a request's pictures": lambda index: index.find(index.key),  # type: ignore[attr-defined]
    "models and functions": lambda index: index.makers(),
    "a request that is not there": lambda index: index.find("0" * 64),
}


def record(number: int, rng: random.Random, call: list[object]) -> Record:
    """Return the Record of one of two to four pictures of a call; a third of the calls has a rewritten prompt."""
    if not call or rng.random() < 0.4:
        words = f"{' '.join(rng.sample(WORDS, 9))}，{''.join(rng.sample(NOUNS, 4))}的一天"
        if rng.random() < 0.0005:
            words += "霓虹"
        long = f"{words}. {' '.join(rng.sample(WORDS, 14))}" if rng.random() < 0.33 else ""
        call[:] = [words, long, rng.randbytes(16).hex(), rng.randbytes(32).hex(), 0]
    prompt, actual, task, key, index = call
    call[4] = int(str(index)) + 1
    day, second = divmod(number, 4000)
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_000_000 + day * 86_400 + second * 20))
    return Record(
        model="wan2.6-t2i",
        prompt=str(prompt),
        actual_prompt=str(actual),
        values={"prompt": prompt, "n": 3, "seed": 7, "size": "1280*1280"},
        seed=number % 2**31,
        index=int(str(index)),
        n=3,
        size="1280x1280",
        task_id=f"{str(task)[:8]}-{str(task)[8:12]}-{str(task)[12:16]}-{str(task)[16:20]}-{str(task)[20:]}",
        request_id=f"{rng.randbytes(4).hex()}-{rng.randbytes(2).hex()}-{rng.randbytes(8).hex()}",
        created=created,
        submitted=created,
        finished=created,
        seconds=24.5,
        usage={"image_count": 3},
        price_cny=0.2,
        cost_cny=0.2,
        region="cn-beijing",
        base_url_host="dashscope.aliyuncs.com",
        sha256=rng.randbytes(32).hex(),
        request_key=str(key),
        job_id=str(task)[:8],
        version="0.2.0",
    )


def pictures(count: int, out: Path) -> Iterator[Picture]:
    rng, call = random.Random(1), list[object]()
    for number in range(count):
        made = record(number, rng, call)
        folder = out / f"day {number // A_FOLDER:05}"
        yield Picture(path=folder / f"{made.created[:19].replace(':', '')}_wan2.6-t2i_{number}.png", record=made)


def filled(folder: Path, count: int) -> Index:
    """Return an index of so many pictures, of which the newest 400 are files."""
    index = Index(folder / "home", folders=list)
    index.recent(1)
    batch: list[Picture] = []
    made = min(count, MADE)
    for number, picture in enumerate(pictures(made, folder / "out")):
        if number >= made - A_FOLDER:
            picture.path.parent.mkdir(parents=True, exist_ok=True)
            picture.path.write_bytes(b"x")
        batch.append(picture)
        if len(batch) == 10_000 or number == made - 1:
            index._insert(batch, 60)
            batch.clear()
        if number in (made // 2, made - 100):
            index.middle = picture  # type: ignore[attr-defined]
            index.task, index.key = picture.record.task_id, picture.record.request_key  # type: ignore[attr-defined]
    if count > made:
        index._use(lambda db: multiplied(db, made, count // made), 60, write=True)
    return index


def multiplied(db: sqlite3.Connection, count: int, times: int) -> None:
    """Add older pictures to an index of `count` until it has so many times as many, each call with ids of its own.

    A Record is packed against the text of its call: where the task's id stands there, the Record has the new one.
    """
    rng = random.Random(3)
    db.create_function("earlier_by", 2, earlier_by)
    calls = db.execute("SELECT id, text FROM calls ORDER BY id").fetchall()
    split = [(call, *text.rsplit("\n", 2)) for call, text in calls]
    prose = {
        call: " ".join(sorted({each for word in words.split() for each in rows.tokens_of(word.lower())}))
        for call, words, _, _ in split
    }
    places = db.execute("SELECT id, path, newest FROM folders ORDER BY id").fetchall()
    for back in range(1, times):
        shift, marks = -count * back, {}
        for call, words, task, job in split:
            new = rng.randbytes(4).hex()
            marks[call] = (new + task[8:], new if job else "")
            text = f"{words}\n{marks[call][0]}\n{marks[call][1]}"
            db.execute("INSERT INTO calls VALUES (?, ?, ?, 1)", (call + shift, rows._number(text.encode()), text))
        db.executemany(
            "INSERT INTO words (rowid, tokens) VALUES (?, ?)",
            (
                (
                    call + shift,
                    f"{prose[call]} {rows._ID}{rows._joined(marks[call][0][:12])} {rows._ID}{marks[call][1]}",
                )
                for call, *_ in split
            ),
        )
        db.executemany(
            "INSERT INTO folders VALUES (?, ?, ?)",
            (
                (number + len(places) * back, f"{path} {back}", earlier_by(newest, back))
                for number, path, newest in places
            ),
        )
        db.execute(
            "INSERT INTO pictures SELECT id + :shift, call + :shift, folder + :folders, name, raw,"
            " place + :back, request + :back, emulator, earlier_by(created, :back), record"
            " FROM pictures WHERE id >= :first",
            {"shift": shift, "folders": len(places) * back, "back": back, "first": 1 << 31},
        )


def earlier_by(created: str, times: int) -> str:
    """Return a time that lies so many spans of `MADE` pictures before another."""
    year, rest = created[:4], created[4:]
    return f"{int(year) - times:04}{rest}"


def dropped(path: Path) -> None:
    """Ask the system to forget the file's pages."""
    with path.open("rb") as file, contextlib.suppress(OSError, AttributeError):
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def milliseconds(act: Callable[[], object]) -> tuple[float, float]:
    """Return what it took, and what of that a processor worked."""
    begun, worked = time.perf_counter(), time.thread_time()
    act()
    return 1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - worked)


def middle(times: Iterable[tuple[float, float]]) -> list[float]:
    return [statistics.median(column) for column in zip(*times, strict=True)]


@pytest.fixture(scope="module", params=sorted({100_000, MANY}), ids=lambda count: f"{count} pictures")
def scale(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Index]]:
    folder = tmp_path_factory.mktemp("index")
    yield request.param, filled(folder, request.param)
    shutil.rmtree(folder)


@pytest.mark.parametrize("what", QUESTIONS)
def test_a_question(what: str, scale: tuple[int, Index]) -> None:
    count, index = scale
    ask = QUESTIONS[what]
    dropped(index.path)
    cold, cold_cpu = milliseconds(lambda: ask(index))
    warm, cpu = middle(milliseconds(lambda: ask(index)) for _ in range(9))
    few = count <= 100_000
    limit = "a connection of its own for each question"
    keep(
        Row(
            room=ROOM, what=f"{what}, of {count:,}", ours=warm, cpu=cpu, unit="ms", goal=20 if few else 100, limit=limit
        )
    )
    if few:
        keep(
            Row(room=ROOM, what=f"{what}, of {count:,}, cold", ours=cold, cpu=cold_cpu, unit="ms", goal=60, limit=limit)
        )


def test_the_file_and_a_new_picture(scale: tuple[int, Index]) -> None:
    count, index = scale
    size = index.path.stat().st_size / 1e6
    limit = "a prompt's letters by threes, and its Record, packed"
    keep(Row(room=ROOM, what=f"the file of {count:,}", ours=size, unit="MB", goal=60 * count / 1e5, limit=limit))
    rng = random.Random(2)
    new = [Picture(path=index.path.parent / f"{n}.png", record=record(count + n, rng, [])) for n in range(50)]
    found, cpu = middle(milliseconds(partial(index.add, picture)) for picture in new)
    limit = "one commit to the disk"
    keep(Row(room=ROOM, what=f"adding one to {count:,}", ours=found, cpu=cpu, unit="ms", goal=3, limit=limit))


WINDOWS = {"its newest 400": 0.0, "400 in its middle": 0.5, "its last 400": 1.0}


def window(index: Index, at: float) -> tuple[int, int]:
    """Return how many pictures there are, and how many of a window were opened, as the gallery asks for them."""
    found = index.listed(Wanted())
    start = int(at * (len(found) - 400))
    return len(found), len(index.opened(found[start : start + 400]))


def make_files(index: Index) -> None:
    """Make the file of each row, in folders that have not changed for long."""
    with contextlib.closing(sqlite3.connect(index.path)) as db:
        for number, path in db.execute("SELECT id, path FROM folders").fetchall():
            Path(path).mkdir(parents=True, exist_ok=True)
            for (name,) in db.execute("SELECT name FROM pictures WHERE folder = ?", (number,)):
                (Path(path) / name).touch()
            os.utime(path, (1e9, 1e9))


def test_the_history_with_all_its_files(scale: tuple[int, Index]) -> None:
    count, index = scale
    make_files(index)
    goal = 60 if count <= 100_000 else 100
    limit = "each folder is asked for its time; the names of those that have changed are read"
    row = {"room": ROOM, "unit": "ms", "goal": goal, "limit": limit}
    what = f"the history of {count:,} with their files, for the first time"
    first, cpu = milliseconds(lambda: window(index, 0))
    keep(Row(what=what, ours=first, cpu=cpu, **row))
    while not all(each.sure for each in index.listed(Wanted())._folders.values()):  # type: ignore[attr-defined]
        pass
    for name, at in WINDOWS.items():
        dropped(index.path)
        cold, cpu = milliseconds(partial(window, index, at))
        keep(Row(what=f"the history of {count:,}, {name}, cold", ours=cold, cpu=cpu, **row))
        assert window(index, at)[1] == 400
        warm, cpu = middle(milliseconds(partial(window, index, at)) for _ in range(9))
        keep(Row(what=f"the history of {count:,}, {name}", ours=warm, cpu=cpu, **row))


def test_all_files_are_gone(scale: tuple[int, Index]) -> None:
    count, index = scale
    for what in ("the newest 20", "a word of every prompt"):
        shutil.rmtree(index.path.parents[1] / "out", ignore_errors=True)
        found, cpu = middle(milliseconds(partial(QUESTIONS[what], index)) for _ in range(5))
        limit = "each folder is asked for once" if what == "the newest 20" else "each hit is asked for"
        goal = 20 if count <= 100_000 else 100
        keep(
            Row(
                room=ROOM,
                what=f"{what}, of {count:,} that are gone",
                ours=found,
                cpu=cpu,
                unit="ms",
                goal=goal,
                limit=limit,
            )
        )


def test_made_anew_from_files(tmp_path: Path, served: bytes) -> None:
    count = 3000
    for number, picture in enumerate(pictures(count, tmp_path / "out")):
        save_picture(served, picture.record, picture.path.parent, f"{number}")
    index = Index(tmp_path / "home", folders=list)
    heard: list[tuple[int, int]] = []
    took, cpu = milliseconds(lambda: index.rebuild(tmp_path / "out", lambda done, of: heard.append((done, of))))
    assert heard[-1] == (count, count)
    limit = "reading the Record in each file"
    keep(
        Row(
            room=ROOM,
            what="making it anew, a picture",
            ours=took / count,
            cpu=cpu / count,
            unit="ms",
            goal=1,
            limit=limit,
        )
    )


@pytest.fixture
def served() -> bytes:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(file, "PNG")
    return file.getvalue()


def test_the_index_is_of_this_version(scale: tuple[int, Index]) -> None:
    with contextlib.closing(sqlite3.connect(scale[1].path)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == rows.SCHEMA
