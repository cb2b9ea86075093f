"""`bailian-nb resume` names what another running kernel has, as Python does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.config import home
from bailian_nb.jobs.resume import Resumed
from bailian_nb.store.journal import Journal

from ..world.open_rows import write_row


@pytest.fixture
def other() -> Iterator[Journal]:
    """Another running kernel of this home."""
    journal = Journal(home())
    yield journal
    journal.close()


def test_what_another_running_kernel_works_on_is_said_and_not_nothing(
    other: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    write_row(other, "theirs")
    other.submitting("theirs", at=1.0)
    found = wan.resume()
    assert [row.id for row in found.alive] == ["theirs"]
    assert found
    assert cli.main(["resume"]) == 0
    assert capsys.readouterr().out == "0 resumed; 1 in another running kernel: theirs\n"


def test_nothing_found_is_false() -> None:
    assert not Resumed()
