"""Park: submit into the service's own queue, write the task id down, and leave; the row waits for whoever collects it.

The runner calls it for Jobs that `parks` is set of. No place is taken here, since the task waits at the service.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..reconcile.search import Search
from .finish import finish
from .run import Run
from .services import Services
from .submit import Sender


async def park(run: Run, sender: Sender, services: Services, resume: Callable[[Run], Awaitable[None]]) -> None:
    """Send a Job whose row is written, and let go of it once its task id is, too.

    One that a call of this process has come to wait for meanwhile is seen to its end by `resume`.
    """
    sent = await sender.send(run)
    if isinstance(sent, Search):
        await sender.look_again(run, sent)
    elif sent is not None:  # of a synchronous call, which is answered at once
        await finish(run, sent, services)
        return
    if not run.job.leave():
        await resume(run)
