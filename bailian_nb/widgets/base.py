"""The base class of all widgets: messages from the browser, static outputs with an anchor, freezing and closing.

A cell that shows a widget has two static outputs, a picture and a caption. The caption is the anchor: its class names
the model, and the page mounts the live widget on it (js/src/page/mount.ts). So a saved notebook can be read without
kernel and widgets.

A message may be handled on any thread, since JupyterLab sends those of widgets to subshells; every widget guards its
state with a lock. An exception in a handler is printed nowhere, so it goes into the trait `fault`, which is shown.
What a page has sent and what is worked off is noted in `arrivals`, so that a cell can wait for the difference.
"""

from __future__ import annotations

import html
import threading
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import anywidget
import traitlets as t

from ..errors import one_line, printable
from .arrivals import Arrivals, handling
from .outputs import outputs
from .pace import Later

OPEN_TIMEOUT = 5.0
"""Seconds in which a page must have opened the model; then the front end is given an ordinary widget output."""
STATIC_PACE = 1.0
"""Seconds in which changes are gathered before the static picture is written again."""
MAX_MESSAGE = 7_500_000
"""Bytes. The notebook server closes a connection at a message of 10 MiB."""
STATIC = Path(__file__).parent / "static"
"""What esbuild wrote from js/src; committed, so that an install needs no Node."""


class _DisplayIds(NamedTuple):
    """The two outputs of one cell that shows the widget."""

    picture: str
    caption: str


