"""Files that are whole or not there, that never follow a planted link, and that are private where they are ours.

Every file that the package writes comes through `write_new` (a name of our own, nothing is overwritten) or
`write_whole` (one file, perhaps instead of another). Contents reach the disk before their names appear. A link in the
place of a name that we made is never followed, and neither is one in the place of a draft: drafts are made new, under
names that cannot be guessed. A folder that is a link is followed: nothing in it is read, and only `write_whole` with
`overwrite` replaces anything there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from .language import sentence
from .regular import open_file, read_file

T = TypeVar("T")
SHARED, PRIVATE = 0o666, 0o600
"""Permissions of a new file, before the umask: as its user has it for all his files, and for its owner alone."""
HELD_SECONDS = 3.0
"""How long a file that another program holds is tried again: a virus scanner opens each new one for a moment."""
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.EINVAL}
_HOPELESS = {errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY, errno.ENAMETOOLONG, errno.EXDEV}
_HOPELESS |= {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ELOOP, errno.EINVAL, errno.ENOSYS, errno.EIO}
"""What does not pass by itself. All else may be another program's hold, which each system names in its own way."""
_MOST_LINKS = 40
_OURS = re.compile(
    r"(journal|index|marks|tasks|batch)\.(sqlite|broken).*|salt.*|place|.*\.lock"
    r"|limits|owners|inputs|emulator|pictures|storage|uploads|strokes|thumbnails|\.[0-9a-f]{16}\.tmp|\.locks-.*"
)
"""What a home holds, those of older versions too, which made it as the umask said."""
_making = threading.Lock()
_tried: set[Path] = set()

if hasattr(os, "register_at_fork"):  # another thread of the parent may have held the lock, and is not here to let go
    os.register_at_fork(after_in_child=lambda: globals().update(_making=threading.Lock()))


def write_new(folder: Path, stem: str, contents: Mapping[str, bytes], *, reserved: Collection[str] = ()) -> Path:
    """Write all `contents` (suffix to bytes) under one free name and return that name without a suffix.

    The name is `stem`, or `stem-2`, `stem-3`, … when a file of that name exists with one of these suffixes or of the
    `reserved` ones. The last suffix appears last, so when it is there, the others are. The folder is made when it is
    not there.

    Raises
    ------
    OSError
        When the disk is full or the folder cannot be written; nothing is left behind then.
    """
    suffixes = {*contents, *reserved}
    try:
        return _write_new(folder, stem, contents, suffixes)
    except FileNotFoundError:
        # Somebody removed the folder while we wrote.
        return _write_new(folder, stem, contents, suffixes)


def write_whole(
    path: Path, data: bytes, *, mode: int = SHARED, overwrite: bool = True, lasting: bool = True, follow: bool = False
) -> bool:
    """Write one file as a whole or not at all; return False when `overwrite` is off and the name is taken.

    Parameters
    ----------
    path
        Its folder is made when it is not there.
    lasting
        False does not wait for the disk: for what may be lost, but not cut, with the power.
    follow
        For a path that a user spelled out himself. A link of his own that lies there stays, and the file that it
        points to is written; a link of somebody else is replaced. A file that is overwritten keeps its permissions.

    Raises
    ------
    OSError
        When the disk is full, or the folder or file cannot be written; nothing is left behind then.
    """
    kept = None
    if follow:
        path = _through_own_links(path)
        kept = _kept_mode(path)
    try:
        return _write_whole(path, data, mode, kept, overwrite, lasting)
    except FileNotFoundError:
        return _write_whole(path, data, mode, kept, overwrite, lasting)


