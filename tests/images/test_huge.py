"""The photo of every camera is shrunk in little memory; a bomb is refused with what it has and what is allowed."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.images import Input, decode, read_input, read_mask
from bailian_nb.images import reading as reading_module
from bailian_nb.images.decode import MAX_PIXELS, MAX_SHRUNK, decode_reduced
from bailian_nb.specs import ImageRule

Make = Callable[..., Any]
CAMERA = (16320, 12240)
EDIT = specs.get("wanx2.1-imageedit").images
assert EDIT is not None


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A JPEG of 200 million pixels: dark, with a bright lower half on the right."""
    image = Image.new("L", CAMERA, 40)
    image.paste(200, (8160, 6120, *CAMERA))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    image.save(file, "JPEG", quality=50, exif=exif)
    return file.getvalue()


@pytest.fixture(scope="module")
def shrunk(photo: bytes) -> Input:
    return read_input(photo, EDIT, fit=True)


def of_size(data: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose header tells another size."""
    start = next(at for at in range(len(data)) if data[at : at + 2] in (b"\xff\xc0", b"\xff\xc2"))
    return data[: start + 5] + struct.pack(">HH", height, width) + data[start + 9 :]


@pytest.mark.seldom
def test_a_photo_of_200_million_pixels_is_shrunk_and_stands_upright(shrunk: Input) -> None:
    found = shrunk
    assert found.size == (3072, 4096)
    assert found.original_size == (12240, 16320)
    assert found.notes[:2] == ("EXIF orientation applied", "shrunk from 12240x16320 to 3072x4096")
    sent = found.open().convert("L")
    bright = [sent.getpixel((x, y)) for x, y in ((100, 100), (3000, 100), (100, 4000), (3000, 4000))]
    assert [level > 128 for level in bright] == [False, False, True, False]


@pytest.mark.seldom
def test_its_mask_may_be_as_large_as_the_photo(shrunk: Input, encoded: Make) -> None:
    picture = shrunk
    mask = Image.new("L", (12240, 16320))
    mask.paste(255, (0, 8160, 6120, 16320))
    found = read_mask(encoded(mask, "PNG", compress_level=1), picture)
    assert found.size == picture.size
    assert found.open().getbbox() == (0, 2048, 1536, 4096)


def test_without_fit_it_is_refused_with_the_numbers_and_not_decoded(photo: bytes) -> None:
    line = r"^image has 16320x12240 pixels, each side must lie in 512-4096; fit=True shrinks or converts it$"
    for data in (photo, photo[:9000]):
        with pytest.raises(InvalidRequest, match=line):
            read_input(data, EDIT)


@pytest.mark.parametrize(
    ("size", "progressive", "fit"),
    [((40_000, 40_000), False, True), ((65_000, 65_000), False, False), ((20_000, 20_000), True, True)],
)
def test_a_bomb_is_refused_with_what_it_has_and_what_is_allowed(
    size: tuple[int, int], progressive: bool, fit: bool, noise: Make, encoded: Make
) -> None:
    data = of_size(encoded(noise(), "jpeg", progressive=progressive), *size)
    with pytest.raises(InvalidRequest) as caught:
        read_input(data, EDIT, fit=fit)
    assert str(caught.value) == (
        f"image (jpeg) has {size[0]}x{size[1]} pixels, and at most 134 million pixels are read, of a JPEG with "
        "fit=True 537 million; save it smaller"
    )


def test_other_formats_keep_their_limit(noise: Make, encoded: Make) -> None:
    wide = bytearray(encoded(noise(), "bmp"))
    struct.pack_into("<ii", wide, 18, 20_000, 10_000)
    for fit in (False, True):
        with pytest.raises(InvalidRequest, match=r"image \(bmp\) has 20000x10000 pixels, and at most 134 million"):
            read_input(bytes(wide), EDIT, fit=fit)


def test_every_camera_fits() -> None:
    for width, height in ((16320, 12240), (19008, 12672), (11648, 8736), (14204, 10652), (23200, 17400)):
        assert width * height <= MAX_SHRUNK["jpeg"]
    assert MAX_SHRUNK["progressive jpeg"] > MAX_PIXELS


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(
    ("progressive", "mode"),
    [
        *((False, mode) for mode in ("L", "RGB", "CMYK")),
        (True, "RGB"),
        *(pytest.param(True, mode, marks=pytest.mark.slow) for mode in ("L", "CMYK")),
    ],
)
def test_a_jpeg_is_read_at_a_part_of_its_size(
    mode: str, progressive: bool, noise: Make, encoded: Make, monkeypatch: pytest.MonkeyPatch, rule: ImageRule
) -> None:
    data = encoded(noise((2400, 1200), mode), "jpeg", quality=60, progressive=progressive)
    assert decode_reduced(data, 256).size == (300, 150)
    assert decode_reduced(data, 301).size == (600, 300)
    assert decode_reduced(data, 4000).size == decode(data).size
    monkeypatch.setattr(reading_module, "MAX_PIXELS", 1_000_000)
    found = read_input(data, rule, fit=True)
    assert (found.size, found.original_size) == ((256, 128), (2400, 1200))
    assert found.notes[0] == "shrunk from 2400x1200 to 256x128"


@pytest.mark.seldom
def test_the_memory_stays_small(photo: bytes, tmp_path: Any) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo)
    code = (
        "import resource, sys; from bailian_nb import specs; from bailian_nb.images import read_input;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "read_input(sys.argv[1], specs.get('wanx2.1-imageedit').images, fit=True);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    if sys.platform != "linux":
        pytest.skip("memory is counted in other units")
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 250_000, "kB; all of it as RGB would be 800 000"
