"""`%wan_edit?`, `%wan_sweep --help`, `%config WanMagics`, and words that name a job."""

from __future__ import annotations

import pytest

from bailian_nb import specs
from bailian_nb.texts.help import SETTINGS, SWITCHES, TAKING
from bailian_nb.views.help_topics import topic_help

from .conftest import NOW


@pytest.mark.parametrize(("magic", "kind"), [("wan_t2i", "t2i"), ("wan_edit", "edit"), ("wan_sweep", "edit")])
def test_a_question_mark_lists_every_option(cells, magic, kind):
    text = cells.shell.inspector.info(cells.shell.find_line_magic(magic))["docstring"]
    for row in specs.parameters(kind):
        assert f"--{row.name.replace('_', '-')} " in text
        assert row.meaning.en in text
    assert "--max-cost" in text
    assert ("--axis" in text) is (magic == "wan_sweep")
    assert ("--mask" in text) is (magic != "wan_t2i")


def test_a_sweep_explains_its_axes(cells):
    for line in ("%wan_sweep --help", "%wan help axis", "%wan help --axis"):
        text = cells(line).text
        assert "--axis strength=0:1:0.25" in text
        assert "both ends included" in text
        for name in (*TAKING, *SWITCHES):
            assert f"--{name}" in text
    assert "strength" in cells("%wan_sweep style --help").text
    assert "--axis" in cells("%wan help").text.partition("Options of all three")[2]


def test_expand_has_a_row_for_to_and_no_page_names_a_source_that_nobody_knows():
    rows = topic_help("expand", "en")["text/plain"].splitlines()
    assert any(row.startswith("to ") and "--to" in row for row in rows)
    assert not any(row.startswith("to ") for row in topic_help("style", "en")["text/plain"].splitlines())
    assert not any("Source: " in row for row in rows)


def test_config_shows_what_holds_now(cells, tmp_path, monkeypatch):
    (tmp_path / "bailian_nb.toml").write_text("n = 3\n")
    cells("%config WanMagics.lang = 'zh'")
    text = cells("%config WanMagics").printed
    holds = dict(zip(text.split("WanMagics.")[1:], text.split("当前：")[1:], strict=True))
    found = {name.partition("=")[0]: value.partition("\n")[0] for name, value in holds.items()}
    assert found["n"] == "3"
    assert found["lang"] == "'zh'"
    assert found["model"] == f"'{specs.DEFAULT_T2I}'"
    assert found["confirm_above"] == "5.0"
    assert found["embed"] == "True"
    assert "configured" not in cells("%wan config").text


@pytest.mark.seldom
def test_fetch_wait_and_cancel_take_the_variable(cells, photo):
    cells(f"%%wan_t2i -o job\nA shop {NOW}")
    assert cells("%wan wait job").error is None
    assert cells.names["job"].final
    assert cells("%wan fetch job").bundles
    assert cells("%wan cancel job").text.startswith(f"job {cells.names['job'].id} ")
    cells(f"%wan_sweep style photo.png 'x {NOW}' --axis strength=0,1 -o grid")
    assert cells("%wan wait grid").error is None
    assert cells.names["grid"].final
    assert "no job starts with 'nothing'" in cells("%wan wait nothing").printed


def test_config_explains_every_setting_in_the_users_language(cells):
    assert "CNY a day for the account" in cells("%config WanMagics").printed
    text = cells("%config WanMagics.lang = 'zh'\n%config WanMagics").printed
    assert set(SETTINGS) == set(cells.shell.magics_manager.registry["WanMagics"].class_own_traits(config=True))
    for said in SETTINGS.values():
        assert said.zh in text
        assert said.en not in text
