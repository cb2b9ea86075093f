"""Where a setting comes from, what a cloned notebook may set, and what is said about a bad one."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import platformdirs
import pytest

import bailian_nb as wan
from bailian_nb import config, specs
from bailian_nb.config import Settings, load
from bailian_nb.config.server_address import ServerAddress
from bailian_nb.errors import InvalidRequest
from bailian_nb.system.language import of_the_system

HARMLESS = {"model", "edit_model", "n", "size", "lang", "out_dir", "styles"}
HARMLESS |= {"max_cost", "max_cost_day", "max_cost_month", "confirm_above"}


@pytest.fixture
def user() -> Path:
    """Return the user's config.toml, which is not there yet."""
    folder = Path(platformdirs.user_config_dir("bailian_nb", appauthor=False))
    folder.mkdir(parents=True)
    return folder / "config.toml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the bailian_nb.toml of a project, which is not there yet."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    return folder / "bailian_nb.toml"


def refused(**where: object) -> str:
    with pytest.raises(InvalidRequest) as error:
        config.load(**where)  # type: ignore[arg-type]
    line = str(error.value)
    assert not re.search(r"\n|  |[,;:]{2}|[.,;:] [.,;:]", line), line
    return line


def test_without_any_source_the_defaults_hold(tmp_path: Path) -> None:
    assert config.load(env={}, cwd=tmp_path) == Settings()
    assert (Settings().model, Settings().edit_model) == ("wan2.6-t2i", "wanx2.1-imageedit")
    assert (Settings().n, Settings().retries, Settings().confirm_above) == (1, 0, 5.0)
    assert (Settings().region, Settings().emulator) == ("cn-beijing", None)


def test_each_source_gives_way_to_the_one_before_it(user: Path, project: Path) -> None:
    env = {"BAILIAN_NB_LANG": "zh"}
    assert config.load({"lang": "en"}, env=env, cwd=project.parent).lang == "en"
    user.write_text('lang = "zh"\nn = 2\nsize = "16:9"\n')
    project.write_text('lang = "en"\nn = 3\n')
    found = config.load(env={}, cwd=project.parent)
    assert (found.lang, found.n, found.size) == ("en", 3, "16:9")
    assert config.load(env=env, cwd=project.parent).lang == "zh"
    assert config.load({"lang": None, "n": 4}, env=env, cwd=project.parent) == config.load(
        {"n": 4}, env=env, cwd=project.parent
    )
    assert config.load({"n": 4}, env=env, cwd=project.parent).n == 4


GERMAN = "setting lang must be en or zh, got 'de' / 设置项 lang 须为 en 或 zh，给出的是 'de'"


@pytest.mark.parametrize(
    ("variable", "value", "name", "found"),
    [
        ("DASHSCOPE_HTTP_BASE_URL", "http://h/api/v1", "base_url", "http://h/api/v1"),
        ("DASHSCOPE_WORKSPACE_ID", "ws-1", "workspace", "ws-1"),
        ("DASHSCOPE_WORKSPACE", "ws-2", "workspace", "ws-2"),
        ("DASHSCOPE_API_REGION", "us-east-1", "region", "us-east-1"),
        ("BAILIAN_NB_EMULATOR", "1", "emulator", True),
        ("BAILIAN_NB_EMULATOR", " No ", "emulator", False),
        ("BAILIAN_NB_EMULATOR_SECONDS", "0.05", "emulator_seconds", 0.05),
        ("BAILIAN_NB_SYNC", "true", "sync", True),
        ("BAILIAN_NB_LANG", "zh_CN.UTF-8", "lang", "zh"),
        ("BAILIAN_NB_LANG", "EN-us", "lang", "en"),
        ("BAILIAN_NB_OUT", "/pictures", "out_dir", "/pictures"),
    ],
)
def test_a_variable_sets_its_setting(tmp_path: Path, variable: str, value: str, name: str, found: object) -> None:
    assert getattr(config.load(env={variable: value}, cwd=tmp_path), name) == found
    assert config.load(env={variable: "  "}, cwd=tmp_path) == Settings(), "an empty variable is not set"


