"""HistoryView: the saved pictures as a gallery to search, open, compare, star, tag, delete and draw again from.

The page asks for the window that is in sight, so a hundred thousand pictures take no more than a screenful. It names
pictures by numbers that mean something here alone, and so can name no other file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import traitlets as t

from .. import specs
from ..errors import InvalidRequest, printable, readable
from ..gallery import Picture
from ..gallery.marks import Key, Mark
from ..gallery.shared import bring_small
from ..jobs.job import Job
from ..planning.plan import Plan
from ..session.shelf import Filter, Place, Shelf, mark_of
from ..system.language import spoken
from ..texts.catalogue import say
from ..texts.history import HISTORY
from ..texts.widgets import words
from ..views.cell import further_values
from ..views.history import History, save_sheet
from ..views.listings import local_time
from ..views.page import LARGE
from .base import STATIC, LiveWidget
from .thumbs import Thumbs
from .windows import WINDOW, ThumbMaker, window

_KEPT_LARGE = 24
_LONGEST_PROMPT = 1000
_LONGEST_VALUES = 200
_LONGEST_ASKED = 1000
"""Characters of a text that a page may ask with."""


class HistoryView(LiveWidget):
    """Show saved pictures to go through.

    Parameters
    ----------
    history
        Its filter is what is shown first; its page is what a saved notebook keeps.
    lang
        "en" or "zh", default as configured.
    """

    _esm = STATIC / "history.js"
    _css = STATIC / "history.css"

    first: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """The filter that is shown first; see `session.shelf.Filter`."""
    choices: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """Models, functions, tags and makers that there are."""
    version = t.Int(0).tag(sync=True)
    """Grows when what a page has of the pictures may be out of date."""
    undoable = t.Int(0).tag(sync=True)
    said = t.Unicode("").tag(sync=True)
    """What the last button did, or what of everybody's pictures could not be read yet."""
    planned: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """What is to be drawn again: its prompt, seed and price; empty for nothing."""
    answered = t.Int(0).tag(sync=True)

    def __init__(self, history: History, *, lang: str | None = None) -> None:
        self.history = history
        self._shelf: Shelf = history.shelf
        self._lang = lang or spoken()
        self._small, self._large = ThumbMaker(self, self._files), Thumbs(_KEPT_LARGE)
        self._listed: dict[Filter, Sequence[Place]] = {}
        """What passed the filter that was asked for last; all are asked for anew when something has changed."""
        self._elsewhere: dict[Path | str, int] = {}
        """What lies in the bin, or where everybody's pictures lie, is named by its number here."""
        self._plan: Plan | None = None
        self._asked_amiss = False
        """Whether the fault that is shown is of a filter: the next one that passes takes it away."""
        super().__init__(
            texts=words("history", self._lang),
            first=asdict(history.filter),
            choices=self._shelf.choices(),
            undoable=self._shelf.undoable,
            said=printable(" ".join(history.notes), _LONGEST_ASKED),
        )

    def refresh(self) -> None:
        """Show the pictures as they are now."""
        choices, undoable = self._shelf.choices(), self._shelf.undoable
        with self._lock, self.hold_sync():
            self._listed.clear()
            self.choices, self.undoable = choices, undoable
            self.version += 1

    def static_view(self) -> dict[str, str]:
        """Return the table of the history's page."""
        return self.history.static_view()

    def caption(self) -> dict[str, str]:
        """Return how many pictures there are."""
        total = self.history.total
        told = HISTORY["total" if total != 1 else "total_one"].get(self._lang).format(count=f"{total:,}")
        return {"text/html": f"<div>{told}</div>", "text/plain": told}

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        match content.get("kind"):
            case "items":
                self._send_items(content)
            case "thumbs":
                self._small.want(content)
            case "large":
                self._send_large(content.get("id"))
            case "star":
                self._act(lambda: self._star(content))
            case "tag":
                self._act(lambda: self._tag(content))
            case "delete":
                self._act(lambda: self._delete(content))
            case "undo":
                self._act(self._undo)
            case "sheet":
                self._act(lambda: self._sheet(content))
            case "plan":
                self._act(lambda: self._plan_again(content), quiet=True)
            case "send":
                self._act(self._run, quiet=True)

    def _places(self, wanted: Filter) -> Sequence[Place]:
        with self._lock:
            known = self._listed.get(wanted)
        if known is not None:
            return known
        found = self._shelf.places(wanted)
        with self._lock:
            self._listed = {wanted: found}
        return found

    def _send_items(self, content: Mapping[str, Any]) -> None:
        """Send what a window of the pictures that pass shows; of a filter that is none, that there is nothing."""
        asked = content.get("filter")
        told: dict[str, Any] = {"kind": "items", "filter": asked, "version": self.version}
        try:
            places = self._places(_filter(asked))
        except InvalidRequest:
            self._asked_amiss = True
            self.send({**told, "from": 0, "total": 0, "items": []})
            raise
        if self._asked_amiss:
            self._asked_amiss, self.fault = False, ""
        start, end = window(content, len(places))
        marks = self._shelf.marked()
        seen = places[start:end]
        found = zip(seen, self._shelf.open(seen), strict=True)
        items = [self._described(place, picture, marks) for place, picture in found]
        self.send({**told, "from": start, "total": len(places), "items": items})

    def _described(self, place: Place, picture: Picture | None, marks: Mapping[Key, Mark]) -> dict[str, Any]:
        id_ = self._id(place)
        if picture is None:
            gone = dict.fromkeys(("prompt", "name", "made", "call", "size", "seed", "values", "price", "owner"), "")
            return {"id": id_, **gone, "tags": [], "star": False, "there": False, "version": id_}
        record, mark = picture.record, mark_of(picture, marks)
        price = "EMULATOR" if record.emulator else "" if record.cost_cny is None else f"¥{record.cost_cny:.2f}"
        return {
            "id": id_,
            "prompt": printable(record.prompt, _LONGEST_PROMPT),
            "name": printable(readable(picture.path.name), 160),
            "made": local_time(record.created),
            "call": specs.label(record.model, record.function),
            "size": record.size,
            "seed": "" if picture.seed is None else str(picture.seed),
            "values": printable(" · ".join(further_values(record)), _LONGEST_VALUES),
            "price": price,
            "star": mark.star,
            "tags": list(mark.tags),
            "owner": printable(record.owner) if isinstance(place, str) else "",
            "there": True,
            "version": f"{id_} {record.sha256[:12]}",
        }

    def _id(self, place: Place) -> str:
        """Return what the page knows a picture by: nothing that says where it lies."""
        if isinstance(place, int):
            return str(place)
        with self._lock:
            number = self._elsewhere.setdefault(place, len(self._elsewhere))
            return f"bin {number}" if isinstance(place, Path) else f"all {number}"

    def _named(self, ids: object) -> list[Place]:
        """Return the places that a message names; what is none is left out."""
        names = ids if isinstance(ids, list) else [ids]
        with self._lock:
            elsewhere = list(self._elsewhere)
        found: list[Place] = []
        for name in names[:WINDOW]:
            kind, _, number = name.rpartition(" ") if isinstance(name, str) else ("", "", "")
            if not number.isdecimal() or len(number) > 19:
                continue
            if kind == "":
                found.append(int(number))
            elif kind in ("bin", "all") and int(number) < len(elsewhere):
                found.append(elsewhere[int(number)])
        return found

    def _opened(self, ids: object) -> list[Picture]:
        """Return the pictures that a message names.

        Raises
        ------
        InvalidRequest
            When there is none of them.
        """
        found = self._shelf.pictures(self._named(ids))
        if not found:
            raise InvalidRequest(HISTORY["none"].get(self._lang))
        return found

    def _files(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        places = self._named(list(ids))
        pictures = self._shelf.open(places)
        bring_small([picture for picture in pictures if picture is not None])
        opened = zip(places, pictures, strict=True)
        return {
            self._id(place): (str(picture.seen()), f"{self._id(place)} {picture.record.sha256[:12]}")
            for place, picture in opened
            if picture is not None
        }

    def _send_large(self, name: object) -> None:
        picture = next(iter(self._shelf.pictures(self._named(name))), None)
        data = None if picture is None else self._large.jpeg(_fetched(picture), LARGE)
        told = {"kind": "large", "id": name, "which": ["result"] if data else []}
        self.send(told, [data] if data else [])

    def _star(self, content: Mapping[str, Any]) -> None:
        self._shelf.marks.star(self._opened(content.get("ids")), content.get("on") is True)

    def _tag(self, content: Mapping[str, Any]) -> None:
        """Give one picture or several exactly these tags."""
        tags = _text(content.get("tags"))
        wanted = [each.strip() for each in tags.replace("，", ",").split(",") if each.strip()]
        marks = self._shelf.marked()
        for picture in self._opened(content.get("ids")):
            left = [tag for tag in mark_of(picture, marks).tags if tag not in wanted]
            self._shelf.marks.tag([picture], wanted)
            self._shelf.marks.tag([picture], left, on=False)

    def _delete(self, content: Mapping[str, Any]) -> None:
        """Put pictures into the bin; bring those back that lie there."""
        found = self._opened(content.get("ids"))
        binned = [picture.path for picture, place in self._with_places(content.get("ids")) if isinstance(place, Path)]
        if binned:
            self._say("restored", count=len(self._shelf.restore(binned)))
            return
        self._say("deleted", count=len(self._shelf.delete(found)))

    def _with_places(self, ids: object) -> list[tuple[Picture, Place]]:
        places = self._named(ids)
        opened = zip(self._shelf.open(places), places, strict=True)
        return [(picture, place) for picture, place in opened if picture is not None]

    def _undo(self) -> None:
        back = self._shelf.undo()
        self._say("restored" if back else "undone_nothing", count=len(back))

    def _sheet(self, content: Mapping[str, Any]) -> None:
        path = save_sheet(self._shelf, self._opened(content.get("ids")))
        self._say("sheet_saved", path=readable(path))

    def _plan_again(self, content: Mapping[str, Any]) -> None:
        """Plan a picture's request anew, and say what it would cost; nothing is sent before Run."""
        self._plan, self.planned = None, {}
        if content.get("give_up") is True:
            return
        (picture,) = self._opened(content.get("id"))
        changes: dict[str, Any] = {}
        if (prompt := _text(content.get("prompt")).strip()) and prompt != picture.record.prompt:
            changes["prompt"] = prompt
        if seed := _text(content.get("seed")).strip():
            changes["seed"] = int(seed) if seed.isdecimal() else seed
        plan = self._shelf.plan(picture, **changes)
        self._plan = plan
        sent = plan.request
        self.planned = {
            "id": content.get("id"),
            "prompt": prompt if sent is None else sent.prompt,
            "seed": "" if sent is None or sent.seed is None else str(sent.seed),
            "price": self._price(plan),
            "notes": [*plan.warnings],
        }

    def _price(self, plan: Plan) -> str:
        if self._shelf.on_disk(plan):
            return HISTORY["again_free"].get(self._lang)
        if self._shelf.is_emulated(plan):
            return HISTORY["again_emulator"].get(self._lang)
        if plan.cost is None:
            return HISTORY["again_unknown"].get(self._lang)
        return HISTORY["again_cost"].get(self._lang).format(cost=f"{plan.cost:,.2f}")

    def _run(self) -> None:
        """Send what was planned last: somebody was shown its price."""
        plan, self._plan = self._plan, None
        self.planned = {}
        if plan is not None:
            job = self._shelf.send(plan)
            job.on_change(self._follow)
            self._follow(job)

    def _follow(self, job: Job) -> None:
        """Say how the Job stands; when it has ended its pictures are the newest."""
        if self.comm is None:
            return
        status = say(job.status.lower(), self._lang)
        self._say("again_sent", job=job.id, status=status)
        if job.final:
            self.refresh()

    def _say(self, key: str, **values: object) -> None:
        self.said = printable(HISTORY[key].get(self._lang).format(**values), _LONGEST_ASKED)

    def _act(self, action: Callable[[], object], *, quiet: bool = False) -> None:
        """Do what a button asks for; what is `quiet` changes no picture that is shown."""
        self.fault = self.said = ""
        try:
            action()
        finally:
            if not quiet:
                self.refresh()
            with self._lock:
                self.answered += 1

    def __repr__(self) -> str:
        return repr(self.history)


def _filter(asked: object) -> Filter:
    """Read a page's filter; what is no text or switch is left out."""
    given = asked if isinstance(asked, Mapping) else {}
    values: dict[str, Any] = {}
    for field in fields(Filter):
        value = given.get(field.name)
        values[field.name] = value is True if field.type == "bool" else _text(value)
    return Filter(**values)


def _text(value: object) -> str:
    return value[:_LONGEST_ASKED] if isinstance(value, str) else ""


def _fetched(picture: Picture) -> str:
    """Return the path of a picture, which is fetched from its bucket where that can be done."""
    try:
        return str(picture.fetched())
    except OSError:  # the view shows it small, and that there is nothing larger
        return str(picture.path)
