"""Pictures in a terminal that can show them (kitty, iTerm2, and every one that takes Sixel), by textual-image.

The extra `terminal` brings that library. IPython's terminal and the command line ask here; a kernel, a pipe and a build
never draw. The library asks the terminal once, when it is imported.
"""

from __future__ import annotations

import functools
import importlib
import io
import os
import sys
from collections.abc import Callable

from PIL import Image

COLUMNS = 60
"""The widest that a picture is drawn, in characters; its height follows."""


def draw(jpeg: Callable[[], bytes]) -> bool:
    """Draw a picture below what was printed, and tell whether it was; `jpeg` is asked for it only where it is drawn."""
    drawn = _drawn() if _looked_at() else None
    if drawn is None:
        return False
    try:
        picture = Image.open(io.BytesIO(jpeg()))
        picture.load()
    except (OSError, ValueError):  # its line says where the file is, or was
        return False
    console = importlib.import_module("rich.console").Console(file=sys.__stdout__)
    console.print(drawn(picture, width=min(COLUMNS, console.width)))
    return True


def _looked_at() -> bool:
    """Tell whether somebody sits before a terminal that may be asked what it can do."""
    if os.environ.get("TERM") == "dumb" or os.environ.get("CI"):
        return False
    streams = (sys.stdin, sys.__stdin__, sys.stdout, sys.__stdout__)
    if not all(stream is not None and not stream.closed and stream.isatty() for stream in streams):
        return False
    return all(os.get_terminal_size())  # 0 where nobody has said how large it is


@functools.cache
def _drawn() -> Callable[..., object] | None:
    """Return the library's picture for this terminal, None where there is none or it knows nothing but letters."""
    try:
        found = importlib.import_module("textual_image.renderable")
    except ImportError:
        return None
    shown: Callable[..., object] | None = found.Image if found.Image in (found.SixelImage, found.TGPImage) else None
    return shown
