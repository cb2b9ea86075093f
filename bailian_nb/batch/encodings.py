"""How the characters of a file of rows are written: told by its bytes, or by the user where they do not tell."""

from __future__ import annotations

import codecs
import unicodedata

from ..errors import InvalidRequest, printable
from ..images.decode import picture_type
from ..system.language import sentence

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""What a file begins with that says how its characters are written."""
_CONTROLS = "\0\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x7f"
_LOOKED_AT = 20_000
"""Characters beyond ASCII that are looked at."""
_IMPROBABLE = 0.15
"""Share of rare signs above which a text is not what GB18030 makes of it: Chinese prose has next to none."""


def decoded(data: bytes, name: str, encoding: str | None = None) -> str:
    """Return the text of a file: in `encoding`, else UTF-8, UTF-16, or GB18030 as Excel writes it in China.

    Raises
    ------
    InvalidRequest
        When it is no text, or one in an encoding that must be named (Big5, Shift JIS, those of Europe).
    """
    if data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise InvalidRequest(
            sentence("{name} is a workbook or an archive, no text; save it as CSV (in Excel: CSV UTF-8)", name=name)
        )
    if picture_type(data) or data[:5] == b"%PDF-":
        raise InvalidRequest(sentence("{name} is no table of rows but a picture or a document", name=name))
    if encoding is not None:
        return _as_named(data, name, encoding)
    told = next((each for mark, each in _MARKS if data.startswith(mark)), "")
    if not told and data[:2000].count(b"\0") > len(data[:2000]) // 4:
        told = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    for each in (told,) if told else ("utf-8", "gb18030"):
        try:
            text = data.decode(each)
        except UnicodeDecodeError:
            continue
        if any(sign in text for sign in _CONTROLS):
            continue
        if each == "gb18030" and (rare := _rare(text)):
            raise InvalidRequest(
                sentence(
                    "{name} is not UTF-8, and as GB18030 it would hold {rare!r}: it must be said how it is written, "
                    'encoding="big5" in Python, --encoding big5 in a line (or gb18030, shift_jis, cp1252); or save it '
                    "as CSV UTF-8",
                    name=name,
                    rare=printable(rare, 20),
                )
            )
        return text
    raise InvalidRequest(
        sentence(
            "{name} is no text that can be read (UTF-8, UTF-16 or GB18030); save it as CSV UTF-8, or say how it is "
            "written: encoding= in Python, --encoding in a line",
            name=name,
        )
    )


def _as_named(data: bytes, name: str, encoding: str) -> str:
    try:
        text = "é".encode().decode(codecs.lookup(encoding).name, "replace")  # some codecs make no text
    except (LookupError, TypeError, ValueError):
        text = None
    if not isinstance(text, str):
        raise InvalidRequest(
            sentence(
                "encoding is one that Python knows, such as utf-8, gb18030, big5 or shift_jis, got {encoding!r}",
                encoding=printable(encoding, 40),
            )
        )
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidRequest(
            sentence(
                "{name}, line {line} cannot be read as {encoding}; leave encoding out, or save the file as CSV UTF-8",
                name=name,
                line=line,
                encoding=encoding,
            )
        ) from None


def _rare(text: str) -> str:
    """Return the first signs that Chinese prose does not have, "" where they are few."""
    beyond = [sign for sign in text if ord(sign) > 127][:_LOOKED_AT]
    rare = [sign for sign in beyond if _is_rare(sign)]
    return "".join(dict.fromkeys(rare)) if len(rare) > _IMPROBABLE * len(beyond) else ""


def _is_rare(sign: str) -> bool:
    """Tell whether a sign is for private use, a kana or a character beyond the everyday ones of GB2312."""
    if unicodedata.category(sign) in ("Co", "Cn") or "\u3041" <= sign <= "\u30ff":
        return True
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return "\u3400" <= sign <= "\u9fff" or unicodedata.category(sign).startswith("L")
    return False
