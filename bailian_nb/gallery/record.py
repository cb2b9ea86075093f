"""Record: how one saved picture was made. It lives in the picture, beside it as JSON, and in the index.

`jobs` builds it, `save` completes and writes it, everybody reads it. It holds no key and no signed URL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

SCHEMA = 1
_DEEPEST = 16
_OWNER = re.compile(r"[\w.@+-]{0,60}")
"""What a name is that we write; a Record of elsewhere may have anything in its place, and colleagues are shown it."""
_LARGEST = 2**63
"""What every format and every sum can hold."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """How one picture was made.

    Parameters
    ----------
    schema
        Number of this layout; a newer one is read as far as it is known.
    function
        As it was sent, by the service's own name (`description_edit`); what users type for it is `specs.short_name`.
    prompt, actual_prompt
        As sent, and as the service rewrote it ("" where it did not say).
    values
        Everything that was sent but pictures.
    seed
        Of this picture: the request's seed plus `index`.
    index, n
        Place among the request's pictures, from 0, and their number.
    size
        "WxH", pixels of this picture.
    task_id, request_id
        What support asks for: the task, and the answer that named this picture. The create call has a request id of
        its own, which the Job, the journal and the service's task list give.
    created, submitted, finished
        ISO 8601 in UTC; `seconds` from submit to end.
    price_cny, cost_cny
        List price of one picture, and what this picture cost by it: nothing where an emulator drew it.
    inputs, mask
        `Input.to_dict()` of what was sent; URLs without their query, and without the folders of this machine.
    sha256
        Of the file as served (or as pasted), before the Record was put into it.
    source
        "served" as it came, "pasted" with the original outside the mask.
    owner
        Who made it, by the name that colleagues know; "" where nobody else was to see it. It stands in the JSON beside
        the picture alone, so that a picture that is sent on names nobody.
    address
        Where it lies in object storage, `s3://bucket/a.png`; "" as long as it does not. The Record in the picture
        itself was written before, so that only the one beside it and the index say it.
    leak, pixels_protected
        Of a masked edit: pixels outside the mask that the service had changed, of how many.
    """

    schema: int = SCHEMA
    model: str
    function: str | None = None
    prompt: str = ""
    actual_prompt: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    seed: int | None = None
    index: int = 0
    n: int = 1
    size: str = ""
    task_id: str = ""
    request_id: str = ""
    created: str = ""
    submitted: str = ""
    finished: str = ""
    seconds: float | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    price_cny: float | None = None
    cost_cny: float | None = None
    region: str = ""
    base_url_host: str = ""
    emulator: bool = False
    inputs: Sequence[Mapping[str, Any]] = ()
    mask: Mapping[str, Any] | None = None
    sha256: str = ""
    source: Literal["served", "pasted"] = "served"
    leak: int | None = None
    pixels_protected: int | None = None
    version: str = ""
    notes: Sequence[str] = ()
    request_key: str | None = None
    job_id: str = ""
    address: str = ""
    owner: str = ""

    def __post_init__(self) -> None:
        vars(self).update(
            values=dict(self.values),
            usage=dict(self.usage),
            inputs=tuple([_without_query(entry) for entry in self.inputs]),
            mask=None if self.mask is None else _without_query(self.mask),
            notes=tuple(self.notes),
        )

    def to_json(self, *, indent: int | None = None, slim: bool = False) -> str:
        """Return JSON with sorted keys, readable in any language; `slim` leaves out address and owner where none is."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        if slim:
            plain = {name: value for name, value in plain.items() if value != "" or name not in ("address", "owner")}
        return json.dumps(plain, sort_keys=True, ensure_ascii=False, indent=indent, default=str)

    @classmethod
    def from_json(cls, text: str | bytes) -> Record:
        """Read what `to_json` wrote, by this version or another.

        Unknown fields are ignored, fields of a wrong type fall back to their default.

        Raises
        ------
        ValueError
            When it is no JSON object with a model, or is nested too deeply.
        """
        try:
            found = json.loads(text)
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None
        if not isinstance(found, dict) or not isinstance(found.get("model"), str):
            raise ValueError("the JSON is no Record: it names no model")
        if not (_is_flat(text) or _is_shallow(found)):
            raise ValueError("the JSON is nested too deeply")
        record = object.__new__(cls)
        # A history opens hundreds at once: a frozen class would set its fields one by one.
        vars(record).update(_DEFAULTS)
        vars(record).update(
            {
                name: value
                for name, value in found.items()
                if type(value) in _KINDS.get(name, ()) and (name not in _MORE or _MORE[name](value))
            }
        )
        record.__post_init__()
        return record


def _without_query(entry: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in entry.items() if name != "path"}
    url = plain.get("url")
    if isinstance(url, str) and url:
        plain["url"] = _bare(url)
    return plain


def _bare(url: str) -> str:
    if url.startswith("data:"):
        return url.partition(",")[0]
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def _is_flat(text: str | bytes) -> bool:
    """Tell whether a text opens so few brackets that nothing in it is nested deeply; most Records do."""
    if isinstance(text, str):
        return text.count("[") + text.count("{") <= _DEEPEST
    return False


def _is_shallow(found: object) -> bool:
    """Tell whether it can be written again wherever it could be read: both go by the depth of the stack."""
    level = [found]
    for _ in range(_DEEPEST):
        values = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [value for inner in values for value in inner if isinstance(value, dict | list)]
        if not level:
            return True
    return False


def _in_range(value: float | None) -> bool:
    return value is None or abs(value) < _LARGEST  # nor is it NaN


_TEXTS = (
    *("model", "prompt", "actual_prompt", "size", "task_id", "request_id", "created", "submitted", "finished"),
    *("region", "base_url_host", "sha256", "version", "job_id", "address", "owner", "source"),
)
_NONE = type(None)
_KINDS: dict[str, Collection[type]] = {
    **dict.fromkeys(_TEXTS, (str,)),
    **dict.fromkeys(("schema", "index", "n"), (int,)),
    **dict.fromkeys(("seed", "leak", "pixels_protected"), (int, _NONE)),
    **dict.fromkeys(("function", "request_key"), (str, _NONE)),
    **dict.fromkeys(("seconds", "price_cny", "cost_cny"), (float, int, _NONE)),
    **dict.fromkeys(("values", "usage"), (dict,)),
    **dict.fromkeys(("inputs", "notes"), (list,)),
    "mask": (dict, _NONE),
    "emulator": (bool,),
}
"""The types in which JSON may give a field; True is no number there."""
_MORE: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("schema", "index", "n", "seed", "leak", "pixels_protected"), _in_range),
    **dict.fromkeys(("seconds", "price_cny", "cost_cny"), _in_range),
    "inputs": lambda value: all(isinstance(entry, dict) for entry in value),
    "notes": lambda value: all(isinstance(entry, str) for entry in value),
    "owner": lambda value: _OWNER.fullmatch(value) is not None,
    "source": lambda value: value in ("served", "pasted"),
}
"""What must hold besides."""
_DEFAULTS = {each.name: getattr(Record(model=""), each.name) for each in fields(Record)}