def test_of_the_two_names_of_the_workspace_the_first_holds(tmp_path: Path) -> None:
    env = {"DASHSCOPE_WORKSPACE": "two", "DASHSCOPE_WORKSPACE_ID": "one"}
    assert config.load(env=env, cwd=tmp_path).workspace == "one"


def test_every_setting_can_stand_in_the_users_file(user: Path, tmp_path: Path) -> None:
    given: dict[str, object] = dict.fromkeys(("model", "edit_model", "size", "out_dir", "account", "base_url"), "x")
    given |= {"n": 2, "retries": 1, "max_cost": 1, "confirm_above": 2.5, "lang": "zh", "workspace": "w", "region": "r"}
    given |= {
        "embed": False,
        "emulator": True,
        "sync": False,
        "a1111": True,
        "max_cost_day": 20,
        "max_cost_month": 100.5,
    }
    given |= {"emulator_seconds": 0.5, "limits": "redis://here", "limits_away": 0.25}
    written = {True: "true", False: "false"}
    user.write_text(
        "".join(
            f"{name} = {written[value] if isinstance(value, bool) else repr(value)}\n" for name, value in given.items()
        )
    )
    found = config.load(env={}, cwd=tmp_path)
    assert {name: getattr(found, name) for name in given} == given | {"limits": ServerAddress("redis://here")}
    assert {field.name for field in fields(Settings)} == {*given, "configured", "models", "styles"}
    assert type(found.max_cost) is float


def test_a_file_of_windows_notepad_is_read(user: Path, tmp_path: Path) -> None:
    user.write_bytes(b"\xef\xbb\xbflang = 'zh'\r\n")
    assert config.load(env={}, cwd=tmp_path).lang == "zh"


def test_the_nearest_project_file_up_to_the_repository_holds(project: Path, tmp_path: Path) -> None:
    (tmp_path / "bailian_nb.toml").write_text("n = 2\n")
    deep = project.parent / "notebooks" / "deep"
    deep.mkdir(parents=True)
    assert config.load(env={}, cwd=deep).n == 1, "what lies above the repository is not ours"
    project.write_text("n = 3\n")
    assert config.load(env={}, cwd=deep).n == 3
    (deep / "bailian_nb.toml").write_text("n = 4\n")
    assert config.load(env={}, cwd=deep).n == 4


@pytest.mark.parametrize("name", sorted({field.name for field in fields(Settings)} - HARMLESS - {"configured"}))
def test_a_project_may_not_say_where_requests_or_keys_go(project: Path, name: str) -> None:
    project.write_text(f"n = 2\n{name} = 'http://evil.example/api/v1'\n")
    line = refused(env={}, cwd=project.parent)
    assert line.startswith(f"bailian_nb.toml may not set {name}; it may set ")
    assert "evil" not in line


def test_a_project_may_set_harmless_things(project: Path) -> None:
    project.write_text("model = 'm'\nedit_model = 'e'\nn = 2\nsize = '16:9'\nlang = 'zh'\n")
    found = config.load(env={}, cwd=project.parent)
    assert (found.model, found.edit_model, found.n, found.size, found.lang) == ("m", "e", 2, "16:9", "zh")


@pytest.mark.parametrize(
    ("own", "asked", "holds"),
    [
        ("", "confirm_above = 2", 2.0),
        ("", "confirm_above = 500", 5.0),
        ("confirm_above = 1", "confirm_above = 2", 1.0),
        ("confirm_above = 9", "confirm_above = '8'", 8.0),
        ("confirm_above = 9", "", 9.0),
        ("", "max_cost = 3", 3.0),
        ("max_cost = 1", "max_cost = 3", 1.0),
        ("max_cost = 4", "max_cost = 3", 3.0),
        ("", "max_cost_day = 30", 30.0),
        ("max_cost_day = 10", "max_cost_day = 30", 10.0),
        ("max_cost_month = 40", "max_cost_month = 30", 30.0),
    ],
)
def test_a_project_moves_money_only_downwards(user: Path, project: Path, own: str, asked: str, holds: float) -> None:
    user.write_text(own)
    project.write_text(asked)
    name = (asked or own).split()[0]
    assert getattr(config.load(env={}, cwd=project.parent), name) == holds


