"""Read a submit as the server would: key, path, async header, body and every value, against the table.

`app` calls `account` and `read`; what is wrong becomes a Refusal. The table is the same as the client's, but the
server is stricter: a number is a JSON number, a size is written ``W*H``, and nothing unknown passes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .. import specs
from ..specs import Value
from .refusals import ASYNC_REFUSED, BAD_BODY, SYNC_REFUSED, URL_ERROR, Refusal

_SIZE = re.compile(r"[1-9][0-9]{1,5}\*[1-9][0-9]{1,5}")
_PICTURES = ("base_image_url", "image_url", "images", "mask_image_url")
_SDK_LEAKS = ("is_async", "stream")
"""Not of the model: the official SDK lets the first slip into `parameters`, the second says how to answer."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One submit that the table agrees with; pictures are still the strings that came."""

    model: specs.Model
    protocol: specs.Protocol
    function: str | None
    given: dict[str, Value]
    """Prompt and parameters as sent; `values` adds the table's defaults."""
    values: dict[str, Value]
    images: tuple[str, ...]
    mask: str | None
    body_hash: str
    ignored: tuple[str, ...] = ()
    """What came along that the model does not know."""


def read(path: str, asynchronous: bool, raw: bytes, region: str, *, strict: bool = True, streams: bool = False) -> Call:
    """Check one submit to `path` (below /api/v1) and return it in the table's terms.

    No page says that a name is refused that a model does not know: without `strict` it is left out and listed.
    `streams` tells that the caller takes server-sent events.

    Raises
    ------
    Refusal
        With the code and message that the documents give; InvalidParameter where none does.
    """
    body = _load(raw)
    model = _model(body, region)
    protocol = _protocol(model, path, asynchronous, region)
    ignored: list[str] | None = None if strict else []
    inputs, parameters = _parts(body, ignored)
    if protocol.body == "messages":
        function, given, images, mask = _messages(inputs, ignored)
    else:
        function, given, images, mask = _flat(model, protocol, inputs, parameters, ignored)
    given |= {name: value for name, value in parameters.items() if name not in _SDK_LEAKS and value is not None}
    _check_function(model, function)
    known = {row.name for row in model.takes(function)}
    given = _left_out(given, known, "parameters", ignored)
    values = _check_values(model, function, given, len(images))
    _check_pictures(model, function, images, mask, values)
    if not streams:  # the page has `stream` in the body besides, which the official SDK leaves out
        _check_streaming(model, protocol, values, len(images))
    rows = model.takes(function, values, len(images))
    defaults = {row.name: row.default for row in rows if row.default is not None}
    return Call(
        model=model,
        protocol=protocol,
        function=function,
        given=values,
        values={**defaults, **values},
        images=images,
        mask=mask,
        ignored=tuple(sorted(ignored or ())),
        body_hash=hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
    )


