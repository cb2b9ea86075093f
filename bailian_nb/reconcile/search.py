"""Find the task of a create call that broke half-way, in the service's list of tasks.

The list holds the whole account's tasks, without prompts. `read_list` is called while no other create call of this
account and model is on its way; `resolve` waits for what was found and says whose it is. A task is only called ours
when it says so itself (request id, prompt) or when nobody else uses our key; otherwise the user is asked.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..accounts.account import Account
from ..client import Answer, TaskRow
from ..errors import PASSING, BailianError, SubmitUncertain
from ..request import Request
from ..specs import service
from ..store.journal import Journal
from ..store.orphans import OrphanTask
from ..store.row import Owned, Row
from ..system.clock import Clock, Patience, backoff
from .attempt import LONGEST_CREATE, USUAL_CREATE, Attempt
from .task_list import DOUBTED_TRIES, read_tasks

LOOKS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between looks for a row that comes late; after the last one the list has answered."""
CLOSE, FAR = 2.0, 120.0
"""Seconds by which the service's clock may be off: from what rows of ours show it to be, and when none shows it."""
ENOUGH = 5
"""Tasks of ours that the list must show with our key, and nobody else's, before a task is ours because it is alone."""
BETWEEN = 2.0
"""Seconds between questions for a found task."""

