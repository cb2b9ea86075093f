"""MaskPainter: paint where an edit may change a picture, run the edit, and go on with what it gave; all in the cell.

What is painted, and how it comes from the page, is `painted`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import traitlets as t

from ..errors import InvalidRequest, one_line, printable
from ..gallery.picture import Picture
from ..jobs.job import Job
from ..system.language import sentence, spoken
from ..texts.catalogue import say
from ..views.job import describe, uncanceled
from .attempts import Call, Loop
from .base import STATIC
from .canvas_picture import read_canvas_picture
from .earlier import lately
from .offer import offer, recent_prompts
from .pace import Later
from .painted import PaintedPicture
from .painting import Painting

FUNCTION = "description_edit_with_mask"
LOOK_BACK_AFTER = 0.3
"""Seconds after a page has opened it."""
_IDLE = {"busy": False, "state": "", "line": "", "detail": "", "cancel": False, "prompt": "", "answered": 0}


class Editor(Protocol):
    """What a painter edits through: `bailian_nb.api`, or whatever a caller gives it."""

    def edit(self, image: Any, function: str, prompt: str, /, **parameters: Any) -> Job:
        """Start an edit and return its Job."""


class MaskPainter(PaintedPicture):
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
    keep
        Whether strokes outlive the painter: what hands have painted is there again when this cell, or another one of
        the folder, shows the same picture with the same `mask`. A name tells two painters of one picture apart.
    """

    _esm = STATIC / "painter.js"
    _css = STATIC / "painter.css"

    run: t.Dict[str, Any] = t.Dict(_IDLE).tag(sync=True)
    """The state of the Run button's edit, in words."""
    attempts: t.List[Any] = t.List().tag(sync=True)
    """Every picture that the edits gave, the oldest first: id, names, seed, size, prompt, thumbnail; those of earlier
    painters of the picture before them."""
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
        keep: bool | str = True,
    ) -> None:
        lang = lang or spoken()
        canvas = read_canvas_picture(image)
        start = None if mask is None else self._read(mask, canvas.image.size)
        loop = Loop(canvas, Painting(canvas.image.size, start, picture=canvas.image))
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
        self._too_late = ""
        """What was said when the edit could not be canceled; it holds until that has ended."""
        self._run_refused = False  # whether `run` says why the last Run was refused
        self._looked_back: set[int] = set()
        """Grounds whose earlier attempts were looked for."""
        self._own: set[str] = set()
        """Ids of the Jobs that this painter has begun."""
        self._back_soon = Later(self._look_back, "earlier-attempts")
        super().__init__(
            loop,
            lang=lang,
            keep=(keep if isinstance(keep, str) else "") if keep is not False else None,
            offer=offer(FUNCTION, self.options, lang),
            run={**_IDLE, "line": say("fetched", lang, host=canvas.host) if canvas.host else ""},
        )

    @property
    def made(self) -> list[Picture]:
        """Every Picture that this painter's edits gave, the oldest first, as in the strip under the picture."""
        return [attempt.picture for attempt in self._loop.attempts if not attempt.earlier]

    @property
    def earlier(self) -> list[Picture]:
        """What was made of the picture lately before this painter was, the oldest first: 12 pictures of a day at most.

        They stand in the strip before `made` as soon as a page shows the painter; with `keep=False` there are none.
        """
        return [attempt.picture for attempt in self._loop.attempts if attempt.earlier]

    def use(self, picture: Picture) -> None:
        """Paint on one of `made` or `earlier` now, with a mask of its own; `back` returns to the picture before.

        Raises
        ------
        InvalidRequest
            When it is none of them, or its file can be read no more.
        """
        attempt = next((each for each in self._loop.attempts if each.picture is picture), None)
        if attempt is None:
            raise InvalidRequest(
                sentence(
                    "use takes one of the painter's {count} pictures in `made`, got {picture!r}",
                    count=len(self.made),
                    picture=picture,
                )
            )
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
        self._own.add(job.id)
        self.job, self._prompt = job, prompt
        self._followed, self._run_refused = job, False
        for listener in (self._follow, partial(self._collect, call)):
            listener(job)
            job.on_change(listener)
        return job

    def _page_opened(self) -> None:
        super()._page_opened()
        self._look_back_soon()

    def _turn(self, number: int) -> None:
        super()._turn(number)
        if self.opened:
            self._look_back_soon()

    def _look_back_soon(self) -> None:
        """Look for earlier attempts once the page has had the time to draw."""
        if self._keeper is not None and self._loop.at not in self._looked_back:
            self._back_soon.ask(LOOK_BACK_AFTER)

    def _look_back(self) -> None:
        """Bring back what was made lately of the picture that is painted on."""
        with self._lock:
            number, given = self._loop.at, self._loop.ground.canvas.given
            if number in self._looked_back:
                return
            self._looked_back.add(number)
        found = lately(given, FUNCTION, self.options, self._knows)
        made = self._loop.earlier(number, FUNCTION, found.made)
        with self._lock:
            if self.comm is None:
                return
            if made:
                self._loop.add_earlier(made)
                self._show_attempts()
        for job in found.running:
            prompt = job.request.prompt if job.request is not None else ""
            call = Call(ground=number, function=FUNCTION, prompt=prompt, values={}, ops=None)
            job.on_change(partial(self._collect, call))

    def _knows(self, job: str) -> bool:
        return job in self._own or self._loop.has(job)

    def _show_attempts(self) -> None:
        self.attempts = [attempt.shown() for attempt in self._loop.attempts]

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
            case "colours":
                number, row = self._ground_of(content), max(0, int(content.get("row", 0)))
                rows = self._loop.grounds[number].canvas.color_rows(row)
                self.send({"kind": "colours", "picture": number, "row": row}, [rows])
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
                    self.fault = self._too_late = uncanceled(self.job, self._lang)

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
            if job.final and self.fault == self._too_late:
                self.fault = self._too_late = ""
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
                self._show_attempts()


def _beside_run(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page has set beside its Run button; an older page sets nothing."""
    names = ("n", "seed", "negative_prompt")
    return {name: None if content[name] == "" else content[name] for name in names if name in content}


def _calls_edit() -> Callable[..., Job]:
    from ..api import edit

    return edit
