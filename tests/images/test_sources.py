"""Whatever people hand over as a picture is understood or refused in one line; a text is never sent as a file."""

from __future__ import annotations

import base64
import io
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePath
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import IPython.display
import numpy
import pytest
from PIL import Image

from bailian_nb.errors import InvalidRequest
from bailian_nb.images import read_input
from bailian_nb.images.sources import collect
from bailian_nb.specs import ImageRule

Make = Callable[..., Any]


@pytest.fixture
def photo(tmp_path: Path, noise: Make, encoded: Make, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "photo a+b 猫.jpg"
    path.write_bytes(encoded(noise(), "jpeg"))
    return path


def test_a_path_in_every_spelling_gives_the_files_own_bytes(photo: Path, rule: ImageRule) -> None:
    name = photo.name
    for value in (
        photo,
        str(photo),
        name,
        f"  {name}\n",
        f"./{name}",
        Path(name),
        f"file://{photo}",
        f"file:{photo}",
        f"file://localhost{photo}",
        f"FILE://{photo}",
        f"file://./{name}",
        f"file://{name}",
        f"file://{quote(str(photo), safe='/+')}",
        f"file://{quote(str(photo))}",
    ):
        found = read_input(value, rule)
        assert found.data == photo.read_bytes(), value
        assert found.kind == "bytes"
        assert found.name == name
        assert found.mime == "image/jpeg"
        assert (found.width, found.height) == (64, 48)
        assert found.notes == ()


def test_a_path_may_start_at_home(photo: Path, rule: ImageRule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(photo.parent))
    monkeypatch.setenv("USERPROFILE", str(photo.parent))
    assert read_input(f"~/{photo.name}", rule).data == photo.read_bytes()


def test_a_file_url_whose_percent_signs_are_meant_literally_is_found(photo: Path, rule: ImageRule) -> None:
    odd = photo.with_name("100%25.jpg")
    odd.write_bytes(photo.read_bytes())
    assert read_input(f"file://{odd}", rule).name == "100%25.jpg"


def test_bytes_data_urls_and_saved_pictures_give_the_same_bytes(photo: Path, rule: ImageRule) -> None:
    data = photo.read_bytes()
    text = base64.b64encode(data).decode()
    saved = SimpleNamespace(path=photo, record=object())
    for value in (
        data,
        bytearray(data),
        memoryview(data),
        f"data:image/png;base64,{text}",
        f"data:image/jpeg;charset=x;BASE64,{text[:70]}\n{text[70:]}",
        "data:," + quote(data),
        saved,
    ):
        found = read_input(value, rule)
        assert found.data == data
        assert found.mime == "image/jpeg"


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "bmp", "tiff", "gif"])
def test_the_base64_of_a_picture_is_that_picture(kind: str, noise: Make, encoded: Make, rule: ImageRule) -> None:
    data = encoded(noise(), kind)
    plain = base64.b64encode(data)
    lines = base64.encodebytes(data)
    url = f"data:image/{kind};base64,".encode() + plain
    for value in (plain, plain.decode(), lines, f"  {lines.decode()}", base64.urlsafe_b64encode(data), url):
        assert collect(value, "image").data == data
    with pytest.raises(InvalidRequest, match="image is base64 text that is broken or cut off"):
        read_input(plain.decode()[:-2] + "!", rule)


def test_a_long_name_is_no_base64(tmp_path: Path, photo: Path, rule: ImageRule) -> None:
    for name in ("Qk" + "a" * 60, "iVBORw0KGgo" + "a" * 60, "a" * 64):
        (tmp_path / name).write_bytes(photo.read_bytes())
        assert read_input(tmp_path / name, rule).data == photo.read_bytes()
    assert read_input("a" * 64, rule).data == photo.read_bytes()


