"""The settings that hold now, wherever they were set: `%wan config` and `bailian-nb config` list them."""

from __future__ import annotations

from .. import config
from ..texts.catalogue import say
from .session import Session


def in_force(session: Session, lang: str) -> dict[str, object]:
    """Return every setting by name, with the folders and the key (its last four signs) below them."""
    settings = session.settings()
    names = [name for name in settings.__dataclass_fields__ if name != "configured"]
    return {
        **{name: getattr(settings, name) for name in names},
        "limits": settings.limits and settings.limits.shown,
        say("config_pictures", lang): config.out_dir(settings),
        "BAILIAN_NB_HOME": session.home,
        say("config_key", lang): config.find_key() or say("config_no_key", lang),
    }
