"""Turn whatever a user hands over as a picture into bytes, pixels or a URL.

Called by `read_input` and `read_mask`. Nothing is checked here but that there is something to check.
"""

from __future__ import annotations

import base64
import binascii
import io
import os
import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from PIL import Image

from ..errors import BucketError, InvalidRequest, Problem, readable
from ..store import buckets
from ..system.language import mark, os_reason, sentence
from ..system.paths import native, stored, user_path
from .arrays import image_of, is_array
from .decode import is_other_picture, picture_type
from .missing_file import shown_path, why_missing

MAX_FILE_BYTES = 256 * 1024 * 1024
_ALLOWED = mark("a path, URL, PIL image, numpy array, bytes, open file, Picture or Mask")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_URL_SAFE = str.maketrans("-_", "+/")
_LONGEST_NAME = 4096
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?=//)|data:|file:", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Source:
    """What was found: exactly one of `data`, `image` and `url`; `name` is a file name without its folder."""

    data: bytes | None = None
    image: Image.Image | None = None
    url: str = ""
    name: str = ""
    address: str = ""
    """Where `data` lies in a bucket, "" for what came from elsewhere."""
    path: str = ""
    """The file that it was read from, absolute and in text that a database takes; "" for what came from elsewhere."""
    opened: bool = False
    """True when `image` is a file that Pillow opened, so that its EXIF orientation still holds."""


def refusal(what: str, line: str) -> InvalidRequest:
    """Build the error for one input, `what` being the name of the argument."""
    return InvalidRequest([Problem(parameter=what, message=line)])


def collect(value: Any, what: str, *, numbers: bool = False) -> Source:
    """Return what `value` stands for; `numbers` lets an array keep values that are no levels (a mask's labels).

    A file that is open stays so, where it stands.

    Raises
    ------
    InvalidRequest
        When it is nothing that can be a picture, or names no readable file.
    """
    if value is None:
        raise refusal(what, sentence("{what} is missing; give {allowed}", what=what, allowed=sentence(_ALLOWED)))
    value = _single(value, what)
    if isinstance(value, str):
        return _from_text(value, what)
    if isinstance(value, bytes | bytearray | memoryview):
        return _from_bytes(bytes(value), what)
    if isinstance(value, Image.Image):
        return _from_image(value)
    if hasattr(value, "path") and hasattr(value, "record"):
        return _from_picture(value, what)
    if callable(getattr(value, "to_image", None)):
        return Source(image=value.to_image())
    if isinstance(value, os.PathLike):
        return _from_file(Path(os.fsdecode(value)), what)
    if is_open_file(value):
        return _from_stream(value, what)
    if hasattr(value, "_repr_mimebundle_") and hasattr(value, "data") and hasattr(value, "filename"):
        return _fromshown_path(value, what)
    if is_array(value):
        return Source(image=image_of(value, what, numbers=numbers))
    raise refusal(
        what,
        sentence(
            "{what} must be {allowed}, got {name}", what=what, allowed=sentence(_ALLOWED), name=type(value).__name__
        ),
    )


def _single(value: Any, what: str) -> Any:
    """Return the picture that a Result or a Job that has ended stands for, anything else as it is.

    Both are known by what they have, for they live above this room.
    """
    if hasattr(value, "outcome") and hasattr(value, "task_id"):
        if value.outcome is None:
            raise refusal(
                what,
                sentence(
                    "{what} is job {id}, which has no pictures ({status}); see job.result()",
                    what=what,
                    id=value.id,
                    status=value.status,
                ),
            )
        value = value.outcome
    if not (hasattr(value, "paths") and hasattr(value, "errors")):
        return value
    if len(value) != 1:
        raise refusal(
            what,
            sentence(
                "{what} is a Result of {count} pictures; give one of them, like result[0]", what=what, count=len(value)
            ),
        )
    return value[0]


def _from_picture(picture: Any, what: str) -> Source:
    """Take a Picture's file, which may lie in a bucket alone; it is known by what it has, as it lives above."""
    try:
        path = picture.fetched() if hasattr(picture, "fetched") else picture.path
    except OSError as error:
        raise refusal(
            what,
            sentence(
                "{what} {shown} cannot be read: {reason}", what=what, shown=shown_path(picture.path), reason=error
            ),
        ) from None
    return replace(_from_file(Path(path), what), address=getattr(picture, "address", ""))


def _from_bucket(given: str, what: str) -> Source:
    """Read an object that is named by its address."""
    address = buckets.checked(given, what)
    try:
        data = buckets.read(address, MAX_FILE_BYTES)
    except BucketError as error:
        reason = error.message
    else:
        return Source(data=data, name=readable(PurePath(address).name), address=address)
    raise refusal(
        what,
        sentence("{what} {shown} cannot be read: {reason}", what=what, shown=shown_path(address), reason=reason),
    )


