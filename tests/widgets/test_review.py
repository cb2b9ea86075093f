"""The review of a batch: windows of its pictures, decisions that are on disk at once, pages that ask for odd things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.widgets import Review

from ..world.jumping_clock import until
from .batch_rows import end, planned


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAILIAN_NB_OUT", str(tmp_path / "out"))


def reviewed(tmp_path: Path, count: int, **more: Any) -> tuple[wan.Batch, Review]:
    batch = planned(count)
    for number in range(1, count + 1):
        end(batch, number, tmp_path / "out" / "2026-11-29", **more)
    return batch, Review(batch, lang="en")


def items(review: Review, **asked: Any) -> dict[str, Any]:
    review.comm.sent.clear()
    review.comm.receive({"kind": "items", "filter": "all", "from": 0, "to": 50, **asked})
    ((content, _),) = review.comm.custom("items")
    return content


def test_a_window_holds_what_was_asked_for_and_no_more(tmp_path: Path) -> None:
    _, review = reviewed(tmp_path, 20)
    found = items(review, **{"from": 5, "to": 8})
    assert [each["id"] for each in found["items"]] == ["6|1", "7|1", "8|1"]
    assert (found["from"], found["total"]) == (5, 20)
    assert found["items"][0]["prompt"] == "teapot 6"
    assert str(tmp_path) not in str(found)
    assert len(items(review, to=10**9)["items"]) == 20
    for odd in ({"from": -5}, {"from": "x", "to": None}, {"from": float("inf"), "to": 3}, {"filter": ["all"]}):
        assert items(review, **odd)["total"] == 20


def test_what_is_decided_is_on_disk_and_counted_at_once(tmp_path: Path) -> None:
    batch, review = reviewed(tmp_path, 3, pictures=2)
    review.comm.receive({"kind": "decide", "id": "2|2", "decision": "reject", "reason": "logo is cut"})
    review.comm.receive({"kind": "decide", "id": "1|1", "decision": "accept", "reason": "", "note": "cover"})
    assert [(item.id, item.decision.decision) for item in batch.items() if item.decision] == [
        ("1|1", "accept"),
        ("2|2", "reject"),
    ]
    assert "logo is cut" in (tmp_path / "out" / "decisions.jsonl").read_text()
    assert review.counts == {"all": 6, "": 4, "accept": 1, "reject": 1, "redo": 0}
    assert review.reasons[0] == "logo is cut", "the user's own reasons are offered first"
    assert [each["id"] for each in items(review, filter="reject")["items"]] == ["2|2"]
    assert items(review, filter="accept")["items"][0]["note"] == "cover"
    assert len(review.comm.custom("decided")) == 0, "they were told before the messages were cleared"


@pytest.mark.parametrize(
    "content",
    [
        {"id": "9|1", "decision": "accept"},
        {"id": None, "decision": "accept"},
        {"id": "1|1", "decision": "burn"},
        {"id": "1|1", "decision": ["accept"]},
        {"id": "1|1", "decision": "accept", "note": "x" * 2000},
        {"id": "1|1", "decision": "accept", "reason": {"a": 1}},
    ],
)
def test_what_cannot_be_decided_is_shown_and_changes_nothing(tmp_path: Path, content: dict[str, Any]) -> None:
    batch, review = reviewed(tmp_path, 2)
    review.comm.receive({"kind": "decide", **content})
    assert review.fault
    assert batch.decisions == {}


def test_small_pictures_come_a_few_at_a_time_and_only_those_that_are_wanted(tmp_path: Path) -> None:
    _, review = reviewed(tmp_path, 30)
    Path(tmp_path / "out" / "2026-11-29" / "teapot_3_1.png").unlink()
    review.comm.receive({"kind": "thumbs", "ids": [f"{number}|1" for number in range(1, 21)] + ["99|1", 5, "../x"]})
    until(lambda: sum(len(buffers) for _, buffers in review.comm.custom("thumbs")) == 19)
    told = review.comm.custom("thumbs")
    assert max(len(buffers) for _, buffers in told) <= 8
    assert sorted(name for content, _ in told for name in content["gone"]) == ["../x", "3|1", "99|1"]


def test_the_large_picture_comes_with_its_source_and_the_one_before(tmp_path: Path, photo: Path) -> None:
    batch = wan.batch([{"image": str(photo), "prompt": "gold"}], function="style")
    end(batch, 1, tmp_path / "out")
    review = Review(batch)
    assert review.takes == {"strength": True, "seed": True, "source": True}
    review.comm.receive({"kind": "large", "id": "1|1"})
    ((content, buffers),) = review.comm.custom("large")
    assert content["which"] == ["result", "source"]
    assert all(data.startswith(b"\xff\xd8") for data in buffers)


def test_rejected_rows_are_planned_anew_and_run_sends_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, review = reviewed(tmp_path, 3)
    review.comm.receive({"kind": "redo", "prompt": "{prompt}", "seed": "", "strength": ""})
    assert "no row is rejected" in review.fault
    review.comm.receive({"kind": "decide", "id": "2|1", "decision": "reject", "reason": ""})
    assert review.counts["redo"] == 1
    review.comm.receive({"kind": "redo", "prompt": "{prompt}, brighter", "seed": "5", "strength": ""})
    assert review.planned == "1 rows planned anew: about CNY 0.14 to send"
    assert batch.rows.row(2).prompt == "teapot 2, brighter"
    assert str(batch.rows.row(2).parameters["seed"]) == "5"
    sent: list[object] = []
    monkeypatch.setattr(batch, "run", lambda **options: sent.append(options))
    review.comm.receive({"kind": "run"})
    assert sent == [{"skip_invalid": True}]
    assert review.planned == ""


def test_the_caption_waits_while_somebody_presses_keys(tmp_path: Path) -> None:
    batch, review = reviewed(tmp_path, 2)
    before = review.caption()
    review.comm.receive({"kind": "focus", "here": True})
    batch.decide(1, "accept")
    assert review.caption() == before
    review.comm.receive({"kind": "focus", "here": False})
    assert "1 accepted, 0 rejected, 1 undecided" in review.caption()["text/html"]


def test_without_a_front_end_there_is_a_sheet_with_the_counts(tmp_path: Path) -> None:
    batch, _ = reviewed(tmp_path, 2)
    batch.decide(1, "reject", reason="<b>dark</b>")
    sheet = batch.review()
    assert repr(sheet) == "<Review wan2.2-t2i-flash: the list: 0 accepted, 1 rejected, 1 undecided EMULATOR>"
    assert set(sheet.static_view()) == {"image/jpeg", "text/plain"}
    assert "&lt;b&gt;dark" in sheet.caption()["text/html"]
