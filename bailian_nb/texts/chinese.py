"""The Chinese of sentences that are written in English where they are said; `system.language` asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def sentences() -> Mapping[str, str]:
    """Return the Chinese sentences by their English; both have the same names in braces."""
    found: dict[str, str] = json.loads((files("bailian_nb.texts") / "chinese.json").read_text("utf-8"))
    return found


def of(language: str) -> Mapping[str, str]:
    """Return the sentences of a language by their English; none for English itself."""
    return sentences() if language == "zh" else {}
