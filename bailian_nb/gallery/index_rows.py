"""How the index keeps pictures: its tables, a row of each, and the words of a call by which a search finds it.

`index` alone uses this. What several pictures of one call share, their prompts and ids, stands once in `calls`, and a
Record is packed against it, so that a picture takes some 400 bytes. Ids of calls and pictures grow with their age as
far as they were added in that order: what is older is put below what is there (`insert` with `older`), so that whoever
reads by falling id meets the newest first.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from pathlib import Path

from .. import specs
from ..system.paths import restored, stored
from .actions import Actions
from .packing import Unreadable, pack, unpack
from .picture import Picture
from .record import Record

SCHEMA = 2
MAKERS = (
    "CREATE TABLE IF NOT EXISTS makers (model TEXT NOT NULL, function TEXT NOT NULL, PRIMARY KEY (model, function))"
    " WITHOUT ROWID"
)
MADE = "INSERT OR IGNORE INTO makers VALUES (?, ?)"
TABLES = (
    "CREATE TABLE IF NOT EXISTS folders (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, newest TEXT NOT NULL)",
    """
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY, mark INTEGER NOT NULL, text TEXT NOT NULL, worded INTEGER NOT NULL
)""",
    """
CREATE TABLE IF NOT EXISTS pictures (
    id INTEGER PRIMARY KEY, call INTEGER NOT NULL, folder INTEGER NOT NULL, name TEXT NOT NULL, raw TEXT,
    place INTEGER NOT NULL, request INTEGER, emulator INTEGER NOT NULL, created TEXT NOT NULL, record BLOB NOT NULL
)""",
    MAKERS,
    "CREATE INDEX IF NOT EXISTS calls_by_mark ON calls (mark)",
    "CREATE INDEX IF NOT EXISTS calls_unworded ON calls (id) WHERE NOT worded",
    "CREATE INDEX IF NOT EXISTS pictures_by_call ON pictures (call, folder)",
    "CREATE INDEX IF NOT EXISTS pictures_by_place ON pictures (place)",
    "CREATE INDEX IF NOT EXISTS pictures_by_request ON pictures (request) WHERE request IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS pictures_by_age ON pictures (folder, created)",
)
STANDING = (
    """
CREATE TABLE IF NOT EXISTS standing (
    folder INTEGER PRIMARY KEY, held INTEGER NOT NULL, oldest TEXT NOT NULL, newest TEXT NOT NULL,
    changes INTEGER NOT NULL DEFAULT 0, stamp TEXT NOT NULL DEFAULT '', gone TEXT NOT NULL DEFAULT '[]'
)""",
    """
CREATE TRIGGER IF NOT EXISTS standing_added AFTER INSERT ON pictures BEGIN
    INSERT INTO standing (folder, held, oldest, newest) VALUES (new.folder, 1, new.created, new.created)
    ON CONFLICT (folder) DO UPDATE SET held = held + 1, oldest = min(oldest, new.created),
        newest = max(newest, new.created), changes = changes + 1, stamp = '';
END""",
    """
CREATE TRIGGER IF NOT EXISTS standing_taken AFTER DELETE ON pictures BEGIN
    UPDATE standing SET held = held - 1, changes = changes + 1, stamp = '', gone = '[]' WHERE folder = old.folder;
