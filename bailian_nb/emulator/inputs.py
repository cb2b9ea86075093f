"""Input pictures of a submit: decode and check data URLs, know our own results, stand in for every other URL.

`app` calls `take` in a worker thread before it makes the task; the bytes are kept as files named by their hash, so a
picture can be drawn long after the submit. The emulator fetches nothing from anywhere.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from .. import specs
from ..system.files import PRIVATE, private_folder, write_whole
from .checks import Call
from .refusals import Refusal

_MAX_PIXELS = 64_000_000
"""As much as the documented sides allow; a bomb is refused by its header, before it is decoded."""
_MAX_DRAWN = 2**26
"""Pixels of the largest picture that is drawn: memory of a laptop, not a limit of the service."""
_UNREACHABLE = "unreachable"
_UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError)


class DownloadFailed(Exception):  # an outcome of the task, not an error of this program
    """An input URL that the service would not be able to fetch."""


class Opaque(Exception):  # an outcome of the task, too
    """An input picture without the transparency that its service needs."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Hashes of the stored inputs, pixels outside the mask, whether a download failed, and the canvas ("W*H").

    `failed` is the code of a task that fails for its pictures, and `message` what it says.

    The canvas is empty for functions that work on the picture itself.
    """

    images: tuple[str, ...] = ()
    mask: str | None = None
    kept_pixels: int | None = None
    download_failed: bool = False
    failed: str = ""
    message: str = ""
    size: str = ""


def take(call: Call, folder: Path, own: Callable[[str], bytes | None], *, resolve_oss: bool) -> Taken:
    """Read, check and store the pictures of `call` below `folder`.

    Parameters
    ----------
    own
        Gives the bytes of a result URL of this emulator, ``b""`` where that cannot be fetched, None for other URLs.
    resolve_oss
        Whether the header came without which the service cannot read oss:// URLs.

    Raises
    ------
    Refusal
        When a picture that came with the request breaks a rule of the table.
    """
    rule = call.model.images
    if rule is None or not call.images:
        return Taken(size=canvas(call, None))
    try:
        rules = [call.model.rule_of(at, call.values, len(call.images)) or rule for at in range(len(call.images))]
        each = list(zip(call.images, rules, strict=True))
        pictures = [_fetch(url, of, own, resolve_oss) or _stand_in(url, of) for url, of in each]
        opened = [_checked(data, of, "image") for data, of in zip(pictures, rules, strict=True)]
        _check_transparency(opened, rules)
        _check_boxes(call, opened)
        if call.mask is None:
            drawn = call.function is None and any(row.name == "size" for row in call.model.takes(None))
            size_of = canvas(call, opened[-1].size) if drawn else _grown(call, opened[0].size)
            stored = tuple(_store(folder, data) for data in pictures)
            return Taken(images=stored, size=size_of, message=_nothing_said(call, opened[0]))
        size = opened[0].size
        mask_data = _fetch(call.mask, rule, own, resolve_oss) or _stand_in_mask(size)
    except Opaque as opaque:
        return Taken(failed="BadRequest.UnsupportedFileFormat", message=str(opaque), size=canvas(call, None))
    except DownloadFailed:
        return Taken(download_failed=True, size=canvas(call, None))
    mask = _checked(mask_data, rule, "mask")
    if mask.size != size:
        raise Refusal(
            "InvalidParameter",
            f"mask_image_url must have the size of base_image_url: {mask.width}x{mask.height} and {size[0]}x{size[1]}.",
        )
    kept = white(mask).histogram()[0]
    return Taken(
        images=tuple(_store(folder, data) for data in pictures), mask=_store(folder, mask_data), kept_pixels=kept
    )


def canvas(call: Call, last: tuple[int, int] | None) -> str:
    """Return "W*H" of what is drawn: the size that was asked for, or one in the proportions of the last picture."""
    row = next((row for row in call.model.takes(None, call.values, len(call.images)) if row.name == "size"), None)
    given = str(call.values.get("size", ""))
    if row is None or row.size is None or "*" in given:
        return given or "1024*1024"
    width, height = row.size.pixels(given)
    if last is None:
        return f"{width}*{height}"
    low, high = (row.size.min_ratio, row.size.max_ratio) if row.size.max_ratio else (1 / 4, 4.0)
    ratio = min(max(last[0] / last[1], low), high)
    wide, tall = ((width * height * factor) ** 0.5 for factor in (ratio, 1 / ratio))
    return f"{max(16, int(wide / 16) * 16)}*{max(16, int(tall / 16) * 16)}"


def _grown(call: Call, size: tuple[int, int]) -> str:
    """Refuse an edit whose picture would be too large for this machine; the size itself follows when it is drawn."""
    factor = specs.whole(call.values, "upscale_factor", 1)
    if size[0] * size[1] * factor**2 > _MAX_DRAWN:
        raise Refusal(
            "InvalidParameter", f"the emulator draws at most {_MAX_DRAWN} pixels: {size[0]}x{size[1]}, {factor} times."
        )
    return ""


def _nothing_said(call: Call, image: Image.Image) -> str:
    """Return what the translation says of a picture without writing, which it bills all the same."""
    if call.model.answers != "single":
        return ""
    from .drawing.writing import writing

    if writing(image.convert("RGB")) is not None:
        return ""
    return "No text detected for translation"


def _check_boxes(call: Call, opened: list[Image.Image]) -> None:
    boxes: Any = call.values.get("bbox_list", ())
    for of_picture, image in zip(boxes, opened, strict=False):
        for box in of_picture:
            if box[2] > image.width or box[3] > image.height:
                raise Refusal(
                    "InvalidParameter", f"bbox_list: {list(box)} lies outside of {image.width}x{image.height} pixels."
                )


def white(mask: Image.Image) -> Image.Image:
    """Return the area to edit: 255 where the mask is pure white, 0 elsewhere; grey "may not be recognised"."""
    return mask.convert("L").point([0] * 255 + [255])


def load(folder: Path, name: str) -> Image.Image:
    """Return a stored input, decoded."""
    image = Image.open(io.BytesIO((folder / name).read_bytes()))
    image.load()
    if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow cuts off at 255 instead of scaling them
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return image


def _fetch(url: str, rule: specs.ImageRule, own: Callable[[str], bytes | None], resolve_oss: bool) -> bytes | None:
    """Return the bytes behind `url`, None for a foreign URL that is taken on trust."""
    if url.startswith("data:"):
        return _data_url(url, rule)
    scheme = urlsplit(url).scheme.lower()
    if scheme not in ("http", "https", "oss"):
        raise Refusal("InvalidURL", "The input URL is invalid: it must begin with http://, https://, oss:// or data:.")
    if not url.isascii() or _UNREACHABLE in url or (scheme == "oss" and not resolve_oss):
        raise DownloadFailed
    data = own(url)
    if data == b"":
        raise DownloadFailed
    return data


def _data_url(url: str, rule: specs.ImageRule) -> bytes:
    if not rule.max_data_url_bytes:
        raise Refusal("InvalidURL", "The input URL is invalid: this service takes http://, https:// and oss:// only.")
    if len(url) > rule.max_data_url_bytes:
        raise Refusal("InvalidParameter", f"Exceeded limit on max bytes per data-uri item : {rule.max_data_url_bytes}")
    head, comma, text = url.partition(",")
    if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
        raise Refusal("InvalidParameter", "a data URL must look like data:image/png;base64,...")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal("InvalidParameter", "the data URL holds no base64.") from error


def _checked(data: bytes, rule: specs.ImageRule, what: str) -> Image.Image:
    """Return the decoded picture, or refuse it for format, bytes or sides."""
    if len(data) > rule.max_bytes:
        raise Refusal("InvalidParameter", f"the {what} has {len(data)} bytes, at most {rule.max_bytes} are allowed.")
    try:
        image = Image.open(io.BytesIO(data))
    except (*_UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("InvalidImage.FileFormat", "image format error") from error
    kind = {"mpo": "jpeg"}.get((image.format or "").lower(), (image.format or "").lower())
    if kind not in rule.formats:
        raise Refusal("InvalidImage.FileFormat", f"image format error: {kind}, allowed: {', '.join(rule.formats)}")
    low, high = rule.min_side, rule.max_side
    if rule.max_ratio and max(image.size) > rule.max_ratio * min(image.size):
        raise Refusal(
            "InvalidImage.ImageSize",
            f"the {what} is {image.width}x{image.height}, sides may differ {rule.max_ratio:g} times at most.",
        )
    if not (low <= min(image.size) and max(image.size) <= high) or image.width * image.height > _MAX_PIXELS:
        raise Refusal(
            "InvalidImage.ImageSize", f"the {what} is {image.width}x{image.height}, sides must lie in {low}-{high}."
        )
    try:
        image.load()
    except _UNREADABLE as error:
        raise Refusal("InvalidImage.FileFormat", "image format error") from error
    if image.has_transparency_data and not rule.alpha:
        raise Refusal("InvalidImage.FileFormat", f"the {what} has an alpha channel, which is not supported.")
    return image


def _check_transparency(opened: list[Image.Image], rules: list[specs.ImageRule]) -> None:
    for image, rule in zip(opened, rules, strict=True):
        if rule.transparent and (image.mode != "RGBA" or image.getchannel("A").getextrema()[0] == 255):
            raise Opaque(f"Base image require RGBA format, but is {'RGB' if image.mode == 'RGBA' else image.mode}")


def _stand_in(url: str, rule: specs.ImageRule) -> bytes:
    """Draw what a foreign URL stands for: always the same picture for the same URL."""
    from .drawing.scene import scene

    view = scene(url.partition("?")[0], seed=0, size=(1024, 768))
    if rule.transparent:
        view.putalpha(Image.radial_gradient("L").resize(view.size).point([255] * 150 + [0] * 106))
    return _png(view)


def _stand_in_mask(size: tuple[int, int]) -> bytes:
    mask = Image.new("L", size)
    width, height = size
    mask.paste(255, (width // 4, height // 4, width * 3 // 4, height * 3 // 4))
    return _png(mask)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _store(folder: Path, data: bytes) -> str:
    """Keep `data` under its hash; the same picture is kept once."""
    name = hashlib.sha256(data).hexdigest()
    write(folder / name, data)
    return name


def write(path: Path, data: bytes) -> None:
    """Put a file in place whole, so that another process never reads half of it; what the power cut short is lost."""
    with contextlib.suppress(OSError):
        if path.stat().st_size == len(data):
            return
    private_folder(path.parent)
    write_whole(path, data, mode=PRIVATE, lasting=False)
