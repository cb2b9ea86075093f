"""One test of many cases: a case that needs nothing of its own need not have a folder, a report and a line, either."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import pytest


def each(
    names: str | tuple[str, ...], cases: Sequence[Any], *, ids: Callable[[Any], object] = str
) -> Callable[[Any], Any]:
    """Run a test with every case as its arguments `names`, and tell all that fail, each by its id.

    A test that takes more than the case gets each case as a test, as `pytest.mark.parametrize` does it.
    """
    wanted = (names,) if isinstance(names, str) else names
    assert cases, "a test of no case says nothing"

    def decorate(test: Callable[..., None]) -> Any:
        if {*inspect.signature(test).parameters} != {*wanted} or hasattr(test, "pytestmark"):
            return pytest.mark.parametrize(names, cases, ids=[str(ids(case)) for case in cases])(test)

        def every() -> None:
            failed: list[BaseException] = []
            for case in cases:
                try:
                    test(**dict(zip(wanted, [case] if isinstance(names, str) else case, strict=True)))
                except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001  # raised below, with all others
                    error.add_note(f"case: {ids(case)}")
                    failed.append(error)
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(cases)} cases", failed)

        every.__name__, every.__qualname__ = test.__name__, test.__qualname__
        every.__module__, every.__doc__ = test.__module__, test.__doc__
        return every

    return decorate
