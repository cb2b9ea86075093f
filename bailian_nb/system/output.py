"""Write for a reader who may leave: whoever closed the other end of a pipe wants no more, and nothing is wrong.

The command line runs inside `for_a_reader`: `bailian-nb history | head` ends quietly, and what has begun ends well.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO


class _Output(io.TextIOBase):
    """A text stream that falls silent when nobody reads it any more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._try(self._stream.write, text)
        return len(text)

    def flush(self) -> None:
        self._try(self._stream.flush)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def close(self) -> None:
        """Do nothing: the stream belongs to somebody else, who may have closed it by the time that this is dropped."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _try(self, act: Any, *given: str) -> None:
        try:
            act(*given)
        except OSError as error:
            if not _left(error):
                raise
            # What is still in the stream's buffer goes nowhere, also when Python ends.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def _left(error: OSError) -> bool:
    """Tell whether the reader has gone; Windows says so in its own way."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)


@contextlib.contextmanager
def for_a_reader() -> Iterator[None]:
    """Let what is printed inside end with its reader, on stdout and on stderr."""
    out, errors = _Output(sys.stdout), _Output(sys.stderr)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            yield
        finally:
            out.flush()
            errors.flush()
