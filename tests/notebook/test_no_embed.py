"""What `--no-embed` and the setting keep out of the picture files, call by call."""

from __future__ import annotations

import pytest

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.gallery import read_record

from .conftest import NOW, SMALL


@pytest.mark.seldom
def test_no_embed_keeps_the_record_beside_the_picture_alone(cells, photo):
    cells(f"%%wan_t2i -o one --wait\nsecret words {NOW}")
    cells(f"%%wan_t2i -o two --no-embed --wait\nsecret words {NOW}")
    cells(f"%wan_edit style photo.png 'secret words {NOW}' -o three --no-embed --wait")
    cells("%config WanMagics.embed = False")
    cells(f"%%wan_t2i -o four --wait\nsecret words {NOW}")
    cells("%wan rerun one --no-embed --no-cache -o five --wait")
    inside = {name: cells.names[name].result(30)[0].path for name in ("one", "two", "three", "four", "five")}
    assert {name: b"secret words" in path.read_bytes() for name, path in inside.items()} == {
        "one": True,
        "two": False,
        "three": False,
        "four": False,
        "five": False,
    }
    assert read_record(inside["two"]).prompt == f"secret words {NOW}"


def test_python_and_the_command_line_take_it_too(cells, tmp_path):
    job = wan.t2i(f"secret words {NOW}", size=SMALL, embed=False)
    assert b"secret words" not in job.result(30)[0].path.read_bytes()
    assert cli.main(["t2i", f"secret words {NOW}", "--size", SMALL, "--no-embed", "--out-dir", "there"]) == 0
    (path,) = (tmp_path / "there").rglob("*.png")
    assert b"secret words" not in path.read_bytes()
    said = cells("%%wan_t2i --no-embed --dry-run\nx").text
    assert "embed=False)" in said


@pytest.mark.seldom
def test_a_mask_pasted_back_and_a_sweep_obey_as_well(cells, photo):
    cells("import bailian_nb as wan\nm = wan.Mask.like('photo.png').rect(0, 0, 90, 90)")
    cells(f"%wan_edit inpaint photo.png 'secret words {NOW}' --mask m -o job --no-embed --wait")
    picture = cells.names["job"].result(30)[0]
    assert picture.path != picture.raw_path
    assert b"secret words" not in picture.path.read_bytes() + picture.raw_path.read_bytes()
    cells(f"%wan_sweep style photo.png 'secret words {NOW}' --axis strength=0.5 -o grid --no-embed --wait")
    assert b"secret words" not in cells.names["grid"].jobs[0].result(30)[0].path.read_bytes()
