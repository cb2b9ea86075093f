"""A bucket in memory, as `memory://` names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fsspec

from bailian_nb.store import buckets


@contextmanager
def empty_bucket() -> Iterator[Any]:
    """Give the store of all buckets in memory, empty before and after, and none of them counting as away."""
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    buckets.try_again()
    try:
        yield memory
    finally:
        memory.store.clear()
        buckets.try_again()
