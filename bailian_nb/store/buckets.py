"""Buckets: folders of object storage by fsspec (`oss://`, `s3://`, `memory://`), and the local folder of each.

A picture that goes to a bucket is saved first in the bucket's folder below BAILIAN_NB_HOME, whose path says the
address; `gallery.carry` brings it up from there. `config` asks here what an address names, `images` reads inputs by
it. What a store's library raises may hold a signature or a key, so that none of its words is shown.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import importlib.util
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from ..errors import BailianError, BucketError, InvalidRequest, printable
from ..system.environment import Environment, environment
from ..system.home import home as default_home
from ..system.language import sentence

T = TypeVar("T")
LIBRARIES = {"memory": "fsspec", "oss": "ossfs", "s3": "s3fs"}
"""What each kind of address is read with; all come with the extra `storage`."""
FOLDER = "storage"
"""Below BAILIAN_NB_HOME."""
CONNECT_SECONDS = 5
READ_SECONDS = 20
TRIES = 2
"""How often a store is asked: with the seconds above, a bucket that says nothing is given up before its Job is."""
AWAY_SECONDS = 30.0
"""How long a bucket that could not be reached is not asked by the next picture: each would wait for it anew."""
_ADDRESS = re.compile(r"(oss|s3|memory):/{1,2}([^/].*)?", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_NO_NAME = re.compile(r'[%<>:"|?*\\\x00-\x1f\x7f]')
"""Letters that some system takes in no file name; the local folder has their numbers instead."""
_NUMBER = re.compile(r"%([0-9A-F]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MD5 = re.compile(r"[0-9a-f]{32}")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.]{1,60}")
_TAKEN = {"PreconditionFailed", "FileAlreadyExists", "ConditionalRequestConflict"}
_AWAY = ("Connect", "Timeout", "RequestError", "HTTPClientError", "ClientOSError", "ServerDisconnected", "DNS")
_silent: dict[str, tuple[float, str]] = {}
"""By bucket, until when it is not asked, and why."""
_opening = threading.Lock()

if hasattr(os, "register_at_fork"):  # another thread of the parent may have held the lock, and is not here to let go
    os.register_at_fork(after_in_child=lambda: globals().update(_opening=threading.Lock()))


def is_address(given: str) -> bool:
    """Tell whether a text names a place in a bucket; a Path of it, which has one slash less, does so, too."""
    return _ADDRESS.fullmatch(given.strip()) is not None


def is_readable(given: str) -> bool:
    """Tell whether a text is the address of an input that is read here and not handed on to the service as it is.

    An `oss://` is read where this machine is set up for it; those of the service's own stores never are.
    """
    match = _ADDRESS.fullmatch(given.strip())
    if match is None or match[1].lower() != "oss":
        return match is not None
    ours = importlib.util.find_spec(LIBRARIES["oss"]) is not None and environment(None).get("OSS_ENDPOINT")
    return bool(ours) and not (match[2] or "").lower().startswith("dashscope-")


def other_scheme(given: str) -> str:
    """Return the scheme of a URL that names no bucket we know, "" where a text is an address or a path."""
    match = _SCHEME.match(given.strip())
    return match[1] if match is not None and not is_address(given) else ""


def checked(given: str, what: str) -> str:
    """Return an address in its one spelling, `s3://bucket/a/b`.

    Raises
    ------
    InvalidRequest
        When it names no bucket, holds a key, or the library for it is not installed; `what` says where it comes from.
    """
    given = given.strip().replace("\\", "/")
    match = _ADDRESS.fullmatch(given)
    if match is None:
        raise InvalidRequest(sentence("{what} names no bucket: write s3://BUCKET/FOLDER", what=what))
    scheme, rest = match[1].lower(), match[2] or ""
    if "@" in rest.partition("/")[0]:
        raise InvalidRequest(
            sentence(
                "{what} holds a user name or a key before the @: leave it out, the store's own variables hold the keys",
                what=what,
            )
        )
    parts = [part for part in rest.split("/") if part]
    odd = {".", ".."}.intersection(parts) or _CONTROL.search(rest) or "?versionId=" in rest  # which s3fs reads
    if odd or not parts or (scheme != "memory" and not _BUCKET.fullmatch(parts[0])):
        raise InvalidRequest(
            sentence(
                "{what} must be like {scheme}://BUCKET/FOLDER, without . and .. and control characters, got {given}",
                what=what,
                scheme=scheme,
                given=printable(given, 120),
            )
        )
    if importlib.util.find_spec("fsspec") is None or importlib.util.find_spec(LIBRARIES[scheme]) is None:
        raise InvalidRequest(
            sentence(
                "{what} names {scheme}://, which needs the package {package}: pip install '.[storage]' in the checkout",
                what=what,
                scheme=scheme,
                package=LIBRARIES[scheme],
            )
        )
    return f"{scheme}://{'/'.join(parts)}"


def local_folder(address: str, home: Path | None = None) -> Path:
    """Return where pictures for a checked address are saved first, and where their copies stay."""
    scheme, _, rest = address.partition("://")
    names = [_NO_NAME.sub(lambda found: f"%{ord(found[0]):02X}", part) for part in rest.split("/")]
    return (home or default_home()).joinpath(FOLDER, scheme, *names)


def address_of(path: Path, home: Path | None = None) -> str:
    """Return the address that a file in a bucket's local folder goes to, "" for a file elsewhere."""
    if not is_local_copy(path):
        return ""
    root = (home or default_home()) / FOLDER
    for below, folder in ((path.absolute(), root.absolute()), (path.resolve(), root.resolve())):
        if below.is_relative_to(folder):
            return named_by(below)
    return ""


