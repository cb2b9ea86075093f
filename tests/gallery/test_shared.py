"""What everybody has put into one place: listed anew, each Record read once, and nothing else fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.gallery import Record, shared
from bailian_nb.gallery.listing import Wanted
from bailian_nb.gallery.shared import Shared
from bailian_nb.store import buckets, shelves

from ..world.bucket import empty_bucket

PLACE = "memory://shop/wan"
ANY = Wanted()


@pytest.fixture(autouse=True)
def store() -> Iterator[Any]:
    with empty_bucket() as memory:
        yield memory


def put(store: Any, name: str, owner: str = "anna", **more: Any) -> str:
    """Lay a picture and its JSON into the bucket."""
    number = len(store.store)
    record = Record(model="wan2.6-t2i", prompt="a hill", owner=owner, created=f"2026-11-{1 + number:02d}T00:00:00Z")
    record = replace(record, **more)
    store.makedirs("shop/wan/day", exist_ok=True)
    store.pipe_file(f"shop/wan/day/{name}.json", record.to_json().encode())
    store.pipe_file(f"shop/wan/day/{name}.png", b"a picture")
    return f"{PLACE}/day/{name}.png"


def look(home: Path, place: str = PLACE) -> Shared:
    found = Shared(home, buckets.local_folder(place, home))
    found.look()
    return found


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which files were read."""
    names: list[str] = []
    real = shelves.read

    def noted(name: str, *more: Any) -> bytes:
        names.append(name)
        return real(name, *more)

    monkeypatch.setattr(shelves, "read", noted)
    return names


def test_pictures_of_all_owners_are_found_the_newest_first(store: Any, tmp_path: Path) -> None:
    first, second = put(store, "a"), put(store, "b", "bert")
    found = look(tmp_path)
    assert found.places(ANY) == [second, first]
    assert found.places(ANY, "anna") == [first]
    assert found.owners() == ["anna", "bert"]
    (picture,) = found.opened([second]).values()
    assert (picture.address, picture.record.owner) == (second, "bert")
    assert not picture.path.exists()


def test_a_record_is_read_once_and_no_picture_at_all(store: Any, tmp_path: Path, read: list[str]) -> None:
    put(store, "a")
    look(tmp_path)
    put(store, "b")
    assert len(look(tmp_path).places(ANY)) == 2
    assert [name.rpartition("/")[2] for name in read] == ["a.json", "b.json"]


def test_what_was_taken_away_is_forgotten_and_what_was_changed_is_read_anew(store: Any, tmp_path: Path) -> None:
    first, second = put(store, "a"), put(store, "b")
    look(tmp_path)
    store.rm_file("shop/wan/day/a.png")
    put(store, "b", "bert", prompt="another")
    found = look(tmp_path)
    assert first not in found.places(ANY)
    assert found.places(ANY, "bert") == [second]


def test_words_model_function_and_days_narrow_it(store: Any, tmp_path: Path) -> None:
    one = put(store, "a", prompt="a Fox in snow")
    other = put(store, "b", model="wanx2.1-imageedit", function="description_edit", created="2026-10-01T00:00:00Z")
    found = look(tmp_path)
    assert found.places(Wanted(words="SNOW fox")) == [one]
    assert found.places(Wanted(words="instruct")) == [other], "by the name that is typed"
    assert found.places(Wanted(function="description_edit")) == [other]
    assert found.places(Wanted(model="wan2.6-t2i")) == [one]
    assert found.places(Wanted(before="2026-10-02")) == [other]


def test_a_look_ends_in_time_and_the_next_one_goes_on(
    store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "READ_SECONDS", 0.0)
    monkeypatch.setattr(shared, "_BATCH", 2)
    for name in "abcde":
        put(store, name)
    found = look(tmp_path)
    assert (len(found.places(ANY)), found.unread) == (2, 3)
    for _ in range(2):
        found = look(tmp_path)
    assert (len(found.places(ANY)), found.unread) == (5, 0)


@pytest.mark.parametrize("error", [ConnectionError("sk-secret"), FileNotFoundError("no bucket of sk-secret")])
def test_a_bucket_that_is_away_or_gone_is_told_from_what_was_known(
    store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    address = put(store, "a")
    look(tmp_path)

    def away(self: Any, path: str, **more: Any) -> None:
        raise error

    monkeypatch.setattr(type(store), "find", away)
    found = look(tmp_path)
    assert found.places(ANY) == [address]
    assert "memory://shop" in found.fault
    assert "sk-secret" not in found.fault


def test_what_is_no_picture_of_ours_is_passed_over(store: Any, tmp_path: Path, read: list[str]) -> None:
    put(store, "a")
    put(store, "a_pasted", source="pasted")
    store.pipe_file("shop/wan/day/notes.json", b"{}")
    store.pipe_file("shop/wan/day/other.png", b"of another tool")
    store.pipe_file("shop/wan/day/odd.png", b"x")
    store.pipe_file("shop/wan/day/odd.json", b'{"model": 7}')
    store.pipe_file("shop/wan/../../../way/out.png", b"x")
    store.pipe_file("shop/wan/../../../way/out.json", Record(model="m").to_json().encode())
    assert look(tmp_path).places(ANY) == [f"{PLACE}/day/a_pasted.png"]
    look(tmp_path)
    assert sorted(name.rpartition("/")[2] for name in read) == ["a_pasted.json", "odd.json"], "each once"


def test_an_address_in_a_record_is_not_believed(store: Any, tmp_path: Path) -> None:
    address = put(store, "a", address="s3://elsewhere/secret.png")
    (picture,) = look(tmp_path).opened([address]).values()
    assert picture.address == address


def test_a_folder_that_colleagues_reach_is_listed_as_a_bucket_is(tmp_path: Path) -> None:
    day = tmp_path / "pictures" / "day"
    day.mkdir(parents=True)
    for name, owner in (("a", "anna"), ("b", "bert")):
        (day / f"{name}.json").write_text(Record(model="m", owner=owner, created=name).to_json())
        (day / f"{name}.png").write_bytes(b"x")
    found = Shared(tmp_path / "home", tmp_path / "pictures")
    found.look()
    assert found.places(ANY) == [str(day / "b.png"), str(day / "a.png")]
    (picture,) = found.opened(found.places(ANY, "anna")).values()
    assert picture.path == day / "a.png"


@pytest.mark.parametrize("name", ["\x1b]0;anna\x07", "<b>anna</b>", "anna, bert", "a" * 61])
def test_a_name_that_nobody_has_is_shown_to_nobody(store: Any, tmp_path: Path, name: str) -> None:
    address = put(store, "a", name)
    found = look(tmp_path)
    assert found.owners() == []
    assert found.opened([address])[address].record.owner == ""


def test_names_of_any_alphabet_are_names(store: Any, tmp_path: Path) -> None:
    put(store, "a", "王芳")
    put(store, "b", "anna@host-1.example")
    assert look(tmp_path).owners() == ["anna@host-1.example", "王芳"]
