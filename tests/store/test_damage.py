"""A damaged journal is laid aside although another program holds it for a moment."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.store.damage import lay_aside
from bailian_nb.store.schema import journal_path


def test_a_journal_that_a_scanner_holds_is_laid_aside_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = journal_path(tmp_path)
    path.write_bytes(b"no database\n" * 1000)
    held, real = {path.name: 2}, os.rename

    def once(source: Any, target: Any) -> None:
        if held.get(name := Path(source).name, 0):
            held[name] -= 1
            raise PermissionError(errno.EACCES, "held")
        real(source, target)

    monkeypatch.setattr(os, "rename", once)
    assert "is laid aside as journal.broken-" in lay_aside(tmp_path)
    assert len(list(tmp_path.glob("journal.broken-*"))) == 1
    assert not path.exists()
    assert not any(held.values())
