"""Turn an array of numbers into a picture, without guessing at a range. `sources` calls this."""

from __future__ import annotations

from typing import Any

from PIL import Image

from ..errors import InvalidRequest, Problem
from ..system.language import mark, sentence

_SHAPES = mark("height x width, x 3 (RGB) or x 4 (RGBA)")


def is_array(value: Any) -> bool:
    """Tell whether numpy can look at a value as an array: numpy's own, a tensor, a frame of a video."""
    return hasattr(value, "__array_interface__") or callable(getattr(value, "__array__", None))


def image_of(value: Any, what: str, *, numbers: bool) -> Image.Image:
    """Return the picture that an array holds.

    Parameters
    ----------
    value
        uint8, bool, or floats of 0.0-1.0; height x width, or with 1, 3 (RGB) or 4 (RGBA) channels.
    numbers
        For a mask, whose values may be labels: other floats and integers become a picture of mode F or I with just
        these values.

    Raises
    ------
    InvalidRequest
        When its shape, type or range has more than one reading; it says which.
    """
    array = _as_array(value, what)
    given = sentence(
        "{what} is an array of shape {names} and dtype {dtype}",
        what=what,
        names="x".join(map(str, array.shape)),
        dtype=array.dtype,
    )
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if 0 in array.shape:
        raise _refused(
            what, sentence("{given}: it has no pixels; give {shapes}", given=given, shapes=sentence(_SHAPES))
        )
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        turned = array.ndim == 3 and array.shape[0] in (1, 3, 4)
        advice = sentence("; its channels come first: array.transpose(1, 2, 0) puts them last") if turned else ""
        raise _refused(
            what,
            sentence("{given}; allowed are {shapes}{advice}", given=given, shapes=sentence(_SHAPES), advice=advice),
        )
    size = (int(array.shape[1]), int(array.shape[0]))
    kind = array.dtype.kind
    if array.dtype == bool:
        array = array.astype("uint8") * 255
    elif kind == "f":
        array = _of_floats(array, given, what, numbers=numbers and array.ndim == 2)
    elif array.dtype != "uint8":
        array = _of_integers(array, given, what, numbers=numbers and array.ndim == 2 and kind in "iu")
    mode = {"float32": "F", "int32": "I"}.get(array.dtype.name) or {2: "L", 3: "RGB"}.get(array.ndim, "")
    mode = "RGBA" if array.ndim == 3 and array.shape[2] == 4 else mode
    return Image.frombytes(mode, size, array.tobytes())


def _as_array(value: Any, what: str) -> Any:
    try:
        import numpy

        return numpy.asarray(value)
    except ImportError:
        raise _refused(
            what,
            sentence(
                "{what} is an array ({name}), which takes numpy: pip install numpy",
                what=what,
                name=type(value).__name__,
            ),
        ) from None
    except Exception as error:  # noqa: BLE001 - a foreign object raises anything: a tensor on a graphics card
        line = sentence(
            "{what} ({name}) cannot be read as an array: {error}; give a numpy array in memory",
            what=what,
            name=type(value).__name__,
            error=error,
        )
        raise _refused(what, line) from None


def _of_floats(array: Any, given: str, what: str, *, numbers: bool) -> Any:
    import numpy

    if not numpy.isfinite(array).all():
        raise _refused(what, sentence("{given} that holds NaN or infinity; give finite values in 0.0-1.0", given=given))
    low, high = float(array.min()), float(array.max())
    if low >= 0 and high <= 1:
        # Exact for what was divided by 255; a mask of soft values is cut later, as any other.
        return (array.astype("float64") * 255).round().astype("uint8")
    if numbers:
        return array.astype("float32")
    raise _refused(
        what,
        sentence(
            "{given} with values from {low:g} to {high:g}; floats are read as 0.0-1.0; give uint8 in "
            "0-255: array.round().clip(0, 255).astype('uint8')",
            given=given,
            low=low,
            high=high,
        ),
    )


def _of_integers(array: Any, given: str, what: str, *, numbers: bool) -> Any:
    if numbers:
        low, high = int(array.min()), int(array.max())
        if low >= 0 and high <= 255:
            return array.astype("uint8")
        if low >= -(2**31) and high < 2**31:
            return array.astype("int32")
    raise _refused(
        what,
        sentence(
            "{given}; give uint8 in 0-255 (from 16 bits by (array // 257).astype('uint8')), bool, or floats in 0.0-1.0",
            given=given,
        ),
    )


def _refused(what: str, line: str) -> InvalidRequest:
    return InvalidRequest([Problem(parameter=what, message=line)])
