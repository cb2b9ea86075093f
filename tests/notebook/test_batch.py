"""`%wan_batch`: its line read, its plan shown, its rows run, its variable bound."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bailian_nb.batch.batch import Batch
from bailian_nb.notebook.completion import candidates

from ..world.emulator_log import creates
from .conftest import SMALL, Cells


@pytest.fixture
def goods(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    for name in "ab":
        Image.new("RGB", (520, 520), "grey").save(tmp_path / "photos" / f"{name}.png")
    path = tmp_path / "goods.csv"
    path.write_text("sku,scene\na,a shop\nb,a bakery\n")
    return path


@pytest.mark.seldom
@pytest.mark.usefixtures("goods", "unlimited")
def test_a_line_runs_a_pattern_and_binds_the_batch(cells: Cells) -> None:
    ran = cells('%wan_batch edit style photos/*.png "French picture book style" --name "{stem}_{i}" -o b --wait')
    assert ran.error is None, ran.printed
    batch = cells.names["b"]
    assert isinstance(batch, Batch)
    assert [Path(row.files[0]).name for row in batch.rows] == ["a_1.png", "b_1.png"]


@pytest.mark.usefixtures("goods", "unlimited")
def test_the_body_is_the_template(cells: Cells) -> None:
    ran = cells(f"%%wan_batch t2i goods.csv --size {SMALL} -o b --wait\n{{scene}} at dusk, {{n}} of 2\n")
    assert ran.error is None, ran.printed
    assert [row.prompt for row in cells.names["b"].rows] == ["a shop at dusk, 1 of 2", "a bakery at dusk, 2 of 2"]


def test_an_encoding_may_be_typed_on_a_wide_keyboard(cells: Cells, tmp_path: Path) -> None:
    (tmp_path / "big5.csv").write_text("scene\n海邊的小屋\n", encoding="big5")
    ran = cells(f'%wan_batch t2i big5.csv "{{scene}}" --size {SMALL} --encoding ｂｉｇ５ -o b --dry-run')
    assert ran.error is None, ran.printed
    assert [row.prompt for row in cells.names["b"].rows] == ["海邊的小屋"]


@pytest.mark.usefixtures("goods")
def test_a_variable_is_a_source_and_above_the_limit_nothing_is_sent(cells: Cells) -> None:
    cells("rows = [dict(text=f'a shop {i}') for i in range(40)]")
    ran = cells(f'%wan_batch t2i rows "{{text}}" --size {SMALL} -o b')
    assert ran.error is None, ran.printed
    assert "8.00" in ran.text
    assert creates() == 0
    assert cells.names["b"].plan["tasks"] == 40
    assert cells(f'%wan_batch t2i {{rows}} "{{text}}" --size {SMALL} -o c').error is None, (
        "a name in braces, as elsewhere"
    )
    assert cells.names["c"].plan["tasks"] == 40


@pytest.mark.matrix
@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%wan_batch", "begins with edit or t2i"),
        ("%wan_batch t2i", "a source is missing"),
        ('%wan_batch t2i goods.csv "{scne}"', "did you mean scene"),
        ('%wan_batch t2i goods.csv "{scene}" --nmae x', "did you mean --name"),
        ('%wan_batch edit style goods.csv "{scene}" --image "photos/{sku}.gif"', "a picture that is there"),
        ('%wan_t2i "a cat" --name x', "unknown option --name"),
    ],
)
def test_what_is_wrong_is_one_line(cells: Cells, line: str, said: str) -> None:
    ran = cells(line)
    assert ran.error is not None
    assert said in str(ran.error)
    assert creates() == 0


@pytest.mark.usefixtures("goods")
def test_tab_completes(cells: Cells) -> None:
    assert candidates("%wan_batch ") == ["edit", "t2i"]
    assert candidates("%wan_batch edit sty") == ["style", "style-local", "stylization_all", "stylization_local"]
    assert "--name" in candidates("%wan_batch edit style photos/*.png 'x' --na")
    assert "--help" in candidates("%wan_batch t2i goods.csv --he")


def test_help_shows_its_own_options(cells: Cells) -> None:
    text = cells("%wan_batch --help").text
    assert "--name" in text
    assert "--skip-invalid" in text


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_words_that_name_a_batch_wait_for_it_and_cancel_it(cells: Cells) -> None:
    cells(f"rows = [f'a shop {{i}}' for i in range(8)]\n%wan_batch t2i rows --size {SMALL} --run -o b")
    assert cells("%wan wait b").error is None
    assert cells.names["b"].progress.done == 8
    assert "0 rows canceled" in cells("%wan cancel b").text
