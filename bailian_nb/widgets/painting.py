"""Painting: a mask, the ops that made it, undo and redo. The painter's Python side without any widget.

It may be read on one thread while it is changed on another, one change at a time: what is handed out never changes.

Ops are the truth. Checkpoints keep undo quick: one after each of the last ops, and after some of the older ones, so
that a long session does not fill the memory. Replaying the ops gives the same masks as the checkpoints.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image

from ..masks import Mask
from . import mask_codec
from .ops import Op, checked, copied, drawn, load_op


class _Step(NamedTuple):
    op: Op
    by_hand: bool


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
    picture
        What is painted on; without it no wand can be used.
    """

    def __init__(self, size: tuple[int, int], start: Mask | None = None, *, picture: Image.Image | None = None) -> None:
        self.size = size
        self._picture = picture
        self.mask = Mask.like(size)
        self.packed = mask_codec.pack(self.mask)
        self._steps: tuple[_Step, ...] = ()
        self._undone: list[_Step] = []
        self._begun = 0
        """So many steps were made before the picture was first shown."""
        self._checkpoints: dict[int, bytes] = {}
        if start is not None:
            self.put(start)

    @property
    def ops(self) -> list[Op]:
        """A copy of the ops that made the mask, the first one first."""
        return [copied(step.op) for step in self._steps]

    @property
    def depth(self) -> int:
        """How many steps can be undone."""
        return len(self._steps)

    @property
    def ahead(self) -> int:
        """How many steps can be redone."""
        return len(self._undone)

    def do(self, op: Op, *, by_hand: bool = False) -> None:
        """Draw one op; `by_hand` tells what came from a page."""
        self._append(_Step(op, by_hand), drawn(self.mask, op, self._picture))

    def do_anew(self, op: Op) -> None:
        """Draw one op of a page in place of the last one."""
        kept = self._steps[:-1]
        after = drawn(self._replay(len(kept)), op, self._picture)  # may be refused, and then nothing has changed
        self._checkpoints.pop(len(self._steps), None)
        self._steps = kept
        self._append(_Step(op, by_hand=True), after)

    def put(self, mask: Mask, *, by_hand: bool = False) -> None:
        """Take a whole mask as it is; it becomes an op that holds it."""
        if mask.size != self.size:
            raise ValueError(f"a mask of {mask.size} does not fit a painting of {self.size}")
        self._append(_Step(load_op(mask), by_hand), mask)

    def draw_anew(self, ops: Sequence[Op]) -> None:
        """Forget every step and draw these instead; when one cannot be drawn, nothing has changed."""
        anew = Painting(self.size, picture=self._picture)
        for op in ops:
            anew.do(copied(op) if op.get("op") == "load" else checked(op))
        self._steps, self._undone, self._begun = anew._steps, [], 0
        self._checkpoints = anew._checkpoints
        self._set_mask(anew.mask)

    def take_up(self, ops: Sequence[Op], packed: bytes) -> None:
        """Go on with what hands have painted before, and the bits of the mask that it made on top of what is there."""
        self._begun = len(self._steps)
        if not ops:
            return
        self._steps += tuple(_Step(op, by_hand=True) for op in ops)
        self._undone = []
        self._set_mask(mask_codec.unpack(self.size, packed))
        self._checkpoints[len(self._steps)] = zlib.compress(self.packed, 1)

    def by_hand(self) -> tuple[list[Op], bytes]:
        """Return what hands have painted since `take_up`, and the bits that this makes without what Python painted."""
        later = self._steps[self._begun :]
        ops = [step.op for step in later if step.by_hand]
        if len(ops) == len(later):
            return ops, self.packed
        mask = self._replay(self._begun)
        for op in ops:
            mask = drawn(mask, op, self._picture)
        return ops, mask_codec.pack(mask)

    def undo(self) -> bool:
        """Undo the last op; False when there is none."""
        if not self._steps:
            return False
        self._checkpoints.pop(len(self._steps), None)
        self._undone.append(self._steps[-1])
        self._steps = self._steps[:-1]
        self._set_mask(self._replay(len(self._steps)))
        return True

    def redo(self) -> bool:
        """Redo the op that was undone last; False when there is none."""
        if not self._undone:
            return False
        step = self._undone.pop()
        undone = self._undone
        self._append(step, drawn(self.mask, step.op, self._picture))
        self._undone = undone
        return True

    def _append(self, step: _Step, mask: Mask) -> None:
        self._steps = (*self._steps, step)
        self._undone = []
        self._set_mask(mask)
        depth = len(self._steps)
        self._checkpoints[depth] = zlib.compress(self.packed, 1)
        if (depth - LAST) % EVERY:
            self._checkpoints.pop(depth - LAST, None)

    def _set_mask(self, mask: Mask) -> None:
        self.mask = mask
        self.packed = mask_codec.pack(mask)

    def _replay(self, depth: int) -> Mask:
        last = max((number for number in self._checkpoints if number <= depth), default=0)
        mask = Mask.like(self.size)
        if last:
            mask = mask_codec.unpack(self.size, mask_codec.inflate(self.size, self._checkpoints[last]))
        for number, step in enumerate(self._steps[last:depth], last + 1):
            mask = drawn(mask, step.op, self._picture)
            if number % EVERY == 0:  # strokes that were taken up have no checkpoints before these
                self._checkpoints[number] = zlib.compress(mask_codec.pack(mask), 1)
        return mask
