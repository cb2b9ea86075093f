"""Two kernels on one journal, in any order of what may happen to them: each request is paid once, and nothing is lost.

The kernels are whole sessions that take single steps on one clock, so each story ends as it did when it is told again,
and Hypothesis can make it as short as it can be.
"""

from __future__ import annotations

import contextlib
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bailian_nb.errors import InvalidRequest, SubmitUncertain
from bailian_nb.gallery import Record, read_record
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.resume import forget
from bailian_nb.money.budget import Budget
from bailian_nb.session.resume import resume
from bailian_nb.store.kernels import STALE
from bailian_nb.store.row import Row, RowLost

from ..world.stepped import SteppedClock, SteppedKernel, Way, run, stepped_time

MODEL = "wanx2.1-t2i-turbo"  # its answers say which prompt they are for
CALLS = (
    {"prompt": "a hill", "seed": 1},
    {"prompt": "a lake emulator:pending=20", "seed": 2},
    {"prompt": "a wood", "seed": 3},
    {"prompt": "a town emulator:latency=300", "seed": 4},
)
STATES = ("intent", "submitting", "uncertain", "accepted")
LONG = STALE + 10.0
Event = tuple[str, dict[str, Any]]
"""A method of `TwoKernels`, and what it is given."""


def events() -> list[Event]:
    """Return what may happen, the more often the more of it comes to light."""
    found: list[Event] = []

    def add(weight: int, name: str, **given: Any) -> None:
        found.extend([(name, given)] * weight)

    for which in (0, 1):
        add(15, "begin", which=which, number=0)
        add(4, "begin", which=which, number=1)
        for state in STATES:
            add(4, "stop", which=which, state=state, seconds=LONG)
            add(1, "stop", which=which, state=state, seconds=0.0)
        for seconds in (0.0, 3.0, 20.0, LONG):
            add(3, "go_on", which=which, rounds=12, seconds=seconds)
        add(9, "wake", which=which)
        add(6, "kill", which=which)
        add(10, "take_up", which=which, send=False)
        add(4, "take_up", which=which, send=True)
        add(4, "cancel", number=which)
        add(14, "forget", which=which)
    for what in ("before", "after", "hang", "index", "key"):
        add(4, "something_breaks", what=what)
    return found


BEGINNINGS = [
    {"number": number, "state": state, "stands": stands}
    for number in (0, 0, 0, 1)
    for state in (*STATES, "submitting", "submitting")
    for stands in (True, True, False)
]


