"""What two requests have in common when they are the same: a hash of what decides the result.

The journal, the index and every Record know a request by it. It is made of the JSON that the journal keeps.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def request_key(request: Mapping[str, Any]) -> str | None:
    """Return the key of a request as `Request.to_dict` writes it, whoever chose the seed.

    None when an input is a URL, whose bytes may change; of a row of a batch it is made of the URL.
    """
    images, mask = request.get("images", ()), request.get("mask")
    by_url = bool(request.get("batched"))
    digests = [_digest(picture, by_url) for picture in (*images, *((mask,) if mask else ()))]
    if None in digests:
        return None
    parts = {
        "model": request.get("model"),
        "function": request.get("function"),
        "values": dict(request.get("values", {})),
        "inputs": digests[: len(images)],
        "mask": digests[-1] if mask else None,
        "paste_back": request.get("paste_back", False),
        **({"copy": request["copy"]} if request.get("copy") else {}),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _digest(picture: Mapping[str, Any], by_url: bool) -> str | None:
    """Return what a picture is known by, None where nothing tells it for certain."""
    if picture.get("url"):
        return str(picture["url"]) if by_url else None
    return picture.get("sha256") or None


def is_exact(values: Mapping[str, Any]) -> bool:
    """Tell whether the service draws just `n` pictures; False when n is only the most (a sequence, a story)."""
    return not (values.get("enable_sequential") or values.get("enable_interleave"))
