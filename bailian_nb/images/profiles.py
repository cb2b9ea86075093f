"""Colour profiles: what they are for, and conversion by them. Whatever encodes or pastes pixels asks here.

A profile belongs to the numbers that it came with: one for grey or ink on RGB pixels makes viewers show nonsense.
"""

from __future__ import annotations

import io

from PIL import Image, ImageCms, features

_SPACES = {"L": b"GRAY", "LA": b"GRAY", "1": b"GRAY", "I;16": b"GRAY", "CMYK": b"CMYK"}
_HEADER = 128
_STANDARD = "srgb"


def profile_of(image: Image.Image) -> bytes:
    """Return a picture's profile where it fits its mode, b"" where there is none or it is for other numbers."""
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) and profile and fits(profile, image.mode) else b""


def fits(profile: bytes, mode: str) -> bool:
    """Tell whether a profile is for pixels of a mode; one whose header cannot be read counts as one for RGB."""
    return (space_of(profile) or b"RGB ") == _SPACES.get(mode, b"RGB ")


def space_of(profile: bytes) -> bytes:
    """Return the four letters of the colour space that a profile is for, b"" where it cannot be read."""
    return profile[16:20] if len(profile) >= _HEADER else b""


def is_usable(profile: bytes) -> bool:
    """Tell whether colours can be converted by a profile."""
    return bool(profile) and _opened(profile) is not None


def is_standard(profile: bytes) -> bool:
    """Tell whether a profile says what a picture without one means, too: sRGB. One that cannot be read might."""
    opened = _opened(profile)
    return opened is None or _STANDARD in ImageCms.getProfileDescription(opened).lower().replace(" ", "")


def converted(image: Image.Image, given: bytes, wanted: bytes = b"") -> Image.Image | None:
    """Return an RGB or CMYK picture's colours as RGB numbers of another profile; b"" stands for sRGB on either side.

    None where a profile cannot be read, or this Pillow cannot convert by one. Transparency stays, no profile does.
    """
    source, target = _opened(given), _opened(wanted)
    if source is None or target is None:
        return None
    pixels = image if image.mode == "CMYK" else image.convert("RGB")
    try:
        found = ImageCms.profileToProfile(pixels, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    if found is None:
        return None
    if image.has_transparency_data:
        found.putalpha(image.convert("RGBA").getchannel("A"))
    found.info.pop("icc_profile", None)
    return found


def to_rgb(image: Image.Image) -> Image.Image:
    """Return a CMYK picture in RGB, by its profile where it has a usable one, and without that profile."""
    profile = profile_of(image)
    found = converted(image, profile) if profile else None
    found = image.convert("RGB") if found is None else found
    found.info.pop("icc_profile", None)
    return found


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile | None:
    if not features.check("littlecms2"):
        return None
    if not profile:
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    try:
        return ImageCms.getOpenProfile(io.BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