class TwoKernels:
    """Two kernels of one home, what is between them and the service, and what may happen to all of them."""

    def __init__(self, *, emulator: bool = True) -> None:
        self.exit = contextlib.ExitStack()
        self.folder = Path(self.exit.enter_context(tempfile.TemporaryDirectory()))
        self.home = self.folder / "home"
        self.exit.enter_context(_environment(self.folder, emulator))
        self.clock = SteppedClock()
        self.exit.enter_context(stepped_time(self.clock))
        self.way = Way(self.home, self.clock)
        self.exit.callback(self.way.close)
        self.key = "first"
        self.dead: list[SteppedKernel] = []
        self.kernels = [self.new_kernel(), self.new_kernel()]
        self.jobs: list[tuple[SteppedKernel, Job]] = []
        self.begun: set[int] = set()
        self.misled: set[int] = set()
        """Seeds of calls whose task existed when the user said that there was none."""

    def new_kernel(self) -> SteppedKernel:
        return SteppedKernel(self.home, self.clock, self.way, self.key)

    def close(self) -> None:
        for kernel in (*self.kernels, *self.dead):
            kernel.end()
        self.exit.close()

    def one_begins(self, number: int, state: str, stands: bool) -> None:
        self.begin(0, number)
        if stands:
            self.stop(0, state, LONG)
        else:
            self.until(self.kernels[0], state)

    def begin(self, which: int, number: int) -> None:
        kernel = self.awake(which)
        with contextlib.suppress(SubmitUncertain):
            self.jobs.append((kernel, self.send(kernel, number)))
        self.begun.add(number)

    def send(self, kernel: SteppedKernel, number: int) -> Job:
        values = {"size": "512*512", "n": 1, **CALLS[number]}
        session = kernel.session
        return session.send(session.plan(model=MODEL, values=values, out_dir=self.folder / "out"))

    def awake(self, which: int) -> SteppedKernel:
        """Return that kernel, or the other one where it stands still; where both do, it wakes up."""
        if all(kernel.stands for kernel in self.kernels):
            self.kernels[which].stands = False
        return self.kernels[1 - which if self.kernels[which].stands else which]

    def until(self, kernel: SteppedKernel, state: str) -> None:
        """Let a kernel go on until a row of its own is in this state, or it waits for time to pass."""
        for _ in range(400):
            name = kernel.session.journal.kernel
            if any(row.kernel == name and row.state == state for row in self.rows()) or kernel.step(1) != 0.0:
                return

    def stop(self, which: int, state: str, seconds: float) -> None:
        """Stop a kernel right where its row comes into a state; the other one goes on."""
        kernel = self.awake(which)
        self.until(kernel, state)
        kernel.stands = True
        run(self.kernels, self.clock, seconds)

    def wake(self, which: int) -> None:
        self.kernels[which].stands = False

    def go_on(self, which: int, rounds: int, seconds: float) -> None:
        """Let one kernel do a little, and then time pass for all."""
        if not self.kernels[which].stands:
            self.kernels[which].step(rounds)
        run(self.kernels, self.clock, seconds)

    def kill(self, which: int) -> None:
        """Kill one; its user starts it again."""
        self.kernels[which].die()
        self.dead.append(self.kernels[which])
        self.kernels[which] = self.new_kernel()

    def take_up(self, which: int, send: bool) -> None:
        kernel = self.awake(which)
        self.jobs += [(kernel, job) for job in resume(kernel.session, send).jobs]

    def forget(self, which: int) -> None:
        """Let the user say of what is uncertain that it has no task, wherever that is let pass."""
        kernel = self.awake(which)
        for row in self.rows():
            made = any(task["seed"] == seed_of(row) for task in self.created())
            with contextlib.suppress(InvalidRequest):
                forget(kernel.session.journal, row.base_url, row.id, at=self.clock.now())
                self.misled |= {seed_of(row)} if made else set()

    def cancel(self, number: int) -> None:
        kernel, job = self.jobs[number % len(self.jobs)]
        if not kernel.stands:
            job.cancel()

    def something_breaks(self, what: str) -> None:
        """Let the next create call break (before the service hears of it, after, or never), or lose what is ours."""
        if what == "index":
            for path in self.home.glob("index.sqlite*"):
                path.unlink()
        elif what == "key":
            self.rotate_key()
        else:
            self.way.lose.append(what)

    def rotate_key(self) -> None:
        self.key = "second" if self.key == "first" else "first"
        for kernel in self.kernels:
            kernel.accounts.key = self.key

    def each_request_is_paid_once(self) -> None:
        paid = Counter(task["seed"] for task in self.created() if task["status"] not in ("CANCELED", "FAILED"))
        assert all(count == 1 or seed in self.misled for seed, count in paid.items()), paid

    def end_well(self) -> None:
        """Let nothing break any more; then all that is open ends, or says why not, and each call has its picture."""
        self.way.lose.clear()
        for kernel in self.kernels:
            kernel.stands = False
        run(self.kernels, self.clock, 1500)
        for kernel, job in self.jobs:
            assert job.final or kernel in self.dead, (job, job.notes)
            assert "fault in bailian_nb" not in str(job.error), job.error
        for _ in range(3):
            self.rotate_key()  # what was sent with a key is looked for with that key
            self.kill(0)
            resume(self.kernels[0].session)
            run(self.kernels, self.clock, 1500)
        self.each_request_is_paid_once()
        for row in self.rows():
            if row.state == "uncertain":
                continue
            assert row.state in ("done", "failed", "canceled", "intent"), row
        for number in sorted(self.begun):
            self.has_its_picture(number)
        self.each_request_is_paid_once()
        for record in records(self.folder / "out"):
            assert self.seed_of_task(record.task_id) == record.values["seed"], "a picture was given to the wrong call"

    def has_its_picture(self, number: int) -> None:
        job: Job | None = None
        with contextlib.suppress(SubmitUncertain):
            job = self.send(self.kernels[0], number)
            run(self.kernels, self.clock, 1500)
            assert job.final, job
        if job is None or isinstance(job.error, SubmitUncertain):
            states = {row.state for row in self.rows() if seed_of(row) == CALLS[number]["seed"]}
            assert "uncertain" in states, states
            return
        (picture,) = job.result(0)
        assert picture.record.values["seed"] == CALLS[number]["seed"]

    def rows(self) -> list[Row]:
        kernel = self.kernels[0]
        return kernel.session.journal.recent() if (self.home / "journal.sqlite").exists() else []

    def created(self) -> list[dict[str, Any]]:
        import json

        scope = {"type": "http", "method": "GET", "path": "/emulator/log", "headers": [], "query_string": b""}
        said = self.way.hear(scope, b"")
        found: list[dict[str, Any]] = json.loads(b"".join(each.get("body", b"") for each in said))["creates"]
        return found

    def seed_of_task(self, task_id: str) -> int:
        return next(int(task["seed"]) for task in self.created() if task["task_id"] == task_id)


