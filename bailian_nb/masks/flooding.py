"""Areas that hang together, found on runs of pixels instead of pixels; `mask` fills and picks colours with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from ..errors import InvalidRequest
from ..system.language import sentence

Area = NDArray[np.bool_]


def connected(area: Area, x: int, y: int) -> Area:
    """Return the part of `area` that hangs together with pixel (x, y) by sides, not by corners; that pixel is in it.

    Each row is cut into runs. Runs that touch from row to row are joined by giving them the smallest number among
    them, over and over, so that a maze takes as many rounds as the logarithm of its turns.
    """
    height, width = area.shape
    edges = np.diff(np.pad(area.view(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    stops = np.nonzero(edges == -1)[1]
    one, other = _touching(rows, starts, stops, width)
    label = np.arange(len(rows))
    while len(one):
        first, second = label[one], label[other]
        np.minimum.at(label, np.maximum(first, second), np.minimum(first, second))
        while (shorter := label[label]).tobytes() != label.tobytes():
            label = shorter
        apart = label[one] != label[other]
        one, other = one[apart], other[apart]
    seed = int(np.nonzero((rows == y) & (starts <= x) & (x < stops))[0][0])
    chosen = label == label[seed]
    steps = np.zeros((height, width + 1), np.int8)
    steps[rows[chosen], starts[chosen]] = 1
    steps[rows[chosen], stops[chosen]] = -1
    return np.cumsum(steps, axis=1, dtype=np.int8)[:, :width].astype(np.bool_)


def _touching(
    rows: NDArray[np.intp], starts: NDArray[np.intp], stops: NDArray[np.intp], width: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of runs, one of a row and one of the next, that have a column in common."""
    line = width + 2
    below = (rows + 1) * line
    first = np.searchsorted(rows * line + stops, below + starts, side="right")
    last = np.searchsorted(rows * line + starts, below + stops, side="left")
    count = np.maximum(0, last - first)
    one = np.repeat(np.arange(len(rows)), count)
    within = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    return one, np.repeat(first, count) + within


def alike(picture: Image.Image, x: int, y: int, tolerance: int) -> Image.Image:
    """Return 1 where no channel differs by more than `tolerance` from pixel (x, y), else 0."""
    near = [
        band.point([int(abs(level - band.getpixel((x, y))) <= tolerance) for level in range(256)])  # type: ignore[operator]
        for band in picture.split()
    ]
    return ImageChops.darker(ImageChops.darker(near[0], near[1]), near[2])


def steps(picture: Image.Image) -> bytes:
    """Return an RGB picture's bytes, each less the one of the pixel to its left (modulo 256): they deflate well."""
    levels = np.asarray(picture)
    return np.concatenate((levels[:, :1], levels[:, 1:] - levels[:, :-1]), axis=1).tobytes()


def pixel(size: tuple[int, int], x: int, y: int) -> tuple[int, int]:
    """Return the place of a pixel, or refuse one that lies outside."""
    inside = all(isinstance(at, int | np.integer) and 0 <= at < side for at, side in zip((x, y), size, strict=True))
    if not inside:
        raise InvalidRequest(
            sentence(
                "a pixel of {by} is x in 0-{number}, y in 0-{number2}, got {x!r}, {y!r}",
                by="{}x{}".format(*size),
                number=size[0] - 1,
                number2=size[1] - 1,
                x=x,
                y=y,
            )
        )
    return int(x), int(y)
