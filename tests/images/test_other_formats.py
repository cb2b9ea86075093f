"""HEIC and AVIF, which phones and browsers save: taken where they can be read, else told what to install."""

from __future__ import annotations

import importlib.util
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from PIL import Image, JpegImagePlugin, features

from bailian_nb.errors import InvalidRequest
from bailian_nb.images import picture_type, read_input
from bailian_nb.specs import ImageRule

Make = Callable[..., Any]
HEIC = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf"


def ways(data: bytes, folder: Path, name: str) -> list[Any]:
    """Return a file as people hand it over."""
    path = folder / name
    path.write_bytes(data)
    return [path, str(path), data, io.BytesIO(data)]


def test_without_its_package_heic_says_what_to_install(
    rule: ImageRule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    for given in ways(HEIC + bytes(64), tmp_path, "photo.heic"):
        for fit in (False, True):
            with pytest.raises(InvalidRequest, match=r"is HEIC, which cannot be read here; pip install pillow-heif"):
                read_input(given, rule, fit=fit)


def test_with_its_package_heic_is_taken_and_nothing_is_registered(
    rule: ImageRule, noise: Make, encoded: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, image = HEIC + bytes(64), noise()

    class HeifImageFile(JpegImagePlugin.JpegImageFile):
        """Stands for the package's own class, which the machine may not have: it opens a file that stays lazy."""

        def __init__(self, file: io.BytesIO) -> None:
            assert file.read() == data
            super().__init__(io.BytesIO(encoded(image, "jpeg")))

    monkeypatch.setitem(sys.modules, "pillow_heif", ModuleType("pillow_heif"))
    sys.modules["pillow_heif"].__dict__.update(vars(SimpleNamespace(HeifImageFile=HeifImageFile)))
    known = dict(Image.OPEN)
    for given in ways(data, tmp_path, "photo.heic"):
        with pytest.raises(InvalidRequest, match=r"is HEIF, allowed are jpeg.*fit=True shrinks or converts it"):
            read_input(given, rule)
        found = read_input(given, rule, fit=True)
        assert (picture_type(found.data), found.size) == ("jpeg", image.size)
        assert found.notes == ("HEIF converted to jpeg",)
    assert known == Image.OPEN


@pytest.mark.skipif(importlib.util.find_spec("pillow_heif") is None, reason="the extra heif is not installed")
def test_a_real_heic_of_a_phone_is_taken(rule: ImageRule, noise: Make, tmp_path: Path) -> None:
    from pillow_heif import from_pillow

    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    from_pillow(noise((64, 48))).save(file, quality=90, exif=exif.tobytes())
    for given in ways(file.getvalue(), tmp_path, "photo.heic"):
        found = read_input(given, rule, fit=True)
        assert found.size == (48, 64), "the file says how it lies, and its library turns it"
        assert picture_type(found.data) == "jpeg"
    with pytest.raises(InvalidRequest, match=r"\(HEIF\) cannot be used"):
        read_input(file.getvalue()[:400], rule, fit=True)


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow has no AVIF")
def test_avif_is_taken(rule: ImageRule, noise: Make, encoded: Make, tmp_path: Path) -> None:
    for given in ways(encoded(noise(), "AVIF"), tmp_path, "photo.avif"):
        found = read_input(given, rule, fit=True)
        assert (picture_type(found.data), found.notes) == ("jpeg", ("AVIF converted to jpeg",))


def test_without_a_reader_avif_says_what_to_install(rule: ImageRule, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.init()
    monkeypatch.delitem(Image.OPEN, "AVIF", raising=False)
    with pytest.raises(InvalidRequest, match=r"is AVIF, which this Pillow cannot read; pip install -U pillow"):
        read_input(b"\0\0\0\x1cftypavif\0\0\0\0mif1", rule)


@pytest.mark.parametrize("mode", ["F", "I"])
def test_numbers_of_32_bits_in_a_file_are_refused_as_in_memory(rule: ImageRule, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "depth.tif"
    (image := Image.new(mode, (64, 64))).save(path)
    for given in (path, path.read_bytes(), image):
        with pytest.raises(
            InvalidRequest, match=rf" has mode {mode}, whose range is not known; convert it to L or RGB"
        ):
            read_input(given, rule)
