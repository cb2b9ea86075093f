"""One failure, the same words wherever it is met: caption, card, terminal, sweep, table."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path

import pytest

from bailian_nb import specs
from bailian_nb.client.faults import uncertain
from bailian_nb.errors import BailianError, DownloadError, RequestRejected, TaskFailed
from bailian_nb.gallery import Picture, Record
from bailian_nb.jobs.finish import not_sent
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.result import Result, SlotError
from bailian_nb.views import cell
from bailian_nb.views.explain import explain, explain_slot, failures, short
from bailian_nb.views.job import describe

LANGS = ("en", "zh")
TIMEOUT = specs.lookup("InternalError.Timeout")


def job() -> Job:
    return Job(id="ab12cd", request=None, label="wan2.6-t2i", emulator=False, created=time.time())


def failed(error: BailianError) -> Job:
    ended = job()
    ended.fail(error, at=time.time())
    return ended


def partial(tmp_path: Path, *errors: SlotError) -> Job:
    ended, record = job(), Record(model="wan2.6-t2i", prompt="x", size="64x64", seconds=1.0)
    ended.succeed(Result([Picture(path=tmp_path / "a.png", record=record)], errors=errors, request_id="r-1"), at=1.0)
    return ended


def surfaces(ended: Job, lang: str) -> list[str]:
    """Return what caption, terminal and card say of a Job that has ended."""
    caption = html.unescape(re.sub(r"<[^>]+>", " ", cell.caption(ended, lang)["text/html"]))
    return [caption, "\n".join(cell.lines(ended, lang)), describe(ended, lang)["detail"]]


@pytest.mark.parametrize("lang", LANGS)
def test_an_error_of_the_service_has_code_meaning_message_advice_and_ids(lang: str) -> None:
    error = TaskFailed("it took too long", code="InternalError.Timeout", request_id="r-1", task_id="t-1")
    said = explain(error, lang)
    assert (said.code, said.message, said.request_id, said.task_id) == (error.code, error.message, "r-1", "t-1")
    assert (said.meaning, said.todo) == (TIMEOUT.meaning.get(lang), TIMEOUT.todo.get(lang))
    for surface in surfaces(failed(error), lang):
        for words in (said.code, said.meaning, said.message, said.todo, "r-1", "t-1"):
            assert words in surface


@pytest.mark.parametrize("lang", LANGS)
def test_a_missing_picture_says_as_much_on_every_surface(lang: str, tmp_path: Path) -> None:
    slot = SlotError(index=1, code="InternalError.Timeout", message="it took too long")
    said = explain_slot(slot, lang, request_id="r-1")
    for surface in surfaces(partial(tmp_path, slot), lang):
        for words in (said.head, said.code, said.meaning, said.message, said.todo, "r-1"):
            assert words in surface


@pytest.mark.parametrize("hint", ["", TIMEOUT.todo.en])
def test_the_tables_advice_is_given_in_the_users_language(hint: str) -> None:
    error = TaskFailed("x", code="InternalError.Timeout", hint=hint)
    assert explain(error, "zh").todo == TIMEOUT.todo.zh


@pytest.mark.parametrize("lang", LANGS)
def test_a_create_call_that_broke_is_never_said_to_be_run_again(lang: str) -> None:
    error = uncertain("the server broke", asynchronous=True, code="InternalError", http_status=500)
    assert explain(error, lang).todo == error.hint
    for surface in surfaces(failed(error), lang):
        assert "It is not sent again by itself: a task may exist and be billed." in surface
        assert specs.lookup("InternalError").todo.get(lang) not in surface


def test_a_call_that_waited_behind_a_refused_one_keeps_its_own_advice() -> None:
    error = not_sent(RequestRejected("no", code="Arrearage", hint=specs.lookup("Arrearage").todo.en))
    assert explain(error, "en", front="magic").todo == "Mend that, then %wan resume --send sends what waited."


@pytest.mark.parametrize("lang", LANGS)
def test_a_code_that_is_not_in_the_table_is_not_said_to_mean_anything(lang: str, tmp_path: Path) -> None:
    ours = DownloadError("no picture could be fetched", code="DownloadError", hint="%wan resume tries again.")
    assert (explain(ours, lang).meaning, explain(ours, lang).todo) == ("", "wan.resume() tries again.")
    assert explain(ours, lang, front="program").todo == "bailian-nb resume tries again."
    missing = partial(tmp_path, SlotError(index=1, code="MissingPicture", message="1 of 2 came"))
    unknown = specs.lookup("MissingPicture")
    assert [said.meaning for said in failures(missing, lang)] == [""]
    for surface in (*surfaces(failed(ours), lang), *surfaces(missing, lang)):
        assert unknown.meaning.get(lang) not in surface
        assert " ()" not in surface
    assert explain_slot(missing.outcome.errors[0], lang).todo == unknown.todo.get(lang)  # type: ignore[union-attr]


def test_an_error_of_ours_goes_by_the_name_of_its_class() -> None:
    error = BailianError("the disk is full", hint="Make room.")
    said = explain(error, "en")
    assert (said.code, said.meaning, said.todo, said.ids("en")) == ("BailianError", "", "Make room.", ())
    assert (short(error), said.named, said.reason) == ("BailianError", "BailianError", "the disk is full")


def test_all_of_it_is_one_line_punctuated_as_our_errors_are() -> None:
    slot = SlotError(index=1, code="InternalError.Timeout", message="it took too long")
    assert str(explain_slot(slot, "en")) == (
        "InternalError.Timeout: the service did not finish in time. it took too long. "
        "Run it again; a failed picture is not billed."
    )


def test_a_job_that_failed_as_a_whole_is_named_by_its_label() -> None:
    (said,) = failures(failed(BailianError("x")), "en")
    assert said.head == "wan2.6-t2i"
