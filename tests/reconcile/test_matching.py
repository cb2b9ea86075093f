"""Which tasks can be whose, when all open calls are looked at together."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from bailian_nb.reconcile.matching import Edges, must_be, must_be_anothers, strangers

CALLS = ("a", "b", "c")
tables = st.dictionaries(st.sampled_from(["t1", "t2", "t3"]), st.frozensets(st.sampled_from(CALLS)), min_size=1)


def ways(edges: Edges) -> list[dict[str, str]]:
    """Return every way to give each task a call of its own."""
    given = (dict(zip(edges, calls, strict=False)) for calls in permutations(CALLS, len(edges)))
    return [way for way in given if all(call in edges[task] for task, call in way.items())]


@given(edges=tables)
def test_a_task_is_left_over_where_no_way_gives_each_one_a_call(edges: Edges) -> None:
    assert bool(strangers(edges)) == (not ways(edges))


@given(edges=tables, task=st.sampled_from(["t1", "t2", "t3"]), call=st.sampled_from(CALLS))
def test_a_task_is_a_calls_own_where_every_way_says_so(edges: Edges, task: str, call: str) -> None:
    if task not in edges or not (all_ways := ways(edges)):
        return
    assert must_be(edges, task, call) == all(way[task] == call for way in all_ways)
    assert must_be_anothers(edges, task, call) == all(way[task] != call for way in all_ways)


def test_a_task_that_nobody_can_have_made_is_a_strangers() -> None:
    assert strangers({"t1": ["a"], "t2": []}) == {"t2"}
    assert not strangers({})
