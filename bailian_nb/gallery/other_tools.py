"""What another tool's text in a picture says of how it was made: A1111's lines, ComfyUI's graph of nodes.

Pure: texts in, a Foreign out. `session.foreign` makes a call of it. The texts may be anybody's: nothing here goes
deeper or further than its bounds, and a graph that runs in a circle ends.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MOST_NODES = 5000
MOST_STEPS = 200
"""Nodes between a sampler and what it draws from."""
LONGEST_LINE = 20_000
_MOST_SETTINGS = 200


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """How another tool made a picture, in its own words; `settings` holds what is none of the named ones."""

    tool: Literal["A1111", "ComfyUI"]
    prompt: str
    negative: str = ""
    seed: int | None = None
    size: tuple[int, int] | None = None
    strength: float | None = None
    """Denoising below 1: it began with a picture, which is not in the file."""
    settings: Mapping[str, str] = field(default_factory=dict)


def understand(texts: Mapping[str, str]) -> Foreign | None:
    """Return what the texts of a picture say, None where they are neither tool's."""
    if parameters := texts.get("parameters"):
        return read_a1111(parameters)
    for name, read in (("prompt", _api_nodes), ("workflow", _drawn_nodes)):
        if text := texts.get(name):
            nodes = read(_json(text))
            if nodes and (found := _from_nodes(nodes)) is not None:
                return found
    return None


def read_a1111(text: str) -> Foreign | None:
    """Read A1111's `parameters`: the prompt, `Negative prompt:` and a last line `Steps: 20, Sampler: ..., Seed: 7`.

    >>> read_a1111("a hill\\nSteps: 20, Sampler: Euler a, Seed: 7, Size: 512x768").size
    (512, 768)
    """
    lines = text.replace("\r\n", "\n").strip().split("\n")
    settings = _settings(lines[-1])
    if len(settings) >= 3:
        lines = lines[:-1]
    else:
        settings = {}
    at = next((number for number, line in enumerate(lines) if line.startswith("Negative prompt:")), len(lines))
    prompt = "\n".join(lines[:at]).strip()
    negative = "\n".join(lines[at:]).removeprefix("Negative prompt:").strip()
    if not settings and not negative:
        return None
    seed, size = _whole(settings.get("Seed")), _sides(settings.get("Size"))
    strength = None if "Hires upscale" in settings else _number(settings.get("Denoising strength"))
    taken = {"Seed": seed, "Size": size, "Denoising strength": strength}
    return Foreign(
        tool="A1111",
        prompt=prompt,
        negative=negative,
        seed=seed,
        size=size,
        strength=strength,
        settings={name: value for name, value in settings.items() if taken.get(name) is None},
    )


def write_a1111(
    *, prompt: str, negative: str, seed: int | None, size: str, model: str, strength: float | None, version: str
) -> str:
    """Return the `parameters` text that A1111 and its kin read; `size` is "WxH"."""
    settings = {"Seed": seed, "Size": size, "Model": model, "Denoising strength": strength, "Version": version}
    line = ", ".join(f"{name}: {_quoted(str(value))}" for name, value in settings.items() if value not in (None, ""))
    return "\n".join([prompt, *([f"Negative prompt: {negative}"] if negative else []), line])


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(sign in value for sign in ',:"\n') else value


def _settings(line: str) -> dict[str, str]:
    """Split at commas outside quotes; each part is a name, a colon and a value."""
    found: dict[str, str] = {}
    part, quoted, escaped = "", False, False
    for sign in line[:LONGEST_LINE] + ",":
        if sign == "," and not quoted:
            name, colon, value = part.partition(":")
            if colon and name.strip() and len(found) < _MOST_SETTINGS:
                found[name.strip()] = value.strip()
            part = ""
            continue
        quoted = quoted != (sign == '"' and not escaped)
        escaped = sign == "\\" and not escaped
        part += sign
    return found


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


_Nodes = dict[str, tuple[str, dict[str, Any]]]
"""Kind and inputs of each node; an input that another node gives is a list of its id and slot."""


def _api_nodes(graph: Any) -> _Nodes:
    """Read the `prompt` that ComfyUI ran."""
    if not isinstance(graph, dict) or len(graph) > MOST_NODES:
        return {}
    return {
        str(name): (str(node.get("class_type", "")), node["inputs"])
        for name, node in graph.items()
        if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
    }


_WIDGETS: dict[str, tuple[str, ...]] = {
    "CLIPTextEncode": ("text",),
    "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("add_noise", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "RandomNoise": ("noise_seed",),
    "PrimitiveString": ("value",),
    "PrimitiveStringMultiline": ("value",),
}
"""The names of the values that a drawn node holds in a row; "" is none of the sampler's."""


