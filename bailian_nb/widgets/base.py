"""What all widgets share: messages from the browser that never kill the widget, a stable text, and freezing.

A handler may run on any thread (JupyterLab sends comms to subshells), so every widget guards its state with a lock.
What goes wrong in a handler would be printed nowhere; it goes into the trait `fault`, which the widget shows.
"""

from __future__ import annotations

import html
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets as t

from ..errors import one_line, printable
from .outputs import outputs

PATIENCE = 5.0
"""Seconds until a page that has not spoken is taken for one that needs an ordinary widget output."""
STILL_PACE = 1.0
"""Seconds in which changes are gathered before the static picture is written again."""
STATIC = Path(__file__).parent / "static"
"""What esbuild wrote from js/src; committed, so that an install needs no Node."""


class LiveWidget(anywidget.AnyWidget):
    """A widget whose Python side decides; subclasses answer the browser's messages in `_answer`."""

    texts = t.Dict().tag(sync=True)
    """The words of one language, by key."""
    place = t.Unicode("").tag(sync=True)
    """Class of the element on which the widget sits down."""
    fault = t.Unicode("").tag(sync=True)
    """What went wrong last, shown in the widget."""

    def __init__(self, **values: Any) -> None:
        self._lock = threading.RLock()
        self._writing = threading.RLock()
        self._outputs: list[tuple[str, str]] = []
        self._ordinary: list[str] = []
        self._captions: dict[str, dict[str, str]] = {}
        self._still_timer: threading.Timer | None = None
        self._here = self._frozen = False
        self._pages = 0
        super().__init__(place=f"bn-place-{uuid4().hex}", **values)
        _keep_subshell(self.comm)
        self.on_msg(self._receive)

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        """Do what the browser asks for, on whatever thread the message came."""
        raise NotImplementedError

    def static_view(self) -> dict[str, str]:
        """Return what stays in a saved notebook: no widget, no script."""
        return {"text/plain": repr(self)}

    @property
    def here(self) -> bool:
        """True once a page has said that it holds the model, so that the widget sits down where its class is."""
        return self._here

    @property
    def reopened(self) -> bool:
        """True once a second page holds the model: it reads the outputs as saved and hears of no change of theirs."""
        return self._pages > 1

    def restill(self) -> None:
        """Write the static outputs again, for what has changed; the live widget covers them in the page.

        The caption only when its words are others: writing it anew moves the widget, which takes its focus. One after
        the other: a slow writer that looked before a quick one would otherwise leave what is no longer so.
        """
        with self._writing:
            still, spot_now = self.static_view(), self._spot()
            publish = outputs.publisher  # asked for once: the notebook may take it away at any moment
            if publish is None:
                return
            for view, spot in self._outputs:
                publish(still, view, update=True)
                if self._captions.get(spot) != spot_now:
                    self._captions[spot] = spot_now
                    publish(spot_now, spot, update=True)

    def restill_soon(self) -> None:
        """Write the static picture again in a moment, once for many changes."""
        with self._lock:
            if self._still_timer is not None or not self._outputs:
                return
            self._still_timer = threading.Timer(STILL_PACE, self._restill_now)
            self._still_timer.daemon = True
            self._still_timer.start()

    def freeze(self) -> None:
        """Leave only the static picture and caption; the live widget goes."""
        with self._writing:
            self._frozen = True
            self.restill()
            caption, publish = self.caption(), outputs.publisher
            if publish is None:
                return
            for _, spot in self._outputs:
                publish(caption, spot, update=True)

    def close(self) -> None:
        """Let the live widget go; its outputs stay, with what was still to be written."""
        timer = getattr(self, "_still_timer", None)  # also called of a widget that could not be made
        if timer is not None:
            timer.cancel()
            self._still_timer = None
            self.restill()
        super().close()

    def _receive(self, widget: object, content: object, buffers: Sequence[Any]) -> None:
        if not isinstance(content, Mapping):
            return
        if content.get("kind") == "here":
            self._arrived()
            return
        try:
            self._answer(content, [bytes(buffer) for buffer in buffers])
        except Exception as error:  # noqa: BLE001 - a comm handler's traceback is shown nowhere; the widget shows it
            self.fault = printable(one_line(error))

    def _repr_mimebundle_(self, **more: Any) -> Any:
        return self.static_view() if self._frozen else super()._repr_mimebundle_(**more)

    def caption(self) -> dict[str, str]:
        """Return the line under the static picture."""
        line = html.escape(printable(repr(self)))
        return {"text/html": f"<div>{line}</div>", "text/plain": repr(self)}

    def _ipython_display_(self) -> None:
        """Write static outputs, which stay readable without kernel and widgets; the widget sits down on them.

        In the page, `initialize` finds the element with our class. A front end that makes no model without an output
        of its own says nothing; there the caption becomes an ordinary widget output.
        """
        publish = outputs.publisher
        if publish is None:
            raise NotImplementedError  # IPython then asks for the bundle
        view, spot = uuid4().hex, uuid4().hex
        with self._writing:
            publish(self.static_view(), view, update=False)
            if self._frozen or not outputs.live():
                publish(self.caption(), spot, update=False)
                return
            self._outputs.append((view, spot))
            self._captions[spot] = self._spot()
            publish(self._captions[spot], spot, update=False)
        if not self._here:
            timer = threading.Timer(PATIENCE, self._show_ordinarily, [spot])
            timer.daemon = True
            timer.start()

    def _restill_now(self) -> None:
        with self._lock:
            self._still_timer = None
        with self._writing:
            if not self._frozen and self.comm is not None:  # freezing and closing wrote it
                self.restill()

    def _spot(self) -> dict[str, str]:
        """Return the caption as the place of the live widget, which covers the static picture before it too."""
        caption = self.caption()
        return {**caption, "text/html": f'<div class="{self.place} bn-under-still">{caption["text/html"]}</div>'}

    def _show_ordinarily(self, spot: str) -> None:
        with self._lock:
            publish = outputs.publisher
            if self._here or self._frozen or self.comm is None or publish is None:
                return
            bundle: Any = super()._repr_mimebundle_()
            publish(bundle[0] if isinstance(bundle, tuple) else bundle, spot, update=True)
            self._ordinary.append(spot)

    def _arrived(self) -> None:
        """Take note that the page holds our model, and take ordinary outputs back."""
        with self._lock:
            self._here = True
            self._pages += 1
            publish = outputs.publisher
            while self._ordinary and publish is not None:
                publish(self._spot(), self._ordinary.pop(), update=True)


def _keep_subshell(comm: Any) -> None:
    """Let ipykernel 7.4 answer on the subshell that the browser chose, so that a blocking cell does not block us."""
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, default: default


def language(lang: str | None) -> str:
    """Return the language that was asked for, else the one that is configured now."""
    if lang is not None:
        return lang
    from .. import config
    from ..session import session

    return config.load(session.front.overrides).lang
