"""What magics list as tables, Python is given too: rows to go through, a table, a data frame."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.errors import InvalidRequest

VALUES: dict[str, Any] = {"model": "wanx2.1-t2i-turbo", "size": "512*512"}


@pytest.fixture
def made() -> list[wan.Picture]:
    prompts = ("a hill $x$ <b>", "一座山", "a valley")
    return [wan.t2i(prompt, seed=seed, **VALUES).result(30)[0] for seed, prompt in enumerate(prompts)]


@pytest.mark.seldom
def test_history_gives_the_newest_pictures_first(made: list[wan.Picture]) -> None:
    found = wan.history()
    assert [picture.path for picture in found] == [picture.path for picture in reversed(made)]
    assert [row["prompt"] for row in found.to_dicts()] == ["a valley", "一座山", "a hill $x$ <b>"]
    row = found.to_dicts()[-1]
    assert (row["model"], row["function"], row["seed"], row["cost"]) == (VALUES["model"], None, 0, 0.0)
    assert Path(row["file"]) == made[0].path
    assert [picture.record.prompt for picture in wan.history("一座")] == ["一座山"]
    assert len(wan.history(limit=2)) == 2


@pytest.mark.seldom
def test_its_table_has_small_pictures_with_words_and_nothing_that_runs(made: list[wan.Picture]) -> None:
    bundle = wan.history()._repr_mimebundle_()
    assert bundle["text/html"].count('<img src="data:image/jpeg;base64,') == 3
    assert 'alt="一座山 (wanx2.1-t2i-turbo 512x512)"' in bundle["text/html"]
    assert "<b>" not in bundle["text/html"].partition("<table>")[2]
    assert len(bundle["text/html"]) < 40_000
    assert repr(wan.history()) == bundle["text/plain"]
    assert "一座山" in repr(wan.history())


def test_a_picture_that_is_gone_leaves_history(made: list[wan.Picture]) -> None:
    found = wan.history()
    made[0].path.unlink()
    assert "base64" in found._repr_mimebundle_()["text/html"], "what was shown once stays"
    assert len(wan.history()) == 2


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, "3"])
def test_a_limit_that_is_none_is_refused(limit: Any) -> None:
    with pytest.raises(InvalidRequest, match="limit must be a whole number of at least 1"):
        wan.history(limit=limit)


def test_what_is_empty_shows_a_sentence() -> None:
    assert len(wan.history()) == 0
    assert "\n" not in repr(wan.history())
    assert wan.history().to_dicts() == []


@pytest.mark.seldom
def test_costs_models_and_findings(made: list[wan.Picture]) -> None:
    today = [row for row in wan.cost().to_dicts() if row["kind"] == "today"]
    assert [(row["tasks"], row["cny"], row["emulator"]) for row in today] == [(3, 0.42, True)], (
        "by list price; its title says that nothing is billed"
    )
    assert "wanx2.1-t2i-turbo" in {row["name"] for row in wan.cost().to_dicts() if row["kind"] == "model"}
    edits = wan.models("edit")
    assert 0 < len(edits) < len(wan.models())
    assert {row["name"] for row in edits.to_dicts()} == {model.name for model in edits}
    assert "wan2.6-t2i" not in repr(edits)
    with pytest.raises(InvalidRequest, match='kind must be "t2i" or "edit"'):
        wan.models("video")  # type: ignore[arg-type]
    assert {row["state"] for row in wan.doctor().to_dicts()} <= {"ok", "warn", "fail", "info"}


def test_a_data_frame_has_the_rows(made: list[wan.Picture], monkeypatch: pytest.MonkeyPatch) -> None:
    frames = SimpleNamespace(DataFrame=lambda rows, columns: (rows, columns))
    monkeypatch.setitem(sys.modules, "pandas", frames)
    rows, columns = wan.history().to_dataframe()
    assert len(rows) == 3
    assert {type(row["created"]) for row in rows} == {datetime}, "df.created.dt works"
    assert {row["created"].utcoffset() for row in rows} == {timedelta()}
    assert {type(row["created"]) for row in wan.history().to_dicts()} == {str}
    assert columns[:8] == ["prompt", "model", "function", "seed", "size", "cost", "created", "file"]


def test_without_pandas_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(InvalidRequest, match=r"needs pandas, which is not installed\..*to_dicts"):
        wan.models().to_dataframe()
