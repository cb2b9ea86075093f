"""Wan image models of Alibaba Cloud Model Studio (Bailian, DashScope) in notebooks.

>>> import bailian_nb as wan                                        # doctest: +SKIP
>>> job = wan.t2i("A flower shop with exquisite windows", seed=7)   # doctest: +SKIP
>>> job.result().images                                             # doctest: +SKIP

Names are loaded when they are first used: importing this package starts no thread, opens no file and reads no key.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import jobs as _room  # noqa: F401  # an empty one: once it is imported, no import takes the name below away
from ._version import __version__ as __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .api import compare, cost, doctor, edit, history, models, rerun, resume, sweep, t2i
    from .gallery import Picture, Record
    from .jobs.job import Job
    from .jobs.result import Result
    from .masks import Mask
    from .planning.plan import Plan
    from .request import Request
    from .sweeps import Sweep
    from .widgets import MaskPainter

_HOMES = {
    "Job": "jobs.job",
    "Mask": "masks",
    "MaskPainter": "widgets",
    "Picture": "gallery",
    "Plan": "planning.plan",
    "Record": "gallery",
    "Request": "request",
    "Result": "jobs.result",
    "compare": "api",
    "cost": "api",
    "doctor": "api",
    "edit": "api",
    "history": "api",
    "models": "api",
    "Sweep": "sweeps",
    "rerun": "api",
    "resume": "api",
    "sweep": "api",
    "t2i": "api",
}
__all__ = [
    "Job",
    "Mask",
    "MaskPainter",
    "Picture",
    "Plan",
    "Record",
    "Request",
    "Result",
    "Sweep",
    "compare",
    "cost",
    "doctor",
    "edit",
    "history",
    "jobs",
    "load_ipython_extension",
    "models",
    "rerun",
    "resume",
    "sweep",
    "t2i",
    "unload_ipython_extension",
]


def jobs() -> list[Job]:  # it shares its name with a room, and so stands here
    """Return the Jobs of this process, the oldest first."""
    _attach()
    from .api import jobs as listed

    return listed()


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is not None:
        if home in ("api", "widgets"):
            _attach()
        return getattr(import_module(f".{home}", __name__), name)
    errors = import_module(".errors", __name__)
    if hasattr(errors, name) and isinstance(getattr(errors, name), type):
        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    found = vars(import_module(".errors", __name__))
    raised = [name for name, each in found.items() if isinstance(each, type) and issubclass(each, BaseException)]
    return sorted([*__all__, *raised, "__version__", "errors", "specs"])


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%%wan_t2i`, `%wan_edit` and `%wan` (called by `%load_ext bailian_nb`)."""
    from .notebook import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics back; running Jobs go on."""
    from .notebook import unload

    unload(shell)


def _attach() -> None:
    """Let Jobs show themselves in a notebook that did not load the extension."""
    running = sys.modules.get("IPython")
    shell = running.get_ipython() if running is not None and hasattr(running, "get_ipython") else None
    if shell is not None:
        from .notebook.extension import attach

        attach(shell)
