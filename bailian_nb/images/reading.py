"""Read one input picture against a model's rule: pass it on untouched, or refuse it, or fit it when asked to.

Called by `planning` for every picture of a request, and by `session` where it looks at one. A refusal is one line: what
was given, what is allowed, what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from PIL import Image, TiffImagePlugin

from ..specs import ImageRule
from ..system.language import sentence, together
from .decode import (
    MAX_GREY_PIXELS,
    MAX_PIXELS,
    MAX_SHRUNK,
    TooLarge,
    decode,
    decode_reduced,
    describe,
    frames,
    instead,
    largest_shrunk,
    open_header,
    other_format,
    picture_type,
)
from .encode import flat, smooth, to_jpeg, to_png
from .input import Input
from .profiles import to_rgb
from .sources import Source, collect, refusal

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright whose EXIF says which way round it lies."""
EXACT_BYTES = 7 * 1024 * 1024
"""Largest PNG that a turned photograph is sent as; a larger one becomes a JPEG again."""
LOSSY = ("jpeg", "AVIF", "HEIF", "JPEG2000")


@dataclass(kw_only=True)
class _Draft:
    """One picture on its way: what it is, and what was done to it so far."""

    image: Image.Image
    data: bytes | None
    kind: str
    frames: int = 1
    exact: bool = False
    notes: list[str] = field(default_factory=list)
    original_size: tuple[int, int] | None = None
    shrunk: str = ""
    """The note that says so."""


def read_input(value: Any, rule: ImageRule, *, what: str = "image", fit: bool = False) -> Input:
    """Return `value` as it goes to the service.

    Parameters
    ----------
    value
        Path, `file://` URL, PIL image, numpy array (uint8 or bool), bytes, http(s), data or oss URL, Picture, Mask,
        or the address of an object in a bucket, which is read. URLs are passed on unread.
    rule
        What the model takes.
    what
        Name of the argument, for messages.
    fit
        Shrink and convert what does not match the rule; nothing is ever enlarged.

    Returns
    -------
    input
        The bytes as they were given where nothing had to be changed; its `notes` say what was.

    Raises
    ------
    InvalidRequest
        When it is no picture or does not match the rule; it says what is allowed and what to do.
    """
    source = collect(value, what)
    if source.url:
        return Input(kind="oss" if source.url.startswith("oss:") else "url", url=source.url, name=source.name)
    draft = _draft(source, what, rule=rule, fit=fit)
    label = f"{what} {source.name}" if source.name else what
    problems = _problems(draft, rule)
    if problems and fit:
        _fit(draft, rule)
        problems = _problems(draft, rule)
    if problems:
        raise refusal(what, f"{label} {together(problems)}{_advice(draft, rule, fit=fit)}")
    data = _bytes(draft)
    return Input.from_bytes(
        data,
        draft.image.size,
        name=source.name,
        address=source.address if data == source.data else "",
        path=source.path,
        notes=tuple(draft.notes),
        original_size=draft.original_size,
    )


def load_picture(
    source: Source, what: str, *, numbers: bool = False
) -> tuple[Image.Image, bytes | None, str, tuple[str, ...]]:
    """Return pixels with the EXIF orientation applied, the untouched bytes if there are any, kind and notes.

    `numbers` takes a PIL image whose values are no levels, too (modes I and F): a mask's labels.
    """
    draft = _draft(source, what, numbers=numbers)
    return draft.image, draft.data, draft.kind, tuple(draft.notes)


def _known_range(image: Image.Image, label: str, what: str, *, numbers: bool) -> None:
    """Refuse 32-bit numbers where levels of light are wanted: whoever reads them takes most for black or white."""
    if image.mode in ("F", "I") and not numbers:
        line = sentence(
            "{label} has mode {mode}, whose range is not known; convert it to L or RGB first",
            label=label,
            mode=image.mode,
        )
        raise refusal(what, line)


def _draft(
    source: Source, what: str, *, numbers: bool = False, rule: ImageRule | None = None, fit: bool = False
) -> _Draft:
    label = f"{what} {source.name}" if source.name else what
    if source.image is not None:
        _known_range(source.image, label, what, numbers=numbers)
        return _draft_of_image(source.image, label, what, opened=source.opened)
    data = source.data or b""
    kind = picture_type(data) or other_format(data)
    if kind is None:
        raise refusal(
            what,
            sentence(
                "{label} is {describe}{instead}", label=label, describe=sentence(describe(data)), instead=instead(data)
            ),
        )
    try:
        header = open_header(data, max_pixels=max(MAX_SHRUNK.values()))
        count = 1 if kind == "jpeg" else frames(header)
        if rule is not None and header.width * header.height > MAX_PIXELS:
            return _draft_of_huge(header, data, kind, rule, fit=fit)
        grey = numbers and header.mode in ("1", "L", "P")
        image = decode(data, max_pixels=MAX_GREY_PIXELS if grey else MAX_PIXELS)
    except TooLarge as error:
        raise refusal(
            what, sentence("{label} ({kind}) has {too_many}", label=label, kind=kind, too_many=_too_many(error))
        ) from None
    except ValueError as error:
        raise refusal(
            what,
            sentence(
                "{label} ({kind}) cannot be used: {error}; save or fetch it again", label=label, kind=kind, error=error
            ),
        ) from error
    if kind == "tiff":  # of the formats that are taken, the only one that holds such numbers
        _known_range(image, label, what, numbers=numbers)
    draft = _Draft(image=image, data=data, kind=kind, frames=count)
    _turn(draft, _stored_orientation(header, kind))
    if kind == "webp" and _orientation_in(image) != 1:
        draft.data, draft.exact = None, True
        draft.notes.append(sentence("its EXIF orientation is left out, since browsers turn no WEBP"))
    return draft


