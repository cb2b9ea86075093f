"""Pictures that go to a bucket: `memory://` stands for any store that fsspec speaks to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.gallery import Record
from bailian_nb.session import session as sessions
from bailian_nb.store import buckets

fsspec = pytest.importorskip("fsspec", reason="needs the extra `storage`")
NOW = "emulator:latency=0"
OUT = "memory://shop/照片 one"


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket, named as the place for pictures."""
    monkeypatch.setenv("BAILIAN_NB_OUT", OUT)
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    buckets.try_again()
    yield memory
    memory.store.clear()
    buckets.try_again()


def draw(prompt: str = "A cat", **given: Any) -> wan.Job:
    return wan.t2i(f"{prompt} {NOW}", **{"model": "wan2.5-t2i-preview", "size": "768*768", "seed": 7, **given})


def test_a_picture_is_in_the_bucket_with_its_record_when_its_job_is_done(store: Any) -> None:
    (picture,) = draw().result(timeout=30)
    assert picture.address.startswith(f"{OUT}/20")
    assert picture.address.endswith(picture.path.name)
    assert store.cat_file(picture.address) == picture.path.read_bytes()
    beside = Record.from_json(store.cat_file(picture.address.replace(".png", ".json")))
    assert (beside.address, beside.sha256, beside.prompt) == (picture.address, picture.record.sha256, f"A cat {NOW}")
    (known,) = sessions.current().index.recent()
    assert known.address == picture.address
