"""The user's language, and sentences in it.

A sentence is written in English where it is said, with names in braces for what it is about; `sentence` gives it in the
language that the user reads, as gettext does. The catalogue of the others is `texts.chinese`, which `session` hands in:
this room knows no sentence.
"""

from __future__ import annotations

import errno
import locale
import os
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from .. import errors

_nested = threading.local()


class _Speaker:
    """What `session` has said: which language is configured, and the sentences in it."""

    configured: Callable[[], str] = staticmethod(lambda: of_the_system())
    sentences: Callable[[str], Mapping[str, str]] = staticmethod(lambda language: {})


def speak(configured: Callable[[], str], sentences: Callable[[str], Mapping[str, str]]) -> None:
    """Say who knows the configured language, and the sentences of one by their English."""
    _Speaker.configured, _Speaker.sentences = staticmethod(configured), staticmethod(sentences)


def spoken() -> str:
    """Return the language that holds now; that of the system where what is configured cannot be read."""
    if getattr(_nested, "asking", False):  # the settings themselves are what is wrong, and the sentence is about them
        return of_the_system()
    _nested.asking = True
    try:
        return _Speaker.configured()
    except Exception:  # noqa: BLE001  # whatever it is, it is said by the next call; a sentence must not fail on it
        return of_the_system()
    finally:
        _nested.asking = False


def sentence(template: str, /, **values: object) -> str:
    """Return a sentence in the user's language with `values` filled in; `template` is the English one."""
    known = _Speaker.sentences(spoken()).get(template, template)
    return known.format(**values)


def in_both(template: str, /, **values: object) -> str:
    """Return a sentence in every language, for whoever could not say which one is theirs."""
    known = _Speaker.sentences("zh").get(template, template)
    return " / ".join(dict.fromkeys(each.format(**values) for each in (template, known)))


def mark(template: str) -> str:
    """Return the English of a sentence that is shown later: `sentence` is asked where it is."""
    return template


def os_reason(error: Exception) -> str:
    """Say why the system refused something; what it says itself is in its own language."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _REASONS:
        return sentence(_REASONS[number])
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__


_REASONS: dict[int | None, str] = {
    errno.ENOENT: mark("No such file or directory"),
    errno.EACCES: mark("Permission denied"),
    errno.EPERM: mark("Operation not permitted"),
    errno.ENOSPC: mark("No space left on device"),
    errno.EROFS: mark("Read-only file system"),
    errno.ENOTDIR: mark("Not a directory"),
    errno.ECONNREFUSED: mark("Connection refused"),
    errno.ECONNRESET: mark("Connection reset by peer"),
    errno.ETIMEDOUT: mark("Connection timed out"),
    errno.EHOSTUNREACH: mark("No route to host"),
    errno.ENETUNREACH: mark("Network is unreachable"),
    errno.EISDIR: mark("Is a directory"),
    errno.EEXIST: mark("File exists"),
    errno.ENAMETOOLONG: mark("File name too long"),
    errno.EADDRINUSE: mark("Address already in use"),
}


def pictures_in_words(count: int) -> str:
    """Return `1 picture`, `2 pictures`."""
    return sentence("1 picture") if count == 1 else sentence("{count} pictures", count=count)


def of_the_system() -> str:
    """Return the language of the environment: BAILIAN_NB_LANG, else the locale; English unless it is Chinese."""
    named = next((found for name in _VARIABLES if (found := os.environ.get(name))), "")
    if not named:
        named = locale.getlocale()[0] or ""
    return language_named(named) or ("zh" if named.lower().startswith("chinese") else "en")


@lru_cache(maxsize=64)
def language_named(name: str) -> str | None:
    """Return "en" or "zh" for a language as people write it or a locale names it, None for any other.

    >>> language_named("zh_CN.UTF-8"), language_named("简体中文"), language_named("Klingon")
    ('zh', 'zh', None)
    """
    whole = unicodedata.normalize("NFKC", name).strip().casefold()
    found = {whole, re.split(r"[-_.@ (]", whole)[0]}
    return "zh" if found & _CHINESE else "en" if found & _ENGLISH else None


_CHINESE = frozenset(
    (
        *("zh", "zho", "chi", "cmn", "cn", "chs", "cht", "chinese", "zhongwen", "中文", "汉语", "漢語", "华语", "華語"),
        *("国语", "國語", "普通话", "简体", "简体中文", "简中", "繁体", "繁體", "繁体中文", "繁體中文", "中国", "中國"),
    )
)
_ENGLISH = frozenset(("en", "eng", "english", "c", "posix", "us", "uk", "gb", "英文", "英语", "英語"))
_VARIABLES = ("BAILIAN_NB_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def _arranged(line: str, hint: str) -> str:
    """Put the advice first where that is how the language has it."""
    if spoken() != "zh" or not line or not any("\u4e00" <= letter <= "\u9fff" for letter in hint):
        return _as_written(line, hint)
    end = "" if hint.endswith(("。", "！", "？")) else "。"
    return f"{hint.rstrip('.')}{end}{line}"


_as_written, errors.arrange = errors.arrange, _arranged  # errors lie below, and cannot ask for a language themselves


def together(lines: Iterable[str]) -> str:
    """Return several lines as one."""
    return ("；" if spoken() == "zh" else "; ").join(lines)


errors.joined = together
