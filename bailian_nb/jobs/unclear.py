"""What the user is told and asked when nobody can say what became of a create call that broke half-way.

`submit` asks here once the search has ended without a task that is certainly the Job's.
"""

from __future__ import annotations

import asyncio

from ..errors import SubmitUncertain
from ..gallery import Picture
from ..reconcile.search import Search, Verdict
from ..system.language import sentence
from .run import Run
from .save import UNCLAIMED
from .services import Services


async def unclear(run: Run, search: Search, verdict: Verdict, doubt: str, services: Services) -> SubmitUncertain:
    """Say what is known where nobody can tell whose a task is, or where there is none."""
    request_id, give_up = (
        search.attempt.request_id,
        sentence("Give it up (`%wan resume --forget {row_id}`)", row_id=search.attempt.row_id),
    )
    if verdict.unclear:
        return await _set_apart(run, search, verdict, services)
    if verdict.unread:
        names = ", ".join(verdict.unread)
        return SubmitUncertain(
            sentence(
                "the create call broke, and task(s) that may be its own cannot be asked for: {names}", names=names
            ),
            hint=sentence("It is not sent again; %wan resume looks once more."),
            request_id=request_id,
            later=True,
        )
    if verdict.unpaid:
        names = ", ".join(verdict.unpaid)
        return SubmitUncertain(
            sentence(
                "the create call broke, and the only task(s) that may be its own failed and are not billed: {names}",
                names=names,
            ),
            hint=sentence(
                "{give_up} so that it can be run again, or look once more with %wan resume.", give_up=give_up
            ),
            request_id=request_id,
            later=True,
        )
    doubt = verdict.doubt or doubt or (verdict.gaps if search.settled else "")
    known = f"but {doubt}" if doubt else sentence("a row may come late, so one may exist")
    return SubmitUncertain(
        sentence("the create call broke, and the service's task list shows no task of it so far: {known}", known=known),
        hint=sentence(
            "It is not sent again; %wan resume looks once more. Giving it up (`%wan resume --forget "
            "{row_id}`) and sending it anew pays twice where one comes up later.",
            row_id=run.row_id,
        ),
        request_id=request_id,
        later=True,
    )


async def _set_apart(run: Run, search: Search, verdict: Verdict, services: Services) -> SubmitUncertain:
    """Save what may be ours under `unclaimed`, for the user to say; what lies there already stays as it is."""
    folder = run.folder / UNCLAIMED
    names = [row.task_id for row, _ in verdict.unclear]
    new = [(row, answer) for row, answer in verdict.unclear if row.task_id not in verdict.apart | verdict.elsewhere]
    pictures: list[Picture] = []
    whole = True
    for _, answer in new:
        saved, complete = await services.save.unclaimed(run, answer, names)
        pictures += saved
        whole = whole and complete
    for row, _ in new if whole else ():  # else they stay open, and the next resume saves them anew
        await asyncio.to_thread(
            services.journal.orphans.judge,
            search.account.base_url,
            row.task_id,
            "unclaimed",
            job=search.attempt.row_id,
            folder=str(folder),
        )
    where = (
        sentence("{count} picture(s) of them are saved in {folder}", count=len(pictures), folder=folder)
        if new
        else sentence("they are set apart already")
    )
    name = search.attempt.row_id
    task = f"{name}=TASK" if verdict.elsewhere else "TASK"
    return SubmitUncertain(
        sentence(
            "the create call broke, and {count} task(s) in the list may be its own: {names}. {where}",
            count=len(names),
            names=", ".join(names),
            where=where,
        ),
        hint=sentence(
            "`%wan resume --adopt {task}` takes one, `%wan resume --forget {name}` none.", task=task, name=name
        )
        if whole
        else sentence("Some could not be fetched yet: %wan resume tries again."),
        request_id=search.attempt.request_id,
        later=verdict.beside or not whole,
    )
