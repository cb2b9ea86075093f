"""Bodies that other people's clients send, written by hand after their public code and documents.

The emulator takes each, ignores what the model does not know and lists it; strict, it refuses what no page allows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

BODIES = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parents[1] / "data" / "clients").glob("*.json"))
}
each = pytest.mark.parametrize("name", BODIES)


def filled(value: Any, bench: Any) -> Any:
    """Return a body with pictures where it says {picture} and {mask}."""
    if isinstance(value, dict):
        return {name: filled(one, bench) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, bench) for one in value]
    if value == "{picture}":
        return bench.data_url(bench.photo())
    if value == "{mask}":
        mask = Image.new("L", (640, 512))
        ImageDraw.Draw(mask).ellipse((200, 100, 400, 300), fill=255)
        return bench.data_url(mask)
    return value


def send(bench: Any, recorded: dict[str, Any]) -> Any:
    return bench.submit(recorded["path"], filled(recorded["body"], bench), asynchronous=recorded["asynchronous"])


def urls(bench: Any, recorded: dict[str, Any], answer: Any) -> list[str]:
    output = (bench.finish(answer) if recorded["asynchronous"] else answer.json())["output"]
    if "choices" in output:
        items = [item for choice in output["choices"] for item in choice["message"]["content"]]
        return [item["image"] for item in items if "image" in item]
    return [output["image_url"]] if "image_url" in output else bench.urls({"output": output})


@pytest.mark.seldom
@pytest.mark.matrix
@each
def test_it_is_taken_and_what_is_ignored_is_listed(name: str, make_bench: Any) -> None:
    recorded, bench = BODIES[name], make_bench(strict=False)
    answer = send(bench, recorded)
    assert answer.status_code == 200, answer.text
    found = urls(bench, recorded, answer)
    assert len(found) == recorded["body"].get("parameters", {}).get("n", 1)
    assert bench.ask("GET", found[0], key=None).content
    assert bench.log()["creates"][-1]["ignored"] == recorded["ignored"]


@pytest.mark.matrix
@each
def test_strict_refuses_what_no_page_allows(name: str, make_bench: Any) -> None:
    recorded, bench = BODIES[name], make_bench(strict=True)
    answer = send(bench, recorded)
    assert ("refused" if answer.status_code == 400 else "taken") == recorded["strict"], answer.text
    if recorded["strict"] == "refused":
        assert answer.json()["code"] == "InvalidParameter"
    else:
        assert answer.status_code == 200, answer.text


def test_every_client_says_who_it_is_and_one_of_them_is_refused() -> None:
    assert all(recorded["client"] and recorded["document"] for recorded in BODIES.values())
    assert {recorded["strict"] for recorded in BODIES.values()} == {"taken", "refused"}
