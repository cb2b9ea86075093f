"""Words are drawn in their own letters where a font has them, else stand for a number; never as boxes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from bailian_nb.images import jpeg_thumbnail, lettered, lettering

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
needs_dejavu = pytest.mark.skipif(not DEJAVU.exists(), reason="the fonts of DejaVu are not installed")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    caches = (lettering._files, lettering._opened, lettering._knows)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.fixture
def fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder of fonts, which is empty."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setattr(lettering, "_folders", lambda: iter([folder]))
    return folder


@pytest.mark.parametrize(
    ("label", "drawn"),
    [
        ("一只猫", "#3"),
        ("seed 7 猫", "#3 seed 7"),
        ("strength=0.5, prompt=一只猫", "#3 strength=0.5, prompt="),
        ("Кот", "#3"),
        ("风格: 一只猫", "#3"),
    ],
)
def test_without_a_font_a_label_is_a_number(fonts: Path, label: str, drawn: str) -> None:
    assert not list(fonts.iterdir())
    text, font, whole = lettered(label, 3, 12)
    assert (text, whole) == (drawn, False)
    assert text.isascii()
    assert "?" not in text
    assert font.getlength(text) > 0


@pytest.mark.parametrize(
    ("label", "drawn"),
    [
        ("strength 0.25", "strength 0.25"),
        ("is it a cat?", "is it a cat?"),
        ("café 🐱 ok", "cafe ok"),
        ("１２ Ａ", "12 A"),
        ("a\tb\n", "a b"),
    ],
)
def test_what_latin_letters_can_say_is_whole(fonts: Path, label: str, drawn: str) -> None:
    assert lettered(label, 3, 12)[::2] == (drawn, True)


def test_nothing_to_say_is_a_number_that_needs_no_legend(fonts: Path) -> None:
    assert lettered("", 2, 12)[::2] == ("#2", True)


@needs_dejavu
def test_a_font_is_taken_that_has_every_letter(fonts: Path) -> None:
    shutil.copy(DEJAVU, fonts / "NotoSansCJK-Regular.ttc")
    (fonts / "wqy-broken.ttc").write_bytes(b"no font")
    text, font, whole = lettered("Кот и \U0001fae8 é", 1, 12)
    assert (text, whole) == ("Кот и é", True)
    assert isinstance(font, ImageFont.FreeTypeFont)
    assert font.getname()[0] == "DejaVu Sans"
    assert lettered("猫", 1, 12)[::2] == ("#1", False), "a name promises nothing; its letters are looked at"


@needs_dejavu
def test_a_chinese_label_is_drawn_by_a_font_that_knows_it(fonts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(DEJAVU, fonts / "msyh.ttc")
    asked: list[str] = []

    def knows(path: Path, size: int, letter: str) -> bool:
        asked.append(letter)
        return path.name == "msyh.ttc"

    monkeypatch.setattr(lettering, "_knows", knows)
    assert lettered("一只猫 seed=7", 1, 12)[::2] == ("一只猫 seed=7", True)
    assert set("一只猫") <= set(asked)
    assert jpeg_thumbnail([Image.new("RGB", (64, 64))] * 2, labels=["一只猫", "两只猫"])


def test_fonts_with_chinese_come_first_whatever_the_system_calls_them(fonts: Path) -> None:
    names = (
        *("NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "SourceHanSansCN-Normal.otf"),
        *("PingFang.ttc", "STHeiti Light.ttc", "Hiragino Sans GB.ttc", "msyh.ttc", "simsun.ttc", "wqy-zenhei.ttc"),
        *("DroidSansFallbackFull.ttf", "Arial Unicode.ttf", "DejaVuSans.ttf", "Comic.ttf", "readme.txt"),
    )
    (fonts / "deep" / "er").mkdir(parents=True)
    for number, name in enumerate(names):
        (fonts / ("deep/er" if number % 2 else ".") / name).write_bytes(b"")
    found = [path.name for path in lettering._files()]
    assert found[0] in ("NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "SourceHanSansCN-Normal.otf")
    assert found[-1] == "DejaVuSans.ttf"
    assert set(found) == set(names) - {"Comic.ttf", "readme.txt"}


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", "/usr/share/fonts"),
        ("linux", "~/.local/share/fonts"),
        ("linux", "~/.fonts"),
        ("darwin", "/System/Library/Fonts"),
        ("darwin", "~/Library/Fonts"),
        ("win32", r"C:\Windows/Fonts"),
    ],
)
def test_the_usual_folders_of_each_system_are_looked_at(
    platform: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("WINDIR", "XDG_DATA_HOME", "XDG_DATA_DIRS"):
        monkeypatch.delenv(name, raising=False)
    assert Path(folder).expanduser() in list(lettering._folders())
