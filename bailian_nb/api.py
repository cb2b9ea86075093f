"""The functions that users call: `wan.t2i`, `edit`, `sweep`, `rerun`, `jobs`, `history`, `cost`. Thin: others work."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from . import specs
from .batch.batch import Batch
from .batch.make import make as make_batch
from .errors import InvalidRequest
from .jobs.job import Job
from .jobs.resume import Resumed
from .money.report import Costs
from .session import doctor as checks
from .session.front import Delegate
from .session.rerun import find, plan_rerun
from .session.resume import resume as resume_rows
from .session.session import current
from .sweeps import Sweep, make
from .system.language import sentence, spoken
from .views import costs, listings
from .views import help as help_pages
from .views.compare import Compare, with_page
from .views.history import history as history
from .views.job_list import JobList
from .views.report import Report


def t2i(
    prompt: str,
    *,
    model: str | None = None,
    n: int | None = None,
    size: str | tuple[int, int] | None = None,
    seed: int | None = None,
    negative_prompt: str | None = None,
    sync: bool = False,
    retries: int | None = None,
    preset: str | None = None,
    cache: bool = True,
    max_cost: float | None = None,
    out_dir: str | os.PathLike[str] | None = None,
    embed: bool | None = None,
    a1111: bool = False,
    **parameters: Any,
) -> Job:
    """Draw pictures from a text and return a Job at once.

    Parameters
    ----------
    prompt
        What to draw, Chinese or English; the limit stands in the table (2100 characters for wan2.6-t2i).
    model
        A t2i model of the table, default `wan2.6-t2i`.
    n
        Pictures, 1-4; each is billed. Always sent, 1 unless set.
    size
        "1280*1280", "1280x1280", "16:9", "square" or (width, height) in pixels.
    seed
        0-2147483647; one is drawn, sent and recorded when none is given. n pictures use seed, seed+1, …
    negative_prompt
        What the pictures are not to show; the limit stands in the table.
    sync
        Use the synchronous protocol: it has no task id, so a result lost on the way cannot be recovered.
    retries
        0-10 further tries after a failure of the service's own fault (a failed task is not billed), default 0.
    preset
        A style of the `styles` table in bailian_nb.toml or config.toml: its template words the prompt, its parameters
        hold where the call gives none of its own.
    cache
        Answer from disk when the same Request with a given seed was saved before.
    max_cost
        CNY by list price; a higher estimate raises BudgetExceeded and sends nothing; inf is no cap at all.
    out_dir
        Folder for the pictures, below which each day has its own, or an address in object storage (`s3://bucket/folder`,
        extra `storage`); default: the setting, else `wan_out` in the current folder.
    embed
        False keeps prompt and settings out of the picture file, to share it; they stay in the `.json` beside it.
    a1111
        Write the text that A1111 and its kin read into the PNG, too.
    parameters
        Every other parameter of the model under DashScope's name.

    Raises
    ------
    InvalidRequest, MissingApiKey, BudgetExceeded
        Before anything was sent.
    """
    session = current()
    name = session.settings().model if model is None else model
    specs.get(name, "t2i")
    values = {"prompt": prompt, "n": n, "size": size, "seed": seed, "negative_prompt": negative_prompt, **parameters}
    more: dict[str, Any] = {"sync": sync, "retries": retries, "cache": cache, "out_dir": out_dir, "embed": embed}
    plan = session.plan(model=name, values=values, preset=preset, a1111=a1111, **more)
    return session.send(plan, max_cost=max_cost)


def edit(
    image: Any,
    function: str | None = None,
    prompt: str = "",
    *,
    mask: Any = None,
    invert: bool = False,
    model: str | None = None,
    n: int | None = None,
    seed: int | None = None,
    to: str | tuple[int, int] | None = None,
    fit: bool = False,
    keep: Any = None,
    paste_back: bool | None = None,
    sync: bool = False,
    retries: int | None = None,
    preset: str | None = None,
    cache: bool = True,
    max_cost: float | None = None,
    out_dir: str | os.PathLike[str] | None = None,
    embed: bool | None = None,
    a1111: bool = False,
    **parameters: Any,
) -> Job:
    """Edit a picture, or several together, and return a Job at once.

    Parameters
    ----------
    image
        Path, `file://`, http(s) or data URL, `oss://`, PIL image, uint8 array, bytes, Picture, or a Job that has not
        ended (the edit starts when it has). wanx2.1-imageedit takes sides of 512-4096 px and 10 MB. A list of them for
        the models that take several: wan2.5-i2i-preview (3), wan2.6-image (4), wan2.7-image and -pro (9).
    function
        One of `%wan functions` (`instruct`), or the service's own name of it; None for the models that have no
        functions. "background" puts a new scene behind a product: by wan2.7-image, or by the model that is named.
    prompt
        What to do, at most 800 characters for wanx2.1-imageedit.
    model
        An edit model of the table, default `wanx2.1-imageedit`.
    mask
        For inpaint: same pixel size as the picture, 255 = edit, 0 = keep; `invert=True` where a tool means the
        opposite.
    to
        For outpaint: the proportion that the picture is to have, "16:9", "1280*720", "square" or (width, height). It
        stays in the middle and grows to the left and right or at the top and bottom; the scales are worked out and
        said. Needs a picture whose size is known (no URL), and no scale beside it.
    keep
        For background: the product, whose own pixels come back. A mask (white is kept), a painter, "alpha"; None takes
        the transparency of a picture that has some. Where the model moved or scaled the product, that is said and
        nothing is pasted.
    fit
        Shrink or convert a picture that the service would refuse; never enlarges.
    paste_back
        Keep the original outside the mask in a second file; on by default for masked edits and backgrounds.
    n, seed, sync, retries, preset, cache, max_cost, out_dir, embed, a1111
        As for `t2i`.
    parameters
        `strength` (0.0-1.0) and every other parameter of the function under DashScope's name.

    Raises
    ------
    InvalidRequest, MissingApiKey, BudgetExceeded
        Before anything was sent.
    """
    session = current()
    name = specs.edit_model(function, session.settings().edit_model) if model is None else model
    specs.get(name, "edit")
    values = {"prompt": prompt, "n": n, "seed": seed, "to": to, **parameters}
    images = tuple(image) if isinstance(image, list | tuple) else (image,)
    if not images:
        raise InvalidRequest(sentence("edit needs a picture, got an empty list; t2i draws from a text alone"))
    plan = session.plan(
        model=name,
        function=function,
        values=values,
        images=images,
        mask=mask,
        invert=invert,
        keep=keep,
        fit=fit,
        paste_back=paste_back,
        sync=sync,
        retries=retries,
        preset=preset,
        cache=cache,
        out_dir=out_dir,
        embed=embed,
        a1111=a1111,
    )
    return session.send(plan, max_cost=max_cost)


def sweep(
    image: Any = None,
    function: str | None = None,
    prompt: Any = "",
    *,
    mask: Any = None,
    keep: Any = None,
    invert: bool = False,
    model: str | None = None,
    fit: bool = False,
    paste_back: bool | None = None,
    sync: bool = False,
    retries: int | None = None,
    preset: str | None = None,
    cache: bool = True,
    out_dir: str | os.PathLike[str] | None = None,
    embed: bool | None = None,
    a1111: bool = False,
    **parameters: Any,
) -> Sweep:
    """Plan one call over a grid of values and return the Sweep; nothing is sent before its `run()`.

    Parameters
    ----------
    image, function, prompt
        As for `edit`; without image and function it sweeps text to image: `sweep(prompt="...", size=[...])`. A list
        of prompts is an axis too, and so are the words of `{red|blue}` in a prompt; `{{` and `}}` are braces.
    mask, keep, invert, model, fit, paste_back, sync, retries, preset, cache, out_dir, embed, a1111
        As for `edit`, the same for every cell.
    parameters
        DashScope's names. Every list (or tuple, range, array) of values is an axis: `strength=[0, .25, .5, .75, 1]`,
        `seed=[1, 2]`, and for outpaint `to=["1:1", "16:9"]`. At most 100 values an axis and 400 cells.

    Raises
    ------
    InvalidRequest
        When picture, function or axes cannot be used. Values outside a parameter's range make invalid cells, which
        the plan lists.
    """
    return make(
        current(),
        image=image,
        function=function,
        prompt=prompt,
        model=model,
        values=parameters,
        mask=mask,
        keep=keep,
        invert=invert,
        fit=fit,
        paste_back=paste_back,
        sync=sync,
        retries=retries,
        preset=preset,
        cache=cache,
        out_dir=out_dir,
        embed=embed,
        a1111=a1111,
    )


def batch(
    source: Any, *, function: str | None, model: str | None, name: str | None, given: dict[str, Any], **options: Any
) -> Batch:
    """Plan a batch for the front door, which has a function of this name; see there."""
    return make_batch(current(), source, function=function, model=model, given=given, name=name, options=options)


def rerun(
    subject: Any,
    *,
    on: str | None = None,
    image: Any = None,
    mask: Any = None,
    invert: bool | None = None,
    fit: bool | None = None,
    sync: bool | None = None,
    paste_back: bool | None = None,
    retries: int | None = None,
    preset: str | None = None,
    cache: bool = True,
    max_cost: float | None = None,
    out_dir: str | os.PathLike[str] | None = None,
    embed: bool | None = None,
    a1111: bool = False,
    **changes: Any,
) -> Job:
    """Send the request of a picture or Job again and return the Job at once; unchanged it is answered from disk.

    Parameters
    ----------
    subject
        A Picture, its path, its Record, a Result, a Job or its id.
    on
        Another model to send it to: a name, or "successor" for what follows a model that retires. What cannot go along
        is named in the Job's notes; `compare` lays old and new side by side.
    image, mask
        In place of what was sent; needed when that is not found any more.
    invert, fit, sync, paste_back
        As for `edit`; None leaves them as they were sent.
    cache
        False draws again although nothing is changed.
    retries, max_cost, out_dir, embed, a1111
        As for `t2i`.
    preset
        A style for its prompt as it was sent; the style's parameters take the place of what was sent.
    changes
        `seed`, `strength` and every other parameter that is to differ, under DashScope's name.

    Raises
    ------
    InvalidRequest, MissingApiKey, BudgetExceeded
        Before anything was sent.
    """
    session = current()
    plan = plan_rerun(
        session,
        find(session, subject),
        on=on,
        images=() if image is None else tuple(image) if isinstance(image, list | tuple) else (image,),
        mask=mask,
        changes=changes,
        invert=invert,
        fit=fit,
        sync=sync,
        paste_back=paste_back,
        retries=retries,
        preset=preset,
        cache=cache,
        out_dir=out_dir,
        embed=embed,
        a1111=a1111,
    )
    return session.send(plan, max_cost=max_cost)


def compare(before: Any, after: Any) -> Compare:
    """Set two pictures side by side; shown, it is a static sheet and a caption that links a page.

    The page lies beside the first saved picture: slider, side by side, blink and difference in one HTML file.

    Parameters
    ----------
    before, after
        Picture, path, PIL image, uint8 array, bytes, data URL, Mask; a Job is waited for, an http(s) URL is fetched.

    Raises
    ------
    InvalidRequest
        When one is no picture.
    """
    return with_page(before, after)


def jobs() -> JobList:
    """Return the Jobs of this process, the oldest first; `to_dataframe()` has a row for each.

    Shown, they are a table with the newest first, where a batch is one line.
    """
    return JobList(current(), current().clock.now)


def cost(*, everything: bool = False) -> Report[Costs]:
    """Return what was spent by list price, before free quota and savings plan: of this account, or of every one.

    Shown, it is tables by time, model and notebook; `to_dataframe()` has a row for each of their lines.
    """
    found = current().costs(everything=everything)
    return Report(found, costs.rows(found), costs.bundle(found, spoken()))


def models(kind: Literal["t2i", "edit"] | None = None) -> Report[specs.Model]:
    """Return the models of the table, with prices, limits and dates.

    Raises
    ------
    InvalidRequest
        When `kind` is neither.
    """
    if kind not in (None, "t2i", "edit"):
        raise InvalidRequest(sentence('kind must be "t2i" or "edit", got {kind!r}', kind=kind))
    found = specs.models(kind)
    shown = help_pages.models(spoken(), specs.day(current().clock.now()), found)
    return Report(found, listings.model_rows(found), shown)


def doctor() -> Report[checks.Finding]:
    """Return what is found about versions, settings, key, network and folders; nothing is sent that costs money."""
    found = checks.examine(current())
    rows = [{"state": each.state, "name": each.name, "text": each.text} for each in found]
    return Report(found, rows, listings.findings(found, checks.firewall_list(), spoken()))


def resume(
    send: bool | Sequence[str] = (), *, adopt: str | Sequence[str] = (), forget: str | Sequence[str] = ()
) -> Resumed:
    """Take up what an earlier kernel left: every unfinished task of this account that is younger than 24 hours.

    Parameters
    ----------
    send
        Ids of jobs that were never sent, or True for all of them: they are sent now. Nothing else creates a task.
    adopt
        Ids of tasks whose pictures lie in `unclaimed` and that are yours.
    forget
        Ids of uncertain jobs that own none of those tasks.

    Returns
    -------
    Resumed
        `jobs` go on now; its other lists hold what could not be taken up, and why.

    Raises
    ------
    InvalidRequest
        For a name that is not among those that are offered.
    """
    sent = send if isinstance(send, bool) else _names(send, "send")
    return resume_rows(current(), sent, adopted=_names(adopt, "adopt"), forgotten=_names(forget, "forget"))


def _names(given: object, what: str) -> Sequence[str]:
    names = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, Iterable) else None
    if names is None or not all(isinstance(name, str) for name in names):
        raise InvalidRequest(sentence("{what} takes one id or a list of ids, got {given!r}", what=what, given=given))
    return names


class _Pictures:
    """What a Picture does by itself."""

    def edit(self, image: Any, function: str | None, prompt: str, /, **parameters: Any) -> Job:
        return edit(image, function, prompt, **parameters)

    def compare(self, image: Any, other: Any, /) -> Compare:
        return compare(image, other)


Delegate.actions = _Pictures()
