"""A Mask as bytes and back: one bit a pixel, rows on whole bytes; js/src/pixels/mask_codec.ts does the same.

Python sends them deflated; a page sends them as they are, since it could not deflate them in the task that sends. Pages
that were built from older sources deflate them, too.

`painting` keeps its checkpoints in this form, and `painter` reads and writes it on the comm.
"""

from __future__ import annotations

import zlib

from ..errors import InvalidRequest
from ..masks import Mask
from ..masks.mask import from_bits, to_bits
from ..system.language import sentence


def pack(mask: Mask) -> bytes:
    """Return the mask's bits; the first pixel of a row is the highest bit of its first byte."""
    return to_bits(mask)


def unpack(size: tuple[int, int], packed: bytes) -> Mask:
    """Return the Mask that `pack` was given."""
    return from_bits(size, packed)


def deflate(packed: bytes) -> bytes:
    return zlib.compress(packed, 6)


def inflate(size: tuple[int, int], data: bytes) -> bytes:
    """Return the bits of a mask of `size`, never more than these.

    Raises
    ------
    InvalidRequest
        When `data` is no zlib stream of exactly so many bytes.
    """
    stream = zlib.decompressobj()
    try:
        packed = stream.decompress(data, _length(size) + 1)
    except zlib.error as error:
        raise InvalidRequest(sentence("the painter's bitmap cannot be read: {error}", error=error)) from error
    return whole(size, packed, ended=stream.eof)


def whole(size: tuple[int, int], packed: bytes, *, ended: bool = True) -> bytes:
    """Return the bits of a mask of `size` as they came.

    Raises
    ------
    InvalidRequest
        When there are not exactly so many bytes, or they have not `ended` there.
    """
    length = _length(size)
    if len(packed) != length or not ended:
        raise InvalidRequest(
            sentence(
                "the painter's bitmap has {count} bytes, {size}x{size2} pixels have {length}",
                count=len(packed),
                size=size[0],
                size2=size[1],
                length=length,
            )
        )
    return packed


def checksum(packed: bytes) -> int:
    """Return the CRC-32 by which both sides tell whether they have the same mask."""
    return zlib.crc32(packed)


def _length(size: tuple[int, int]) -> int:
    return (size[0] + 7) // 8 * size[1]
