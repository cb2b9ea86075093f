"""Find the names that a magic's `{name}` may stand for: those of the code that calls it, then the notebook's.

IPython hands over the locals of the calling frame (`needs_local_scope`). A comprehension or an inner function is a
frame of its own, which knows the names around it only where its code uses them, and to Python a magic's line is a
string: so the functions around it are asked too, while they run.
"""

from __future__ import annotations

import sys
from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from types import FrameType
from typing import Any, cast

_BETWEEN = ("IPython", "bailian_nb")
"""Packages whose frames lie between the user's code and here."""


def names_here(notebook: Mapping[str, Any], local_ns: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """Return every name that the user's code could use where it calls the magic, the innermost first.

    `notebook` are the notebook's variables, `local_ns` what IPython gives.
    """
    given = None if local_ns is notebook else local_ns  # for a cell magic IPython gives those, wherever it is called
    layers = [layer for layer in (given, *_layers(), notebook) if layer is not None]
    kept = [layer for number, layer in enumerate(layers) if not any(layer is each for each in layers[:number])]
    return ChainMap(*(cast("MutableMapping[str, Any]", layer) for layer in kept))


def _layers() -> Iterator[Mapping[str, Any]]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _BETWEEN:
        frame = frame.f_back
    if frame is None:
        return
    yield frame.f_locals
    code, above = frame.f_code, frame.f_back
    while above is not None:
        if any(constant is code for constant in above.f_code.co_consts):
            yield above.f_locals
            code = above.f_code
        above = above.f_back
    yield frame.f_globals
