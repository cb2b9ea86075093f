"""An API key as an object that does not print. `key` finds one, `client` sends it."""

from __future__ import annotations

import codecs
import hmac
import re
from typing import Any

from ..system.environment import clean
from ..system.language import sentence

KINDS = ("sk-ws-", "sk-sp-", "st-", "sk-")
"""Prefixes of keys: of a workspace, of a Token Plan, temporary, and the common one."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/:@-]+=*")
_PLACEHOLDER = re.compile(
    r"<.*>|(sk-|st-)(ws-|sp-)?([x*.]*|your.*|my-?key|api-?key)|your.*|none|null|api.?key|changeme", re.I
)
_FILLED_IN = re.compile(r"\$|%\w+%$|\{\{")
_BYTE_ORDER = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Secret:
    """An API key that shows only its last four characters; `reveal()` is for the wire alone."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    def read(cls, raw: bytes) -> Secret:
        """Return what a key file holds, in any Unicode, without the blanks, quotes and marks around it."""
        return cls(clean(raw.decode(_encoding(raw), "replace")))

    def reveal(self) -> str:
        return self._value

    def keyed_hash(self, salt: bytes, base_url: str) -> str:
        """Return 24 hexadecimal digits that tell this key at this base URL from any other, and nothing else."""
        # Every text has bytes this way: here, and nowhere else below `account_id`, a frame sees the key.
        return hash_of(salt, self.reveal(), base_url)

    def team_hash(self, salt: bytes, base_url: str) -> str:
        """Return what tells the account of this key from others on all machines."""
        return self.keyed_hash(salt, base_url)

    @property
    def renews(self) -> bool:
        """True for a key that can be had anew, see `key_source`."""
        return False

    @property
    def due(self) -> bool:
        """True when it should be renewed before it is sent."""
        return False

    def at_the_moment(self) -> Secret:
        """Return the value that holds now, for one exchange."""
        return self

    def renew(self, refused: Secret | None = None) -> str:
        """Get a new value, which may take seconds; return why there is none, "" when there is."""
        return sentence("the key is a fixed one")

    @property
    def is_text(self) -> bool:
        """False when it was read from bytes that are no UTF-8."""
        return "\ufffd" not in self.reveal() and "\0" not in self.reveal()

    @property
    def fault(self) -> str:
        """Say why this can be no key, "" when it can; nothing of it is shown."""
        value = self.reveal()
        if value.startswith(("/", "~", "./", "..", "file:")) or value[1:3] in (":\\", ":/") or "://" in value:
            return sentence(
                "names a file or an address and no key; DASHSCOPE_API_KEY_FILE_PATH takes the path of a key file"
            )
        if _FILLED_IN.match(value):
            return sentence("is the name of another variable, which was not filled in; write the key itself")
        if _PLACEHOLDER.fullmatch(value):
            return sentence("is a placeholder and no key; copy the key from the console of Model Studio (Bailian)")
        if value.lower().startswith("bearer"):
            return sentence("holds a space or a character that no key has: leave out the word Bearer")
        if "=" in value.rstrip("="):
            return sentence("holds a whole line NAME=KEY; leave only what stands after the =")
        if not _TOKEN.fullmatch(value):
            return sentence("holds a space or a character that no key has; copy it again")
        if value.startswith("LTAI"):
            return sentence(
                "is an AccessKey ID of Alibaba Cloud; an API key is made in the console of Model Studio (Bailian)"
            )
        return ""

    @property
    def kind(self) -> str:
        """Return the prefix that says what a key is for ("sk-", "sk-ws-", "sk-sp-", "st-"), "" for any other."""
        return next((prefix for prefix in KINDS if self.reveal().startswith(prefix)), "")

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __repr__(self) -> str:
        shown = f"{self.kind or 'sk-'}..."
        return f"{shown}{self.reveal()[-4:]}" if len(self.reveal()) >= 12 else shown

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> Any:
        raise TypeError("an API key is not written anywhere")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(_bytes(self.reveal()), _bytes(other.reveal()))

    def __hash__(self) -> int:
        return hash(("Secret", len(self.reveal())))


def hash_of(salt: bytes, whose: str, base_url: str) -> str:
    return hmac.digest(salt, _bytes(f"{whose}\n{base_url}"), "sha256").hex()[:24]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _encoding(raw: bytes) -> str:
    """Tell UTF-16 and UTF-32, which Windows tools write, from UTF-8: by their mark, or by a zero in every pair."""
    for mark, name in _BYTE_ORDER:
        if raw.startswith(mark):
            return name
    if len(raw) >= 8 and len(raw) % 2 == 0:
        even, odd = raw[::2].count(0), raw[1::2].count(0)
        if odd == len(raw) // 2 and not even:
            return "utf-16-le"
        if even == len(raw) // 2 and not odd:
            return "utf-16-be"
    return "utf-8"