class LiveWidget(anywidget.AnyWidget):
    """A widget whose Python side decides; subclasses answer the browser's messages in `_answer`."""

    texts = t.Dict().tag(sync=True)
    """The words of one language, by key."""
    anchor = t.Unicode("").tag(sync=True)
    """Class of the elements on which the page mounts the widget."""
    fault = t.Unicode("").tag(sync=True)
    """What went wrong last, shown in the widget."""

    def __init__(self, **values: Any) -> None:
        self._lock = threading.RLock()
        self._writing = threading.RLock()
        self._outputs: list[_DisplayIds] = []
        self._ordinary: list[str] = []
        """Display ids of captions that are an ordinary widget output for now."""
        self._captions: dict[str, dict[str, str]] = {}
        """What was written last, by display id."""
        self._static_later = Later(self._update_static_now, "static-output")
        self._frozen = False
        self._pages = 0
        self._arrivals = Arrivals()
        super().__init__(anchor=f"bn-anchor-{uuid4().hex}", **values)
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = self._arrives
        self.on_msg(self._receive)

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        """Do what the browser asks for, on whatever thread the message came."""
        raise NotImplementedError

    def _awaited(self, content: Mapping[str, Any]) -> Hashable | None:
        """Return the key of a message that readers of the state must wait for, None for any other."""
        return None

    def _catch_up(self) -> None:
        """Wait until what the pages have sent by now is worked off."""

    def static_view(self) -> dict[str, str]:
        """Return what stays in a saved notebook: no widget, no script."""
        return {"text/plain": repr(self)}

    @property
    def opened(self) -> bool:
        """True once a page has opened the model: from then on the live widget is mounted wherever its anchor is."""
        return self._pages > 0

    @property
    def reopened(self) -> bool:
        """True once a second page has: it shows the outputs as they were saved, and hears of no change of theirs."""
        return self._pages > 1

    def update_static(self) -> None:
        """Write the static outputs again after a change; the page hides them under the live widget.

        The caption is written only when its text has changed: the page then has a new anchor, and moving the widget
        there takes its focus. One thread at a time: a slow one that read the state first would otherwise write last.
        """
        with self._writing:
            picture, caption = self.static_view(), self._anchored_caption()
            publish = outputs.publisher  # read once: the extension may be unloaded at any moment
            if publish is None:
                return
            for ids in self._outputs:
                publish(picture, ids.picture, update=True)
                if self._captions.get(ids.caption) != caption:
                    self._captions[ids.caption] = caption
                    publish(caption, ids.caption, update=True)

    def update_static_soon(self) -> None:
        """Write the static outputs again in a moment, once for many changes."""
        if self._outputs:
            self._static_later.ask(STATIC_PACE)

    def freeze(self) -> None:
        """Leave only the static picture and caption; the live widget goes."""
        self._catch_up()
        with self._writing:
            self._frozen = True
            self.update_static()
            caption, publish = self.caption(), outputs.publisher
            if publish is None:
                return
            for ids in self._outputs:
                publish(caption, ids.caption, update=True)

    def close(self) -> None:
        """Let the live widget go; its static outputs stay, brought up to date."""
        if not hasattr(self, "_arrivals"):  # ipywidgets also closes a widget whose `__init__` has failed
            super().close()
            return
        self._catch_up()
        if self._static_later.cancel():
            self.update_static()
        super().close()
        self._arrivals.forget()

    def _receive(self, widget: object, content: object, buffers: Sequence[Any]) -> None:
        if not isinstance(content, Mapping):
            return
        if content.get("kind") == "opened":
            self._page_opened()
            return
        key = self._awaited(content)
        with handling():
            if key is not None:
                self._arrivals.begin(key)
            try:
                self._answer(content, [bytes(buffer) for buffer in buffers])
            except Exception as error:  # noqa: BLE001 - nobody would see a handler's traceback; the widget shows this
                self.fault = printable(one_line(error))
            finally:
                if key is not None:
                    self._arrivals.done(key)

    def _arrives(self, data: object, named_by_page: str | None) -> str | None:
        """Note a message that readers wait for; have the kernel handle it on the subshell that the page named.

        JupyterLab sends a widget's messages to a subshell, where they are handled while a cell runs. From ipykernel 7.4
        on the kernel asks the comm's `_reply_subshell_for` first, in the order in which the page sent messages and
        execute requests, and the comm answers with the shell from which Python spoke last. A widget mostly speaks from
        the main shell, so a stroke or a Cancel would wait for the running cell to end. Older kernels, and kernels of
        another make, do not ask: there the page's choice holds by itself, and a message is noted when it is handled.

        A message to the main shell (None) is worked off before the next cell, so nobody waits for it. When this raises,
        the message is lost.
        """
        content = data.get("content") if isinstance(data, Mapping) else None
        if named_by_page is not None and isinstance(content, Mapping):
            key = self._awaited(content)
            if key is not None:
                self._arrivals.note(key, f"subshell-{named_by_page}")  # ipykernel's name of the thread
        return named_by_page

    def _repr_mimebundle_(self, **more: Any) -> Any:
        return self.static_view() if self._frozen else super()._repr_mimebundle_(**more)

    def caption(self) -> dict[str, str]:
        """Return the line under the static picture."""
        line = html.escape(printable(repr(self)))
        return {"text/html": f"<div>{line}</div>", "text/plain": repr(self)}

    def _ipython_display_(self) -> None:
        """Write the static picture and, as the anchor of the live widget, the caption.

        A front end that makes no model until it has a widget output to draw never opens ours; after `OPEN_TIMEOUT` the
        caption is replaced by such an output.
        """
        publish = outputs.publisher
        if publish is None:
            raise NotImplementedError  # IPython then asks for the bundle
        ids = _DisplayIds(uuid4().hex, uuid4().hex)
        with self._writing:
            publish(self.static_view(), ids.picture, update=False)
            if self._frozen or not outputs.live():
                publish(self.caption(), ids.caption, update=False)
                return
            self._outputs.append(ids)
            self._captions[ids.caption] = self._anchored_caption()
            publish(self._captions[ids.caption], ids.caption, update=False)
        if not self.opened:
            Later(lambda: self._show_ordinary(ids.caption), "ordinary-output").ask(OPEN_TIMEOUT)

    def _update_static_now(self) -> None:
        with self._writing:
            if not self._frozen and self.comm is not None:  # freezing and closing wrote it
                self.update_static()

    def _anchored_caption(self) -> dict[str, str]:
        """Return the caption as an anchor; the second class tells the page to hide the picture before it, too."""
        caption = self.caption()
        return {**caption, "text/html": f'<div class="{self.anchor} bn-under-static">{caption["text/html"]}</div>'}

    def _show_ordinary(self, caption_id: str) -> None:
        with self._lock:
            publish = outputs.publisher
            if self.opened or self._frozen or self.comm is None or publish is None:
                return
            bundle: Any = super()._repr_mimebundle_()
            publish(bundle[0] if isinstance(bundle, tuple) else bundle, caption_id, update=True)
            self._ordinary.append(caption_id)

    def _page_opened(self) -> None:
        """Count the page, and make anchors again of the captions that became ordinary outputs."""
        with self._lock:
            self._pages += 1
            publish = outputs.publisher
            while self._ordinary and publish is not None:
                publish(self._anchored_caption(), self._ordinary.pop(), update=True)
