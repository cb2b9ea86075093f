"""The painter as a kernel sees it: messages from pages in, one state out; what `mask` gives is what a page shows."""

from __future__ import annotations

import base64
import io
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.errors import InvalidRequest
from bailian_nb.masks import Mask
from bailian_nb.widgets import MaskPainter, mask_codec
from bailian_nb.widgets.ops import Op
from bailian_nb.widgets.outputs import outputs

from .conftest import OldPage, Page, Wire


def stroke(x: float, *, erase: bool = False) -> Op:
    return {"op": "stroke", "points": [[x, 20], [x + 8, 24.5]], "r": 5.5, "erase": erase}


@pytest.fixture
def painter(picture: Image.Image) -> MaskPainter:
    return MaskPainter(picture)


def shown(painter: MaskPainter) -> Mask:
    """Return the mask that a page would show that knows nothing but the widget's state."""
    return mask_codec.unpack(painter.size, mask_codec.inflate(painter.size, painter.shown["bitmap"]))


def test_a_stroke_from_the_page_is_in_the_mask(painter: MaskPainter) -> None:
    page = Page(painter)
    page.paint(stroke(10))
    assert painter.mask == Mask.like((64, 48)).stroke([(10, 20), (18, 24.5)], 5.5)
    assert painter.mask == page.mask == shown(painter)
    assert painter.ops == [stroke(10)]
    assert painter.shown["acks"] == {"page": 1}
    assert painter.fault == ""


def test_sixty_strokes_undone_and_redone_from_the_page(painter: MaskPainter) -> None:
    page = Page(painter)
    masks = [painter.mask]
    for number in range(60):
        page.paint(stroke(number, erase=number % 5 == 4))
        masks.append(page.mask)
    for mask in reversed(masks[:-1]):
        page.mask = mask
        page.send({"op": "undo"})
        assert painter.mask == mask
    for mask in masks[1:]:
        page.mask = mask
        page.send({"op": "redo"})
        assert painter.mask == mask
    assert painter.fault == ""
    assert len(painter.ops) == 60


@pytest.mark.parametrize("kind", [Page, OldPage])
def test_what_the_page_shows_counts_and_a_difference_is_said(painter: MaskPainter, kind: type[Page]) -> None:
    page = kind(painter)
    page.paint(stroke(10))
    page.compare()
    assert painter.fault == ""
    page.mask = page.mask.rect(0, 0, 3, 3)  # a page that draws by other rules
    page.paint(stroke(30))
    page.compare()
    assert painter.mask == page.mask == shown(painter)
    assert "drawn differently" in painter.fault
    names: dict[str, Any] = {}
    exec(painter.as_code(), names)
    assert names["mask"] == painter.mask
    painter.undo()
    assert painter.mask.bbox is not None


def test_a_bitmap_that_differs_is_not_taken_from_a_page_that_had_not_heard_of_a_change(painter: MaskPainter) -> None:
    page = Page(painter)
    page.paint(stroke(10))
    page.mask = Mask.like((64, 48))
    message = page.message({"op": "load"}, differs=True)
    painter.fill()
    painter.comm.receive(*message)
    assert painter.mask.coverage == 1


@pytest.mark.parametrize("kind", [Page, OldPage])
def test_a_page_of_any_age_paints(painter: MaskPainter, kind: type[Page]) -> None:
    page = kind(painter)
    page.paint(stroke(10))
    page.paint({"op": "invert"})
    page.mask = page.mask.polygon([(3, 3), (40, 9), (20, 40)])
    page.send({"op": "load"})
    assert painter.mask == page.mask == shown(painter)
    assert [op["op"] for op in painter.ops] == ["stroke", "invert", "load"]
    assert painter.fault == ""


def test_raw_bits_of_another_length_are_refused(painter: MaskPainter) -> None:
    content, bits = Page(painter).message({"op": "load"})
    painter.comm.receive(content, bits[:-1])
    assert painter.mask.coverage == 0
    assert "has 383 bytes, 64x48 pixels have 384" in painter.fault


def test_a_damaged_bitmap_is_not_believed(painter: MaskPainter) -> None:
    content = {"kind": "ops", "client": "p", "n": 1, "seq": 1, "op": stroke(10), "crc": 7}
    painter.comm.receive(content, mask_codec.deflate(mask_codec.pack(Mask.like((64, 48)))))
    assert painter.mask == Mask.like((64, 48)).stroke([(10, 20), (18, 24.5)], 5.5)
    assert "damaged" in painter.fault


