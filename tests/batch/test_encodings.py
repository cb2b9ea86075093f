"""Files of rows in the encodings that people have: told by their bytes, or refused until the user names one."""

from __future__ import annotations

from pathlib import Path

import pytest

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.batch.encodings import decoded
from bailian_nb.errors import InvalidRequest

TRADITIONAL = "sku,scene\na,臺灣的夜市，燈籠高掛，人潮洶湧\nb,老街上的茶館，雨後的石板路\n"
SIMPLIFIED = "sku,scene\na,台湾的夜市，灯笼高挂，人潮汹涌\nb,老街上的茶馆，雨后的石板路 café\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_what_bytes_tell_is_read(encoding: str) -> None:
    assert decoded(SIMPLIFIED.encode(encoding), "rows.csv") == SIMPLIFIED


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TRADITIONAL, "big5"),
        ("sku,scene\na,夜の市場、赤い提灯\n", "shift_jis"),
        ("sku,scene\na,une forêt enneigée près du château, la lumière dorée\n", "cp1252"),
    ],
)
def test_what_they_do_not_tell_is_asked_for_and_read_when_named(text: str, encoding: str) -> None:
    with pytest.raises(InvalidRequest, match="--encoding"):
        decoded(text.encode(encoding), "rows.csv")
    assert decoded(text.encode(encoding), "rows.csv", encoding) == text


@pytest.mark.parametrize("named", ["biggest5", "", "base64", "a b"])
def test_an_encoding_that_is_none_is_refused(named: str) -> None:
    with pytest.raises(InvalidRequest, match="encoding is one that Python knows"):
        decoded(b"sku\na\n", "rows.csv", named)


def test_a_wrong_one_names_the_line() -> None:
    with pytest.raises(InvalidRequest, match=r"rows.csv, line 2 cannot be read as utf-8"):
        decoded(TRADITIONAL.encode("big5"), "rows.csv", "utf-8")


def test_it_is_named_in_python_and_in_a_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(TRADITIONAL.encode("big5"))
    assert wan.batch(path, prompt="{scene}", encoding="big5").rows[0].prompt == "臺灣的夜市，燈籠高掛，人潮洶湧"
    words = ["batch", str(path), "--prompt", "{scene}", "--dry-run"]
    assert cli.main(words) == 2
    assert "--encoding big5" in capsys.readouterr().err
    assert cli.main([*words, "--encoding", "big5"]) == 0
