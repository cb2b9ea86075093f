"""A journal as kernels of other days would have written it, for tests of the ledger and of the caps."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from bailian_nb.money import ledger
from bailian_nb.money.ledger import Sum
from bailian_nb.store.journal import Journal

from .world import t2i

NOW = time.mktime((2026, 11, 21, 15, 0, 0, 0, 0, -1))
DAY = 86400.0
REAL = "https://dashscope.aliyuncs.com/api/v1"


class WrittenJournal:
    """A journal that a test writes as kernels would have."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.journal = Journal(home)
        self.count = 0

    def add(self, state: str, *, at: float = NOW, cost: float | None = None, images: int = 1, **more: Any) -> str:
        """Write one task; `kernel` is the journal of another kernel."""
        self.count += 1
        journal = more.pop("kernel", self.journal)
        emulator = more.pop("emulator", False)
        given = {
            "id": f"job{self.count:03d}",
            "account": "us",
            "base_url": REAL,
            "emulator": emulator,
            "region": "cn-beijing",
            "request": t2i(n=more.pop("n", 1), seed=self.count).to_dict(),
            "out_dir": self.home,
            "created": at,
            "inputs": {},
            "notebook": "",
            **more,
        }
        journal.intend(**given)
        name = given["id"]
        if state != "intent":
            journal.submitting(name, at)
        if state == "accepted":
            journal.accepted(name, task_id=f"t-{name}", request_id="r")
        elif state == "uncertain":
            journal.uncertain(name, "the line broke")
        elif state not in ("intent", "submitting"):
            journal.end(name, state, at=at + 20, images=images if state == "done" else 0, cost=cost)
        return name

    def sum(self, since: float = 0.0, **which: Any) -> Sum:
        found = ledger.read(self.home, accounts={"us"})
        return Sum.of(
            each for each in found if each.sent >= since and all(getattr(each, k) == v for k, v in which.items())
        )
