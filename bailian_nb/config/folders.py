"""Which folders are ours: the journal's home and where pictures go. `session` and the key's salt ask for them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from ..errors import InvalidRequest
from .settings import Settings

_NETWORK = ("nfs", "cifs", "smb", "afp", "webdav", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "ceph")


def home(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder of journal, index and emulator; it is made by whoever writes there."""
    env = os.environ if env is None else env
    given = env.get("BAILIAN_NB_HOME", "").strip()
    return expanded(given) if given else Path(platformdirs.user_data_dir("bailian_nb", appauthor=False))


def out_dir(settings: Settings) -> Path:
    """Return the folder for pictures: as set, else `wan_out` in the current folder."""
    return expanded(settings.out_dir) if settings.out_dir else Path.cwd() / "wan_out"


def expanded(given: str) -> Path:
    """Return the path with its `~` filled in."""
    try:
        return Path(given).expanduser()
    except RuntimeError:
        raise InvalidRequest(f"{given} names the home of a user who does not exist") from None


def check_writable(folder: Path) -> None:
    """Refuse a folder that cannot be written before anything is paid for.

    Raises
    ------
    InvalidRequest
        When it is a file or may not be written; it names the folder.
    """
    there = next(each for each in (folder, *folder.parents) if each.exists())
    reason = "" if there.is_dir() else f"{there} is no folder"
    if not reason:
        try:
            # Tried, not asked: permission bits say nothing to an administrator, of a network disk or on Windows.
            with tempfile.TemporaryFile(dir=there):
                pass
        except OSError as error:
            reason = f"{there} is no folder that can be written ({error.strerror})"
    if reason:
        raise InvalidRequest(f"pictures cannot be saved in {folder}: {reason}; see out_dir")


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
