"""Every kind of input in every function of the edit model: what goes on the wire is the picture that was meant."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy
import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.planning.plan import Plan
from bailian_nb.session import session as sessions
from bailian_nb.specs import frames

NOW = "emulator:latency=0"
SIZE = (640, 512)
EDIT = specs.get(specs.DEFAULT_EDIT)
FUNCTIONS = EDIT.functions
NAME = "photo a+b 猫.png"
URLS = ("https://example.com/a.png", "http://example.com/a.png", "oss://bucket/a.png")


@dataclass(frozen=True)
class Kind:
    """One way to hand over a picture; `make` has the file at hand, in whose folder the test runs."""

    name: str
    make: Callable[[Path], Any]
    exact: bool = False
    """The very bytes of the file are sent."""

    def __str__(self) -> str:
        return self.name


def _array(path: Path) -> Any:
    return numpy.array(Image.open(path))


def _data_url(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _picture(path: Path) -> wan.Picture:
    return wan.Picture(path=path, record=wan.Record(model="wan2.6-t2i", prompt="x"))


KINDS = [
    Kind("path", str, exact=True),
    Kind("name", lambda path: path.name, exact=True),
    Kind("Path", lambda path: path, exact=True),
    Kind("file:///absolute", lambda path: f"file://{path}", exact=True),
    Kind("file://./relative", lambda path: f"file://./{path.name}", exact=True),
    Kind("file://relative", lambda path: f"file://{path.name}", exact=True),
    Kind("file:/absolute", lambda path: f"file:{path}", exact=True),
    Kind("file://localhost", lambda path: f"file://localhost{path}", exact=True),
    Kind("file:// percent-encoded", lambda path: f"file://{quote(str(path))}", exact=True),
    Kind("PIL", lambda path: Image.open(path).convert("RGB")),
    Kind("PIL opened file", Image.open),
    Kind("numpy", _array),
    Kind("bytes", lambda path: path.read_bytes(), exact=True),
    Kind("bytearray", lambda path: bytearray(path.read_bytes()), exact=True),
    Kind("data URL", _data_url, exact=True),
    Kind("Picture", _picture, exact=True),
    Kind("MaskPainter", lambda path: wan.MaskPainter(path)),
]


pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture(scope="module")
def file() -> bytes:
    drawn = io.BytesIO()
    Image.radial_gradient("L").resize(SIZE).convert("RGB").save(drawn, "PNG")
    return drawn.getvalue()


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: bytes) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / NAME
    path.write_bytes(file)
    return path


def mask() -> wan.Mask:
    return wan.Mask.like(SIZE).rect(100, 100, 300, 300)


def needed(function: specs.Function) -> dict[str, float]:
    """Return what a function must be given beside picture, mask and prompt: an expand that adds nothing is refused."""
    return {row.name: 1.5 for row in frames.scale_rows(function)[-1:]}


def planned(image: Any, function: specs.Function, given_mask: Any = None) -> Plan:
    """Return what `wan.edit` would send, checked and encoded, without sending it."""
    white = (mask() if given_mask is None else given_mask) if function.mask else None
    values = {"prompt": f"{function.example.en} {NOW}", "seed": 1, **needed(function)}
    return sessions.current().plan(model=EDIT.name, function=function.name, values=values, images=(image,), mask=white)


def body(plan: Plan) -> dict[str, Any]:
    return dict(sessions.current().call(plan)[0].body["input"])


def sent(url: str) -> bytes:
    return base64.b64decode(url.partition(",")[2])


@pytest.mark.matrix
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_of_picture_goes_into_every_function(kind: Kind, photo: Path) -> None:
    for function in FUNCTIONS:
        given = body(planned(kind.make(photo), function))
        assert given["function"] == function.name
        assert given["prompt"].startswith(function.example.en)
        data = sent(given["base_image_url"])
        assert not kind.exact or data == photo.read_bytes()
        assert Image.open(io.BytesIO(data)).convert("RGB").tobytes() == Image.open(photo).tobytes()
        assert ("mask_image_url" in given) is function.mask


@pytest.mark.parametrize("url", URLS)
def test_a_url_goes_into_every_function_as_it_is(url: str) -> None:
    for function in FUNCTIONS:
        plan = planned(url, function)
        assert body(plan)["base_image_url"] == url
        assert plan.require().key is None, "its bytes may change, so no cache may answer"
        headers = sessions.current().call(plan)[0].headers
        assert ("X-DashScope-OssResourceResolve" in headers) is url.startswith("oss:")


def test_a_mask_is_a_picture_too() -> None:
    for function in FUNCTIONS:
        data = sent(body(planned(mask(), function))["base_image_url"])
        assert Image.open(io.BytesIO(data)).convert("L").tobytes() == mask().to_image().tobytes()


def _painter(path: Path) -> wan.MaskPainter:
    return wan.MaskPainter(path, mask=mask())


@pytest.mark.parametrize(
    "kind",
    [
        *(each for each in KINDS if each.name not in ("MaskPainter",)),
        Kind("Mask", lambda path: mask()),
        Kind("MaskPainter", lambda path: wan.MaskPainter(Image.new("RGB", SIZE), mask=mask())),
        Kind("bool array", lambda path: mask().to_numpy() > 0),
    ],
    ids=str,
)
def test_every_kind_of_mask_is_read(kind: Kind, photo: Path, tmp_path: Path) -> None:
    painted = tmp_path / f"mask {NAME}"
    mask().save(painted)
    function = next(row for row in FUNCTIONS if row.mask)
    given = body(planned(photo, function, kind.make(painted)))
    white = Image.open(io.BytesIO(sent(given["mask_image_url"])))
    assert (white.mode, white.size) == ("L", SIZE)
    assert white.tobytes() == mask().to_image().tobytes()


@pytest.mark.parametrize("url", URLS)
def test_a_mask_may_be_a_url(url: str, photo: Path) -> None:
    function = next(row for row in FUNCTIONS if row.mask)
    assert body(planned(photo, function, url))["mask_image_url"] == url


def test_a_painter_brings_picture_and_mask(photo: Path) -> None:
    function = next(row for row in FUNCTIONS if row.mask)
    painter = _painter(photo)
    given = body(planned(painter, function, painter))
    assert Image.open(io.BytesIO(sent(given["base_image_url"]))).convert("RGB").tobytes() == Image.open(photo).tobytes()
    assert Image.open(io.BytesIO(sent(given["mask_image_url"]))).tobytes() == mask().to_image().tobytes()


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize(
    ("function", "kind"),
    list(zip(FUNCTIONS, KINDS[-len(FUNCTIONS) :], strict=True)),
    ids=lambda each: str(getattr(each, "name", each)),
)
def test_every_function_answers(function: specs.Function, kind: Kind, photo: Path) -> None:
    job = wan.edit(
        kind.make(photo),
        function.name,
        f"{function.example.en} {NOW}",
        mask=mask() if function.mask else None,
        seed=1,
        **needed(function),
    )
    (picture,) = job.result(timeout=60)
    assert picture.record.function == function.name
    assert picture.seed == 1
    assert picture.path.exists()


@pytest.mark.seldom
def test_a_job_that_has_not_ended_goes_into_every_function(photo: Path) -> None:
    first = wan.edit(photo, "super_resolution", "sharper emulator:latency=0.3", seed=1)
    jobs = [
        wan.edit(first, row.name, f"{row.example.en} {NOW}", mask=mask() if row.mask else None, seed=1, **needed(row))
        for row in FUNCTIONS
    ]
    assert not first.final
    for job in jobs:
        (picture,) = job.result(timeout=60)
        made = first.result()[0].path.read_bytes()
        assert picture.record.inputs[0]["sha256"] == hashlib.sha256(made).hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda row: row.name)
def test_every_kind_is_answered_in_every_function(function: specs.Function, photo: Path) -> None:
    white = mask() if function.mask else None
    jobs = {
        kind.name: wan.edit(
            kind.make(photo),
            function.name,
            f"{function.example.en} {NOW}",
            mask=white,
            seed=number,
            max_cost=1,
            **needed(function),
        )
        for number, kind in enumerate(KINDS)
    }
    for name, job in jobs.items():
        assert len(job.result(timeout=100)) == 1, name