def _from_bytes(data: bytes, what: str) -> Source:
    """Take a file's bytes; those of a text that stands for one (base64, a data URL) are read as that text."""
    head = data[:64].lstrip()
    if head[:5].lower() == b"data:" or _is_base64(head.decode("latin-1")):
        return _from_text(data.decode("latin-1"), what)
    return Source(data=data)


def is_open_file(value: Any) -> bool:
    """Tell whether a value is read like a file: one that is open, BytesIO, a member of an archive."""
    return callable(getattr(value, "read", None)) and not isinstance(value, Image.Image)


def _from_stream(stream: Any, what: str) -> Source:
    """Read a file that is open, from its first byte, and put its position back where it was."""
    name = getattr(stream, "name", "")
    name = readable(PurePath(os.fsdecode(name)).name) if isinstance(name, str | bytes) else ""
    raw = getattr(stream, "buffer", stream) if isinstance(stream, io.TextIOBase) else stream
    if isinstance(raw, io.TextIOBase):
        raise refusal(
            what,
            sentence(
                "{what} is a stream of text ({name}); give its text, or a file of bytes",
                what=what,
                name=type(stream).__name__,
            ),
        )
    try:
        place = raw.tell()
        raw.seek(0)
        try:
            data = raw.read(MAX_FILE_BYTES + 1)
        finally:
            raw.seek(place)
    except (OSError, ValueError, AttributeError, TypeError) as error:
        closed = getattr(stream, "closed", False) is True
        reason = (
            sentence("is closed") if closed else sentence("cannot be read without using it up ({error})", error=error)
        )
        raise refusal(
            what,
            sentence(
                "{what} is an open file ({name}) that {reason}; give its path or its bytes (.read())",
                what=what,
                name=type(stream).__name__,
                reason=reason,
            ),
        ) from None
    if not isinstance(data, bytes | bytearray | memoryview):
        raise refusal(
            what,
            sentence(
                "{what} ({name}) reads as {name2}; open it as 'rb'",
                what=what,
                name=type(stream).__name__,
                name2=type(data).__name__,
            ),
        )
    if len(data) > MAX_FILE_BYTES:
        raise refusal(
            what,
            sentence(
                "{what} has more than {MAX_FILE_BYTES} bytes; files up to that are read",
                what=what,
                MAX_FILE_BYTES=MAX_FILE_BYTES,
            ),
        )
    return replace(_from_bytes(bytes(data), what), name=name)


def _fromshown_path(shown: Any, what: str) -> Source:
    """Take what an `IPython.display.Image` shows: its bytes, else its file, else its address."""
    for found in (shown.data, shown.filename, getattr(shown, "url", None)):
        if found:
            return collect(found, what)
    raise refusal(
        what,
        sentence(
            "{what} is an IPython Image without data, file or URL; give {allowed}",
            what=what,
            allowed=sentence(_ALLOWED),
        ),
    )


