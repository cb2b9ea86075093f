"""Garbage is looked for again after a block that makes thousands of objects, however it ends."""

from __future__ import annotations

import gc

import pytest

from bailian_nb.system.collector import collecting_later


def test_garbage_is_looked_for_after_the_block_and_not_within() -> None:
    def fails() -> None:
        with collecting_later():
            assert not gc.isenabled()
            with collecting_later():
                pass
            assert not gc.isenabled(), "the outer block goes on"
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with collecting_later():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
