"""The notebook floor: magics, options, completion and what a cell shows. The only room that imports IPython."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load(shell: InteractiveShell) -> None:
    """Register magics, completion and the live display; say quietly what an earlier kernel left."""
    from .extension import load as load_extension

    load_extension(shell)


def unload(shell: InteractiveShell) -> None:
    """Take everything back; running Jobs go on."""
    from .extension import unload as unload_extension

    unload_extension(shell)
