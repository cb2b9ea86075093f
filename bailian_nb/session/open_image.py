"""A picture that is looked at here instead of being sent: a Job is waited for, an http(s) URL is fetched.

Called by `views.compare` and by the painter. What goes to the service is read by `images.read_input`, URLs unread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DownloadError, InvalidRequest
from ..images.reading import load_picture
from ..images.sources import collect, is_open_file
from ..planning.inputs import first_picture
from ..system.language import sentence
from ..system.loops import wait_or_cancel
from . import session as sessions

if TYPE_CHECKING:
    from PIL import Image

LONGEST = 120.0
"""Seconds that a picture may take to be fetched."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One picture, read.

    Parameters
    ----------
    given
        What a call is to be made with: a Picture where a Job was given, the fetched bytes for a URL.
    image
        Its pixels, upright.
    data
        The file's own bytes where nothing was done to them, else None.
    kind
        What the bytes are, by their content: "png", "jpeg" ...
    name
        The file's name without folder and ending, "" where there is none.
    host
        Where it was fetched from, "" for what was here.
    """

    given: Any
    image: Image.Image
    data: bytes | None = field(default=None, repr=False)
    kind: str = ""
    name: str = ""
    host: str = ""


def look(value: Any, what: str) -> Seen:
    """Read a path, PIL image, array, bytes, Picture, Mask, data URL, a Job or an http(s) URL; `what` names it.

    Raises
    ------
    InvalidRequest
        When it is no picture, or an oss:// URL.
    DownloadError
        When a URL cannot be fetched within `LONGEST` seconds.
    """
    given = first_picture(value)
    source, host = collect(given, what), ""
    given = source.data if is_open_file(given) else given  # who looks now, sends later
    name = Path(source.name).stem
    if source.url:
        given, host = _fetched(source.url, what), source.url.split("/")[2]
        source = collect(given, what)
    image, data, kind, _ = load_picture(source, what)
    return Seen(given=given, image=image, data=data, kind=kind, name=name, host=host)


def _fetched(url: str, what: str) -> bytes:
    if url.startswith("oss:"):
        raise InvalidRequest(
            sentence("{what} is an oss:// URL, which cannot be read here; give the file that was uploaded", what=what)
        )
    session = sessions.current()
    settings = session.settings()
    account = session.account(session.target(settings), settings)
    try:
        return wait_or_cancel(session.loop.submit(account.client.fetch_input(url)), LONGEST)
    except TimeoutError:
        raise DownloadError(
            sentence("{what} cannot be fetched: no answer within {seconds:g} s", what=what, seconds=LONGEST)
        ) from None
