"""Turn pixels back into bytes: lossless, or as small as a limit asks. Called where an input must be changed."""

from __future__ import annotations

import io

from PIL import Image

from .profiles import fits, profile_of, to_rgb

JPEG_MODES = ("L", "RGB", "CMYK")
_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")


def to_png(image: Image.Image) -> bytes:
    """Encode without loss, keeping the colour profile where it fits, and nothing else of the old file."""
    if image.mode == "CMYK":
        image = to_rgb(image)
    if image.mode not in _PNG_MODES:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    file = io.BytesIO()
    more = {"transparency": image.info["transparency"]} if "transparency" in image.info else {}
    plain = image.copy()
    plain.info = {}
    # Level 1 costs a few per cent of size and saves seconds on a large photo.
    plain.save(file, "PNG", compress_level=1, **_profile(image), **more)
    return file.getvalue()


def to_jpeg(image: Image.Image, quality: int = 95) -> bytes:
    """Encode as JPEG; transparency comes to lie on white."""
    image = smooth(flat(image))
    if image.mode not in JPEG_MODES:
        image = image.convert("RGB")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0 if quality >= 95 else 2, **_profile(image))
    return file.getvalue()


def flat(image: Image.Image, ground: str = "white") -> Image.Image:
    """Return the picture on a ground where it is transparent, unchanged where it has no transparency."""
    if not image.has_transparency_data:
        return image
    layer = image.convert("RGBA")
    below = Image.new("RGBA", layer.size, ground)
    below.alpha_composite(layer)
    found = below.convert("RGB")
    profile = profile_of(image)
    found.info = {"icc_profile": profile} if profile and fits(profile, "RGB") else {}
    return found


def to_grey(image: Image.Image) -> Image.Image:
    """Return mode L."""
    return deep_to_grey(image) if image.mode.startswith("I;16") else image.convert("L")


def smooth(image: Image.Image) -> Image.Image:
    """Return a mode in which resampling works: palettes, key colours and single bits become full channels."""
    if image.has_transparency_data:
        return image if image.mode in ("LA", "RGBA") else image.convert("RGBA")
    if image.mode.startswith("I;16"):
        return deep_to_grey(image)
    return image.convert({"P": "RGB", "1": "L"}[image.mode]) if image.mode in ("P", "1") else image


def deep_to_grey(image: Image.Image) -> Image.Image:
    """Return a 16-bit grey picture in 8 bits; Pillow's own conversion would cut values off instead of scaling."""
    return image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")


def _profile(image: Image.Image) -> dict[str, bytes]:
    profile = profile_of(image)
    return {"icc_profile": profile} if profile else {}
