"""Two pictures side by side: the static sheet, what its caption says, and the page beside the pictures."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan

NOW = "emulator:latency=0"


def edited(photo: Path, **more: object) -> wan.Picture:
    return wan.edit(photo, "instruct", f"a hat {NOW}", **{"seed": 3, **more}).result(30)[0]  # type: ignore[arg-type]


def test_a_picture_compares_itself_and_leaves_a_page_beside_it(photo: Path) -> None:
    one, other = edited(photo), edited(photo, seed=4)
    made = one.compare(other)
    assert made.page == one.path.with_name(f"{one.path.stem}_vs_{other.path.stem}.html")
    page = made.page.read_text("utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert "EMULATOR" in page
    data = json.loads(page.split("const data = ")[1].split(";\nconst byId")[0])
    assert data["names"] == [one.path.stem, other.path.stem]
    drawn = [data["original"], data["cells"][0]["picture"]]
    sizes = [Image.open(io.BytesIO(base64.b64decode(each.partition(",")[2]))).size for each in drawn]
    assert sizes == [(512, 512), (512, 512)]
    assert all(f'value="{mode}"' in page for mode in ("slider", "side", "blink", "diff"))


def test_the_page_speaks_the_users_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = wan.compare(Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8), "white"))
    english = made.to_html(tmp_path / "en.html").read_text("utf-8")
    assert '<html lang="en">' in english
    assert " checked> slider</label>" in english
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    chinese = made.to_html(tmp_path / "zh.html").read_text("utf-8")
    assert '<html lang="zh">' in chinese
    for words in (" checked> 滑块</label>", "> 并排</label>", "> 闪烁</label>", "> 差异", ">之前 / 之后</label>"):
        assert words in chinese
    assert json.loads(chinese.split("const data = ")[1].split(";\nconst byId")[0])["word"] == "原图"


def test_the_still_shows_both_and_holds_no_path(photo: Path) -> None:
    made = edited(photo).compare(photo)
    bundle = made._repr_mimebundle_()
    sheet = Image.open(io.BytesIO(base64.b64decode(bundle["image/jpeg"])))
    assert sheet.width > 1.7 * sheet.height, "one beside the other"
    assert len(bundle["image/jpeg"]) < 140_000
    expected = "<Compare wanx2.1-imageedit instruct 512x512 seed=3 | 512x512 EMULATOR>"
    assert bundle["text/plain"] == expected


def test_the_caption_says_how_much_differs(tmp_path: Path) -> None:
    white, part = Image.new("RGB", (100, 50), "white"), Image.new("RGB", (100, 50), "white")
    part.paste((250, 255, 255), (0, 0, 100, 50))  # no eye sees that
    part.paste("black", (0, 0, 25, 50))
    assert wan.compare(white, part).changed == pytest.approx(0.25)
    assert "25.0% of the pixels differ" in wan.compare(white, part).caption()["text/html"]
    assert wan.compare(white, white).changed == 0
    larger = wan.compare(white, Image.new("RGB", (101, 50)))
    assert larger.changed is None
    assert "before 100x50 | after 101x50" in larger.caption()["text/html"]
    assert "different sizes" in larger.caption()["text/plain"]


def test_without_a_saved_picture_no_page_is_written_until_one_is_asked_for(tmp_path: Path) -> None:
    made = wan.compare(Image.new("RGB", (64, 64)), Image.new("L", (64, 64), 255))
    assert made.page is None
    assert made.to_html(tmp_path / "both.html").exists()
    with pytest.raises(wan.InvalidRequest, match=r"an \.html file, got both\.png"):
        made.to_html(tmp_path / "both.png")


def test_a_name_from_outside_ends_no_tag(photo: Path, tmp_path: Path) -> None:
    evil = tmp_path / "<img src=x onerror=alert(1)>.png"
    evil.write_bytes(photo.read_bytes())
    made = wan.compare(evil, photo)
    page = made.to_html(tmp_path / "page.html").read_text("utf-8")
    assert "<img src=x" not in page
    assert "<img src=x" not in made.caption()["text/html"]


def test_the_link_leads_from_the_notebook_to_the_page(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = edited(photo).compare(photo)
    assert made.page is not None
    assert "href" not in made.caption()["text/html"]
    monkeypatch.chdir(made.page.parent.parent)
    assert f'href="{made.page.parent.name}/{made.page.name}"' in made.caption()["text/html"]


def test_a_folder_that_cannot_be_written_costs_only_the_page(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = edited(photo)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert picture.compare(photo).page is None


def test_no_picture_is_one_line() -> None:
    with pytest.raises(wan.InvalidRequest, match=r"^after nowhere\.png does not exist|after .*nowhere"):
        wan.compare(Image.new("RGB", (9, 9)), "nowhere.png")
