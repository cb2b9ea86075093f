"""axe-core as npm has installed it for the widgets, or the file that AXE names: what would a screen reader miss?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

_FILE = Path(os.environ.get("AXE", Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"))


_RUN = """async () => {
  const roots = [...document.querySelectorAll(".bn-root")];
  const { violations } = await axe.run({ include: roots }, { resultTypes: ["violations"] });
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}"""


def axe() -> str:
    """Return its source; the test is skipped where it is not there."""
    if not _FILE.is_file():
        pytest.skip("axe-core is not there (cd js && npm ci; or AXE=path)")
    return _FILE.read_text(encoding="utf-8")


def seen_by_axe(page: Page) -> list[str]:
    """Return what is serious or critical in any widget of a page that was given `axe()`."""
    found: list[str] = page.evaluate(_RUN)
    return found
