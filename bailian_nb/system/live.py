"""Who shows a Job, a Sweep or a Batch where the host asks the object itself, as marimo does by its `_display_`.

The widgets lie on a higher floor than what they show, so `widgets.hosts` puts here what makes one of a thing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

show: Callable[[Any], object] = repr
"""Makes what a host shows of a thing; text while nobody has put anything else here."""


def shown(thing: Any) -> object:
    """Return a widget that follows the thing, or its text in a process that has no host of widgets."""
    return show(thing)
