"""`bailian-nb tutorials DIR`: lay the tutorials and their photographs into a folder, from wheel or checkout."""

from __future__ import annotations

from pathlib import Path

from ..errors import BailianError
from ..system.files import write_whole
from ..system.language import os_reason, sentence
from . import source


def lay_out(folder: Path) -> tuple[list[Path], list[Path]]:
    """Copy every tutorial and photograph into `folder`; return what is there as it should be, and what was left alone.

    A file of that name with another content, such as a tutorial that you have run, is left as it is.

    Raises
    ------
    BailianError
        When the folder cannot be written.
    """
    there: list[Path] = []
    kept: list[Path] = []
    files = [
        *sorted(source().glob("*.ipynb")),
        *sorted(source().glob("*.csv")),
        *sorted((source() / "photos").iterdir()),
    ]
    for file in files:
        target = folder / file.relative_to(source())
        data = file.read_bytes()
        try:
            written = write_whole(target, data, overwrite=False)
            same = written or target.read_bytes() == data
        except OSError as error:
            raise BailianError(
                sentence("the tutorials cannot be written into {folder}: {why}", folder=folder, why=os_reason(error)),
                hint=sentence("Give another folder."),
            ) from None
        (there if same else kept).append(target)
    return there, kept
