"""Where pictures go, and whether it and the journal's home can be written; `session` asks before anything is sent."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ..errors import InvalidRequest, printable
from ..store import buckets
from ..system.files import private_folder
from ..system.home import expanded, is_there
from ..system.language import os_reason, sentence
from .settings import Settings

_LONGEST = f"2026-11-21/{'x' * 96}"
"""As long as the name of a picture's file below its folder can get, and a little more."""
_NETWORK = ("nfs", "cifs", "smb", "afp", "webdav", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "ceph")


def out_dir(settings: Settings) -> Path:
    """Return the folder for pictures: as set, else `wan_out` in the current folder.

    Of an address (`s3://bucket/folder`) it is the local folder that the pictures are carried up from.

    Raises
    ------
    InvalidRequest
        When it names what does not exist, or the extra `storage` is not installed.
    """
    if not settings.out_dir:
        return Path.cwd() / "wan_out"
    what = sentence("out_dir (BAILIAN_NB_OUT)")
    if buckets.is_address(settings.out_dir):
        return buckets.local_folder(buckets.checked(settings.out_dir, what))
    if scheme := buckets.other_scheme(settings.out_dir):
        raise InvalidRequest(
            sentence(
                "{what} begins with {scheme}://, where no pictures can be saved: write a folder, or one of {names}",
                what=what,
                scheme=printable(scheme, 20),
                names=", ".join(f"{each}://" for each in buckets.LIBRARIES),
            )
        )
    return expanded(settings.out_dir, what)


def check_writable(folder: Path) -> None:
    """Refuse a folder that cannot be written before anything is paid for.

    Raises
    ------
    InvalidRequest
        When it is a file or may not be written; it names the folder.
    """
    if reason := _unwritable(folder):
        raise InvalidRequest(
            sentence(
                "pictures cannot be saved in {folder}: {reason}; see out_dir",
                folder=printable(str(folder), 160),
                reason=reason,
            )
        )


def check_home(folder: Path) -> None:
    """Refuse a BAILIAN_NB_HOME that cannot be written, before anything else stumbles over it.

    One that an older version made for everybody to enter is tightened here.

    Raises
    ------
    InvalidRequest
        It names the variable and the folder.
    """
    if reason := _unwritable(folder):
        shown = printable(str(folder), 160)
        raise InvalidRequest(
            sentence(
                "BAILIAN_NB_HOME cannot be kept in {shown}: {reason}; set it to a folder that can be written",
                shown=shown,
                reason=reason,
            )
        )
    if folder.is_dir():
        private_folder(folder)


def nearest_there(folder: Path) -> Path:
    """Return the folder, or the innermost one above it that is there."""
    return next((each for each in (folder, *folder.parents) if is_there(each)), Path(folder.anchor))


def _unwritable(folder: Path) -> str:
    """Return why nothing can be written below a folder that may not be there yet, "" when it can. Nothing stays."""
    there = nearest_there(folder)
    if not there.is_dir():
        return sentence("{there} is no folder", there=there)
    try:
        # Tried, not asked: permission bits say nothing to an administrator, of a network disk or on Windows.
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return sentence("{there} is no folder that can be written ({strerror})", there=there, strerror=os_reason(error))
    for part in folder.parts[len(there.parts) :]:
        if reason := _refused(there / part):
            return sentence("{part} can be no folder's name ({reason})", part=printable(part, 40), reason=reason)
    reason = _refused(folder / _LONGEST)
    return sentence("its pictures' names would be too long ({reason})", reason=reason) if reason else ""


def _refused(path: Path) -> str:
    """Return why the system takes no such name, "" when it does."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return ""
    except (OSError, ValueError) as error:
        return os_reason(error)
    return ""


def network_file_system(folder: Path) -> str:
    """Return the kind of network file system that `folder` lies on, "" for a local disk or where nobody can tell."""
    import psutil

    try:
        mounts = psutil.disk_partitions(all=True)
        there = folder.resolve()
    except (OSError, RuntimeError):
        return ""
    around = [mount for mount in mounts if mount.mountpoint and there.is_relative_to(mount.mountpoint)]
    kind = max(around, key=lambda mount: len(mount.mountpoint)).fstype.lower() if around else ""
    return kind if kind.startswith(_NETWORK) else ""
