"""The emulator: a local DashScope that draws instead of dreaming, for tutorials and tests without a key.

`create_app` gives an ASGI app for use in process, `serve` puts it on a loopback port. It knows the table, and meets the
client over HTTP only.
"""

from __future__ import annotations

from .app import create_app
from .faults import Fault
from .serve import serve
from .settings import EmulatorSettings

__all__ = ["EmulatorSettings", "Fault", "create_app", "serve"]