def _is_base64(text: str) -> bool:
    """Tell whether a text begins as the base64 of a picture does; no path and no prompt does so."""
    letters = "".join(text[:96].split())[:48]
    if len(letters) < 32 or not _BASE64.fullmatch(letters):
        return False
    head = base64.b64decode(letters[: len(letters) // 4 * 4].translate(_URL_SAFE))
    return picture_type(head) is not None or is_other_picture(head)


def _from_base64(text: str, what: str) -> Source:
    try:
        return Source(data=base64.b64decode("".join(text.split()).translate(_URL_SAFE), validate=True))
    except (binascii.Error, ValueError):
        raise refusal(
            what, sentence("{what} is base64 text that is broken or cut off; give all of it, or the file", what=what)
        ) from None


def _from_text(text: str, what: str) -> Source:
    given = text.strip()
    if not given:
        raise refusal(what, sentence("{what} is an empty text; give {allowed}", what=what, allowed=sentence(_ALLOWED)))
    if _is_base64(given):
        return _from_base64(given, what)
    if (text != given or given[:5].lower() in ("file:", "data:")) and _is_name(text):
        return _from_file(Path(text), what)
    match = _SCHEME.match(given)
    scheme = match[0][:-1].lower() if match else ""
    if scheme == "data":
        return _from_data_url(given, what)
    if scheme == "file":
        return _from_file_url(given, what)
    if buckets.is_readable(given):
        return _from_bucket(given, what)
    if scheme in ("http", "https", "oss"):
        return _from_url(given, what)
    if scheme and not Path(native(given)).exists():
        raise refusal(
            what,
            sentence(
                "{what} cannot be sent from {scheme}://; give an http(s) or oss:// URL, or a file",
                what=what,
                scheme=scheme,
            ),
        )
    return _from_file(Path(given), what)


def _is_name(text: str) -> bool:
    """Tell whether a text is, blanks and all, the name of a file."""
    try:
        return len(text) < _LONGEST_NAME and user_path(text).is_file()
    except (OSError, RuntimeError, ValueError):
        return False


def _from_url(url: str, what: str) -> Source:
    if not url.isascii() or any(character <= " " or character == "\x7f" for character in url):
        raise refusal(
            what,
            sentence(
                "{what} URL {shown} holds a space or a non-ASCII character, which the service refuses; "
                "percent-encode it (urllib.parse.quote)",
                what=what,
                shown=shown_path(url),
            ),
        )
    try:
        parts = urlsplit(url)
        host = parts.netloc
    except ValueError:
        host = ""
    if not host:
        raise refusal(
            what,
            sentence(
                "{what} URL {shown} names no host; give the whole URL, or a file", what=what, shown=shown_path(url)
            ),
        )
    return Source(url=url, name=unquote(PurePath(parts.path).name))


def _from_data_url(url: str, what: str) -> Source:
    head, comma, body = url.partition(",")
    if not comma:
        raise refusal(
            what,
            sentence(
                "{what} is a data URL without data: {shown}; the form is data:image/png;base64,...",
                what=what,
                shown=shown_path(head),
            ),
        )
    if not head.lower().endswith(";base64"):
        return Source(data=unquote_to_bytes(body))
    try:
        return Source(data=base64.b64decode("".join(unquote(body).split()), validate=True))
    except (binascii.Error, ValueError):
        line = sentence(
            "{what} is a data URL whose base64 is broken or cut off: {shown}; give all of it, or the file",
            what=what,
            shown=shown_path(head),
        )
        raise refusal(what, line) from None


def _from_file_url(url: str, what: str) -> Source:
    """Read the vendor's spellings: absolute, `file://./x`, `file://D:/x`; a `+` is a plus, not a space."""
    rest = url[len("file:") :].removeprefix("//")
    if rest.lower().startswith("localhost/"):
        rest = rest[len("localhost") :]
    if re.match(r"/[A-Za-z]:[/\\]", rest) and os.name == "nt":
        rest = rest[1:]
    decoded = Path(native(unquote(rest, errors="surrogateescape")))
    literal = Path(native(rest))
    try:
        prefer_literal = not decoded.exists() and literal.exists()
    except (OSError, ValueError):
        prefer_literal = False
    return _from_file(literal if prefer_literal else decoded, what)


def _from_file(path: Path, what: str) -> Source:
    shown = shown_path(path)
    try:
        path = user_path(path)
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refusal(what, sentence("{what} {shown} is a folder; give one picture file", what=what, shown=shown))
        if not stat.S_ISREG(status.st_mode):
            raise refusal(what, sentence("{what} {shown} is not a regular file", what=what, shown=shown))
        if status.st_size > MAX_FILE_BYTES:
            raise refusal(
                what,
                sentence(
                    "{what} {shown} has {st_size} bytes; files up to {MAX_FILE_BYTES} are read",
                    what=what,
                    shown=shown,
                    st_size=status.st_size,
                    MAX_FILE_BYTES=MAX_FILE_BYTES,
                ),
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise refusal(
            what,
            sentence(
                "{what} {shown} {value}",
                what=what,
                shown=shown,
                value=why_missing(path),
            ),
        ) from None
    except (ValueError, RuntimeError):
        raise refusal(
            what,
            sentence(
                "{what} {shown} is no file name; give {allowed}", what=what, shown=shown, allowed=sentence(_ALLOWED)
            ),
        ) from None
    except OSError as error:
        raise refusal(
            what, sentence("{what} {shown} cannot be read: {reason}", what=what, shown=shown, reason=os_reason(error))
        ) from None
    return Source(data=data, name=readable(path.name), path=_kept(path))


def _kept(path: Path) -> str:
    """Return where a file lies, for a later search; "" where its name is no text, so that JSON could not hold it."""
    value = stored(path.absolute())
    return value if isinstance(value, str) else ""


def _from_image(image: Image.Image) -> Source:
    name = getattr(image, "filename", "")
    opened = image.format is not None
    path = Path(os.fsdecode(name)) if name else None
    if path is None:
        return Source(image=image, opened=opened)
    return Source(image=image, name=readable(path.name), path=_kept(path) if opened else "", opened=opened)
