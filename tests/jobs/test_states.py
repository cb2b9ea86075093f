"""A Job's states: whatever breaks, in whatever order, each Job ends, no paid picture is lost, none is made twice."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bailian_nb.errors import SubmitUncertain
from bailian_nb.gallery import Record, read_record
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.resume import resume_rows
from bailian_nb.jobs.status import Status
from bailian_nb.request import Request

from ..world.chaos import FAULTS, Chaos, Fault
from ..world.jumping_clock import JumpingClock, until
from ..world.world import World

ENDS: set[Status] = {"SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"}
FROM: dict[Status, set[Status]] = {
    "WAITING": {"QUEUED", "FAILED", "CANCELED"},
    "QUEUED": {"SUBMITTING", "FAILED", "CANCELED"},
    "SUBMITTING": {"QUEUED", "UNCERTAIN", "PENDING", *ENDS},
    "UNCERTAIN": {"PENDING", "FAILED"},
    "PENDING": {"RUNNING", "SAVING", *ENDS},
    "RUNNING": {"SAVING", *ENDS},
    "SAVING": ENDS - {"CANCELED"},
    **{status: set() for status in ENDS},
}
"""The edges of the state machine."""
PLANS = (
    *("", "emulator:latency=8", "emulator:pending=6", "emulator:flaky=2"),
    *("emulator:fail=InternalError.Algo", "emulator:reject=InvalidParameter", "emulator:slot=1:InternalError.Timeout"),
)
MODELS = ("wan2.2-t2i-flash", "wan2.6-t2i")
"""The first one's answers repeat the prompt, so that a lost task finds its owner; the second one's do not."""

QUICK = settings(
    max_examples=30 if os.environ.get("BAILIAN_NB_REQUIRE_BROWSER") else 12,  # `.ci/run` and `make test-all` have time
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=(Phase.explicit, Phase.generate),  # threads decide what happens: smaller examples would not fail again
)
THOROUGH = settings(QUICK, max_examples=400)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One call: what the emulator is to do with it."""

    plan: str
    model: str
    n: int

    def request(self, number: int) -> Request:
        prompt = f"hill {number} {self.plan}".strip()
        size = "512*512" if self.model == MODELS[0] else "768*768"
        values = {"prompt": prompt, "n": self.n, "size": size, "seed": 100 * (number + 1)}
        return Request(model=self.model, values=values, seed_given=True)


@dataclass(frozen=True, kw_only=True)
class Event:
    """After so many calls, cancel a Job, or (-1) kill the kernel."""

    after: int
    job: int


def script() -> st.SearchStrategy[dict[str, list[Fault]]]:
    return st.fixed_dictionaries(
        {kind: st.lists(st.sampled_from(faults), max_size=5) for kind, faults in FAULTS.items()}
    )


wanted = st.lists(
    st.builds(Wanted, plan=st.sampled_from(PLANS), model=st.sampled_from(MODELS), n=st.integers(1, 2)),
    min_size=1,
    max_size=3,
)
events = st.lists(st.builds(Event, after=st.integers(1, 14), job=st.integers(-1, 2)), max_size=3)


@QUICK
@given(calls=wanted, faults=script(), what=events)
def test_no_order_of_faults_loses_a_picture_or_makes_one_twice(
    calls: list[Wanted], faults: dict[str, list[Fault]], what: list[Event]
) -> None:
    run(calls, faults, what)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@THOROUGH
@given(calls=wanted, faults=script(), what=events)
def test_no_order_of_faults_among_many_loses_a_picture_or_makes_one_twice(
    calls: list[Wanted], faults: dict[str, list[Fault]], what: list[Event]
) -> None:
    run(calls, faults, what)


def run(calls: list[Wanted], faults: dict[str, list[Fault]], what: list[Event]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder), faults)
        try:
            story.tell(calls, sorted(what, key=lambda event: event.after))
            story.end_well()
            check(story, calls)
        finally:
            story.world.close()


