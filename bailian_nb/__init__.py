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

from . import batch as _batch  # noqa: F401  # empty rooms: once they are imported, no import takes the names below away
from . import jobs as _jobs  # noqa: F401
from ._version import __version__ as __version__

if TYPE_CHECKING:
    import os

    from IPython.core.interactiveshell import InteractiveShell

    from .api import compare, cost, doctor, edit, history, models, rerun, resume, sweep, t2i
    from .batch.batch import Batch
    from .errors import AccessDenied as AccessDenied
    from .errors import AuthenticationError as AuthenticationError
    from .errors import BailianError as BailianError
    from .errors import BillingError as BillingError
    from .errors import BucketError as BucketError
    from .errors import BudgetExceeded as BudgetExceeded
    from .errors import ContentRejected as ContentRejected
    from .errors import DownloadError as DownloadError
    from .errors import InputDownloadFailed as InputDownloadFailed
    from .errors import InvalidRequest as InvalidRequest
    from .errors import JobTimeout as JobTimeout
    from .errors import MissingApiKey as MissingApiKey
    from .errors import NetworkError as NetworkError
    from .errors import NotSent as NotSent
    from .errors import Problem as Problem
    from .errors import RequestRejected as RequestRejected
    from .errors import SaveFailed as SaveFailed
    from .errors import ServiceError as ServiceError
    from .errors import SubmitUncertain as SubmitUncertain
    from .errors import TaskCanceled as TaskCanceled
    from .errors import TaskExpired as TaskExpired
    from .errors import TaskFailed as TaskFailed
    from .errors import Throttled as Throttled
    from .errors import WaitInterrupted as WaitInterrupted
    from .gallery import Picture, Record
    from .jobs.job import Job
    from .jobs.result import Result
    from .masks import Mask
    from .planning.plan import Plan
    from .request import Request
    from .sweeps import Sweep
    from .views.job_list import JobList
    from .widgets import MaskPainter

_HOMES = {
    "Batch": "batch.batch",
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
    "Batch",
    "Job",
    "Mask",
    "MaskPainter",
    "Picture",
    "Plan",
    "Record",
    "Request",
    "Result",
    "Sweep",
    "batch",
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


def jobs() -> JobList:  # it shares its name with a room, and so stands here
    """Return the Jobs of this process, the oldest first; `to_dataframe()` has a row for each."""
    _attach()
    from .api import jobs as listed

    return listed()


def batch(  # it shares its name with a room, as `jobs` does
    source: Any,
    *,
    function: str | None = None,
    prompt: str | None = None,
    image: Any = None,
    mask: Any = None,
    keep: Any = None,
    name: str | None = None,
    model: str | None = None,
    invert: bool | None = None,
    fit: bool | None = None,
    paste_back: bool | None = None,
    sync: bool | None = None,
    retries: int | None = None,
    preset: str | None = None,
    cache: bool = True,
    out_dir: str | os.PathLike[str] | None = None,
    embed: bool | None = None,
    a1111: bool | None = None,
    encoding: str | None = None,
    **parameters: Any,
) -> Batch:
    """Plan one call for each row of a source and return the Batch; nothing is sent before its `run()`.

    Parameters
    ----------
    source
        A CSV, TSV, JSON or JSONL file, a folder of pictures, a pattern such as "photos/*.jpg", a list of prompts or
        dicts, or a frame of pandas or polars.
    function
        As for `edit`; None draws from text, or edits by a model without functions where rows have pictures.
    prompt, image, mask, keep
        Templates: `{column}` is filled in from the row, `{n}` is the row's number, `{stem}` its picture's file name.
        None takes the column of that name. A picture's path may not leave the folder that its template names.
        `{red|blue}` in a prompt makes two rows of each, and a column `wildcard` that says which.
    name
        A template for the names of the files, without ending; `{i}` is the picture's number within its row, from 1.
    model, invert, fit, paste_back, sync, retries, preset, cache, out_dir, embed, a1111
        As for `edit`, the same for every row.
    encoding
        How the characters of a file are written, where it is none of UTF-8, UTF-16 and GB18030: "big5", "shift_jis",
        "cp1252" and the like. None finds out, and refuses a file that would hold signs which no prose has.
    parameters
        DashScope's names: a value for every row, or a template. A column that is called like one is used by itself.

    Raises
    ------
    InvalidRequest
        When the source cannot be read or a template names no column of it. What is wrong with single rows stands in
        the plan, and `run()` refuses it.
    """
    _attach()
    from .api import batch as planned

    given = {"prompt": prompt, "image": image, "mask": mask, "keep": keep, **parameters}
    options = {"invert": invert, "fit": fit, "paste_back": paste_back, "sync": sync, "retries": retries}
    more = {**options, "preset": preset, "cache": cache, "out_dir": out_dir, "embed": embed, "a1111": a1111}
    more["encoding"] = encoding
    return planned(source, function=function, model=model, name=name, given=given, **more)


def _loaded(name: str) -> Any:
    home = _HOMES.get(name)
    if home is not None:
        if home in ("api", "widgets"):
            _attach()
        return getattr(import_module(f".{home}", __name__), name)
    errors = import_module(".errors", __name__)
    if hasattr(errors, name) and isinstance(getattr(errors, name), type):
        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if not TYPE_CHECKING:  # or every name that is misspelt would be one, of type Any
    __getattr__ = _loaded


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
    """Let Jobs show themselves in a notebook that did not load the extension, and in marimo, which has none."""
    running = sys.modules.get("IPython")
    shell = running.get_ipython() if running is not None and hasattr(running, "get_ipython") else None
    if shell is not None:
        from .notebook.extension import attach

        attach(shell)
    elif "marimo" in sys.modules:
        import_module(".widgets.hosts", __name__).register()
