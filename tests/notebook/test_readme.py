"""README.md and the guide behind it: cells run as they stand; commands, options, settings and variables are there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import cli, config, specs
from bailian_nb.config import Settings
from bailian_nb.notebook.magics import WanMagics
from bailian_nb.texts import batch as batches
from bailian_nb.texts import help as words

from .conftest import Cells

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = [ROOT / "notebooks/guide" / f"{page}.md" for page in ("painting", "batch", "settings")]
TEXT = "".join((README, *(page.read_text(encoding="utf-8") for page in GUIDE)))


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the language and the content of what stands between fences."""
    return re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


CELLS = [body for lang, body in blocks(README) if lang in ("", "python")]


@pytest.fixture
def headless(make_cells: Callable[..., Cells], tmp_path: Path) -> Cells:
    Image.radial_gradient("L").resize((640, 512)).convert("RGB").save(tmp_path / "photo.jpg")
    return make_cells(front_end=False, load=False)


@pytest.mark.seldom
def test_every_cell_runs_in_the_order_of_the_page_and_the_lines_in_its_text_after_them(headless: Cells) -> None:
    assert len(CELLS) >= 5
    for cell in CELLS:
        ran = headless(cell)
        assert ran.error is None, f"{cell}\n{ran.printed}"
        assert ran.outputs or ran.value is not None or cell.startswith("%load_ext"), f"{cell} shows nothing"
        assert not [line for line in cell.splitlines()[:-1] if re.fullmatch(r"[\w.]+(?: *#.*)?", line)], (
            "a cell shows its last line alone"
        )
    names = headless.names
    assert len(names["shops"].result(60)) == len(names["result"].images) == len(names["result"].paths) == 2
    assert len(names["grid"].wait().jobs) == 5
    assert isinstance(names["painter"], wan.MaskPainter)
    assert names["batch"].wait().progress.done == 2

    for line in ("%wan inspect glasses", "%wan rerun glasses --seed 8", "%wan_edit outpaint photo.jpg", "%wan history"):
        full = re.search(rf"`({re.escape(line)}[^`]*)`", TEXT)
        assert full is not None, f"{line} is not in the text any more"
        assert headless(full[1]).error is None
    compares = ('wan.compare("photo.jpg", glasses)', 'glasses.result()[0].compare("photo.jpg")')
    for line in (*compares, "painter.as_code()", 'grid.to_contact_sheet("sheet.png")'):
        assert f"`{line}" in TEXT
        assert headless(line).error is None
    assert Path("sheet.png").is_file()


def test_every_magic_command_and_option_exists() -> None:
    known = {name.split()[0] for name in words.COMMANDS}
    assert set(re.findall(r"%wan ([a-z]+)", TEXT)) <= known
    magics = {f"wan_{kind}" for kind in ("t2i", "edit", "sweep", "batch")}
    assert set(re.findall(r"%%?(wan_\w+)", TEXT)) == magics
    assert all(hasattr(WanMagics, name) for name in magics)
    options = {f"--{name.replace('_', '-')}" for name in (*words.SWITCHES, *words.TAKING)}
    options |= {f"--{name.replace('_', '-')}" for kind in ("t2i", "edit") for name in _parameters(kind)}
    options |= {word for name in words.COMMANDS for word in re.findall(r"--[a-z-]+", name)}
    options |= {
        word for name in words.PROGRAM_OPTIONS if name.startswith("history") for word in re.findall(r"--[a-z-]+", name)
    }
    options |= {f"--{name}" for name in (*batches.BOTH, *batches.SWITCHES, *batches.PROGRAM)}
    used = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT))
    assert used - options == {"--axis", "--port"}, "one is of %wan_sweep alone, one of `bailian-nb emulator`"


def _parameters(kind: str) -> list[str]:
    return [row.name for row in wan.specs.parameters(kind)]  # type: ignore[arg-type]


def test_the_command_line_is_listed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    listed = re.search(r"`bailian-nb ((?:\w+ \| )+\w+)`", TEXT)
    assert listed is not None
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert listed[1].split(" | ") == re.findall(r"^    (\w+)(?:  .*)?$", capsys.readouterr().out, re.MULTILINE)


def test_the_project_file_of_the_example_is_taken(tmp_path: Path) -> None:
    example, styles = [body for lang, body in blocks(TEXT) if lang == "toml"]
    (tmp_path / "bailian_nb.toml").write_text(f"{example}\n{styles}")
    settings = config.load({}, cwd=tmp_path)
    assert [style.name for style in settings.styles] == ["picture book", "ink"]
    given = dict(line.split(" = ") for line in example.splitlines())
    assert {name: str(getattr(settings, name)) for name in given} == {k: v.strip('"') for k, v in given.items()}


def test_every_variable_and_setting_is_read_by_the_package() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bailian_nb").rglob("*.py"))
    for name in re.findall(r"\b(?:BAILIAN_NB|DASHSCOPE)_[A-Z_]+\b", TEXT):
        assert f'"{name}"' in source, name
    for name in re.findall(r"`((?:max|confirm)_[a-z_]+)`", TEXT):
        assert name in Settings.__dataclass_fields__


def test_every_picture_and_file_that_it_links_is_there() -> None:
    for name in re.findall(r"\]\(((?!https?:)[^)#]+)", README):
        assert (ROOT / name).exists(), name


def named_rows(cell: str) -> list[str]:
    """Return the rows that a cell of the table names; "-flash" after a name stands for the same name with that end."""
    known, found = {row.name for row in specs.models()}, []
    for word in re.findall(r"`([^`]+)`", cell):
        stems = [found[-1][:end] for end in range(len(found[-1]), 0, -1)] if word.startswith("-") else [""]
        found += [stem + word for stem in stems if stem + word in known][:1]
    return found


def test_the_table_of_models_names_every_row_with_its_price_in_beijing() -> None:
    section = TEXT.partition("## What it knows")[2].partition("\n## ")[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    assert {name for cells in lines for name in named_rows(cells[0])} == {row.name for row in specs.models()}
    for names, _, said in lines:
        prices = [price for row in map(specs.get, named_rows(names)) if (price := row.price("cn-beijing"))]
        each = {cny for price in prices for cny in (price.cny, price.large_cny, price.rewritten_cny) if cny is not None}
        numbers = [float(number) for number in re.findall(r"\d+\.\d+", said.partition("a picture")[0])]
        assert (min(numbers), max(numbers)) == (min(each), max(each)), names
