"""What all widgets share: messages from the browser that never kill the widget, a stable text, and freezing.

A handler may run on any thread (JupyterLab sends comms to subshells), so every widget guards its state with a lock.
What goes wrong in a handler would be printed nowhere; it goes into the trait `fault`, which the widget shows.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets as t

from ..errors import printable
from .still import outputs

STATIC = Path(__file__).parent / "static"
"""What esbuild wrote from js/src; committed, so that an install needs no Node."""


class LiveWidget(anywidget.AnyWidget):
    """A widget whose Python side decides; subclasses answer the browser's messages in `_answer`."""

    texts = t.Dict().tag(sync=True)
    """The words of one language, by key."""
    fault = t.Unicode("").tag(sync=True)
    """What went wrong last, shown in the widget."""

    def __init__(self, **values: Any) -> None:
        self._lock = threading.RLock()
        self._outputs: list[str] = []
        self._frozen = False
        super().__init__(**values)
        _keep_subshell(self.comm)
        self.on_msg(self._receive)

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        """Do what the browser asks for, on whatever thread the message came."""
        raise NotImplementedError

    def still(self) -> dict[str, str]:
        """Return what stays in a saved notebook: no widget, no script."""
        return {"text/plain": repr(self)}

    def freeze(self) -> None:
        """Put a static picture in the place of the widget, which a reopened notebook could not show.

        It reaches outputs that were shown after `%load_ext bailian_nb`; others change when their cell runs again.
        """
        self._frozen = True
        if outputs.publisher is not None:
            for display_id in self._outputs:
                outputs.publisher(self.still(), display_id, update=True)

    def _receive(self, widget: object, content: object, buffers: Sequence[Any]) -> None:
        if not isinstance(content, Mapping):
            return
        try:
            self._answer(content, [bytes(buffer) for buffer in buffers])
        except Exception as error:  # noqa: BLE001 - a comm handler's traceback is shown nowhere; the widget shows it
            self.fault = printable(f"{type(error).__name__}: {error}")

    def _repr_mimebundle_(self, **more: Any) -> Any:
        return self.still() if self._frozen else super()._repr_mimebundle_(**more)

    def _ipython_display_(self) -> None:
        if outputs.publisher is None:
            raise NotImplementedError  # IPython then asks for the bundle
        display_id = uuid4().hex
        self._outputs.append(display_id)
        bundle = self._repr_mimebundle_()
        outputs.publisher(bundle[0] if isinstance(bundle, tuple) else bundle, display_id, update=False)


def _keep_subshell(comm: Any) -> None:
    """Let ipykernel 7.4 answer on the subshell that the browser chose, so that a blocking cell does not block us."""
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, default: default


def language(lang: str | None) -> str:
    """Return the language that was asked for, else the one that is configured now."""
    if lang is not None:
        return lang
    from .. import config, session

    return config.load(session.front.overrides).lang
