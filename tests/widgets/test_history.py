"""The gallery of saved pictures: windows of them, what its buttons do, and pages that ask for odd things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.gallery import Picture, Record
from bailian_nb.session.session import current
from bailian_nb.widgets import HistoryView

from ..world.jumping_clock import until

VALUES: dict[str, Any] = {"model": "wanx2.1-t2i-turbo", "size": "512*512"}
PROMPTS = ("a hill", "a valley <b>", "一座山")
EVERY = {
    "words": "",
    "model": "",
    "function": "",
    "tag": "",
    "since": "",
    "until": "",
    "starred": False,
    "binned": False,
    "everybody": False,
    "owner": "",
}


@pytest.fixture
def made() -> list[wan.Picture]:
    return [wan.t2i(prompt, seed=seed, **VALUES).result(30)[0] for seed, prompt in enumerate(PROMPTS)]


@pytest.fixture
def view(made: list[wan.Picture]) -> HistoryView:
    return HistoryView(wan.history(), lang="en")


def window(view: HistoryView, start: Any = 0, end: Any = 50, **asked: Any) -> dict[str, Any]:
    view.comm.sent.clear()
    view.comm.receive({"kind": "items", "filter": {**EVERY, **asked}, "from": start, "to": end})
    ((content, _),) = view.comm.custom("items")
    return content


def ids(view: HistoryView, **asked: Any) -> list[str]:
    return [item["id"] for item in window(view, **asked)["items"]]


@pytest.mark.seldom
def test_items_of_a_sweep_are_told_apart_by_their_values(photo: Path) -> None:
    wan.sweep(photo, "style", "Convert to gold", strength=[0.25, 0.5], seed=7).run().wait(30)
    items = window(HistoryView(wan.history(), lang="en"))["items"]
    assert sorted(item["values"] for item in items) == ["strength 0.25", "strength 0.5"]


def test_an_item_says_how_its_picture_was_made_and_not_where_it_lies(view: HistoryView, tmp_path: Path) -> None:
    content = window(view, 1, 3)
    assert (content["from"], content["total"]) == (1, 3)
    first = content["items"][0]
    assert (first["prompt"], first["seed"], first["price"], first["size"]) == (
        "a valley <b>",
        "1",
        "EMULATOR",
        "512x512",
    )
    assert (first["star"], first["tags"], first["there"]) == (False, [], True)
    assert str(tmp_path) not in json.dumps(content)


def test_a_filter_takes_what_it_can_be(view: HistoryView) -> None:
    for asked, total in (
        ({"words": "hill"}, 1),
        ({"words": "一座"}, 1),
        ({"words": ["hill"]}, 3),
        ({"starred": "yes"}, 3),
        ({"starred": True}, 0),
        ({"model": "x" * 100_000}, 0),
        ({"other": 1}, 3),
    ):
        assert window(view, **asked)["total"] == total, asked
    for odd in ((-5, "x"), (None, 10**30), (float("inf"), 3)):
        assert window(view, *odd)["total"] == 3


def test_a_day_that_is_none_is_said_until_the_next_filter(view: HistoryView) -> None:
    assert window(view, since="soon")["total"] == 0
    assert "since must be a day" in view.fault
    assert window(view)["total"] == 3
    assert view.fault == ""


def test_stars_and_tags_are_kept_and_asked_for(view: HistoryView) -> None:
    newest, second, _ = ids(view)
    version = view.version
    view.comm.receive({"kind": "star", "ids": [newest, second], "on": True})
    view.comm.receive({"kind": "tag", "ids": [newest], "tags": "cover，  for Li,"})
    assert view.version == version + 2
    assert ids(view, starred=True) == [newest, second]
    assert ids(view, tag="for Li") == [newest]
    assert view.choices["tag"] == ["cover", "for Li"]
    view.comm.receive({"kind": "tag", "ids": [newest], "tags": "cover"})
    view.comm.receive({"kind": "star", "ids": [newest], "on": False})
    assert window(view)["items"][0]["tags"] == ["cover"]
    assert [row["starred"] for row in wan.history().to_dicts()] == [False, True, False]


@pytest.mark.seldom
def test_the_bin_takes_and_gives_back(view: HistoryView, made: list[wan.Picture]) -> None:
    newest, second, oldest = ids(view)
    view.comm.receive({"kind": "delete", "ids": [newest, oldest]})
    assert view.said == "2 in the bin; Undo brings them back"
    assert ids(view) == [second]
    binned = ids(view, binned=True)
    assert sorted(item["prompt"] for item in window(view, binned=True)["items"]) == ["a hill", "一座山"]
    view.comm.receive({"kind": "large", "id": binned[0]})
    assert view.comm.custom("large")[-1][1][0].startswith(b"\xff\xd8")
    view.comm.receive({"kind": "delete", "ids": binned[:1]})
    assert view.said == "1 brought back"
    view.comm.receive({"kind": "undo"})
    assert sorted(ids(view)) == sorted([newest, second, oldest])
    assert view.undoable == 0
    view.comm.receive({"kind": "undo"})
    assert view.said == "there is nothing to bring back"


@pytest.mark.seldom
def test_drawn_again_the_price_is_shown_before_anything_is_sent(view: HistoryView) -> None:
    sent = len(wan.jobs())
    oldest = ids(view)[-1]
    view.comm.receive({"kind": "plan", "id": oldest})
    assert (view.planned["prompt"], view.planned["price"]) == ("a hill", "EMULATOR, nothing billed")
    assert view.planned["seed"] not in ("", "0")
    view.comm.receive({"kind": "plan", "id": oldest, "prompt": "a hill", "seed": "0"})
    assert view.planned["price"] == "on disk already: costs nothing"
    view.comm.receive({"kind": "plan", "id": oldest, "prompt": "a lake", "seed": "x"})
    assert "seed" in view.fault
    assert view.planned == {}
    view.comm.receive({"kind": "send"})
    assert len(wan.jobs()) == sent
    view.comm.receive({"kind": "plan", "id": oldest, "prompt": "a lake", "seed": "5"})
    view.comm.receive({"kind": "send"})
    view.comm.receive({"kind": "send"})
    job = wan.jobs()[-1]
    assert len(wan.jobs()) == sent + 1
    assert (job.request.prompt, job.request.seed) == ("a lake", 5)
    job.result(30)
    until(lambda: view.said == f"job {job.id}: done")
    assert window(view)["items"][0]["prompt"] == "a lake"


def test_a_price_that_counts_is_said(view: HistoryView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-made-up-for-the-tests-0001")
    view.comm.receive({"kind": "plan", "id": ids(view)[0]})
    assert view.planned["price"] == "about CNY 0.14"


def test_a_sheet_is_saved_where_the_pictures_are(view: HistoryView) -> None:
    view.comm.receive({"kind": "sheet", "ids": ids(view)})
    path = Path(view.said.removeprefix("saved: "))
    assert path.read_bytes().startswith(b"\xff\xd8")
    assert path.parent == wan.history()[0].path.parent.parent


@pytest.mark.seldom
def test_what_names_no_picture_does_nothing_and_says_so(view: HistoryView) -> None:
    for named in ([], ["../x"], ["-1"], ["bin 0"], ["bin x"], [7], None, ["9" * 40], {"a": 1}):
        for kind in ("star", "tag", "delete", "sheet", "plan"):
            view.fault = ""
            view.comm.receive({"kind": kind, "ids": named, "id": named, "on": True, "tags": "x"})
            assert "No pictures here." in view.fault, (kind, named)
    assert window(view)["total"] == 3


def test_small_pictures_come_for_those_that_are_there(view: HistoryView, made: list[wan.Picture]) -> None:
    named = ids(view)
    made[0].path.unlink()
    view.comm.receive({"kind": "thumbs", "ids": [*named, "../x", 5]})
    until(lambda: sum(len(content["ids"] + content["gone"]) for content, _ in view.comm.custom("thumbs")) == 4)
    ((content, buffers),) = view.comm.custom("thumbs")
    assert (content["ids"], content["gone"]) == (named[:2], [named[2], "../x"])
    assert len(buffers) == 2


def test_small_pictures_come_again_after_they_could_not_be_looked_up(
    view: HistoryView, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = ids(view)
    with monkeypatch.context() as patch:
        patch.setattr(view._shelf, "open", lambda places: 1 / 0)
        view.comm.receive({"kind": "thumbs", "ids": named})
        until(lambda: view.fault)
    assert view.fault.startswith("ZeroDivisionError")
    assert view.comm.custom("thumbs") == [], "they are not gone"
    view.comm.receive({"kind": "thumbs", "ids": named})
    until(lambda: view.comm.custom("thumbs"))
    ((told, _),) = view.comm.custom("thumbs")
    assert told["ids"] == named


@pytest.mark.seldom
def test_thousands_of_pictures_are_a_window(tmp_path: Path) -> None:
    index = current().index
    index.recent()
    pictures = []
    (tmp_path / "many").mkdir()
    for number in range(2_000):
        path = tmp_path / "many" / f"{number}.png"
        path.touch()
        made = f"2026-11-29T00:{number // 60 % 60:02}:{number % 60:02}+00:00"
        pictures.append(Picture(path=path, record=Record(model="m", prompt=f"{number % 100} hats", created=made)))
    index._insert(pictures, 5)
    view = HistoryView(wan.history(limit=1))
    content = window(view, 1000, 10**9)
    assert (content["total"], len(content["items"])) == (2_000, 400)
    assert window(view, words="77 hats")["total"] == 20


def test_what_a_saved_notebook_keeps_is_the_table(view: HistoryView) -> None:
    assert view.static_view()["text/html"].count("<img") == 3
    assert view.caption()["text/plain"] == "3 pictures"


def test_pictures_of_colleagues_are_shown_with_who_made_them(
    made: list[wan.Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made[0].path.parent
    (folder / "theirs.json").write_text(Record(model="m", prompt="a boat", owner="anna", created="2026").to_json())
    (folder / "theirs.png").write_bytes(made[0].path.read_bytes())
    view = HistoryView(wan.history(everybody=True), lang="en")
    assert "anna" in view.choices["owner"]
    assert "nobody has made nothing in" in HistoryView(wan.history(owner="nobody"), lang="en").said
    everybody = window(view, everybody=True)
    assert (everybody["total"], window(view)["total"]) == (4, 3)
    (theirs,) = window(view, owner="anna")["items"]
    assert (theirs["owner"], theirs["prompt"], theirs["there"]) == ("anna", "a boat", True)
    view.comm.receive({"kind": "large", "id": theirs["id"]})
    ((_, buffers),) = view.comm.custom("large")
    assert buffers
    view.comm.receive({"kind": "delete", "ids": [theirs["id"]]})
    assert "these are of anna" in view.fault
    assert (folder / "theirs.png").is_file()
