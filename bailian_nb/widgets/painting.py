"""Painting: a mask, the ops that made it, undo and redo. The painter's Python side without any widget.

It may be read on one thread while it is changed on another, one change at a time: what is handed out never changes.

Ops are the truth. Checkpoints keep undo quick: one after each of the last ops, and after some of the older ones, so
that a long session does not fill the memory. Replaying the ops gives the same masks as the checkpoints.
"""

from __future__ import annotations

import zlib

from ..masks import Mask
from . import mask_codec
from .ops import Op, copied, drawn, load_op

LAST = 16
"""So many of the last ops have a checkpoint each."""
EVERY = 8
"""Of the older ops one in so many has a checkpoint: undo replays fewer ops than this."""


class Painting:
    """The state of one painter.

    Parameters
    ----------
    size
        (width, height) of the picture in pixels.
    start
        A mask to begin with; it counts as the first op and can be undone.
    """

    def __init__(self, size: tuple[int, int], start: Mask | None = None) -> None:
        self.size = size
        self.mask = Mask.like(size)
        self.packed = mask_codec.pack(self.mask)
        self._ops: tuple[Op, ...] = ()
        self._undone: list[Op] = []
        self._checkpoints: dict[int, bytes] = {}
        if start is not None:
            self.put(start)

    @property
    def ops(self) -> list[Op]:
        """A copy of the ops that made the mask, the first one first."""
        return [copied(op) for op in self._ops]

    @property
    def depth(self) -> int:
        """How many steps can be undone."""
        return len(self._ops)

    @property
    def ahead(self) -> int:
        """How many steps can be redone."""
        return len(self._undone)

    def do(self, op: Op) -> None:
        """Draw one op."""
        self._append(op, drawn(self.mask, op))

    def put(self, mask: Mask) -> None:
        """Take a whole mask as it is; it becomes an op that holds it."""
        if mask.size != self.size:
            raise ValueError(f"a mask of {mask.size} does not fit a painting of {self.size}")
        self._append(load_op(mask), mask)

    def undo(self) -> bool:
        """Undo the last op; False when there is none."""
        if not self._ops:
            return False
        self._checkpoints.pop(len(self._ops), None)
        self._undone.append(self._ops[-1])
        self._ops = self._ops[:-1]
        self._set_mask(self._replay())
        return True

    def redo(self) -> bool:
        """Redo the op that was undone last; False when there is none."""
        if not self._undone:
            return False
        op = self._undone.pop()
        undone = self._undone
        self._append(op, drawn(self.mask, op))
        self._undone = undone
        return True

    def _append(self, op: Op, mask: Mask) -> None:
        self._ops = (*self._ops, op)
        self._undone = []
        self._set_mask(mask)
        depth = len(self._ops)
        self._checkpoints[depth] = zlib.compress(self.packed, 1)
        if (depth - LAST) % EVERY:
            self._checkpoints.pop(depth - LAST, None)

    def _set_mask(self, mask: Mask) -> None:
        self.mask = mask
        self.packed = mask_codec.pack(mask)

    def _replay(self) -> Mask:
        depth = len(self._ops)
        last = max((number for number in self._checkpoints if number <= depth), default=0)
        mask = Mask.like(self.size)
        if last:
            mask = mask_codec.unpack(self.size, mask_codec.inflate(self.size, self._checkpoints[last]))
        for op in self._ops[last:]:
            mask = drawn(mask, op)
        return mask
