"""MaskPainter: paint where an edit may change a picture, in the cell.

The ops are the truth and live here; the browser draws them by the same rules. A page sends an op before it does
anything else with it, so a cell that is run after a stroke comes after the stroke; the readers then wait until it is
drawn. When the page hears what Python has drawn, it compares the bitmaps: should they ever differ, it sends its own,
which wins, and `fault` says so.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Protocol

import traitlets as t
from PIL import Image

from ..errors import InvalidRequest, one_line, printable, readable
from ..images import Input, jpeg_thumbnail, read_mask
from ..images.mask_input import MUCH
from ..images.thumbnail import visible
from ..jobs.job import Job
from ..masks import Mask
from ..system.language import sentence, spoken
from ..texts.catalogue import say
from ..texts.widgets import words
from ..views.job import describe, uncanceled
from . import mask_codec
from .as_code import python_of
from .base import STATIC, LiveWidget
from .canvas_picture import read_canvas_picture
from .ops import Op, checked
from .painting import Painting

log = logging.getLogger("bailian_nb")
FUNCTION = "description_edit_with_mask"
_PAGES = 16
"""So many browser pages have the number of their last message remembered, the ones that sent last."""
_IDLE = {"busy": False, "state": "", "line": "", "detail": "", "cancel": False, "prompt": ""}
_NO_RESULTS: dict[str, Any] = {"titles": [], "data": []}


class Editor(Protocol):
    """What a painter edits through: `bailian_nb.api`, or whatever a caller gives it."""

    def edit(self, image: Any, function: str, prompt: str, /, **parameters: Any) -> Job:
        """Start an edit and return its Job."""


class MaskPainter(LiveWidget):
    """Show a picture and paint a mask on it; show it by making it the last line of a cell.

    Parameters
    ----------
    image
        Path, PIL image, uint8 array, bytes, Picture, data URL; a Job is waited for, an http(s) URL is fetched.
    mask
        A mask to begin with, of the same size.
    lang
        "en" or "zh", default as configured.
    actions
        What `edit` and the Run button go through; default: `bailian_nb.edit`.
    options
        More arguments of `edit` for the Run button, for instance `{"seed": 7}`.
    """

    _esm = STATIC / "painter.js"
    _css = STATIC / "painter.css"

    size = t.Tuple(t.Int(), t.Int()).tag(sync=True)
    """(width, height) of the picture in pixels; the mask has the same."""
    preview = t.Dict().tag(sync=True)
    """`data`, a JPEG of the picture, and `reduced`, whether the browser should ask for more pixels."""
    shown = t.Dict().tag(sync=True)
    """The mask as Python has it, its number and checksum, and by page the last message that was handled."""
    run: t.Dict[str, Any] = t.Dict(_IDLE).tag(sync=True)
    """The state of the Run button's edit, in words."""
    results: t.Dict[str, Any] = t.Dict(_NO_RESULTS).tag(sync=True)
    """Thumbnails of what the last edit gave."""

    def __init__(
        self,
        image: Any,
        mask: Any = None,
        *,
        lang: str | None = None,
        actions: Editor | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._lang = lang or spoken()
        self._picture = read_canvas_picture(image)
        self._painting = Painting(self._picture.image.size, None if mask is None else self._read(mask))
        self._actions = actions
        if not isinstance(options, Mapping | None):
            raise InvalidRequest(
                sentence('options are more arguments of edit, like {{"seed": 7}}, got {options!r}', options=options)
            )
        self.options = dict(options or {})
        self.job: Job | None = None
        self._followed: Job | None = None
        """The Job whose state `run` shows."""
        self._prompt = ""
        self._run_refused = False
        """Whether `run` holds the reason why the last Run was refused."""
        self._seq = 0
        self._acks: dict[str, int] = {}
        self._listeners: list[Callable[[MaskPainter], object]] = []
        data, reduced = self._picture.preview()
        super().__init__(
            texts=words("painter", self._lang),
            size=self._picture.image.size,
            preview={"data": data, "reduced": reduced},
            shown=self._state(),
            run={**_IDLE, "line": say("fetched", self._lang, host=host) if (host := self._picture.host) else ""},
        )

    @property
    def mask(self) -> Mask:
        """What is painted: exactly what the page shows, with every stroke that was finished before the cell was run."""
        self._catch_up()
        return self._painting.mask

    @property
    def ops(self) -> list[Op]:
        """The strokes and other steps that made the mask, as plain data."""
        self._catch_up()
        return self._painting.ops

    @property
    def image(self) -> Image.Image:
        """The picture, upright."""
        return self._picture.image

    def to_image(self) -> Image.Image:
        """Return the mask as a PIL image, so that a painter can be given wherever a mask is taken."""
        return self.mask.to_image()

    def as_code(self) -> str:
        """Return Python that builds the same mask, to the bit, without a browser."""
        return python_of(self._painting.size, self.ops)

    def load_mask(self, mask: Any) -> None:
        """Put a Mask, a picture or a file of one in place of what is painted; it can be undone."""
        self._change(lambda painting: painting.put(self._read(mask)))

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

    def undo(self) -> None:
        """Take the last step back."""
        self._change(lambda painting: painting.undo())

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._change(lambda painting: painting.redo())

    def on_change(self, callback: Callable[[MaskPainter], object]) -> None:
        """Call `callback(painter)` after every change of the mask; what it raises is shown in the painter."""
        self._listeners.append(callback)

    def edit(self, prompt: str, *, function: str = FUNCTION, **parameters: Any) -> Job:
        """Edit the picture where it is painted and return the Job; the same as the Run button.

        Raises
        ------
        InvalidRequest, MissingApiKey, BudgetExceeded
            Before anything was sent.
        """
        values = {**self.options, **parameters}
        if function == FUNCTION:
            values["mask"] = self.mask
        start = self._actions.edit if self._actions is not None else _calls_edit()
        job: Job = start(self._picture.given, function, prompt, **values)
        self.job, self._prompt = job, prompt
        self.results, self._followed, self._run_refused = _NO_RESULTS, job, False
        self._follow(job)
        job.on_change(self._follow)
        return job

    def static_view(self) -> dict[str, str]:
        """Return the picture with the mask laid over it, as a JPEG thumbnail."""
        ground = visible(self.image)
        colour = Image.new("RGB", ground.size, (255, 32, 110))
        ground.paste(colour, mask=self._painting.mask.to_image().point(lambda level: level // 2))
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

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        match content.get("kind"):
            case "ops":
                with self._lock:
                    self._receive_op(content, buffers)
                    if self._run_refused:  # the mask that it was refused for has changed
                        self._run_refused, self.run = False, {**_IDLE, "prompt": self.run["prompt"]}
                self._notify()
            case "picture":
                self.send({"kind": "picture"}, [self._picture.full()])
            case "run":
                self._edit_for_page(str(content.get("prompt", "")))
            case "cancel":
                if self.job is not None and not self.job.cancel() and not self.job.final:
                    self.fault = uncanceled(self.job, self._lang)

    def _edit_for_page(self, prompt: str) -> None:
        """Do what the Run button says; a refusal takes the place of what the last edit said and showed."""
        self.fault = ""
        try:
            self.edit(prompt)
        except Exception as error:
            if self._followed is not None and not self._followed.final:
                raise  # its state stays, with Cancel; the base shows the refusal apart from it
            self._followed, self._run_refused = None, True
            self.results = _NO_RESULTS
            self.run = {**_IDLE, "state": "failed", "line": printable(one_line(error)), "prompt": prompt}

    def _receive_op(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        """Draw an op of the browser; readers go on as soon as it is drawn."""
        client, number = str(content.get("client", ""))[:32], int(content.get("n", 0))
        if number <= self._acks.get(client, 0):
            return  # this message came twice
        self._acks.pop(client, None)
        self._acks = dict([*self._acks.items(), (client, number)][-_PAGES:])
        try:
            self._draw(content, buffers, current=content.get("seq") == self._seq + 1)
        finally:
            if (key := self._awaited(content)) is not None:
                self._arrivals.done(key)
            self._update_shown()

    def _draw(self, content: Mapping[str, Any], buffers: Sequence[bytes], *, current: bool) -> None:
        painting = self._painting
        op = content.get("op")
        name = op.get("op") if isinstance(op, Mapping) else None
        packed = self._bits(content, buffers)
        if name == "load":
            differs = content.get("differs") is True
            if packed is not None and (current or not differs):
                painting.put(mask_codec.unpack(painting.size, packed))
            if differs:
                self.fault = say("painter_differs", self._lang)
            return
        if name == "undo":
            painting.undo()
        elif name == "redo":
            painting.redo()
        else:
            painting.do(checked(op))
        # A page that was built from older sources sends its bitmap with every op. One that did not know our last state
        # shows another mask; it adopts ours with the next `shown`.
        if packed is not None and current and painting.packed != packed:
            self.fault = say("painter_differs", self._lang)
            painting.put(mask_codec.unpack(painting.size, packed))

    def _bits(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> bytes | None:
        """Return the page's bitmap, None where none came whole."""
        if not buffers:
            return None
        if content.get("bits") == "raw":
            return mask_codec.whole(self._painting.size, buffers[0])
        packed = mask_codec.inflate(self._painting.size, buffers[0])
        if mask_codec.checksum(packed) == content.get("crc"):
            return packed
        self.fault = say("painter_damaged", self._lang)
        return None

    def _change(self, act: Callable[[Painting], object]) -> None:
        self._catch_up()  # a stroke that was finished before comes before
        with self._lock:
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
            "bitmap": mask_codec.deflate(packed),
        }

    def _warning(self) -> str:
        mask = self._painting.mask
        if mask.warning is None:
            return ""
        return words("painter", self._lang)["much" if mask.coverage > MUCH else "framed"]

    def _notify(self) -> None:
        self.update_static_soon()
        for listener in list(self._listeners):
            try:
                listener(self)
            except Exception as error:  # noqa: BLE001 - a failing callback must not stop the painting; the fault shows it
                self.fault = sentence("on_change: {one_line}", one_line=one_line(error))

    def _follow(self, job: Job) -> None:
        """Show the state of the edit; changes of an older Job are ignored."""
        if job is not self._followed:
            return
        said = describe(job, self._lang, aging=False)
        outcome = job.outcome
        if outcome is not None:
            thumbs = [picture.thumbnail() for picture in outcome]
            self.results = {"titles": [readable(picture.path.name) for picture in outcome], "data": thumbs}
        title = " ".join(part for part in (said["title"], "" if job.final else said["badge"]) if part)
        shown = {
            "busy": not job.final,
            "state": said["state"],
            "line": f"{title} · {said['line']}",
            "detail": said["detail"],
            "cancel": said["cancel"],
            "prompt": self._prompt,
        }
        with self._lock:
            self.run = shown

    def _read(self, mask: Any) -> Mask:
        if isinstance(mask, Mask):
            found = mask
        else:
            width, height = self._picture.image.size
            read = read_mask(mask, Input(kind="bytes", width=width, height=height))
            found = Mask.from_image(read.open())
        if found.size != self._picture.image.size:
            sizes = " and ".join(f"{w}x{h}" for w, h in (found.size, self._picture.image.size))
            raise InvalidRequest(
                sentence("mask and picture must have one size, got {sizes}; Mask.like(picture) starts one", sizes=sizes)
            )
        return found


def _calls_edit() -> Callable[..., Job]:
    from ..api import edit

    return edit
