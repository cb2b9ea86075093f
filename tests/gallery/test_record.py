"""A Record is plain JSON that other versions can read, and it keeps no secret."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from bailian_nb.gallery import SCHEMA, Record

from ..world.each import each


def test_a_record_comes_back_equal(record: Record) -> None:
    full = replace(
        record,
        inputs=[{"kind": "bytes", "sha256": "ab", "width": 5}],
        mask={"kind": "bytes", "sha256": "cd"},
        notes=["one", "two"],
        leak=3,
        pixels_protected=9,
        source="pasted",
        emulator=True,
        function="expand",
    )
    assert Record.from_json(full.to_json()) == full
    assert Record.from_json(full.to_json(indent=2).encode()) == full


def test_no_folder_of_this_machine_stands_in_it(record: Record) -> None:
    found = replace(record, inputs=[{"name": "a.png", "path": "/home/me/a.png"}], mask={"path": "/home/me/m.png"})
    assert "/home/me" not in found.to_json()
    assert found.inputs == ({"name": "a.png"},)


def test_the_json_is_sorted_and_readable(record: Record) -> None:
    text = record.to_json()
    plain = json.loads(text)
    assert list(plain) == sorted(plain)
    assert "花店" in text
    assert plain["schema"] == SCHEMA == 1


def test_unknown_fields_are_ignored_and_a_newer_schema_is_read_as_far_as_it_goes(record: Record) -> None:
    plain = json.loads(record.to_json()) | {"schema": 99, "mood": "sunny", "seed": {"value": 7}}
    found = Record.from_json(json.dumps(plain))
    assert found.schema == 99
    assert found.prompt == record.prompt
    assert found.seed is None


@each(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "7",
        "null",
        "{}",
        '{"model": 7}',
        "[" * 100_000,
        '{"model":' * 5000,
        "1" * 10_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_record_raises_one_kind_of_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        Record.from_json(text)


def test_a_field_of_the_wrong_type_never_breaks_the_reader() -> None:
    names = [name for name in json.loads(Record(model="m").to_json()) if name != "model"]
    for name, junk in itertools.product(names, ["x", 7, 1.5, True, None, [], {}, [1], [[]], {"a": 1}]):
        found = Record.from_json(json.dumps({"model": "m", name: junk}))
        assert Record.from_json(found.to_json()) == found, (name, junk)


def test_urls_lose_their_signature_and_password(record: Record) -> None:
    signed = "https://user:pw@example.com/a/cat.png?Expires=1&OSSAccessKeyId=LTAI&Signature=s#f"
    kept = replace(record, inputs=[{"kind": "url", "url": signed}], mask={"url": "data:image/png;base64,AAAA"})
    assert kept.inputs[0]["url"] == "https://example.com/a/cat.png"
    assert kept.mask == {"url": "data:image/png;base64"}
    assert "Signature" not in kept.to_json()
    assert "pw" not in kept.to_json()
    assert replace(record, inputs=[{"url": "http://[broken?x"}]).inputs[0]["url"] == ""