def _draft_of_huge(header: Image.Image, data: bytes, kind: str, rule: ImageRule, *, fit: bool) -> _Draft:
    """Take a picture that no rule allows and that memory would not hold: as its header, or read smaller than it is."""
    if header.width * header.height > (most := largest_shrunk(header, kind)):
        raise TooLarge(header.size, most)
    if not fit:
        return _Draft(image=header, data=data, kind=kind)  # refused for its sides, by which it is known
    image = decode_reduced(data, rule.max_side)
    draft = _Draft(image=image, data=None, kind=kind)
    orientation = _stored_orientation(header, kind)
    _turn(draft, orientation)
    draft.original_size = header.size[::-1] if orientation > 4 else header.size
    _note_shrunk(draft)
    return draft


def _too_many(error: TooLarge) -> str:
    allowed = sentence(
        "{number:.0f} million pixels are read, of a JPEG with fit=True {number2:.0f} million",
        number=MAX_PIXELS / 1000000.0,
        number2=MAX_SHRUNK["jpeg"] / 1000000.0,
    )
    return sentence(
        "{width}x{height} pixels, and at most {allowed}; save it smaller",
        width=error.size[0],
        height=error.size[1],
        allowed=allowed,
    )


def _stored_orientation(header: Image.Image, kind: str) -> int:
    """Return which way round a file's pixels lie, as browsers see it: by EXIF alone, and of a WEBP not even by that.

    Chromium 156 turns JPEG, PNG (an eXIf chunk before the pixels) and AVIF by their EXIF, and nothing by XMP or by the
    text chunk that ImageMagick writes. Pillow turns a TIFF while it is loaded.
    """
    if kind == "tiff":
        return _orientation(header.getexif())
    return 1 if kind == "webp" else _orientation_in(header)


def _draft_of_image(image: Image.Image, label: str, what: str, *, opened: bool) -> _Draft:
    """Take pixels as Pillow shows them; only an opened file still means its EXIF orientation."""
    if 0 in image.size:
        raise refusal(
            what,
            sentence("{label} has no pixels ({width}x{height})", label=label, width=image.width, height=image.height),
        )
    turns = opened and image.format not in ("WEBP", "TIFF")
    orientation = _orientation_in(image) if turns else 1  # what a PNG says behind its pixels is heard once it is loaded
    try:
        image.load()
    except (OSError, ValueError) as error:
        raise refusal(what, sentence("{label} cannot be read: {error}", label=label, error=error)) from error
    draft = _Draft(image=image, data=None, kind="png")
    _turn(draft, orientation)
    return draft


def _turn(draft: _Draft, orientation: int) -> None:
    if orientation == 1:
        return
    # Pillow has turned a TIFF by itself when it was loaded.
    if not isinstance(draft.image, TiffImagePlugin.TiffImageFile):
        draft.image = draft.image.transpose(_UPRIGHT[orientation])
    draft.data = None
    draft.exact = True
    draft.notes.append(sentence("EXIF orientation applied"))


def _orientation_in(image: Image.Image) -> int:
    """Read the EXIF block alone: Pillow's own `getexif` asks XMP and text chunks, too."""
    block = image.info.get("exif")
    exif = Image.Exif()
    try:
        exif.load(block if isinstance(block, bytes) else b"")
    except Exception:  # noqa: BLE001 - a broken EXIF block raises anything, and says nothing about the pixels
        return 1
    return _orientation(exif)


def _orientation(exif: Image.Exif) -> int:
    value = exif.get(_ORIENTATION, 1)
    return value if value in _UPRIGHT else 1


def _bytes(draft: _Draft) -> bytes:
    if draft.data is None:
        lossy = draft.kind in LOSSY and not draft.image.has_transparency_data
        if lossy and draft.exact:
            # Turned pixels are the user's own: without a loss a masked edit can be pasted back into just these.
            draft.data = to_png(draft.image)
            lossy = len(draft.data) > EXACT_BYTES
        if lossy or draft.data is None:
            draft.data = to_jpeg(draft.image) if lossy else to_png(draft.image)
    return draft.data


