"""A Mask as bytes and back: one bit a pixel, rows on whole bytes, deflated; js/src/pixels/mask_codec.ts does the same.

`painting` keeps its checkpoints in this form, and `painter` reads and writes it on the comm.
"""

from __future__ import annotations

import zlib

from ..errors import InvalidRequest
from ..masks import Mask
from ..masks.mask import from_bits, to_bits


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
    length = (size[0] + 7) // 8 * size[1]
    stream = zlib.decompressobj()
    try:
        packed = stream.decompress(data, length + 1)
    except zlib.error as error:
        raise InvalidRequest(f"the painter's bitmap cannot be read: {error}") from error
    if len(packed) != length or not stream.eof:
        raise InvalidRequest(f"the painter's bitmap has {len(packed)} bytes, {size[0]}x{size[1]} pixels have {length}")
    return packed


def checksum(packed: bytes) -> int:
    """Return the CRC-32 by which both sides tell whether they have the same mask."""
    return zlib.crc32(packed)
