"""Jobs over a way where every fifth exchange breaks, beside a colleague of the same key, and a kernel dies half-way.

`python tests/benchmarks/chaos.py` does the same with ten times as many.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .chaos_run import run

JOBS = 30


@pytest.mark.slow
def test_nothing_is_lost_mixed_up_or_paid_twice_on_a_bad_way(tmp_path: Path) -> None:
    outcome = run(tmp_path, jobs=JOBS, seed=1, same_key=True, speed=40.0, list_delay=1.0)
    found = outcome.count
    assert found.good, outcome.table()
    assert found.answered > JOBS / 2, outcome.table()
    assert sum(times for name, times in outcome.faults.items() if " - " in name) > JOBS / 2, outcome.faults
