"""Turn whatever a user hands over as a picture into bytes, pixels or a URL.

Called by `read_input` and `read_mask`. Nothing is checked here but that there is something to check.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from PIL import Image

from ..errors import InvalidRequest, Problem

MAX_FILE_BYTES = 256 * 1024 * 1024
_ALLOWED = "a path, URL, PIL image, numpy array, bytes, Picture or Mask"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?=//)|data:|file:", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Source:
    """What was found: exactly one of `data`, `image` and `url`; `name` is a file name without its folder."""

    data: bytes | None = None
    image: Image.Image | None = None
    url: str = ""
    name: str = ""
    opened: bool = False
    """True when `image` is a file that Pillow opened, so that its EXIF orientation still holds."""


def refusal(what: str, line: str) -> InvalidRequest:
    """Build the error for one input, `what` being the name of the argument."""
    return InvalidRequest([Problem(parameter=what, message=line)])


def collect(value: Any, what: str) -> Source:
    """Return what `value` stands for.

    Raises
    ------
    InvalidRequest
        When it is nothing that can be a picture, or names no readable file.
    """
    if value is None:
        raise refusal(what, f"{what} is missing; give {_ALLOWED}")
    value = _single(value, what)
    if isinstance(value, str):
        return _from_text(value, what)
    if isinstance(value, Path):
        return _from_file(value, what)
    if isinstance(value, bytes | bytearray | memoryview):
        return Source(data=bytes(value))
    if isinstance(value, Image.Image):
        return _from_image(value)
    if hasattr(value, "path") and hasattr(value, "record"):
        return _from_file(Path(value.path), what)
    if callable(getattr(value, "to_image", None)):
        return Source(image=value.to_image())
    if hasattr(value, "__array_interface__"):
        return Source(image=_from_array(value, what))
    raise refusal(what, f"{what} must be {_ALLOWED}, got {type(value).__name__}")


def _single(value: Any, what: str) -> Any:
    """Return the picture that a Result or a Job that has ended stands for, anything else as it is.

    Both are known by what they have, for they live above this room.
    """
    if hasattr(value, "outcome") and hasattr(value, "task_id"):
        if value.outcome is None:
            raise refusal(what, f"{what} is job {value.id}, which has no pictures ({value.status}); see job.result()")
        value = value.outcome
    if not (hasattr(value, "paths") and hasattr(value, "errors")):
        return value
    if len(value) != 1:
        raise refusal(what, f"{what} is a Result of {len(value)} pictures; give one of them, like result[0]")
    return value[0]


def _from_text(text: str, what: str) -> Source:
    given = text.strip()
    if not given:
        raise refusal(what, f"{what} is an empty text; give {_ALLOWED}")
    match = _SCHEME.match(given)
    scheme = match[0][:-1].lower() if match else ""
    if scheme == "data":
        return _from_data_url(given, what)
    if scheme == "file":
        return _from_file_url(given, what)
    if scheme in ("http", "https", "oss"):
        return _from_url(given, what)
    if scheme and not Path(given).exists():
        raise refusal(what, f"{what} cannot be sent from {scheme}://; give an http(s) or oss:// URL, or a file")
    return _from_file(Path(given), what)


def _from_url(url: str, what: str) -> Source:
    if not url.isascii() or any(character <= " " or character == "\x7f" for character in url):
        raise refusal(
            what,
            f"{what} URL {_shown(url)} holds a space or a non-ASCII character, which the service refuses; "
            "percent-encode it (urllib.parse.quote)",
        )
    try:
        parts = urlsplit(url)
        host = parts.netloc
    except ValueError:
        host = ""
    if not host:
        raise refusal(what, f"{what} URL {_shown(url)} names no host; give the whole URL, or a file")
    return Source(url=url, name=unquote(PurePath(parts.path).name))


def _from_data_url(url: str, what: str) -> Source:
    head, comma, body = url.partition(",")
    if not comma:
        raise refusal(what, f"{what} is a data URL without data: {_shown(head)}; the form is data:image/png;base64,...")
    if not head.lower().endswith(";base64"):
        return Source(data=unquote_to_bytes(body))
    try:
        return Source(data=base64.b64decode("".join(unquote(body).split()), validate=True))
    except (binascii.Error, ValueError):
        line = f"{what} is a data URL whose base64 is broken or cut off: {_shown(head)}; give all of it, or the file"
        raise refusal(what, line) from None


def _from_file_url(url: str, what: str) -> Source:
    """Read the vendor's spellings: absolute, `file://./x`, `file://D:/x`; a `+` is a plus, not a space."""
    rest = url[len("file:") :].removeprefix("//")
    if rest.lower().startswith("localhost/"):
        rest = rest[len("localhost") :]
    if re.match(r"/[A-Za-z]:[/\\]", rest) and os.name == "nt":
        rest = rest[1:]
    decoded = Path(unquote(rest))
    literal = Path(rest)
    try:
        prefer_literal = not decoded.exists() and literal.exists()
    except (OSError, ValueError):
        prefer_literal = False
    return _from_file(literal if prefer_literal else decoded, what)