END""",
)
"""What each folder holds; by triggers, since earlier versions that share the file know nothing of this table."""
STANDING_COUNTED = (
    "SELECT folder, count(*) AS held, min(created) AS oldest, max(created) AS newest, 0 AS changes, '' AS stamp,"
    " '[]' AS gone FROM pictures GROUP BY folder"
)
WORDS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING"
    " fts5(tokens, content = '', columnsize = 0, detail = none, tokenize = 'ascii')"
)
"""Which calls hold which three letters; SQLite's own trigrams know no word of two Chinese letters."""
WHOLE = ("CREATE TABLE IF NOT EXISTS complete (version INTEGER)", f"PRAGMA user_version = {SCHEMA}")
"""Comes last of all: an index without it is still being made."""
EARLIER = "pictures_1"
"""What the table of an earlier version is called while its rows are taken over."""
_COLUMNS = "p.id, f.path, p.name, p.raw, p.record, c.text"
_JOINED = "pictures p JOIN calls c ON c.id = p.call JOIN folders f ON f.id = p.folder"
OF_REQUEST = (
    f"SELECT {_COLUMNS} FROM {_JOINED} WHERE p.request = ? AND (? IS NULL OR p.emulator = ?)"  # noqa: S608
    " ORDER BY p.created DESC, p.id DESC"
)
OF_IDS = f"SELECT {_COLUMNS} FROM {_JOINED} WHERE p.id IN (SELECT value FROM json_each(?))"  # noqa: S608
OF_FOLDER = (
    "SELECT id, created, name FROM pictures WHERE folder = ? AND (created, id) < (?, ?)"
    " ORDER BY created DESC, id DESC LIMIT ?"
)
OF_CALLS = (
    "SELECT p.id, p.created, p.folder, p.name FROM pictures p CROSS JOIN calls c ON c.id = p.call"
    " WHERE p.call IN (SELECT value FROM json_each(?)) AND (p.created, p.id) < (?, ?)"
)
"""In this order words are read only of calls whose folder is there, where that is asked for."""
OF_FOLDERS = (
    "SELECT p.id, p.created, p.folder, p.name FROM pictures p CROSS JOIN calls c ON c.id = p.call"
    " WHERE p.folder IN (SELECT value FROM json_each(?)) AND (p.created, p.id) < (?, ?)"
)
_IN_FOLDERS = "SELECT 1 FROM pictures WHERE folder IN (SELECT value FROM json_each(?)) LIMIT 1 OFFSET ?"
_FEW = 8000
"""Pictures whose words are read one by one, where no folder but theirs is there, rather than those of the index."""
MATCHING = "SELECT rowid FROM words WHERE words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
CALLS = "SELECT id FROM calls WHERE id < ? ORDER BY id DESC LIMIT ?"
UNWORDED = "SELECT id FROM calls WHERE NOT worded AND id < ? ORDER BY id DESC LIMIT ?"
AGE = "SELECT created, id FROM pictures WHERE place = ? ORDER BY id DESC"
EARLIER_OF_REQUEST = (
    f"SELECT path, raw_path, record FROM {EARLIER} WHERE request_key = ? AND (? IS NULL OR emulator = ?)"  # noqa: S608
    " ORDER BY created DESC, rowid DESC"
)
EARLIER_NEWEST = f"SELECT rowid, path, raw_path, record FROM {EARLIER} ORDER BY created DESC, rowid DESC LIMIT ?"  # noqa: S608
EARLIER_DONE = f"DELETE FROM {EARLIER} WHERE rowid = ?"  # noqa: S608
FOLDERS = "SELECT id, path, newest FROM folders ORDER BY newest DESC"
_FIRST = 1 << 31
_LETTERS = 3
_ID = "\ue0ff"
"""Marks the beginning of an id, of which no other part is looked for."""
_ID_LETTERS = 12
_TASK_LETTERS = 8
"""From so many on a word may be the beginning of a task's id: shorter ones meet random ids by chance."""
_LIKE = "c.text LIKE ? ESCAPE '\\'"
_APART = {code: 0xE000 + code for code in range(128) if not chr(code).isalnum()}
"""SQLite splits at these; a letter of the private area stands for each."""
Age = tuple[str, int]
"""What pictures are sorted by: when one was made, and its id."""
Row = tuple[int, object, object, object, object, object]


