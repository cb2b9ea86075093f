"""A key server on a port, the emulator as the service on another, and a notebook that has no key of its own."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit

import pytest

import bailian_nb as wan
from bailian_nb import cli, config
from bailian_nb.broker import serve as serving
from bailian_nb.broker.serve import Options
from bailian_nb.broker.serve import serve as serve_keys
from bailian_nb.config import key_source
from bailian_nb.emulator import EmulatorSettings, serve
from bailian_nb.errors import MissingApiKey

PARENT, TOKEN = "sk-the-parent-0123456789abcdef", "token-of-anna-0123456789"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    """The base URL of an emulator on a port."""
    ready: SimpleQueue[str] = SimpleQueue()
    stop = threading.Event()
    settings = EmulatorSettings(latency=(0.05, 0.1))
    work = partial(serve, tmp_path / "service", 0, settings=settings, on_ready=ready.put, stop=stop)
    thread = threading.Thread(target=work)
    thread.start()
    yield ready.get(timeout=60)
    stop.set()
    thread.join()


@pytest.fixture
def server(service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a key server, whose parent key the environment of the notebook does not have."""
    tokens = tmp_path / "tokens"
    tokens.write_text(f"anna {TOKEN}\n")
    tokens.chmod(0o600)
    ready: SimpleQueue[str] = SimpleQueue()
    stop = threading.Event()
    monkeypatch.setenv("DASHSCOPE_API_KEY", PARENT)
    options = Options(base_url=service, tokens=tokens, port=0)
    thread = threading.Thread(target=partial(serve_keys, options, on_ready=ready.put, stop=stop.is_set))
    thread.start()
    url = ready.get(timeout=60)
    monkeypatch.delenv("DASHSCOPE_API_KEY")
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", service)
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    monkeypatch.setenv("BAILIAN_NB_KEY_SERVER", url)
    yield url
    stop.set()
    thread.join()
    key_source._sources.clear()


@pytest.mark.seldom
def test_a_notebook_without_a_key_draws_by_the_key_servers(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_KEY_TOKEN", TOKEN)
    job = wan.t2i("A cat", model="wanx2.1-t2i-turbo", size="512*512", seed=7)
    (picture,) = job.result(timeout=60)
    assert (picture.width, picture.record.emulator) == (512, True)
    key = config.find_key()
    assert key is not None
    assert (key.kind, key.renews) == ("st-", True)
    written = b"".join(path.read_bytes() for path in config.home().rglob("*") if path.is_file())
    assert key.reveal().encode() not in written
    assert PARENT.encode() not in written


@pytest.mark.seldom
def test_whom_it_does_not_know_is_told_so_in_one_line(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_KEY_TOKEN", "token-of-nobody-0123456789")
    with pytest.raises(MissingApiKey) as caught:
        wan.t2i("A cat", model="wanx2.1-t2i-turbo", size="512*512")
    said = "the key server answered HTTP 401: this key server does not know the token"
    assert str(caught.value) == f"BAILIAN_NB_KEY_SERVER: {said}"
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    with pytest.raises(MissingApiKey, match=r"密钥服务返回 HTTP 401：该密钥服务不认识此令牌$"):
        wan.t2i("A cat", model="wanx2.1-t2i-turbo", size="512*512")


@pytest.mark.seldom
def test_a_variable_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_KEY_SERVER", "http://keys.example")
    monkeypatch.setenv("BAILIAN_NB_KEY_TOKEN", TOKEN)
    with pytest.raises(MissingApiKey, match=r"^BAILIAN_NB_KEY_SERVER would send a token in plain text"):
        config.find_key()


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        ("http://127.0.0.1:9", "", "a key server asks who you are: set BAILIAN_NB_KEY_TOKEN"),
        ("http://127.0.0.1:9", TOKEN, "no connection to 127.0.0.1"),
        ("http://keys.example", TOKEN, "BAILIAN_NB_KEY_SERVER would send a token in plain text"),
    ],
)
def test_fetch_prints_why_there_is_no_key(
    url: str, token: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAILIAN_NB_KEY_TOKEN", token)
    assert cli.main(["keys", "fetch", url]) == 1
    assert json.loads(capsys.readouterr().out)["error"].startswith(said)


def test_a_connection_that_says_nothing_is_ended_and_keeps_nobody_out(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.05)
    parts = urlsplit(server)
    place = (str(parts.hostname), int(parts.port or 0))
    for begin in (b"", b"POST /keys HTTP/1.1\r\nHost: keys\r\n", b"GET /health HTTP/1.1\r\nHost: keys\r\n\r\nGET /"):
        with socket.create_connection(place, 10) as connection:
            connection.sendall(begin)
            said = b""
            while part := connection.recv(1000):
                said += part
            assert said.count(b"HTTP/1.1 200") == begin.count(b"health")
