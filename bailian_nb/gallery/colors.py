"""Bring an original and its answer into one colour space before they are pasted together. `paste` calls this.

What lies outside the mask keeps the original's own numbers and its profile. Nobody documents whether the service goes
by profiles: the answer is taken in the reading in which it differs least from the original where nothing was to change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageStat

from ..images.encode import smooth
from ..images.profiles import converted, fits, is_standard, is_usable, profile_of

_SAMPLE = 256


@dataclass(frozen=True, kw_only=True)
class Matched:
    """Two pictures whose numbers mean the same colours.

    `profile` is the original's, b"" where the numbers are sRGB; `own` says that the answer's own colour chunks do not
    fit any more.
    """

    original: Image.Image
    answer: Image.Image
    profile: bytes = b""
    own: bool = False


def matched(original: Image.Image, answer: Image.Image, mask: Image.Image) -> Matched:
    """Return both in RGB or RGBA; `mask` is black where the original stays."""
    wanted, given = (_rgb_profile(image) for image in (original, answer))
    ours, theirs = smooth(original), smooth(answer)
    readings = [(one, other) for one in _originals(ours) for other in _answers(theirs, given, wanted)]
    best = min(readings, key=lambda pair: _difference(pair[0], pair[1], mask)) if len(readings) > 1 else readings[0]
    foreign = bool(given) and given != wanted and not is_standard(given)
    return Matched(original=best[0], answer=best[1], profile=wanted, own=bool(wanted) or foreign)


def _rgb_profile(image: Image.Image) -> bytes:
    profile = profile_of(image)
    return profile if fits(profile, "RGB") and is_usable(profile) else b""


def _originals(image: Image.Image) -> Iterator[Image.Image]:
    yield image
    if image.mode == "CMYK" and (profile := profile_of(image)):
        managed = converted(image, profile)
        if managed is not None:
            yield managed


def _answers(image: Image.Image, given: bytes, wanted: bytes) -> Iterator[Image.Image]:
    yield image
    if given == wanted or (not wanted and is_standard(given)) or (not given and is_standard(wanted)):
        return
    managed = converted(image, given, wanted)
    if managed is not None:
        yield managed


def _difference(original: Image.Image, answer: Image.Image, mask: Image.Image) -> float:
    """Return how far two pictures lie apart outside the mask, by a sample of their pixels."""
    if not original.size == answer.size == mask.size:
        return 0.0
    scale = min(1.0, _SAMPLE / max(mask.size))
    size = (max(1, round(mask.width * scale)), max(1, round(mask.height * scale)))
    small = [image.convert("RGB").resize(size, Image.Resampling.NEAREST) for image in (original, answer)]
    kept = mask.convert("L").resize(size, Image.Resampling.NEAREST).point([255] * 128 + [0] * 128)
    if kept.getbbox() is None:
        return 0.0
    return sum(ImageStat.Stat(ImageChops.difference(*small), kept).mean)
