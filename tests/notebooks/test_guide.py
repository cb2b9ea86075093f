"""The guide says the same in both languages, and names only what is there."""

from __future__ import annotations

import re
from pathlib import Path

from bailian_nb.texts.help import COMMANDS

from ..world.each import each

ROOT = Path(__file__).parents[2] / "notebooks"
PAGES = {"index.md": "zh/index.md"} | {
    f"guide/{path.name}": f"zh/{path.name}" for path in (ROOT / "guide").glob("*.md")
}


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@each("page", PAGES)
def test_a_page_has_the_same_parts_in_both_languages(page: str) -> None:
    english, chinese = read(page), read(PAGES[page])
    for part in (r"^#+ ", r"^\|", r"^```", r"^- ", r"!\["):
        assert len(re.findall(part, english, re.M)) == len(re.findall(part, chinese, re.M)), part
    assert sorted(re.findall(r"\b[A-Z_]{6,}\b", english)) == sorted(re.findall(r"[A-Z_]{6,}", chinese))


@each("page", [*PAGES, *PAGES.values()])
def test_commands_and_links_are_there(page: str) -> None:
    text = read(page)
    named = set(re.findall(r"%wan ([a-z]+)", text))
    assert named <= {name.split()[0] for name in COMMANDS}
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert ((ROOT / page).parent / target).is_file(), target


def test_every_chinese_page_is_of_an_english_one() -> None:
    assert {f"zh/{path.name}" for path in (ROOT / "zh").glob("*.md")} == set(PAGES.values())
