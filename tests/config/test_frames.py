"""No frame that raises holds the key, nor what it can be read from: debuggers and verbose tracebacks print frames."""

from __future__ import annotations

import base64
import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import platformdirs
import pytest
from IPython.core.ultratb import VerboseTB
from PIL import Image

import bailian_nb as wan
from bailian_nb import config
from bailian_nb.errors import BailianError, InvalidRequest, MissingApiKey
from bailian_nb.session import session as sessions

KEY = "sk-made-up-0123456789abcdef"
URL = "https://dashscope.aliyuncs.com/api/v1"


def forms(secret: str) -> list[str]:
    """Return how a secret may be spelled, wherever in a longer text it begins."""
    raw = secret.encode()
    coded = [base64.b64encode(b"x" * shift + raw)[(4, 4, 4)[shift] : -4].decode() for shift in range(3)]
    percent = "".join(f"%{byte:02x}" for byte in raw)
    return [secret, secret[3:-4], quote(secret, safe=""), percent, percent.upper(), raw.hex(), *coded]


def told(error: BaseException) -> str:
    """Return all that can be printed of an error and of what led to it: its words, and what each frame holds."""
    lines: list[str] = []
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        each = queue.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        queue += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]
        lines += [str(each), repr(each), repr(each.args), repr(vars(each)), repr(getattr(each, "object", ""))]
        lines += [repr(frame) for frame in frames(each.__traceback__)]
    lines.append(VerboseTB(theme_name="nocolor").text(type(error), error, error.__traceback__))
    return "\n".join(lines)


def frames(traceback: TracebackType | None) -> Iterator[dict[str, object]]:
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename != __file__:
            yield dict(traceback.tb_frame.f_locals)
        traceback = traceback.tb_next


def caught(call: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as found:
        call()
    return found.value


def no_trace(error: BaseException) -> None:
    text = told(error)
    assert not [form for form in forms(KEY) if form in text]


@pytest.fixture(params=["variable", "named file", "own file"])
def _key(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    if request.param == "variable":
        monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
        return
    path = Path.home() / ".dashscope" / "api_key"
    if request.param == "named file":
        path = tmp_path / "key file"
        monkeypatch.setenv("DASHSCOPE_API_KEY_FILE_PATH", str(path))
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{KEY}\n")


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def a_folder_as(path: Path) -> Iterator[None]:
    path.mkdir(parents=True)
    yield


@contextlib.contextmanager
def a_file_as(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("in the way")
    yield


FAULTS: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
    "salt is a folder": lambda: a_folder_as(config.home() / "salt"),
    "home is a file": lambda: a_file_as(config.home()),
    "home lies in a file": lambda: a_file_as(config.home().parent),
    "disk is full": full_disk,
}


@pytest.mark.matrix
@pytest.mark.usefixtures("_key")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_salt_that_cannot_be_had_is_one_line_without_the_key(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "deep" / "home"))
    key = config.find_key()
    assert key is not None
    with FAULTS[fault]():
        error = caught(lambda: config.account_id(key, URL))
    assert isinstance(error, InvalidRequest)
    assert str(config.home()) in str(error)
    assert "\n" not in str(error)
    no_trace(error)


@pytest.mark.matrix
@pytest.mark.parametrize("name", ["salt", "journal.sqlite", "index.sqlite", "owners", "inputs", "limits", "emulator"])
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_call_that_stumbles_over_its_home_shows_no_key(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1")
    monkeypatch.setattr(BailianError, "show_traceback", True)
    path = config.home() / name
    with a_folder_as(path) if kind == "folder" else a_file_as(path):
        try:
            job = wan.edit(Image.new("RGB", (512, 512)), "instruct", "A hat", seed=1)
            job.wait(20)
            error: BaseException | None = job.error
        except (BailianError, OSError, sqlite3.Error) as raised:
            error = raised
    if error is not None:
        no_trace(error)
    sessions.current().close()


@pytest.mark.matrix
@pytest.mark.parametrize(
    "raw",
    [
        f"{KEY} {KEY}".encode(),
        f"{KEY}密钥".encode(),
        f'export DASHSCOPE_API_KEY="{KEY}"'.encode(),
        f"{KEY} {KEY}".encode("utf-16"),
        f"{KEY}密钥".encode("utf-16-le"),
        KEY.encode() + b"\xff\xfe",
        b"\xff" + KEY.encode(),
        KEY.encode() + b"\0",
        f"{KEY}\ud83d".encode("utf-8", "surrogatepass"),
    ],
    ids=["twice", "chinese", "export", "utf-16", "utf-16-le", "tail", "head", "nul", "half a pair"],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_broken_key_file_is_named_and_its_content_is_not(
    raw: bytes, named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key file" if named else Path.home() / ".dashscope" / "api_key"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw)
    if named:
        monkeypatch.setenv("DASHSCOPE_API_KEY_FILE_PATH", str(path))
    error = caught(config.find_key)
    assert isinstance(error, MissingApiKey)
    assert str(path) in str(error)
    no_trace(error)
    assert KEY.encode("utf-16-le").hex() not in told(error)


@pytest.mark.seldom
def test_a_broken_key_in_the_environment_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for given in (
        f"{KEY} {KEY}",
        f"Bearer {KEY}",
        f"\u201c{KEY}",
        f"$HOME{KEY}",
        f"/etc/{KEY}",
        f"LTAI{KEY}",
        os.fsdecode(b"\xff" + KEY.encode()),
    ):
        monkeypatch.setenv("DASHSCOPE_API_KEY", given)
        for call in (config.find_key, lambda: config.target(config.Settings(), interactive=True)):
            error = caught(call)
            assert isinstance(error, MissingApiKey)
            no_trace(error)


@pytest.mark.matrix
@pytest.mark.usefixtures("_key")
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BAILIAN_NB_EMULATOR", "maybe"),
        ("BAILIAN_NB_HOME", "~nobody-of-this-name/home"),
        ("DASHSCOPE_API_REGION", "mars"),
        ("DASHSCOPE_WORKSPACE_ID", "a b"),
        ("DASHSCOPE_HTTP_BASE_URL", "nonsense"),
        ("DASHSCOPE_API_KEY_FILE_PATH", "/no/such/file"),
    ],
)
def test_a_bad_setting_beside_a_good_key_shows_no_key(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    if variable == "DASHSCOPE_API_KEY_FILE_PATH":
        monkeypatch.delenv("DASHSCOPE_API_KEY", raising=False)
    error = caught(lambda: (config.home(), config.target(config.load(), interactive=True), config.find_key()))
    assert isinstance(error, BailianError)
    no_trace(error)


@pytest.mark.parametrize("line", [f"api_key = '{KEY}'", f"key = '{KEY}'\n[", f"'{KEY}"])
def test_a_key_in_the_settings_file_is_not_shown(line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = Path(platformdirs.user_config_dir("bailian_nb", appauthor=False))
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(line)
    error = caught(config.load)
    assert isinstance(error, InvalidRequest)
    assert "config.toml" in str(error)
    no_trace(error)