def test_an_open_file_is_read_and_left_as_it_was(photo: Path, rule: ImageRule, tmp_path: Path) -> None:
    data = photo.read_bytes()
    saved = io.BytesIO()
    saved.write(data)  # as after image.save(saved): it stands at the end
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("in.jpg", data)
    with (
        photo.open("rb") as file,
        photo.open("rb", buffering=0) as unbuffered,
        photo.open(encoding="latin-1") as text,
        tempfile.SpooledTemporaryFile() as spooled,
        tempfile.NamedTemporaryFile(suffix=".jpg") as named,
        zipfile.ZipFile(tmp_path / "photos.zip") as archive,
        archive.open("in.jpg") as member,
    ):
        file.seek(7)
        for each in (spooled, named):
            each.write(data)
        for stream in (saved, io.BytesIO(data), file, unbuffered, text, spooled, named, member):
            before = stream.tell()
            for _ in range(2):
                found = read_input(stream, rule)
                assert found.data == data
                assert (found.kind, found.mime) == ("bytes", "image/jpeg")
            assert stream.tell() == before
            assert not stream.closed
        assert read_input(file, rule).name == photo.name
        assert read_input(member, rule).name == "in.jpg"


def test_a_stream_that_can_be_read_once_is_refused_untouched(photo: Path, rule: ImageRule) -> None:
    class Pipe(io.RawIOBase):
        def seekable(self) -> bool:
            return False

    closed = photo.open("rb")
    closed.close()
    for stream, message in (
        (closed, r"image is an open file \(BufferedReader\) that is closed; give its path or its bytes"),
        (Pipe(), r"\(Pipe\) that cannot be read without using it up .*; give its path or its bytes \(\.read\(\)\)"),
        (io.StringIO("a cat"), r"is a stream of text \(StringIO\)"),
    ):
        with pytest.raises(InvalidRequest, match=message):
            read_input(stream, rule)


def test_any_path_like_is_a_path(photo: Path, rule: ImageRule) -> None:
    class Entry:
        def __init__(self, given: str | bytes) -> None:
            self.given = given

        def __fspath__(self) -> str | bytes:
            return self.given

    with os.scandir(photo.parent) as entries:
        found = [entry for entry in entries if entry.name == photo.name]
    for value in (Entry(str(photo)), Entry(os.fsencode(photo)), PurePath(photo), *found):
        assert read_input(value, rule).data == photo.read_bytes()


def test_what_ipython_shows_is_a_picture(photo: Path, rule: ImageRule) -> None:
    data = photo.read_bytes()
    for shown in (
        IPython.display.Image(data),
        IPython.display.Image(data=data),
        IPython.display.Image(str(photo)),
        IPython.display.Image(filename=str(photo)),
        IPython.display.Image(filename=str(photo), embed=False),
    ):
        assert read_input(shown, rule).data == data
    url = "https://example.com/cat.png"
    assert read_input(IPython.display.Image(url=url), rule).as_url() == url


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.com/cat.png?x=1&y=%20", "url"),
        ("HTTP://127.0.0.1:8787/cat.png", "url"),
        ("oss://dashscope-instant/abc/cat.png", "oss"),
    ],
)
def test_a_url_is_passed_on_as_it_is(url: str, kind: str, rule: ImageRule) -> None:
    found = read_input(url, rule)
    assert (found.kind, found.url, found.as_url()) == (kind, url, url)
    assert (found.name, found.sha256, found.size) == ("cat.png", "", None)
    with pytest.raises(ValueError, match="not here"):
        found.open()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("https://example.com/猫.png", "non-ASCII.*percent-encode"),
        ("https://example.com/a cat.png", "percent-encode"),
        ("https:///cat.png", "names no host"),
        ("http://[::1/cat.png", "names no host"),
        ("ftp://example.com/cat.png", "from ftp://"),
        ("gs://bucket/cat.png", "from gs://"),
        ("data:image/png;base64", "without data"),
        ("data:image/png;base64,iVBORw0KGgo$", "base64 is broken"),
        ("data:image/png;base64,iVBORw0KGg", "base64 is broken"),
        ("data:image/png;base64,", "empty"),
        ("", "empty text"),
        ("  ", "empty text"),
        (None, "missing"),
        (7, "got int"),
        ([1, 2], "got list"),
        (object(), "got object"),
        (b"", "empty"),
        ("Put sunglasses on the cat", "does not exist"),
        ("给猫戴上墨镜" * 200, "cannot be read"),
        ("a\0b.png", "no file name"),
        ("~nobody-of-that-name/x.png", "no file name|does not exist"),
        ("missing/folder/x.png", "no folder missing"),
    ],
)
def test_what_cannot_be_a_picture_is_refused_in_one_line(
    value: Any, message: str, rule: ImageRule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidRequest, match=message) as caught:
        read_input(value, rule)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].parameter == "image"
    assert "\n" not in str(caught.value)


