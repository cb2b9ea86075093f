"""Keys that are taken: any that looks like one, and temporary ones that `POST /tokens` mints.

A temporary key ("st-...") says in itself whose it is and until when, signed with the home's salt: nothing is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from ..specs import service
from .refusals import Refusal

_KEY = re.compile(r"Bearer\s+(sk-[\x21-\x7e]{2,})", re.IGNORECASE)
_MINTED = re.compile(r"Bearer\s+st-([0-9a-f]{16})-([0-9]{1,12})-([0-9a-f]{32})", re.IGNORECASE)


def account(salt: bytes, authorization: str | None, now: float) -> str:
    """Return what stands for the key of an Authorization header; a temporary key stands for its parent.

    Raises
    ------
    Refusal
        When there is no key, or a temporary one that is over or not ours.
    """
    given = (authorization or "").strip()
    found = _hashed(salt, given) or _minted(salt, given, now)
    present = bool(given)
    del authorization, given  # a debugger prints what a frame holds that raises
    if found:
        return found
    raise Refusal("InvalidApiKey", "Invalid API-key provided." if present else "No API-key provided.")


def mint(salt: bytes, owner: str, seconds: str, now: float) -> tuple[str, int]:
    """Return a temporary key of an account, and when it ends in seconds since 1970.

    Raises
    ------
    Refusal
        When the time is no number of seconds up to `service.TEMPORARY_KEY_SECONDS`.
    """
    most = service.TEMPORARY_KEY_SECONDS
    if not seconds.isdigit() or not 1 <= int(seconds) <= most:
        raise Refusal("InvalidParameter", f"expire_in_seconds must lie in 1-{most}, got {seconds[:40]}.")
    ends = int(now) + int(seconds)
    return f"st-{owner}-{ends}-{_signature(salt, owner, ends)}", ends


def _hashed(salt: bytes, given: str) -> str:
    match = _KEY.fullmatch(given)
    return hmac.digest(salt, match[1].encode(), "sha256").hex()[:16] if match else ""


def _minted(salt: bytes, given: str, now: float) -> str:
    match = _MINTED.fullmatch(given)
    if match is None or now >= int(match[2]):
        return ""
    owner = match[1].lower()
    return owner if hmac.compare_digest(_signature(salt, owner, int(match[2])), match[3].lower()) else ""


def _signature(salt: bytes, owner: str, ends: int) -> str:
    return hmac.new(salt, f"{owner}-{ends}".encode(), hashlib.sha256).hexdigest()[:32]
