"""`%config WanMagics.x = ...`: what no call could be sent with is refused at once, and the old value stays."""

from __future__ import annotations

import logging

import pytest
import traitlets

from bailian_nb.errors import InvalidRequest
from bailian_nb.texts.help import SETTINGS

from .conftest import SMALL

CNY = ("max_cost", "max_cost_day", "max_cost_month", "confirm_above")
BAD = dict.fromkeys(CNY, -1) | dict.fromkeys(("emulator", "embed", "sync", "size", "model", "edit_model"), "nope")
BAD |= {"n": 0, "lang": "cn", "out_dir": "~nobody-here/x", "retries": 11, "region": "singapore", "workspace": "a b"}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_refused_where_it_is_set(cells, name, caplog):
    magics = cells.shell.magics_manager.registry["WanMagics"]
    before = getattr(magics, name)
    with caplog.at_level(logging.ERROR):
        cells(f"%config WanMagics.{name} = {BAD[name]!r}")
    (said,) = caplog.messages  # IPython's way for what %config refuses
    assert "\n" not in said
    assert getattr(magics, name) == before
    caplog.clear()
    cells("%config WanMagics.retries = 1\n%config WanMagics.lang = 'zh'")
    assert (magics.retries, magics.lang, caplog.messages) == (1, "zh", [])
    assert getattr(magics, name) in (before, 1, "zh")
    assert cells("%%wan_t2i --dry-run\na cat").error is None
    with pytest.raises((traitlets.TraitError, InvalidRequest)):
        setattr(magics, name, BAD[name])
    assert getattr(magics, name) in (before, 1, "zh")


def test_the_line_says_what_stays(cells, caplog):
    cells("%config WanMagics.size = 'nothing'")
    assert caplog.messages[0].endswith(f"got 'nothing' (model wan2.6-t2i); it stays '{SMALL}'")
    cells("%config WanMagics.lang = 'cn'")
    assert caplog.messages[1] == "setting lang must be en or zh, got 'cn'; it stays None"
