"""The journal: what was sent and is not yet on disk; it survives the kernel.

A row is written before the create call (`intent`), gets its task id before the first query (`accepted`), and is
closed only after every file is on disk (`done`). Written by the runner and by recovery; read by `%wan jobs`.
`schema` is its file, `input_files` the bytes of inputs, `orphans` what it knows of tasks that nobody owns.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from ..errors import BailianError
from ..system.paths import restored, stored
from .damage import lay_aside
from .input_files import Kept, digests
from .kernels import Kernel, is_alive, stands_still
from .orphans import OrphanTasks
from .request_key import request_key
from .row import Owned, Row, RowLost, SameRequest, SavedPicture, read_row
from .schema import OPEN, Database, State, journal_path

log = logging.getLogger("bailian_nb")
_OURS = "owner IN (?, '') AND generation = ?"
"""A row that this kernel drives, or drove last before it let it go."""


class Journal:
    """The journal below `home`, as one kernel uses it.

    The kernel holds a file lock in its own name; the operating system releases it when the kernel dies, however it
    dies, and that is how others see that its rows are free to be taken up.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = journal_path(home)
        lost = lay_aside(home)
        self._kernel = Kernel(home)
        self.kernel = self._kernel.name
        self._file = Database(self.path)
        if lost:
            log.warning("%s; a new one is begun, pictures on disk are known, and %%wan doctor says more", lost)
            with self._file.transaction() as db:
                db.execute("INSERT INTO losses VALUES (?, ?)", (time.time(), lost))
        self.orphans = OrphanTasks(self._file)
        self._kept = Kept(home / "inputs")
        self._driven: dict[str, int] = {}
        """The generation of each row that this kernel drives."""
        self._process = os.getpid()

    def close(self) -> None:
        """Let go of the rows: another kernel may take up what is open. A forked child holds none of them."""
        if self._process != os.getpid():
            return
        self._kernel.end()

    def beat(self) -> None:
        """Show other kernels that this one does not stand still."""
        self._kernel.beat()

    def intend(
        self,
        *,
        id: str,  # noqa: A002  # the column's name
        account: str,
        base_url: str,
        emulator: bool,
        region: str,
        request: dict[str, Any],
        out_dir: Path,
        created: float,
        inputs: dict[str, bytes],
        notebook: str = "",
        estimate: float | None = None,
        embed: bool = True,
        replaces: str = "",
        fresh: bool = False,
        accounts: Collection[str] = (),
        check: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        """Write what is about to be sent, with the bytes of its pictures, before anything is sent.

        One request has one open row of an account (of all its ids, in `accounts`), over all kernels, unless it is
        `fresh`. `estimate` is CNY by list price. `replaces` names an unsent row of ours that this one is sent for: one
        goes as the other comes. `check` looks at all rows while nobody else can write; where it raises, nothing is
        written.

        Raises
        ------
        SameRequest
            With the row of the same request that is open, or that was done after `created`.
        BailianError
            When the row to be replaced was sent or taken meanwhile.
        """
        self.beat()
        key = request_key(request)
        with self._file.transaction() as db:  # of one piece with the bytes: nobody drops them in between
            if key is not None and not fresh:
                for row in _same(db, key, {account, *accounts}):
                    late = row.complete and (row.finished or 0.0) > created
                    if row.id != replaces and (late or (row.state in OPEN and not row.fresh)):
                        raise SameRequest(row)
            if check is not None:
                check(db)
            if replaces:
                changed = db.execute(
                    "UPDATE jobs SET state = 'canceled', finished = ?, error = ?"
                    " WHERE id = ? AND owner = ? AND state = 'intent'",
                    (created, f"sent again as {id}", replaces, self.kernel),
                )
                if changed.rowcount != 1:
                    raise BailianError(f"job {replaces} is not unsent any more; nothing was sent for it")
            for digest, data in inputs.items():
                self._kept.write(digest, data)
            db.execute(
                "INSERT INTO jobs (id, account, base_url, emulator, region, model, function, request, out_dir, owner,"
                " notebook, state, created, estimate, embed, request_key, fresh)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'intent', ?, ?, ?, ?, ?)",
                (
                    id,
                    account,
                    base_url,
                    int(emulator),
                    region,
                    request["model"],
                    request["function"],
                    json.dumps(request, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8"),
                    stored(out_dir),
                    self.kernel,
                    notebook,
                    created,
                    estimate,
                    int(embed),
                    key,
                    int(fresh),
                ),
            )
        self._driven[id] = 0

    def submitting(self, job: str, at: float) -> None:
        """Note that the create call goes out now: from here on a task may exist.

        Raises
        ------
        RowLost
            When another kernel has taken the row over, as from every note on a row's state: nothing must be sent.
        """
        self._set(job, state="submitting", submitted=at)

    def refused(self, job: str) -> None:
        """Note that the create call was definitely refused and nothing exists."""
        self._set(job, state="intent", submitted=None)

    def accepted(self, job: str, *, task_id: str, request_id: str, at: float | None = None) -> None:
        """Note the task id, before the first query; `at` is when the create call was answered, None if it was not."""
        known = {"task_id": task_id, "request_id": request_id, "answered": at}
        self._note_made(job, "task_id IS NULL", state="accepted", finished=None, **known)

    def own(self, job: str, base_url: str, task_id: str, request_id: str = "") -> bool:
        """Give an uncertain row the task that was found for it; False when it needs none, or another row has that."""
        with self._file.transaction() as db:
            taken = db.execute("SELECT 1 FROM jobs WHERE base_url = ? AND task_id = ?", (base_url, task_id)).fetchone()
            if taken is not None:
                return False
            changed = db.execute(
                "UPDATE jobs SET state = 'accepted', task_id = ?, request_id = ?, finished = NULL"
                " WHERE id = ? AND task_id IS NULL AND state IN ('submitting', 'uncertain')",
                (task_id, request_id or None, job),
            )
            return changed.rowcount == 1

    def answered(self, job: str, answer: dict[str, Any], *, request_id: str, at: float) -> None:
        """Note the answer of a synchronous call, which nobody can ask for again; it stands until the row is closed."""
        known = {"answer": json.dumps(answer), "request_id": request_id, "answered": at}
        self._note_made(job, "answer IS NULL AND state <> 'done'", state="accepted", finished=None, **known)

    def uncertain(self, job: str, error: str, *, at: float | None = None, request_id: str = "") -> None:
        """Note that nobody knows whether a task was made; `at` is when the create call broke, None if unknown."""
        self._set(job, state="uncertain", error=error, broke=at, request_id=request_id or None, finished=None)

    def stage(self, job: str, stage: str) -> None:
        """Note what the driver sees of the task, for those that follow."""
        self._set(job, stage=stage)

    def saved(self, job: str, slot: int, path: Path, raw_path: Path, sha256: str = "") -> None:
        """Note that the picture of one slot is on disk; `sha256` is that of the picture as its Record has it."""
        with self._file.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO pictures (job, slot, path, raw_path, sha256) VALUES (?, ?, ?, ?, ?)",
                (job, slot, stored(path), stored(raw_path), sha256),
            )

    def end(
        self, job: str, state: State, *, at: float, images: int = 0, cost: float | None = None, error: str = ""
    ) -> None:
        """Close the row, after everything that was paid for is on disk; inputs that nobody else needs go."""
        self._set(job, state=state, finished=at, images=images, cost=cost, error=error or None, answer=None)
        self._driven.pop(job, None)
        self._sweep()

    def release(self, job: str) -> None:
        """Let another kernel, or a later call of this one, take up an open row that nobody drives any more."""
        with self._file.transaction() as db:
            db.execute(
                "UPDATE jobs SET owner = '' WHERE id = ? AND owner = ? AND state IN (?, ?, ?, ?)",
                (job, self.kernel, *OPEN),
            )

    def give_up(self, row: Row, *, at: float) -> bool:
        """Close a row because the user says that it owns no task; False when it has changed since it was read."""
        with self._file.transaction() as db:
            changed = db.execute(
                "UPDATE jobs SET state = 'failed', finished = ?, error = 'given up by the user'"
                " WHERE id = ? AND state = ? AND generation = ?",
                (at, row.id, row.state, row.generation),
            )
        self._sweep()
        return changed.rowcount == 1

    def row(self, job: str) -> Row | None:
        """Return one row."""
        with self._file.reading() as db:
            found = db.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
        return read_row(found) if found else None

    def lost_before(self, account: str, model: str, since: float) -> bool:
        """Tell whether an earlier journal was lost after `since`, and nobody has looked for its tasks of this model."""
        with self._file.reading() as db:
            lost = db.execute("SELECT MAX(at) FROM losses").fetchone()[0]
            seen = db.execute(
                "SELECT at FROM settled_losses WHERE account = ? AND model = ?", (account, model)
            ).fetchone()
        return lost is not None and lost >= since and (seen is None or seen["at"] < lost)

    def losses(self) -> list[str]:
        """Return what became of earlier journals, the latest first."""
        with self._file.reading() as db:
            return [row["what"] for row in db.execute("SELECT what FROM losses ORDER BY at DESC")]

    def loss_settled(self, account: str, model: str) -> None:
        """Note that no task of this model, of a journal that was lost, is unknown any more."""
        with self._file.transaction() as db:
            db.execute("INSERT OR REPLACE INTO settled_losses VALUES (?, ?, ?)", (account, model, time.time()))

    def same(self, key: str, accounts: Collection[str] | None = None) -> list[Row]:
        """Return the rows of a request (of these accounts), the newest first."""
        with self._file.reading() as db:
            return _same(db, key, accounts)

    def kept_answer(self, job: str) -> dict[str, Any] | None:
        """Return what `answered` noted, None for a task that the service can be asked for."""
        row = self.row(job)
        return json.loads(row.answer) if row and row.answer else None

    def pictures(self, job: str) -> dict[int, SavedPicture]:
        """Return every slot that is on disk already."""
        with self._file.reading() as db:
            rows = db.execute("SELECT slot, path, raw_path, sha256 FROM pictures WHERE job = ?", (job,)).fetchall()
        return {
            row["slot"]: SavedPicture(restored(row["path"]), restored(row["raw_path"]), row["sha256"]) for row in rows
        }

    def unfinished(self, base_url: str) -> list[Row]:
        """Return open rows of this base URL, the oldest first, whoever owns them."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT * FROM jobs WHERE base_url = ? AND state IN (?, ?, ?, ?) ORDER BY created", (base_url, *OPEN)
            ).fetchall()
        return [read_row(row) for row in rows]

    def standing_still(self, base_url: str) -> list[Row]:
        """Return open rows of this base URL that kernels drive which stand still, the oldest first."""
        rows = self.unfinished(base_url)
        still = {name for name in {row.kernel for row in rows} if name and stands_still(self.home, name)}
        return [row for row in rows if row.kernel in still]

    def recent(self, limit: int = 50) -> list[Row]:
        """Return the newest rows first."""
        with self._file.reading() as db:
            rows = db.execute("SELECT * FROM jobs ORDER BY created DESC LIMIT ?", (limit,)).fetchall()
        return [read_row(row) for row in rows]

    def durations(self, model: str, function: str | None, *, emulator: bool, limit: int = 40) -> list[float]:
        """Return how many seconds past tasks of this kind took."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT finished - submitted AS seconds FROM jobs WHERE model = ? AND function IS ? AND emulator = ?"
                " AND state = 'done' AND submitted IS NOT NULL AND finished > submitted ORDER BY finished DESC LIMIT ?",
                (model, function, int(emulator), limit),
            ).fetchall()
        return [row["seconds"] for row in rows]

    def owned(self, base_url: str, model: str) -> dict[str, Owned]:
        """Return every task of this model at this base URL that some row owns, by its id."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT task_id, account, submitted, answered FROM jobs"
                " WHERE base_url = ? AND model = ? AND task_id IS NOT NULL",
                (base_url, model),
            ).fetchall()
        return {
            row["task_id"]: Owned(account=row["account"], submitted=row["submitted"], answered=row["answered"])
            for row in rows
        }

    def rivals(self, base_url: str, model: str, row: str, start: float, end: float, *, longest: float) -> list[Row]:
        """Return other rows whose create call is open too and was out within this time: a task may be theirs.

        Whatever their key: the service lists the tasks of an account's keys together. A call that nobody saw break was
        out for `longest` seconds at the most.
        """
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT * FROM jobs WHERE base_url = ? AND model = ? AND id <> ?"
                " AND state IN ('submitting', 'uncertain')"
                " AND submitted <= ? AND coalesce(broke, submitted + ?) >= ? ORDER BY created",
                (base_url, model, row, end, longest, start),
            ).fetchall()
        return [read_row(found) for found in rows]

    def move(self, row: Row, account: str) -> bool:
        """Give an open row to another account, whose key the service knows its task by; False when it has changed."""
        with self._file.transaction() as db:
            changed = db.execute(
                "UPDATE OR IGNORE jobs SET account = ? WHERE id = ? AND state = ? AND generation = ?",
                (account, row.id, row.state, row.generation),
            )
        return changed.rowcount == 1

    def claim(self, row: Row) -> bool:
        """Take over a row whose kernel is gone; False when that lives, or the row has changed since it was read."""
        return bool(self.claim_all([row]))

    def claim_all(self, rows: Sequence[Row]) -> set[str]:
        """Take over those of `rows` whose kernels are gone or stand still, all at once; return their ids."""
        names = {row.kernel for row in rows}
        free = {name for name in names if name != self.kernel and not is_alive(self.home, name)}
        taken: dict[str, int] = {}
        if free:
            self.beat()
            with self._file.transaction() as db:
                for row in (row for row in rows if row.kernel in free):
                    changed = db.execute(
                        "UPDATE jobs SET owner = ?, generation = generation + 1"
                        " WHERE id = ? AND state = ? AND generation = ?",
                        (self.kernel, row.id, row.state, row.generation),
                    )
                    if changed.rowcount == 1:
                        taken[row.id] = row.generation + 1
        self._driven |= taken
        return set(taken)

    def input_bytes(self, digest: str) -> bytes | None:
        """Return a kept input by its sha256, None when it is gone."""
        return self._kept.read(digest)

    def _sweep(self) -> None:
        """Delete the inputs that no open row names, once one is closed; what stays now goes with the next one."""
        with contextlib.suppress(sqlite3.Error, OSError, ValueError):
            if self._kept:
                with self._file.transaction() as db:
                    rows = db.execute("SELECT request FROM jobs WHERE state IN (?, ?, ?, ?)", OPEN).fetchall()
                    self._kept.sweep({name for row in rows for name in digests(json.loads(row["request"]))})

    def _set(self, job: str, **columns: object) -> None:
        """Write columns of a row that this kernel drives."""
        with self._file.transaction() as db:
            if not _update(db, job, columns, _OURS, self.kernel, self._driven.get(job, 0)):
                raise _lost(db, job)

    def _note_made(self, job: str, unknown: str, **columns: object) -> None:
        """Write what a create call was answered, which nobody else knows: also where another has taken the row over."""
        with self._file.transaction() as db:
            if _update(db, job, columns, _OURS, self.kernel, self._driven.get(job, 0)):
                return
            db.execute("UPDATE jobs SET owner = '' WHERE id = ? AND finished IS NOT NULL", (job,))  # it is open again
            _update(db, job, columns, unknown)
            lost = _lost(db, job)
        raise lost


def _update(db: sqlite3.Connection, job: str, columns: dict[str, object], where: str, *values: object) -> bool:
    names = ", ".join(f"{name} = ?" for name in columns)
    query = f"UPDATE jobs SET {names} WHERE id = ? AND {where}"  # noqa: S608  # the words are ours
    return db.execute(query, (*columns.values(), job, *values)).rowcount == 1


def _lost(db: sqlite3.Connection, job: str) -> Exception:
    found = db.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
    return RowLost(read_row(found)) if found else KeyError(f"journal has no job {job}")


def _same(db: sqlite3.Connection, key: str, accounts: Collection[str] | None) -> list[Row]:
    found = db.execute("SELECT * FROM jobs WHERE request_key = ? ORDER BY created DESC", (key,)).fetchall()
    return [read_row(row) for row in found if accounts is None or row["account"] in accounts]