def _drawn_nodes(graph: Any) -> _Nodes:
    """Read the `workflow` that ComfyUI drew, as far as the kinds of its nodes are known."""
    nodes, links = (graph.get("nodes"), graph.get("links")) if isinstance(graph, dict) else (None, None)
    if not isinstance(nodes, list) or not isinstance(links, list) or len(nodes) > MOST_NODES:
        return {}
    ends = {
        link[0]: [str(link[1]), link[2]]
        for link in links[: 10 * MOST_NODES]
        if isinstance(link, list) and len(link) >= 3 and isinstance(link[0], int)
    }
    found: _Nodes = {}
    for node in nodes:
        if not isinstance(node, dict):
            continue
        kind, held, slots = str(node.get("type", "")), node.get("widgets_values"), node.get("inputs")
        inputs: dict[str, Any] = {}
        if isinstance(held, list):
            inputs |= {name: value for name, value in zip(_WIDGETS.get(kind, ()), held, strict=False) if name}
        for slot in slots if isinstance(slots, list) else ():
            link = slot.get("link") if isinstance(slot, dict) else None
            if isinstance(link, int) and link in ends:
                inputs[str(slot.get("name", ""))] = ends[link]
        found[str(node.get("id"))] = (kind, inputs)
    return found


def _from_nodes(nodes: _Nodes) -> Foreign | None:
    """Find the sampler that draws, and walk back from it to its texts, its size and its model."""
    samplers = [node for node in nodes.values() if "positive" in node[1] and _seed(nodes, node[1]) is not None]
    if not samplers:
        return None
    kind, inputs = next((node for node in samplers if _latent(nodes, node[1])), samplers[0])
    prompt = _words_behind(nodes, inputs.get("positive"))
    if prompt is None:
        return None
    empty = _latent(nodes, inputs)
    denoise = _number(inputs.get("denoise"))
    models = [value for _, held in nodes.values() for key in ("ckpt_name", "unet_name") if (value := held.get(key))]
    loras = [held["lora_name"] for _, held in nodes.values() if isinstance(held.get("lora_name"), str)]
    settings = {name: inputs.get(name) for name in ("steps", "cfg", "sampler_name", "scheduler")}
    settings |= {"node": kind, "model": models[0] if models else None, "lora": ", ".join(map(str, loras[:10]))}
    return Foreign(
        tool="ComfyUI",
        prompt=prompt,
        negative=_words_behind(nodes, inputs.get("negative")) or "",
        seed=_seed(nodes, inputs),
        size=empty,
        strength=denoise if empty is None and denoise is not None and denoise < 1 else None,
        settings={
            name: str(value) for name, value in settings.items() if isinstance(value, str | int | float) and value
        },
    )


def _seed(nodes: _Nodes, inputs: Mapping[str, Any]) -> int | None:
    for name in ("seed", "noise_seed"):
        value = _behind(nodes, inputs.get(name), lambda held: held.get("seed", held.get("value")))
        if (number := _whole(value)) is not None:
            return number
    return None


def _latent(nodes: _Nodes, inputs: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the size of the empty picture that a sampler begins with."""
    for _, held in _back(nodes, inputs.get("latent_image")):
        sides = _whole(held.get("width")), _whole(held.get("height"))
        if sides[0] and sides[1] and "image" not in held and "pixels" not in held:
            return sides[0], sides[1]
    return None


def _words_behind(nodes: _Nodes, link: Any) -> str | None:
    for _, held in _back(nodes, link):
        for name in ("text", "text_g", "prompt", "string", "value"):
            value = held.get(name)
            if isinstance(value, str):
                return value
            if _is_link(value) and (found := _words_behind_one(nodes, value)) is not None:
                return found
    return None


def _words_behind_one(nodes: _Nodes, link: Any) -> str | None:
    texts = (held.get(name) for _, held in _back(nodes, link) for name in ("text", "string", "value", "prompt"))
    return next((text for text in texts if isinstance(text, str)), None)


def _behind(nodes: _Nodes, value: Any, read: Callable[[Mapping[str, Any]], Any]) -> Any:
    """Return a value, or what the node holds that gives it."""
    if not _is_link(value):
        return value
    node = nodes.get(str(value[0]))
    return None if node is None else read(node[1])


def _back(nodes: _Nodes, link: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the nodes from which a link comes, the nearest first, each once."""
    waiting, seen = deque([link] if _is_link(link) else []), set[str]()
    while waiting and len(seen) < MOST_STEPS:
        name = str(waiting.popleft()[0])
        if name in seen or name not in nodes:
            continue
        seen.add(name)
        yield nodes[name]
        waiting.extend(filter(_is_link, nodes[name][1].values()))


def _is_link(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int)


def _whole(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number == int(number) and 0 <= number < 2**64 else None


def _number(value: object) -> float | None:
    """Return a number of a text or of JSON; whole ones stay exact."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)[:41]) > 40:
        return None
    for kind in (int, float):
        try:
            number: float = kind(value)
        except (ValueError, OverflowError):
            continue
        if kind is int and isinstance(value, float) and number != value:
            continue
        return number if abs(number) < 2**64 else None
    return None


def _sides(text: str | None) -> tuple[int, int] | None:
    width, _, height = (text or "").partition("x")
    sides = _whole(width), _whole(height)
    return (sides[0], sides[1]) if sides[0] and sides[1] else None
