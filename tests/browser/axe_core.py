"""axe-core as npm has installed it for the widgets, or the file that AXE names: what would a screen reader miss?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_FILE = Path(os.environ.get("AXE", Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"))


def axe() -> str:
    """Return its source; the test is skipped where it is not there."""
    if not _FILE.is_file():
        pytest.skip("axe-core is not there (cd js && npm ci; or AXE=path)")
    return _FILE.read_text(encoding="utf-8")