Belongs = Literal["ours", "maybe", "foreign", "unread"]
LONG = "that list is longer than could be read"
CLOCKS = "no task of ours shows how far the service's clock is from ours"
Span = tuple[float, float]
NEVER: Span = (math.inf, -math.inf)


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """What the list shows.

    `rows` may come from the attempt, `certain` is the one that carries its request id; `timely` those that were
    made while its call was out, give or take `margin` seconds, `apart` those that are set apart for it already and
    `elsewhere` for another one. `keys` are the key ids that enough of our own rows carry, `others` their tasks that
    neither we own nor are candidates. `doubt` says why the list proves little, "" where it is whole and the clocks are
    known.
    """

    rows: tuple[TaskRow, ...] = ()
    timely: frozenset[str] = frozenset()
    margin: float = CLOSE
    apart: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    certain: TaskRow | None = None
    keys: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    doubt: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whose the tasks are: `ours`, or several that may be (`unclear`), or nothing at all.

    `unpaid` may be ours too, and failed: nothing is lost with them. `unread` cannot be asked for now. `apart`,
    `elsewhere` and `doubt` as the Candidates has them.
    """

    ours: TaskRow | None = None
    unpaid: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    doubt: str = ""
    unclear: tuple[tuple[TaskRow, Answer], ...] = ()
    apart: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Search:
    """The search for one attempt's task; `late` is how long a row that comes late is still waited for."""

    account: Account
    request: Request
    attempt: Attempt
    journal: Journal
    clock: Clock
    late: Patience

    async def first_reading(self) -> Candidates:
        """Look until something is there that may be ours, as long as a row may come late.

        Raises
        ------
        SubmitUncertain
            When the list cannot be read; `resume` looks again.
        """
        for pause in (*LOOKS, 0.0):
            candidates = await self.read_list()
            if candidates.rows or candidates.certain or not self.late.left:
                break
            await self.late.pause(pause)
        return candidates

    async def read_list(self) -> Candidates:
        """Read the list once, and note what nobody owns."""
        model, url = self.request.model, self.account.base_url
        span = {"sent": self.attempt.submitted, "broke": self.attempt.broke}
        try:
            listing = await read_tasks(self.account, model, self.clock, **span)
        except BailianError as error:
            raise self._open(f"the task list cannot be read ({error.code or error.message})") from None
        rows = listing.rows
        owned = await asyncio.to_thread(self.journal.owned, url, model)
        mine = {task_id: each for task_id, each in owned.items() if each.account in self.account.ids}
        keys = Counter(row.api_key_id for row in rows if row.task_id in mine and row.api_key_id)
        if self.account.joined:  # our own rows may carry another key than this call did
            keys.clear()
        orphan = [
            row
            for row in rows
            if row.task_id not in owned and (not keys or not row.api_key_id or row.api_key_id in keys)
        ]
        now = max(self.clock.now(), self.attempt.submitted + 0.001)  # we look after it, even if the clock was set back
        known = await asyncio.to_thread(self.journal.orphans.see, url, model, [row.task_id for row in orphan], at=now)
        window, call, margin = self._windows(rows, mine)
        asked = self.attempt.request_id
        certain = next((row for row in orphan if asked and row.request_id == asked), None)
        candidates = tuple(
            row
            for row in orphan
            if known[row.task_id].first_seen > self.attempt.submitted
            and not self._excluded(known[row.task_id])
            and (row.created is None or window[0] <= row.created <= window[1])
        )
        inside = {row.task_id for row in candidates}
        others = frozenset(
            row.task_id
            for row in orphan
            if row.task_id not in inside
            and not (known[row.task_id].verdict == "open" and known[row.task_id].job != self.attempt.row_id)
        )
        timely = frozenset(
            row.task_id for row in candidates if row.created is not None and call[0] <= row.created <= call[1]
        )
        unclaimed = [known[name] for name in inside if known[name].verdict == "unclaimed"]
        return Candidates(
            rows=candidates,
            timely=timely,
            margin=margin,
            apart=frozenset(orphan.task_id for orphan in unclaimed if orphan.job == self.attempt.row_id),
            elsewhere=frozenset(orphan.task_id for orphan in unclaimed if orphan.job != self.attempt.row_id),
            certain=certain,
            keys=frozenset(key for key, tasks in keys.items() if tasks >= ENOUGH),
            others=others,
            doubt=LONG if not listing.whole else CLOCKS if others and not mine else "",
        )

    async def resolve(self, candidates: Candidates) -> Verdict:
        """Wait until every candidate has ended, and judge it by what it says of itself."""
        judged: dict[str, tuple[TaskRow, Answer, Belongs]] = {}
        while candidates.certain is None and (fresh := [row for row in candidates.rows if row.task_id not in judged]):
            for row in fresh:
                await self._note(row.task_id, "open")
            for row in fresh:
                answer = await self._final(row.task_id)
                judged[row.task_id] = (row, answer or Answer(), belongs(answer, self.request) if answer else "unread")
            if not any(verdict == "ours" for _, _, verdict in judged.values()):
                # Somebody else's row may be in the list before ours is, so having found one ends no waiting.
                await self.late.pause(self.late.left)
            async with self.account.limiter.creating(self.request.model, self.account.limit(self.request.model)):
                candidates = await self.read_list()  # rows that came late, and who else has used our key meanwhile
        return await self._verdict(judged, candidates)

    async def _verdict(self, judged: Mapping[str, tuple[TaskRow, Answer, Belongs]], candidates: Candidates) -> Verdict:
        if candidates.certain is not None:
            return Verdict(ours=candidates.certain)
        ours = [row for row, _, verdict in judged.values() if verdict == "ours"]
        unread = tuple(row.task_id for row, _, verdict in judged.values() if verdict == "unread")
        maybe = [(row, answer) for row, answer, verdict in judged.values() if verdict == "maybe"]
        foreign = [row for row, _, verdict in judged.values() if verdict == "foreign"]
        for row in foreign:
            await self._note(row.task_id, "foreign")
        rivals = await self._rivals(candidates.margin)
        if len(ours) == 1:
            # A sweep over seeds repeats its prompt: another lost call of it may be the one that made this task.
            timely = ours[0].task_id in candidates.timely
            clash = rivals if timely else await self._rivals(2 * FAR + sum(LOOKS))  # as far apart as two spans overlap
            if not any(_plain(row.request["values"].get("prompt")) == _plain(self.request.prompt) for row in clash):
                for row, _ in maybe:
                    await self._note(row.task_id, "")
                return Verdict(ours=ours[0])
        made = [(row, answer) for row, answer in maybe if answer.state == "SUCCEEDED"]
        if len(maybe) == len(made) == 1 and not (
            ours or foreign or unread or rivals or candidates.others or candidates.doubt
        ):
            row = made[0][0]
            alone = row.api_key_id in candidates.keys and row.task_id in candidates.timely
            if alone and row.task_id not in candidates.elsewhere:
                return Verdict(ours=row)
        return Verdict(
            unclear=(*made, *((row, answer) for row, answer, verdict in judged.values() if verdict == "ours")),
            unpaid=tuple(row.task_id for row, answer in maybe if answer.state != "SUCCEEDED"),
            unread=unread,
            doubt=candidates.doubt,
            apart=candidates.apart,
            elsewhere=candidates.elsewhere,
        )

    def _excluded(self, orphan: OrphanTask) -> bool:
        """Tell whether a task is known not to come from this call; what another one ruled out may still be ours."""
        ruled_out = orphan.verdict == "foreign" and orphan.job == self.attempt.row_id
        return ruled_out or orphan.verdict in ("ours", "forgotten")

    async def _rivals(self, margin: float) -> Sequence[Row]:
        """Return the other lost calls of this model that were out at the time of ours, `margin` seconds allowed."""
        span = (self.attempt.submitted - margin, self.attempt.broke + margin)
        whom = (self.account.base_url, self.request.model, self.attempt.row_id)
        return await asyncio.to_thread(self.journal.rivals, *whom, *span, longest=LONGEST_CREATE)

    async def _note(self, task_id: str, verdict: Literal["", "open", "foreign"]) -> None:
        note = self.journal.orphans.note
        await asyncio.to_thread(note, self.account.base_url, task_id, verdict, job=self.attempt.row_id)

    def _windows(self, rows: Sequence[TaskRow], mine: Mapping[str, Owned]) -> tuple[Span, Span, float]:
        """Return when, by the service's clock, the task can have been made, when the call was out, and give or take.

        A create call takes its time, so a row of ours shows the service's clock between two bounds only: the task was
        made after the call went out and before its answer was there. The first span takes the loosest bounds, and that
        a gateway hands a call on late; the second the closest, for a first task of somebody else with our key may come
        soon after. It is empty where no rows of ours bound the clock from both sides.
        """
        pairs = [(row.created, each) for row in rows if row.created is not None and (each := mine.get(row.task_id))]
        first = [created - each.answered for created, each in pairs if each.answered is not None]
        last = [created - each.submitted for created, each in pairs if each.submitted is not None]
        sent, broke = self.attempt.submitted, self.attempt.broke
        low = min(first) - CLOSE if first else -FAR
        high = max(last) + CLOSE if last else FAR
        window = (sent + low, broke + high + sum(LOOKS))
        if not (first and last):
            return window, NEVER, FAR
        usual = broke if self.attempt.seen else min(broke, sent + USUAL_CREATE)
        call = (sent + max(first) - CLOSE, usual + min(last) + CLOSE)
        return window, call, CLOSE + max(min(last) - max(first), 0.0)

    async def _final(self, task_id: str) -> Answer | None:
        """Return how a task ended, None when the service does not say: nothing follows from that."""
        patience = Patience(self.clock, service.KEPT_SECONDS)
        faults = doubted = 0
        while not patience.over:
            await self.account.reads.wait()
            try:
                answer = await self.account.client.query(task_id)
                faults = 0
                if answer.state == "UNKNOWN":  # though the list names it
                    doubted += 1
                    if doubted > DOUBTED_TRIES:
                        return None
                elif answer.state not in ("PENDING", "RUNNING"):
                    return answer
            except PASSING:
                faults += 1
            except BailianError:
                return None
            pause = backoff(faults + doubted) or BETWEEN
            await patience.pause(pause)
            self.late.spend(pause)
        return None

    def _open(self, why: str) -> SubmitUncertain:
        return SubmitUncertain(
            f"the create call broke, and {why}",
            hint="It is not sent again; %wan resume looks for its task later.",
            request_id=self.attempt.request_id,
        )


