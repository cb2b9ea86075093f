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

    None when an input is a URL, whose bytes may change.
    """
    images, mask = request.get("images", ()), request.get("mask")
    if any(picture.get("url") or not picture.get("sha256") for picture in (*images, *((mask,) if mask else ()))):
        return None
    parts = {
        "model": request.get("model"),
        "function": request.get("function"),
        "values": dict(request.get("values", {})),
        "inputs": [picture["sha256"] for picture in images],
        "mask": mask["sha256"] if mask else None,
        "paste_back": request.get("paste_back", False),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def is_exact(values: Mapping[str, Any]) -> bool:
    """Tell whether the service draws just `n` pictures; False when n is only the most (a sequence, a story)."""
    return not (values.get("enable_sequential") or values.get("enable_interleave"))
