"""What lets the index answer at once however much it holds: plans of its statements, what it reads, what it keeps."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.gallery import Index, Picture, Record, save_picture
from bailian_nb.gallery import index as index_module
from bailian_nb.gallery import index_rows as rows

Make = Callable[..., Any]
FIRST = """
CREATE TABLE pictures (
    path TEXT PRIMARY KEY, raw_path TEXT NOT NULL, request_key TEXT, job_id TEXT NOT NULL, task_id TEXT NOT NULL,
    emulator INTEGER NOT NULL, created TEXT NOT NULL, words TEXT NOT NULL, record TEXT NOT NULL
);
CREATE INDEX pictures_request_key ON pictures (request_key);
"""
FIRST_WHOLE = "CREATE INDEX pictures_created ON pictures (created); PRAGMA user_version = 1;"
"""The index as version 0.1 made it."""


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "home", folders=lambda: pytest.fail("nothing is lost"))


def whole(index: Index) -> Index:
    """Make it, as a kernel does that has nothing to fill it with."""
    folders, index.folders = index.folders, list
    index.recent()
    index.folders = folders
    return index


def made(record: Record, folder: Path, count: int, a_day: int = 3) -> list[Picture]:
    """Return pictures of so many calls, three a day folder, whose files hold nothing."""
    found = []
    for number in range(count):
        day = folder / f"day {number // a_day:03}"
        day.mkdir(parents=True, exist_ok=True)
        path = day / f"{number}.png"
        path.write_bytes(b"x")
        about = replace(
            record,
            prompt=f"{number} flowers",
            actual_prompt="",
            task_id=f"{number:05}-task",
            job_id=f"j{number:05}",
            request_key=f"key {number}",
            created=f"2026-01-{1 + number // 100:02}T00:{number % 100 // 60:02}:{number % 60:02}Z",
        )
        found.append(Picture(path=path, record=about))
    return found


def changed(picture: Picture, **changes: Any) -> Picture:
    return Picture(path=picture.path, record=replace(picture.record, **changes))


def paths(pictures: list[Picture]) -> list[Path]:
    return [picture.path for picture in pictures]


@contextlib.contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collect what is asked of SQLite."""
    seen: list[str] = []
    real = index_module.use

    def use(path: Path, work: Callable[[sqlite3.Connection], Any], **more: Any) -> Any:
        def traced(db: sqlite3.Connection) -> Any:
            db.set_trace_callback(seen.append)
            return work(db)

        return real(path, traced, **more)

    with monkeypatch.context() as patch:
        patch.setattr(index_module, "use", use)
        yield seen


