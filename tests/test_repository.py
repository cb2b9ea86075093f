"""What may stand in a file of this repository: its size, its opening, and no word about the machine that wrote it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from .world.sources import files, tree

ROOT = Path(__file__).parent.parent
SOURCES = files()
LONGEST = 450
HOSTS = [
    "python" + "hosted.org",
    "pypi" + ".org",
    "registry" + ".npmjs.org",
    "registry.yarnpkg" + ".com",
    "deb.debian" + ".org",
]
PLACES = [
    r"/work" + r"/(?:main|shared)\b",
    "/tmp" + "/plan",
    "/tmp" + "/venv",
    "/root" + "/",
    "/opt" + "/pypi",
]


def files_in_git() -> list[Path]:
    """Return what is or would be committed; without git, in an unpacked sdist, there is nothing to ask."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_a_file_is_one_thought():
    texts = {path: path.read_text(encoding="utf-8") for path in SOURCES}
    assert [relative(path) for path, text in texts.items() if len(text.splitlines()) > LONGEST] == []
    silent = [relative(path) for path, text in texts.items() if text and not ast.get_docstring(tree(path))]
    assert silent == [], "open with a sentence: what lives here and who calls it"
    assert [relative(path) for path in SOURCES if re.search(r"utils|helpers?|managers?$", path.stem)] == []


def test_no_statement_numbers_its_values():
    """Python 3.12 warns of each such call that gives them in order, and Python 3.14 refuses it."""
    told = [path.name for path in SOURCES if re.search(r"[\s(]\?[0-9]\b", path.read_text(encoding="utf-8"))]
    assert told == []


def test_no_file_names_a_registry_or_this_machine():
    pattern = re.compile("|".join([*map(re.escape, HOSTS), *PLACES]).encode())
    found = []
    for path in files_in_git():
        found += [f"{relative(path)}: {match.group().decode()}" for match in pattern.finditer(path.read_bytes())]
    assert not found, "\n".join(found)


def test_no_file_holds_a_key():
    pattern = re.compile(rb"sk-(?!0123456789abcdef)[0-9a-f]{32}\b")  # the exception is the one that our tests make up
    assert [relative(path) for path in files_in_git() if pattern.search(path.read_bytes())] == []


def test_what_contributors_are_told_is_so():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"{LONGEST} lines at most" in text
    named = [name for name in re.findall(r"`([\w./-]+)`", text) if "/" in name or name.endswith((".py", ".toml"))]
    there = {name for name in named if (ROOT / name).exists() or (ROOT / "bailian_nb" / name).exists()}
    assert set(named) - there - {".venv/bin/python", "test_written_before.py"} == set()
    assert len(there) > 20
