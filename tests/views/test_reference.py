"""The reference pages say what the table says: every page is there, none is left over, each the same to the letter."""

from __future__ import annotations

from pathlib import Path

from bailian_nb import specs
from bailian_nb.views import reference

from ..world.each import each

FOLDER = Path(__file__).parents[2] / "notebooks" / "reference"


def test_every_page_is_there_and_none_is_left_over() -> None:
    found = {path.name for path in FOLDER.glob("*.md")} - {*reference.OTHERS}
    assert found == set(reference.pages()), "run `make reference`"


@each("name", sorted(reference.pages()))
def test_a_page_is_what_the_table_says(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == reference.pages()[name], "run `make reference`"


def test_every_parameter_of_every_function_is_described() -> None:
    pages = reference.pages()
    for model in specs.models():
        for function in [row.name for row in model.functions] or [None]:
            for row in model.takes(function):
                assert f"`{row.name}`" in pages[f"{model.name}.md"]


def test_pages_of_models_that_are_gone_go(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "old-model.md").write_text("x")
    reference.main(str(folder))
    assert {path.name for path in folder.iterdir()} == set(reference.pages())
