"""`bailian-nb team`: what it prints, which caps it sets, and what it refuses."""

from __future__ import annotations

import json

import pytest

from bailian_nb import cli, config
from bailian_nb.accounts.team import server

from ..world.team import FakeRedis


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> FakeRedis:
    """Let the address lead to a server of this process."""
    found = FakeRedis(monkeypatch)
    monkeypatch.setattr(server, "connect", lambda url: found.client)
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-made-up-0123456789abcdef")
    monkeypatch.setenv("BAILIAN_NB_LIMITS", "redis://anna:s3cret@here:6379/0")
    monkeypatch.setenv("BAILIAN_NB_OWNER", "anna")
    return found


def test_status_is_what_is_shown_without_words(redis: FakeRedis, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["team"]) == 0
    first = capsys.readouterr().out
    assert cli.main(["team", "status"]) == 0
    assert capsys.readouterr().out == first
    assert "redis://...@here:6379/0" in first
    assert "s3cret" not in first


def test_a_cap_is_set_kept_and_taken_away(redis: FakeRedis, capsys: pytest.CaptureFixture[str]) -> None:
    def caps(*words: str) -> tuple[object, object]:
        assert cli.main(["team", "cap", *words, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        return found["day"]["cap"], found["month"]["cap"]

    assert caps() == (None, None)
    assert caps("--day", "5") == (5.0, None)
    assert caps("--month", "50.5") == (5.0, 50.5)
    assert caps("--day", "none") == (None, 50.5)


@pytest.mark.parametrize("words", [["nope"], ["release"], ["cap", "5"], ["release", "a", "b"]])
def test_what_it_does_not_know_is_one_line(
    redis: FakeRedis, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert cli.main(["team", *words]) == 1
    assert capsys.readouterr().err.startswith("InvalidRequest: team takes status, cap or release WHO, got ")


def test_a_cap_that_is_no_number_is_refused(redis: FakeRedis, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["team", "cap", "--day", "much"]) == 1
    assert "--day must be a number of CNY" in capsys.readouterr().err


def test_released_places_are_counted(redis: FakeRedis, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["team", "release", "bert"]) == 0
    assert capsys.readouterr().out == "0 place(s) of bert given back\n"


def test_a_server_that_is_away_is_one_line(redis: FakeRedis, capsys: pytest.CaptureFixture[str]) -> None:
    redis.away = True
    assert cli.main(["team"]) == 1
    assert "cannot be used" in capsys.readouterr().err


def test_without_an_address_there_is_no_team(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["team"]) == 1
    assert "there is no team: BAILIAN_NB_LIMITS names no Redis" in capsys.readouterr().err


def test_the_password_of_the_address_is_shown_nowhere(redis: FakeRedis, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config"]) == 0
    assert cli.main(["config", "--json"]) in (0, 1)
    shown = capsys.readouterr().out + repr(config.load()) + repr(config.variables_set())
    assert shown.count("redis://...@here:6379/0") >= 2
    assert "s3cret" not in shown
