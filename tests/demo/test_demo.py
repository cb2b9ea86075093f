"""The demo: two notebooks on the emulator, pictures that open, a page that needs nothing from elsewhere, no key."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from bailian_nb import demo
from bailian_nb.cli import main
from bailian_nb.errors import BailianError

KEY = "sk-made-up-and-never-to-be-used-0001"
SMALL = ["%load_ext bailian_nb", '%wan_edit instruct photos/photographer.png "Put sunglasses on him" --seed 7 -o job']


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two notebooks that are small but run the same way."""
    folder = tmp_path / "source"
    (folder / "photos").mkdir(parents=True)
    Image.radial_gradient("L").resize((512, 512)).save(folder / "photos" / "photographer.png")
    for name in demo.NOTEBOOKS:
        cells = [nbformat.v4.new_code_cell(source) for source in SMALL]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / name)
    monkeypatch.setattr(demo, "source", lambda: folder)
    monkeypatch.setenv("BAILIAN_NB_EMULATOR_SECONDS", "0.05")
    return folder


@pytest.mark.seldom
def test_it_leaves_pictures_and_a_page_and_uses_no_key(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1")
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    said: list[str] = []
    out = tmp_path / "文件 夹" / "demo"
    assert demo.run(out, say=said.append) == 0
    pictures = sorted((out / "pictures").rglob("*.png"))
    for picture in pictures:
        with Image.open(picture) as image:
            image.load()
    assert pictures
    page = (out / "index.html").read_text("utf-8")
    assert page.count("data:image/jpeg;base64,") == page.count('alt="Put sunglasses on him (') == 2
    assert not re.search(r'(src|href)="https?://', page)
    assert said[0] == "bailian_nb demo on the EMULATOR: 2 notebooks, no key, nothing billed"
    assert f"page:      {out / 'index.html'}" in said
    for path in out.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()
    before = plant_links(out, tmp_path / "mine")
    said.clear()
    demo.run(out, lang="zh", say=said.append)
    assert said[0] == "bailian_nb 演示，使用 EMULATOR：2 个笔记本，无需 Key，不计费"
    assert [line.partition(":")[0] for line in said[-2:]] == ["网页", "笔记本"]
    assert len(list((out / "pictures").rglob("*.png"))) == len(pictures)
    assert {path: path.read_bytes() for path in (tmp_path / "mine").iterdir()} == before, "no link is written through"


def plant_links(out: Path, folder: Path) -> dict[Path, bytes]:
    """Put a link into the place of each thing that the demo writes; return what they lead to."""
    folder.mkdir()
    for name in ("index.html", *demo.NOTEBOOKS, "photographer.png"):
        (folder / name).write_text("mine")
    for name in ("index.html", *demo.NOTEBOOKS):
        (out / name).unlink()
        (out / name).symlink_to(folder / name)
    for name in ("pictures", "home", "photos"):
        shutil.rmtree(out / name)
        (out / name).symlink_to(folder)
    return {path: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_that_cannot_be_written_is_one_line(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file")
    assert main(["demo", "--out", str(tmp_path / "taken")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_cell_that_fails_stops_it_and_is_named(small: Path, tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell("1 / 0")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), small / demo.NOTEBOOKS[0])
    with pytest.raises(BailianError, match="ZeroDivisionError"):
        demo.run(tmp_path / "out", say=lambda line: None)


def test_the_notebooks_travel_with_the_package() -> None:
    folder = demo.source()
    for name in demo.NOTEBOOKS:
        assert (folder / name).is_file()
