"""The contact sheet of a Chinese prompt is readable: in its letters, or by numbers that something explains."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.images import lettering
from bailian_nb.sweeps import export

PROMPTS = ["一只戴墨镜的猫", "一只戴帽子的猫"]
pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture
def without_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lettering, "_folders", lambda: iter([tmp_path / "no fonts"]))
    lettering._files.cache_clear()
    yield
    lettering._files.cache_clear()


@pytest.fixture
def sweep(photo: Path) -> wan.Sweep:
    return wan.sweep(photo, "style", prompt=PROMPTS, seed=7).run().wait(60)


@pytest.mark.seldom
@pytest.mark.usefixtures("without_fonts")
def test_where_no_font_has_them_the_words_stand_beside_their_numbers(
    sweep: wan.Sweep, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bailian_nb")
    legend = sweep.legend()
    assert [line.partition(":")[0] for line in legend][-2:] == ["#1", "#2"]
    for prompt, line in zip(PROMPTS, legend[-2:], strict=True):
        assert prompt in line
    png, jpeg = (sweep.to_contact_sheet(tmp_path / f"sheet{suffix}") for suffix in (".png", ".jpg"))
    with Image.open(png) as sheet:
        sheet.load()
        assert sheet.info["Description"].splitlines() == legend
        assert "AIGC" in sheet.info
    with Image.open(jpeg) as sheet:
        assert sheet.info["comment"].decode().splitlines() == legend
    assert "fonts-noto-cjk" in caplog.text
    assert all(prompt in caplog.text for prompt in PROMPTS)
    html = export.caption(sweep, "zh")["text/html"]
    assert all(line in html for line in legend)


def test_a_font_that_has_them_draws_them(sweep: wan.Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    font = lettering.ImageFont.load_default(13)
    monkeypatch.setattr(lettering, "_font_for", lambda text, size: drawn.append(text) or font)
    assert sweep.legend() == []
    with Image.open(sweep.to_contact_sheet(tmp_path / "sheet.png")) as sheet:
        sheet.load()
        assert "Description" not in sheet.info
    assert all(any(prompt in text for text in drawn) for prompt in PROMPTS)