@functools.cache
def has_words() -> bool:
    """Tell whether this SQLite was built with FTS5; without it a search reads every prompt."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute(WORDS)
    except sqlite3.OperationalError:
        return False
    finally:
        db.close()
    return True


def has_table(db: sqlite3.Connection, name: str) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is not None


def bytes_held(db: sqlite3.Connection) -> int:
    """Return the bytes of a file but for its free pages."""
    whole, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((whole - free) * size)


def make_tables(db: sqlite3.Connection) -> None:
    """Make what is not there, and lay the table of an earlier version beside it."""
    columns = {row[1] for row in db.execute("PRAGMA table_info(pictures)")}
    if "words" in columns:
        db.execute(f"ALTER TABLE pictures RENAME TO {EARLIER}")
    for statement in (*TABLES, *((WORDS,) if has_words() else ())):
        db.execute(statement)
    keep_standing(db)


def keep_standing(db: sqlite3.Connection) -> None:
    """Count what each folder holds, where nobody did: later ones are counted as they are added."""
    if not has_table(db, "standing"):
        for statement in STANDING:
            db.execute(statement)
        db.execute(f"INSERT INTO standing {STANDING_COUNTED}")


def insert(db: sqlite3.Connection, pictures: Sequence[Picture], *, older: bool = False) -> None:
    """Add pictures, the oldest first, or replace what was known about their paths; `older` than all that is there."""
    calls, last = _next(db, "calls", len(pictures), older), _next(db, "pictures", len(pictures), older)
    worded = has_words()
    if worded:
        db.execute(WORDS)  # where a SQLite without FTS5 made the file
    if has_table(db, "makers"):  # else `listing.used` makes it when it is asked first
        made = {(plain(each.record.model), plain(each.record.function or "")) for each in pictures}
        db.executemany(MADE, sorted(made))
    for picture, call, number in zip(pictures, calls, last, strict=True):
        _insert(db, picture, call, number, worded)
    if worded and not older:
        for (call,) in db.execute(UNWORDED, (1 << 62, 200)).fetchall():  # by a SQLite without FTS5
            _word(db, call, *db.execute("SELECT text FROM calls WHERE id = ?", (call,)).fetchone())
            db.execute("UPDATE calls SET worded = 1 WHERE id = ?", (call,))


def _next(db: sqlite3.Connection, table: str, count: int, older: bool) -> range:
    low, high = db.execute(f"SELECT (SELECT min(id) FROM {table}), (SELECT max(id) FROM {table})").fetchone()  # noqa: S608 - our own words
    first = _FIRST if low is None else (low - count if older else high + 1)
    return range(first, first + count)


def _insert(db: sqlite3.Connection, picture: Picture, call: int, number: int, worded: bool) -> None:
    record, path = picture.record, picture.path.resolve()
    raw = path if picture.raw_path == picture.path else picture.raw_path.resolve()
    forget(db, path)
    if raw != path:  # one picture, one row: the pasted file takes the place of the served one
        forget(db, raw)
    text = _text(record)
    mark = _number(text.encode())
    known = db.execute("SELECT id FROM calls WHERE mark = ? AND text = ?", (mark, text)).fetchone()
    if known is not None:
        call = known[0]
    else:
        db.execute("INSERT INTO calls VALUES (?, ?, ?, ?)", (call, mark, text, worded))
        if worded:
            _word(db, call, text)
    db.execute(
        "INSERT INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            call,
            _folder(db, path.parent, plain(record.created)),
            stored(Path(path.name)),
            None if raw == path else stored(raw),
            place(path),
            None if record.request_key is None else of_request(record.request_key),
            record.emulator,
            plain(record.created),
            pack(plain(record.to_json(slim=True)), text),
        ),
    )


def forget(db: sqlite3.Connection, path: Path) -> None:
    """Take a path out."""
    for number, folder, name in db.execute(
        "SELECT p.id, f.path, p.name FROM pictures p JOIN folders f ON f.id = p.folder WHERE p.place = ?",
        (place(path),),
    ).fetchall():
        if path_of(folder, name) == path:
            db.execute("DELETE FROM pictures WHERE id = ?", (number,))


def _folder(db: sqlite3.Connection, folder: Path, created: str) -> int:
    value = stored(folder)
    db.execute(
        "INSERT INTO folders (path, newest) VALUES (?, ?)"
        " ON CONFLICT (path) DO UPDATE SET newest = max(newest, excluded.newest)",
        (value, created),
    )
    found: int = db.execute("SELECT id FROM folders WHERE path = ?", (value,)).fetchone()[0]
    return found


def _text(record: Record) -> str:
    function = record.function or ""
    parts = (record.prompt, record.actual_prompt, record.model, function, record.task_id, record.job_id)
    return plain("\n".join(parts))


def _word(db: sqlite3.Connection, call: int, text: str) -> None:
    *prose, task, job = text.split("\n")
    found = {token for word in " ".join(prose).lower().split() for token in tokens_of(word)}
    found |= {_ID + _joined(each[:_ID_LETTERS]) for each in (task.lower(), job.lower()) if each}
    db.execute("INSERT INTO words (rowid, tokens) VALUES (?, ?)", (call, " ".join(sorted(found))))


def tokens_of(word: str) -> Iterator[str]:
    """Give what begins at each letter of a word: three letters, fewer at its end."""
    joined = _joined(word)
    return (joined[at : at + _LETTERS] for at in range(len(joined)))


def query(words: Sequence[str]) -> str:
    """Return what FTS5 is asked for calls that may hold every word; "" where it cannot narrow them.

    Two letters are asked for as the beginning of three. One letter of ASCII is in nearly every call.
    """
    asked = []
    for word in words:
        joined = _joined(word)
        if len(word) >= _LETTERS:
            prose = _all_parts(joined)
        elif len(word) == _LETTERS - 1 or not word.isascii():
            prose = f'"{joined}"*'
        else:
            continue
        named = "".join(f" OR ({_all_parts(_joined(name))})" for name in sorted(_named(word)))
        asked.append(f'(({prose}) OR "{_ID}{_joined(word[:_ID_LETTERS])}"*{named})')
    return " AND ".join(asked)


def _all_parts(joined: str) -> str:
    parts = {joined[at : at + _LETTERS] for at in range(len(joined) - _LETTERS + 1)}
    return " AND ".join(f'"{part}"' for part in sorted(parts))


def _named(word: str) -> frozenset[str]:
    """Return the functions, by the names that a Record keeps, whose short names hold this word."""
    found = {(row.short.lower(), row.name.lower()) for model in specs.models() for row in model.functions}
    return frozenset(name for short, name in found if word in short and word not in name)


def are_few(db: sqlite3.Connection, folders: Sequence[int]) -> bool:
    """Tell whether these folders hold so few pictures that their words are read sooner than looked up."""
    return db.execute(_IN_FOLDERS, (json.dumps(folders), _FEW)).fetchone() is None


def holding(
    db: sqlite3.Connection, calls: Sequence[int] | None, words: Sequence[str], folders: Sequence[int] | None, last: Age
) -> list[tuple[int, str, int, object]]:
    """Return id, age, folder and name of the pictures of `calls` that hold every word, the newest first.

    `folders` are those that are looked into, None for all, and `calls` may be None where they are given. `last` is the
    age that they must be below.
    """
    values: list[object] = [json.dumps(folders if calls is None else calls), *last]
    where = ""
    if calls is not None and folders is not None:
        where += " AND +p.folder IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(folders))
    named = {word: _named(word) for word in words}
    db.create_function("holds", 2, lambda text, word: _holds(text, word, named[word]), deterministic=True)
    for word in words:
        if word.isascii() or word.upper() == word:  # else a case of another alphabet, which SQLite does not know
            meant = [word, *(f"\n{name}\n" for name in named[word])]
            where += f" AND ({' OR '.join([_LIKE] * len(meant))})"
            values += ["%" + re.sub(r"([\\%_])", r"\\\1", each) + "%" for each in meant]
        where += " AND holds(c.text, ?)"
        values.append(word)
    asked = OF_FOLDERS if calls is None else OF_CALLS
    return db.execute(f"{asked}{where} ORDER BY p.created DESC, p.id DESC", values).fetchall()


def _holds(text: object, word: str, named: frozenset[str]) -> bool:
    """Tell whether the words of a call hold this one, or its function by its short name; part of an id is no word."""
    if not isinstance(text, str) or text.count("\n") < 2:
        return False
    prose, task, job = text.lower().rsplit("\n", 2)
    if word in prose or word == job or (len(word) >= _TASK_LETTERS and task.startswith(word)):
        return True
    return prose.rpartition("\n")[2] in named


def _joined(word: str) -> str:
    return word.translate(_APART)


def pictures_of(page: Iterable[Row], actions: Actions | None) -> Iterator[tuple[int, Picture]]:
    """Give id and Picture of each row, but for those that cannot be read; a folder's name is read once."""
    above = functools.lru_cache(maxsize=16)(_restored)
    for row in page:
        picture = picture_of(row, actions, above)
        if picture is not None:
            yield row[0], picture


