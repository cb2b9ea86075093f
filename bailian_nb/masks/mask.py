"""Mask: where an edit may paint. White (255) is edited, black (0) is kept, nothing stands between.

Users build one in code, the painter gives one, `edit(mask=...)` takes one. A Mask never changes: every operation
returns another.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from PIL import Image, ImageChops

from ..errors import InvalidRequest
from ..images import Input, wrong_way_round
from ..images.encode import flat, to_png
from ..images.mask_picks import TOLERANCE, by_color, by_label, by_level
from ..images.mask_values import two_valued
from ..images.reading import load_picture
from ..images.sources import collect
from ..system.files import write_whole
from ..system.language import sentence
from ..system.paths import user_path
from . import bits
from .flooding import alike, connected, pixel
from .growing import grown
from .shapes import Point, Span, ellipse_spans, polygon_spans, rect_spans
from .strokes import stroke_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN_SIDE = 512
M = TypeVar("M", bound="Mask")


class Mask:
    """A mask of one picture's size.

    Start with `Mask.like(picture)` and paint, or use one of the `from_` methods. Coordinates are pixels, x to the
    right and y down, and a pixel is painted by its centre: (0, 0) is the corner of the first pixel, (0.5, 0.5) its
    centre.

    Shapes may reach over the edges, what lies outside is cut off; a coordinate is a finite number up to a million.
    `a | b` joins two masks of one size, `a & b` cuts, `a - b` takes away, `~a` turns one round.

    Parameters
    ----------
    image
        Mode L with 0 and 255 only; `Mask.from_image` takes anything else.

    Raises
    ------
    InvalidRequest
        When it is no such picture. A shape whose numbers cannot be used, and two masks of different sizes, raise it,
        too.
    """

    __slots__ = ("_bits", "_width")

    def __init__(self, image: Image.Image) -> None:
        if not isinstance(image, Image.Image):
            raise InvalidRequest(
                sentence(
                    "a Mask is made of a PIL image, got {name}; Mask.from_image(...) reads a mask from a "
                    "file or picture, Mask.like(...) starts an empty one",
                    name=type(image).__name__,
                )
            )
        if image.mode != "L" or 0 in image.size or any(image.histogram()[1:255]):
            raise InvalidRequest(sentence("a Mask needs a picture of mode L with 0 and 255 only; see Mask.from_image"))
        self._width = image.width
        self._bits = bits.pack(image)

    @classmethod
    def like(cls, image: Any) -> Self:
        """Return an empty (black) mask of a picture's size.

        Parameters
        ----------
        image
            Path, PIL image, uint8 array, Picture, Input, Mask, or (width, height) in pixels, each 1-32768.

        Raises
        ------
        InvalidRequest
            When it is no picture and no size, or a URL, which is not fetched.
        """
        size = _size_of(image)
        return cls._made(bits.blank(size), size[0])

    @classmethod
    def from_image(
        cls,
        image: Any,
        *,
        invert: bool = False,
        threshold: float | None = None,
        color: Any = None,
        label: Any = None,
        tolerance: float = TOLERANCE,
    ) -> Self:
        """Return a mask that is white where a picture is bright, or has the colours or labels that are named.

        Give at most one of `threshold`, `color` and `label`. Without any, what is clear is read: black and white, 0 and
        1 (bools, too), one grey or colour on black, soft edges and photos by their brightness (from 128 up).
        Transparent pixels count as black.

        Parameters
        ----------
        image
            Path, PIL image, bytes, Picture, or an array: height x width of uint8, bool, floats of 0.0-1.0 or integer
            labels, or with channels.
        invert
            White where it would be black instead, for tools that mark what is to be kept.
        threshold
            The least grey value, 0-255, that counts as white.
        color
            A name, "#rrggbb" or (red, green, blue), or a list of such: what was painted with it is white.
        label
            A whole number or several: the palette entries, grey levels or integers that are white.
        tolerance
            How far a pixel may lie from `color` in each channel, 0-255; for a JPEG, 64 is about right.

        Raises
        ------
        InvalidRequest
            When it is no picture, or a URL, which is not fetched; when nothing says which of its colours, labels or
            areas of grey are meant (the line names them), or none has the one that was named.
        """
        if sum(each is not None for each in (threshold, color, label)) > 1:
            raise InvalidRequest(sentence("from_image takes one of threshold=, color= and label=, got several"))
        picture = _pixels_of(image, numbers=True)
        if color is not None:
            white = by_color(picture, color, tolerance)
        elif label is not None:
            white = by_label(picture, label)
        elif threshold is not None:
            white = by_level(picture, threshold)
        else:
            white, _ = two_valued(picture, "picture", by_brightness=True)
        return cls(ImageChops.invert(white) if invert else white)

    @classmethod
    def from_alpha(cls, image: Any, *, invert: bool = False) -> Self:
        """Return a mask that is white where `image` is opaque; `invert=True` where it is transparent.

        Some tools mark what should be edited by erasing it: those need `invert=True`. Opaque is an alpha of 128 and
        more.

        Raises
        ------
        InvalidRequest
            When it is no picture, or has no transparency.
        """
        picture = _pixels_of(image)
        if not picture.has_transparency_data:
            raise InvalidRequest(
                sentence("from_alpha needs a picture with transparency, this one has none; see from_image")
            )
        return cls(_cut(picture.convert("RGBA").getchannel("A"), lambda level: level >= 128, invert=invert))

    @classmethod
    def from_boxes(cls, image: Any, boxes: Iterable[Sequence[float]]) -> Self:
        """Return a mask with white boxes (x0, y0, x1, y1) in the size of `image` or (width, height).

        Raises
        ------
        InvalidRequest
            When `boxes` is no list of four numbers each, in pixels.
        """
        mask = cls.like(image)
        if not isinstance(boxes, Iterable):
            raise InvalidRequest(sentence("boxes are a list of (x0, y0, x1, y1), got {boxes!r}", boxes=boxes))
        for box in boxes:
            if not isinstance(box, Iterable) or len(sides := tuple(box)) != 4:
                raise InvalidRequest(
                    sentence("a box is (x0, y0, x1, y1), and boxes are a list of such, got {box!r}", box=box)
                )
            mask = mask.rect(*sides)
        return mask

    @classmethod
    def from_diff(cls, a: Any, b: Any, *, threshold: int = 16) -> Self:
        """Return a mask that is white where two pictures differ by more than `threshold` in any channel.

        `threshold` is in levels of 0-255; 0 finds every difference, more leaves out what compression changes.

        Raises
        ------
        InvalidRequest
            When one is no picture, or their sizes differ.
        """
        one, two = (flat(_pixels_of(image), "black").convert("RGB") for image in (a, b))
        if one.size != two.size:
            raise InvalidRequest(
                sentence(
                    "from_diff needs two pictures of one size, got {by} and {by2}", by=_by(one.size), by2=_by(two.size)
                )
            )
        red, green, blue = ImageChops.difference(one, two).split()
        most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
        return cls(_cut(most, lambda level: level > threshold, invert=False))

    def rect(self, x0: float, y0: float, x1: float, y1: float) -> Self:
        """Paint a rectangle: pixels whose centres have x0 <= x < x1 and y0 <= y < y1; corners in any order."""
        return painted(self, rect_spans(self.size, x0, y0, x1, y1))

    def ellipse(self, x0: float, y0: float, x1: float, y1: float) -> Self:
        """Paint the ellipse that fills the box, its rim included."""
        return painted(self, ellipse_spans(self.size, x0, y0, x1, y1))

    def polygon(self, points: Iterable[Point]) -> Self:
        """Paint a closed polygon of 3 points or more by the even-odd rule: what it goes round twice stays."""
        return painted(self, polygon_spans(self.size, list(points)))

    def stroke(self, points: Iterable[Point], r: float) -> Self:
        """Paint a round brush of radius `r` pixels, 0 or more, along a line; one point gives a dot."""
        return painted(self, stroke_spans(self.size, list(points), r))

    def flood(self, x: int, y: int) -> Self:
        """Paint the black area about pixel (x, y), as far as it hangs together by sides; a white pixel changes nothing.

        `~(~mask).flood(x, y)` takes a white area away.

        Raises
        ------
        InvalidRequest
            When there is no such pixel.
        """
        column, row = pixel(self.size, x, y)
        black = ~bits.booleans(self._bits, self._width)
        if not black[row, column]:
            return self
        return self._made(self._bits | np.packbits(connected(black, column, row), axis=1), self._width)

    def wand(self, image: Any, x: int, y: int, *, tolerance: int = 32, contiguous: bool = True) -> Self:
        """Paint where a picture has about the colour that it has at pixel (x, y).

        Parameters
        ----------
        image
            Path, PIL image, uint8 array, bytes, Picture, of the mask's size; transparent pixels count as black.
        tolerance
            By how much each of red, green and blue may differ, 0-255.
        contiguous
            Only what hangs together with the pixel by sides; False takes that colour everywhere.

        Raises
        ------
        InvalidRequest
            When there is no such pixel, the picture has another size, or the tolerance is none.
        """
        column, row = pixel(self.size, x, y)
        if isinstance(tolerance, bool) or not isinstance(tolerance, int) or not 0 <= tolerance <= 255:
            raise InvalidRequest(
                sentence("a wand's tolerance is a whole number in 0-255, got {tolerance!r}", tolerance=tolerance)
            )
        picture = wand_colors(image)
        if picture.size != self.size:
            raise InvalidRequest(
                sentence(
                    "a wand needs a picture of {by}, the mask's size, got {by2}",
                    by=_by(self.size),
                    by2=_by(picture.size),
                )
            )
        near = np.asarray(alike(picture, column, row, tolerance)).view(np.bool_)
        area = connected(near, column, row) if contiguous else near
        return self._made(self._bits | np.packbits(area, axis=1), self._width)

    def __or__(self, other: Mask) -> Self:
        return self._made(self._bits | self._partner(other), self._width)

    def __and__(self, other: Mask) -> Self:
        return self._made(self._bits & self._partner(other), self._width)

    def __sub__(self, other: Mask) -> Self:
        return self & ~_mask(other)

    def __invert__(self) -> Self:
        return self._made(bits.inverted(self._bits, self._width), self._width)

    def grow(self, px: float) -> Self:
        """Paint everything within `px` pixels of a white pixel (a disc, centre to centre).

        `px` is 0 to the longer side; InvalidRequest for any other.
        """
        return self._made(grown(self._bits, self._width, px), self._width)

    def shrink(self, px: float) -> Self:
        """Keep what is more than `px` pixels away from every black pixel; beyond the picture's edge nothing counts.

        `px` as for `grow`.
        """
        return ~((~self).grow(px))

    def smooth(self, px: float) -> Self:
        """Round the edge: white parts narrower than about 2 `px` pixels go, then black ones of that width are filled.

        `px` as for `grow`.
        """
        opened = self.shrink(px).grow(px)
        return opened.grow(px).shrink(px)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self._width, len(self._bits)

    @property
    def coverage(self) -> float:
        """Share of white, 0.0 to 1.0."""
        return bits.count(self._bits) / (self.size[0] * self.size[1])

    @property
    def bbox(self) -> tuple[int, int, int, int] | None:
        """Smallest box (x0, y0, x1, y1) around the white, None when there is none."""
        return bits.box(self._bits)

    @property
    def warning(self) -> str | None:
        """One line when the mask may be the wrong way round: mostly white, or white along all four edges."""
        return wrong_way_round(self.coverage, framed=bits.framed(self._bits, self._width))

    def to_image(self) -> Image.Image:
        """Return a PIL image of mode L with 0 and 255."""
        return bits.picture(self._bits, self._width)

    def to_numpy(self) -> NDArray[np.uint8]:
        """Return a uint8 array of shape (height, width) with 0 and 255."""
        return bits.levels(self._bits, self._width)

    def save(self, path: Path | str) -> Path:
        """Write a PNG, whole or not at all, and return its path.

        Raises
        ------
        InvalidRequest
            When the name does not end in .png: other formats could blur 0 and 255.
        """
        target = user_path(path)
        if target.suffix.lower() != ".png":
            raise InvalidRequest(
                sentence("a mask is saved as .png, which keeps 0 and 255 exactly; got {name}", name=target.name)
            )
        write_whole(target, to_png(self.to_image()), follow=True)
        return target

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mask) and self.size == other.size and bool((self._bits == other._bits).all())

    def __hash__(self) -> int:
        return hash((self.size, hashlib.sha256(self._bits.tobytes()).digest()))

    def __repr__(self) -> str:
        return f"<Mask {_by(self.size)} {100 * self.coverage:.1f} % white>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        shown = self.to_image()
        shown.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.NEAREST)
        bundle = {"text/plain": repr(self), "image/png": base64.b64encode(to_png(shown)).decode("ascii")}
        return bundle, {"image/png": {"alt": repr(self).strip("<>")}}

    @classmethod
    def _made(cls, found: bits.Bits, width: int) -> Self:
        """Return a mask of bits that are nobody else's."""
        mask = cls.__new__(cls)
        mask._bits, mask._width = found, width
        return mask

    def _partner(self, other: object) -> bits.Bits:
        mask = _mask(other)
        if mask.size != self.size:
            raise InvalidRequest(
                sentence("masks of {by} and {by2} pixels do not go together", by=_by(self.size), by2=_by(mask.size))
            )
        return mask._bits


