"""Pictures in and out: what users hand over, what goes on the wire, small pictures to show."""

from __future__ import annotations

from .decode import MAX_PIXELS, MAX_SERVED_PIXELS, MIME, PNG_SIGNATURE, Chunk, decode, picture_type, png_chunks
from .input import Input
from .lettering import clipped, lettered
from .mask_input import read_mask, wrong_way_round
from .reading import read_input
from .thumbnail import framed, jpeg_thumbnail, thumbnail

__all__ = [
    "MAX_PIXELS",
    "MAX_SERVED_PIXELS",
    "MIME",
    "PNG_SIGNATURE",
    "Chunk",
    "Input",
    "clipped",
    "decode",
    "framed",
    "jpeg_thumbnail",
    "lettered",
    "picture_type",
    "png_chunks",
    "read_input",
    "read_mask",
    "thumbnail",
    "wrong_way_round",
]