def _problems(draft: _Draft, rule: ImageRule) -> list[str]:
    found = []
    width, height = draft.image.size
    if draft.kind not in rule.formats:
        found.append(sentence("is {kind}, allowed are {names}", kind=draft.kind, names=", ".join(rule.formats)))
    if draft.frames > 1:
        found.append(sentence("has {frames} frames, one is allowed", frames=draft.frames))
    if min(width, height) < rule.min_side or max(width, height) > rule.max_side:
        found.append(
            sentence(
                "has {width}x{height} pixels, each side must lie in {min_side}-{max_side}",
                width=width,
                height=height,
                min_side=rule.min_side,
                max_side=rule.max_side,
            )
        )
    if rule.max_ratio and max(width, height) > rule.max_ratio * min(width, height):
        found.append(
            sentence(
                "has {width}x{height} pixels, the longer side may be {max_ratio:g} times the shorter at most",
                width=width,
                height=height,
                max_ratio=rule.max_ratio,
            )
        )
    if not rule.alpha and draft.image.has_transparency_data:
        found.append(sentence("has transparency, which is not allowed"))
    if found:
        return found
    data = _bytes(draft)
    if len(data) > rule.max_bytes:
        found.append(sentence("has {count} bytes, allowed are {max_bytes}", count=len(data), max_bytes=rule.max_bytes))
    return found


def _advice(draft: _Draft, rule: ImageRule, *, fit: bool) -> str:
    width, height = draft.image.size
    stretched = rule.max_ratio and max(width, height) > rule.max_ratio * min(width, height)
    if stretched or max(width, height) * rule.min_side > min(width, height) * rule.max_side:
        return sentence("; no size with these proportions fits, crop it")
    if min(width, height) < rule.min_side:
        return sentence("; give a larger picture, fit=True never enlarges")
    return "" if fit else sentence("; fit=True shrinks or converts it")


def _fit(draft: _Draft, rule: ImageRule) -> None:
    """Change what the rule does not allow, in the order: frames, transparency, format, sides, bytes."""
    if draft.frames > 1:
        draft.notes.append(sentence("first of {frames} frames taken", frames=draft.frames))
        draft.frames, draft.data = 1, None
    if not rule.alpha and draft.image.has_transparency_data:
        draft.image, draft.data = flat(draft.image), None
        draft.notes.append(sentence("transparency laid on white"))
    if draft.kind not in rule.formats:
        draft.data = None
    if max(draft.image.size) > rule.max_side:
        _shrink(draft, rule.max_side / max(draft.image.size), rule)
    if draft.data is None:
        _settle(draft, rule)
    _lighten(draft, rule)


def _settle(draft: _Draft, rule: ImageRule) -> None:
    """Encode what has no bytes any more, in a format that the rule allows."""
    before = draft.kind
    if draft.image.mode == "CMYK":
        draft.image = to_rgb(draft.image)
        draft.notes.append(sentence("CMYK converted to RGB"))
    data = _bytes(draft)
    draft.kind = picture_type(data) or "png"
    if draft.kind != before:
        draft.notes.append(sentence("{before} converted to {kind}", before=before, kind=draft.kind))


def _shrink(draft: _Draft, scale: float, rule: ImageRule) -> None:
    width, height = draft.image.size
    size = (min(rule.max_side, max(1, round(width * scale))), min(rule.max_side, max(1, round(height * scale))))
    first = draft.original_size or (width, height)
    draft.image = smooth(draft.image).resize(size, Image.Resampling.LANCZOS)
    draft.data, draft.original_size = None, first
    _note_shrunk(draft)


def _note_shrunk(draft: _Draft) -> None:
    first = draft.original_size or draft.image.size
    draft.notes[:] = [note for note in draft.notes if note != draft.shrunk]
    draft.shrunk = sentence(
        "shrunk from {first}x{first2} to {width}x{height}",
        first=first[0],
        first2=first[1],
        width=draft.image.width,
        height=draft.image.height,
    )
    draft.notes.append(draft.shrunk)


def _lighten(draft: _Draft, rule: ImageRule) -> None:
    """Bring the bytes below the limits: JPEG of falling quality first, then fewer pixels."""

    def heavy() -> bool:
        return len(_bytes(draft)) > rule.max_bytes

    before = draft.kind
    while heavy():
        if not draft.image.has_transparency_data and "jpeg" in rule.formats:
            for quality in (95, 90, 85):
                draft.data, draft.kind = to_jpeg(draft.image, quality), "jpeg"
                if not heavy():
                    break
        if heavy():
            if min(draft.image.size) * 0.8 < rule.min_side:
                break
            _shrink(draft, 0.8, rule)
            _settle(draft, rule)
    if draft.kind != before:
        draft.notes.append(sentence("{before} converted to {kind}", before=before, kind=draft.kind))
