"""An error, or a picture that is missing, put into the user's language: what it is, what it means, what to do, its ids.

Every surface asks here: captions, cards, sweeps, tables, the command line. Each lays out the parts in its own way.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import specs
from ..errors import BailianError, Front, spelled
from ..jobs.job import Job
from ..jobs.result import SlotError
from ..texts.catalogue import say
from ..texts.signs import sign


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One failure in words; nothing is escaped yet, and what is not known is "".

    Parameters
    ----------
    code
        DashScope's code; for an error without one, the name of its class.
    meaning, todo
        What the table says of the code, in the user's language. An error's own hint comes before the table's advice.
    message
        The service's sentence, or ours.
    request_id, task_id
        The service's ids, for its support.
    head
        What failed: the number of a picture, or the label of a Job.
    """

    code: str
    meaning: str = ""
    message: str = ""
    todo: str = ""
    request_id: str = ""
    task_id: str = ""
    head: str = ""

    @property
    def reason(self) -> str:
        """Return meaning and message as sentences one after the other."""
        return f"{self.meaning}. {self.message}".rstrip() if self.meaning else self.message

    @property
    def named(self) -> str:
        """Return the code with what it means in parentheses."""
        return f"{self.code} ({self.meaning})" if self.meaning else self.code

    def ids(self, lang: str) -> tuple[str, ...]:
        """Return the ids that are known, each behind its name."""
        found = (("request", self.request_id), ("task", self.task_id))
        return tuple(f"{say(name, lang)} {value}" for name, value in found if value)

    def advice(self, lang: str) -> str:
        """Return what to do, introduced as advice."""
        return f"{say('todo', lang)}{sign('colon', lang)}{self.todo}" if self.todo else ""

    def __str__(self) -> str:
        """Return all but the ids in one line, punctuated as our errors are."""
        return str(BailianError(self.reason, code=self.code, hint=self.todo))


def explain(error: BailianError, lang: str, *, head: str = "", front: Front | None = None) -> Explanation:
    """Return an error in words, whether it comes from the service or from us, as they are written at `front`."""
    front = error.front if front is None else front
    row = specs.lookup(error.code, error.message, error.http_status)
    known = bool(error.code) and row in specs.CODES
    # The client gives errors the table's advice in English; any other hint says more of this one case than the table.
    ours = error.hint and error.hint != row.todo.en
    return Explanation(
        code=short(error),
        meaning=row.meaning.get(lang) if known else "",
        message=error.message if error.code else spelled(error.message, front),  # the service's words stay
        todo=spelled(error.hint if ours else row.todo.get(lang) if known or error.hint else "", front),
        request_id=error.request_id,
        task_id=error.task_id,
        head=head,
    )


def explain_slot(slot: SlotError, lang: str, *, request_id: str = "", front: Front = "python") -> Explanation:
    """Return in words why one of several pictures is missing; `request_id` is that of the answer that said so."""
    row = specs.lookup(slot.code, slot.message)
    return Explanation(
        code=slot.code,
        meaning=row.meaning.get(lang) if row in specs.CODES else "",
        message=slot.message,
        todo=spelled(row.todo.get(lang), front),
        request_id=request_id,
        head=say("picture_failed", lang, number=slot.index + 1),
    )


def failures(job: Job, lang: str) -> list[Explanation]:
    """Return what went wrong with a Job: each picture that is missing, then the error that ended it."""
    found = []
    if (result := job.outcome) is not None:
        found = [explain_slot(slot, lang, request_id=result.request_id, front=job.front) for slot in result.errors]
    return [*found, *([explain(job.error, lang, head=job.label, front=job.front)] if job.error is not None else [])]


def short(error: BailianError) -> str:
    """Return an error in one word: DashScope's code, or the name of its class where there is none."""
    return error.code or type(error).__name__
