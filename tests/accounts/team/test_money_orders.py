"""Money over machines in random orders of calls, kills, stops and lost data: the cap holds, nothing unsent blocks."""

from __future__ import annotations

import random
import time

import pytest

from bailian_nb.accounts.team.member import GRACE, LASTS
from bailian_nb.accounts.team.money import TeamMoney

from ...world.team import FakeRedis

CAP = {"max_cost_day": 1.0}
PRICE = 0.1


class Machine:
    """What a machine has in its journal: rows that are put aside, True where their calls are out, and what it paid."""

    def __init__(self, redis: FakeRedis, name: str) -> None:
        self.redis, self.name = redis, name
        self.rows: dict[str, bool] = {}
        self.number = self.spent = 0
        self.begin()

    def begin(self) -> None:
        """Begin a process on this journal; what the one before had not sent is none any more."""
        self.money = TeamMoney(self.redis.member(), self.name, ticks=lambda: self.redis.now)
        self.money._member.on_new_life.append(self.tell_all)
        self.alive, self.stopped = True, False
        self.rows = {row: sent for row, sent in self.rows.items() if sent}
        self.tell_all()

    def tell_all(self) -> None:
        rows = {row: (PRICE, time.time(), sent) for row, sent in self.rows.items()}
        self.tell(open=rows)

    def tell(self, **more: object) -> None:
        spent = self.spent * PRICE
        self.money.tell(self.money.period(), spent, spent, **more)  # type: ignore[arg-type]

    def step(self, dice: random.Random) -> None:
        what = dice.random()
        if not self.alive:
            if what < 0.3:
                self.begin()
        elif self.stopped:
            self.stopped = what > 0.2
        elif what < 0.35:
            self.number += 1
            if self.money.reserve(f"r{self.number}", PRICE, CAP) is True:
                self.rows[f"r{self.number}"] = False
        elif what < 0.65:
            self.send(dice)
        elif what < 0.85:
            self.end(dice)
        elif what < 0.92:
            self.alive = False
        else:
            self.stopped = True

    def send(self, dice: random.Random) -> None:
        unsent = [row for row, sent in self.rows.items() if not sent]
        if unsent:
            row = dice.choice(unsent)
            if self.money.sends(row):
                self.rows[row] = True
            elif self.money.reserve(row, PRICE, CAP) is not True:
                del self.rows[row]

    def end(self, dice: random.Random) -> None:
        sent = [row for row, sent in self.rows.items() if sent]
        if sent:
            row = dice.choice(sent)
            del self.rows[row]
            self.spent += dice.random() < 0.7  # else it failed, and costs nothing
            self.tell(closed=[row])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24))
def test_the_cap_holds_and_nothing_unsent_blocks_it(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice, redis = random.Random(seed), FakeRedis(monkeypatch)
    redis.warm()
    machines = [Machine(redis, name) for name in "abc"]

    def used() -> float:
        """Return CNY that are spent or may be."""
        return PRICE * sum(each.spent + sum(each.rows.values()) for each in machines)

    for _ in range(120):
        redis.now += dice.choice([0.1, 1.0, 3.0])
        for each in machines:
            if each.alive and not each.stopped and dice.random() < 0.9:
                each.money._member._beat_again()
        dice.choice(machines).step(dice)
        if dice.random() < 0.03 and all(each.alive and not each.stopped for each in machines):
            redis.lose_data()
            for each in machines:
                each.money.period()
            redis.now += GRACE + 1
        assert used() <= 1.0 + 1e-9
    redis.now += LASTS + GRACE + 1  # all of them are gone
    left = round(1.0 - used(), 6)
    assert TeamMoney(redis.member(), "other").reserve("r1", left, CAP) is True