def write_line(path: Path, line: str) -> None:
    """Put one short line of ASCII into a file of ours, for its owner alone, in the place of the one before it.

    Whoever reads it finds that one or this one, also where this process is stopped between two steps: `read_line`.

    Raises
    ------
    OSError
        When it cannot be written, as where its folder is gone, which is not made, or what lies there is no file.
    """
    data = f"{line}\n".encode("ascii")
    try:
        descriptor = open_file(str(path), os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise
        write_whole(path, data, mode=PRIVATE, lasting=False)
        return
    try:
        os.write(descriptor, data)  # what was longer than this is behind the end of the line
    finally:
        os.close(descriptor)


def read_line(path: Path) -> str:
    """Return what `write_line` put there, "" where nothing was, or it cannot be read."""
    try:
        return read_file(path).decode("ascii").partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        return ""


def patiently(step: Callable[[], T], seconds: float | None = None) -> T:
    """Do `step` again for `seconds` (None: `HELD_SECONDS`) while another program may hold its file.

    An interrupt ends that at once.

    Raises
    ------
    OSError
        What `step` raises for any other reason, or still raised in the end.
    """
    end, pause = time.monotonic() + (HELD_SECONDS if seconds is None else seconds), 0.01
    while True:
        try:
            return step()
        except OSError as error:
            if error.errno in _HOPELESS or time.monotonic() + pause > end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, 0.2)


def _write_new(folder: Path, stem: str, contents: Mapping[str, bytes], suffixes: Collection[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as drafts:
        files = {suffix: drafts.enter_context(_draft(folder, data, SHARED)) for suffix, data in contents.items()}
        for name in _names(stem):
            if any((folder / f"{name}{suffix}").exists() for suffix in suffixes):
                continue
            if _claim(files, folder, name):
                sync_folder(folder)
                sync_folder(folder.parent)
                return folder / name
    raise AssertionError("names never run out")


def _write_whole(path: Path, data: bytes, mode: int, kept: int | None, overwrite: bool, lasting: bool) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _draft(path.parent, data, mode, lasting=lasting) as draft:
        if kept is not None:
            draft.chmod(kept)
        if overwrite:
            patiently(lambda: draft.replace(path))
        elif not _give_name(draft, path, mode):
            return False
    if lasting:
        sync_folder(path.parent)
        sync_folder(path.parent.parent)
    return True


def _through_own_links(path: Path) -> Path:
    for _ in range(_MOST_LINKS):
        if not path.is_symlink() or (os.name != "nt" and path.lstat().st_uid != os.geteuid()):
            return path
        path = path.parent / path.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))


def _kept_mode(path: Path) -> int | None:
    """Return the permissions of the file that will be overwritten; refuse what is none, or may not be written."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found):
        return None
    if not stat.S_ISREG(found):
        raise OSError(errno.EEXIST, sentence("something that is no file lies there"), str(path))
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return stat.S_IMODE(found) & 0o777


def _names(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


@contextlib.contextmanager
def _draft(folder: Path, data: bytes, mode: int, *, lasting: bool = True) -> Iterator[Path]:
    """Hold a temporary file with its whole content; what is left of it is removed in the end."""
    path, ours = folder / f".{secrets.token_hex(8)}.tmp", True
    try:
        try:
            file = open(path, "xb", opener=partial(_open_new, mode=mode))  # noqa: SIM115 - it is closed below
        except FileExistsError:
            ours = False
            raise
        with file:
            file.write(data)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        yield path
    finally:
        if ours:
            _discard(path)


def _open_new(path: str, flags: int, *, mode: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), mode)


def _discard(path: Path) -> None:
    with contextlib.suppress(OSError):
        patiently(lambda: path.unlink(missing_ok=True))


def _claim(files: Mapping[str, Path], folder: Path, name: str) -> bool:
    """Give every draft its name, or none of them when one is taken."""
    done: list[Path] = []
    try:
        for suffix, draft in files.items():
            target = folder / f"{name}{suffix}"
            if not _give_name(draft, target, SHARED):
                break
            done.append(target)
        else:
            return True
    except BaseException:
        for path in done:
            _discard(path)
        raise
    for path in done:
        _discard(path)
    return False


def _give_name(draft: Path, target: Path, mode: int) -> bool:
    try:
        os.link(draft, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in _HOPELESS - _NO_LINKS:
            raise  # for what may pass by itself, the way without links has the patience
        return _give_name_without_links(draft, target, mode)
    except BaseException:  # an interrupt may come between the link and its answer
        with contextlib.suppress(OSError):
            if target.samefile(draft):
                _discard(target)
        raise
    return True


def _give_name_without_links(draft: Path, target: Path, mode: int) -> bool:
    """Reserve the name with an empty file of our own, which the draft then replaces (exFAT, some shares).

    The draft is copied first, since a second try under another name needs it again.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
    try:
        os.close(patiently(lambda: os.open(target, flags, mode)))
    except FileExistsError:
        return False
    try:
        with _draft(draft.parent, draft.read_bytes(), mode) as copy:
            patiently(lambda: copy.replace(target))
    except BaseException:
        _discard(target)
        raise
    return True


