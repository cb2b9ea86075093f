"""Changes in quick succession are shown together, on a thread with a name, and an older state never comes last."""

from __future__ import annotations

import threading

from bailian_nb.widgets.pace import Later, Paced

from ..world.jumping_clock import until


def test_what_many_ask_for_is_done_once_and_again_for_who_asks_later() -> None:
    done: list[str] = []
    later = Later(lambda: done.append(threading.current_thread().name), "tests")
    for _ in range(5):
        later.ask(0.01)
    until(lambda: done)
    assert done == ["bailian_nb-tests"]
    later.ask(0)
    until(lambda: len(done) == 2)


def test_what_is_canceled_is_not_done() -> None:
    done: list[int] = []
    later = Later(lambda: done.append(1), "tests")
    later.ask(0.02)
    assert later.cancel()
    assert not later.cancel()
    later.ask(0.05)
    until(lambda: done)
    assert done == [1]


def test_the_first_change_is_shown_at_once_and_the_next_ones_together() -> None:
    shown: list[int] = []
    paced = Paced(lambda: shown.append(paced.begin()), 0.05, "tests")
    for _ in range(10):
        paced.change()
    assert shown == [1]
    until(lambda: len(shown) == 2)


def test_an_older_state_is_not_shown_after_a_newer_one() -> None:
    paced = Paced(lambda: None, 0.0, "tests")
    first, second = paced.begin(), paced.begin()
    assert paced.is_newest(second)
    assert not paced.is_newest(first)
