"""The journal: what was sent and is not yet on disk; it survives the kernel.

A row is written before the create call (`intent`), gets its task id before the first query (`accepted`), and is
closed only after every file is on disk (`done`). Written by the runner and by `resume`; read by whatever
asks whether a call was paid. `schema` is its file, `input_files` the bytes of inputs, `orphans` what it knows of tasks
that nobody owns, `losses` of journals before it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import BailianError
from ..specs import service
from ..system.language import sentence
from ..system.paths import restored, stored
from . import statements
from .damage import begin
from .input_files import Kept, digests
from .kernels import is_alive, stands_still
from .losses import Losses
from .orphans import NO_TASK, OrphanTasks
from .request_key import request_key
from .row import Row, RowGone, RowLost, SameRequest, SavedPicture, read_columns, read_rows
from .schema import OPEN, State, journal_path, next_number

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
        self._kernel, self._file, before = begin(home)
        if before:
            log.warning(
                sentence("%s; a new one is begun, pictures on disk are known, and %%wan doctor says more"), before
            )
        self.kernel = self._kernel.name
        self.losses = Losses(self._file)
        self.orphans = OrphanTasks(self._file)
        self._kept = Kept(home / "inputs")
        self._driven: dict[str, int] = {}
        """The generation of each row that this kernel drives."""
        self._known: dict[str, dict[str, object]] = {}
        """What this kernel has written of each row that it drives, for a journal that is replaced by another file."""
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
        a1111: bool = False,
        replaces: str = "",
        fresh: bool = False,
        accounts: Collection[str] = (),
        check: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        """Write what is about to be sent, with the bytes of its pictures, before anything is sent.

        One request has one open row of an account (of all its ids, in `accounts`), over all kernels, unless it is
        `fresh`, which asks nobody; a fresh row that was sent counts. So does one of another key that may have a task,
        for a key may be rotated. `estimate` is CNY by list price. `replaces` names an unsent row of ours that this one
        is sent for: one goes as the other comes. `check` looks at all rows while nobody else can write; where it
        raises, nothing is written.

        Raises
        ------
        SameRequest
            With the row of the same request that is open, or that is done and was not when the call looked for it.
        BailianError
            When the row to be replaced was sent or taken meanwhile.
        """
        key = request_key(request)
        row: dict[str, object] = {
            "id": id,
            "account": account,
            "base_url": base_url,
            "emulator": int(emulator),
            "region": region,
            "model": request["model"],
            "function": request["function"],
            "request": json.dumps(request, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8"),
            "out_dir": stored(out_dir),
            "owner": self.kernel,
            "notebook": notebook,
            "state": "intent",
            "created": created,
            "estimate": estimate,
            "embed": int(embed),
            "a1111": int(a1111),
            "request_key": key,
            "fresh": int(fresh),
        }
        self.beat()
        with self._kept.ready(inputs, self.kernel), self._file.transaction() as db:
            if key is not None and not fresh:
                self._clear_way(db, row, {account, *accounts}, replaces)
            if check is not None:
                check(db)
            unsent = "owner = ? AND state = 'intent'"
            if replaces and not statements.update(
                db, replaces, statements.sent_again(id, created), unsent, self.kernel
            ):
                raise BailianError(
                    sentence("job {replaces} is not unsent any more; nothing was sent for it", replaces=replaces)
                )
            self._kept.settle(inputs)
            statements.insert(db, row)
        self._driven[id], self._known[id] = 0, row

    def _clear_way(self, db: sqlite3.Connection, row: Mapping[str, Any], ours: Collection[str], replaces: str) -> None:
        """See that no row of the same request is in the way of a new one of our accounts."""
        created: float = row["created"]
        for each in statements.same(db, row["request_key"], None):
            if each.id == replaces or not (each.account in ours or each.base_url == row["base_url"]):
                continue
            late = each.complete and not (each.emulator and (each.finished or 0.0) <= created)
            unsent = each.state == "intent" and each.kernel in {self.kernel, *self._free([each])}
            is_open = each.state in OPEN and not (each.fresh and unsent)
            if late or (is_open and (each.account in ours or self._may_run(each, created))):
                raise SameRequest(each)
            if is_open:  # its kernel sends it no more, should it wake up, and takes nothing back
                again = {**statements.sent_again(row["id"], created), "generation": each.generation + 1}
                left = {"sent_order": None, "generation": each.generation + int(each.state == "submitting")}
                statements.update(db, each.id, again if each.state == "intent" else left, "state <> 'accepted'")

    def submitting(self, job: str, at: float) -> None:
        """Note that the create call goes out now: from here on a task may exist.

        Raises
        ------
        RowLost
            When another kernel has taken the row over, as from every note on a row's state: nothing must be sent.
        """
        with self._file.transaction() as db:
            sent = {"state": "submitting", "submitted": at, "sent_order": next_number(db)}
            self._note(db, job, sent)

    def confirm(self, job: str) -> None:
        """Make sure, in the last moment before a create call goes out, that its row is this kernel's still.

        Nobody takes it over from here on before this kernel has stood still for `STALE` seconds anew.

        Raises
        ------
        RowLost
            When it was taken over or given up since `submitting`: nothing must be sent.
        """
        self.beat()
        with self._file.transaction() as db:
            found = db.execute(
                f"SELECT 1 FROM jobs WHERE id = ? AND state = 'submitting' AND {_OURS}",  # noqa: S608  # the words are ours
                (job, self.kernel, self._driven.get(job, 0)),
            ).fetchone()
            if found is None:
                raise statements.lost(db, job)

    def refused(self, job: str) -> None:
        """Note that the create call made nothing for certain: it is to go out still, and its row is ours again.

        RowLost is raised where another kernel took that over and knows more, or the user has given it up.
        """
        with self._file.transaction() as db:
            back = statements.take_back(db, job, self._known.get(job, {}).get("sent_order"), self.kernel)
            if back is None:
                self._note(db, job, {"state": "intent", "submitted": None})
            else:
                self._driven[job] = back

    def accepted(self, job: str, *, task_id: str, request_id: str, at: float | None = None) -> None:
        """Note the task id, before the first query; `at` is when the create call was answered, None if it was not."""
        known = {"task_id": task_id, "request_id": request_id, "answered": at}
        self._note_made(job, "task_id IS NULL", state="accepted", finished=None, **known)

    def own(self, job: str, base_url: str, task_id: str, request_id: str = "") -> bool:
        """Give an uncertain row of ours the task that was found for it; False when it needs none, or another has it.

        Raises
        ------
        RowLost
            When the row was taken over or given up meanwhile.
        """
        with self._file.transaction() as db:
            ours = (self.kernel, self._driven.get(job, 0))
            if db.execute(f"SELECT 1 FROM jobs WHERE id = ? AND {_OURS}", (job, *ours)).fetchone() is None:  # noqa: S608
                statements.write_anew(db, job, self._known.get(job, {}))
            return statements.give_task(db, job, base_url, task_id, request_id)

    def adopt(self, row: Row, base_url: str, task_id: str) -> bool:
        """Give an uncertain row the task that the user says is its own; False when that or the row has changed."""
        with self._file.transaction() as db:
            return self._may_end(db, row) and statements.give_task(db, row.id, base_url, task_id, "")

    def answered(self, job: str, answer: dict[str, Any], *, request_id: str, at: float) -> None:
        """Note the answer of a synchronous call, which nobody can ask for again; it stands until the row is closed."""
        known = {"answer": json.dumps(answer), "request_id": request_id, "answered": at}
        self._note_made(job, "answer IS NULL AND state <> 'done'", state="accepted", finished=None, **known)

    def uncertain(
        self,
        job: str,
        error: str,
        *,
        at: float | None = None,
        request_id: str = "",
        task_begins: str = "",
        whole: bool = False,
    ) -> None:
        """Note that nobody knows whether a task was made.

        `at` is when the create call broke, None if unknown. With `whole` an answer came that says neither: what the
        call did, it had done by then.
        """
        known = {"broke": at, "request_id": request_id or None, "task_begins": task_begins}
        known["answered"] = at if whole else None
        self._set(job, state="uncertain", error=error, finished=None, **known)

    def stage(self, job: str, stage: str, ran: float | None = None) -> None:
        """Note what the driver sees of the task, for those that follow, and for how many seconds it ran, if known."""
        self._set(job, stage=stage, **({} if ran is None else {"ran": ran}))

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
        self._close(job, at, state=state, images=images, cost=cost, error=error or None, answer=None)

    def made_nothing(self, job: str, *, at: float, error: str) -> None:
        """Close the row of a lost call because the service's list has shown no task of it for long."""
        self._close(job, at, state="failed", error=error, stage=NO_TASK)

    def _close(self, job: str, at: float, **columns: object) -> None:
        with self._file.transaction() as db:
            self._note(db, job, {**columns, "finished": at})
            statements.put_away(db, at)
        self._driven.pop(job, None)
        self._known.pop(job, None)
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
            changed = self._may_end(db, row) and statements.update(
                db, row.id, {"state": "failed", "finished": at, "error": sentence("given up by the user")}, "1"
            )
        self._sweep()
        return changed

    def row(self, job: str) -> Row | None:
        """Return one row."""
        with self._file.reading() as db:
            found = read_rows(db.execute("SELECT * FROM every_job WHERE id = ?", (job,)))
        return found[0] if found else None

    def same(self, key: str, accounts: Collection[str] | None = None) -> list[Row]:
        """Return the rows of a request (of these accounts), the newest first."""
        with self._file.reading() as db:
            return statements.same(db, key, accounts)

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

    def unfinished(self, base_url: str, *, but: Collection[str] = ()) -> list[Row]:
        """Return open rows of this base URL, the oldest first, whoever owns them, `but` those of some accounts."""
        with self._file.reading() as db:  # by their state, of which few are open: nearly all are of one base URL
            rows = db.execute(
                "SELECT * FROM jobs WHERE +base_url = ? AND state IN (?, ?, ?, ?)"
                " AND account NOT IN (SELECT value FROM json_each(?)) ORDER BY +created",
                (base_url, *OPEN, json.dumps(list(but))),
            )
            found = read_columns(rows)
        return read_rows(found)  # of thousands, while others may write

    def standing_still(self, base_url: str) -> list[Row]:
        """Return open rows of this base URL that kernels drive which stand still, the oldest first."""
        rows = self.unfinished(base_url)
        still = {name for name in {row.kernel for row in rows} if name and stands_still(self.home, name)}
        return [row for row in rows if row.kernel in still]

    def recent(self, limit: int = 50, *, only_open: bool = False) -> list[Row]:
        """Return the newest rows first."""
        with self._file.reading() as db:
            return statements.recent(db, limit, only_open=only_open)

    def open_ids(self) -> list[str]:
        """Return the ids of all open rows."""
        with self._file.reading() as db:
            return statements.open_ids(db)

    def durations(self, model: str, function: str | None, *, emulator: bool) -> list[float]:
        """Return how many seconds past tasks of this kind ran, of those that are not put away."""
        with self._file.reading() as db:
            return statements.durations(db, model, function, emulator=emulator)

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
        free = self._free(rows)
        taken: dict[str, int] = {}
        if free:
            self.beat()
            with self._file.transaction() as db:
                free &= self._free(rows)  # one that wakes up beats before it waits to write
                read = {row.id: row for row in rows if row.kernel in free}
                known = statements.take_over(db, read, self.kernel)
                taken = {job: int(columns["generation"]) for job, columns in known.items()}
                self._known |= known
        self._driven |= taken
        return set(taken)

    def _free(self, rows: Sequence[Row]) -> set[str]:
        """Return which other kernels that drive rows are gone or stand still."""
        names = {row.kernel for row in rows} - {self.kernel}
        return {name for name in names if not is_alive(self.home, name)}

    def _may_run(self, row: Row, now: float) -> bool:
        """Tell whether an open row has, or will have, a task that the service knows."""
        young = (row.submitted or row.created) >= now - service.KEPT_SECONDS
        return young and (row.state != "intent" or row.kernel == self.kernel or is_alive(self.home, row.kernel))

    def _may_end(self, db: sqlite3.Connection, row: Row) -> bool:
        """Tell whether a user's word may be written of a row: it is as it was read, and no other kernel drives it.

        One that stands still finds that the row is its own no more. That it was let go of meanwhile changes nothing.
        """
        ours = row.kernel == self.kernel
        if not ours and is_alive(self.home, row.kernel):
            return False
        changed = db.execute(
            "UPDATE jobs SET generation = generation + ?"
            " WHERE id = ? AND owner IN (?, '') AND state = ? AND generation = ?",
            (int(not ours), row.id, row.kernel, row.state, row.generation),
        )
        return changed.rowcount == 1

    def input_bytes(self, digest: str) -> bytes | None:
        """Return a kept input by its sha256, None when it is gone."""
        return self._kept.read(digest)

    def _sweep(self) -> None:
        """Delete the inputs that no open row names, once one is closed; what stays now goes with the next one."""
        with contextlib.suppress(sqlite3.Error, OSError, ValueError):
            if self._kept.due():
                with self._file.transaction() as db:
                    rows = db.execute("SELECT request FROM jobs WHERE state IN (?, ?, ?, ?)", OPEN).fetchall()
                    needed = [digests(json.loads(row["request"])) for row in rows]
                    self._kept.sweep(needed, lambda name: name == self.kernel or is_alive(self.home, name))

    def _set(self, job: str, **columns: object) -> None:
        """Write columns of a row that this kernel drives."""
        with self._file.transaction() as db:
            self._note(db, job, columns)

    def _note(self, db: sqlite3.Connection, job: str, columns: Mapping[str, object]) -> None:
        if not statements.update(db, job, columns, _OURS, self.kernel, self._driven.get(job, 0)):
            statements.write_anew(db, job, {**self._known.get(job, {}), **columns})
        if job in self._known:
            self._known[job] |= columns

    def _note_made(self, job: str, unknown: str, **columns: object) -> None:
        """Write what a create call was answered, which nobody else knows: also where another has taken the row over."""
        with self._file.transaction() as db:
            taken: RowLost | RowGone | None = None
            if not statements.update(db, job, columns, _OURS, self.kernel, self._driven.get(job, 0)):
                if isinstance(statements.lost(db, job), RowGone):
                    statements.write_anew(db, job, {**self._known.get(job, {}), **columns})
                else:
                    statements.make_known(db, job, columns, unknown)
                    taken = statements.lost(db, job)
        if taken is not None:
            raise taken
        if job in self._known:
            self._known[job] |= columns
