"""Picture: one saved picture, which shows itself in any notebook. A Result is a sequence of these."""

from __future__ import annotations

import base64
import os
import re
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from .. import specs
from ..errors import BailianError, BucketError, InvalidRequest, printable, readable
from ..images import MAX_SERVED_PIXELS, decode, jpeg_thumbnail, thumbnail
from ..system.files import write_whole
from ..system.language import os_reason, sentence
from ..system.paths import user_path
from .fetch import bring_back
from .record import Record
from .small import place_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .actions import Actions, Compare, Job

_SIZE = re.compile(r"([0-9]{1,6})x([0-9]{1,6})")
ALT_PROMPT = 120
"""Characters of a prompt that stand in for a picture."""


class Picture:
    """One picture on disk.

    Parameters
    ----------
    path
        The file to use: the pasted one where there is one.
    raw_path
        The file as served; the same as `path` without a paste-back.
    record
        How `path` was made.
    actions
        What `edit` and `compare` go through.

    Attributes
    ----------
    left_here
        Why it lies on this machine alone, of one that was made now and that its bucket did not take; "" for any other.
    """

    def __init__(
        self, *, path: Path, record: Record, raw_path: Path | None = None, actions: Actions | None = None
    ) -> None:
        self.path = path
        self.raw_path = raw_path or path
        self.record = record
        self.actions = actions
        self.left_here = ""
        self._image: weakref.ref[Image.Image] | None = None
        self._size: tuple[int, int] | None = None
        self._thumbnail: bytes | None = None

    @property
    def image(self) -> Image.Image:
        """The pixels as a PIL image that holds no file open.

        Read when it is asked for: OSError where the file is gone, ValueError where it is no picture any more.
        """
        image = self._image() if self._image else None
        if image is None:
            image = decode(self.fetched().read_bytes(), max_pixels=MAX_SERVED_PIXELS).copy()
            # Held weakly: a long session would else keep every picture that was ever looked at.
            self._image = weakref.ref(image)
        return image

    def fetched(self) -> Path:
        """Return the path of the file, which is fetched from its bucket where the local copy is gone.

        Raises
        ------
        OSError
            When it cannot be had from there; the line says why.
        """
        if self.address and not self.path.exists():
            try:
                bring_back(self.path, self.record.sha256, address=self.address)
            except BucketError as error:
                reason = str(error)
            else:
                return self.path
            raise OSError(reason)
        return self.path

    def seen(self) -> Path:
        """Return the file that shows the picture small: its own, or the small copy of one that lies in a bucket alone.

        It may be gone; only the picture itself is fetched then, by whoever opens it.
        """
        if self.address and not self.path.exists():
            copy = place_of(self.path)
            if copy is not None and copy.is_file():
                return copy
        return self.path

    def small(self) -> Image.Image:
        """Return the pixels to be shown small, of `seen`; it raises as `image` does."""
        seen = self.seen()
        return self.image if seen == self.path else decode(seen.read_bytes())

    @property
    def address(self) -> str:
        """Where the picture lies in object storage (`s3://bucket/a.png`), "" for one that lies on disk alone."""
        return self.record.address

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self._pixels()[0]

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self._pixels()[1]

    @property
    def seed(self) -> int | None:
        """The seed of this very picture, None where none was sent."""
        return self.record.seed

    def edit(self, function: str | None = None, prompt: str = "", **parameters: Any) -> Job:
        """Edit this picture and return the Job; the same as `bailian_nb.edit(picture, function, prompt, ...)`.

        Raises
        ------
        BailianError
            Before anything was sent, as `edit` does; also where the Picture was opened without a session.
        """
        return self._actions("edit").edit(self, function, prompt, **parameters)

    def compare(self, other: Any) -> Compare:
        """Set this picture and another one side by side; the same as `bailian_nb.compare(picture, other)`.

        Raises
        ------
        BailianError
            When the other is no picture, or this one was opened without a session.
        """
        return self._actions("compare").compare(self, other)

    @property
    def alt(self) -> str:
        """The picture in words, for those who cannot see it: its prompt, cut, and what made it."""
        record = self.record
        prompt = printable(record.prompt, ALT_PROMPT)
        made = " ".join(part for part in (specs.label(record.model, record.function), record.size) if part)
        return f"{prompt} ({made})" if prompt else made

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Copy the file as it is, Record included, to `path` (or into it, where that is a folder); return where.

        Parameters
        ----------
        path
            Its ending must be the file's own: nothing is converted. `picture.image.save(...)` does that.

        Raises
        ------
        InvalidRequest
            When the ending is another one, or something else stands there.
        OSError
            When the file is gone or cannot be written.
        """
        target = user_path(os.fspath(path))
        target = target / self.path.name if target.is_dir() else target
        if target.suffix.lower() != self.path.suffix.lower():
            raise InvalidRequest(
                sentence(
                    "save() copies the file as it is: {path} must end in {suffix}",
                    path=readable(target),
                    suffix=self.path.suffix,
                ),
                hint=sentence("`picture.image.save(...)` converts it, without the Record."),
            )
        data = self.fetched().read_bytes()
        taken = not write_whole(target, data, overwrite=False, follow=True)
        if taken and target.read_bytes() != data:
            raise InvalidRequest(
                sentence("{path} is there already and is another file", path=readable(target)),
                hint=sentence("Give another name."),
            )
        return target

    def __fspath__(self) -> str:
        """Return the path of the file, so that `open`, `shutil.copy` and other libraries take the Picture."""
        return os.fspath(self.fetched())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.uint8]:
        """Return the pixels for numpy: height x width x 3 (4 with alpha), uint8."""
        import numpy as np

        return np.array(self.image, dtype=dtype)

    def thumbnail(self) -> bytes:
        """Return the JPEG that a cell shows, 512 pixels and about 60 kB at most; it raises as `image` does."""
        if self._thumbnail is None:
            self._thumbnail = jpeg_thumbnail([self.small()])
        return self._thumbnail

    def __repr__(self) -> str:
        record = self.record
        size = f"{self.width}x{self.height}" if self._known() else ""
        seed = "" if record.seed is None else f"seed={record.seed}"
        words = (specs.label(record.model, record.function), size, seed, "EMULATOR" if record.emulator else "")
        return f"<Picture {printable(' '.join(word for word in words if word))}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        bundle = {"text/plain": repr(self)}
        try:
            bundle["image/jpeg"] = base64.b64encode(self.thumbnail()).decode("ascii")
        except (OSError, ValueError) as error:
            # A picture that was moved away must not break the cell that shows its neighbours.
            bundle["text/plain"] += sentence(" (the file cannot be shown: {reason})", reason=os_reason(error))
        return bundle, {"image/jpeg": {"alt": self.alt}}

    def _actions(self, verb: str) -> Actions:
        if self.actions is None:
            raise BailianError(
                sentence(
                    "this Picture was opened without a session, so it cannot {verb} by itself; use "
                    "bailian_nb.{verb}(picture, ...)",
                    verb=verb,
                )
            )
        return self.actions

    def _known(self) -> bool:
        try:
            self._pixels()
        except (OSError, ValueError):
            return False
        return True

    def _pixels(self) -> tuple[int, int]:
        if self._size is None:
            found = _SIZE.fullmatch(self.record.size)
            self._size = (int(found[1]), int(found[2])) if found else self.image.size
        return self._size


def sheet_jpeg(pictures: Sequence[Picture]) -> bytes:
    """Return what a cell shows for these pictures: one thumbnail, or a sheet labelled by seed.

    A picture whose file is gone keeps its place as a grey square.
    """
    labels = [f"seed {picture.seed}" if picture.seed is not None else "" for picture in pictures]
    return jpeg_thumbnail([_shown(picture) for picture in pictures], labels=labels)


def _shown(picture: Picture) -> Image.Image:
    # Small at once: a sheet of a large sweep would else hold every picture at its full size.
    try:
        return thumbnail(picture.small())
    except (OSError, ValueError):
        return Image.new("RGB", (64, 64), (160, 160, 160))
