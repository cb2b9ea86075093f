"""JobList: the Jobs of this process as `wan.jobs()` returns them, a list that is also a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..jobs.job import Job
from ..session import front
from ..session.listed import Listed
from ..system.language import spoken
from . import job_table
from .report import frame_of
from .tables import Bundle, literal

if TYPE_CHECKING:
    import pandas


class JobList(list[Job]):
    """Jobs, the oldest first; shown in a front end they are a list that moves while one of them does.

    Parameters
    ----------
    here
        Has the Jobs, now and whenever the list is shown.
    now
        Gives seconds since 1970, at which ages end.
    """

    def __init__(self, here: Listed, now: Callable[[], float]) -> None:
        super().__init__(here.jobs())
        self._here = here
        self._now = now

    def to_dicts(self) -> list[dict[str, object]]:
        """Return one dict for each Job: job, prompt, call, status, age and rest in seconds, cost in CNY, and more."""
        return job_table.data(self, now=self._now())

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the same as a pandas DataFrame; InvalidRequest where pandas is not installed."""
        rows = self.to_dicts()
        return frame_of(rows, tuple(rows[0]) if rows else ())

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        """Show the table where no notebook display is registered."""
        return literal(job_table.jobs(self, spoken(), now=self._now(), groups=self._here.groups()))

    def _ipython_display_(self) -> None:
        display = front.here.display
        if display is None:
            raise NotImplementedError
        display.show_jobs(self._here)
