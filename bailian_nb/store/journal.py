"""The journal: what was sent and is not yet on disk; it survives the kernel.

A row is written before the create call (`intent`), gets its task id before the first query (`accepted`), and is
closed only after every file is on disk (`done`). Written by the runner and by recovery; read by `%wan jobs`.
`schema` is its file, `input_files` the bytes of inputs, `orphans` what it knows of tasks that nobody owns.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..errors import BailianError
from .input_files import Kept, digests
from .kernels import is_alive, kernel_lock, new_kernel
from .orphans import OrphanTasks
from .schema import Database, journal_path

State = Literal["intent", "submitting", "uncertain", "accepted", "done", "failed", "canceled", "expired"]
OPEN: tuple[State, ...] = ("intent", "submitting", "uncertain", "accepted")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One job as the journal knows it; times are seconds since 1970."""

    id: str
    account: str
    base_url: str
    emulator: bool
    region: str
    model: str
    function: str | None
    request: dict[str, Any]
    out_dir: str
    kernel: str
    state: State
    task_id: str | None
    request_id: str | None
    created: float
    submitted: float | None
    finished: float | None
    images: int
    cost: float | None
    error: str | None
    notebook: str = ""
    broke: float | None = None
    """When the create call broke, of an uncertain row."""
    answered: float | None = None
    """When the answer to the create call was there; None where it was lost."""
    answer: str | None = field(default=None, repr=False)
    """What a synchronous call answered, JSON, as long as its pictures are not on disk; its URLs are not to be shown."""
    estimate: float | None = None
    """CNY by list price as the kernel knew it that sent it; None where no page gives a price."""
    embed: bool = True
    """Whether the Record goes into the picture files, too."""


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Whose a task is, when its create call went out and when that was answered."""

    account: str
    submitted: float | None
    answered: float | None


class Journal:
    """The journal below `home`, as one kernel uses it.

    The kernel holds a file lock in its own name; the operating system releases it when the kernel dies, however it
    dies, and that is how others see that its rows are free to be taken up.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = journal_path(home)
        (home / "owners").mkdir(parents=True, exist_ok=True)
        self.kernel = new_kernel()
        self._alive = kernel_lock(home, self.kernel)
        self._alive.acquire(timeout=0)
        self._file = Database(self.path)
        self.orphans = OrphanTasks(self._file)
        self._kept = Kept(home / "inputs")
        self._process = os.getpid()

    def close(self) -> None:
        """Let go of the rows: another kernel may take up what is open. A forked child holds none of them."""
        if self._process != os.getpid():
            return
        self._alive.release()
        Path(self._alive.lock_file).unlink(missing_ok=True)

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
        check: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        """Write what is about to be sent, with the bytes of its pictures, before anything is sent.

        `estimate` is CNY by list price. `replaces` names an unsent row of ours that this one is sent for: one goes as
        the other comes. `check` looks at all rows while nobody else can write; where it raises, nothing is written.

        Raises
        ------
        BailianError
            When the row to be replaced was sent or taken meanwhile.
        """
        with self._file.transaction() as db:  # of one piece with the bytes: nobody drops them in between
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
                " notebook, state, created, estimate, embed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'intent', ?, ?, ?)",
                (
                    id,
                    account,
                    base_url,
                    int(emulator),
                    region,
                    request["model"],
                    request["function"],
                    json.dumps(request, ensure_ascii=False),
                    str(out_dir),
                    self.kernel,
                    notebook,
                    created,
                    estimate,
                    int(embed),
                ),
            )

    def submitting(self, job: str, at: float) -> None:
        """Note that the create call goes out now: from here on a task may exist."""
        self._set(job, state="submitting", submitted=at)

    def refused(self, job: str) -> None:
        """Note that the create call was definitely refused and nothing exists."""
        self._set(job, state="intent", submitted=None)

    def accepted(self, job: str, *, task_id: str, request_id: str, at: float | None = None) -> None:
        """Note the task id, before the first query; `at` is when the create call was answered, None if it was not."""
        self._set(job, state="accepted", task_id=task_id, request_id=request_id, answered=at, finished=None)

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
        kept = json.dumps(answer)
        self._set(job, state="accepted", request_id=request_id, answer=kept, answered=at, finished=None)

    def uncertain(self, job: str, error: str, *, at: float | None = None, request_id: str = "") -> None:
        """Note that nobody knows whether a task was made; `at` is when the create call broke, None if unknown."""
        self._set(job, state="uncertain", error=error, broke=at, request_id=request_id or None, finished=None)

    def saved(self, job: str, slot: int, path: Path, raw_path: Path) -> None:
        """Note that the picture of one slot is on disk."""
        with self._file.transaction() as db:
            db.execute("INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?)", (job, slot, str(path), str(raw_path)))

    def end(
        self, job: str, state: State, *, at: float, images: int = 0, cost: float | None = None, error: str = ""
    ) -> None:
        """Close the row, after everything that was paid for is on disk; inputs that nobody else needs go."""
        self._set(job, state=state, finished=at, images=images, cost=cost, error=error or None, answer=None)
        self._sweep()

    def give_up(self, row: Row, *, at: float) -> bool:
        """Close a row because the user says that it owns no task; False when it has changed since it was read."""
        with self._file.transaction() as db:
            changed = db.execute(
                "UPDATE jobs SET state = 'failed', finished = ?, error = 'given up by the user'"
                " WHERE id = ? AND owner = ? AND state = ?",
                (at, row.id, row.kernel, row.state),
            )
        self._sweep()
        return changed.rowcount == 1

    def row(self, job: str) -> Row | None:
        """Return one row."""
        with self._file.reading() as db:
            found = db.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
        return _row(found) if found else None

    def kept_answer(self, job: str) -> dict[str, Any] | None:
        """Return what `answered` noted, None for a task that the service can be asked for."""
        row = self.row(job)
        return json.loads(row.answer) if row and row.answer else None

    def pictures(self, job: str) -> dict[int, tuple[Path, Path]]:
        """Return path and raw path of every slot that is on disk already."""
        with self._file.reading() as db:
            rows = db.execute("SELECT slot, path, raw_path FROM pictures WHERE job = ?", (job,)).fetchall()
        return {row["slot"]: (Path(row["path"]), Path(row["raw_path"])) for row in rows}

    def unfinished(self, base_url: str) -> list[Row]:
        """Return open rows of this base URL, the oldest first, whoever owns them."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT * FROM jobs WHERE base_url = ? AND state IN (?, ?, ?, ?) ORDER BY created", (base_url, *OPEN)
            ).fetchall()
        return [_row(row) for row in rows]

    def recent(self, limit: int = 50) -> list[Row]:
        """Return the newest rows first."""
        with self._file.reading() as db:
            rows = db.execute("SELECT * FROM jobs ORDER BY created DESC LIMIT ?", (limit,)).fetchall()
        return [_row(row) for row in rows]

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
        return [_row(found) for found in rows]

    def claim(self, row: Row) -> bool:
        """Take over a row whose kernel is gone; False when that lives, or the row has changed since it was read."""
        if row.kernel == self.kernel or is_alive(self.home, row.kernel):
            return False
        with self._file.transaction() as db:
            changed = db.execute(
                "UPDATE jobs SET owner = ? WHERE id = ? AND owner = ? AND state = ?",
                (self.kernel, row.id, row.kernel, row.state),
            )
            return changed.rowcount == 1

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
        names = ", ".join(f"{name} = ?" for name in columns)
        with self._file.transaction() as db:
            changed = db.execute(f"UPDATE jobs SET {names} WHERE id = ?", (*columns.values(), job))  # noqa: S608  # names are ours
            if changed.rowcount != 1:
                raise KeyError(f"journal has no job {job}")


def _row(found: sqlite3.Row) -> Row:
    values = dict(found)
    values["kernel"] = values.pop("owner")
    values["request"] = json.loads(values["request"])
    values |= {name: bool(values[name]) for name in ("emulator", "embed")}
    return Row(**{name: value for name, value in values.items() if name in Row.__dataclass_fields__})