def test_a_projects_pictures_stay_inside_it(project: Path, tmp_path: Path) -> None:
    deep = project.parent / "notebooks"
    deep.mkdir()
    project.write_text("out_dir = 'pictures/mine'\n")
    assert config.out_dir(config.load(env={}, cwd=deep)) == project.parent / "pictures" / "mine"
    outside = tmp_path / "outside"
    outside.mkdir()
    (project.parent / "link").symlink_to(outside)
    for bad in ("..", "../project2", str(outside), "a/../../b", "link/x", "/"):
        project.write_text(f"out_dir = '{bad}'\n")
        line = refused(env={}, cwd=deep)
        assert line == f"bailian_nb.toml may set out_dir only inside its own folder, got {bad!r}"


def test_the_environment_says_where_pictures_go_before_the_project_does(project: Path) -> None:
    project.write_text("out_dir = 'pictures'\n")
    found = config.load(env={"BAILIAN_NB_OUT": "/elsewhere"}, cwd=project.parent)
    assert config.out_dir(found) == Path("/elsewhere")
    assert config.out_dir(config.load({"out_dir": "here"}, env={"BAILIAN_NB_OUT": "/x"})) == Path("here")


def test_pictures_go_to_wan_out_in_the_current_folder_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.out_dir(Settings()) == tmp_path / "wan_out"
    assert config.out_dir(Settings(out_dir="~/pictures")) == Path.home() / "pictures"


def test_the_home_is_the_variables_or_the_systems(tmp_path: Path) -> None:
    assert config.home({"BAILIAN_NB_HOME": str(tmp_path)}) == tmp_path
    assert config.home({"BAILIAN_NB_HOME": "~/x"}) == Path.home() / "x"
    assert config.home({}).name == "bailian_nb"
    with pytest.raises(
        InvalidRequest, match=r"^~nobody-of-that-name/x names the home of a user who does not exist; see BAILI"
    ):
        config.home({"BAILIAN_NB_HOME": "~nobody-of-that-name/x"})


@pytest.mark.parametrize("given", ["state", "./state", "../state", "."])
def test_a_home_that_each_working_directory_has_for_itself_is_refused(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAILIAN_NB_HOME", given)
    with pytest.raises(InvalidRequest, match="must be a whole path") as refused:
        wan.t2i("a hill", seed=1)
    assert str(refused.value).endswith(f"write {tmp_path / given}")
    assert {path.name for path in tmp_path.iterdir()} <= {"user"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("n = 0", "setting n must be a whole number in 1-100, got 0"),
        ("n = 101", "setting n must be a whole number in 1-100, got 101"),
        ("n = 1.5", "setting n must be a whole number in 1-100, got 1.5"),
        ("n = true", "setting n must be a whole number in 1-100, got True"),
        ("n = 'two'", "setting n must be a whole number in 1-100, got 'two'"),
        ("n = []", "setting n must be a whole number in 1-100, got []"),
        ("retries = 11", "setting retries must be a whole number in 0-10, got 11"),
        ("emulator_seconds = -1", "setting emulator_seconds must be a number of seconds, 0 or more, got -1"),
        ("retries = -1", "setting retries must be a whole number in 0-10, got -1"),
        ("max_cost = -1", "setting max_cost must be a number of CNY, 0 or more, got -1"),
        ("max_cost = nan", "setting max_cost must be a number of CNY, 0 or more, got nan"),
        ("confirm_above = inf", "setting confirm_above must be a number of CNY, 0 or more, got inf"),
        ("confirm_above = 'much'", "setting confirm_above must be a number of CNY, 0 or more, got 'much'"),
        ("lang = 'de'", GERMAN),
        ("lang = 5", "setting lang must be text, got 5"),
        ("model = 5", "setting model must be text, got 5"),
        ("size = 1280", "setting size must be text, got 1280"),
        ("out_dir = 5", "setting out_dir must be text, got 5"),
        ("emulator = 2", "setting emulator must be 1 or 0, got 2"),
        ("sync = 'perhaps'", "setting sync must be 1 or 0, got 'perhaps'"),
        ("workspace = 'a b'", "DASHSCOPE_WORKSPACE_ID must be letters, digits, - and _, got 'a b'"),
    ],
)
def test_a_bad_setting_is_one_line(user: Path, project: Path, text: str, line: str) -> None:
    user.write_text(text)
    assert refused(env={}, cwd=project.parent).removeprefix("config.toml: ") == line
    assert refused(env={}, cwd=project.parent).startswith(("config.toml: ", "DASHSCOPE_WORKSPACE_ID "))
    if text.split()[0] in HARMLESS:
        user.unlink()
        project.write_text(text)
        assert refused(env={}, cwd=project.parent) == f"bailian_nb.toml: {line}"


