"""Which pictures of the index pass a filter: their numbers alone, so that a hundred thousand are told in one go.

`Index.listed` asks here; `Index.opened` gives the pictures of the few numbers that are looked at.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from . import index_rows as rows
from .standing import Ask, Standing

_NEWEST = ("\U0010ffff", 1 << 62)
Found = tuple[int, str, int, object]
"""Id, when it was made, folder and name of a picture."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a picture must pass; "" and None pass all.

    Parameters
    ----------
    words
        All of them stand in its prompt, model or function.
    model, function
        As the Record names them.
    since, before
        ISO 8601 in UTC: made at that time or later, and before that time.
    names
        Names of files, as a database stores them, of which it has one.
    """

    words: str = ""
    model: str = ""
    function: str = ""
    since: str = ""
    before: str = ""
    names: Collection[str | bytes] | None = None

    @property
    def is_any(self) -> bool:
        """True where only the time is asked for."""
        return not (self.words or self.model or self.function) and self.names is None


Calls = Callable[[sqlite3.Connection, list[str]], Iterable[list[int]]]
"""Gives the calls that may hold words, page by page."""


def listed(ask: Ask, wanted: Wanted, calls: Calls) -> Sequence[int]:
    """Return the ids of the pictures that pass and are there, newest first; see `Standing` where all of a time pass."""
    there = Standing(ask, since=wanted.since, before=wanted.before)
    if wanted.is_any:
        return there

    def work(db: sqlite3.Connection) -> list[int]:
        words = rows.plain(wanted.words).lower().split()
        return numbers(db, wanted, calls(db, words) if words else None, there)

    found: list[int] = ask(work)
    return found


def numbers(db: sqlite3.Connection, wanted: Wanted, calls: Iterable[list[int]] | None, there: Standing) -> list[int]:
    """Return the ids of the pictures that pass and are `there`, as files or in their bucket, the newest first.

    `calls` are those that may hold the words, page by page; None where no words are asked for.
    """
    if wanted.model or wanted.function:
        db.create_function("made_by", 3, _made_by, deterministic=True)
    found: list[Found] = []
    words = rows.plain(wanted.words).lower().split()
    if calls is None:
        found = _passing(db, wanted, None, there.folders)
    elif there.folders is not None and rows.are_few(db, there.folders):
        held = {number for number, *_ in rows.holding(db, None, words, there.folders, _NEWEST)}
        found = [each for each in _passing(db, wanted, None, there.folders) if each[0] in held]
    else:
        for page in calls:
            held = {number for number, *_ in rows.holding(db, page, words, there.folders, _NEWEST)}
            found += [each for each in _passing(db, wanted, page, there.folders) if each[0] in held]
        found.sort(key=lambda each: (each[1], each[0]), reverse=True)
    gone = there.gone(db, {folder for _, _, folder, _ in found})
    return [number for number, _, folder, _ in found if there.holds(folder) and number not in gone]


def used(db: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """Return the models and the functions that made what the index holds, by name."""
    made = db.execute("SELECT model, function FROM makers").fetchall() if keeps_makers(db) else _read_makers(db)
    models, functions = ({each[at] for each in made if each[at]} for at in (0, 1))
    return sorted(models), sorted(functions)


def keep_makers(db: sqlite3.Connection) -> None:
    """Note who made what an index of an earlier version holds: later ones are noted as they are added."""
    found = _read_makers(db)
    db.execute(rows.MAKERS)
    db.executemany(rows.MADE, found)


def keeps_makers(db: sqlite3.Connection) -> bool:
    return rows.has_table(db, "makers")


def _read_makers(db: sqlite3.Connection) -> list[tuple[str, str]]:
    db.create_function("maker", 1, lambda text: "\n".join(_maker(text)), deterministic=True)
    found = [text.partition("\n") for (text,) in db.execute("SELECT DISTINCT maker(text) FROM calls")]
    return [(model, function) for model, _, function in found]


def _passing(db: sqlite3.Connection, wanted: Wanted, calls: list[int] | None, folders: list[int] | None) -> list[Found]:
    where: list[str] = []
    values: list[object] = []
    if folders is not None:
        where.append(f"{'+' * (calls is not None)}p.folder IN (SELECT value FROM json_each(?))")  # noqa: S608  # our own words
        values.append(json.dumps(folders))
    if calls is not None:
        where.append("p.call IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(calls))
    joined = ""
    if wanted.model or wanted.function:
        values += [f"\n{wanted.model or wanted.function}\n", wanted.model, wanted.function]
        if calls is None and folders is None:  # each call is asked once, however many pictures it has
            where.append("p.call IN (SELECT id FROM calls c WHERE instr(c.text, ?) AND made_by(c.text, ?, ?))")
        else:
            joined = " JOIN calls c ON c.id = p.call"
            where.append("instr(c.text, ?) AND made_by(c.text, ?, ?)")
    if wanted.since:
        where.append("p.created >= ?")
        values.append(wanted.since)
    if wanted.before:
        where.append("p.created < ?")
        values.append(wanted.before)
    if wanted.names is not None:  # names that are no text are told apart below
        where.append("(p.name IN (SELECT value FROM json_each(?)) OR typeof(p.name) = 'blob')")
        values.append(json.dumps([name for name in wanted.names if isinstance(name, str)]))
    passes = f" WHERE {' AND '.join(where)}" if where else ""
    name = "NULL" if wanted.names is None else "p.name"
    statement = (
        f"SELECT p.id, p.created, p.folder, {name} FROM pictures p{joined}{passes}"  # noqa: S608 - our own words
        " ORDER BY p.created DESC, p.id DESC"
    )
    found: list[Found] = db.execute(statement, values).fetchall()
    return found if wanted.names is None else [each for each in found if each[3] in wanted.names]


def _maker(text: object) -> tuple[str, str]:
    """Return model and function of a call; its last lines are these and two ids."""
    parts = text.rsplit("\n", 4) if isinstance(text, str) else []
    return (parts[1], parts[2]) if len(parts) == 5 else ("", "")


def _made_by(text: object, model: str, function: str) -> bool:
    made = _maker(text)
    return (not model or made[0] == model) and (not function or made[1] == function)
