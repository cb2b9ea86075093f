"""Pictures that were given as URLs, fetched where a masked edit needs their pixels: mask check and paste-back.

`session` hands this to the runner as the last step before a call is sent. The service gets the URLs as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from ..client import Client
from ..errors import BailianError, DownloadError, InvalidRequest
from ..images import Input, read_mask
from ..images.reading import load_picture
from ..images.sources import Source
from ..planning.plan import Plan
from ..request import Request
from ..system.language import sentence, together

LONGEST = 60.0
"""Seconds that one picture may take; then the call goes out without it."""
AT_ONCE = 3
"""Pictures that are fetched at the same time: looking up a host takes a worker thread, and others need some, too."""
Fetch = Callable[[str], bytes]
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def ahead(plan: Plan, client: Client) -> Callable[[], Coroutine[Any, Any, Request]] | None:
    """Return what makes the Plan's Request whole on the runner's loop, None where nothing is left to do.

    No worker thread waits for a host: one is taken only for the work on the bytes.
    """
    if plan.request is not None and not _needs(plan.request):
        return None

    async def whole() -> Request:
        request = await asyncio.to_thread(plan.require)
        if not _needs(request):
            return request
        fetched = {picture.url: await _fetched(picture.url, client) for picture in _missing(request)}
        return await asyncio.to_thread(with_pixels, request, lambda url: _given(fetched, url))

    return whole


async def _fetched(url: str, client: Client) -> bytes | BailianError:
    places = _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    try:
        async with places:
            return await asyncio.wait_for(client.fetch_input(url), LONGEST)
    except TimeoutError:
        return DownloadError(sentence("it took more than {LONGEST:g} s", LONGEST=LONGEST))
    except BailianError as error:
        return error


def _given(fetched: Mapping[str, bytes | BailianError], url: str) -> bytes:
    found = fetched[url]
    if isinstance(found, BailianError):
        raise found
    return found


def with_pixels(request: Request, fetch: Fetch) -> Request:
    """Return the Request with the bytes of its URLs, as far as the paste-back needs them, and what is to be said.

    What cannot be had costs the paste-back and nothing else.

    Raises
    ------
    InvalidRequest
        When the mask does not go with the picture: nothing was sent.
    """
    if not _needs(request) or request.mask is None:
        return request
    said: list[str] = []
    missing: list[str] = []
    image = _image(request.images[0], fetch, said, missing)
    mask = _mask(request.mask, image, fetch, said, missing)
    if missing:
        said.append(sentence("not pasted back: {names}", names=together(missing)))
    return replace(
        request,
        images=(image, *request.images[1:]),
        mask=mask,
        paste_back=not missing,
        warnings=(*request.warnings, *said),
    )


def _needs(request: Request) -> bool:
    return request.paste_back and request.mask is not None and any(not picture.data for picture in _pasted(request))


def _missing(request: Request) -> list[Input]:
    """Return the pictures that are to be fetched."""
    return [picture for picture in _pasted(request) if not picture.data and picture.kind != "oss"]


def _pasted(request: Request) -> list[Input]:
    return [picture for picture in (*request.images[:1], request.mask) if picture]


def _image(image: Input, fetch: Fetch, said: list[str], missing: list[str]) -> Input:
    data = _bytes(image, "image", fetch, said, missing)
    if data is None:
        return image
    try:
        upright, _, _, notes = load_picture(Source(data=data, name=image.name), "image")
    except InvalidRequest as error:
        missing.append(error.message)
        return image
    if notes:  # the service reads the file, and nobody says which way up
        missing.append(
            sentence(
                "the picture at {place} is stored another way than it is shown ({names})",
                place=_place(image),
                names="; ".join(notes),
            )
        )
        return image
    return _filled(image, Input.from_bytes(data, upright.size))


def _mask(mask: Input, image: Input, fetch: Fetch, said: list[str], missing: list[str]) -> Input:
    data = _bytes(mask, "mask", fetch, said, missing)
    if data is None:
        return mask
    read = read_mask(data, image)
    if mask.kind == "bytes":
        return mask
    said.extend(
        [
            *read.warnings,
            *(
                sentence("mask at {place}: {note}, but it is sent as it is", place=_place(mask), note=note)
                for note in read.notes
            ),
        ]
    )
    return _filled(mask, read)


def _bytes(picture: Input, what: str, fetch: Fetch, said: list[str], missing: list[str]) -> bytes | None:
    if picture.data:
        return picture.data
    if picture.kind == "oss":
        missing.append(sentence("the {what} is an oss:// address, which cannot be read back", what=what))
        return None
    try:
        data = fetch(picture.url)
    except BailianError as error:
        missing.append(
            sentence(
                "the {what} at {place} could not be fetched ({message})",
                what=what,
                place=_place(picture),
                message=error.message,
            )
        )
        return None
    said.append(
        sentence(
            "{what} fetched from {place} for mask check and paste-back ({count} bytes)",
            what=what,
            place=_place(picture),
            count=len(data),
        )
    )
    return data


def _filled(picture: Input, read: Input) -> Input:
    """Return the picture with its bytes: it still goes to the service as its URL."""
    return replace(picture, data=read.data, mime=read.mime, width=read.width, height=read.height, sha256=read.sha256)


def _place(picture: Input) -> str:
    """Name a URL without its query, which may be a signature."""
    parts = urlsplit(picture.url)
    return f"{parts.hostname or ''}{parts.path}"
