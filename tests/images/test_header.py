"""Headers of pictures, read for plans of thousands: what they say is what the whole picture says."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.images.header import Header, misfit, read_header
from bailian_nb.images.reading import read_input
from bailian_nb.images.sources import MAX_FILE_BYTES

EDIT = specs.get("wanx2.1-imageedit").images


@pytest.mark.parametrize(
    ("mode", "name", "options"),
    [
        ("RGB", "a.png", {}),
        ("RGBA", "a.png", {}),
        ("LA", "a.png", {}),
        ("L", "a.png", {"transparency": 3}),
        ("P", "a.png", {}),
        ("RGB", "a.jpg", {}),
        ("RGB", "a.jpg", {"progressive": True}),
        ("RGB", "a.jpg", {"exif": b"Exif\0\0" + b"MM\0*\0\0\0\x08\0\0" + b"x" * 60_000}),
        ("CMYK", "a.jpg", {}),
        ("RGB", "a.webp", {}),
        ("RGBA", "a.webp", {"lossless": True}),
        ("RGB", "a.bmp", {}),
        ("RGB", "a.tif", {}),
    ],
)
def test_a_header_says_what_pillow_says(tmp_path: Path, mode: str, name: str, options: dict[str, object]) -> None:
    path = tmp_path / name
    Image.new(mode, (613, 520)).save(path, **options)
    found = read_header(str(path))
    with Image.open(path) as image:
        assert (found.width, found.height, found.alpha) == (*image.size, image.has_transparency_data)
        assert found.kind == {"tif": "tiff"}.get(image.format.lower()[:3], image.format.lower())  # type: ignore[union-attr]
    assert found.size == path.stat().st_size


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7 ..."])
def test_what_is_no_picture_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(ValueError, match=r"."):
        read_header(str(tmp_path / "a"))


def test_a_file_that_is_too_large_is_not_read_for_its_header(tmp_path: Path) -> None:
    with (tmp_path / "a.webp").open("wb") as file:
        file.write(b"RIFF\0\0\0\0WEBPVP8X")
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(ValueError, match=r"^268435457 bytes; files up to 268435456 are read$"):
        read_header(str(tmp_path / "a.webp"))


@pytest.mark.parametrize(
    ("size", "fits"), [((512, 512), True), ((511, 900), False), ((4097, 600), False), ((4096, 512), True)]
)
def test_a_header_is_refused_where_the_picture_would_be(tmp_path: Path, size: tuple[int, int], fits: bool) -> None:
    assert EDIT is not None
    path = tmp_path / "a.png"
    Image.new("L", size).save(path)
    assert (misfit(read_header(str(path)), EDIT, fit=False) is None) == fits
    if fits:
        read_input(path, EDIT)
    else:
        with pytest.raises(InvalidRequest):
            read_input(path, EDIT)


def test_fit_leaves_what_can_be_mended() -> None:
    assert EDIT is not None
    large = Header("png", 6000, 3000, alpha=False, size=50_000_000)
    assert misfit(large, EDIT, fit=False) is not None
    assert misfit(large, EDIT, fit=True) is None
    assert misfit(Header("png", 100, 100, alpha=False, size=100), EDIT, fit=True) is not None