def _load(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal("InvalidParameter", BAD_BODY) from error
    if not isinstance(body, dict):
        raise Refusal("InvalidParameter", BAD_BODY)
    return body


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _model(body: Mapping[str, Any], region: str) -> specs.Model:
    name = body.get("model")
    if name is None or name == "":
        raise Refusal("BadRequest.EmptyModel", "Required parameter(model) missing or invalid.")
    row = next((row for row in specs.models() if row.name == name), None)
    if row is None or (region and region not in row.regions):
        raise Refusal("ModelNotFound")
    return row


def _protocol(model: specs.Model, path: str, asynchronous: bool, region: str) -> specs.Protocol:
    here = [protocol for protocol in model.protocols if protocol.path == path]
    if not here:
        raise Refusal("InvalidParameter", URL_ERROR)
    for protocol in here:
        if protocol.asynchronous == asynchronous and (asynchronous or region not in model.asynchronous_only_in):
            return protocol
    raise Refusal("AccessDenied", ASYNC_REFUSED if asynchronous else SYNC_REFUSED)


def _left_out(
    given: Mapping[str, Any], known: Collection[str], where: str, ignored: list[str] | None
) -> dict[str, Any]:
    """Return what is known; the rest is noted as ignored, or stays to be refused where `ignored` is None."""
    if ignored is None:
        return dict(given)
    ignored += [f"{where}.{name}" for name in given if name not in known]
    return {name: value for name, value in given.items() if name in known}


def _parts(body: Mapping[str, Any], ignored: list[str] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    inputs, parameters = body.get("input"), body.get("parameters")
    if not inputs:
        raise Refusal("BadRequest.EmptyInput", "Required parameter(input) missing or invalid.")
    if parameters is None:
        parameters = {}
    unknown = sorted(set(body) - {"model", "input", "parameters"})
    if ignored is not None:
        ignored += unknown
        unknown = []
    if not isinstance(inputs, dict) or not isinstance(parameters, dict) or unknown:
        raise Refusal("InvalidParameter", BAD_BODY)
    return inputs, parameters


_Found = tuple[str | None, dict[str, Any], tuple[str, ...], str | None]


def _messages(inputs: Mapping[str, Any], ignored: list[str] | None) -> _Found:
    """Read protocols B and C: one user message with exactly one text."""
    inputs = _left_out(inputs, ("messages",), "input", ignored)
    messages = inputs.get("messages")
    if set(inputs) != {"messages"} or not isinstance(messages, list) or len(messages) != 1:
        raise Refusal("InvalidParameter", "input.messages must hold exactly one message.")
    message = messages[0]
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list) or message.get("role") != "user":
        raise Refusal("InvalidParameter", "input.messages[0] must have role user and a content list.")
    if ignored is not None:  # gateways name the type of each item
        content = [
            {name: each[name] for name in each if name != "type"} if isinstance(each, dict) else each
            for each in content
        ]
    texts = [item["text"] for item in content if isinstance(item, dict) and set(item) == {"text"}]
    images = [item["image"] for item in content if isinstance(item, dict) and set(item) == {"image"}]
    if len(texts) != 1 or len(texts) + len(images) != len(content):
        raise Refusal("InvalidParameter", "input.messages[0].content must hold exactly one text, and images.")
    return None, {"prompt": texts[0]}, _urls(images), None


def _flat(
    model: specs.Model,
    protocol: specs.Protocol,
    inputs: Mapping[str, Any],
    parameters: dict[str, Any],
    ignored: list[str] | None,
) -> _Found:
    """Read protocol A: some names stand under input, all others under parameters."""
    inputs, placed, further = _unplaced(model, inputs)
    inputs = _left_out(inputs, protocol.input_names, "input", ignored)
    for name in [name for name in protocol.input_names if ignored is not None and name in parameters]:
        del parameters[name]
        ignored.append(f"parameters.{name}")  # type: ignore[union-attr]
    misplaced = sorted(set(inputs) - set(protocol.input_names)) + sorted(set(parameters) & set(protocol.input_names))
    if misplaced:
        raise Refusal(
            "InvalidParameter", f"{', '.join(misplaced)} does not belong there: input takes {_list(protocol)}."
        )
    function = inputs.get("function")
    if function is not None and not isinstance(function, str):
        raise Refusal("InvalidParameter", "input.function must be text.")
    base = inputs.get("base_image_url", inputs.get("image_url", inputs.get("images")))
    images = base if isinstance(base, list) else [] if base is None else [base]
    masks = [inputs["mask_image_url"]] if inputs.get("mask_image_url") is not None else []
    given = {
        name: value for name, value in inputs.items() if name not in ("function", *_PICTURES) and value is not None
    }
    return function, {**given, **placed}, _urls([*images, *further]), next(iter(_urls(masks)), None)


def _unplaced(model: specs.Model, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], list[Any]]:
    """Take out of `inputs` what has a place of its own there: the rest, values by our names, further pictures."""
    rest: dict[str, Any] = json.loads(json.dumps(dict(inputs)))
    found: dict[str, Any] = {}
    further: list[Any] = []
    for row in model.takes(None):
        if not row.place and row.type != "pictures":
            continue
        *above, name = (row.place or row.name).split(".")
        below: Any = rest
        for each in above:
            below = below.get(each) if isinstance(below, dict) else None
        value = below.pop(name, None) if isinstance(below, dict) else None
        if value is None:
            continue
        if row.type == "pictures":
            urls = value if isinstance(value, list) else [value]
            further += urls
            value = len(urls)
        found[row.name] = value
    for name in {row.place.split(".")[0] for row in model.takes(None) if "." in row.place}:
        if isinstance(rest.get(name), dict) and not any(rest[name].values()):
            del rest[name]
    return rest, found, further


def _list(protocol: specs.Protocol) -> str:
    return ", ".join(protocol.input_names)


def _urls(values: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) and value for value in values):
        raise Refusal("InvalidParameter", "a picture must be given as a URL or as data:image/...;base64,...")
    return tuple(values)


