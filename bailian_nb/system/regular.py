"""Reading what is a file, and nothing else that may lie under its name: a pipe or a device could be read for ever.

Whoever reads settings, keys, and what other kernels have noted, reads it here.
"""

from __future__ import annotations

import errno
import os
import selectors
import stat

from .language import sentence


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Return what a file holds.

    Raises
    ------
    OSError
        When it cannot be read, or something lies there that is no file.
    """
    with open(path, "rb", opener=open_file) as file:
        return file.read()


def open_file(path: str, flags: int, *, pipe_seconds: float = 0.0) -> int:
    """Open a file and nothing else: a pipe that nobody writes to would be waited for, and a device has no end.

    With `pipe_seconds` a pipe is taken, too, once somebody writes to it.

    Raises
    ------
    TimeoutError
        When nobody has within that time.
    OSError
        When it cannot be opened, or is no file.
    """
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    try:
        kind = os.fstat(descriptor).st_mode
        if stat.S_ISREG(kind) or (stat.S_ISFIFO(kind) and pipe_seconds and _is_written(descriptor, pipe_seconds)):
            return descriptor
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        raise OSError(errno.EINVAL, sentence("it is no file"), path)
    except BaseException:
        os.close(descriptor)
        raise


def _is_written(pipe: int, seconds: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        if selector.select(seconds):
            return True
    raise TimeoutError(errno.ETIMEDOUT, sentence("nobody writes to it"))
