"""Draw words on a picture in whatever letters they have: find a font of this system that knows them.

Pillow brings a font for Latin letters alone. Where no other is found, a label becomes a number and says so, so that a
caption can carry the words; no letter is ever drawn as a box or a question mark.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

# In the order in which they are tried: fonts of each system that know Chinese, then those that know most other scripts.
_NAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(Noto|Source)[ _-]?(Sans|Han)[ _-]?.*(CJK|SC|CN|HanSans).*\.(ttc|otc|otf|ttf)",
        r"(PingFang|Hiragino Sans GB|STHeiti Light|STHeiti.*|Songti)\.tt[cf]",
        r"(msyh|msyhl|Deng|simhei|simsun|msjh)\.tt[cf]",
        r"(wqy-.*|HarmonyOS.*SC.*|MiSans.*|sarasa.*|LXGW.*|AlibabaPuHuiTi.*)\.(ttc|otf|ttf)",
        r"(DroidSansFallback.*|uming|ukai|NotoSerif.*(CJK|SC).*|unifont.*|arialuni|Arial Unicode)\.(ttc|otf|ttf)",
        r"(DejaVuSans|NotoSans-Regular|NotoSansMono-Regular|segoeui|LiberationSans-Regular|Arial|FreeSans)\.(ttf|otf)",
    )
)
_MOST_FILES = 50_000
_NOTHING = "\uffff"
"""No font has a letter for it: what is drawn in its place is what a font draws for all that it lacks."""


class Lettered(NamedTuple):
    """What is drawn for a label, in which font, and whether that is all of it."""

    text: str
    font: Font
    whole: bool


def lettered(label: str, number: int, size: int) -> Lettered:
    """Return how a label is drawn at `size` pixels: as it is, without signs that no font has, or by its number."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in label).split())
    for text in dict.fromkeys((plain, _without_signs(plain), _without_accents(_without_signs(plain)))):
        if text and (font := _font_for(text, size)) is not None:
            return Lettered(text, font, True)
    rest = latin(plain, number)
    says = rest != f"#{number}" and any(letter.isalnum() for letter in rest)
    text = f"#{number} {rest}" if says else f"#{number}"
    return Lettered(text, ImageFont.load_default(size), not plain)


def latin(label: str, number: int) -> str:
    """Return what Pillow's built-in font can draw of `label`, or the picture's number when nothing is left.

    The font has ASCII only and draws boxes for the rest, so accents fall away: `é` becomes `e`.
    """
    plain = unicodedata.normalize("NFKD", label)
    return " ".join("".join(character for character in plain if " " <= character <= "~").split()) or f"#{number}"


def clipped(text: str, font: Font, width: int) -> str:
    """Cut a text to `width` pixels."""
    while len(text) > 1 and font.getlength(text) > width:
        text = text[:-1]
    return text


def _without_signs(text: str) -> str:
    """Leave out emoji and other signs, which stand beside the words."""
    kept = (letter for letter in text if unicodedata.category(letter) not in ("So", "Sk", "Cf", "Co", "Cn", "Mn"))
    return " ".join("".join(kept).split())


def _without_accents(text: str) -> str:
    """Return Latin letters without their accents, "" where letters would be lost."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if unicodedata.category(each) != "Mn")
    return plain if plain.isascii() else ""


def _font_for(text: str, size: int) -> Font | None:
    if text.isascii():
        return ImageFont.load_default(size)
    letters = frozenset(letter for letter in text if not letter.isspace())
    for path in _files():
        font = _opened(path, size)
        if font is not None and all(_knows(path, size, letter) for letter in letters):
            return font
    return None


@lru_cache(maxsize=64)
def _opened(path: Path, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(str(path), size)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=20_000)
def _knows(path: Path, size: int, letter: str) -> bool:
    font = _opened(path, size)
    return font is not None and _drawn(font, letter) != _drawn(font, _NOTHING)


def _drawn(font: ImageFont.FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


@lru_cache(maxsize=1)
def _files() -> tuple[Path, ...]:
    """Return the fonts of this system that are known by name, those with Chinese first."""
    found: dict[Path, int] = {}
    for number, path in enumerate(_all_files()):
        rank = next((rank for rank, pattern in enumerate(_NAMES) if pattern.fullmatch(path.name)), None)
        if rank is not None:
            found[path] = rank
        if number > _MOST_FILES:
            break
    return tuple(sorted(found, key=lambda path: (found[path], _weight(path.name), path.name)))


def _weight(name: str) -> int:
    """Rank an upright font of usual weight before its bold and thin companions."""
    return 0 if re.search(r"regular|medium|normal|\bsans\b|^[^-]*$", name, re.IGNORECASE) else 1


def _all_files() -> Iterator[Path]:
    for folder in dict.fromkeys(_folders()):
        for root, _, names in os.walk(folder):  # what may not be read is passed over
            for name in sorted(names):
                yield Path(root, name)


def _folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts")
        yield Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"), "Microsoft", "Windows", "Fonts")
        return
    if sys.platform == "darwin":
        yield home / "Library" / "Fonts"
        for root in ("/", "/System", "/Network"):
            yield Path(root, "Library", "Fonts")
    yield Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share", "fonts")
    yield home / ".fonts"
    for each in (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        yield Path(each, "fonts")
    yield Path("/usr/share/fonts")
    yield Path(sys.prefix, "share", "fonts")
