"""Find the task of a create call that broke half-way, in the service's list of tasks.

The list holds the whole account's tasks, without prompts. `read_list` is called while no other create call of this
account and model is on its way; `resolve` waits for what was found and says whose it is. A task is only called ours
when it says so itself (id, request id, prompt) or when nobody else uses our key and no other open call can have made
it; that none was made, when the list still shows none after a long time. Otherwise it is looked for again, and at last
the user is asked.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..accounts.account import Account
from ..client import Answer, TaskRow
from ..errors import PASSING, BailianError, SubmitUncertain
from ..request import Request
from ..specs import service
from ..store.journal import Journal
from ..store.row import Owned, Row
from ..system.clock import Clock, Patience, backoff
from ..system.language import mark, sentence
from .attempt import LONGEST_CREATE, Attempt
from .bounds import CLOSE, ENOUGH, FAR, LOOKS, Bounds
from .matching import Edges, must_be, must_be_anothers, strangers
from .task_list import DOUBTED_TRIES, NEAR, read_tasks

LATER = (60.0, 180.0, 300.0)
"""Seconds after it broke when what is unclear is looked at again, on its own: the calls around it have ended by then.

A row that the list does not show after the last one was never made: late ones were seen to come after less than 60.
"""
BETWEEN = 2.0
"""Seconds between questions for a found task."""

Belongs = Literal["ours", "maybe", "foreign", "unread"]
LONG = mark("that list is longer than could be read")
CLOCKS = mark("no task of ours shows how far the service's clock is from ours")
SILENT = mark("that list shows no task of ours at all")
GAPS = mark("that list leaves out tasks of ours")


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """What the list shows.

    `rows` may come from the attempt, `certain` is the one that carries its ids; `timely` those that were made while its
    call was out, give or take `margin` seconds, `apart` those that are set apart for it already and `elsewhere` for
    another one. `keys` are the key ids that enough of our own rows carry, `edges` their tasks that we do not own, with
    the open calls that can have made them, of which `rivals` are the others. `doubt` says why the list proves little,
    "" where it is whole and the clocks are known, `gaps` why it does not prove that there is none.
    """

    rows: tuple[TaskRow, ...] = ()
    timely: frozenset[str] = frozenset()
    margin: float = CLOSE
    apart: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    certain: TaskRow | None = None
    keys: frozenset[str] = frozenset()
    edges: Edges = field(default_factory=dict)
    rivals: tuple[Row, ...] = ()
    doubt: str = ""
    gaps: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whose the tasks are: `ours`, or several that may be (`unclear`), or none; `nothing` once that is certain.

    `unpaid` may be ours too, and failed: nothing is lost with them. `unread` cannot be asked for now. `apart`,
    `elsewhere`, `doubt` and `gaps` as the Candidates has them. `beside` says that other calls are open, too: when they
    have ended, more may be known.
    """

    ours: TaskRow | None = None
    nothing: bool = False
    unpaid: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    doubt: str = ""
    gaps: str = ""
    unclear: tuple[tuple[TaskRow, Answer], ...] = ()
    apart: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    beside: bool = False


