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
BAD |= {"n": 0, "lang": "fr", "out_dir": "~nobody-here/x", "retries": 11, "region": "mars", "workspace": "a b"}


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
    cells("%config WanMagics.n = 0\n%config WanMagics.max_cost = -1")
    assert [line.rpartition("; ")[2] for line in caplog.messages[1:]] == ["it stays 1", "it stays unset"]
    cells("%config WanMagics.n = 3\n%config WanMagics.n = 0")
    assert caplog.messages[3].endswith("it stays 3")


@pytest.mark.parametrize(
    ("name", "value"),
    [("n", "x"), ("n", 1.5), ("retries", 1.5), ("max_cost", "a"), ("emulator", "maybe"), ("lang", 5), ("size", (1, 2))],
)
def test_a_value_of_another_type_is_refused_in_the_same_words(cells, caplog, name, value):
    cells(f"%config WanMagics.{name} = {value!r}")
    (said,) = caplog.messages
    assert said.startswith(f"setting {name} must be ")
    assert "; it stays " in said


@pytest.mark.parametrize(("name", "value", "read"), [("n", "2", 2), ("max_cost", "0.5", 0.5), ("emulator", "1", True)])
def test_a_text_that_means_a_value_is_taken_as_in_the_environment(cells, caplog, name, value, read):
    cells(f"%config WanMagics.{name} = {value!r}")
    assert caplog.messages == []
    assert getattr(cells.shell.magics_manager.registry["WanMagics"], name) == read


def test_a_language_is_named_in_plain_words_and_an_unknown_one_is_refused_in_both(cells, caplog):
    for name in ("cn", "\u4e2d\u6587", "zh_CN.UTF-8", "Chinese", "zh-Hans"):
        cells("%config WanMagics.lang = 'en'")
        cells(f"%config WanMagics.lang = {name!r}")
        assert "\u4e2d" in cells("%config WanMagics").printed or caplog.messages == []
        assert cells.shell.magics_manager.registry["WanMagics"].lang == "zh"
    cells("%config WanMagics.lang = 'fr'")
    assert "setting lang must be en or zh, got 'fr' / \u8bbe\u7f6e\u9879 lang" in caplog.messages[-1]