@pytest.mark.parametrize("buffers", [[b"junk"], [mask_codec.deflate(b"\0" * 5)]])
def test_junk_from_the_page_changes_nothing_and_is_answered(painter: MaskPainter, buffers: list[bytes]) -> None:
    painter.comm.receive({"kind": "ops", "client": "p", "n": 1, "seq": 1, "op": stroke(9), "crc": 0}, *buffers)
    assert painter.mask.coverage == 0
    assert "bitmap" in painter.fault
    assert painter.shown["acks"] == {"p": 1}  # else the page would wait for ever


@pytest.mark.parametrize("content", [{}, {"kind": "nothing"}, {"kind": "ops"}, {"kind": "ops", "n": "x"}, 3, None])
def test_no_message_kills_the_painter(painter: MaskPainter, content: Any) -> None:
    painter.comm.receive(content)
    Page(painter).paint(stroke(10))
    assert painter.mask.coverage > 0


def test_a_message_that_comes_twice_is_drawn_once(painter: MaskPainter) -> None:
    page = Page(painter)
    page.paint({"op": "invert"})
    page.number -= 1
    page.send({"op": "invert"})
    assert painter.mask.coverage == 1
    assert len(painter.ops) == 1


def test_a_page_that_had_not_heard_of_a_change_loses_nothing(painter: MaskPainter) -> None:
    page = Page(painter)
    seq = painter.shown["seq"] + 1
    painter.load_mask(Mask.like((64, 48)).rect(0, 0, 4, 4))
    page.paint(stroke(30), seq=seq)
    assert painter.mask == Mask.like((64, 48)).rect(0, 0, 4, 4).stroke([(30, 20), (38, 24.5)], 5.5)
    assert painter.fault == ""


def test_two_pages_share_one_painting(painter: MaskPainter) -> None:
    one, two = Page(painter, "one"), Page(painter, "two")
    one.paint(stroke(5))
    two.mask = shown(painter)
    two.paint(stroke(40))
    assert painter.shown["acks"] == {"one": 1, "two": 1}
    assert len(painter.ops) == 2
    assert painter.fault == ""


def test_a_bucket_comes_as_a_bitmap(painter: MaskPainter) -> None:
    page = Page(painter)
    page.mask = page.mask.polygon([(3, 3), (40, 9), (20, 40)])
    page.send({"op": "load"})
    assert painter.mask == page.mask
    assert painter.ops[0]["op"] == "load"
    assert painter.fault == ""


def test_cells_change_what_pages_show(painter: MaskPainter) -> None:
    painter.load_mask(Mask.like((64, 48)).ellipse(10, 10, 30, 30))
    first = painter.mask
    for change in (painter.invert, lambda: painter.grow(2), lambda: painter.shrink(1.5), painter.clear, painter.fill):
        change()
        assert shown(painter) == painter.mask
    assert painter.mask.coverage == 1
    for _ in range(5):
        painter.undo()
    assert painter.mask == first
    painter.redo()
    assert painter.mask == ~first
    names: dict[str, Any] = {}
    exec(painter.as_code(), names)
    assert names["mask"] == painter.mask


def test_a_mask_to_begin_with_may_be_a_file(picture: Image.Image, tmp_path: Path) -> None:
    mask = Mask.like((64, 48)).rect(3, 4, 20, 30)
    assert MaskPainter(picture, mask.save(tmp_path / "m.png")).mask == mask
    assert MaskPainter(picture, mask).mask == mask


def test_a_mask_of_another_size_is_refused(picture: Image.Image) -> None:
    with pytest.raises(InvalidRequest, match="64x48"):
        MaskPainter(picture, Mask.like((48, 64)))


def test_a_painter_is_taken_where_a_mask_is(painter: MaskPainter) -> None:
    painter.invert()
    assert Mask.from_image(painter) == painter.mask


def test_on_change_hears_of_pages_and_cells_and_may_fail(painter: MaskPainter) -> None:
    heard: list[float] = []
    painter.on_change(lambda painter: heard.append(painter.mask.coverage))
    painter.on_change(lambda painter: heard[99])
    Page(painter).paint({"op": "fill"})
    painter.clear()
    assert heard == [1.0, 0.0]
    assert painter.fault == "on_change: IndexError: list index out of range"


