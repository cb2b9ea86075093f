"""What an error shows of the key: its words, every frame with its locals, as tools print them; in any spelling."""

from __future__ import annotations

import base64
import contextlib
import html
import pprint
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import bailian_nb

PACKAGE = str(Path(bailian_nb.__file__).parent)
_SHOWN_OF_A_KEY = 4


@cache
def forms(key: str) -> set[str]:
    """Return how the hidden part of a key could be spelled."""
    core = key.removeprefix("sk-")[:-_SHOWN_OF_A_KEY]
    found = {core, core[::-1], core.upper(), core.encode().hex(), core.encode().hex(" "), "\\x00".join(core)}
    found |= {"".join(f"%{ord(each):02x}" for each in core), "".join(f"%{ord(each):02X}" for each in core)}
    found |= {"".join(f"\\u{ord(each):04x}" for each in core), "".join(f"&#{ord(each)};" for each in core)}
    found |= {quote(core, safe=""), html.escape(core), str(list(core.encode())), str(list(core))}
    for shift in range(3):  # where it stands in what was encoded decides what base64 makes of it
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(b"?" * shift + core.encode()).decode()[4:-4])
    return found


def leaks(key: str, words: object) -> list[str]:
    """Return the spellings of the key that stand in `words`."""
    return [form for form in forms(key) if form in str(words)]


def shown_by(error: BaseException) -> Iterator[str]:
    """Return what can be seen of an error and of whatever it came from."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        waiting += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]
        yield from (str(each), repr(each), repr(each.args), repr(getattr(each, "__dict__", {})))
        yield from getattr(each, "__notes__", ())
        yield from _frames(each)
        yield _verbose(each)


def _frames(error: BaseException) -> Iterator[str]:
    """Return the locals of every frame but those of the tests, as debuggers and error reporters print them."""
    ours = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if not _of_a_test(frame)]
    for frame, _ in ours:
        yield from (f"{name} = {value!r}" for name, value in frame.f_locals.items())
        yield pprint.pformat(dict(frame.f_locals))
    yield from traceback.StackSummary.extract(iter(ours), capture_locals=True).format()


def _verbose(error: BaseException) -> str:
    """Return it as IPython shows it after `%xmode Verbose`."""
    from IPython.core.ultratb import VerboseTB

    trace = error.__traceback__
    while trace is not None and _of_a_test(trace.tb_frame):
        trace = trace.tb_next
    if trace is None:
        return ""
    for _ in range(3):
        with contextlib.suppress(SystemError):  # CPython 3.11, at times, when a file is parsed deep down
            plain = VerboseTB(include_vars=True, theme_name="nocolor")  # colours take the most time, and part words
            return str(plain.text(type(error), error, trace))
    return ""


def _of_a_test(frame: FrameType) -> bool:
    return Path(frame.f_code.co_filename).is_relative_to(Path(__file__).parent.parent)
