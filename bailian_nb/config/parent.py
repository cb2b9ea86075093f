"""What started this process, where a kernel shows things otherwise for it. `notebook.front` asks."""

from __future__ import annotations

import functools
import os
from pathlib import PurePath


@functools.cache
def jupyter_console() -> bool:
    """Tell whether this is a kernel that `jupyter console` has started; one that it found running is not known."""
    import psutil

    try:
        words = psutil.Process(os.getppid()).cmdline()
    except psutil.Error:
        return False
    names = [PurePath(word).name for word in words[:4]]
    return "jupyter-console" in names or "jupyter_console" in names or names[1:3] == ["jupyter", "console"]
