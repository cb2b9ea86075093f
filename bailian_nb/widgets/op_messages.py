"""One message of the painter's page that changes a mask, carried out on a Painting; `painter` calls this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from . import mask_codec
from .ops import checked
from .painting import Painting

Complaint = Literal["", "painter_differs", "painter_damaged"]


def carry_out(painting: Painting, content: Mapping[str, Any], buffers: Sequence[bytes], *, current: bool) -> Complaint:
    """Draw the op of a message and return what the user is to be told, as a key of the catalogue.

    Parameters
    ----------
    current
        Whether the page knew the painting as it is: only then its bitmap says that the two draw differently.

    Raises
    ------
    InvalidRequest
        When the op has not the form of one.
    """
    op = content.get("op")
    name = op.get("op") if isinstance(op, Mapping) else None
    packed, damaged = _bits(painting.size, content, buffers)
    complaint: Complaint = "painter_damaged" if damaged else ""
    if name == "load":
        differs = content.get("differs") is True
        if packed is not None and (current or not differs):
            painting.put(mask_codec.unpack(painting.size, packed), by_hand=True)
        return "painter_differs" if differs else complaint
    if name == "undo":
        painting.undo()
    elif name == "redo":
        painting.redo()
    elif content.get("anew") is not True:
        painting.do(checked(op), by_hand=True)
    elif current:  # else the last step is no longer the one that the page means
        painting.do_anew(checked(op))
    # A page that was built from older sources sends its bitmap with every op. One that did not know our last state
    # shows another mask; it adopts ours with the next `shown`.
    if packed is not None and current and painting.packed != packed:
        painting.put(mask_codec.unpack(painting.size, packed), by_hand=True)
        return "painter_differs"
    return complaint


def _bits(size: tuple[int, int], content: Mapping[str, Any], buffers: Sequence[bytes]) -> tuple[bytes | None, bool]:
    """Return the page's bitmap, None where none came whole, and whether one was damaged on its way."""
    if not buffers:
        return None, False
    if content.get("bits") == "raw":
        return mask_codec.whole(size, buffers[0]), False
    packed = mask_codec.inflate(size, buffers[0])
    whole = mask_codec.checksum(packed) == content.get("crc")
    return (packed, False) if whole else (None, True)
