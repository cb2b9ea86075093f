"""A proxy's URL may hold a password: no error and no finding of the doctor shows any of it."""

from __future__ import annotations

import asyncio
import logging
import traceback

import pytest

from bailian_nb.client import Client
from bailian_nb.config import Secret
from bailian_nb.errors import NetworkError
from bailian_nb.session import doctor
from bailian_nb.session import session as sessions

KEY = "sk-made-up-0123456789abcdef"
PASSWORD = "hunter2hunter2"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


async def ask() -> None:
    client = Client(base_url="https://dashscope.invalid/api/v1", key=Secret(KEY))
    try:
        await client.list_tasks(start=None, end=None, model=None, status=None)
    finally:
        await client.aclose()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "proxy",
    [
        f"http://user:{PASSWORD}@127.0.0.1:9",
        f"http://user:{PASSWORD}/half@127.0.0.1:9",
        f"http://{PASSWORD}:x/y@127.0.0.1:9",
        f"http://user:half@{PASSWORD}@127.0.0.1:x",
        f"http://user:half:{PASSWORD}\x01@127.0.0.1:9",
        f"nothing://user:{PASSWORD}@127.0.0.1:9",
        f"socks5://user:{PASSWORD}@127.0.0.1:9",
        f"user:{PASSWORD}@127.0.0.1:9",
    ],
)
def test_no_error_shows_a_part_of_it(
    proxy: str, variable: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(variable, proxy)
    with pytest.raises(NetworkError) as error:
        asyncio.run(ask())
    shown = "".join(traceback.format_exception(error.value)) + str(error.value) + caplog.text
    assert not [part for part in (PASSWORD, PASSWORD[:7], "half") if part in shown]


def test_a_password_that_must_be_escaped_is_told_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}/@127.0.0.1:9")
    with pytest.raises(NetworkError, match=r"in a user name or password write / as %2F, @ as %40 and : as %3A"):
        asyncio.run(ask())


def test_the_doctor_does_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@127.0.0.1:9")
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    found = doctor.examine(sessions.current())
    assert [each.state for each in found if each.name == "task list"] == ["fail"]
    assert not [each for each in found if PASSWORD in each.text]