def test_no_question_reads_a_whole_table(index, record, tmp_path, monkeypatch):
    pictures = made(record, tmp_path / "out", 30)
    whole(index)._insert(pictures, 1)
    with statements(monkeypatch) as seen:
        index.recent(5)
        index.recent(5, before=pictures[10])
        index.search("flowers 12")
        index.search("花店")
        index.search("j00007")
        index.find("key 3")
        index.add(pictures[4])
    asked = {
        each
        for each in seen
        if each.lstrip().startswith(("SELECT", "DELETE", "UPDATE")) and "words_" not in each and "sqlite_" not in each
    }
    with contextlib.closing(sqlite3.connect(index.path)) as db:
        db.create_function("holds", 2, lambda text, word: True)
        plans = {each: [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {each}")] for each in asked}
    ends = "SELECT (SELECT min(id)"  # of a table: one step from either end, though it is called a scan
    scanned = {step for each, plan in plans.items() for step in plan if "SCAN" in step and not each.startswith(ends)}
    allowed = ("SCAN folders", "SCAN json_each", "SCAN words VIRTUAL TABLE", "SCAN CONSTANT ROW")
    assert [step for step in scanned if not step.startswith(allowed)] == []
    assert len(plans) > 10


def test_the_newest_are_found_in_the_newest_folders_alone(index, record, tmp_path, monkeypatch):
    pictures = made(record, tmp_path / "out", 300)
    whole(index)._insert(pictures, 1)
    with statements(monkeypatch) as seen:
        assert paths(index.recent(5)) == paths(pictures[:-6:-1])
    assert sum("WHERE folder =" in each for each in seen) <= 3


def test_folders_that_are_gone_are_asked_for_once_and_not_read(index, record, tmp_path, monkeypatch):
    pictures = made(record, tmp_path / "out", 300)
    whole(index)._insert(pictures, 1)
    for number in range(20, 100):
        shutil.rmtree(tmp_path / "out" / f"day {number:03}")
    with statements(monkeypatch) as seen:
        assert paths(index.recent(4)) == paths(pictures[59:55:-1])
        assert paths(index.search("flower", 4)) == paths(pictures[59:55:-1])
    assert sum("WHERE folder =" in each for each in seen) <= 3


def test_files_that_are_gone_from_a_folder_are_passed_over(index, record, tmp_path):
    pictures = made(record, tmp_path / "out", 200, a_day=200)
    whole(index)._insert(pictures, 1)
    for picture in pictures[5:]:
        picture.path.unlink()
    assert paths(index.recent(3)) == paths(pictures[4:1:-1])
    assert paths(index.search("flowers", 3)) == paths(pictures[4:1:-1])


def test_pages_follow_each_other(index, record, tmp_path):
    pictures = made(record, tmp_path / "out", 25)
    pictures = [changed(each, created="2026-01-01T00:00:00Z") for each in pictures]
    whole(index)._insert(pictures, 1)
    for look in (index.recent, lambda limit, before: index.search("flowers", limit, before=before)):
        seen: list[Picture] = []
        while page := look(10, before=seen[-1] if seen else None):
            seen += page
        assert paths(seen) == paths(pictures[::-1])
    assert index.recent(10, before=Picture(path=tmp_path / "unknown.png", record=record)) == []


@pytest.mark.matrix
@pytest.mark.parametrize("fts", [True, False])
@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("花店", 1),
        ("店", 1),
        ("致窗", 1),
        ("花 窗户", 1),
        ("窗花", 0),
        ("ab", 1),
        ("a", 3),
        ("ÉTÉ", 1),
        ("été", 1),
        ("fête-d'été", 1),
        ("100%", 0),
        ("“quoted”", 1),
        ('"', 1),
        ("t2i", 3),
        ("4ff2", 0),
        ("0385", 0),
        ("0385-4ff2", 3),
        ("j0000", 0),
        ("j00002", 1),
        ("🐱", 1),
        ("oo", 1),
        ("foofo", 1),
        ("foof foofoo", 0),
    ],
)
def test_a_word_is_found_wherever_it_stands(fts, text, hits, index, record, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(rows, "has_words", lambda: fts)
    index_module._say_slow.cache_clear()
    prompts = ["一间有着精致窗户的花店", "La fête-d'Été “quoted” 🐱", 'abc FOOFO "']
    pictures = [
        changed(each, prompt=prompt, task_id="0385-4ff2")
        for each, prompt in zip(made(record, tmp_path / "out", 3), prompts, strict=True)
    ]
    whole(index)._insert(pictures, 1)
    assert len(index.search(text)) == hits
    told = ["this Python's SQLite has no FTS5: a search reads every prompt"]
    assert [line for line in caplog.messages if "FTS5" in line] == ([] if fts else told)
    with contextlib.closing(sqlite3.connect(index.path)) as db:
        assert rows.has_table(db, "words") == fts


def test_what_was_added_without_full_text_is_found_with_it(index, record, tmp_path, monkeypatch):
    pictures = made(record, tmp_path / "out", 4)
    with monkeypatch.context() as patch:
        patch.setattr(rows, "has_words", lambda: False)
        whole(index)._insert(pictures[:2], 1)
    assert len(index.search("flowers")) == 2
    index.add(pictures[2])
    assert len(index.search("flowers")) == 3
    with contextlib.closing(sqlite3.connect(index.path)) as db:
        assert db.execute("SELECT count(*) FROM calls WHERE NOT worded").fetchone()[0] == 0


@pytest.mark.seldom
def test_a_picture_takes_few_bytes(index, record, tmp_path):
    whole(index)
    before = index.path.stat().st_size
    pictures = made(record, tmp_path / "out", 2000, a_day=500)
    index._insert(pictures, 5)
    assert (index.path.stat().st_size - before) / 2000 < 500


def test_pictures_of_one_call_share_its_words(index, record, tmp_path):
    files = made(record, tmp_path / "out", 4)
    pictures = [Picture(path=each.path, record=replace(record, index=n)) for n, each in enumerate(files)]
    whole(index)._insert(pictures, 1)
    with contextlib.closing(sqlite3.connect(index.path)) as db:
        assert db.execute("SELECT count(*) FROM calls").fetchone()[0] == 1
    assert [each.record for each in index.recent()] == [each.record for each in pictures[::-1]]


def of_first_version(path: Path, pictures: list[Picture], *, complete: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.executescript(FIRST)
        for each in pictures:
            about = each.record
            words = "\n".join((about.prompt, about.model)).lower()
            file = str(each.path)
            values = (
                file,
                file,
                about.request_key,
                about.job_id,
                about.task_id,
                0,
                about.created,
                words,
                about.to_json(),
            )
            db.execute("INSERT INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        if complete:
            db.executescript(FIRST_WHOLE)


def test_an_index_of_the_first_version_is_taken_over_a_part_at_each_call(
    index, record, served, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(index_module, "REFILL_SECONDS", 0.0)
    monkeypatch.setattr(index_module, "_BATCH", 10)
    saved = [
        save_picture(served((8, 8)), replace(each.record), tmp_path / "saved", f"{number}")
        for number, each in enumerate(made(record, tmp_path / "out", 35))
    ]
    of_first_version(index.path, saved)
    size = index.path.stat().st_size
    assert paths(index.recent(3)) == paths(saved[:-4:-1]), "the newest come first"
    assert paths(index.find("key 2")) == [saved[2].path], "what is not taken over yet is found, and not paid again"
    for _ in range(5):
        index.recent()
    assert paths(index.recent(100)) == paths(saved[::-1])
    assert [each.record for each in index.recent(100)] == [each.record for each in saved[::-1]]
    assert paths(index.find("key 2")) == [saved[2].path]
    assert len(index.search("flowers", 100)) == 35
    with contextlib.closing(sqlite3.connect(index.path)) as db:
        assert not rows.has_table(db, rows.EARLIER)
        assert db.execute("PRAGMA user_version").fetchone()[0] == 2
    assert index.path.stat().st_size < max(size, 100_000)
    assert caplog.messages == []


def test_one_of_the_first_version_that_was_being_made_is_gone_on_with(record, served, tmp_path):
    saved = [
        save_picture(served((8, 8)), each.record, tmp_path / "saved", f"{number}")
        for number, each in enumerate(made(record, tmp_path / "out", 6))
    ]
    index = Index(tmp_path / "home", folders=lambda: [tmp_path / "saved"])
    of_first_version(index.path, saved[3:], complete=False)
    index.recent()
    assert set(paths(index.recent())) == set(paths(saved))


def test_making_it_anew_tells_how_far_it_is_and_an_interrupt_loses_nothing(
    index, record, served, tmp_path, monkeypatch
):
    monkeypatch.setattr(index_module, "_BATCH", 4)
    whole(index)
    saved = [
        save_picture(served((8, 8)), each.record, tmp_path / "saved", f"{number}")
        for number, each in enumerate(made(record, tmp_path / "out", 10))
    ]
    gone = made(record, tmp_path / "saved", 1)
    index.add(gone[0])
    gone[0].path.unlink()
    heard: list[tuple[int, int]] = []

    def interrupt(done: int, of: int) -> None:
        heard.append((done, of))
        if done == 8 and len(heard) < 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.rebuild(tmp_path / "saved", interrupt)
    assert len(index.recent(100)) == 8, "what was read is known"
    assert index.rebuild(tmp_path / "saved", interrupt) == 10
    assert heard == [(4, 10), (8, 10), (4, 10), (8, 10), (10, 10)]
    assert set(paths(index.recent(100))) == set(paths(saved))
    with contextlib.closing(sqlite3.connect(index.path)) as db:
        assert db.execute("SELECT count(*) FROM pictures").fetchone()[0] == 10, "what is gone is forgotten"
