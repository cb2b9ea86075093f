"""What the journal says of thousands of requests at once is what it says of each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailian_nb.store import bulk
from bailian_nb.store.journal import Journal
from bailian_nb.store.request_key import request_key

URL = "https://example.com/api/v1"


def request(prompt: str) -> dict[str, object]:
    return {"model": "m", "function": None, "values": {"prompt": prompt, "n": 1}, "images": [], "mask": None}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def intend(journal: Journal, name: str, prompt: str, created: float = 1.0) -> str:
    journal.intend(
        id=name,
        account="a",
        base_url=URL,
        emulator=False,
        region="r",
        request=request(prompt),
        out_dir=journal.home / "out",
        created=created,
        inputs={},
        fresh=True,
    )
    key = request_key(request(prompt))
    assert key is not None
    return key


def made(journal: Journal, name: str, *files: str) -> None:
    journal.submitting(name, 2.0)
    journal.accepted(name, task_id=f"t-{name}", request_id="")
    for slot, file in enumerate(files):
        journal.saved(name, slot, journal.home / file, journal.home / file)
    journal.end(name, "done", at=5.0, images=len(files), cost=0.4)


def test_what_is_done_has_its_files_cost_and_seconds(journal: Journal) -> None:
    keys = [intend(journal, name, prompt) for name, prompt in (("one", "a"), ("two", "b"), ("open", "c"))]
    made(journal, "one", "a_0.png", "a_1.png")
    made(journal, "two", "b_0.png")
    found = bulk.done(journal.home, [*keys, "unknown"], base_url=URL, emulator=False)
    assert set(found) == {keys[0], keys[1]}
    assert found[keys[0]] == bulk.Done("one", (journal.home / "a_0.png", journal.home / "a_1.png"), 0.4, 3.0, "t-one")
    assert bulk.done(journal.home, keys, base_url="https://elsewhere", emulator=False) == {}
    assert bulk.done(journal.home, keys, base_url=URL, emulator=True) == {}


def test_of_several_runs_the_newest_counts(journal: Journal) -> None:
    key = intend(journal, "old", "a")
    made(journal, "old", "old.png")
    intend(journal, "new", "a", created=9.0)
    made(journal, "new", "new.png")
    assert bulk.done(journal.home, [key], base_url=URL, emulator=False)[key].job == "new"


def test_what_is_open_and_what_was_looked_for_in_vain(journal: Journal) -> None:
    waits, lost = intend(journal, "waits", "a"), intend(journal, "lost", "b")
    journal.submitting("waits", 3.0)
    journal.accepted("waits", task_id="t", request_id="")
    journal.submitting("lost", 3.0)
    journal.made_nothing("lost", at=9.0, error="nothing")
    assert bulk.unfinished(journal.home, [waits, lost], base_url=URL) == {
        waits: bulk.Open("waits", "accepted", "t", 3.0)
    }
    assert bulk.in_vain(journal.home, [waits, lost], base_url=URL) == {lost: "failed"}
    intend(journal, "again", "b", created=20.0)
    made(journal, "again", "b.png")
    assert bulk.in_vain(journal.home, [waits, lost], base_url=URL) == {}


def test_no_journal_is_made_to_look(tmp_path: Path) -> None:
    assert bulk.done(tmp_path / "none", ["k"] * 1200, base_url=URL, emulator=False) == {}
    assert not (tmp_path / "none").exists()
