"""Request: the values of one call, checked and frozen.

`planning` builds it, `client` puts it on the wire, `jobs` carry it, the Record keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from . import specs
from .images import Input
from .specs import Value
from .store.request_key import is_exact, request_key

_LISTS = (list, tuple)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call of one model.

    Parameters
    ----------
    model
        Name of a row of the table.
    function
        DashScope's function name, None for a model without functions.
    values
        Everything that is sent but pictures, under DashScope's names, `prompt`, `n` and `seed` included.
    images, mask
        Input pictures in the order in which they are sent; the mask has the first one's size.
    sync
        Call the synchronous protocol, which has no task id and cannot be recovered.
    seed_given
        True when the user chose the seed; only then may a cache answer.
    paste_back
        Keep the original outside the mask in a second file (masked edits only).
    batched
        A row of a batch, which is sent once: it is answered from what it made before also where an address stands for
        a picture, and where the model takes no seed.
    copy
        Which of several equal rows of a batch it is, from 0, where no seed tells them apart: each is a picture of its
        own.
    """

    model: str
    function: str | None = None
    values: Mapping[str, Value]
    images: tuple[Input, ...] = ()
    mask: Input | None = None
    sync: bool = False
    seed_given: bool = False
    paste_back: bool = False
    batched: bool = False
    copy: int = 0
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        frozen = {name: _frozen(value) if isinstance(value, _LISTS) else value for name, value in self.values.items()}
        object.__setattr__(self, "values", MappingProxyType(frozen))

    @property
    def row(self) -> specs.Model:
        return specs.get(self.model)

    @property
    def keeps(self) -> bool:
        """True when the mask says what is kept of the picture and is not sent: its black is pasted back."""
        return self.row.recipe(self.function) is not None

    @property
    def prompt(self) -> str:
        return str(self.values.get("prompt", ""))

    @property
    def n(self) -> int:
        return specs.whole(self.values, "n", 1)

    @property
    def says_n(self) -> bool:
        """True when `n` goes to the service: its model knows such a parameter."""
        return any(row.name == "n" for row in self.row.parameters)

    @property
    def exact(self) -> bool:
        """True when the service draws just `n` pictures, False when n is only the most (a sequence, a story)."""
        return is_exact(self.values)

    @property
    def seed(self) -> int | None:
        return specs.whole(self.values, "seed", 0) if "seed" in self.values else None

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every picture that is needed, the mask last."""
        return (*self.images, *((self.mask,) if self.mask else ()))

    @property
    def sent(self) -> tuple[Input, ...]:
        """Every picture that goes to the service: all but a mask that only says what is kept."""
        return self.images if self.keeps else self.inputs

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON: pictures by hash or URL, no bytes."""
        return {
            "model": self.model,
            "function": self.function,
            "values": dict(self.values),
            "images": [image.to_dict() for image in self.images],
            "mask": self.mask.to_dict() if self.mask else None,
            "sync": self.sync,
            "seed_given": self.seed_given,
            "paste_back": self.paste_back,
            **({"batched": True} if self.batched else {}),
            **({"copy": self.copy} if self.copy else {}),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any], read: Callable[[str], bytes | None]) -> Request:
        """Rebuild what `to_dict` wrote; `read` finds a picture's bytes by sha256 (None: gone, it then has no data)."""

        def picture(entry: Mapping[str, Any]) -> Input:
            digest = entry.get("sha256")
            return Input.from_dict(entry, (read(digest) if digest else None) or b"")

        return cls(
            model=given["model"],
            function=given["function"],
            values=given["values"],
            images=tuple(picture(entry) for entry in given["images"]),
            mask=picture(given["mask"]) if given["mask"] else None,
            sync=given["sync"],
            seed_given=given["seed_given"],
            paste_back=given["paste_back"],
            batched=bool(given.get("batched", False)),
            copy=int(given.get("copy", 0)),
        )

    @property
    def key(self) -> str | None:
        """Return what a cache may answer this call by: None when the service drew the seed, so that it draws anew."""
        return self.identity if self.seed_given or self.batched else None

    @property
    def identity(self) -> str | None:
        """Hash of everything that decides the result, whoever chose the seed.

        None when an input is a URL, whose bytes may change, and this is no row of a batch.
        """
        return request_key(self.to_dict())


def _frozen(value: Any) -> Any:
    """Return lists, as JSON has them, as tuples, so that a Request that was written and read again is the same."""
    return tuple(map(_frozen, value)) if isinstance(value, _LISTS) else value
