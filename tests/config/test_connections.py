"""Proxies and certificates of the environment: read as they are meant, and named where they cannot be used."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import pytest

from bailian_nb.config.connections import certificates, load_certificates, proxies, split_no_proxy
from bailian_nb.errors import NetworkError

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
        ("127.0.0.1:7890", "http://127.0.0.1:7890"),
        ('"http://127.0.0.1:7890"', "http://127.0.0.1:7890"),
        ("http://127.0.0.1：7890", "http://127.0.0.1:7890"),
        ("socks5h://127.0.0.1:7891", "socks5h://127.0.0.1:7891"),
        ("socks://127.0.0.1:7891", "socks5://127.0.0.1:7891"),
        ("SOCKS://127.0.0.1:7891/", "socks5://127.0.0.1:7891/"),
    ],
)
@pytest.mark.parametrize("variable", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "http_proxy"])
def test_a_proxy_is_read_as_it_is_meant(given: str, read: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, given)
    found = proxies()
    scheme = variable.lower().removesuffix("_proxy")
    assert (found.by_scheme, found.variables) == ({scheme: read}, {scheme: variable})
    told = (f"{variable} begins with socks://, which is read as socks5://",)
    assert found.notes == (told if given.lower().startswith("socks:") else ())


@pytest.mark.parametrize(
    ("given", "read", "left_out"),
    [
        ("a.example,b.example", "a.example b.example", ""),
        ('"a.example; b.example"', "a.example b.example", ""),
        ("a.example，b.example、10.0.0.0/8", "a.example b.example 10.0.0.0/8", ""),
        ("localhost,127.0.0.1,::1,<local>", "localhost 127.0.0.1 ::1 <local>", ""),
        ("fe80::/10,fd00::/8,[::1],[::1]:8080", "fe80::/10 fd00::/8 [::1] [::1]:8080", ""),
        ("10.0.0.0/99,a.example,fe80::/200", "a.example", "10.0.0.0/99 fe80::/200"),
        ("a.example:port,b.example:80", "b.example:80", "a.example:port"),
        ("[[,http://,:80,a b^c,*.", "a", "[[ http:// :80 b^c *."),
        ("http://h.example/path,*.corp,192.168.*", "http://h.example/path *.corp 192.168.*", ""),
        ("*", "*", ""),
    ],
)
def test_what_no_proxy_holds_is_read_or_left_out(
    given: str, read: str, left_out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert split_no_proxy(given) == (tuple(read.split()), tuple(left_out.split()))
    monkeypatch.setenv("NO_PROXY", given)
    found = proxies()
    assert (found.direct, found.left_out) == split_no_proxy(given)


def test_certificates_are_those_of_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert load_certificates(certificates()) is None
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert isinstance(load_certificates(certificates()), ssl.SSLContext)
    monkeypatch.setenv("SSL_CERT_FILE", f"'{certifi.where()}'")
    found = certificates()
    assert (found.variable, found.file) == ("SSL_CERT_FILE", certifi.where())
    context = load_certificates(found)
    assert context is not None
    assert len(context.get_ca_certs()) > 50


def test_certificates_that_cannot_be_had_are_named_with_variable_and_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = tmp_path / "words.pem"
    words.write_text("no certificate")
    for variable, path, line in (
        ("SSL_CERT_FILE", tmp_path / "nope.pem", "which does not exist; correct it, or unset it"),
        ("SSL_CERT_FILE", tmp_path, "which is a folder; set SSL_CERT_DIR to it instead"),
        ("SSL_CERT_FILE", words, "which holds no certificate in PEM form"),
        ("SSL_CERT_DIR", tmp_path / "nope", "which does not exist"),
        ("SSL_CERT_DIR", words, "which is a file; set SSL_CERT_FILE to it instead"),
    ):
        with monkeypatch.context() as one:
            one.setenv(variable, str(path))
            with pytest.raises(NetworkError) as error:
                load_certificates(certificates())
            assert str(error.value).startswith(f"{variable} names {path}, {line}")


def test_what_to_do_about_certificates_is_said_in_chinese_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nope.pem"))
    with pytest.raises(NetworkError, match="请改正，或取消该设置以使用默认证书"):
        load_certificates(certificates())
