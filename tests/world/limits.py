"""Limits of a model as the tests of the limiter set them."""

from __future__ import annotations

from bailian_nb.specs import Limit

LIMIT = Limit(region="cn-beijing", submits_per_second=50, tasks_at_once=2)

TWO_A_SECOND = Limit(region="cn-beijing", submits_per_second=2, tasks_at_once=2)


def silent(_: object) -> None:
    return