def named_by(path: Path) -> str:
    """Return the address that the name of a path says, below whatever home it lies; "" where it says none."""
    parts = path.parts
    ends = [at for at, pair in enumerate(pairwise(parts)) if pair[0] == FOLDER and pair[1] in LIBRARIES]
    names = parts[ends[-1] + 2 :] if ends else ()
    if not names or ".." in names:  # such a name may come from elsewhere, and leads out of the folder
        return ""
    return f"{parts[ends[-1] + 1]}://{'/'.join(_NUMBER.sub(_letter, each) for each in names)}"


def home_of(path: Path) -> Path | None:
    """Return the home whose local folder of a bucket a path lies in, by its name alone; None for a path elsewhere."""
    parts = path.parts
    ends = [at for at, pair in enumerate(pairwise(parts)) if pair[0] == FOLDER and pair[1] in LIBRARIES]
    return Path(*parts[: ends[-1]]) if ends and ends[-1] else None


def _letter(number: re.Match[str]) -> str:
    """Return the letter that stands as its number in a local name; another number is itself a name's own."""
    letter = chr(int(number[1], 16))
    return letter if _NO_NAME.fullmatch(letter) else number[0]


def here(path: Path, home: Path | None = None) -> Path:
    """Return where the copy of a picture lies below this home, for a path that another machine or home wrote."""
    address = named_by(path)
    return path if not address or path.exists() or address_of(path, home) else local_folder(address, home)


def is_local_copy(path: Path) -> bool:
    """Tell by its name alone whether a path may lie in the local folder of a bucket."""
    return any(each == FOLDER and after in LIBRARIES for each, after in pairwise(path.parts))


def try_out(address: str) -> None:
    """Write a small object below an address and take it back.

    Raises
    ------
    BucketError
        When that cannot be done; the line says why.
    """
    try_again()
    probe = f"{address}/.bailian_nb-{secrets.token_hex(8)}"
    put_new(probe, b"bailian_nb was here; this may be deleted\n")
    remove(probe)


def put_new(address: str, data: bytes) -> bool:
    """Write an object as a whole and look at it afterwards; nothing is overwritten.

    Returns
    -------
    bool
        True when just these bytes are there now, whoever wrote them; False when the name is another object's.

    Raises
    ------
    BucketError
        When the bucket refuses, cannot be reached, or keeps other bytes than it was given; these are taken back.
    """

    def put(store: Any, path: str) -> bool | None:
        if _size(store, path) is not None:
            return _holds(store, path, data)
        try:
            _create(store, address, path, data)
        except Exception as error:
            if not _is_taken(error):
                raise
            return _holds(store, path, data)
        if _holds(store, path, data):
            return True
        with contextlib.suppress(Exception):  # what stays is cut, and the line below says so
            store.rm_file(path)
        return None

    kept = ask(address, put)
    if kept is None:
        raise BucketError(sentence("{address} was not kept whole", address=printable(address, 160)))
    return kept


