"""Painting: a mask, the ops that made it, and the way back. The painter's Python side without any widget.

Ops are the truth. Checkpoints keep undo quick: one after each of the last ops, and after some of the older ones, so
that a long session does not fill the memory. What a checkpoint holds, replaying the ops gives too.
"""

from __future__ import annotations

import zlib
from copy import deepcopy

from ..masks import Mask
from . import mask_codec
from .ops import Op, drawn, load_op

LAST = 16
"""So many ops have a checkpoint each."""
EVERY = 8
"""Before them one in so many has: undo replays fewer than these."""


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
        self._ops: list[Op] = []
        self._undone: list[Op] = []
        self._after: dict[int, bytes] = {}
        if start is not None:
            self.put(start)

    @property
    def ops(self) -> list[Op]:
        """A copy of the ops that made the mask, the first one first."""
        return deepcopy(self._ops)

    @property
    def depth(self) -> int:
        return len(self._ops)

    @property
    def ahead(self) -> int:
        return len(self._undone)

    def do(self, op: Op) -> None:
        """Draw one op."""
        self._note(op, drawn(self.mask, op))

    def put(self, mask: Mask) -> None:
        """Take a whole mask as it is; it becomes an op that holds it."""
        if mask.size != self.size:
            raise ValueError(f"a mask of {mask.size} does not fit a painting of {self.size}")
        self._note(load_op(mask), mask)

    def undo(self) -> bool:
        """Take the last op back; False when there is none."""
        if not self._ops:
            return False
        self._after.pop(len(self._ops), None)
        self._undone.append(self._ops.pop())
        self._show(self._replay())
        return True

    def redo(self) -> bool:
        """Draw the op again that was taken back last; False when there is none."""
        if not self._undone:
            return False
        op = self._undone.pop()
        undone = self._undone
        self._note(op, drawn(self.mask, op))
        self._undone = undone
        return True

    def _note(self, op: Op, mask: Mask) -> None:
        self._ops.append(op)
        self._undone = []
        self._show(mask)
        depth = len(self._ops)
        self._after[depth] = zlib.compress(self.packed, 1)
        if (depth - LAST) % EVERY:
            self._after.pop(depth - LAST, None)

    def _show(self, mask: Mask) -> None:
        self.mask = mask
        self.packed = mask_codec.pack(mask)

    def _replay(self) -> Mask:
        depth = len(self._ops)
        near = max((number for number in self._after if number <= depth), default=0)
        mask = Mask.like(self.size)
        if near:
            mask = mask_codec.unpack(self.size, mask_codec.inflate(self.size, self._after[near]))
        for op in self._ops[near:]:
            mask = drawn(mask, op)
        return mask