def test_a_missing_file_names_the_nearest_one(photo: Path, rule: ImageRule) -> None:
    (photo.parent / "Chelsea.PNG").write_bytes(b"x")
    with pytest.raises(InvalidRequest, match=r"image chelsae\.png does not exist; did you mean Chelsea\.PNG\?"):
        read_input("chelsae.png", rule)
    with pytest.raises(InvalidRequest, match="does not exist in "):
        read_input("zzz", rule)


def test_a_folder_and_a_device_are_refused(tmp_path: Path, rule: ImageRule) -> None:
    with pytest.raises(InvalidRequest, match="is a folder"):
        read_input(tmp_path, rule)
    if Path("/dev/zero").exists():
        with pytest.raises(InvalidRequest, match="not a regular file"):
            read_input("/dev/zero", rule)


@pytest.mark.parametrize(
    ("shape", "mode"), [((48, 64), "L"), ((48, 64, 1), "L"), ((48, 64, 3), "RGB"), ((48, 64, 4), "RGBA")]
)
def test_uint8_arrays_become_png_with_the_same_pixels(shape: tuple[int, ...], mode: str, rule: ImageRule) -> None:
    array = numpy.random.default_rng(1).integers(0, 256, shape, numpy.uint8)
    image = read_input(array, rule).open()
    assert image.mode == mode
    assert image.tobytes() == array.tobytes()
    turned = numpy.moveaxis(array, 0, 1)
    assert read_input(turned, rule).open().tobytes() == turned.tobytes()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4"])
@pytest.mark.parametrize("shape", [(48, 64), (48, 64, 1), (48, 64, 3), (48, 64, 4)])
def test_floats_of_0_to_1_are_levels(dtype: str, shape: tuple[int, ...], rule: ImageRule) -> None:
    levels = numpy.random.default_rng(1).integers(0, 256, shape, numpy.uint8)
    levels[0, 0], levels[0, 1] = 0, 255
    image = read_input((levels / 255).astype(dtype), rule).open()
    assert image.tobytes() == levels.tobytes()


def test_what_numpy_can_look_at_is_an_array(rule: ImageRule) -> None:
    class Tensor:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return numpy.ones((48, 64, 3), numpy.float32)

    assert read_input(Tensor(), rule).open().getpixel((3, 3)) == (255, 255, 255)

    class OnACard:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            raise TypeError("copy it to host memory first")

    with pytest.raises(InvalidRequest, match=r"\(OnACard\) cannot be read as an array: copy it to host memory first"):
        read_input(OnACard(), rule)