def seed_of(row: Row) -> int:
    return int(row.request["values"]["seed"])


def records(out: Path) -> Iterator[Record]:
    for path in sorted(out.rglob("*.png")):
        if "unclaimed" not in path.parts and (record := read_record(path)) is not None:
            yield record


@contextlib.contextmanager
def _environment(folder: Path, emulator: bool) -> Iterator[None]:
    """Set all that a story goes by, so that it ends the same wherever it is told; False: as if it were the service."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAILIAN_NB_EMULATOR", str(int(emulator)))
        patch.setenv("BAILIAN_NB_HOME", str(folder / "home"))
        patch.setenv("BAILIAN_NB_OUT", str(folder / "out"))
        yield


@contextlib.contextmanager
def told(*, emulator: bool = True) -> Iterator[TwoKernels]:
    """Tell a story, and bring it to its good end."""
    story = TwoKernels(emulator=emulator)
    try:
        yield story
        story.each_request_is_paid_once()
        story.end_well()
    finally:
        story.close()


def tell(beginning: dict[str, Any], happens: list[Event], *, emulator: bool) -> None:
    with told(emulator=emulator) as story:
        story.one_begins(**beginning)
        for name, given in happens:
            getattr(story, name)(**given)
            story.each_request_is_paid_once()


def test_a_call_that_was_given_up_while_its_kernel_stood_still_before_sending_it_is_not_sent() -> None:
    with told() as story:
        story.one_begins(number=0, state="submitting", stands=False)
        story.stop(which=0, state="submitting", seconds=LONG)
        story.forget(which=1)
        story.begin(number=0, which=1)
        story.go_on(which=1, rounds=1, seconds=20)
        story.wake(which=0)
        story.go_on(which=1, rounds=1, seconds=20)
        ours, theirs = (job for _, job in story.jobs)
        assert "given up by the user" in str(ours.error)
        assert len(theirs.result(0)) == 1


@pytest.mark.parametrize("after", [20, 200])
def test_a_kernel_that_wakes_up_before_it_sent_takes_its_call_back_from_who_looks_for_its_task(after: float) -> None:
    """It alone knows that nothing went out: the other one would look for minutes, and the user would have to say."""
    with told() as story:
        story.one_begins(number=0, state="submitting", stands=False)
        story.stop(which=0, state="submitting", seconds=LONG)
        story.take_up(which=1, send=False)
        story.go_on(which=1, rounds=1, seconds=after)
        assert [row.state for row in story.rows()] == ["uncertain"]
        story.wake(which=0)
        story.go_on(which=0, rounds=1, seconds=20)
        assert [len(job.result(0)) for _, job in story.jobs] == [1, 1]
        assert len(story.created()) == 1


@pytest.mark.seldom
def test_a_call_whose_row_was_taken_over_while_its_kernel_stood_still_before_sending_it_is_not_sent() -> None:
    with told() as story:
        story.one_begins(number=0, state="submitting", stands=False)
        story.stop(which=0, state="submitting", seconds=LONG)
        story.take_up(which=1, send=False)
        story.go_on(which=1, rounds=1, seconds=200)
        story.forget(which=1)
        story.begin(number=0, which=1)
        story.go_on(which=1, rounds=1, seconds=20)
        story.wake(which=0)


def test_a_row_that_went_to_another_key_while_its_kernel_stood_still_is_taken_back() -> None:
    with told() as story:
        story.one_begins(number=0, state="accepted", stands=False)
        story.stop(which=0, state="accepted", seconds=LONG)
        story.rotate_key()
        story.take_up(which=1, send=False)
        story.kill(which=1)
        story.wake(which=0)
        story.go_on(which=1, rounds=1, seconds=200)
        assert len(story.jobs[0][1].result(0)) == 1


@pytest.mark.seldom
def test_who_waits_for_a_place_takes_over_the_tasks_of_a_kernel_that_stands_still() -> None:
    """The service still counts them: a place that is free by our books alone would be refused there."""
    with contextlib.closing(TwoKernels()) as story:
        story.begin(which=0, number=0)
        story.begin(which=0, number=2)
        run(story.kernels, story.clock, 1.0)
        theirs = {row.id for row in story.rows()}
        story.stop(which=0, state="accepted", seconds=STALE - 5.0)
        story.begin(which=1, number=3)
        story.begin(which=1, number=1)
        run(story.kernels, story.clock, 15.0)
        assert story.kernels[0].stands
        ours = story.kernels[1].session.journal.kernel
        taken = [(row.state, row.kernel) for row in story.rows() if row.id in theirs]
        assert taken == [("done", ours), ("done", ours)]
        story.each_request_is_paid_once()


@pytest.mark.seldom
def test_calls_beside_one_that_is_stopped_as_it_goes_out_wait_for_no_row_that_would_have_come_long_ago() -> None:
    """Whoever takes that over looks for its task; what its kernel sent before it was stopped has long been heard."""
    with told() as story:
        story.one_begins(number=0, state="submitting", stands=False)
        story.stop(which=0, state="submitting", seconds=1.0)
        began = story.clock.now()
        for number in (1, 2, 3):
            story.begin(which=1, number=number)
        run(story.kernels, story.clock, 100.0)
        assert story.kernels[0].stands
        waited = [job.submitted - began for _, job in story.jobs[1:] if job.submitted is not None]
        assert len(waited) == 3
        assert max(waited) <= STALE + 15.0
        story.wake(which=0)


def test_a_call_that_goes_out_with_two_keys_at_once_is_paid_once() -> None:
    with told() as story:
        story.begin(number=0, which=1)
        story.rotate_key()
        story.begin(number=0, which=0)


def test_a_call_that_is_sent_with_another_key_while_its_kernel_stands_still_is_not_sent_by_that_one() -> None:
    with told() as story:
        story.one_begins(number=0, state="intent", stands=True)
        story.rotate_key()
        story.begin(number=0, which=1)
        story.go_on(which=1, rounds=1, seconds=20)
        story.wake(which=0)


def test_a_call_that_is_canceled_here_after_another_kernel_has_taken_it_over_ends_canceled() -> None:
    with told() as story:
        story.one_begins(number=0, state="intent", stands=True)
        story.begin(number=0, which=1)
        story.stop(which=1, state="intent", seconds=0)
        story.wake(which=0)
        story.cancel(number=0)
        story.go_on(which=0, rounds=1, seconds=20)
        assert story.jobs[0][1].status == "CANCELED"
        assert "fault" not in str(story.jobs[0][1].error)


@pytest.mark.parametrize("ends", ["dies", "closes", "stands"])
def test_a_row_that_another_kernel_took_over_and_left_unsent_is_sent_by_who_asked_for_it_first(ends: str) -> None:
    with told() as story:
        story.one_begins(number=0, state="intent", stands=True)
        story.begin(number=0, which=1)
        story.stop(which=1, state="intent", seconds=0)
        story.wake(which=0)
        story.go_on(which=0, rounds=12, seconds=3)
        ours = story.jobs[0][1]
        assert ours.followed, "the other one is about to send it"
        if ends == "dies":
            story.kill(which=1)
        elif ends == "closes":
            for row in story.rows():
                story.kernels[1].session.journal.release(row.id)
            story.kill(which=1)
        story.go_on(which=0, rounds=12, seconds=LONG + 30)
        assert len(ours.result(0)) == 1
        assert len(story.created()) == 1


def test_rows_of_one_request_that_took_each_others_place_at_the_same_moment_are_not_followed_in_a_circle() -> None:
    with told() as story:
        story.one_begins(number=1, state="intent", stands=True)
        story.begin(number=0, which=0)
        story.begin(number=1, which=0)
        story.stop(which=0, state="accepted", seconds=LONG)


def test_the_caps_are_asked_anew_of_a_call_that_comes_back_unsent() -> None:
    """Others may have spent what was left of the day while its row was another kernel's."""
    with told() as story, pytest.MonkeyPatch.context() as patch:
        story.one_begins(number=0, state="intent", stands=True)
        story.begin(number=0, which=1)
        story.stop(which=1, state="intent", seconds=0)
        story.wake(which=0)
        story.go_on(which=0, rounds=12, seconds=3)
        asked: list[str] = []
        patch.setattr(Budget, "check", lambda self, db, **named: asked.append(str(self.call)))
        story.kill(which=1)
        story.go_on(which=0, rounds=12, seconds=30)
        assert len(story.jobs[0][1].result(0)) == 1
        assert len(asked) == 1


