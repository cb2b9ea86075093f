"""The body of an answer, read up to a limit that holds for what comes out of unpacking, too; `transport.py` uses it.

We ask for `identity`, and the service and its stores keep to that. gzip is unpacked all the same, since it is what
gateways and proxies put around an answer that nobody asked to have packed, and the answer to a create call must not be
lost for that. Anything else, and gzip in gzip, is no slip of a gateway and is not unpacked.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import httpx

from ..system.language import sentence
from .meter import Excess

_PIECE = 64 * 1024
_SWELLS_FREELY = 8 * 1024 * 1024
_SWELLS = 100
"""How many times as large as on the wire a body of more than 8 MB may become: pictures are packed already."""


class Packed(Exception):
    """The body cannot be unpacked, or should not be; the text goes on after the name of the host."""


async def read_body(response: httpx.Response, most: int, into: bytearray | None = None) -> bytes:
    """Return the body of an open answer; `into` holds what has come of it, also where it breaks off.

    Raises
    ------
    Excess
        When it is longer than `most` bytes; no more than that, and a little, is ever held.
    Packed
        When it is packed in another way than gzip, or is no whole gzip.
    """
    layers = [layer for name in response.headers.get_list("content-encoding", True) if (layer := _layer(name))]
    gunzip = _Gunzip() if layers == ["gzip"] else None
    body = bytearray() if into is None else into
    came = 0
    async for data in response.aiter_raw():
        if layers and gunzip is None and data:
            raise Packed(
                sentence("sent an answer packed as {names}, which was not asked for", names=", ".join(layers)[:60])
            )
        came += len(data)
        for piece in (data,) if gunzip is None else gunzip.pieces(data):
            body += piece
            if len(body) > most:
                raise Excess(sentence("sent more than {most} bytes", most=most))
            if len(body) > _SWELLS_FREELY and len(body) > came * _SWELLS:
                raise Excess(
                    sentence(
                        "sent {came} bytes that swell to more than {SWELLS} times as many", came=came, SWELLS=_SWELLS
                    )
                )
    if gunzip is not None and came and not gunzip.ended:
        raise Packed(sentence("sent gzip that breaks off"))
    return bytes(body)


def _layer(name: str) -> str:
    """Return the name of one coding, ``""`` for one that changes nothing."""
    name = name.strip().lower()
    return {"identity": "", "x-gzip": "gzip"}.get(name, name)


class _Gunzip:
    """Unpacks in pieces of at most 64 kB, however much is in what came."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def ended(self) -> bool:
        return self._inflate.eof

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Unpack what came.

        Raises
        ------
        Packed
            When it is no gzip, or goes on after its end.
        """
        full = True
        while (data or full) and not self.ended:
            try:
                piece = self._inflate.decompress(data, _PIECE)
            except zlib.error:
                raise Packed(sentence("sent what is no gzip, though it says so")) from None
            yield piece
            data, full = self._inflate.unconsumed_tail, len(piece) == _PIECE
        if self._inflate.unused_data or (data and self.ended):
            raise Packed(sentence("sent more after the end of its gzip"))
