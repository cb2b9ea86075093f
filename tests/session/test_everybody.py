"""Pictures of colleagues in the bucket that all save to: listed, narrowed by who made them, and opened when wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.errors import InvalidRequest
from bailian_nb.gallery import read_record
from bailian_nb.session import session as sessions

from ..world.bucket import empty_bucket

NOW = "emulator:latency=0"
OUT = "memory://shop/wan"


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("BAILIAN_NB_OUT", OUT)
    with empty_bucket() as memory:
        yield memory


@pytest.fixture
def anna(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> wan.Picture:
    """A picture that anna has made on her machine; bert sits here, who has made one of his own."""
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "anna's machine"))
    monkeypatch.setenv("BAILIAN_NB_OWNER", "anna")
    (picture,) = draw("a fox").result(timeout=30)
    sessions.close_all()
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "bert's machine"))
    monkeypatch.setenv("BAILIAN_NB_OWNER", "bert")
    draw("an easel").result(timeout=30)
    return picture


def draw(prompt: str) -> wan.Job:
    return wan.t2i(f"{prompt} {NOW}", model="wanx2.1-t2i-turbo", size="512*512", seed=7)


def prompts(**given: Any) -> list[str]:
    return [picture.record.prompt.removesuffix(f" {NOW}") for picture in wan.history(**given)]


def test_a_history_is_ones_own_unless_somebody_elses_is_asked_for(anna: wan.Picture) -> None:
    assert prompts() == ["an easel"]
    assert sorted(prompts(everybody=True)) == ["a fox", "an easel"]
    assert prompts(owner="anna") == ["a fox"]
    assert prompts(owner="bert", words="fox") == []


def test_a_colleagues_picture_comes_when_it_is_opened_and_not_before(anna: wan.Picture, store: Any) -> None:
    (theirs,) = wan.history(owner="anna")
    assert not theirs.path.exists()
    assert theirs.address == anna.address
    assert theirs.image.size == (512, 512)
    assert theirs.path.read_bytes() == anna.path.read_bytes()


def test_a_page_shows_small_pictures_and_keeps_no_large_one(anna: wan.Picture) -> None:
    found = wan.history(owner="anna")
    html = found._repr_mimebundle_()["text/html"]
    assert "data:image/jpeg;base64," in html
    assert "anna" in html
    assert not found[0].path.exists()
    assert found[0].seen().is_file()


def test_rows_and_command_line_say_who_made_what(anna: wan.Picture, capsys: pytest.CaptureFixture[str]) -> None:
    assert [row["owner"] for row in wan.history(everybody=True, words="fox").to_dicts()] == ["anna"]
    assert cli.main(["history", "--everybody", "--json"]) == 0
    assert {row["owner"] for row in json.loads(capsys.readouterr().out)} == {"anna", "bert"}
    assert cli.main(["history", "--owner", "anna"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "  anna  " in line
    assert line.endswith(anna.address)


def test_who_has_nothing_there_is_said_with_those_who_have(
    anna: wan.Picture, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["history", "--owner", "ann"]) == 0
    assert f"ann has made nothing in {OUT}; there is something of: anna, bert" in capsys.readouterr().err
    assert "there is something of: anna, bert" in repr(wan.history(owner="ann"))


def test_a_colleagues_picture_is_not_put_into_ones_own_bin(anna: wan.Picture) -> None:
    found = wan.history(owner="anna")
    with pytest.raises(InvalidRequest, match="only who made a picture puts it into the bin: these are of anna"):
        found.delete(found[0])
    with pytest.raises(InvalidRequest, match="the bin is this machine's own"):
        wan.history(owner="anna", binned=True)


def test_stars_of_a_colleagues_picture_are_ones_own(anna: wan.Picture) -> None:
    found = wan.history(everybody=True)
    found.star(*[each for each in found if each.record.owner == "anna"])
    assert prompts(everybody=True, starred=True) == ["a fox"]
    assert prompts(starred=True) == []


def test_a_picture_that_is_sent_on_names_nobody(anna: wan.Picture, tmp_path: Path) -> None:
    alone = tmp_path / "sent on.png"
    alone.write_bytes(anna.path.read_bytes())
    record = read_record(alone)
    assert record is not None
    assert record.owner == ""
    assert b"anna" not in alone.read_bytes()


def test_who_saves_for_oneself_alone_is_named_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BAILIAN_NB_OUT", str(tmp_path / "out"))
    monkeypatch.delenv("BAILIAN_NB_OWNER", raising=False)
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    (picture,) = draw("a fox").result(timeout=30)
    assert json.loads(picture.path.with_suffix(".json").read_text())["owner"] == ""
    monkeypatch.setenv("JUPYTERHUB_USER", "carl")
    (picture,) = draw("a hill").result(timeout=30)
    assert sorted(each.record.owner for each in wan.history(everybody=True)) == ["", "carl"]
