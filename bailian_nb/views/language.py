"""Which language a view speaks where nobody has said so. Displays, commands and the command line ask here."""

from __future__ import annotations

from .. import config
from ..errors import BailianError
from ..session import session as sessions


def language() -> str:
    """Return the language that is configured now; English where the settings cannot be read.

    What is wrong with them is said by the next call and by doctor: neither help nor a drawing stops for it.
    """
    try:
        return config.load(sessions.front.overrides).lang
    except BailianError:
        return "en"
