"""A widget is shown as static outputs that stay; the live one is mounted on them, or replaces them where it must."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
from PIL import Image

from bailian_nb.widgets import MaskPainter, base
from bailian_nb.widgets.outputs import outputs

WIDGET = "application/vnd.jupyter.widget-view+json"


class Document:
    """What a notebook document holds: the newest bundle of every display id, in order."""

    def __init__(self) -> None:
        self.bundles: dict[str, dict[str, str]] = {}
        self.written: list[str] = []

    def publish(self, bundle: dict[str, str], display_id: str, *, update: bool) -> None:
        assert update == (display_id in self.bundles)
        self.bundles[display_id] = bundle
        self.written.append(display_id)

    @property
    def shown(self) -> list[dict[str, str]]:
        return list(self.bundles.values())


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch) -> Iterator[Document]:
    document = Document()
    monkeypatch.setattr(outputs, "publisher", document.publish)
    monkeypatch.setattr(outputs, "live", lambda: True)
    monkeypatch.setattr(base, "OPEN_TIMEOUT", 0.1)
    monkeypatch.setattr(base, "STATIC_PACE", 0.02)
    yield document
    time.sleep(0.15)  # timers of this test end with it


def painter() -> MaskPainter:
    return MaskPainter(Image.new("RGB", (64, 48), "tan"))


def until(true: object) -> None:
    deadline = time.monotonic() + 3
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_document_holds_a_picture_and_a_caption_and_names_no_widget(document: Document) -> None:
    shown = painter()
    shown._receive(shown, {"kind": "opened"}, [])
    shown._ipython_display_()
    time.sleep(0.2)
    view, caption = document.shown
    assert set(view) == {"image/jpeg", "text/plain"}
    assert shown.anchor in caption["text/html"]
    assert all(WIDGET not in bundle for bundle in document.shown)


def test_where_no_page_speaks_the_caption_becomes_an_ordinary_widget(document: Document) -> None:
    shown = painter()
    shown._ipython_display_()
    until(lambda: WIDGET in document.shown[1])
    shown._receive(shown, {"kind": "opened"}, [])
    assert WIDGET not in document.shown[1]
    assert shown.anchor in document.shown[1]["text/html"]


def test_a_stroke_changes_the_picture_in_the_document_and_leaves_the_caption_alone(document: Document) -> None:
    shown = painter()
    shown._receive(shown, {"kind": "opened"}, [])
    shown._ipython_display_()
    view, caption = document.bundles
    before = document.bundles[view]["image/jpeg"]
    shown.fill()
    until(lambda: document.bundles[view]["image/jpeg"] != before)
    assert document.written.count(caption) == 1


def test_without_a_front_end_it_is_static_from_the_start(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "live", lambda: False)
    shown = painter()
    shown._ipython_display_()
    time.sleep(0.2)
    assert shown.anchor not in document.shown[1]["text/html"]
    assert all(WIDGET not in bundle for bundle in document.shown)


def test_freezing_takes_the_anchor_away(document: Document) -> None:
    shown = painter()
    shown._receive(shown, {"kind": "opened"}, [])
    shown._ipython_display_()
    shown.freeze()
    assert shown.anchor not in document.shown[1]["text/html"]


def test_a_change_just_before_freezing_does_not_bring_the_anchor_back(document: Document) -> None:
    shown = painter()
    shown._receive(shown, {"kind": "opened"}, [])
    shown._ipython_display_()
    shown.fill()
    shown.freeze()
    written = len(document.written)
    time.sleep(0.1)
    assert len(document.written) == written


def test_a_slow_writer_does_not_leave_its_older_words_over_newer_ones(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = painter()
    shown._receive(shown, {"kind": "opened"}, [])
    shown._ipython_display_()
    words = iter(["older", "newer"])
    monkeypatch.setattr(shown, "caption", lambda: {"text/plain": (word := next(words)), "text/html": word})
    still, drawing, go_on = shown.static_view, threading.Event(), threading.Event()

    def slow() -> dict[str, str]:
        monkeypatch.setattr(shown, "static_view", still)
        bundle = still()
        drawing.set()
        go_on.wait(3)
        return bundle

    monkeypatch.setattr(shown, "static_view", slow)
    first, second = (threading.Thread(target=shown.update_static) for _ in range(2))
    first.start()
    assert drawing.wait(3)
    second.start()
    second.join(0.1)
    go_on.set()
    first.join(3)
    second.join(3)
    assert document.shown[1]["text/plain"] == "newer"


class ByHand:
    """A timer that runs out when the test says so."""

    def __init__(self, work: Callable[[], None], name: str) -> None:
        self.work, self.asked = work, False
        self.made.append(self)

    made: ClassVar[list[ByHand]] = []

    def ask(self, seconds: float) -> None:
        self.asked = True

    def cancel(self) -> bool:
        was, self.asked = self.asked, False
        return was


def test_closing_leaves_what_was_painted_last_and_no_timer_writes_later(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "Later", ByHand)
    monkeypatch.setattr(ByHand, "made", [])
    shown = painter()
    shown._ipython_display_()
    shown.fill()
    shown.close()
    view, caption = document.shown
    assert view["text/plain"] == "<MaskPainter 64x48 100.0% painted>"
    assert shown.anchor in caption["text/html"]
    before = list(document.written)
    assert len(ByHand.made) == 2, "for the static picture, and for a front end that does not open the widget"
    for timer in ByHand.made:  # also one that has run out while it was closed
        timer.work()
    assert document.written == before
    assert all(WIDGET not in bundle for bundle in document.shown)


def test_a_notebook_that_is_taken_away_while_a_picture_is_drawn_disturbs_nobody(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = painter()
    shown._ipython_display_()
    before, still = list(document.written), shown.static_view

    def unloaded() -> dict[str, str]:
        outputs.publisher = None
        return still()

    monkeypatch.setattr(shown, "static_view", unloaded)
    shown.update_static()
    shown.freeze()
    assert document.written == before