def _check_function(model: specs.Model, function: str | None) -> None:
    names = [row.name for row in model.functions]
    if names and function not in names:
        raise Refusal("InvalidParameter", f"input.function must be one of {', '.join(names)}, got {function}.")
    if function is not None and not names:
        raise Refusal("InvalidParameter", f"{model.name} has no functions, got input.function {function}.")


def _check_pictures(
    model: specs.Model, function: str | None, images: tuple[str, ...], mask: str | None, values: Mapping[str, Value]
) -> None:
    row = model.function(function)
    own = len(images) - model.further(values)
    low, high = model.counts(values, len(images))
    if not high and images:
        raise Refusal("InvalidParameter", f"{model.name} takes no input picture.")
    if not low <= own <= high:
        raise Refusal("InvalidParameter", f"{model.name} takes {low}-{high} pictures, got {own}.")
    wants_mask = row is not None and row.mask
    if wants_mask and mask is None:
        raise Refusal("InvalidParameter", f"input.mask_image_url is required for function {function}.")
    if mask is not None and not wants_mask:
        raise Refusal("InvalidParameter", f"input.mask_image_url is not taken by function {function}.")


def _check_streaming(model: specs.Model, protocol: specs.Protocol, values: Mapping[str, Value], pictures: int) -> None:
    """Refuse synchronous calls that the service would answer as a stream, which is not played here."""
    for case in model.cases_of(values, pictures):
        if case.asynchronous_only and not protocol.asynchronous:
            raise Refusal("InvalidParameter", f"{case.words.en} a synchronous call must stream (X-DashScope-Sse).")


def _check_values(
    model: specs.Model, function: str | None, given: Mapping[str, Any], pictures: int
) -> dict[str, Value]:
    rows = {row.name: row for row in model.takes(function)}
    cut: dict[str, Any] = {}
    for name, value in given.items():
        row = rows.get(name)
        if row is not None and not _json_type(row, value):
            raise Refusal("InvalidParameter", f"{name} must be {_EXPECTED[row.type]}, got {json.dumps(value)[:60]}.")
        # The documents say that a text above the limit is cut without a word.
        too_long = row is not None and isinstance(value, str) and row.max_length is not None
        cut[name] = value[: row.max_length] if row is not None and too_long else value
    checked = specs.check(model, function, cut, pictures)
    if checked.problems:
        said = [_service_words(rows.get(problem.parameter), problem.message) for problem in checked.problems]
        raise Refusal("InvalidParameter", "; ".join(said))
    return checked.values


def _service_words(row: specs.Parameter | None, line: str) -> str:
    """Return a refusal whose advice works here: the service takes a proportion in pixels alone."""
    if row is None or row.size is None:
        return line
    wide = dict(row.size.named).get("16:9", row.size.default)
    line = line.replace("or 16:9", f"or {wide}").replace("like 1280*1280, 16:9 or one of", "like 1280*1280 or one of")
    names, words = ", ".join(name for name, _ in row.size.named), ", ".join(word for word, _ in row.size.words)
    return line.replace(f" or one of {words}, {names}", f" or one of {words}").replace(f" or one of {names}", "")


_EXPECTED = {
    "int": "a whole JSON number",
    "float": "a JSON number",
    "bool": "true or false",
    "text": "JSON text",
    "size": 'text like "1280*1280"',
    "palette": 'a list of {"hex": "#RRGGBB", "ratio": "25.00%"}',
    "boxes": "a list of lists of boxes",
    "choice": "JSON text",
    "texts": "a list of texts",
    "pairs": 'a list of {"src": "...", "tgt": "..."}',
    "pictures": "pictures",
}


def _json_type(row: specs.Parameter, value: Any) -> bool:
    if row.type == "bool":
        return isinstance(value, bool)
    if row.type in ("text", "choice"):
        return isinstance(value, str)
    if row.type in ("texts", "pairs"):
        return isinstance(value, list)
    if row.type == "size":
        words = dict(row.size.words) if row.size else {}
        return isinstance(value, str) and (_SIZE.fullmatch(value) is not None or value in words or value == "4K")
    if row.type == "palette":
        return isinstance(value, list) and all(
            isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in ("hex", "ratio"))
            for entry in value
        )
    if row.type == "boxes":
        return isinstance(value, list)
    if isinstance(value, bool):
        return False
    return isinstance(value, int) if row.type in ("int", "pictures") else isinstance(value, int | float)
