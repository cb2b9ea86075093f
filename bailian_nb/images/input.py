"""Input: one picture as it goes to the service. Request carries it, the client puts it on the wire.

What needs nothing keeps its bytes; `reading.py` decides that.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from PIL import Image

from .decode import MIME, decode, picture_type


@dataclass(frozen=True, kw_only=True)
class Input:
    """One picture, by its bytes or by its URL.

    Parameters
    ----------
    kind
        "bytes", or "url" (http, https) and "oss" for what is passed on unread.
    data
        The file as sent, empty for a URL and where a Record names a picture whose bytes are gone.
    url
        As it was given, with its query; a Record leaves that out.
    mime
        "image/png" and the like, "" for a URL.
    width, height
        Pixels as sent, None for a URL that was not fetched.
    sha256
        Of `data`; empty without it, as for a URL that was not fetched, whose bytes may change.
    name
        File name without its folder, for Records.
    address
        Where just these bytes lie in a bucket of the user's, "" elsewhere.
    path
        The file that it was read from, absolute; "" for what came from elsewhere. The journal keeps it for a later
        rerun; a Record leaves it out, for that goes wherever its picture goes.
    notes
        What was changed before sending, one short sentence each.
    warnings
        What is doubtful but was left as it is.
    original_size
        (width, height) before `fit=True` shrank it, so that a mask of that size can follow; else None.
    """

    kind: Literal["bytes", "url", "oss"]
    data: bytes = field(default=b"", repr=False)
    url: str = ""
    mime: str = ""
    width: int | None = None
    height: int | None = None
    sha256: str = ""
    name: str = ""
    address: str = field(default="", compare=False)
    path: str = field(default="", compare=False, repr=False)
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=(), compare=False)
    original_size: tuple[int, int] | None = None

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        size: tuple[int, int],
        *,
        name: str = "",
        address: str = "",
        path: str = "",
        notes: tuple[str, ...] = (),
        warnings: tuple[str, ...] = (),
        original_size: tuple[int, int] | None = None,
    ) -> Input:
        """Wrap bytes that were checked."""
        return cls(
            kind="bytes",
            data=data,
            mime=MIME.get(picture_type(data) or "", ""),
            width=size[0],
            height=size[1],
            sha256=hashlib.sha256(data).hexdigest(),
            name=name,
            address=address,
            path=path,
            notes=notes,
            warnings=warnings,
            original_size=original_size,
        )

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) in pixels, None for a URL."""
        return None if self.width is None or self.height is None else (self.width, self.height)

    @property
    def data_url_length(self) -> int:
        """Characters of `as_url` for bytes, 0 for a URL."""
        return len(f"data:{self.mime};base64,") + (len(self.data) + 2) // 3 * 4 if self.kind == "bytes" else 0

    def as_url(self) -> str:
        """Return what stands in the request: a data URL, or the URL as it was given."""
        if self.kind != "bytes":
            return self.url
        return f"data:{self.mime};base64,{base64.b64encode(self.data).decode('ascii')}"

    def open(self) -> Image.Image:
        """Decode the picture.

        Raises
        ------
        ValueError
            When the bytes are not here: a URL is not fetched by this.
        """
        if not self.data:
            raise ValueError(f"the bytes of input {self.name or self.kind} are not here")
        return decode(self.data)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON without the bytes."""
        return {
            "kind": self.kind,
            "url": self.url,
            "mime": self.mime,
            "width": self.width,
            "height": self.height,
            "sha256": self.sha256,
            "name": self.name,
            "notes": list(self.notes),
            **({"address": self.address} if self.address else {}),
            **({"path": self.path} if self.path else {}),
        }

    @classmethod
    def from_dict(cls, d: Mapping[str, Any], data: bytes = b"") -> Input:
        """Rebuild what `to_dict` gave, with the bytes from wherever they were kept."""
        return cls(
            kind=d["kind"],
            data=data,
            url=d.get("url", ""),
            mime=d.get("mime", ""),
            width=d.get("width"),
            height=d.get("height"),
            sha256=d.get("sha256", ""),
            name=d.get("name", ""),
            address=d.get("address", ""),
            path=d.get("path", ""),
            notes=tuple(d.get("notes", ())),
        )
