"""`%wan inspect` and `%wan rerun` of pictures that A1111 and ComfyUI made, and `--a1111`, which writes for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.errors import InvalidRequest
from bailian_nb.gallery.other_texts import read_texts
from bailian_nb.gallery.other_tools import understand
from bailian_nb.session import session as sessions

from ..world.foreign_pictures import A1111, comfy, picture_bytes, png
from .conftest import SMALL


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return png(tmp_path / "theirs.png", parameters=A1111)


def test_inspect_shows_what_they_said_and_the_equal_call(cells, theirs):
    ran = cells("%wan inspect theirs.png")
    assert ran.error is None
    assert "theirs.png: A1111" in ran.text
    assert "DPM++ 2M Karras" in ran.text
    call = (
        "wan.t2i('a lighthouse, sea \\nat night', model='wan2.6-t2i', negative_prompt='people, boats', seed=965400086"
    )
    assert call.replace(" \\n", "\\n") in ran.text.replace(" \\n", "\\n")
    assert "<lora:ink:0.8>: no LoRA can go along" in ran.text
    assert "<lora" not in ran.html
    told = json.loads(cells("%wan inspect theirs.png --json").printed)
    assert (told["tool"], told["seed"]) == ("A1111", 965400086)
    assert told["call"].startswith("wan.t2i('a lighthouse, sea")


def test_the_equal_call_is_one_that_is_taken(cells, theirs):
    call = json.loads(cells("%wan inspect theirs.png --json").printed)["call"]
    cells("import bailian_nb as wan")
    assert cells(f"again = {call}").error is None
    assert dict(cells.names["again"].request.values) == {**dict(wan.rerun(theirs).request.values), "n": 1}


def test_rerun_sends_what_can_go_along_and_names_the_rest(cells, theirs):
    ran = cells("%wan rerun theirs.png --wait -o job")
    assert ran.error is None, ran.printed
    job = cells.names["job"]
    assert job.request.prompt.startswith("a lighthouse, sea")
    assert job.request.seed == 965400086
    width, height = (int(side) for side in str(job.request.values["size"]).split("*"))
    assert width / height == pytest.approx(512 / 768, rel=0.02)
    told = "\n".join(job.notes)
    for left in (
        "Sampler DPM++ 2M Karras: wan2.6-t2i has no such setting",
        "<lora:ink:0.8>",
        "weights of words",
    ):
        assert left in told
    other = wan.rerun(theirs, on="qwen-image-2.0", seed=3)
    assert (other.request.model, other.request.seed) == ("qwen-image-2.0", 3)
    assert any("CFG scale" in note for note in other.notes)


def test_comfyui_bytes_and_opened_pictures_are_taken_too(cells, tmp_path):
    cells.names["dropped"] = picture_bytes(prompt=comfy())
    ran = cells("%wan rerun dropped --dry-run")
    assert "a bottle in a galaxy" in ran.text
    assert "156680208700286" in ran.text, "a seed that is too large is named"
    with Image.open(png(tmp_path / "comfy.png", prompt=comfy())) as opened:
        assert wan.rerun(opened).request.values["size"] == "1280*720"


def test_a_picture_without_anything_says_what_was_looked_for(cells, photo):
    line = str(cells("%wan inspect photo.png").error)
    assert "holds no Record of bailian_nb" in line
    assert "nor does it hold A1111's parameters or ComfyUI's prompt" in line


def test_markup_in_their_texts_is_escaped(cells, tmp_path):
    text = "<img src=x onerror=alert(1)> a hill\nSteps: 20, Sampler: <script>1</script>, Seed: 7"
    png(tmp_path / "bad.png", parameters=text)
    ran = cells("%wan inspect bad.png")
    assert "<script" not in ran.html
    assert "<img" not in ran.html
    assert "&lt;script" in ran.html


def test_the_text_is_written_when_it_is_asked_for(cells):
    assert cells(f"%%wan_t2i --a1111 --seed 7 --size {SMALL} --wait -o job\na hill").error is None
    picture = cells.names["job"].outcome[0]
    texts = read_texts(picture.path)
    assert texts["parameters"].startswith("a hill\nSeed: 7, Size: ")
    assert understand(texts).seed == 7
    assert wan.rerun(picture.path).result().cached, "its own Record is what a rerun goes by"
    assert cells(f"%%wan_t2i --seed 8 --size {SMALL} --wait -o job\na hill").error is None
    assert read_texts(cells.names["job"].outcome[0].path) == {}
    index = sessions.current().index
    index.rebuild(cells.names["job"].outcome[0].path.parent.parent)
    assert len(list(index.search("hill"))) == 2


def test_it_is_refused_beside_no_embed_and_kept_out_by_nobody_else(cells, photo):
    line = str(cells("%%wan_t2i --a1111 --no-embed\na hill").error)
    assert "a1111 writes the prompt into the picture" in line
    job = wan.edit(photo, "description_edit", "gold leaf", seed=7, a1111=True)
    assert "parameters" in read_texts(job.result()[0].path)


def test_the_command_line_writes_it_too(capsys, tmp_path):
    assert cli.main(["t2i", "a hill", "--a1111", "--seed", "7", "--out-dir", str(tmp_path)]) == 0
    (path,) = tmp_path.rglob("*_s7_0.png")
    assert read_texts(path)["parameters"].startswith("a hill\n")


def test_what_is_no_picture_is_refused_as_before():
    with pytest.raises(InvalidRequest, match="a picture, its path, a job or its id is needed, got dict"):
        wan.rerun({})
