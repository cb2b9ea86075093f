"""What users call, as far as nothing is on its way yet: checks, money, key, cache, and finding Jobs again."""

from __future__ import annotations

import re
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import config
from bailian_nb.errors import BailianError, BudgetExceeded, InvalidRequest, MissingApiKey, NetworkError, TaskFailed
from bailian_nb.session import front
from bailian_nb.session import session as sessions

KEY = "sk-made-up-0123456789abcdef"
NOW = "emulator:latency=0"
SMALL = "768*768"


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure a key and a service that nobody answers for."""
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1")


def draw(prompt: str = "A cat", **given: object) -> wan.Job:
    """Send a small call of a model that takes five a second."""
    return wan.t2i(f"{prompt} {NOW}", **{"model": "wan2.5-t2i-preview", "size": SMALL, "seed": 7, **given})  # type: ignore[arg-type]


def sent() -> int:
    """Return how many calls left a row in the journal."""
    return len(sessions.current().journal.recent(100))


def files(folder: Path) -> list[Path]:
    return [path for name in ("home", "out") for path in (folder / name).rglob("*") if path.is_file()]


def photo() -> Image.Image:
    return Image.new("RGB", (512, 512), "teal")


def test_a_call_returns_at_once_and_its_pictures_are_on_disk_when_it_is_done() -> None:
    job = wan.t2i(f"A cat {NOW}", n=2, size=SMALL, seed=7, watermark=False)
    assert wan.jobs() == [job]
    assert "A cat" in wan.jobs()._repr_mimebundle_()["text/html"], "a front end that has no magics shows a table"
    result = job.result(timeout=30)
    assert (job.status, job.emulator, result.errors) == ("SUCCEEDED", True, ())
    assert [(picture.seed, picture.width, picture.path.exists()) for picture in result] == [
        (7, 768, True),
        (8, 768, True),
    ]
    record = result[1].record
    assert (record.model, record.function, record.n, record.index) == ("wan2.6-t2i", None, 2, 1)
    assert record.values.items() >= {"watermark": False, "size": SMALL}.items()
    assert (record.emulator, record.region, record.version) == (True, "cn-beijing", wan.__version__)


def test_a_drawn_seed_is_recorded() -> None:
    (picture,) = wan.t2i(f"A cat {NOW}", size=SMALL).result(timeout=30)
    assert isinstance(picture.seed, int)
    assert picture.record.values["seed"] == picture.seed


MISTAKES = [
    (lambda: wan.t2i(None), "prompt is missing; model wan2.6-t2i needs it"),  # type: ignore[arg-type]
    (lambda: wan.t2i(5), "prompt must be text, got 5 (model wan2.6-t2i)"),  # type: ignore[arg-type]
    (lambda: wan.t2i("x", n=0), "n must lie in 1-4, got 0 (model wan2.6-t2i)"),
    (lambda: wan.t2i("x", sise=1), "sise is no parameter of model wan2.6-t2i, did you mean size? It takes prompt,"),
    (lambda: wan.t2i("x", model="wan2.6-t3i"), "unknown model wan2.6-t3i, did you mean wan2.6-t2i? Known: "),
    (lambda: wan.t2i("x", model="wanx2.1-imageedit"), "model wanx2.1-imageedit is for edit, not for t2i; use one "),
    (lambda: wan.t2i("x", retries=-1), "retries must be a whole number in 0-10, got -1"),
    (lambda: wan.edit(photo(), None, "x"), "wanx2.1-imageedit needs a function: stylization_all"),
    (lambda: wan.edit(photo(), "styel", "x"), "unknown function styel, did you mean style? wanx2.1-imageedit has "),
    (lambda: wan.edit("no.png", "style", "x"), "image no.png does not exist"),
    (lambda: wan.edit(photo(), "style"), "prompt is empty; function style needs one"),
    (lambda: wan.edit(photo(), "style", "x", sync=True), "model wanx2.1-imageedit has no synchronous call; leave "),
    (lambda: wan.edit([], "style", "x"), "edit needs a picture, got an empty list"),
    (lambda: wan.edit(photo(), "style", "x", model="wan2.6-t2i"), "model wan2.6-t2i is for t2i, not for edit; use "),
]


@pytest.mark.parametrize(("call", "line"), MISTAKES, ids=[line[:40] for _, line in MISTAKES])
def test_a_mistake_is_one_line_that_leaves_nothing_on_disk(
    call: Callable[[], wan.Job], line: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequest, match="^" + re.escape(line)) as error:
        call()
    assert error.value._render_traceback_()[0].count("\n") == 0
    assert files(tmp_path) == []
    assert wan.jobs() == []


@pytest.mark.parametrize("value", [None, "0"])
def test_without_a_key_a_script_is_told_the_variable_and_never_gets_the_emulator(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.delattr(sys, "ps1", raising=False)  # an IPython in an earlier test leaves a prompt behind
    if value:
        monkeypatch.setenv("BAILIAN_NB_EMULATOR", value)
    with pytest.raises(MissingApiKey) as error:
        draw()
    line = str(error.value)
    assert line.startswith("no API key: set DASHSCOPE_API_KEY ")
    assert "~/.dashscope/api_key" in line
    assert "BAILIAN_NB_EMULATOR=1" in line
    assert files(tmp_path) == []


def test_somebody_at_a_prompt_gets_the_emulator_only_while_nothing_is_configured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Prompt(front.ScriptFront):
        def interactive(self) -> bool:
            return True

    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.setattr(front, "here", Prompt())
    (picture,) = draw().result(timeout=30)
    assert picture.record.emulator
    monkeypatch.setenv("DASHSCOPE_API_REGION", "cn-beijing")
    with pytest.raises(MissingApiKey):
        draw()


@pytest.mark.usefixtures("nowhere")
def test_a_key_without_a_network_is_an_error_and_never_the_emulator() -> None:
    job = draw()
    assert not job.emulator
    with pytest.raises(NetworkError, match=r"127\.0\.0\.1"):
        job.result(timeout=30)
    assert job.status == "FAILED"


@pytest.mark.usefixtures("nowhere")
def test_the_key_stands_in_nothing_that_is_shown_or_written(tmp_path: Path) -> None:
    job = draw()
    with pytest.raises(BailianError) as error:
        job.result(timeout=30)
    session = sessions.current()
    settings = session.settings()
    account = session.account(session.target(settings), settings)
    plan = session.plan(model="wan2.6-t2i", values={"prompt": "A cat"})
    call, curl = session.call(plan)
    shown = [
        repr(each) for each in (job, settings, account, account.client, plan, call, curl, vars(job), vars(session))
    ]
    shown += traceback.TracebackException.from_exception(error.value, capture_locals=True).format()
    assert "$DASHSCOPE_API_KEY" in curl
    assert not [text for text in shown if KEY in text]
    assert not [path for path in files(tmp_path) if KEY.encode() in path.read_bytes()]


@pytest.mark.usefixtures("nowhere")
def test_settings_are_those_of_the_moment_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    session = sessions.current()

    def account() -> object:
        settings = session.settings()
        return session.account(session.target(settings), settings)

    first = account()
    assert account() is first
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY + "0")
    assert account() is not first
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    assert account() is first
    monkeypatch.setenv("DASHSCOPE_WORKSPACE_ID", "ws")
    assert account() is not first


def test_a_call_above_its_cap_is_refused_before_it_is_sent() -> None:
    with pytest.raises(BudgetExceeded, match=r"^4 pictures would cost CNY 0\.80 by list price, max_cost is 0\.5; "):
        draw(n=4, max_cost=0.5)
    assert wan.jobs() == []
    assert sent() == 0


def test_a_projects_cap_holds_for_a_call_that_gives_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "bailian_nb.toml").write_text("max_cost = 0.1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BudgetExceeded):
        draw()
    draw(max_cost=1).result(timeout=30)
    draw()  # from disk: costs nothing


def test_the_same_request_with_its_seed_comes_from_disk() -> None:
    first = draw(n=2).result(timeout=30)
    again = draw(n=2)
    result = again.result(timeout=0)
    assert (again.status, again.cost, result.cached, result.cost) == ("SUCCEEDED", 0.0, True, 0.0)
    assert result.paths == first.paths
    assert sent() == 1
    assert again in wan.jobs()


@pytest.mark.seldom
@pytest.mark.parametrize("other", [{"cache": False}, {"seed": None}, {"prompt": "A dog"}])
def test_another_request_is_sent(other: dict[str, object]) -> None:
    draw().result(timeout=30)
    assert not draw(**other).result(timeout=30).cached  # type: ignore[arg-type]
    assert sent() == 2


def test_a_picture_that_was_changed_or_deleted_does_not_answer() -> None:
    (picture,) = draw().result(timeout=30)
    picture.path.write_bytes(picture.path.read_bytes() + b"x")
    (second,) = draw().result(timeout=30)
    assert second.path != picture.path
    second.path.unlink()
    assert not draw().result(timeout=30).cached


def test_an_emulated_picture_never_answers_for_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    draw().result(timeout=30)
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1")
    with pytest.raises(NetworkError):
        draw().result(timeout=30)


def test_a_job_is_an_input_before_it_has_ended_and_its_failure_goes_on() -> None:
    first = draw()
    second = wan.edit(first, "instruct", f"Put on a hat {NOW}", seed=1)
    (picture,) = second.result(timeout=30)
    assert (picture.width, picture.record.inputs[0]["width"]) == (768, 768)
    failing = draw(f"A dog emulator:fail=InternalError.Timeout {NOW}", cache=False)
    third = wan.edit(failing, "instruct", f"Put on a hat {NOW}")
    with pytest.raises(TaskFailed, match=r"InternalError\.Timeout"):
        third.result(timeout=30)


def test_a_picture_of_a_result_is_an_input() -> None:
    (picture,) = draw().result(timeout=30)
    mask = wan.Mask.like(picture).rect(10, 10, 200, 200)
    (edited,) = wan.edit(picture, "inpaint", f"A hat {NOW}", mask=mask, seed=1).result(timeout=30)
    assert edited.path != edited.raw_path
    assert edited.record.source == "pasted"


def test_a_job_is_found_by_its_id_or_by_a_start_that_it_alone_has() -> None:
    session = sessions.current()
    with pytest.raises(InvalidRequest, match=r"^no job starts with 'x'; jobs here: none yet$"):
        session.job("x")
    job = draw()
    assert session.job(job.id) is session.job(job.id[:3]) is job
    with pytest.raises(InvalidRequest, match=f"^no job starts with '#'; jobs here: {job.id}$"):
        session.job("#")
    with pytest.raises(InvalidRequest, match="no job starts with ''"):
        session.job("")
    second = draw(seed=8)
    session._jobs[second.id].id = job.id + "x"
    assert session.job(job.id) is job, "a whole id is never taken for a start"
    with pytest.raises(InvalidRequest, match="several jobs start with"):
        session.job(job.id[:3])
    job.result(timeout=30)
    second.result(timeout=30)


def test_a_cap_that_is_no_amount_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"^max_cost must be a number of CNY, 0 or more, got 'much'$"):
        draw(max_cost="much")
    assert wan.jobs() == []


def test_resume_with_nothing_left_is_empty_and_refuses_an_unknown_name() -> None:
    assert not wan.resume()
    with pytest.raises(InvalidRequest, match=r"^not among the unsent: nope$"):
        wan.resume(send=["nope"])


def test_counting_what_is_open_makes_no_journal(tmp_path: Path) -> None:
    assert sessions.current().pending() == 0
    assert files(tmp_path) == []


def test_there_is_one_session_for_each_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = sessions.current()
    assert sessions.current() is one
    found = []
    thread = threading.Thread(target=lambda: found.append(sessions.current()))
    thread.start()
    thread.join()
    assert found == [one]
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "other"))
    assert sessions.current() is not one
    assert sessions.current().home == config.home()
    one.close()
    monkeypatch.setenv("BAILIAN_NB_HOME", str(one.home))
    assert sessions.current() is not one


def test_every_name_of_the_package_is_there() -> None:
    for name in (*wan.__all__, *(kind.__name__ for kind in BailianError.__subclasses__())):
        assert getattr(wan, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        wan.nonsense  # noqa: B018


@pytest.mark.seldom
def test_a_misspelt_variable_that_decides_who_pays_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_BASE_URL", "https://hush.example")
    monkeypatch.setenv("BAILIAN_NB_OUTDIR", "hush")
    first, second = (wan.t2i("x emulator:latency=0", seed=seed) for seed in (1, 2))
    line = "DASHSCOPE_BASE_URL is set, and nothing reads it: did you mean DASHSCOPE_HTTP_BASE_URL?"
    assert [line in job.notes for job in (first, second)] == [True, False]
    assert not any("OUTDIR" in note or "hush" in note for note in first.notes)
    first.wait()
    second.wait()
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.setenv("DASHSCOPE_KEY", "hush")
    monkeypatch.setenv("DASHSCOPE_API_REGION", "cn-beijing")
    with pytest.raises(
        MissingApiKey, match="DASHSCOPE_KEY is set, and nothing reads it: did you mean DASHSCOPE_API_KEY"
    ):
        wan.t2i("y", seed=3)
