"""The journal's file has one name, which one file of the package spells."""

from __future__ import annotations

import ast
from pathlib import Path

from bailian_nb.store.journal import Journal
from bailian_nb.store.schema import journal_path

from ..world.sources import PACKAGE, files, nodes


def test_a_journal_lies_where_the_path_says_and_not_before_it_is_made(tmp_path: Path) -> None:
    assert not journal_path(tmp_path).exists()
    journal = Journal(tmp_path)
    assert journal.path == journal_path(tmp_path)
    assert journal_path(tmp_path).is_file()
    journal.close()


def test_its_name_is_spelled_once() -> None:
    spelled = [
        file.relative_to(PACKAGE).as_posix()
        for file in files()
        for node in nodes(file)
        if isinstance(node, ast.Constant) and node.value == "journal.sqlite"
    ]
    assert spelled == ["store/open_rows.py"]