def picture_of(
    row: Row, actions: Actions | None, above: Callable[[object], Path | None] | None = None
) -> Picture | None:
    """Return the Picture of a row, None for one that cannot be read; `above` reads the name of its folder."""
    _, folder, name, raw, record, text = row
    path = _below((above or _restored)(folder), name)
    served = path if raw is None else restored(raw) if isinstance(raw, str | bytes) else None
    if path is None or served is None or not isinstance(record, bytes) or not isinstance(text, str):
        return None
    try:
        return Picture(path=path, raw_path=served, record=Record.from_json(unpack(record, text)), actions=actions)
    except Unreadable:
        return None


def earlier(path: object, raw_path: object, record: object, actions: Actions | None) -> Picture | None:
    """Return the Picture of a row of an earlier version, None for one that cannot be read."""
    file, served = (restored(each) if isinstance(each, str | bytes) else None for each in (path, raw_path))
    if file is None or served is None or not isinstance(record, str):
        return None
    try:
        return Picture(path=file, raw_path=served, record=Record.from_json(record), actions=actions)
    except ValueError:
        return None


def path_of(folder: object, name: object) -> Path | None:
    """Return the path that two columns hold, None where nobody of ours wrote them."""
    return _below(_restored(folder), name)


def _restored(value: object) -> Path | None:
    return restored(value) if isinstance(value, str | bytes) else None


