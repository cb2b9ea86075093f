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
from functools import partial
from typing import Any, Protocol

import traitlets as t
from PIL import Image

from ..errors import InvalidRequest, one_line, printable
from ..gallery.picture import Picture
from ..images import Input, jpeg_thumbnail, read_mask
from ..images.mask_input import MUCH
from ..images.thumbnail import visible
from ..jobs.job import Job
from ..masks import Mask
from ..texts.catalogue import say
from ..texts.widgets import words
from ..views.job import describe, uncanceled
from . import mask_codec
from .as_code import python_of
from .attempts import Call, Loop
from .base import STATIC, LiveWidget, language
from .canvas_picture import CanvasPicture, read_canvas_picture
from .offer import offer, recent_prompts
from .op_messages import carry_out
from .ops import Op
from .painting import Painting

log = logging.getLogger("bailian_nb")
FUNCTION = "description_edit_with_mask"
_PAGES = 16
"""So many browser pages have the number of their last message remembered, the ones that sent last."""
_IDLE = {"busy": False, "state": "", "line": "", "detail": "", "cancel": False, "prompt": "", "answered": 0}


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
    attempts: t.List[Any] = t.List().tag(sync=True)
    """Every picture that the edits gave, the oldest first: id, names, seed, size, prompt, thumbnail."""
    pictures: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """`at`, the number of the picture that is painted on, and by number the attempt that it was ("" for the first)."""
    offer: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """What stands beside the Run button: prices, and what is given as an option."""

    def __init__(
        self,
        image: Any,
        mask: Any = None,
        *,
        lang: str | None = None,
        actions: Editor | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._lang = language(lang)
        canvas = read_canvas_picture(image)
        start = None if mask is None else self._read(mask, canvas.image.size)
        self._loop = Loop(canvas, Painting(canvas.image.size, start))
        self._actions = actions
        if not isinstance(options, Mapping | None):
            raise InvalidRequest(f'options are more arguments of edit, like {{"seed": 7}}, got {options!r}')
        self.options = dict(options or {})
        self.job: Job | None = None
        self._followed: Job | None = None
        """The Job whose state `run` shows."""
        self._prompt = ""
        self._run_refused = False  # whether `run` says why the last Run was refused
        self._seq = 0
        self._acks: dict[str, int] = {}
        self._listeners: list[Callable[[MaskPainter], object]] = []
        super().__init__(
            texts=words("painter", self._lang),
            **self._on_canvas(),
            offer=offer(FUNCTION, self.options, self._lang),
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
        """The picture that is painted on, upright."""
        return self._picture.image

    @property
    def made(self) -> list[Picture]:
        """Every Picture that the edits gave, the oldest first, as in the strip under the picture."""
        return [attempt.picture for attempt in self._loop.attempts]

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
        return python_of(self._painting.size, self.ops)

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

    def undo(self) -> None:
        """Take the last step back."""
        self._change(lambda painting: painting.undo())

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._change(lambda painting: painting.redo())

    def use(self, picture: Picture) -> None:
        """Paint on one of `made` from now on, with a mask of its own; `back` returns to the picture before.

        Raises
        ------
        InvalidRequest
            When it is none of them, or its file can be read no more.
        """
        attempt = next((each for each in self._loop.attempts if each.picture is picture), None)
        if attempt is None:
            raise InvalidRequest(f"use takes one of the painter's {len(self.made)} pictures in `made`, got {picture!r}")
        self._catch_up()
        with self._lock:
            self._turn(self._loop.put(attempt))
        self._notify()

    def back(self) -> None:
        """Paint on the picture before this one again, with what was painted there; on the first one do nothing."""
        self._catch_up()
        with self._lock:
            self._turn(self._loop.at - 1)
        self._notify()

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
        self._catch_up()
        with self._lock:
            number, ground = self._loop.at, self._loop.ground
            mask, ops = ground.painting.mask, ground.painting.ops
        values = {**self.options, **parameters}
        masked = {"mask": mask} if function == FUNCTION else {}
        start = self._actions.edit if self._actions is not None else _calls_edit()
        job: Job = start(ground.canvas.given, function, prompt, **values, **masked)
        call = Call(ground=number, function=function, prompt=prompt, values=values, ops=ops if masked else ())
        self.job, self._prompt = job, prompt
        self._followed, self._run_refused = job, False
        for listener in (self._follow, partial(self._collect, call)):
            listener(job)
            job.on_change(listener)
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
                        self._run_refused, self.run = False, self._idle(prompt=self.run["prompt"])
                self._notify()
            case "picture":
                number = self._ground_of(content)
                self.send({"kind": "picture", "picture": number}, [self._loop.grounds[number].canvas.full()])
            case "run":
                self._edit_for_page(str(content.get("prompt", "")), _beside_run(content))
            case "turn":
                with self._lock:
                    self._turn(self._ground_of(content))
                self._notify()
            case "use":
                with self._lock:
                    self._turn(self._loop.put(self._loop.attempt(content.get("id"))))
                self._notify()
            case "recent":
                self.send({"kind": "recent", "prompts": recent_prompts()})
            case "attempt" | "file" | "code":
                for answer, sent in self._loop.answers(content):
                    self.send(answer, sent)
            case "cancel":
                if self.job is not None and not self.job.cancel() and not self.job.final:
                    self.fault = uncanceled(self.job, self._lang)

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
        self._seq += 1
        with self.hold_sync():  # in one message: a mask fits its own picture only
            for name, value in self._on_canvas().items():
                setattr(self, name, value)

    def _on_canvas(self) -> dict[str, Any]:
        data, reduced = self._picture.preview()
        return {
            "size": self._picture.image.size,
            "preview": {"data": data, "reduced": reduced},
            "pictures": self._loop.shown(),
            "shown": self._state(),
        }

    def _edit_for_page(self, prompt: str, values: Mapping[str, Any]) -> None:
        """Do what the Run button says; a refusal takes the place of what the last edit said."""
        self.fault = ""
        try:
            self.edit(prompt, **values)
        except Exception as error:
            if self._followed is not None and not self._followed.final:
                raise  # its state stays, with Cancel; the base shows the refusal apart from it
            self._followed, self._run_refused = None, True
            self.run = self._idle(state="failed", line=printable(one_line(error)), prompt=prompt)
        finally:
            with self._lock:
                self.run = {**self.run, "answered": self.run["answered"] + 1}

    def _receive_op(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        """Draw an op of the browser; readers go on as soon as it is drawn."""
        client, number = str(content.get("client", ""))[:32], int(content.get("n", 0))
        if number <= self._acks.get(client, 0):
            return  # this message came twice
        self._acks.pop(client, None)
        self._acks = dict([*self._acks.items(), (client, number)][-_PAGES:])
        number = self._ground_of(content)
        current = number == self._loop.at and content.get("seq") == self._seq + 1
        try:
            complaint = carry_out(self._loop.grounds[number].painting, content, buffers, current=current)
            if complaint:
                self.fault = say(complaint, self._lang)
        finally:
            if (key := self._awaited(content)) is not None:
                self._arrivals.done(key)
            self._update_shown()

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
                self.fault = f"on_change: {one_line(error)}"

    def _follow(self, job: Job) -> None:
        """Show the state of the edit; changes of an older Job are ignored."""
        if job is not self._followed:
            return
        said = describe(job, self._lang, aging=False)
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
            self.run = self._idle(**shown)

    def _idle(self, **more: Any) -> dict[str, Any]:
        """Return the state of a Run button that only `more` is known of; the count of presses stays."""
        return {**_IDLE, "answered": self.run["answered"], **more}

    def _collect(self, call: Call, job: Job) -> None:
        """Add to the strip what an edit gave, also one that is no longer followed."""
        if job.outcome is None:
            return
        pictures = list(job.outcome)
        with self._lock:
            if self._loop.add(call, job.id, pictures):
                self.attempts = [attempt.shown() for attempt in self._loop.attempts]

    def _read(self, mask: Any, size: tuple[int, int]) -> Mask:
        if isinstance(mask, Mask):
            found = mask
        else:
            width, height = size
            read = read_mask(mask, Input(kind="bytes", width=width, height=height))
            found = Mask.from_image(read.open())
        if found.size != size:
            sizes = " and ".join(f"{w}x{h}" for w, h in (found.size, size))
            raise InvalidRequest(f"mask and picture must have one size, got {sizes}; Mask.like(picture) starts one")
        return found


def _beside_run(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page has set beside its Run button; an older page sets nothing."""
    names = ("n", "seed", "negative_prompt")
    return {name: None if content[name] == "" else content[name] for name in names if name in content}


def _calls_edit() -> Callable[..., Job]:
    from ..api import edit

    return edit