def test_bool_arrays_become_black_and_white(rule: ImageRule) -> None:
    array = numpy.eye(50, dtype=bool)
    assert (numpy.asarray(read_input(array, rule).open()) == array * 255).all()
    colors = numpy.stack([array, ~array, array], axis=2)
    assert (numpy.asarray(read_input(colors, rule).open()) == colors * 255).all()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            numpy.full((48, 64, 3), 255.0),
            r"float64 with values from 255 to 255; floats are read as 0.0-1.0; give uint8",
        ),
        (numpy.full((48, 64), -0.1), r"values from -0.1 to -0.1; floats are read as 0.0-1.0"),
        (numpy.full((48, 64), numpy.nan), "holds NaN or infinity; give finite values"),
        (numpy.zeros((48, 64), numpy.uint16), r"dtype uint16; give uint8 .*// 257"),
        (numpy.zeros((48, 64), numpy.int64), "dtype int64; give uint8"),
        (numpy.zeros((48, 64), complex), "dtype complex128; give uint8"),
        (numpy.zeros((48, 64), object), "dtype object; give uint8"),
        (numpy.zeros((3, 48, 64), numpy.uint8), r"shape 3x48x64.*height x width.*array.transpose\(1, 2, 0\)"),
        (numpy.zeros((1, 48, 64, 3), numpy.uint8), "shape 1x48x64x3"),
        (numpy.zeros((0, 64, 3), numpy.uint8), "no pixels"),
    ],
)
def test_arrays_with_more_than_one_reading_are_refused(array: Any, message: str, rule: ImageRule) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_input(array, rule)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pil_images_become_png_without_loss(mode: str, noise: Make, rule: ImageRule) -> None:
    image = noise().quantize(16) if mode == "P" else Image.new(mode, (64, 48)) if mode == "I;16" else noise(mode=mode)
    found = read_input(image, rule)
    assert found.mime == "image/png"
    back = found.open()
    assert back.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV", "LAB"])
def test_pil_images_that_png_cannot_hold_become_rgb(mode: str, noise: Make, rule: ImageRule) -> None:
    found = read_input(noise().convert(mode) if mode != "LAB" else Image.new("LAB", (64, 48)), rule)
    assert found.open().mode == "RGB"


@pytest.mark.parametrize("mode", ["F", "I"])
def test_pil_images_without_a_known_range_are_refused(mode: str, rule: ImageRule) -> None:
    with pytest.raises(InvalidRequest, match=f"mode {mode}.*convert"):
        read_input(Image.new(mode, (64, 48)), rule)


def test_a_pattern_is_told_from_a_file_and_what_to_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b.jpg", "a.jpg", "[c].png"):
        Image.new("RGB", (9, 9)).save(name)
    said = "is a pattern, which stands for several files ({}); give one file, or glob.glob(...) in a loop"
    for pattern, found in (
        ("*.jpg", "2 match, such as a.jpg"),
        ("?.jpg", "2 match, such as a.jpg"),
        ("x*", "none matches"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            collect(pattern, "image")
        assert str(refused.value) == f"image {pattern} {said.format(found)}"
    assert collect("[c].png", "image").name == "[c].png", "a file that is called so is no pattern"
    with pytest.raises(InvalidRequest, match="is a pattern"):
        collect("**x.jpg", "image")


def test_a_home_is_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    Image.new("RGB", (9, 9)).save(tmp_path / "my cat.png")
    for given in ("~/my cat.png", Path("~/my cat.png"), Path("~") / "my cat.png"):
        assert collect(given, "image").name == "my cat.png"


@pytest.mark.parametrize("name", ["~x.png", " lead.png", "trail.png ", "\ttab.png\n", "file:a.png", "data:a.png"])
def test_a_file_is_found_by_the_name_that_it_has(name: str, photo: Path, rule: ImageRule, monkeypatch: Any) -> None:
    monkeypatch.chdir(photo.parent)
    photo.rename(name)
    assert read_input(name, rule).data == Path(name).read_bytes()


def test_a_name_is_found_however_its_accents_are_composed(photo: Path, rule: ImageRule, monkeypatch: Any) -> None:
    monkeypatch.chdir(photo.parent)
    composed, apart = "caf\u00e9.png", "cafe\u0301.png"
    photo.rename(apart)
    assert read_input(composed, rule).data == Path(apart).read_bytes()
    Path(composed).write_bytes(b"another")
    assert read_input(apart, rule).data == Path(apart).read_bytes()
