"""What a Picture can do by itself, through whoever is above: `session` gives it that.

The two types that it returns stand on higher floors. They are named here, for type checkers alone and in this file
alone: a user's `picture.edit(...)` is a Job like any other, and nothing of it is imported when the package runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ..jobs.job import Job as Job
    from ..views.compare import Compare as Compare


class Actions(Protocol):
    """What session lets a Picture do; without it a Picture is a file and its Record."""

    def edit(self, image: Any, function: str | None, prompt: str, /, **parameters: Any) -> Job:
        """Start an edit of `image` and return its Job."""

    def compare(self, image: Any, other: Any, /) -> Compare:
        """Set both side by side and return what shows them."""
