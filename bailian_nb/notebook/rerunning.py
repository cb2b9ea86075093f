"""`%wan rerun`: the request of a picture or Job once more, with the options of the other magics. No IPython here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import again, specs
from .. import session as sessions
from ..errors import InvalidRequest, Problem
from ..jobs import Job
from ..plan import Plan
from .dry_run import Given
from .line import Line, read_line

if TYPE_CHECKING:
    from .magics import WanMagics

USAGE = "%wan rerun needs a picture or a job, for example %wan rerun job --seed 8; %wan history lists pictures"


def rerun(line: str, magics: WanMagics) -> Job | None:
    """Read the line and send by the money rule; further words are pictures in place of those that were sent.

    Raises
    ------
    InvalidRequest
        Without a picture or job, and for everything that is wrong with the line or the changed request.
    """
    words = read_line(line, "edit").words
    if not words:
        raise InvalidRequest(USAGE)
    found = find(words[0], magics)
    read = read_line(line, "edit" if found.request.images else "t2i")

    def given(_: Plan) -> Given:
        return replace(magics.spelled(read.words[1:], read.mask), rerun=magics.python(words[0]), changes=read.values)

    return magics.send_or_show(read, lambda problems: _plan(found, read, magics, problems), given)


def find(word: str, magics: WanMagics) -> again.Found:
    """Return what a word names: a picture file, a variable, or a job's id."""
    return again.find(sessions.current(), magics.look(word))


def _plan(found: again.Found, read: Line, magics: WanMagics, problems: list[Problem]) -> Plan:
    if read.model is not None and read.model != found.request.model:
        taken = specs.get(found.request.model).name
        message = f"a rerun is of the same model, {taken}; send {read.model} with %%wan_t2i or %wan_edit"
        problems.append(Problem(parameter="model", message=message))
    images: list[Any] = [magics.look(word) for word in read.words[1:]]
    return again.plan(
        sessions.current(),
        found,
        images=images,
        mask=None if read.mask is None else magics.look(read.mask),
        changes=read.values,
        invert=read.invert or None,
        fit=read.fit or None,
        sync=read.sync or None,
        retries=read.retries,
        cache=not read.no_cache,
        out_dir=read.out_dir,
        embed=False if read.no_embed else None,
        paste_back=False if read.no_paste else None,
    )
