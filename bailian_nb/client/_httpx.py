"""Load httpx without its command line, before any module of this room imports it.

httpx imports its command line with itself wherever click and rich are installed: 80 modules, and half of the time that
it takes. It has no switch for that, and no part of it can be imported without the whole. `None` in `sys.modules` is how
Python is told that a module is not to be imported; httpx is ready for that, as for one whose packages are missing.
Whoever else calls `httpx.main` in this process gets the real one.
"""

from __future__ import annotations

import sys
from importlib import import_module

_COMMAND_LINE = "httpx._main"


def _main() -> None:
    """Run httpx's command line, which is loaded now."""
    import_module(_COMMAND_LINE).main()


if "httpx" not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # documented: it makes the import an ImportError
    try:
        import httpx
    finally:
        del sys.modules[_COMMAND_LINE]
    httpx.main = _main  # type: ignore[assignment]  # where its packages are there, httpx types it as their command
