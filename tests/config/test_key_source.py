"""Keys that a command prints: run once, renewed before they end, refused in one line, and seen nowhere."""

from __future__ import annotations

import gc
import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bailian_nb import config
from bailian_nb.config import Secret, key_source
from bailian_nb.errors import MissingApiKey

from .test_frames import KEY, caught, no_trace

URL = "https://dashscope.aliyuncs.com/api/v1"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, as a key's end is measured by it."""
    clock = [1_764_000_000.0]
    monkeypatch.setattr(key_source, "now", lambda: clock[0])
    return clock


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Name a command that runs a shell line; it notes each run in the file that is returned."""
    runs = tmp_path / "runs"
    script = tmp_path / "give key"

    def name(line: str) -> Path:
        script.write_text(f"#!/bin/sh\necho run >> '{runs}'\n{line}\n")
        script.chmod(0o700)
        monkeypatch.setenv("BAILIAN_NB_KEY_COMMAND", f"'{script}' --of 'two words'")
        return runs

    yield name
    key_source._sources.clear()


def count(runs: Path) -> int:
    return len(runs.read_text().splitlines()) if runs.exists() else 0


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands of these tests are shell scripts")


def test_a_command_is_run_once_and_its_key_is_seen_nowhere(command: Callable[[str], Path]) -> None:
    runs = command(f"echo \"[$2] $#\" >&2; echo '  {KEY} '")
    key, again = config.find_key(), config.find_key()
    assert key is not None
    assert (key, key.reveal(), repr(key), key.kind) == (again, KEY, "sk-...cdef", "sk-")
    assert count(runs) == 1
    assert KEY not in repr(vars(key_source)) + repr(key_source._sources)


def test_a_key_is_renewed_before_it_ends_and_stays_the_same_account(
    command: Callable[[str], Path], now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = command("""printf '{"token": "st-%s-0123456789", "expires_in": 1800}' $(wc -l < "$(dirname "$0")/runs")""")
    key = config.find_key()
    assert key is not None
    first, account = key.at_the_moment(), config.account_id(key, URL)
    now[0] += 1800 * 0.79
    assert (key.due, count(runs)) == (False, 1)
    now[0] += 1800 * 0.02
    assert (key.due, key.renew(), count(runs)) == (True, "", 2)
    assert key.at_the_moment() != first
    assert (config.find_key(), config.account_id(key, URL)) == (key, account)
    assert config.account_id(first, URL) != account


def test_a_temporary_key_shares_the_limits_over_machines_with_its_parent(command: Callable[[str], Path]) -> None:
    parent = Secret("sk-the-parent-0123456789abcdef")
    team = config.team_id(parent, URL)
    command(f"""echo '{{"token": "st-0123456789", "expires_in": 1800, "account": "a", "team": "{team}"}}'""")
    key = config.find_key()
    assert key is not None
    assert config.team_id(key, URL) == team
    assert config.team_id(key, URL, name="studio") == config.team_id(parent, URL, name="studio")
    assert config.account_id(key, URL) != config.account_id(parent, URL), "each home has its own"


def test_what_is_no_name_of_a_team_is_passed_over(command: Callable[[str], Path]) -> None:
    command("""echo '{"token": "st-0123456789", "team": "x} bnb:*"}'""")
    key = config.find_key()
    assert key is not None
    assert len(config.team_id(key, URL)) == 24


def test_many_threads_run_it_once(command: Callable[[str], Path]) -> None:
    runs = command(f"sleep 0.1; echo {KEY}")
    threads = [threading.Thread(target=config.find_key) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(runs) == 1


def test_a_command_that_fails_leaves_the_last_key_as_long_as_it_is_good(
    command: Callable[[str], Path], now: list[float]
) -> None:
    runs = command("""echo '{"token": "st-0123456789abcdef", "expires_in": 1000}'""")
    key = config.find_key()
    assert key is not None
    command("exit 7")
    now[0] += 850
    assert (key.renew(), key.due, count(runs)) == ("", False, 2)
    now[0] += 160
    said = "BAILIAN_NB_KEY_COMMAND: the command give key ended with exit code 7; run it in a terminal to see why"
    assert key.renew() == said
    assert str(caught(config.find_key)) == said


def test_a_key_that_was_refused_is_asked_for_anew(command: Callable[[str], Path]) -> None:
    runs = command(f'echo {KEY}$(wc -l < "$(dirname "$0")/runs" | tr -d \' \')')
    key = config.find_key()
    assert key is not None
    refused = key.at_the_moment()
    assert [key.renew(refused), key.renew(refused), count(runs)] == ["", "", 2]
    assert key.reveal() == f"{KEY}2"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"echo {KEY} >&2; exit 3", "the command give key ended with exit code 3; run it in a terminal to see why"),
        ("true", "the command give key printed no key"),
        (f"echo 'key: {KEY}'", "what the command give key printed holds a space or a character that no key has"),
        (f'echo \'{{"token": "{KEY}"\'', "the command give key printed no key"),
        (f"echo '{json.dumps({'token': KEY, 'expires_at': 1})}'", "the key that the command give key printed is over"),
        ("yes", "the command give key ended with exit code"),
    ],
)
def test_a_command_that_gives_no_key_is_one_line(command: Callable[[str], Path], line: str, said: str) -> None:
    command(line)
    error = caught(config.find_key)
    assert isinstance(error, MissingApiKey)
    assert str(error).startswith(f"BAILIAN_NB_KEY_COMMAND: {said}")
    no_trace(error)


def test_one_that_is_not_there_is_named_without_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_KEY_COMMAND", f"/no/such/vault --token {KEY}")
    error = caught(config.find_key)
    assert str(error) == "BAILIAN_NB_KEY_COMMAND: the command vault cannot be run (FileNotFoundError)"
    no_trace(error)
    assert dict(config.variables_set())["BAILIAN_NB_KEY_COMMAND"] == "(set, not shown)"


def test_one_that_does_not_end_is_ended_with_all_that_it_started(
    command: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_source, "SECONDS", 0.3)
    command("sleep 60 & sleep 60")
    began = time.monotonic()
    with pytest.raises(MissingApiKey, match="took longer than 0 s"):
        config.find_key()
    assert time.monotonic() - began < 20
    gc.collect()


def test_what_a_command_leaves_running_is_not_waited_for(command: Callable[[str], Path], tmp_path: Path) -> None:
    left = tmp_path / "left"
    command(f"sleep 300 & echo $! > '{left}'\necho {KEY}")
    began = time.monotonic()
    key = config.find_key()
    os.kill(int(left.read_text()), signal.SIGKILL)
    assert key is not None
    assert key.reveal() == KEY
    assert time.monotonic() - began < key_source.SECONDS


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (f"TOKEN={KEY} vault read", "it begins with NAME=VALUE"),
        (f"vault read '{KEY}", "a quote may not be closed"),
        ("''", "no command can be read"),
        (KEY, "cannot be run (FileNotFoundError)"),
    ],
)
def test_a_secret_in_a_command_line_that_cannot_be_read_is_not_shown(
    given: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAILIAN_NB_KEY_COMMAND", given)
    error = caught(config.find_key)
    assert said in str(error)
    no_trace(error)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"expires_in": "1800"}, 1800.0),
        ({"expires_at": "1764001800"}, 1800.0),
        ({"expires_in": float("nan")}, math.inf),
        ({"expires_in": 10**400}, math.inf),
        ({"expires_in": "soon"}, math.inf),
        ({"expires_in": True}, math.inf),
    ],
)
def test_the_end_of_a_key_is_read_however_it_is_printed(
    command: Callable[[str], Path], now: list[float], given: dict[str, object], left: float
) -> None:
    command(f"echo '{json.dumps({'token': KEY, **given})}'")
    key = config.find_key()
    assert isinstance(key, key_source.RenewedKey)
    assert key._source.held.ends - now[0] == left


def test_what_json_cannot_be_read_is_no_key_and_no_error_of_its_own(
    command: Callable[[str], Path], tmp_path: Path
) -> None:
    deep = tmp_path / "deep"
    deep.write_text(f'{{"token": "{KEY}", "more": {"[" * 20_000}')
    command(f"cat '{deep}'")
    error = caught(config.find_key)
    assert "printed no key" in str(error)
    no_trace(error)


def test_a_key_that_is_named_itself_goes_first(command: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    runs = command(f"echo {KEY}")
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-another-0123456789")
    key = config.find_key()
    assert key is not None
    assert (key.reveal(), key.renews, count(runs)) == ("sk-another-0123456789", False, 0)
