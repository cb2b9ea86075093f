"""An edit of a Job's picture is the same call as an edit of the picture, whether the Job has ended or not."""

from __future__ import annotations

from dataclasses import replace

import pytest

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.errors import BillingError, SubmitUncertain, TaskCanceled, TaskFailed
from bailian_nb.session import session as sessions

from ..world.emulator_log import created, creates
from ..world.jumping_clock import until
from ..world.open_rows import refuse_lists, row_of, write_row

pytestmark = pytest.mark.usefixtures("unlimited")

MODEL = "wanx2.1-t2i-turbo"


def draw(prompt: str = "a hill") -> wan.Job:
    return wan.t2i(prompt, model=MODEL, size="768*768", seed=5)


def edit(image: object, prompt: str = "gold leaf", **more: object) -> wan.Job:
    return wan.edit(image, "stylization_all", prompt, **{"seed": 7, **more})


def promised(name: str = "later") -> wan.Job:
    """Return a Job that has not ended; `keep` lets it end with a picture."""
    return wan.Job(id=name, request=None, label="drawn", emulator=True, created=0.0, cost=0.0)


def keep(job: wan.Job, picture: wan.Picture) -> None:
    job.succeed(wan.Result([picture], cost=0.0), at=0.0)


def edits() -> int:
    return sum(1 for each in created() if each["function"] == "stylization_all")


@pytest.mark.seldom
def test_the_cells_of_a_notebook_run_twice_pay_once() -> None:
    for _ in range(2):
        drawn = draw().wait(30)
        edited = edit(drawn).wait(30)
    assert edited.outcome is not None
    assert edited.outcome.cached
    assert creates() == 2
    assert edit(drawn.result()[0]).wait(30).outcome.cached
    assert not edit(drawn, cache=False).wait(30).outcome.cached
    assert creates() == 3


@pytest.mark.seldom
def test_the_same_edit_twice_while_its_picture_is_drawn_pays_once() -> None:
    drawn = draw("a hill emulator:latency=0.3")
    first, second = edit(drawn), edit(drawn)
    assert first.result(30)[0].path == second.result(30)[0].path
    assert sorted([first.outcome.cached, second.outcome.cached]) == [False, True]
    assert {first.cost, second.cost} == {0.0}
    assert edits() == 1


@pytest.mark.seldom
def test_an_edit_of_a_picture_that_is_still_drawn_is_answered_from_disk() -> None:
    picture = draw().result(30)[0]
    edit(picture).wait(30)
    again = edit(later := promised())
    assert not again.final
    keep(later, picture)
    assert again.result(30).cached
    assert again.cost == 0.0
    assert edits() == 1


def test_the_one_that_waits_for_the_same_call_ends_as_that_does() -> None:
    drawn = draw("a hill emulator:latency=0.3")
    first, second = edit(drawn, "gold emulator:fail=InternalError"), edit(drawn, "gold emulator:fail=InternalError")
    assert isinstance(first.wait(30).error, TaskFailed)
    assert isinstance(second.wait(30).error, TaskFailed)
    assert edits() == 1


def follows(job: wan.Job, other: wan.Job) -> bool:
    return job.status == "WAITING" and job.why is not None and job.why.values.get("job") == other.id


def pair(prompt: str) -> tuple[wan.Job, wan.Job]:
    """Return the one of two same edits that was sent, and the one that follows it."""
    picture = draw().result(30)[0]
    inputs = [promised("a"), promised("b")]
    one, other = (edit(later, prompt) for later in inputs)
    for each in inputs:
        keep(each, picture)
    until(lambda: follows(one, other) or follows(other, one))
    return (other, one) if follows(one, other) else (one, other)


@pytest.mark.seldom
def test_the_one_that_follows_can_be_canceled_alone_and_counts_nothing() -> None:
    sent, follower = pair("gold emulator:latency=0.8")
    assert (sent.cost, follower.cost) == (0.14, 0.0)
    assert follower.cancel()
    assert isinstance(follower.wait(5).error, TaskCanceled)
    assert len(sent.result(30)) == 1
    assert edits() == 1


@pytest.mark.seldom
def test_the_one_that_follows_is_sent_when_the_other_is_canceled() -> None:
    row = specs.get(specs.DEFAULT_EDIT)
    specs.register(replace(row, limits=tuple(replace(limit, tasks_at_once=2) for limit in row.limits)))
    lake = draw("a lake").result(30)[0]
    busy = [wan.edit(lake, "stylization_all", "emulator:latency=20", seed=n) for n in range(2)]
    sent, follower = pair("gold")
    assert sent.cancel()
    assert isinstance(sent.wait(5).error, TaskCanceled)
    assert len(follower.result(30)) == 1
    assert not follower.outcome.cached
    assert follower.cost == 0.0  # as every task of an emulator
    assert all(job.result(30) for job in busy)
    assert edits() == 3


@pytest.mark.seldom
def test_a_refusal_of_one_model_stops_no_other_because_two_met_it() -> None:
    drawn = draw().result(30)[0]
    inputs = [promised("a"), promised("b")]
    refused = [edit(later, "gold emulator:reject=AllocationQuota.FreeTierOnly") for later in inputs]
    others = [wan.t2i("a lake emulator:latency=0.3", model=MODEL, size="512*512", seed=n) for n in range(25)]
    for each in inputs:
        keep(each, drawn)
    assert all(isinstance(job.wait(30).error, BillingError) for job in refused)
    assert all(len(job.result(30)) == 1 for job in others)


def test_what_was_looked_for_in_vain_is_refused_when_the_picture_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_lists(monkeypatch)
    prompt = "gold emulator:lost=502@try=1"
    assert isinstance(edit(draw().wait(30), prompt).wait(30).error, SubmitUncertain)
    with pytest.raises(SubmitUncertain, match="nothing was sent now"):
        edit(draw().wait(30), prompt)
    late = edit(later := promised(), prompt)
    keep(later, draw().result()[0])
    assert isinstance(late.wait(30).error, SubmitUncertain)
    assert "nothing was sent now" in str(late.error)
    assert edits() == 1


@pytest.mark.seldom
def test_a_call_that_was_never_sent_is_replaced_when_its_picture_is_there() -> None:
    picture = draw().result(30)[0]
    values = {"prompt": "gold leaf", "seed": 7}
    plan = sessions.current().plan(
        model="wanx2.1-imageedit", function="stylization_all", values=values, images=(picture,)
    )
    write_row(sessions.current().journal, "unsent", plan)
    job = edit(later := promised())
    keep(later, picture)
    assert len(job.result(30)) == 1
    assert (row_of("unsent").state, row_of("unsent").error) == ("canceled", f"sent again as {job.id}")
