"""Registration: where the product of a picture lies in an answer, found by its own pixels.

`paste` asks before it puts a product back, since a model that was only told to keep it may have moved or scaled it.
The measure is the correlation of brightness over what is kept, which light and contrast do not change; all shifts of
one scale are tried at once by Fourier transforms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from ..images.encode import smooth

_SIDE = 256
"""Pixels of the longer side at which the whole answer is searched."""
_LARGEST = 2048
"""Pixels of the longer side at which its place is told: a larger picture would take seconds."""
_SCALES = tuple(round(1.06**step, 4) for step in range(-8, 9))
_SURE = 0.80
"""Correlation from which a product is taken for the same one."""
_BETTER = 0.04
"""How much better another place must fit than its own before the product counts as moved."""
_CLEAR = 0.01
"""How much better a shift of a few pixels must fit: smooth goods fit nearly as well beside their place."""
_NEAR = 1.5
"""Pixels of the search that are no move: the answer is another drawing, not a copy."""
_FLAT = 3.0
"""Contrast (standard deviation of 0-255) below which nothing can be told by correlation."""
_CLOSE = 14.0
"""Mean difference up to which a product without contrast counts as being in its place."""

Grey = NDArray[numpy.float64]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the product lies: moved by `dx`, `dy` pixels of the original, `scale` times as large; `fit` up to 1.

    `found` is False where it is in the answer nowhere.
    """

    dx: int = 0
    dy: int = 0
    scale: float = 1.0
    fit: float = 1.0
    found: bool = True

    @property
    def own(self) -> bool:
        """True when it is where it was."""
        return self.found and (self.dx, self.dy, self.scale) == (0, 0, 1.0)


