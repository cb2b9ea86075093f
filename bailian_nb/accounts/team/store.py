"""The store of an account that several machines share: behind the seam of `accounts.stores`, counted in Redis."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection

from ... import specs
from ...client import Client
from ...errors import BailianError
from ...specs import Limit, service
from ...system.clock import Clock
from ..ahead import REFUSED_SECONDS
from ..stores import LeaseLost, Reads
from .claims import Claims
from .leases import TeamLeases
from .member import OURS, Member, milliseconds
from .money import TeamMoney
from .pace import TeamPace, TeamReads
from .server import Away

UNSEEN = 30.0
"""Seconds after which a late place is free that no task in the service's list can stand for: a row may come late."""
PAGE, PAGES = 100, 10
QUERIES = 20
"""Tasks of late places that are asked for one by one in one look."""


class TeamStore:
    """Places, pace, reads, money and claims of one account over all machines.

    `machine` stands for this one's journal: the sums and claims of all its kernels go by this name.
    """

    def __init__(self, member: Member, clock: Clock, client: Client, *, machine: str) -> None:
        self.member = member
        self.attached = False
        """True once this machine's journal is told to the team."""
        self.money = TeamMoney(member, machine, clock.now)
        self.claims = Claims(member, machine)
        self._clock = clock
        self._client = client
        self._running: dict[str, TeamLeases] = {}
        self._most: dict[str, int] = {}
        """By model, what a task may cost at most, in millionths of CNY."""
        self._creating: dict[str, TeamLeases] = {}
        self.reads: Reads = TeamReads(member, clock, service.QUERIES_PER_SECOND)

    def running(self, model: str, limit: Limit) -> TeamLeases:
        lane = f"running:{_plain(model)}"
        found = TeamLeases(self.member, lane, limit.tasks_at_once, listing=f"listed:{_plain(model)}")
        self._running[model], self._most[model] = found, _most(model, limit.region)
        return found

    def creating(self, model: str) -> TeamLeases:
        found = self._creating[model] = TeamLeases(self.member, f"creating:{_plain(model)}", 1)
        return found

    def pace(self, model: str, limit: Limit) -> TeamPace:
        return TeamPace(self.member, _plain(model), self._clock, limit)

    def started(self, model: str, task_id: str) -> None:
        self._running[model].started(task_id)

    def ended(self, model: str, task_id: str) -> None:
        self._running[model].ended(task_id)

    def lets_none_wait(self, model: str) -> bool:
        return self._running[model].takes_none_ahead()

    def refuse_ahead(self, model: str) -> None:
        self._running[model].refuse_ahead(REFUSED_SECONDS)

    def confirm(self, model: str) -> None:
        found = (self._running.get(model), self._creating.get(model))
        lanes = [lane for lane in found if lane is not None]
        try:
            self.member.beat(sending=True)
        except Away as error:
            if not (self.member.is_fresh(OURS) or all(lane.is_within_share() for lane in lanes)):
                raise LeaseLost(str(error)) from None
        if any(lane.has_lost() for lane in lanes):
            raise LeaseLost("the place was given to another machine")

    async def inquire(self, model: str) -> None:
        """Ask the service which tasks of a model run, and free what late places held for those that do not."""
        lane = self._running[model]
        try:
            late = await asyncio.to_thread(self._late_tasks, lane)
            running, pending = await self._listed(model, "RUNNING"), await self._listed(model, "PENDING")
            ended = await self._ended([task for task in late if task not in running | pending][:QUERIES])
            await asyncio.to_thread(self._settle, model, running, pending - running, ended)
        except (BailianError, Away):  # asked again with the next look
            return

    def _late_tasks(self, lane: TeamLeases) -> list[str]:
        found: list[str] = self.member.ask("late", [lane.held_key, lane.tasks_key])
        return found

    async def _listed(self, model: str, status: str) -> set[str]:
        found: set[str] = set()
        for page in range(1, PAGES + 1):
            await self.reads.wait()
            got = await self._client.list_tasks(model=model, status=status, page=page, page_size=PAGE)
            found |= {row.task_id for row in got.rows if row.model in ("", model)}
            if page >= got.pages or not got.rows:
                break
        return found

    async def _ended(self, tasks: Collection[str]) -> set[str]:
        """Ask for each by itself: the list may be late."""
        ended = set()
        for task in tasks:
            await self.reads.wait()
            if (await self._client.query(task)).state not in ("PENDING", "RUNNING"):
                ended.add(task)
        return ended

    def _settle(self, model: str, running: Collection[str], pending: Collection[str], ended: Collection[str]) -> None:
        member, lane = self.member, self._running[model]
        keys = [member.key("life"), lane.held_key, lane.tasks_key, lane.line_key, member.key("open")]
        given = [lane.lane, lane.limit, member.channel, lane.listing, *milliseconds(UNSEEN), len(running), len(pending)]
        member.ask("settle", keys, [*given, self._most[model], *running, *pending, *ended])


def _most(model: str, region: str) -> int:
    """Return what one task may cost at most by list price, in millionths of CNY; 0 where no page gives one."""
    try:
        row = specs.get(model)
    except BailianError:  # a name of the user's own that is registered in another kernel
        return 0
    pictures = next((each.maximum for each in row.parameters if each.name == "n"), None) or 1
    price = row.price(region)
    return round(price.cny * pictures * 1e6) if price and price.cny else 0


def _plain(model: str) -> str:
    return re.sub(r"[^\w.-]", "_", model)
