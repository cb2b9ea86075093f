"""Emulator or service, and where the service is: the rules that keep a demo free and a key at home."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest

from bailian_nb import config
from bailian_nb.config import Settings
from bailian_nb.errors import InvalidRequest, MissingApiKey
from bailian_nb.specs import service

from ..world.each import each

KEY = "sk-made-up-0123456789abcdef"
PASSWORD = "hunter2hunter2"


def emulator(env: dict[str, str], *, interactive: bool, cwd: Path = Path("/")) -> bool:
    return config.wants_emulator(config.load(env=env, cwd=cwd), interactive=interactive, env=env)


CONFIGURED = [
    {"DASHSCOPE_API_KEY": KEY},
    {"DASHSCOPE_HTTP_BASE_URL": "http://127.0.0.1:1/api/v1"},
    {"DASHSCOPE_API_REGION": "ap-southeast-1"},
    {"DASHSCOPE_API_REGION": "cn-beijing"},
    {"DASHSCOPE_WORKSPACE_ID": "ws"},
    {"DASHSCOPE_WORKSPACE": "ws"},
]


@pytest.mark.parametrize("env", [{}, *CONFIGURED], ids=lambda env: "-".join(env) or "nothing")
@pytest.mark.parametrize("interactive", [True, False])
def test_the_variable_decides_when_it_is_set(env: dict[str, str], interactive: bool) -> None:
    assert emulator({**env, "BAILIAN_NB_EMULATOR": "1"}, interactive=interactive)
    assert not emulator({**env, "BAILIAN_NB_EMULATOR": "0"}, interactive=interactive)


def test_with_nothing_configured_a_front_end_gets_the_emulator_and_a_script_does_not() -> None:
    assert emulator({}, interactive=True)
    assert not emulator({}, interactive=False)


@each("env", CONFIGURED, ids=lambda env: "-".join(itertools.chain(*env.items())))
def test_whatever_is_configured_means_the_service(env: dict[str, str]) -> None:
    assert not emulator(env, interactive=True)
    assert not emulator(env, interactive=False)


@pytest.mark.parametrize("line", ["region = 'cn-beijing'", "workspace = 'ws'", "base_url = 'http://h/api/v1'"])
def test_what_the_users_file_configures_means_the_service_too(line: str) -> None:
    folder = Path(platformdirs.user_config_dir("bailian_nb", appauthor=False))
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(line)
    assert not emulator({}, interactive=True)


def test_a_key_file_means_the_service() -> None:
    (Path.home() / ".dashscope").mkdir()
    (Path.home() / ".dashscope" / "api_key").write_text(KEY)
    assert not emulator({}, interactive=True)


def test_a_key_file_that_is_named_and_missing_is_never_the_emulator() -> None:
    with pytest.raises(MissingApiKey):
        emulator({"DASHSCOPE_API_KEY_FILE_PATH": "/no/such/file"}, interactive=True)


def test_a_target_needs_no_key() -> None:
    found = config.target(Settings(), interactive=False, env={})
    assert (found.emulator, found.base_url, found.region) == (False, service.REGIONS["cn-beijing"], "cn-beijing")
    found = config.target(Settings(emulator=True, region="us-east-1", workspace="ws"), interactive=False, env={})
    assert (found.emulator, found.base_url, found.region, found.workspace) == (
        True,
        config.EMULATOR_URL,
        "cn-beijing",
        "",
    )


@each("region", service.REGIONS)
def test_a_region_without_a_host_of_its_own_needs_a_workspace(region: str) -> None:
    classic = service.REGIONS[region]
    if classic is not None:
        assert config.service_url(Settings(region=region)) == classic
        return
    with pytest.raises(
        InvalidRequest, match=f"^region {region} has no host of its own; set DASHSCOPE_WORKSPACE_ID, too$"
    ):
        config.service_url(Settings(region=region))
    assert config.service_url(Settings(region=region, workspace="ws1")) == (
        f"https://ws1.{region}.maas.aliyuncs.com/api/v1"
    )


def test_an_unknown_region_is_one_line() -> None:
    with pytest.raises(InvalidRequest) as error:
        config.service_url(Settings(region="cn-beijin"))
    line = str(error.value)
    assert line.startswith("DASHSCOPE_API_REGION 'cn-beijin' is unknown, did you mean cn-beijing? Known: cn-beijing (")
    assert [region for region in service.REGIONS if region not in line] == []


@pytest.mark.parametrize(
    ("given", "region"),
    [
        ("singapore", "ap-southeast-1"),
        (" Singapore ", "ap-southeast-1"),
        ("新加坡", "ap-southeast-1"),
        ("sg", "ap-southeast-1"),
        ("intl", "ap-southeast-1"),
        ("AP-SOUTHEAST-1", "ap-southeast-1"),
        ("ap_southeast_1", "ap-southeast-1"),
        ("Tokyo", "ap-northeast-1"),
        ("日本（东京）", "ap-northeast-1"),
        ("Hong Kong", "cn-hongkong"),
        ("hong-kong", "cn-hongkong"),
        ("中国香港", "cn-hongkong"),
        ("frankfurt", "eu-central-1"),
        ("法兰克福", "eu-central-1"),
        ("Virginia", "us-east-1"),
        ("美国", "us-east-1"),
        ("北京", "cn-beijing"),
        ("beijing", "cn-beijing"),
        ('"cn-beijing"', "cn-beijing"),
    ],
)
def test_a_region_is_known_by_what_people_call_it(given: str, region: str, tmp_path: Path) -> None:
    for settings in (
        config.load(env={"DASHSCOPE_API_REGION": given}, cwd=tmp_path),
        config.load({"region": given.strip('"')}, env={}, cwd=tmp_path),
    ):
        assert settings.region == region
        assert config.service_url(replace(settings, workspace="ws1")) == (
            service.REGIONS[region] or f"https://ws1.{region}.maas.aliyuncs.com/api/v1"
        )


@pytest.mark.parametrize("given", ["shanghai", "hangzhou", "mars", "上海", "cn"[:1]])
def test_a_place_without_the_service_is_refused_with_those_that_have_it(given: str, tmp_path: Path) -> None:
    settings = config.load(env={"DASHSCOPE_API_REGION": given}, cwd=tmp_path)
    with pytest.raises(
        InvalidRequest, match=r"Known: cn-beijing \(Beijing, 北京\), ap-southeast-1 \(Singapore, 新加坡\)"
    ):
        config.service_url(settings)


def test_no_two_regions_share_a_name() -> None:
    names = [name for names in service.REGION_NAMES.values() for name in {*map(service._plain, names)}]
    assert len(names) == len(set(names))
    assert set(service.REGION_NAMES) == set(service.REGIONS)


@pytest.mark.parametrize(
    "url", ["https://h/api/v1", "https://h/api/v1/", " http://127.0.0.1:8787/api/v1 ", "http://[::1]:8080/x/api/v1"]
)
def test_a_base_url_is_taken_before_the_region_and_loses_its_last_slash(url: str) -> None:
    assert config.service_url(Settings(base_url=url, region="mars")) == url.strip().rstrip("/")


@each(
    "url",
    [
        "dashscope.aliyuncs.com/api/v1",
        "ftp://h/api/v1",
        "https:///api/v1",
        "https://h:0/api/v1",
        "https://h:99999/api/v1",
        "https://[::1/api/v1",
        "https://dashscope.aliyuncs.com",
        "https://dashscope.aliyuncs.com/compatible-mode/v1",
        "https://h/api/v1?x=1",
        "https://h/api/v1#x",
        "nonsense",
    ],
)
def test_what_is_no_base_url_is_one_line(url: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        config.service_url(Settings(base_url=url))
    assert str(error.value) == f"DASHSCOPE_HTTP_BASE_URL must be an http(s) URL that ends in /api/v1, got {url!r}"


@each(
    "url",
    [
        "http://dashscope.aliyuncs.com/api/v1",
        "HTTP://gateway.corp:8080/api/v1",
        "http://10.0.0.1/api/v1",
        "http://0.0.0.0:8787/api/v1",
        "http://localhost.evil.example/api/v1",
        "http://[2001:db8::1]/api/v1",
    ],
)
def test_a_key_goes_to_no_other_machine_in_plain_text(url: str) -> None:
    with pytest.raises(InvalidRequest, match=r"would send the key in plain text, got '(http|HTTP):.*write https://"):
        config.service_url(Settings(base_url=url))
    assert config.service_url(Settings(base_url=url.lower().replace("http:", "https:"))).startswith("https://")


@pytest.mark.parametrize("host", ["127.0.0.1:8787", "LOCALHOST:80", "[::1]:8787"])
def test_this_machine_needs_no_https(host: str) -> None:
    assert config.service_url(Settings(base_url=f"http://{host}/api/v1")).startswith("http://")


WITH_PASSWORD = [
    f"https://user:{PASSWORD}@h/api/v1",
    f"https://{PASSWORD}@h/api/v1/",
    f"https://user:half/{PASSWORD}@h/api/v1",
    f"https://user:half@{PASSWORD}@h/api/v1",
    f"https://user:half#{PASSWORD}@h/api/v1",
    f"https://user:{PASSWORD}%40h/api/v1",
    f"https:/user:{PASSWORD}@h/api/v1",
    f"https:\\\\user:{PASSWORD}@h/api/v1",
    f"user:{PASSWORD}@h/api/v1",
    f"https://user:{PASSWORD}@h/nothing",
    f"https://us er:{PASSWORD}\n@h/api/v1",
]


@pytest.mark.parametrize("url", WITH_PASSWORD)
@pytest.mark.parametrize("source", ["variable", "file", "settings"])
def test_a_password_in_the_base_url_is_refused_and_neither_shown_nor_kept(url: str, source: str) -> None:
    env = {"DASHSCOPE_API_KEY": KEY}
    settings = Settings(base_url=url)
    if source == "variable":
        settings = config.load(env={**env, "DASHSCOPE_HTTP_BASE_URL": url})
    elif source == "file":
        folder = Path(platformdirs.user_config_dir("bailian_nb", appauthor=False))
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text(f"base_url = {json.dumps(url)}\n")
        settings = config.load(env=env)
    with pytest.raises(InvalidRequest) as error:
        config.target(settings, interactive=True, env=env)
    assert str(error.value).startswith("DASHSCOPE_HTTP_BASE_URL holds a user name or password, got '")
    assert "HTTPS_PROXY" in str(error.value)
    shown = [str(error.value)] if source == "settings" else [str(error.value), repr(settings)]
    assert not [words for words in shown if PASSWORD in words or "half" in words]


@pytest.mark.parametrize("variable", ["DASHSCOPE_API_REGION", "DASHSCOPE_WORKSPACE_ID", "BAILIAN_NB_EMULATOR"])
def test_a_password_in_the_wrong_variable_is_not_shown(variable: str) -> None:
    env = {variable: WITH_PASSWORD[0], "DASHSCOPE_API_KEY": KEY}
    with pytest.raises(InvalidRequest) as error:
        config.target(config.load(env=env), interactive=False, env=env)
    assert PASSWORD not in str(error.value)


def test_a_key_in_the_wrong_variable_is_not_shown() -> None:
    for settings in (Settings(base_url=KEY), Settings(region=KEY)):
        with pytest.raises(InvalidRequest, match=r"sk-\.\.\.") as error:
            config.service_url(settings)
        assert KEY not in str(error.value)
    with pytest.raises(InvalidRequest) as error:
        config.load(env={"BAILIAN_NB_EMULATOR": KEY})
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    ("env", "region"),
    [
        ({"DASHSCOPE_HTTP_BASE_URL": "https://dashscope-intl.aliyuncs.com/api/v1/"}, "ap-southeast-1"),
        ({"DASHSCOPE_HTTP_BASE_URL": "https://ws1.eu-central-1.maas.aliyuncs.com/api/v1"}, "eu-central-1"),
        ({"DASHSCOPE_HTTP_BASE_URL": "http://127.0.0.1:8787/api/v1"}, "cn-beijing"),
        (
            {
                "DASHSCOPE_HTTP_BASE_URL": "https://dashscope-intl.aliyuncs.com/api/v1",
                "DASHSCOPE_API_REGION": "us-east-1",
            },
            "us-east-1",
        ),
    ],
)
def test_prices_and_limits_follow_a_documented_base_url(env: dict[str, str], region: str, tmp_path: Path) -> None:
    assert config.load(env=env, cwd=tmp_path).region == region


@each(
    ("given", "meant"),
    [
        ("https://DashScope.AliyunCS.com/api/v1", "https://dashscope.aliyuncs.com/api/v1"),
        ("HTTPS://dashscope.aliyuncs.com:443/api/v1/", "https://dashscope.aliyuncs.com/api/v1"),
        ("https://dashscope.aliyuncs.com./api/v1", "https://dashscope.aliyuncs.com/api/v1"),
        ("http://127.0.0.1:80/api/v1", "http://127.0.0.1/api/v1"),
        ("http://127.0.0.1:443/api/v1", "http://127.0.0.1:443/api/v1"),
        ("http://[::1]:8080/Proxy/api/v1", "http://[::1]:8080/Proxy/api/v1"),
    ],
)
def test_one_host_has_one_spelling_whatever_was_typed(given: str, meant: str) -> None:
    assert config.service_url(Settings(base_url=given)) == meant