def _from_file(path: Path, what: str) -> Source:
    shown = _shown(path)
    try:
        path = path.expanduser()
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refusal(what, f"{what} {shown} is a folder; give one picture file")
        if not stat.S_ISREG(status.st_mode):
            raise refusal(what, f"{what} {shown} is not a regular file")
        if status.st_size > MAX_FILE_BYTES:
            raise refusal(what, f"{what} {shown} has {status.st_size} bytes; files up to {MAX_FILE_BYTES} are read")
        data = path.read_bytes()
    except FileNotFoundError:
        raise refusal(what, f"{what} {shown} {_pattern(path) or f'does not exist{_similar(path)}'}") from None
    except (ValueError, RuntimeError):
        raise refusal(what, f"{what} {shown} is no file name; give {_ALLOWED}") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise refusal(what, f"{what} {shown} cannot be read: {reason}") from None
    return Source(data=data, name=path.name)


def _pattern(path: Path) -> str:
    """Say what a name with `*`, `?` or `[` stands for, "" for any other."""
    if not any(sign in path.name for sign in "*?["):
        return ""
    try:
        names = sorted(entry.name for entry, _ in zip(path.parent.glob(path.name), range(2000), strict=False))
    except (OSError, ValueError):
        names = []
    found = f"{len(names)} match, such as {names[0]}" if names else "none matches"
    return f"is a pattern, which stands for several files ({found}); give one file, or glob.glob(...) in a loop"


def _similar(path: Path) -> str:
    folder = path.parent
    try:
        if not folder.is_dir():
            return f"; there is no folder {_shown(folder)}"
        names = [entry.name for entry, _ in zip(os.scandir(folder), range(2000), strict=False)]
    except OSError:
        return ""
    lower = {name.lower(): name for name in names}
    close = difflib.get_close_matches(path.name.lower(), lower, n=1, cutoff=0.6)
    # Without their endings, too: two names that share ".jpg" alone are not alike.
    if close and difflib.SequenceMatcher(None, path.stem.lower(), Path(close[0]).stem).ratio() >= 0.6:
        return f"; did you mean {lower[close[0]]}?"
    return f" in {_shown(folder.resolve())}" if not path.is_absolute() else ""


def _from_image(image: Image.Image) -> Source:
    name = getattr(image, "filename", "")
    opened = image.format is not None
    return Source(image=image, name=Path(os.fsdecode(name)).name if name else "", opened=opened)


def _from_array(array: Any, what: str) -> Image.Image:
    """Accept uint8 and bool of shape HxW, HxWx1, HxWx3 and HxWx4; anything else has more than one reading."""
    interface = array.__array_interface__
    shape, kind = tuple(interface["shape"]), str(interface["typestr"])
    given = f"{what} is an array of shape {'x'.join(map(str, shape))} and dtype {getattr(array, 'dtype', kind)}"
    if len(shape) == 3 and shape[2] == 1:
        array, shape = array[:, :, 0], shape[:2]
    if 0 in shape:
        raise refusal(what, f"{given}: it has no pixels; give height x width, x 3 (RGB) or x 4 (RGBA)")
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (3, 4)):
        raise refusal(what, f"{given}; allowed are height x width, x 3 (RGB) or x 4 (RGBA)")
    if kind not in ("|u1", "|b1") or (kind == "|b1" and len(shape) == 3):
        raise refusal(
            what, f"{given}; give uint8 in 0-255, for 0.0-1.0 by (array * 255).round().clip(0, 255).astype('uint8')"
        )
    # A bool array becomes 0 and 255 here, since Pillow's packed mode "1" reads it in more than one way.
    if kind == "|b1":
        return Image.frombytes("L", (shape[1], shape[0]), array.tobytes()).point(lambda value: 255 if value else 0)
    mode = {2: "L", 3: "RGB" if shape[-1] == 3 else "RGBA"}[len(shape)]
    return Image.frombytes(mode, (shape[1], shape[0]), array.tobytes())


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:60]}…{text[-55:]}"