def _below(above: Path | None, name: object) -> Path | None:
    if above is None or not isinstance(name, str | bytes):
        return None
    return above / (name if isinstance(name, str) and name.isascii() else restored(name))


def forget_others(db: sqlite3.Connection, root: Path, kept: Container[Path]) -> None:
    """Take out what lies below `root` and is not `kept`, and rows that nobody of ours wrote."""
    for number, folder in db.execute("SELECT id, path FROM folders").fetchall():
        above = restored(folder) if isinstance(folder, str | bytes) else None
        if above is None or above.is_relative_to(root):
            for row, name in db.execute("SELECT id, name FROM pictures WHERE folder = ?", (number,)).fetchall():
                if path_of(folder, name) not in kept:
                    db.execute("DELETE FROM pictures WHERE id = ?", (row,))


class Known:
    """The paths of an index as they are now: of pictures, and of the files as served that they were pasted over."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._places = {number for (number,) in db.execute("SELECT place FROM pictures")}
        self._served = {value for (value,) in db.execute("SELECT raw FROM pictures WHERE raw IS NOT NULL")}

    def __contains__(self, value: object) -> bool:
        if value in self._served:
            return True
        return isinstance(value, str | bytes) and _number(value if isinstance(value, bytes) else value.encode()) in (
            self._places
        )


def place(path: Path) -> int:
    """Return the number that a path is found by."""
    value = stored(path)
    return _number(value if isinstance(value, bytes) else value.encode())


def places(folder: Path, names: Collection[str]) -> dict[int, str]:
    """Return the names of a folder's files by the numbers that their paths are found by, see `place`."""
    value = stored(folder)
    above = (value if isinstance(value, bytes) else value.encode()) + os.sep.encode()
    # Ten thousand in a day, for most of which no path is made.
    return {_number(above + name.encode()) if name.isascii() else place(folder / name): name for name in names}


def of_request(key: str) -> int:
    """Return the number that a request is found by; its Record holds the whole key."""
    return _number(plain(key).encode())


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def plain(text: str) -> str:
    """Escape lone surrogates, which SQLite cannot store, in the way that JSON reads back."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
