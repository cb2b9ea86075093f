"""What the doctor finds when something is wrong, one thing at a time; a part that fails hides no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

import bailian_nb as wan
from bailian_nb import config, specs
from bailian_nb._version import __version__
from bailian_nb.client import Client
from bailian_nb.session import doctor, front
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
    assert found["task list"].text == "answered; tasks in the last 24 h: 0"
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


def test_without_a_key_it_says_that_this_is_why_the_emulator_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAILIAN_NB_EMULATOR", raising=False)
    monkeypatch.setattr(front.here, "interactive", lambda: True)
    found = examine()["key"]
    assert (found.state, found.text.partition(";")[0]) == ("ok", "none is set, so the emulator draws")


def test_a_misspelt_variable_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_APIKEY", KEY)
    found = examine()["variables"]
    assert found.state == "warn"
    assert found.text == "DASHSCOPE_APIKEY is set, and nothing reads it: did you mean DASHSCOPE_API_KEY?"


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
        ("DASHSCOPE_HTTP_BASE_URL", "http://gateway.corp/api/v1", "would send the key in plain text"),
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
    assert found["result hosts"].state == "warn"
    assert found["result hosts"].text.startswith("0 of 12 answer (cn-beijing); the list is open: ")
    probed = service.result_hosts("cn-beijing")
    assert {name for name, each in found.items() if each.state == "warn"} == {"result hosts", *probed}


def test_the_region_decides_which_result_hosts_are_probed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("DASHSCOPE_API_REGION", "singapore")
    found = examine()
    assert found["requests go to"].text == "https://dashscope-intl.aliyuncs.com/api/v1 (ap-southeast-1)"
    assert found["result hosts"].text.startswith("0 of 3 answer (ap-southeast-1); ")
    assert not [name for name in found if "oss-cn-" in name]
    assert "dashscope-result-sgp.oss-ap-southeast-1.aliyuncs.com" in found


@pytest.mark.seldom
def test_whatever_a_part_raises_the_last_line_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    last = list(examine())[-1]

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("what nobody thought of")

    places = [
        (doctor, name) for name in ("_versions", "_environment", "_connections", "_network", "_folders", "_limits")
    ]
    places += [(config, name) for name in ("find_key", "proxies", "certificates", "variables_set", "out_dir")]
    places += [(sessions.Session, name) for name in ("settings", "target", "account", "pending")]
    for where, name in places:
        with monkeypatch.context() as one:
            one.setattr(where, name, broken)
            found = examine()
        assert list(found)[-1] == last, name
        faults = [each for each in found.values() if each.state == "fail"]
        assert "what nobody thought of" in faults[0].text, name


@pytest.mark.parametrize("emulator", ["0", "1"])
@pytest.mark.parametrize(
    ("variable", "value", "line", "told"),
    [
        (
            "NO_PROXY",
            "fe80::/10,10.0.0.0/99",
            "NO_PROXY",
            "cannot be read and is left out: 10.0.0.0/99; names, domains",
        ),
        ("ALL_PROXY", "socks4://user:hush@127.0.0.1:9", "proxy", "all_proxy names a proxy of the kind socks4"),
        ("ALL_PROXY", "http://127.0.0.1:port", "proxy", "all_proxy holds a proxy's URL that cannot be read"),
        ("SSL_CERT_FILE", "/nope.pem", "certificates", "SSL_CERT_FILE names /nope.pem, which does not exist"),
        ("DASHSCOPE_API_KEY", "your-api-key", "key", "the key in DASHSCOPE_API_KEY is a placeholder and no key"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_with_what_to_do(
    variable: str, value: str, line: str, told: str, emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", emulator)
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    for name in {variable, variable.lower()} if variable.endswith("PROXY") else {variable}:
        monkeypatch.setenv(name, value)
    found = examine()
    assert told in found[line].text
    assert list(found)[-1] == "journal"
    assert variable in found["environment"].text
    assert "hush" not in str(found)


@pytest.mark.seldom
@pytest.mark.parametrize(
    ("key", "state", "told"),
    [
        (KEY, "ok", ""),
        ("sk-ws-made-up-0123456789abcdef", "info", "belong to one workspace: DASHSCOPE_WORKSPACE_ID"),
        ("sk-sp-made-up-0123456789abcdef", "warn", "belong to a Token Plan and work on its own hosts alone"),
        ("st-made-up-0123456789abcdef", "info", "are temporary and end after 30 minutes"),
        ("gateway-0123456789abcdef", "warn", "It begins with none of sk-, sk-ws- and st-"),
    ],
)
def test_a_key_is_told_by_its_kind(key: str, state: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", key)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1")
    found = examine()["key"]
    assert found.state == state
    assert told in found.text
    assert key not in found.text


@pytest.mark.seldom
@pytest.mark.parametrize(
    ("addresses", "state", "told"),
    [
        (
            ("198.18.0.9", "fdfe:dcba:9876::5"),
            "info",
            "made-up addresses (198.18.0.9, fdfe:dcba:9876::5): a proxy works",
        ),
        (("10.0.0.7",), "warn", "leads to a private address (10.0.0.7): pictures from hosts that are not known"),
        (("47.1.2.3",), "", ""),
    ],
)
def test_a_name_server_that_invents_addresses_is_found_before_anything_is_paid(
    addresses: tuple[str, ...], state: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(self: Client, host: str) -> tuple[str, ...]:
        assert host == "dashscope.aliyuncs.com"
        return addresses

    monkeypatch.setattr(Client, "addresses", resolve)
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    found = examine()
    assert ("name server" in found) is bool(state)
    if state:
        assert found["name server"].state == state
        assert told in found["name server"].text


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
