"""The painting half of MaskPainter: a picture, its mask, and the messages that paint; `painter` has the edits.

The ops are the truth and live here; the browser draws them by the same rules. A page sends an op before it does
anything else with it, so a cell that is run after a stroke comes after the stroke; the readers then wait until it is
drawn. When the page hears what Python has drawn, it compares the bitmaps: should they ever differ, it sends its own,
which wins, and `fault` says so.
"""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, Self

import traitlets as t
from PIL import Image

from ..errors import InvalidRequest, one_line
from ..images import Input, jpeg_thumbnail, read_mask
from ..images.mask_input import MUCH
from ..masks import Mask
from ..system.language import sentence
from ..texts.catalogue import say
from ..texts.widgets import painter_says, words
from . import mask_codec
from .attempts import Loop
from .base import LiveWidget
from .canvas_picture import CanvasPicture
from .derived import Derived, tell
from .keeper import Keeper
from .op_messages import carry_out
from .ops import Op
from .painting import Painting

log = logging.getLogger("bailian_nb")
_PAGES = 16
"""So many browser pages have the number of their last message remembered, the ones that sent last."""


class PaintedPicture(LiveWidget):
    """A picture with a mask on it, painted by hands in the page and by Python.

    Parameters
    ----------
    loop
        The picture to begin with, and those that come to be painted on.
    lang
        "en" or "zh".
    keep
        Name under which the strokes outlive the painter; None keeps nothing.
    """

    size = t.Tuple(t.Int(), t.Int()).tag(sync=True)
    """(width, height) of the picture in pixels; the mask has the same."""
    preview = t.Dict().tag(sync=True)
    """`data`, a JPEG of the picture, and `reduced`, whether the browser should ask for more pixels."""
    seen = t.Int(0).tag(sync=True)
    """Number of the last state that a marimo page has seen: marimo runs cells again when the page sets a trait."""
    shown = t.Dict().tag(sync=True)
    """The mask as Python has it, its number and checksum, and by page the last message that was handled."""
    pictures: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """`at`, the number of the picture that is painted on, and by number the attempt that it was ("" for the first)."""

    mask: Derived[Mask] = Derived(
        lambda painter: painter._read_mask(),
        lambda painter, mask: painter.load_mask(mask),
        "What is painted: exactly what the page shows, with every stroke that was finished before the cell was run.",
    )
    """Setting it puts a Mask, a picture or a file of one in place of what is painted; it can be undone."""
    ops: Derived[list[Op]] = Derived(
        lambda painter: painter._read_ops(),
        lambda painter, ops: painter._change(lambda painting: painting.draw_anew(ops)),
        "The strokes and other steps that made the mask, as plain data.",
    )
    """Setting it draws these steps, and no others, on an empty mask."""

    def __init__(self, loop: Loop, *, lang: str, keep: str | None, **values: Any) -> None:
        self._loop = loop
        self._lang = lang
        self._keeper = None if keep is None else Keeper(loop, keep, self._complain, lang, self._catch_up, self._heard)
        self._seq = 0
        self._acks: dict[str, int] = {}
        self._note = ""
        """What the status line says until the next step."""
        self._listeners: list[Callable[[Self], object]] = []
        self._told: tuple[Mask, list[Op]] = (loop.ground.painting.mask, loop.ground.painting.ops)
        """What observers of `mask` and `ops` were told last."""
        super().__init__(texts=words("painter", lang), **self._on_canvas(), **values)

    def _read_mask(self) -> Mask:
        self._catch_up()
        return self._painting.mask

    def _read_ops(self) -> list[Op]:
        self._catch_up()
        return self._painting.ops

    @property
    def image(self) -> Image.Image:
        """The picture that is painted on, upright."""
        return self._picture.image

    @property
    def _picture(self) -> CanvasPicture:
        return self._loop.ground.canvas

    @property
    def _painting(self) -> Painting:
        return self._loop.ground.painting

    def to_image(self) -> Image.Image:
        """Return the mask as a PIL image, so that a painter can be given wherever a mask is taken."""
        return self.mask.to_image()

    def as_code(self) -> str:
        """Return Python that builds the same mask, to the bit, without a browser."""
        self._catch_up()
        return self._loop.mask_code()

    def load_mask(self, mask: Any) -> None:
        """Put a Mask, a picture or a file of one in place of what is painted; it can be undone."""
        self._change(lambda painting: painting.put(self._read(mask, painting.size)))

    def clear(self) -> None:
        """Paint nothing."""
        self._change(lambda painting: painting.do({"op": "clear"}))

    def fill(self) -> None:
        """Paint everything."""
        self._change(lambda painting: painting.do({"op": "fill"}))

    def invert(self) -> None:
        """Swap painted and unpainted."""
        self._change(lambda painting: painting.do({"op": "invert"}))

    def grow(self, px: float) -> None:
        """Paint everything within `px` pixels of what is painted."""
        self._change(lambda painting: painting.do({"op": "grow", "px": px}))

    def shrink(self, px: float) -> None:
        """Take `px` pixels from the rim of what is painted."""
        self._change(lambda painting: painting.do({"op": "shrink", "px": px}))

    def smooth(self, px: float) -> None:
        """Round the edge of what is painted, and drop what is narrower than about 2 `px` pixels."""
        self._change(lambda painting: painting.do({"op": "smooth", "px": px}))

    def wand(self, x: int, y: int, *, tolerance: int = 32, contiguous: bool = True, erase: bool = False) -> None:
        """Paint where the picture has about the colour of pixel (x, y); see `Mask.wand`."""
        op: Op = {"op": "wand", "at": [x, y], "tolerance": tolerance, "contiguous": contiguous, "erase": erase}
        self._change(lambda painting: painting.do(op))

    def undo(self) -> None:
        """Take the last step back."""
        self._change(lambda painting: painting.undo())

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._change(lambda painting: painting.redo())

    def on_change(self, callback: Callable[[Self], object]) -> None:
        """Call `callback(painter)` after every change of the mask; what it raises is shown in the painter."""
        self._listeners.append(callback)

    def static_view(self) -> dict[str, str]:
        """Return the picture with the mask laid over it, as a JPEG thumbnail."""
        ground, mask = self._picture.small.copy(), self._painting.mask
        if mask.coverage:
            veil = mask.to_image().resize(ground.size, Image.Resampling.BOX).point(lambda level: level // 2)
            ground.paste((255, 32, 110), mask=veil)
        jpeg = base64.b64encode(jpeg_thumbnail([ground])).decode("ascii")
        return {"image/jpeg": jpeg, "text/plain": self._line()}

    def caption(self) -> dict[str, str]:
        """Return the line under the picture, always the same: writing it anew would stop a stroke."""
        line = "MaskPainter {}x{}".format(*self._picture.image.size)
        return {"text/html": f"<div>{line}</div>", "text/plain": line}

    def __repr__(self) -> str:
        self._catch_up()
        return self._line()

    def _line(self) -> str:
        width, height = self._painting.size
        return f"<MaskPainter {width}x{height} {100 * self._painting.mask.coverage:.1f}% painted>"

    def _awaited(self, content: Mapping[str, Any]) -> Hashable | None:
        client, number = content.get("client"), content.get("n")
        if content.get("kind") != "ops" or not isinstance(client, str) or not isinstance(number, int):
            return None
        return client, number

    def _catch_up(self) -> None:
        """Wait until what has arrived from the pages is drawn; never called with the lock held."""
        if not self._arrivals.wait():
            log.warning(say("painter_behind", self._lang))

    def _ground_of(self, content: Mapping[str, Any]) -> int:
        """Return the number of the picture that a message is about: the one that is painted on, where it names none."""
        number = content.get("picture")
        known = isinstance(number, int) and 0 <= number < len(self._loop.grounds)
        return number if known else self._loop.at  # type: ignore[return-value]  # an int, if it is known

    def _turn(self, number: int) -> None:
        """Put another picture on the canvas, with what is painted on it; called with the lock held."""
        if number == self._loop.at or number < 0:
            return
        self._loop.at = number
        self._note = self._taken_up()
        self._seq += 1
        with self.hold_sync():  # in one message: a mask fits its own picture only
            for name, value in self._on_canvas().items():
                setattr(self, name, value)

    def close(self) -> None:
        """Let the live widget go; its static outputs stay, and what was painted is kept."""
        keeper: Keeper | None = getattr(self, "_keeper", None)  # ipywidgets also closes what was never made whole
        if keeper is not None:
            keeper.flush()
        super().close()

    def _ipython_display_(self) -> None:
        """Show the picture, with what hands have painted on it before."""
        if self._keeper is not None:
            self._keeper.let_others_write()
        self._take_up()
        super()._ipython_display_()

    def _page_opened(self) -> None:
        super()._page_opened()
        self._take_up()  # a painter inside another widget is shown without a word to us

    def _take_up(self) -> None:
        with self._lock:
            note = self._taken_up()
            if not note:
                self.shown = self._state()  # the page now knows under which name its strokes are kept
                return
            self._note = note
            self._update_shown()
        self._notify()

    def _taken_up(self) -> str:
        """Put kept strokes on the picture that is painted on, the first time it is shown; say so."""
        kept = self._keeper.take_up() if self._keeper is not None else None
        if kept is None:
            return ""
        self._acks = dict([*kept.heard.items(), *self._acks.items()][-_PAGES:])
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(kept.at))
        return painter_says("kept", self._lang, count=len(kept.ops), when=when)

    def _kept_as(self) -> str:
        return "" if self._keeper is None else self._keeper.name_of(self._loop.at)

    def _heard(self) -> dict[str, int]:
        return dict(self._acks)

    def _complain(self, error: OSError) -> None:
        self.fault = painter_says("not_kept", self._lang, reason=one_line(error))

    def _on_canvas(self) -> dict[str, Any]:
        data, reduced = self._picture.preview()
        return {
            "size": self._picture.image.size,
            "preview": {"data": data, "reduced": reduced},
            "pictures": self._loop.shown(),
            "shown": self._state(),
        }

    def _receive_op(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        """Draw an op of the browser; readers go on as soon as it is drawn."""
        client, number = str(content.get("client", ""))[:32], int(content.get("n", 0))
        if number <= self._acks.get(client, 0):
            return  # this message came twice
        self._acks.pop(client, None)
        self._acks = dict([*self._acks.items(), (client, number)][-_PAGES:])
        number = self._ground_of(content)
        current = number == self._loop.at and content.get("seq") == self._seq + 1
        self._note = ""
        try:
            complaint = carry_out(self._loop.grounds[number].painting, content, buffers, current=current)
            if complaint:
                self.fault = say(complaint, self._lang)
        finally:
            if (key := self._awaited(content)) is not None:
                self._arrivals.done(key)
            self._update_shown()
        if self._keeper is not None:
            self._keeper.soon(number)

    def _change(self, act: Callable[[Painting], object]) -> None:
        self._catch_up()  # a stroke that was finished before comes before
        with self._lock:
            self._note = ""
            act(self._painting)
            self._update_shown()
        self._notify()

    def _update_shown(self) -> None:
        self._seq += 1
        self.shown = self._state()

    def _state(self) -> dict[str, Any]:
        packed = self._painting.packed
        return {
            "seq": self._seq,
            "crc": mask_codec.checksum(packed),
            "acks": dict(self._acks),
            "undo": self._painting.depth,
            "redo": self._painting.ahead,
            "warning": self._warning(),
            "note": self._note,
            "kept": self._kept_as(),
            "bitmap": mask_codec.deflate(packed),
        }

    def _warning(self) -> str:
        mask = self._painting.mask
        if mask.warning is None:
            return ""
        return words("painter", self._lang)["much" if mask.coverage > MUCH else "framed"]

    def _notify(self) -> None:
        self.update_static_soon()
        before, self._told = self._told, (self._painting.mask, self._painting.ops)
        told = [partial(tell, self, *change) for change in zip(("mask", "ops"), before, self._told, strict=True)]
        listeners: list[Callable[[], object]] = [*told, *(partial(each, self) for each in self._listeners)]
        for listener in listeners:
            try:
                listener()
            except Exception as error:  # noqa: BLE001 - a failing callback must not stop the painting; the fault shows it
                self.fault = sentence("on_change: {one_line}", one_line=one_line(error))

    @staticmethod
    def _read(mask: Any, size: tuple[int, int]) -> Mask:
        if isinstance(mask, Mask):
            found = mask
        else:
            width, height = size
            read = read_mask(mask, Input(kind="bytes", width=width, height=height))
            found = Mask.from_image(read.open())
        if found.size != size:
            sizes = " and ".join(f"{w}x{h}" for w, h in (found.size, size))
            raise InvalidRequest(
                sentence("mask and picture must have one size, got {sizes}; Mask.like(picture) starts one", sizes=sizes)
            )
        return found
