"""A Picture shows itself anywhere, says only stable things, and does more where a session lets it."""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bailian_nb.errors import BailianError, InvalidRequest
from bailian_nb.gallery import Picture, Record, read_record, save_picture, sheet_jpeg

Make = Callable[..., Any]


class Stage:
    """Stands where session stands."""

    def edit(self, image: Any, function: str, prompt: str, /, **parameters: Any) -> Any:
        return ("edit", image, function, prompt, parameters)


@pytest.fixture
def picture(served: Make, record: Record, tmp_path: Path) -> Picture:
    return save_picture(served((640, 480)), record, tmp_path, "a")


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "<Picture wan2.6-t2i 640x480 seed=8>"),
        ({"emulator": True}, "<Picture wan2.6-t2i 640x480 seed=8 EMULATOR>"),
        (
            {"model": "wanx2.1-imageedit", "function": "description_edit", "emulator": True, "seed": 7},
            "<Picture wanx2.1-imageedit instruct 640x480 seed=7 EMULATOR>",
        ),
        ({"seed": None}, "<Picture wan2.6-t2i 640x480>"),
    ],
)
def test_the_text_says_only_what_is_stable(changes: dict[str, Any], expected: str, picture: Picture) -> None:
    shown = Picture(path=picture.path, record=replace(picture.record, **changes))
    assert repr(shown) == expected
    assert shown._repr_mimebundle_()[0]["text/plain"] == expected


def test_a_cell_gets_a_small_jpeg(picture: Picture) -> None:
    bundle, more = picture._repr_mimebundle_(include=None, exclude=None)
    assert sorted(bundle) == ["image/jpeg", "text/plain"]
    assert more == {"image/jpeg": {"alt": picture.alt}}
    data = base64.b64decode(bundle["image/jpeg"])
    assert len(data) <= 60_000
    with Image.open(io.BytesIO(data)) as shown:
        assert shown.format == "JPEG"
        assert shown.size == (512, 384)


def test_pixels_are_read_when_asked_for_and_hold_no_file(picture: Picture) -> None:
    image = picture.image
    assert picture.image is image
    picture.path.unlink()
    assert image.size == (640, 480)
    assert image.convert("L").getpixel((1, 1)) is not None
    assert (picture.width, picture.height, picture.seed) == (640, 480, 8)


def test_size_is_found_without_a_word_in_the_record(picture: Picture) -> None:
    assert Picture(path=picture.path, record=Record(model="m")).width == 640
    assert repr(Picture(path=picture.path, record=Record(model="m", size="junk"))) == "<Picture m 640x480>"


def test_a_picture_that_is_gone_says_so_and_breaks_no_cell(picture: Picture, served: Make, tmp_path: Path) -> None:
    other = save_picture(served(), picture.record, tmp_path, "b")
    picture.path.unlink()
    bundle, _ = picture._repr_mimebundle_()
    assert "image/jpeg" not in bundle
    assert "cannot be shown: No such file" in bundle["text/plain"]
    with pytest.raises(FileNotFoundError):
        _ = picture.image
    for pictures in ([picture], [picture, other]):
        with Image.open(io.BytesIO(sheet_jpeg(pictures))) as sheet:
            assert sheet.format == "JPEG"


def test_an_edit_goes_through_the_session(picture: Picture) -> None:
    stage = Stage()
    picture.actions = stage
    assert picture.edit("expand", "wider", top_scale=1.5) == ("edit", picture, "expand", "wider", {"top_scale": 1.5})


def test_alone_it_says_what_to_call_instead(picture: Picture) -> None:
    with pytest.raises(BailianError, match=r"bailian_nb\.edit\(picture"):
        picture.edit("expand", "wider")


@pytest.mark.seldom
def test_showing_a_picture_loads_no_notebook_library(picture: Picture) -> None:
    code = (
        "import sys; from pathlib import Path; from bailian_nb.gallery import Picture, read_record\n"
        "path = Path(sys.argv[1]); Picture(path=path, record=read_record(path))._repr_mimebundle_()\n"
        "rooms = {'IPython', 'ipywidgets', 'anywidget', 'traitlets', 'httpx', 'starlette', 'numpy'}\n"
        "assert not rooms & set(sys.modules), rooms & set(sys.modules)"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-W", "error", "-c", code, str(picture.path)], check=True, cwd=root)


def test_its_words_stand_in_for_it(picture: Picture) -> None:
    told = Picture(path=picture.path, record=replace(picture.record, prompt="a <hill>\n" + "at dawn " * 40))
    assert told.alt.startswith("a <hill> at dawn")
    assert told.alt.endswith(f"(wan2.6-t2i {picture.record.size})")
    assert len(told.alt) < 180
    assert "\n" not in told.alt


def test_it_is_a_path_and_an_array_to_other_libraries(picture: Picture, tmp_path: Path) -> None:
    assert Path(shutil.copy(picture, tmp_path / "copy.png")).read_bytes() == picture.path.read_bytes()
    pixels = np.asarray(picture)
    assert pixels.shape == (480, 640, 3)
    assert pixels.dtype == np.uint8
    assert pixels.tobytes() == picture.image.tobytes()
    assert np.asarray(picture, dtype=np.float32).dtype == np.float32


def test_a_copy_keeps_the_record_and_overwrites_nothing(picture: Picture, tmp_path: Path) -> None:
    (tmp_path / "for me").mkdir()
    copy = picture.save(tmp_path / "for me")
    assert copy.name == picture.path.name
    assert read_record(copy) == read_record(picture.path)
    named = picture.save(str(tmp_path / "猫.png"))
    assert named.read_bytes() == picture.path.read_bytes()
    assert picture.save(named) == named, "the same again is no fault"
    (tmp_path / "other.png").write_bytes(b"mine")
    with pytest.raises(InvalidRequest, match="is there already and is another file"):
        picture.save(tmp_path / "other.png")
    assert (tmp_path / "other.png").read_bytes() == b"mine"
    with pytest.raises(InvalidRequest, match=r"must end in \.png"):
        picture.save(tmp_path / "other.jpg")
