"""Write new files so that a name either holds the whole content or does not exist, and nothing is overwritten.

Called by `save` and `paste`. Contents reach the disk before their names appear.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from filelock import FileLock, Timeout

_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.EINVAL}


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
    try:
        return _write_new(folder, stem, contents, {*contents, *reserved})
    except FileNotFoundError:
        # Somebody removed the folder while we wrote.
        return _write_new(folder, stem, contents, {*contents, *reserved})


def _write_new(folder: Path, stem: str, contents: Mapping[str, bytes], suffixes: Collection[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as drafts:
        files = {suffix: drafts.enter_context(_draft(folder, data)) for suffix, data in contents.items()}
        for name in _names(stem):
            if any((folder / f"{name}{suffix}").exists() for suffix in suffixes):
                continue
            if _claim(files, folder, name):
                sync_folder(folder)
                sync_folder(folder.parent)
                return folder / name
    raise AssertionError("names never run out")


def _names(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


@contextlib.contextmanager
def _draft(folder: Path, data: bytes) -> Iterator[Path]:
    """Hold a synced temporary file; what is left of it is removed in the end."""
    path = folder / f".{secrets.token_hex(8)}.tmp"
    try:
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield path
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _claim(files: Mapping[str, Path], folder: Path, name: str) -> bool:
    """Give every draft its name, or none of them when one is taken."""
    done: list[Path] = []
    try:
        for suffix, draft in files.items():
            target = folder / f"{name}{suffix}"
            if not _give_name(draft, target):
                break
            done.append(target)
        else:
            return True
    except BaseException:
        _remove(done)
        raise
    _remove(done)
    return False


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _give_name(draft: Path, target: Path) -> bool:
    try:
        os.link(draft, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _give_name_without_links(draft, target)
    return True


def _give_name_without_links(draft: Path, target: Path) -> bool:
    """Reserve the name with an empty file of our own, which the draft then replaces (exFAT, some shares).

    The draft is copied first, since a second try under another name needs it again.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileExistsError:
        return False
    try:
        with _draft(draft.parent, draft.read_bytes()) as copy:
            copy.replace(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return True


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
    return FileLock(path, thread_local=False, fallback_to_soft=False)


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
                raise OSError(errno.ENOLCK, "two hold the same lock", str(folder))
        finally:
            lock.release()


def try_lock(path: Path) -> FileLock | None:
    lock = open_lock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock
