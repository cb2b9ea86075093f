"""A trait whose value lives elsewhere: painter and grid have some, so that `observe` and `link` work on them.

It is never sent to the page; what the page needs of it has traits of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import traitlets as t
from traitlets.utils.bunch import Bunch

V = TypeVar("V")


class Derived(t.TraitType[V, Any]):
    """A trait that is read and set by two functions of its owner.

    Parameters
    ----------
    read
        Gives the value, each time anew.
    write
        Does what a new value asks for; it may refuse.
    """

    allow_none = True

    def __init__(self, read: Callable[[Any], V], write: Callable[[Any, Any], object], doc: str) -> None:
        super().__init__(default_value=None, help=doc)
        self._read, self._write = read, write

    def get(self, obj: t.HasTraits, cls: Any = None) -> V:
        return self._read(obj)

    def set(self, obj: t.HasTraits, value: Any) -> None:
        self._write(obj, value)


def tell(owner: t.HasTraits, name: str, old: object, new: object) -> None:
    """Tell the trait's observers, unless nothing has changed."""
    if old is new or old == new:
        return
    owner.notify_change(Bunch(name=name, old=old, new=new, owner=owner, type="change"))