def private_folder(path: Path) -> None:
    """Make a folder that its owner alone can enter, or tighten one of ours, once, with all that lies in it.

    Folders that are missing on the way are made as the umask says, but inside a private one private, too. One that
    belongs to somebody else, or that holds something which is not ours, keeps its permissions: `exposed`
    says so. On Windows a user's folders are private by their place.

    Raises
    ------
    OSError
        When it cannot be made.
    """
    if not path.is_dir():
        _make_private(path)
    if os.name == "nt" or path in _tried:
        return
    found = path.stat()
    if not found.st_mode & 0o077:
        return
    _tried.add(path)  # a file system without permissions would else be asked each time
    if found.st_uid == os.geteuid() and not (found.st_mode & stat.S_ISVTX or _foreign(path)):
        with contextlib.suppress(OSError):  # where permissions cannot be set, `exposed` tells; a lock may be gone
            path.chmod(0o700)
            for entry in path.rglob("*"):
                _tighten(entry)


def _make_private(path: Path) -> None:
    missing, around = [path], path.parent
    while not around.exists():
        missing.append(around)
        around = around.parent
    inside = not around.stat().st_mode & 0o077
    for folder in reversed(missing):
        folder.mkdir(mode=0o700 if inside or folder == path else 0o777, exist_ok=True)


def private_file(path: Path) -> None:
    """Make an empty file that its owner alone can read, or tighten one of ours; what it holds stays.

    For files that a library writes, such as a database: it is never opened when it is there, since closing it would
    let go of the locks that this process has on it.
    """
    if not path.is_symlink() and not path.exists():
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        with _making, contextlib.suppress(FileExistsError):
            os.close(os.open(path, flags, PRIVATE))
    if os.name != "nt":
        _tighten(path)


def exposed(folder: Path) -> str:
    """Return why others can read what lies in a folder of ours, "" when its owner alone can or it is not there."""
    if os.name == "nt" or not folder.is_dir():
        return ""
    found = folder.stat()
    if found.st_uid != os.geteuid():
        return sentence("{folder} belongs to another user, who can read it", folder=folder)
    if not found.st_mode & 0o077:
        return ""
    why = (
        sentence(", and its permissions were left since {other} is not ours", other=other)
        if (other := _foreign(folder))
        else ""
    )
    return sentence("others can enter {folder}{why}: chmod 700 closes it to them", folder=folder, why=why)


def _foreign(folder: Path) -> str:
    return min((entry.name for entry in folder.iterdir() if not _OURS.fullmatch(entry.name)), default="")


def _tighten(path: Path) -> None:
    with contextlib.suppress(OSError):  # it is gone, or lies where permissions cannot be set, which `exposed` tells
        found = path.lstat()
        ours = found.st_uid == os.geteuid() and (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode))
        if ours and found.st_mode & 0o077:
            path.chmod(stat.S_IMODE(found.st_mode) & 0o700)


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` last through a power cut, where the system can do that."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        # A folder may be written but not listed, and then it cannot be opened either.
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(descriptor)


def open_lock(path: Path) -> FileLock:
    """Return a lock on `path` that is the operating system's or none: a mere marker would outlive a killed kernel."""
    return FileLock(path, mode=PRIVATE, thread_local=False, fallback_to_soft=False)


def try_locks(folder: Path) -> None:
    """Take a lock in `folder` and see that nobody else gets it; nothing stays there.

    Raises
    ------
    OSError
        When locks cannot be had, or do not hold.
    """
    with tempfile.TemporaryDirectory(prefix=".locks-", dir=folder) as own:
        path = Path(own, "try.lock")
        lock = open_lock(path)
        lock.acquire(timeout=0)
        try:
            if (second := try_lock(path)) is not None:
                second.release()
                raise OSError(errno.ENOLCK, sentence("two hold the same lock"), str(folder))
        finally:
            lock.release()


def try_lock(path: Path) -> FileLock | None:
    lock = open_lock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock
