"""The surroundings of a call: a script, or a notebook that somebody looks at. `here` holds the one of this process.

This imports next to nothing, so that a notebook can put its own here before anything else is loaded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import InvalidRequest
from ..system.language import sentence, speak

if TYPE_CHECKING:
    from ..gallery import Actions
    from ..gallery.actions import Compare, Job
    from ..jobs.job import Display


class Front(Protocol):
    """What the surroundings say: who looks on, and how a Job is shown."""

    @property
    def display(self) -> Display | None:
        """Return what shows Jobs, None where nobody looks on."""

    @property
    def overrides(self) -> Mapping[str, Any]:
        """Return settings that were set for this kernel."""

    def interactive(self) -> bool:
        """Tell whether somebody is at a front end or prompt."""


class ScriptFront:
    """No notebook: a script, or Python's own prompt."""

    display: Display | None = None
    overrides: Mapping[str, Any] = {}

    def interactive(self) -> bool:
        return hasattr(sys, "ps1")


here: Front = ScriptFront()
"""Who looks on; a notebook puts its own here."""


def _language() -> str:
    from .. import config

    return config.language(here.overrides)


def _sentences(language: str) -> Mapping[str, str]:
    from ..texts import chinese

    return chinese.of(language)


speak(_language, _sentences)


def document() -> str:
    """Return the file name of the notebook or script that runs, "" where nobody says; for the ledger."""
    named = os.environ.get("JPY_SESSION_NAME") or (sys.argv[0] if sys.argv else "")
    name = PurePath(named).name
    return name if name.endswith((".ipynb", ".py")) and name != "ipykernel_launcher.py" else ""


class Delegate:
    """Passes what a Picture is asked to do on to whoever registered for it."""

    actions: Actions | None = None

    def edit(self, image: Any, function: str | None, prompt: str, /, **parameters: Any) -> Job:
        if Delegate.actions is None:
            raise InvalidRequest(sentence("import bailian_nb and use bailian_nb.edit(picture, ...)"))
        return Delegate.actions.edit(image, function, prompt, **parameters)

    def compare(self, image: Any, other: Any, /) -> Compare:
        if Delegate.actions is None:
            raise InvalidRequest(sentence("import bailian_nb and use bailian_nb.compare(picture, other)"))
        return Delegate.actions.compare(image, other)