@pytest.mark.seldom
def test_pages_on_several_threads_lose_no_stroke(painter: MaskPainter) -> None:
    def paint(name: str) -> None:
        page = Page(painter, name)
        for number in range(12):
            page.send({"op": "rect", "box": [number * 4, 0, number * 4 + 2, 3], "erase": False}, seq=-1)

    threads = [threading.Thread(target=paint, args=(f"p{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(painter.ops) == 48
    assert shown(painter) == painter.mask
    assert painter.shown["seq"] == 48


@pytest.mark.seldom
def test_the_state_carries_a_small_picture_and_the_page_asks_for_the_large_one() -> None:
    image = Image.effect_noise((2400, 1600), 80).convert("RGB")
    painter = MaskPainter(image)
    preview = Image.open(io.BytesIO(painter.preview["data"]))
    assert (preview.size, preview.format) == ((1024, 683), "JPEG")
    assert painter.preview["reduced"] is True
    painter.comm.receive({"kind": "picture"})
    [(_, [data])] = painter.comm.custom("picture")
    assert Image.open(io.BytesIO(data)).size == image.size
    assert len(data) < 8_000_000


def test_a_small_file_is_shown_byte_for_byte(picture: Image.Image, tmp_path: Path) -> None:
    picture.save(tmp_path / "a.png")
    painter = MaskPainter(tmp_path / "a.png")
    painter.comm.receive({"kind": "picture"})
    assert painter.comm.custom("picture")[0][1] == [(tmp_path / "a.png").read_bytes()]


def test_a_phones_picture_is_painted_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "phone.jpg", exif=exif)
    assert MaskPainter(tmp_path / "phone.jpg").mask.size == (40, 60)


@pytest.mark.seldom
def test_a_message_stays_below_the_servers_limit() -> None:
    painter = MaskPainter(Image.effect_noise((3300, 3300), 90).convert("RGB"))
    painter.comm.receive({"kind": "picture"})
    [(_, [data])] = painter.comm.custom("picture")
    assert len(data) <= 8_000_000
    state_bytes = sum(len(buffer) for buffer in painter.comm.sent[0][1])
    assert state_bytes < 600_000


@pytest.mark.parametrize("value", ["nothing.png", b"no picture", 7, Image.new("L", (9000, 9))])
def test_what_is_no_picture_to_paint_on_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRequest):
        MaskPainter(value)


def test_a_mask_that_may_be_the_wrong_way_round_is_said_in_the_painters_words(picture: Image.Image) -> None:
    painter, chinese = MaskPainter(picture, lang="en"), MaskPainter(picture, lang="zh")
    assert painter.shown["warning"] == ""
    for each in (painter, chinese):
        each.load_mask(Mask.like((64, 48)).rect(1, 1, 63, 47))
        assert each.shown["warning"] == each.texts["much"]
        each.invert()
        assert each.shown["warning"] == each.texts["framed"]
    assert "Shift+V" in painter.texts["much"]
    assert "反选" in chinese.shown["warning"]


def test_text_of_a_painter_is_stable(painter: MaskPainter) -> None:
    assert repr(painter) == "<MaskPainter 64x48 0.0% painted>"
    data = painter._repr_mimebundle_()[0]
    assert data["text/plain"] == "<MaskPainter 64x48 0.0% painted>"
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_frozen_painter_is_a_picture_and_a_line(painter: MaskPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    written: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(
        outputs, "publisher", lambda bundle, display_id, *, update: written.update({display_id: bundle})
    )
    painter._ipython_display_()
    painter.fill()
    painter.freeze()
    assert not any("widget" in mime for bundle in written.values() for mime in bundle)
    still = written[painter._outputs[0][0]]
    assert still["text/plain"] == "<MaskPainter 64x48 100.0% painted>"
    red = Image.open(io.BytesIO(base64.b64decode(still["image/jpeg"]))).getpixel((5, 5))[0]
    assert red > painter.image.getpixel((5, 5))[0] + 60
    assert set(painter._repr_mimebundle_()) == {"image/jpeg", "text/plain"}


def test_without_a_notebook_ipython_asks_for_the_bundle(painter: MaskPainter) -> None:
    with pytest.raises(NotImplementedError):
        painter._ipython_display_()


def test_a_blocking_cell_does_not_block_the_page(picture: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wire, "_reply_subshell_for", staticmethod(lambda data, default: "main"), raising=False)
    assert MaskPainter(picture).comm._reply_subshell_for({}, "the page's own") == "the page's own"


def test_words_follow_the_language(picture: Image.Image) -> None:
    english, chinese = MaskPainter(picture, lang="en"), MaskPainter(picture, lang="zh")
    assert english.texts.keys() == chinese.texts.keys()
    assert english.texts["brush"] == "Brush"
    assert chinese.texts["brush"] == "画笔"