def painted(mask: M, spans: Iterable[Span], *, erase: bool = False) -> M:
    """Return the mask with these pixels white, or black; spans may lie over each other."""
    return mask._made(bits.painted(mask._bits, spans, erase=erase), mask._width)


def wand_colors(image: Any) -> Image.Image:
    """Return the picture whose channels a wand compares: mode RGB, on black where `image` is transparent."""
    picture = flat(_pixels_of(image), "black")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def to_bits(mask: Mask) -> bytes:
    """Return one bit a pixel, rows on whole bytes; the first pixel of a row is the highest bit of its first byte."""
    return mask._bits.tobytes()


def from_bits(size: tuple[int, int], packed: bytes) -> Mask:
    """Return the Mask that `to_bits` was given; the bits behind the end of a row count for nothing."""
    found = np.frombuffer(packed, np.uint8).reshape(size[1], -1)
    return Mask._made(bits.inverted(bits.inverted(found, size[0]), size[0]), size[0])


def _mask(other: object) -> Mask:
    if not isinstance(other, Mask):
        raise TypeError(f"a Mask goes together with a Mask, not with {type(other).__name__}")
    return other


def _pixels_of(value: Any, *, numbers: bool = False) -> Image.Image:
    if isinstance(value, Input):
        if value.kind != "bytes":
            raise InvalidRequest(
                sentence("this picture is a URL, which is not fetched here; give the file or its (width, height)")
            )
        return value.open()
    source = collect(value, "picture", numbers=numbers)
    if source.url:
        raise InvalidRequest(sentence("a mask does not fetch a URL; give the file or the picture's (width, height)"))
    return load_picture(source, "picture", numbers=numbers)[0]


def _size_of(value: Any) -> tuple[int, int]:
    if isinstance(value, Mask | Input) and value.size:
        return value.size
    if isinstance(value, tuple | list):
        if len(value) != 2 or not all(isinstance(side, int) and 0 < side <= 32768 for side in value):
            raise InvalidRequest(sentence("a size is (width, height) in whole pixels, got {value!r}", value=value))
        return value[0], value[1]
    return _pixels_of(value).size


def _cut(grey: Image.Image, white: Callable[[int], bool], *, invert: bool) -> Image.Image:
    return grey.point([255 if white(level) != invert else 0 for level in range(256)])


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