def test_a_setting_of_a_cell_or_a_variable_is_not_blamed_on_a_file(project: Path) -> None:
    project.write_text("n = 2\nlang = 'zh'\n")
    with pytest.raises(InvalidRequest, match=r"^setting n must be "):
        config.load({"n": 0}, env={}, cwd=project.parent)
    assert refused(env={"BAILIAN_NB_LANG": "de"}, cwd=project.parent) == GERMAN


@pytest.mark.parametrize(
    "name", ["cn", "中文", "zh_CN.UTF-8", "Chinese", "zh-Hans-CN", " ZH ", "简体中文", "chs", "ｚｈ"]
)
def test_chinese_is_named_as_people_name_it(name: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.load(env={"BAILIAN_NB_LANG": name}, cwd=project.parent).lang == "zh"
    monkeypatch.setenv("BAILIAN_NB_LANG", name)
    assert config.load({"lang": "English"}, cwd=project.parent).lang == "en"
    assert of_the_system() == "zh"


@pytest.mark.parametrize("variable", ["BAILIAN_NB_EMULATOR", "BAILIAN_NB_SYNC"])
def test_a_bad_switch_names_its_variable(tmp_path: Path, variable: str) -> None:
    assert refused(env={variable: "maybe"}, cwd=tmp_path) == f"{variable} must be 1 or 0, got 'maybe'"


def test_a_misspelt_setting_is_refused_with_the_nearest(user: Path, project: Path) -> None:
    user.write_text("max_csot = 1\n")
    line = refused(env={}, cwd=project.parent)
    assert line.startswith("config.toml: unknown setting max_csot, did you mean max_cost? Known: model, ")
    assert "configured" not in line


def test_a_key_in_a_settings_file_is_refused_and_not_shown(user: Path, project: Path) -> None:
    user.write_text("api_key = 'sk-0123456789abcdef'\n")
    line = refused(env={}, cwd=project.parent)
    assert "unknown setting api_key" in line
    assert "sk-0123456789" not in line


def test_a_file_that_is_no_toml_is_named(user: Path, project: Path, tmp_path: Path) -> None:
    user.write_text("n = \n")
    assert refused(env={}, cwd=tmp_path).startswith(f"{user} cannot be read: ")
    user.write_bytes(b"lang = '\xff'\n")
    assert refused(env={}, cwd=tmp_path).startswith(f"{user} cannot be read: ")
    user.unlink()
    user.mkdir()
    assert refused(env={}, cwd=tmp_path).startswith(f"{user} cannot be read: ")


def test_names_of_ones_own_come_from_the_users_file_alone(
    user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(specs, "_models", dict(specs._models))
    user.write_text('model = "my-mugs"\n\n[models]\nmy-mugs = "wan2.7-image"\n')
    assert load(env={}, cwd=tmp_path).models == (("my-mugs", "wan2.7-image"),)
    assert load(env={}, cwd=tmp_path).model == "my-mugs"
    assert specs.get("my-mugs").based_on == "wan2.7-image"
    user.write_text("[models]\nmy-mugs = 5\n")
    with pytest.raises(InvalidRequest, match="setting models must be a table such as my-model"):
        load(env={}, cwd=tmp_path)
    user.unlink()
    (tmp_path / "bailian_nb.toml").write_text('[models]\nmine = "wan2.7-image"\n')
    with pytest.raises(InvalidRequest, match="may not set models"):
        load(env={}, cwd=tmp_path)