def register(original: Image.Image, answer: Image.Image, kept: Image.Image) -> Place:
    """Find what is kept of `original` in `answer`.

    Parameters
    ----------
    original, kept
        Of one size; `kept` is mode L with 255 on the product.
    answer
        Of any size; one of another size is compared at the original's.
    """
    original, answer, kept = _plain(original), _plain(answer), kept.convert("L")
    if (longer := max(original.size)) > _LARGEST:
        smaller = (max(8, original.width * _LARGEST // longer), max(8, original.height * _LARGEST // longer))
        small = [image.resize(smaller, Image.Resampling.BOX) for image in (original, answer, kept)]
        place = register(*small)
        return replace(place, dx=round(place.dx * longer / _LARGEST), dy=round(place.dy * longer / _LARGEST))
    ratio = _SIDE / max(original.size)
    size = (max(8, round(original.width * ratio)), max(8, round(original.height * ratio)))
    ours, theirs = (_small(image, size) for image in (original, answer))
    mask = (_small(kept, size) > 127).astype(numpy.float64)
    if mask.sum() < 16:
        return Place(fit=0.0)
    if _spread(ours, mask) < _FLAT:
        close = _apart(original, answer, mask, size) <= _CLOSE
        return Place() if close else Place(found=False, fit=0.0)
    here, peaks = -1.0, {}
    for scale in _SCALES:
        fits, centre = _fits(ours, theirs, mask, scale)
        if fits is None:
            continue
        if scale == 1.0:
            y, x = centre
            near = fits[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]
            here = float(near.max()) if near.size else -1.0
        peak = numpy.unravel_index(int(fits.argmax()), fits.shape)
        peaks[scale] = (float(fits[peak]), int(peak[1]) - centre[1], int(peak[0]) - centre[0])
    scale = max(peaks, key=lambda each: peaks[each][0])
    best, dx, dy = peaks[scale]
    moved = scale != 1.0 or max(abs(dx), abs(dy)) > _NEAR
    if here >= _SURE and (not moved or best < here + _BETTER):
        return _exact(original, answer, kept, here)
    if best < _SURE:
        return Place(found=False, fit=best)
    if not moved:
        return _exact(original, answer, kept, best)
    found = Place(dx=round(dx / ratio), dy=round(dy / ratio), scale=scale, fit=best)
    if answer.size != original.size or 1.0 not in peaks:
        return found
    # A shift by half a pixel of the small picture looks like another scale, so the own scale is tried in the large one,
    # under the same blur as the small one's: grain, which the service draws anew, would count against it.
    _, dx, dy = peaks[1.0]
    guess = Place(dx=round(dx / ratio), dy=round(dy / ratio))
    blur = ImageFilter.BoxBlur(0.5 / ratio)
    if scale != 1.0 and max(_around(original.filter(blur), answer.filter(blur), kept, guess).values()) < best:
        return found
    around = _around(original, answer, kept, guess)
    at = max(around, key=lambda shift: around[shift])
    return Place(dx=at[0], dy=at[1], fit=around[at])


def _exact(original: Image.Image, answer: Image.Image, kept: Image.Image, fit: float) -> Place:
    """Look around its own place pixel by pixel: a move of a few pixels is lost in the small picture."""
    if answer.size != original.size:
        return Place(fit=fit)
    fits = _around(original, answer, kept, Place())
    dx, dy = max(fits, key=lambda shift: fits[shift])
    if max(abs(dx), abs(dy)) >= 2 and fits[dx, dy] - fits[0, 0] > _CLEAR:
        return Place(dx=dx, dy=dy, fit=fits[dx, dy])
    return Place(fit=max(fit, fits[0, 0]))


def _around(original: Image.Image, answer: Image.Image, kept: Image.Image, near: Place) -> dict[tuple[int, int], float]:
    """Return how well each shift around a place fits, of pictures of one size, by a sample of the kept pixels."""
    reach = max(2, round(2 * max(original.size) / _SIDE))
    ours, theirs = (numpy.asarray(image.convert("L"), dtype=numpy.float64) for image in (original, answer))
    mask = numpy.asarray(kept) > 127
    rows, columns = numpy.nonzero(mask)
    chosen = slice(None, None, len(rows) // 8_000 + 1)
    rows, columns = rows[chosen], columns[chosen]
    height, width = mask.shape
    sample = ours[rows, columns] - ours[rows, columns].mean()
    norm = float(numpy.sqrt((sample**2).sum())) or 1.0
    fits: dict[tuple[int, int], float] = {}
    for dy in range(near.dy - reach, near.dy + reach + 1):
        for dx in range(near.dx - reach, near.dx + reach + 1):
            there = theirs[numpy.clip(rows + dy, 0, height - 1), numpy.clip(columns + dx, 0, width - 1)]
            there = there - there.mean()
            size = float(numpy.sqrt((there**2).sum()))
            fits[dx, dy] = float((sample * there).sum()) / (norm * size) if size else -1.0
    return fits


def _fits(ours: Grey, theirs: Grey, mask: Grey, scale: float) -> tuple[Grey | None, tuple[int, int]]:
    """Return how well the product at `scale` fits at every place of the answer, and where its own place is."""
    rows, columns = numpy.nonzero(mask)
    top, left, bottom, right = rows.min(), columns.min(), rows.max() + 1, columns.max() + 1
    size = (max(4, round((right - left) * scale)), max(4, round((bottom - top) * scale)))
    if size[0] > theirs.shape[1] or size[1] > theirs.shape[0]:
        return None, (0, 0)
    patch = _scaled(ours[top:bottom, left:right], size)
    shape = (_scaled(mask[top:bottom, left:right] * 255.0, size) > 127).astype(numpy.float64)
    count = shape.sum()
    if count < 16:
        return None, (0, 0)
    patch = (patch - (patch * shape).sum() / count) * shape
    norm = numpy.sqrt((patch**2).sum())
    full = (_quick(theirs.shape[0] + size[1]), _quick(theirs.shape[1] + size[0]))
    seen, squares = numpy.fft.rfft2(theirs, full), numpy.fft.rfft2(theirs**2, full)

    def slid(kernel: Grey, image: NDArray[numpy.complex128]) -> Grey:
        back = numpy.fft.irfft2(image * numpy.conj(numpy.fft.rfft2(kernel, full)), full)
        found: Grey = back[: theirs.shape[0] - size[1] + 1, : theirs.shape[1] - size[0] + 1]
        return found

    product, total, total2 = slid(patch, seen), slid(shape, seen), slid(shape, squares)
    spread = numpy.sqrt(numpy.maximum(total2 - total**2 / count, 1e-6))
    fits = numpy.where(spread > _FLAT * numpy.sqrt(count) / 2, product / (norm * spread + 1e-9), -1.0)
    centre = (round(top + (bottom - top - size[1]) / 2), round(left + (right - left - size[0]) / 2))
    return fits, (int(centre[0]), int(centre[1]))


def _quick(length: int) -> int:
    """Return the next length of the factors 2, 3 and 5 alone, for which a Fourier transform takes least time."""
    while (2 * 3 * 5) ** 20 % length:
        length += 1
    return length


def _apart(original: Image.Image, answer: Image.Image, mask: Grey, size: tuple[int, int]) -> float:
    """Return how far the colours of what is kept are apart, in the channel that differs most."""
    bands = zip(original.split(), answer.split(), strict=True)
    apart = [(numpy.abs(_small(mine, size) - _small(other, size)) * mask).sum() / mask.sum() for mine, other in bands]
    return float(max(apart))


def _spread(grey: Grey, mask: Grey) -> float:
    inside = grey[mask > 0]
    return float(inside.std()) if inside.size else 0.0


def _plain(image: Image.Image) -> Image.Image:
    """Return it in RGB, on grey where it is transparent: grey stands out from nothing."""
    image = smooth(image)
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, (128, 128, 128, 255))
        ground.alpha_composite(image.convert("RGBA"))
        image = ground
    return image.convert("RGB")


def _small(image: Image.Image, size: tuple[int, int]) -> Grey:
    return numpy.asarray(image.convert("L").resize(size, Image.Resampling.BOX), dtype=numpy.float64)


def _scaled(grey: Grey, size: tuple[int, int]) -> Grey:
    image = Image.fromarray(grey.astype(numpy.float32))
    return numpy.asarray(image.resize(size, Image.Resampling.BILINEAR), dtype=numpy.float64)
