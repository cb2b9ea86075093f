"""Which tasks of the list can be whose, when all open calls are looked at together; `search` asks.

As long as nobody else uses the key, each task that no row owns was made by one of the open calls. One that only a
single call can have made is that call's own, and a call whose every task must be another's has made none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

Edges = Mapping[str, Collection[str]]
"""By task, the calls that can have made it."""


def strangers(edges: Edges) -> frozenset[str]:
    """Return tasks that are left over however the others are given to calls, each call having made one at most."""
    return frozenset(edges) - frozenset(_given(edges).values())


def must_be(edges: Edges, task: str, call: str) -> bool:
    """Tell whether no other call can have made this task, when all of them are given to calls."""
    others = {name: [each for each in calls if (name, each) != (task, call)] for name, calls in edges.items()}
    return call in edges[task] and bool(strangers(others))


def must_be_anothers(edges: Edges, task: str, call: str) -> bool:
    """Tell whether this call cannot have made the task, since then there were none for another one."""
    return call not in edges[task] or bool(strangers({**edges, task: [call]}))


def _given(edges: Edges) -> dict[str, str]:
    """Give as many tasks as possible to calls (augmenting paths), and return them by call."""
    given: dict[str, str] = {}

    def give(task: str, seen: set[str]) -> bool:
        for call in edges[task]:
            if call in seen:
                continue
            seen.add(call)
            if call not in given or give(given[call], seen):
                given[call] = task
                return True
        return False

    for task in edges:
        give(task, set())
    return given