@dataclass(frozen=True, kw_only=True)
class Search:
    """The search for one attempt's task.

    `late` is how long a row that comes late is still waited for before other calls go out, `long` how long beside them.
    """

    account: Account
    request: Request
    attempt: Attempt
    journal: Journal
    clock: Clock
    late: Patience
    long: Patience

    @classmethod
    def of(cls, attempt: Attempt, *, account: Account, request: Request, journal: Journal, clock: Clock) -> Search:
        """Begin the search for an attempt that broke now or earlier; a clock may be set meanwhile."""
        age = max(clock.now() - attempt.broke, 0.0)
        late = Patience(clock, max(sum(LOOKS) - max(age, attempt.silent), 0.0), step=0.0)
        long = Patience(clock, max(LATER[-1] - age, 0.0))
        return cls(
            account=account, request=request, attempt=attempt, journal=journal, clock=clock, late=late, long=long
        )

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
            why = sentence("the task list cannot be read ({value})", value=error.code or error.message)
            raise SubmitUncertain(
                sentence("the create call broke, and {why}", why=why),
                hint=sentence("It is not sent again; %wan resume looks for its task later."),
                request_id=self.attempt.request_id,
                later=isinstance(error, PASSING),
            ) from None
        rows = listing.rows
        owned = await asyncio.to_thread(self.journal.orphans.owned, url, model)
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
        calls = await asyncio.to_thread(self.journal.orphans.open_calls, url, model)
        rivals = tuple(row for row in calls if row.id != self.attempt.row_id)
        attempts = [self.attempt, *(Attempt.of(row, now) for row in rivals if row.account in self.account.ids)]
        bounds = Bounds.of(rows, mine)
        shown = {row.task_id for row in rows if row.task_id in mine}
        edges = {
            row.task_id: frozenset(
                attempt.row_id for attempt in attempts if bounds.can_come_from(row, known[row.task_id], attempt)
            )
            for row in orphan
        }
        candidates = tuple(row for row in orphan if self.attempt.row_id in edges[row.task_id])
        inside = {row.task_id for row in candidates}
        unclaimed = [known[name] for name in inside if known[name].verdict == "unclaimed"]
        call, margin = bounds.call(self.attempt)
        return Candidates(
            rows=candidates,
            timely=frozenset(
                row.task_id for row in candidates if row.created is not None and call[0] <= row.created <= call[1]
            ),
            margin=margin,
            apart=frozenset(orphan.task_id for orphan in unclaimed if orphan.job == self.attempt.row_id),
            elsewhere=frozenset(orphan.task_id for orphan in unclaimed if orphan.job != self.attempt.row_id),
            certain=next((row for row in orphan if self._is_named(row)), None),
            keys=frozenset(key for key, tasks in keys.items() if tasks >= ENOUGH),
            edges=edges,
            rivals=rivals,
            doubt=sentence(LONG) if not listing.whole else sentence(CLOCKS) if not shown and strangers(edges) else "",
            gaps=sentence(SILENT) if not shown else sentence(GAPS) if self._left_out(mine, shown) else "",
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
        for row, _, verdict in judged.values():
            if verdict == "foreign":
                await self._note(row.task_id, "foreign")
        if len(ours) == 1:
            # A sweep over seeds repeats its prompt: another lost call of it may be the one that made this task.
            timely = ours[0].task_id in candidates.timely
            margin = candidates.margin if timely else 2 * FAR + sum(LOOKS)  # as far apart as two spans overlap
            clash = self._out_with(candidates.rivals, margin)
            if not any(_plain(row.request["values"].get("prompt")) == _plain(self.request.prompt) for row in clash):
                for row, _ in maybe:
                    await self._note(row.task_id, "")
                return Verdict(ours=ours[0])
        elif not ours and not unread and not candidates.doubt:
            edges = self._edges(candidates, judged)
            known = not strangers(edges)  # who made each task that nobody owns: only calls of ours
            maybe = [each for each in maybe if not (known and must_be_anothers(edges, each[0].task_id, self._name))]
            if known and len(maybe) == 1 and self._is_alone(maybe[0][0], candidates, edges):
                return Verdict(ours=maybe[0][0])
            if self.settled and not candidates.gaps and not any(answer.state == "SUCCEEDED" for _, answer in maybe):
                return Verdict(nothing=True)
        made = [(row, answer) for row, answer in maybe if answer.state == "SUCCEEDED"]
        return Verdict(
            unclear=(*made, *((row, answer) for row, answer, verdict in judged.values() if verdict == "ours")),
            unpaid=tuple(row.task_id for row, answer in maybe if answer.state != "SUCCEEDED"),
            unread=unread,
            doubt=candidates.doubt,
            gaps=candidates.gaps,
            apart=candidates.apart,
            elsewhere=candidates.elsewhere,
            beside=bool(candidates.rivals),
        )

    @property
    def settled(self) -> bool:
        """True once a task that the list does not show was never made."""
        return not self.long.left

    @property
    def pause(self) -> float:
        """Seconds until it is to be looked at again."""
        waited = LATER[-1] - self.long.left
        return max(next((at for at in LATER if at > waited), waited) - waited, LOOKS[0])

    @property
    def _name(self) -> str:
        return self.attempt.row_id

    def _left_out(self, mine: Mapping[str, Owned], shown: Collection[str]) -> bool:
        """Tell whether the list lacks a task of ours from about that time, which it must have got by now."""
        sent, now = self.attempt.submitted, self.clock.now()
        near = (name for name, each in mine.items() if each.answered and abs(each.answered - sent) < NEAR)
        return any(name not in shown and now - (mine[name].answered or now) > LATER[0] for name in near)

    def _is_named(self, row: TaskRow) -> bool:
        """Tell whether what came of the answer to our call names this task."""
        asked, begins = self.attempt.request_id, self.attempt.task_begins
        return bool((asked and row.request_id == asked) or (begins and row.task_id.startswith(begins)))

    def _is_alone(self, row: TaskRow, candidates: Candidates, edges: Edges) -> bool:
        """Tell whether no other open call can have made the task, and everything that we know speaks for ours."""
        own = row.api_key_id in candidates.keys and row.task_id in candidates.timely
        return own and must_be(edges, row.task_id, self._name)

    def _edges(self, candidates: Candidates, judged: Mapping[str, tuple[TaskRow, Answer, Belongs]]) -> Edges:
        """Return who can have made each task by all that is known now: the judged ones say more than their times."""
        requests = {row.id: Request.from_dict(row.request, lambda digest: None) for row in candidates.rivals}
        requests[self._name] = self.request
        return {
            task: calls
            if task not in judged or judged[task][2] == "unread"
            else frozenset(name for name in calls if belongs(judged[task][1], requests[name]) != "foreign")
            for task, calls in candidates.edges.items()
        }

    def _out_with(self, rivals: Sequence[Row], margin: float) -> Sequence[Row]:
        """Return the other open calls that were out at the time of ours, `margin` seconds allowed."""
        start, end = self.attempt.submitted - margin, self.attempt.broke + margin
        spans = ((row, row.submitted or row.created) for row in rivals)
        return [row for row, sent in spans if sent <= end and (row.broke or sent + LONGEST_CREATE) >= start]

    async def _note(self, task_id: str, verdict: Literal["", "open", "foreign"]) -> None:
        note = self.journal.orphans.note
        await asyncio.to_thread(note, self.account.base_url, task_id, verdict, job=self.attempt.row_id)

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


def belongs(answer: Answer, request: Request) -> Belongs:
    """Say whether a task comes from `request`, by its prompt, number and size of pictures."""
    if answer.state == "UNKNOWN":
        return "foreign"
    said = {_plain(slot.orig_prompt) for slot in answer.slots if slot.orig_prompt}
    if said:
        return "ours" if said == {_plain(request.prompt)} and _same_shape(answer, request) else "foreign"
    return "maybe" if _same_shape(answer, request) else "foreign"


def _same_shape(answer: Answer, request: Request) -> bool:
    if request.exact and request.says_n and answer.total not in (0, request.n):
        return False  # one that failed says so, too
    if answer.state != "SUCCEEDED":
        return True
    if request.exact and len(answer.slots) > request.n:
        return False
    sizes = [str(given).replace("x", "*") for given in (answer.usage.get("size"), request.values.get("size")) if given]
    return len(sizes) < 2 or "*" not in sizes[1] or sizes[0] == sizes[1]


def _plain(prompt: str | None) -> str:
    return " ".join((prompt or "").split())