@dataclass
class Story:
    """Kernels one after another on one disk."""

    folder: Path
    faults: dict[str, list[Fault]]
    seen: list[list[Status]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    killed: bool = False

    def __post_init__(self) -> None:
        self.clock = JumpingClock()
        self.chaos: Chaos | None = None
        self.world = self._kernel()

    def tell(self, calls: list[Wanted], what: list[Event]) -> None:
        for number, call in enumerate(calls):
            self._watch(self.world.job(call.request(number)))
        for event in what:
            self._until(lambda event=event: self._chaos.calls >= event.after)
            if event.job < 0:
                self.killed = True
                self.next_kernel()
            elif event.job < len(self.jobs):
                self.jobs[event.job].cancel()

    def end_well(self) -> None:
        """Let nothing break any more, and resume until nothing is left to resume."""
        self._chaos.calm()
        for _ in range(4):
            self._until(lambda: False)
            if not (left := self.next_kernel()):
                return
        self._until(lambda: False)
        open_ = [job for job in left if not isinstance(job.error, SubmitUncertain)]
        assert not open_, f"resume comes to no end: {open_}"

    def next_kernel(self) -> list[Job]:
        """Kill the kernel; the next one takes up what is open."""
        self.world.die()
        self.world = self._kernel()
        self.jobs = []
        world = self.world
        more = {"known": lambda name: False, "attach": self._attach}
        resume_rows(world.journal, world.runner, world.account, self.clock, **more)
        return self.jobs

    @property
    def _chaos(self) -> Chaos:
        assert self.chaos is not None
        return self.chaos

    def _kernel(self) -> World:
        world = World(self.folder / "home", self.folder / "out", self.clock, latency=(0.5, 2.0))
        if self.chaos is None:
            self.chaos = Chaos(app=world.app, script={kind: list(faults) for kind, faults in self.faults.items()})
        self.chaos.app = world.app
        world.transport.app = self.chaos
        return world

    def _attach(self, job: Job) -> None:
        job.attach(self.world.runner, self.world.callbacks, self.world.callback_loop)
        self._watch(job)

    def _watch(self, job: Job) -> None:
        """Keep every status: a callback that comes late would see the next one, so the change itself is heard."""
        self.jobs = [*self.jobs, job]
        path: list[Status] = []
        self.seen.append(path)
        change = job.change

        def heard(**values: Any) -> None:
            if not job.final and "status" in values and [values["status"]] != path[-1:]:
                path.append(values["status"])
            change(**values)

        with job._lock:  # it may run already: no status changes unheard meanwhile
            path.append(job.status)
            job.change = heard  # type: ignore[method-assign]

    def _until(self, done: Callable[[], bool]) -> None:
        until(lambda: done() or all(job.final for job in self.jobs), timeout=20)


def check(story: Story, calls: list[Wanted]) -> None:
    creates = story.world.log()["creates"]
    seeds = [task["seed"] for task in creates]
    assert len(seeds) == len(set(seeds)), "a task was made twice"
    normal, apart = saved(story.folder / "out")
    by_id = {task["task_id"]: task for task in creates}
    for record in normal:
        assert by_id[record.task_id]["seed"] == record.values["seed"], "a picture was given to the wrong Job"
    names = [(record.task_id, record.index) for record in normal]
    # A kernel that is killed between a file and its line in the journal leaves a copy, which costs nothing.
    assert story.killed or len(names) == len(set(names)), "a picture was saved twice"
    for task in creates:
        mine = {record.index for record in [*normal, *apart] if record.task_id == task["task_id"]}
        assert len(mine) == task["billed"], f"{task['billed']} pictures were paid, {mine} saved"
    kept = {record.task_id for record in apart}
    for row in story.world.journal.recent():
        if row.state == "uncertain":
            made = [task for task in creates if task["seed"] == row.request["values"]["seed"]]
            assert all(task["task_id"] in kept or not task["billed"] for task in made), row
        else:
            assert row.state in ("done", "failed", "canceled", "intent"), row
    for path in story.seen:
        for before, after in itertools.pairwise(path):
            assert after in FROM[before], path


def saved(out: Path) -> tuple[list[Record], list[Record]]:
    """Return the Records of all pictures: those of Jobs, and those that are set apart."""
    normal, apart = [], []
    for path in sorted(out.rglob("*.png")):
        record = read_record(path)
        assert record is not None
        (apart if "unclaimed" in path.parts else normal).append(record)
    return normal, apart
