"""Every variable is read without what it was pasted with, and a path without what its shell would have filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailian_nb import config
from bailian_nb.config import Settings, overview
from bailian_nb.config.overview import variables_set
from bailian_nb.errors import InvalidRequest
from bailian_nb.system.environment import clean

from ..world.each import each

KEY = "sk-made-up-0123456789abcdef"
CLEANED = {
    "BAILIAN_NB_OUT": ("out_dir", "/tmp/q"),
    "DASHSCOPE_HTTP_BASE_URL": ("base_url", "https://dashscope.aliyuncs.com/api/v1"),
    "DASHSCOPE_WORKSPACE_ID": ("workspace", "ws-1"),
    "DASHSCOPE_WORKSPACE": ("workspace", "ws-1"),
    "DASHSCOPE_API_REGION": ("region", "us-east-1"),
    "BAILIAN_NB_LANG": ("lang", "zh"),
    "BAILIAN_NB_SYNC": ("sync", True),
    "BAILIAN_NB_EMULATOR": ("emulator", False),
    "BAILIAN_NB_EMULATOR_SECONDS": ("emulator_seconds", 0.25),
    "BAILIAN_NB_MAX_COST": ("max_cost", 2.5),
    "BAILIAN_NB_MAX_COST_DAY": ("max_cost_day", 20.0),
    "BAILIAN_NB_MAX_COST_MONTH": ("max_cost_month", 300.0),
    "BAILIAN_NB_CONFIRM_ABOVE": ("confirm_above", 1.0),
}
PLAIN = {True: "1", False: "0"}


@pytest.mark.parametrize("variable", CLEANED)
@pytest.mark.parametrize("around", ['"%s"', "'%s'", "“%s”", "「%s」", "«%s»", "\ufeff%s", " %s\n", "\u200b%s\u00a0"])
def test_no_value_has_the_quotes_or_marks_around_it(variable: str, around: str, tmp_path: Path) -> None:
    setting, value = CLEANED[variable]
    written = PLAIN[value] if isinstance(value, bool) else str(value)
    assert getattr(config.load(env={variable: around % written}, cwd=tmp_path), setting) == value


@pytest.mark.parametrize("given", ['""', "''", "“”", '" "', "\ufeff"])
def test_empty_quotes_are_not_set(given: str, tmp_path: Path) -> None:
    assert config.load(env=dict.fromkeys(CLEANED, given), cwd=tmp_path) == Settings()
    assert config.find_key({"DASHSCOPE_API_KEY": given}) is None


@each(
    ("given", "left"),
    [
        ("it's", "it's"),
        ('say "no"', 'say "no"'),
        ('"a" and "b"', 'a" and "b'),
        ("'", "'"),
        ("""'"both"'""", '"both"'),
        ('"half', '"half'),
        ('“mixed"', '“mixed"'),
    ],
)
def test_one_pair_is_taken_off_and_no_more(given: str, left: str) -> None:
    assert clean(given) == left


@pytest.mark.parametrize("given", ["~/pics", "$HOME/pics", "${HOME}/pics", "%USERPROFILE%/pics", '"$HOME/pics"'])
def test_a_path_is_filled_in_as_a_shell_would(given: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("USERPROFILE", str(Path.home()))
    wanted = Path.home() / "pics"
    monkeypatch.setenv("BAILIAN_NB_OUT", given)
    monkeypatch.setenv("BAILIAN_NB_HOME", given)
    assert config.out_dir(config.load(cwd=tmp_path)) == wanted
    assert config.home() == wanted
    wanted.write_text(KEY)
    assert config.find_key({"DASHSCOPE_API_KEY_FILE_PATH": given}) is not None


@pytest.mark.parametrize("given", ["$NO_SUCH/pics", "${NO_SUCH}/pics", "%NO_SUCH%/pics"])
def test_a_path_with_a_variable_that_is_not_set_is_refused(
    given: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAILIAN_NB_HOME", given)
    for call, name in (
        (config.home, "BAILIAN_NB_HOME"),
        (lambda: config.out_dir(Settings(out_dir=given)), r"out_dir \(BAILIAN_NB_OUT\)"),
    ):
        with pytest.raises(InvalidRequest, match=rf"^{name} is .*and the variable NO_SUCH is not set; write it out"):
            call()
    (tmp_path / given).mkdir(parents=True)
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / given))
    assert config.home() == tmp_path / given, "a folder that really has this name is taken"


def test_a_key_never_becomes_the_name_of_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    with pytest.raises(InvalidRequest, match="the variable DASHSCOPE_API_KEY must not stand in a path") as error:
        config.out_dir(Settings(out_dir="pics/$DASHSCOPE_API_KEY"))
    assert KEY not in str(error.value)
    (tmp_path / ".git").mkdir()
    (tmp_path / "bailian_nb.toml").write_text("out_dir = '$HOME'\n")
    with pytest.raises(InvalidRequest, match="may set out_dir only to a path without variables, got"):
        config.load(cwd=tmp_path)


def test_what_is_set_is_listed_without_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DASHSCOPE_API_KEY": f'"{KEY}"',
        "DASHSCOPE_API_KEY_FILE_PATH": KEY,
        "DASHSCOPE_HTTP_BASE_URL": "https://user:hush@host/api/v1",
        "HTTPS_PROXY": "http://user:hush@127.0.0.1:7890",
        "NO_PROXY": "a,b",
        "BAILIAN_NB_OUT": "'/tmp/q'",
        "SSL_CERT_FILE": "",
    }.items():
        monkeypatch.setenv(name, value)
    found = dict(variables_set())
    assert found["DASHSCOPE_API_KEY"] == "sk-...cdef"
    assert found["DASHSCOPE_API_KEY_FILE_PATH"] == "sk-..."
    assert found["HTTPS_PROXY"] == "http://...@127.0.0.1:7890"
    assert (found["NO_PROXY"], found["BAILIAN_NB_OUT"]) == ("a,b", "/tmp/q")
    assert "SSL_CERT_FILE" not in found
    assert "hush" not in str(found)


MISSPELT = {
    "DASHSCOPE_API_KEY": (
        "DASHSCOPE_APIKEY",
        "DASHSCOPE_KEY",
        "dashscope_api_key",
        "BAILIAN_API_KEY",
        "DASH_SCOPE_API_KEY",
    ),
    "DASHSCOPE_HTTP_BASE_URL": ("DASHSCOPE_BASE_URL", "DASHSCOPE_HTTP_BASEURL"),
    "DASHSCOPE_API_REGION": ("DASHSCOPE_REGION",),
    "BAILIAN_NB_EMULATOR": ("BAILIAN_NB_EMULATER", "BAILIAN_EMULATOR", "BAILIAN_NB_EMU"),
    "BAILIAN_NB_MAX_COST": ("BAILIAN_NB_MAXCOST", "BAILIAN_MAX_COST"),
    "BAILIAN_NB_OUT": ("BAILIAN_NB_OUTDIR", "BAILIAN_NB_OUT_DIR"),
}


@each(("name", "meant"), [(name, meant) for meant, names in MISSPELT.items() for name in names])
def test_a_variable_that_is_nearly_one_of_ours_is_named_and_its_value_is_not(name: str, meant: str) -> None:
    (line,) = config.misspelt({name: "hush"})
    assert line == f"{name} is set, and nothing reads it: did you mean {meant}?"
    money = meant != "BAILIAN_NB_OUT"
    assert config.misspelt({name: "hush"}, money=True) == ((line,) if money else ())
    assert config.misspelt({name: "hush", meant: "x"}, money=True) == ()


def test_variables_of_ours_and_of_others_are_spelled_right() -> None:
    others = (
        "DASHSCOPE_LOGGING_LEVEL",
        "DASHSCOPE_DISABLE_DATA_INSPECTION",
        "BAILIAN_NB_SHOTS",
        "PATH",
        "OPENAI_API_KEY",
    )
    assert config.misspelt(dict.fromkeys((*overview._OURS, *others), "x")) == ()
