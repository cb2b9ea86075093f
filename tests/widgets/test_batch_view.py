"""The live view of a batch: what it says in each state, how seldom it is sent, and what its buttons do."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.batch import shown
from bailian_nb.errors import BudgetExceeded
from bailian_nb.sweeps.sheet import Shown
from bailian_nb.widgets import BatchView

from ..world.jumping_clock import until
from .batch_rows import end, planned


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_plan_says_rows_pictures_and_cost_and_waits_for_run() -> None:
    view = BatchView(planned(3), lang="en")
    assert view.now["plan"][0] == "3 rows to send, 3 pictures · about CNY 0.42 · about 1 min"
    assert view.now["plan"][1].startswith("list price of ")
    assert view.now["words"] == "planned, nothing sent"
    assert [name for name, shown in view.now["buttons"].items() if shown] == ["run"]
    assert view.badge == "EMULATOR"


def test_rows_that_cannot_be_sent_are_told_and_the_rest_is_counted() -> None:
    view = BatchView(planned(12, seed="{n}00000000000"), lang="en")
    assert len(view.now["problems"]) == 6
    assert view.now["problems"][-1] == "and 7 more; batch.plan['invalid'] lists them"


def test_what_ended_is_counted_and_failures_stand_by_reason(tmp_path: Path) -> None:
    batch = planned(20)
    view = BatchView(batch, lang="en")
    for number in range(1, 16):
        end(batch, number, tmp_path / "out")
    for number in (16, 17):
        end(batch, number, tmp_path / "out", "FAILED")
    view.refresh()
    assert view.now["line"] == "15 of 20 done · 2 failed"
    assert view.now["parts"] == [0.75, 0.1, 0.0]
    assert view.now["failures"] == [
        {"code": "DataInspectionFailed", "reason": "not this. Ask.", "count": "2", "first": 16}
    ]
    assert [each["row"] for each in view.now["newest"]] == list(range(4, 16))
    assert str(tmp_path) not in json.dumps(view.now), "where pictures lie is nobody's business in the page"
    assert view.now["buttons"]["retry"]


def test_rows_from_disk_and_rows_that_cannot_be_sent_are_told_while_it_runs_too(tmp_path: Path) -> None:
    rows = [{"prompt": "a barn", "seed": seed} for seed in ("1", "2", "3", "x")]
    batch = wan.batch(rows, model="wan2.2-t2i-flash")
    end(batch, 1, tmp_path / "out")
    end(batch, 2, tmp_path / "out")
    batch._slots.put(1, "SUCCEEDED", batch._slots.outcome(1)._replace(cached=True))
    view = BatchView(batch, lang="en")
    said, problems = view.now["line"], view.now["problems"]
    assert said == "2 of 4 done · 1 failed · 1 on disk already", "what this batch has made was not there before"
    assert len(problems) == 1
    batch._feeder._thread = threading.current_thread()
    view.refresh()
    assert (view.now["state"], view.now["line"], view.now["problems"]) == ("running", said, problems)


def test_what_was_canceled_stands_with_its_price_beside_the_button_that_sends_it_after_all(tmp_path: Path) -> None:
    batch = planned(3)
    end(batch, 1, tmp_path / "out")
    end(batch, 2, tmp_path / "out", "CANCELED")  # it waited here for its turn
    batch.cancel_unsent()
    view = BatchView(batch, lang="en")
    assert view.now["line"] == "1 of 3 done · 2 canceled"
    assert view.now["plan"][0] == "2 rows to send, 2 pictures · about CNY 0.28 · about 1 min"
    assert view.now["failures"] == [], "what the user has canceled has not failed"
    assert [name for name, shown in view.now["buttons"].items() if shown] == ["run"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(20, "less than a minute left"), (1000, "about 17 min left"), (9000, "about 2.5 h left")]
)
def test_the_rest_is_told_in_words(seconds: float, said: str) -> None:
    from bailian_nb.widgets.batch_state import _rest

    assert _rest(seconds, "en") == said


def test_the_page_gets_the_newest_pictures_and_no_other_file(tmp_path: Path) -> None:
    batch = planned(3)
    end(batch, 1, tmp_path / "out")
    view = BatchView(batch)
    known = view.now["newest"][0]["id"]
    view.comm.receive({"kind": "thumbs", "ids": [known, "1|../../etc/passwd", "x"]})
    ((content, buffers),) = view.comm.custom("thumbs")
    assert content["ids"] == [known]
    assert content["gone"] == ["1|../../etc/passwd", "x"]
    assert buffers[0].startswith(b"\xff\xd8")


@pytest.mark.seldom
def test_ten_thousand_changes_are_few_messages(tmp_path: Path) -> None:
    batch = planned(10_000)
    view = BatchView(batch)
    end(batch, 1, tmp_path / "out")
    view.comm.sent.clear()
    for _ in range(10_000):
        view._follow(batch)
    assert len(view.comm.sent) <= 3
    until(lambda: "1 of 10,000 done" in view.now["line"])
    assert max(len(json.dumps(data)) for data, _ in view.comm.sent) < 20_000


def test_buttons_do_what_they_say_and_a_refusal_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = planned(3)
    view = BatchView(batch)
    done: list[object] = []
    monkeypatch.setattr(batch, "run", lambda **options: done.append(options))
    for name in ("pause", "cancel_unsent", "retry_failed"):
        monkeypatch.setattr(batch, name, lambda name=name: done.append(name))
    for kind in ("run", "pause", "go_on", "cancel", "retry", "unknown"):
        view.comm.receive({"kind": kind})
    told = {"skip_invalid": True}
    assert done == [told, "pause", told, "cancel_unsent", "retry_failed"]
    assert view.answered == 5

    def refuse(**options: object) -> None:
        raise BudgetExceeded("too much")

    monkeypatch.setattr(batch, "run", refuse)
    view.comm.receive({"kind": "run"})
    assert view.fault == "BudgetExceeded: too much"
    assert view.answered == 6


def test_a_saved_notebook_shows_pictures_in_the_order_of_the_rows_and_not_as_they_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[list[str]] = []

    def draw(rows: list[list[Shown]], **_: object) -> Image.Image:
        drawn.append([each.label for row in rows for each in row])
        return Image.new("RGB", (9, 9))

    monkeypatch.setattr(shown, "draw", draw)
    batch = planned(4)
    for number in (3, 1, 4):
        end(batch, number, tmp_path / "out")
    assert "image/jpeg" in batch.static_view()
    assert drawn == [["1", "3", "4"]]


def test_what_a_saved_notebook_keeps_is_a_small_sheet_and_a_few_lines(tmp_path: Path) -> None:
    batch = planned(4)
    view = BatchView(batch, lang="en")
    assert set(view.static_view()) == {"text/plain"}
    end(batch, 1, tmp_path / "out")
    end(batch, 2, tmp_path / "out", "FAILED")
    view.refresh()
    assert set(view.static_view()) == {"image/jpeg", "text/plain"}
    assert "1 of 4 done" in view.caption()["text/html"]
    assert "DataInspectionFailed" in view.caption()["text/html"]