def read(address: str, most: int) -> bytes:
    """Return an object of at most `most` bytes.

    Raises
    ------
    BucketError
        When it is not there, is larger, or cannot be read.
    """

    def get(store: Any, path: str) -> tuple[int | None, bytes | None]:
        size = _size(store, path)
        data = store.cat_file(path) if size is not None and size <= most else None
        return size, data if isinstance(data, bytes) and len(data) <= most else None

    size, data = ask(address, get)
    if data is not None:
        return data
    shown = printable(address, 160)
    if size is None:
        raise BucketError(sentence("{address} does not exist", address=shown), missing=True)
    raise BucketError(
        sentence("{address} has {size} bytes; up to {most} are read", address=shown, size=size, most=most)
    )


def holds(address: str, data: bytes) -> bool:
    """Tell whether an object is just these bytes; False also where nobody can tell."""
    try:
        return ask(address, lambda store, path: _holds(store, path, data))
    except BucketError:
        return False


def remove(address: str) -> None:
    """Take back an object of ours."""
    ask(address, lambda store, path: store.rm_file(path))


def names_like(address: str) -> list[str]:
    """Return the addresses beside this one that have its name with something behind it, and its ending."""
    head, _, name = address.rpartition("/")
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    listed = ask(address, lambda store, path: store.ls(path.rpartition("/")[0], detail=False))
    found = [str(each).rpartition("/")[2] for each in listed]
    return [f"{head}/{each}" for each in sorted(found) if each.startswith(f"{stem}-") and each.endswith(suffix)]


def objects(address: str) -> list[str] | None:
    """Return the addresses of the objects that a pattern names, or that lie in a folder itself; or the one object.

    Returns
    -------
    list[str] | None
        None where no folder and no object has this name.

    Raises
    ------
    BucketError
        When the bucket refuses or cannot be reached.
    """

    def look(store: Any, path: str) -> list[Mapping[str, Any]]:
        store.invalidate_cache()
        if glob.has_magic(path) and _size(store, path) is None:
            return list(store.glob(path, detail=True).values())
        return list(store.ls(path, detail=True))

    try:
        found = ask(address, look)
    except BucketError as error:
        if error.missing:
            return None
        raise
    scheme, names = address.partition("://")[0], [str(each["name"]) for each in found if each.get("type") == "file"]
    return [f"{scheme}://{name.strip('/')}" for name in names if not name.endswith("/")]


def signed(address: str, seconds: int) -> str:
    """Return a URL by which anybody can read an object for a while, "" where the store makes none.

    It is a secret: it goes to the service and is shown nowhere.
    """

    def sign(store: Any, path: str) -> str:
        if address.startswith("oss://"):  # whose library signs below fsspec alone
            bucket, _, key = path.strip("/").partition("/")
            return str(store._get_bucket(bucket).sign_url("GET", key, seconds, slash_safe=True))
        return str(store.sign(path, expiration=seconds))

    try:
        return ask(address, sign)
    except (BucketError, NotImplementedError):
        return ""


def try_again() -> None:
    """Ask at once every bucket that was away: somebody wants it now."""
    _silent.clear()


def _create(store: Any, address: str, path: str, data: bytes) -> None:
    if address.startswith("oss://"):
        store.pipe_file(path, data, headers={"x-oss-forbid-overwrite": "true"})
        return
    if address.startswith("memory://"):
        store.makedirs(path.rpartition("/")[0], exist_ok=True)
    store.pipe_file(path, data, mode="create")


def _size(store: Any, path: str) -> int | None:
    """Return the bytes of an object, None when there is none."""
    try:
        store.invalidate_cache()
        size = store.info(path).get("size")
    except FileNotFoundError:
        return None
    return int(size) if size is not None else 0