def for_late_rows(clock: Clock, *, broke: float | None = None) -> Patience:
    """Return how long a row that comes late is waited for: by what we wait ourselves, for a clock may be set meanwhile.

    Where the create call `broke` earlier, by the clock, only what is left then.
    """
    left = sum(LOOKS) if broke is None else min(max(broke + sum(LOOKS) - clock.now(), 0.0), sum(LOOKS))
    return Patience(clock, left, step=0.0)


def belongs(answer: Answer, request: Request) -> Belongs:
    """Say whether a task comes from `request`, by its prompt, number and size of pictures."""
    if answer.state == "UNKNOWN":
        return "foreign"
    said = {_plain(slot.orig_prompt) for slot in answer.slots if slot.orig_prompt}
    if said:
        return "ours" if said == {_plain(request.prompt)} and _same_shape(answer, request) else "foreign"
    return "maybe" if _same_shape(answer, request) else "foreign"


def _same_shape(answer: Answer, request: Request) -> bool:
    if answer.state != "SUCCEEDED":
        return True
    if request.exact and len(answer.slots) > request.n:
        return False
    sizes = [str(given).replace("x", "*") for given in (answer.usage.get("size"), request.values.get("size")) if given]
    return len(sizes) < 2 or "*" not in sizes[1] or sizes[0] == sizes[1]


def _plain(prompt: str | None) -> str:
    return " ".join((prompt or "").split())