def test_a_task_that_was_found_is_not_written_into_a_row_that_was_taken_over() -> None:
    """By a kernel that stood still between its search and the note."""
    with told() as story:
        story.way.lose.append("after")
        story.one_begins(number=0, state="uncertain", stands=False)
        first = story.kernels[0].session.journal
        story.stop(which=0, state="uncertain", seconds=LONG)
        story.take_up(which=1, send=False)
        (row,) = story.rows()
        with pytest.raises(RowLost):
            first.own(row.id, row.base_url, "a-task")
        assert not first.adopt(row, row.base_url, "a-task"), "another kernel drives it"


@pytest.mark.parametrize("first", [100, *(pytest.param(each, marks=pytest.mark.slow) for each in range(105, 150, 5))])
def test_no_order_of_events_pays_twice_or_loses_a_picture(first: int) -> None:
    """Stories that are drawn evenly: Hypothesis, which loves to vary a few, needs ten times as many."""
    for number in range(first, first + 5):
        dice = random.Random(number)
        story = dice.choice(BEGINNINGS), dice.choices(events(), k=7)
        try:
            tell(*story, emulator=bool(number % 2))
        except BaseException as error:
            error.add_note(f"story {number}: {story}")
            raise


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(
    max_examples=3000,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
@given(st.sampled_from(BEGINNINGS), st.lists(st.sampled_from(events()), min_size=4, max_size=9), st.booleans())
def test_no_order_of_events_among_many_pays_twice_or_loses_a_picture(
    beginning: dict[str, Any], happens: list[Event], emulator: bool
) -> None:
    tell(beginning, happens, emulator=emulator)
