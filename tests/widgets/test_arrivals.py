"""A reader waits for what has arrived before it asked, never for itself, and never for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bailian_nb.widgets import arrivals
from bailian_nb.widgets.arrivals import Arrivals, handling


class Clock:
    """Stands in for `time`."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(arrivals, "time", clock)
    return clock


class Waiting(Arrivals):
    """Arrivals whose waits take no time: the clock moves instead, and `during` is called."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.during: Callable[[], object] = lambda: None

        def wait(timeout: float) -> bool:
            clock.now += timeout
            self.during()
            return True

        self._changed.wait = wait

    def work_slowly(self, due: dict[tuple[str, int], float]) -> None:
        """Work each message off at its time, and take it out of `due` then."""

        def work() -> None:
            for key, when in list(due.items()):
                if self.clock.now >= when:
                    self.done(key)
                    del due[key]

        self.during = work


@pytest.fixture
def waiting(clock: Clock) -> Waiting:
    return Waiting(clock)


@contextmanager
def reader(arrived: Arrivals, name: str = "reader") -> Iterator[list[bool]]:
    """Wait on a thread of its own; what came of it is in the list when the block has ended."""
    said: list[bool] = []
    started = threading.Event()

    def read() -> None:
        started.set()
        said.append(arrived.wait())

    thread = threading.Thread(target=read, name=name)
    thread.start()
    started.wait(10)
    yield said
    thread.join(10)
    assert not thread.is_alive()


def test_nothing_arrived_is_nothing_to_wait_for() -> None:
    assert Arrivals().wait()


def test_a_reader_goes_on_when_what_had_arrived_is_done() -> None:
    arrived = Arrivals()
    arrived.note(("page", 1), "subshell-a")
    arrived.note(("page", 2), "subshell-a")
    with reader(arrived) as said:
        arrived.begin(("page", 1))
        arrived.done(("page", 1))
        assert said == []
        arrived.done(("page", 2))
    assert said == [True]


def test_what_arrives_while_a_reader_waits_is_not_waited_for(waiting: Waiting) -> None:
    waiting.note(("page", 1), "subshell-a")

    def paint_on() -> None:
        waiting.note(("page", 2), "subshell-a")
        waiting.done(("page", 1))

    waiting.during = paint_on
    assert waiting.wait()
    assert set(waiting._open) == {("page", 2)}


def test_a_message_that_nobody_works_off_is_given_up_after_two_seconds_and_forgotten(
    waiting: Waiting, clock: Clock
) -> None:
    waiting.note(("page", 1), "subshell-gone")
    assert not waiting.wait()
    assert clock.now == pytest.approx(102)
    assert waiting.wait()
    assert clock.now == pytest.approx(102)


def test_a_message_that_is_being_worked_off_is_waited_for_however_slow_the_machine(
    waiting: Waiting, clock: Clock
) -> None:
    waiting.note(("page", 1), "subshell-a")
    waiting.note(("page", 2), "subshell-a")
    waiting.begin(("page", 1))
    due = {("page", 1): 109.0, ("page", 2): 110.0}

    waiting.work_slowly(due)
    assert waiting.wait()
    assert clock.now == pytest.approx(110, abs=0.2)


def test_one_that_is_worked_off_for_ever_is_given_up_too(waiting: Waiting, clock: Clock) -> None:
    waiting.begin(("page", 1))
    assert not waiting.wait()
    assert clock.now == pytest.approx(130)
    waiting.note(("page", 2), "subshell-a")
    assert not waiting.wait()
    assert clock.now == pytest.approx(132), "and it holds up none of those behind"


def test_the_two_seconds_count_from_the_last_progress(waiting: Waiting, clock: Clock) -> None:
    for number in range(3):
        waiting.note(("page", number), "subshell-a")
    due = {("page", 0): 101.5, ("page", 1): 103.0}  # and the third one never

    waiting.work_slowly(due)
    assert not waiting.wait()
    assert not due
    assert clock.now == pytest.approx(105, abs=0.11)
    assert waiting.wait()


def test_a_message_that_was_given_up_and_comes_after_all_is_waited_for_while_it_is_handled(waiting: Waiting) -> None:
    waiting.note(("page", 1), "subshell-a")
    assert not waiting.wait()
    waiting.begin(("page", 1))
    waiting.during = lambda: waiting.done(("page", 1))
    with reader(waiting) as said:
        pass
    assert said == [True]


def test_the_thread_that_will_handle_a_message_does_not_wait_for_it(clock: Clock) -> None:
    arrived = Arrivals()
    arrived.note(("page", 1), "subshell-a")
    with reader(arrived, "subshell-a") as said:
        pass
    assert said == [True]
    assert clock.now == 100


def test_a_thread_that_has_handled_messages_does_not_wait(clock: Clock) -> None:
    arrived = Arrivals()

    def handle() -> None:
        arrived.begin(("page", 1))
        arrived.done(("page", 1))
        arrived.note(("page", 2), "subshell-b")
        assert arrived.wait()

    thread = threading.Thread(target=handle, name="a kernel's own name for it")
    thread.start()
    thread.join(10)
    assert clock.now == 100


def test_a_handler_on_the_main_thread_does_not_wait_and_a_cell_does(waiting: Waiting, clock: Clock) -> None:
    with handling():
        waiting.begin(("page", 1))
        waiting.note(("other page", 1), "subshell-a")
        assert waiting.wait()
        waiting.done(("page", 1))
    assert clock.now == 100
    assert not waiting.wait()
    assert clock.now == pytest.approx(102)


def test_a_closed_widget_expects_nothing() -> None:
    arrived = Arrivals()
    arrived.note(("page", 1), "subshell-a")
    with reader(arrived) as said:
        arrived.forget()
    assert said == [True]
