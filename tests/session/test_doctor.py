"""What the doctor finds when something is wrong, one thing at a time; a part that fails hides no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb._version import __version__
from bailian_nb.session import doctor
from bailian_nb.session import session as sessions
from bailian_nb.session.doctor import Finding
from bailian_nb.specs import service

KEY = "sk-made-up-0123456789abcdef"


@pytest.fixture(autouse=True)
def _closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Probes of the documented hosts must fail at once instead of leaving this machine.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    yield
    sessions.current().close()


def examine() -> dict[str, Finding]:
    found = doctor.examine(sessions.current())
    assert len({each.name for each in found}) == len(found)
    for each in found:
        assert "\n" not in each.text
        assert KEY not in each.text
    return {each.name: each for each in found}


def test_with_the_emulator_everything_is_well(tmp_path: Path) -> None:
    found = examine()
    assert {each.state for each in found.values()} == {"ok", "info"}
    assert found["requests go to"].text == "EMULATOR inside this process"
    assert found["key"].text == "none is needed"
    assert found["task list"].text == "answered; 0 tasks in the last 24 h"
    assert found["BAILIAN_NB_HOME"].text == f"{tmp_path / 'home'} can be written"
    assert found["pictures"].text == f"{tmp_path / 'out'} can be written"
    assert found["limits"].text == "shared by all kernels of this machine with this BAILIAN_NB_HOME"
    assert found["journal"].text == "nothing is open"


def test_looking_leaves_no_folder_of_pictures_and_no_journal(tmp_path: Path) -> None:
    examine()
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "home" / "journal.sqlite").exists()


def test_versions_name_what_a_bug_report_needs() -> None:
    text = examine()["versions"].text
    for word in (f"bailian_nb {__version__}", "Python 3.", "anywidget ", "httpx ", "pillow "):
        assert word in text


def test_a_key_beside_the_emulator_is_called_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    assert examine()["key"].text == "sk-...cdef is set and not used"


def test_a_missing_key_is_found_and_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    found = examine()
    assert found["key"].state == "fail"
    assert "DASHSCOPE_API_KEY" in found["key"].text
    assert found["requests go to"].text == "https://dashscope.aliyuncs.com/api/v1 (cn-beijing)"
    assert found["BAILIAN_NB_HOME"].state == found["pictures"].state == "ok"


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("BAILIAN_NB_EMULATOR", "maybe", "BAILIAN_NB_EMULATOR must be 1 or 0, got 'maybe'"),
        ("DASHSCOPE_HTTP_BASE_URL", "nonsense", "DASHSCOPE_HTTP_BASE_URL must be an http(s) URL that ends in /api/v1"),
        ("DASHSCOPE_API_REGION", "mars", "DASHSCOPE_API_REGION 'mars' is unknown"),
        ("DASHSCOPE_API_REGION", "eu-central-1", "set DASHSCOPE_WORKSPACE_ID"),
        ("DASHSCOPE_API_KEY_FILE_PATH", "/no/such/file", "which does not exist"),
    ],
)
def test_a_bad_setting_is_found_and_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.setenv(variable, value)
    found = examine()
    assert found["settings"].state == "fail"
    assert told in found["settings"].text
    assert "BAILIAN_NB_HOME" in found


def test_a_service_that_does_not_answer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1")
    found = examine()
    assert found["key"] == Finding(state="ok", name="key", text="sk-...cdef")
    assert found["task list"].state == "fail"
    assert found["task list"].text.startswith("NetworkError: ")
    assert found["result hosts"] == Finding(state="warn", name="result hosts", text="0 of 10 answer")
    assert {name for name, each in found.items() if each.state == "warn"} == {"result hosts", *service.RESULT_HOSTS}


def test_a_home_that_cannot_be_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "file" / "home"))
    for emulator in ("1", "0"):
        monkeypatch.setenv("BAILIAN_NB_EMULATOR", emulator)
        monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
        found = examine()
        assert found["BAILIAN_NB_HOME"].state == "fail"
        assert found["BAILIAN_NB_HOME"].text.endswith("cannot be written: Not a directory")
        assert found["pictures"].state == "ok"


def test_limits_that_are_not_shared_are_found_with_the_reason_before_a_job_and_after_it(tmp_path: Path) -> None:
    home = sessions.current().home
    home.mkdir()
    (home / "limits").write_text("a file where the kernels should meet")
    before = examine()["limits"]
    assert before.state == "warn"
    assert before.text.startswith(
        f"limits are not shared with other kernels: no locks in {home / 'limits' / 'emulator'}"
    )
    assert "Not a directory" in before.text
    wan.t2i("A hill emulator:latency=0", model="wan2.5-t2i-preview", size="768*768", seed=1).result(30)
    after = examine()["limits"]
    assert after.state == "warn"
    assert after.text.startswith("limits are not shared with other kernels: no locks in ")


def test_trying_the_locks_of_folders_that_are_in_use_leaves_nothing_there() -> None:
    wan.t2i("A hill emulator:latency=0", model="wan2.5-t2i-preview", size="768*768", seed=1).result(30)
    limits = sessions.current().home / "limits"
    before = set(limits.rglob("*"))
    assert examine()["limits"].state == "ok"
    assert set(limits.rglob("*")) == before != set()


def test_locks_that_a_network_file_system_may_not_hold_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    mount = SimpleNamespace(mountpoint=str(sessions.current().home.parent), fstype="nfs4")
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: [mount])
    found = examine()["limits"]
    assert (found.state, "network file system (nfs4)" in found.text) == ("warn", True)


def test_a_journal_that_was_damaged_is_found_and_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "journal.sqlite").write_text("this is no database, but it is long enough to be looked at" * 9)
    found = examine()
    assert found["journal"].state == "warn"
    (aside,) = (tmp_path / "home").glob("journal.broken-*")
    assert aside.name in found["journal"].text
    assert found["task list"].state == "ok"


def test_the_firewall_list_is_every_documented_host() -> None:
    hosts = doctor.firewall_list()
    assert {"dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", *service.RESULT_HOSTS} <= set(hosts)
    assert {"dashscope-file-*.oss-cn-beijing.aliyuncs.com", "*.eu-central-1.maas.aliyuncs.com"} <= set(hosts)
    assert not [host for host in hosts if "/" in host or ":" in host]
    assert len(set(hosts)) == len(hosts)


def test_a_model_that_ends_is_named_and_warned_of_where_the_settings_take_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(specs, "_models", dict(specs._models))
    end = specs.day(sessions.current().clock.now())
    life = specs.Life(source="DEP", seen=end, retires=end, successor="wan2.7-image")
    specs.register(replace(specs.get(specs.DEFAULT_T2I), name="old-t2i", life=life))
    found = examine()["models"]
    assert found.state == "info"
    assert f"old-t2i was announced to retire on {end}: use wan2.7-image" in found.text
    (tmp_path / "bailian_nb.toml").write_text('model = "old-t2i"\nedit_model = "flux-dev"\n')
    monkeypatch.chdir(tmp_path)
    found = examine()["models"]
    assert found.state == "warn"
    assert "flux-dev was announced to retire on 2026-03-30: use wan2.6-t2i" in found.text
