"""The demo: two notebooks on the emulator, pictures that open, a page that needs nothing from elsewhere, no key."""

from __future__ import annotations

import re
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
    monkeypatch.setattr(demo, "_source", lambda: folder)
    monkeypatch.setenv("BAILIAN_NB_EMULATOR_SECONDS", "0.05")
    return folder


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
    assert page.count("data:image/jpeg;base64,") == 2
    assert not re.search(r'(src|href)="https?://', page)
    assert any(str(out / "index.html") in line for line in said)
    for path in out.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()
    demo.run(out, say=said.append)
    assert len(list((out / "pictures").rglob("*.png"))) == len(pictures)


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
    folder = demo._source()
    for name in demo.NOTEBOOKS:
        assert (folder / name).is_file()