def _holds(store: Any, path: str, data: bytes) -> bool:
    """Tell whether an object is just these bytes: by length and hash, as far as the store tells one, else read back."""
    store.invalidate_cache()
    try:
        found = store.info(path)
    except FileNotFoundError:
        return False
    if found.get("size") != len(data):
        return False
    tag = str(found.get("ETag", "")).strip('"').lower()
    if _MD5.fullmatch(tag) and tag == hashlib.md5(data, usedforsecurity=False).hexdigest():
        return True
    return bool(store.cat_file(path) == data)  # one that was encrypted or came in parts has another tag


def ask(address: str, work: Callable[[Any, str], T]) -> T:
    """Do something with the store of an address, and word what it raises; one that is away is left alone a while."""
    scheme, _, rest = address.partition("://")
    bucket = f"{scheme}://{rest.partition('/')[0]}"
    until, why = _silent.get(bucket, (0.0, ""))
    if time.monotonic() < until:
        raise BucketError(why)
    try:
        return work(_store(scheme), rest)
    except (BailianError, NotImplementedError):
        raise
    except Exception as error:  # noqa: BLE001  # of whatever library; its text and frames may hold a key
        reason, away = _reason(error)
        missing = isinstance(error, FileNotFoundError)
    said = sentence("{bucket} {reason}", bucket=printable(bucket, 100), reason=reason)
    if away:
        _silent[bucket] = (time.monotonic() + AWAY_SECONDS, said)
    raise BucketError(said, missing=missing)


def _store(scheme: str) -> Any:
    import fsspec

    options: dict[str, Any] = {}
    env = environment(None)
    own = fsspec.config.conf.get(scheme, {})
    if scheme == "s3" and "config_kwargs" not in own:
        options["config_kwargs"] = {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": READ_SECONDS,
            "retries": {"max_attempts": 0},  # s3fs tries again by itself: both would multiply
        }
    if scheme == "oss":
        if not (env.get("OSS_ENDPOINT") or "endpoint" in own):
            raise BucketError(sentence("oss:// needs OSS_ENDPOINT, such as https://oss-cn-beijing.aliyuncs.com"))
        options = _oss_keys(env, own)  # after it nothing is raised here that a caller sees with its frame
    with _opening:
        store = fsspec.filesystem(scheme, **options)
    if scheme == "s3":
        store.retries = TRIES
    return store


def _oss_keys(env: Environment, own: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the environment says of keys, by OSS's names or the vendor's; ossfs itself reads none."""
    named = (
        ("key", "OSS_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        ("secret", "OSS_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
        ("token", "OSS_SESSION_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN"),
    )
    return {option: env.first(*names)[1] for option, *names in named if option not in own and env.first(*names)[1]}


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it was raised from."""
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _code(error: BaseException) -> str:
    """Return the store's own code for a refusal, "" where it gave none; nothing else of its answer."""
    answer = getattr(error, "response", None)
    found = answer.get("Error", {}).get("Code", "") if isinstance(answer, dict) else getattr(error, "code", "")
    return found if isinstance(found, str) and _CODE.fullmatch(found) else ""


def _is_taken(error: BaseException) -> bool:
    return any(isinstance(each, FileExistsError) or _code(each) in _TAKEN for each in _chain(error))


def _reason(error: BaseException) -> tuple[str, bool]:
    """Return in our words why a store did not do something, and whether it is away."""
    names = [type(each).__name__ for each in _chain(error)]
    code = next((code for each in _chain(error) if (code := _code(each))), "")
    if any("Credential" in name or "Token" in name for name in names):
        return sentence("cannot be used: no credentials for it are configured ({name})", name=names[0]), False
    if code:
        return sentence("refuses ({code})", code=code), False
    if isinstance(error, PermissionError):
        return sentence("refuses ({code})", code="AccessDenied"), False
    if isinstance(error, FileNotFoundError):
        return sentence("refuses ({code})", code="NotFound"), False
    if any(any(word in name for word in _AWAY) for name in names):
        return sentence("cannot be reached ({name})", name=names[0]), True
    return sentence("does not take it ({name})", name=names[0]), False
