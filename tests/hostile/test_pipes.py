"""A pipe that nobody writes to, or a device without an end, in the place of each file that is read: nothing hangs."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

import bailian_nb as wan
from bailian_nb import config
from bailian_nb.config import key as keys
from bailian_nb.errors import BailianError
from bailian_nb.session import session as sessions
from bailian_nb.store.kernels import beat_file, is_alive
from bailian_nb.store.open_rows import journal_path, may_have_open_rows
from bailian_nb.system.regular import read_file

from ..world.open_rows import VALUES

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
KEY = "sk-made-up-0123456789abcdef"
ZERO = Path("/dev/zero")


def put_pipe(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def limits(name: str) -> Path:
    return config.home() / "limits" / "emulator" / name


@pytest.mark.parametrize(
    "name",
    [
        "queries.json",
        f"{VALUES['model']}/pace.json",
        f"{VALUES['model']}/running/door.by",
        f"{VALUES['model']}/running/0.by",
        f"{VALUES['model']}/running/0.lock",
    ],
)
def test_no_file_of_the_limits_holds_a_call_up(name: str) -> None:
    wan.t2i("a hill", **VALUES).result(30)
    sessions.close_all()
    put_pipe(limits(name))
    assert len(wan.t2i("another hill", **VALUES).result(30)) == 1


@pytest.mark.parametrize("companion", ["-journal", "-wal", "-shm"])
def test_what_lies_beside_the_journal_is_named_and_nothing_is_sent(companion: str) -> None:
    """SQLite waits for a pipe there for ever."""
    wan.t2i("a hill", **VALUES).result(30)
    beside = journal_path(config.home()).with_name(f"journal.sqlite{companion}")
    put_pipe(beside)
    assert f"it is no file; take it away: '{beside}'" in refused(lambda: wan.t2i("another hill", **VALUES).result(30))
    sessions.close_all()
    assert may_have_open_rows(config.home()), "as it says of any that it cannot read"
    line = refused(lambda: wan.t2i("a third hill", **VALUES))
    assert f"it is no file; take it away: '{beside}'" in line
    assert line.endswith("; nothing was sent. Mend the disk, or end the program that holds them, and run it again.")
    beside.unlink()
    assert len(wan.t2i("another hill", **VALUES).result(30)) == 1


def test_an_index_with_a_pipe_beside_it_is_made_anew(caplog: pytest.LogCaptureFixture) -> None:
    wan.t2i("a hill", **VALUES).result(30)
    put_pipe(config.home() / "index.sqlite-journal")
    assert [picture.record.prompt for picture in wan.history()] == ["a hill"]
    assert "laid aside as index.sqlite.broken-" in caplog.text


def test_a_kernel_is_looked_for_without_waiting() -> None:
    put_pipe(config.home() / "owners" / "1-abc.lock")
    put_pipe(beat_file(config.home(), "1-abc"))
    assert not is_alive(config.home(), "1-abc")


def refused(call: Callable[[], object]) -> str:
    """Return the line of a refusal, which must come before anybody would think that it hangs."""
    said: list[str] = []

    def run() -> None:
        try:
            call()
        except (BailianError, OSError) as error:
            said.append(str(error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), "it hangs"
    return said[0]


def test_settings_and_salt_are_files() -> None:
    put_pipe(Path(platformdirs.user_config_dir("bailian_nb", appauthor=False)) / "config.toml")
    assert "it is no file" in refused(config.load)
    put_pipe(config.home() / "salt")
    assert "it is no file" in refused(lambda: keys.account_id(keys.Secret(KEY), "https://host/api/v1"))


def test_a_key_file_that_is_a_pipe_is_read_once_somebody_writes_and_waited_for_a_moment_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "key"
    put_pipe(pipe)
    named = {"DASHSCOPE_API_KEY_FILE_PATH": str(pipe)}
    writes = threading.Thread(target=lambda: pipe.write_text(f"{KEY}\n"), daemon=True)
    writes.start()
    found = config.find_key(named)
    writes.join(10)  # else it has the pipe open still when it is read again
    assert found is not None
    assert found.reveal() == KEY
    monkeypatch.setattr(keys, "PIPE_SECONDS", 0.01)
    assert "it is a pipe that nobody writes to" in refused(lambda: config.find_key(named))


@pytest.mark.skipif(not ZERO.exists(), reason="a system without this device")
def test_a_device_is_no_file() -> None:
    assert "it is no file" in refused(lambda: read_file(ZERO))
    assert "cannot be read (it is no file)" in refused(
        lambda: config.find_key({"DASHSCOPE_API_KEY_FILE_PATH": str(ZERO)})
    )
