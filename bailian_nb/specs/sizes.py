"""What `size` may be, by family of models; `t2i`, `wan25_26`, `wan27` and `qwen` put these into their rows.

Sources: "T2I V2", "I2I 2.5", "IMAGE 2.6", "IMAGE 2.7", "QWEN 3.0", "QWEN 2.0", "Z IMAGE"; see `common`.
"""

from __future__ import annotations

from dataclasses import replace

from .size_rule import SizeRule
from .types import Parameter, Text

_IN_PIXELS = Text("width*height in pixels", "宽*高（像素）")
_WORD_OR_PIXELS = Text(
    "1K, 2K or width*height in pixels; a word takes its proportions from the last picture",
    "1K、2K 或 宽*高（像素）；使用 1K、2K 时比例随最后一张输入图",
)


def _named(square: int, four: tuple[int, int], sixteen: tuple[int, int]) -> tuple[tuple[str, str], ...]:
    """Names of the usual proportions; `four` is 4:3 and `sixteen` 16:9 as (long, short)."""
    wide, high = f"{four[0]}*{four[1]}", f"{four[1]}*{four[0]}"
    return (
        ("square", f"{square}*{square}"),
        ("1:1", f"{square}*{square}"),
        ("3:4", high),
        ("4:3", wide),
        ("9:16", f"{sixteen[1]}*{sixteen[0]}"),
        ("16:9", f"{sixteen[0]}*{sixteen[1]}"),
        ("portrait", high),
        ("landscape", wide),
    )


def _size(meaning: Text, source: str, rule: SizeRule, default: str | None) -> Parameter:
    return Parameter(name="size", type="size", default=default, meaning=meaning, source=source, size=rule)


_FROM_1280 = SizeRule(
    default="1280*1280",
    min_pixels=768 * 768,
    warn_below_pixels=1280 * 1280,
    max_pixels=1440 * 1440,
    min_ratio=1 / 4,
    max_ratio=4.0,
    named=_named(1280, (1472, 1104), (1696, 960)),
)
SIZE_1280 = _size(_IN_PIXELS, "T2I V2", _FROM_1280, "1280*1280")
"""Wan 2.5 and 2.6. Older pages allow 768*768 pixels, the newest asks for 1280*1280: between, a warning."""

SIZE_1024 = _size(
    _IN_PIXELS,
    "T2I V2",
    SizeRule(
        default="1024*1024",
        min_pixels=512 * 512,
        max_pixels=1440 * 1440,
        min_side=512,
        max_side=1440,
        min_ratio=512 / 1440,
        max_ratio=1440 / 512,
        named=_named(1024, (1152, 864), (1280, 720)),
    ),
    "1024*1024",
)
"""Wan 2.2 and before."""

_TO_1280 = SizeRule(
    default="1280*1280",
    min_pixels=768 * 768,
    max_pixels=1280 * 1280,
    min_ratio=1 / 4,
    max_ratio=4.0,
    named=_named(1280, (1440, 1080), (1664, 936)),
)
SIZE_I2I = _size(
    Text(
        "width*height in pixels; left out, about 1280*1280 pixels in the proportions of the last picture",
        "宽*高（像素）；不传时总像素约 1280*1280，比例随最后一张输入图",
    ),
    "I2I 2.5",
    _TO_1280,
    None,
)
SIZE_INTERLEAVED = _size(_IN_PIXELS, "IMAGE 2.6", _TO_1280, "1280*1280")

SIZE_26 = _size(
    _WORD_OR_PIXELS,
    "IMAGE 2.6",
    SizeRule(
        default="1K",
        basis="1280*1280",
        min_pixels=768 * 768,
        max_pixels=2048 * 2048,
        min_ratio=1 / 4,
        max_ratio=4.0,
        words=(("1K", 1280 * 1280), ("2K", 2048 * 2048)),
        named=_named(1280, (1472, 1104), (1696, 960)),
    ),
    "1K",
)

_TO_2K = SizeRule(
    default="2K",
    basis="2048*2048",
    min_pixels=768 * 768,
    max_pixels=2048 * 2048,
    min_ratio=1 / 8,
    max_ratio=8.0,
    words=(("1K", 1024 * 1024), ("2K", 2048 * 2048)),
    named=_named(2048, (2304, 1728), (2688, 1512)),
)
SIZE_27 = _size(_WORD_OR_PIXELS, "IMAGE 2.7", _TO_2K, "2K")
SIZE_27_4K = _size(
    Text("1K, 2K, 4K or width*height in pixels", "1K、2K、4K 或 宽*高（像素）"),
    "IMAGE 2.7",
    replace(_TO_2K, max_pixels=4096 * 4096, words=(*_TO_2K.words, ("4K", 4096 * 4096))),
    "2K",
)

_QWEN = SizeRule(
    default="1328*1328",
    min_pixels=512 * 512,
    max_pixels=2048 * 2048,
    min_ratio=1 / 8,
    max_ratio=8.0,
    named=_named(1328, (1472, 1104), (1664, 928)),
)
SIZE_QWEN3 = _size(
    Text(
        "width*height in pixels; left out, the model chooses; above 2250000 pixels the Pro costs twice as much",
        "宽*高（像素）；不传时由模型决定；超过 2250000 像素时 Pro 价格加倍",
    ),
    "QWEN 3.0",
    _QWEN,
    None,
)
"""Named sizes lie below the price of a large picture."""
SIZE_QWEN2 = _size(
    Text(
        "width*height in pixels, rounded to multiples of 16; left out with pictures, in the last one's proportions",
        "宽*高（像素），取 16 的倍数；有输入图且不传时比例随最后一张",
    ),
    "QWEN 2.0",
    replace(_QWEN, default="2048*2048", named=_named(2048, (2304, 1728), (2688, 1536))),
    "2048*2048",
)
"""The page has no bound for the proportions; those of 3.0 stand here."""
SIZE_Z = _size(
    _IN_PIXELS,
    "Z IMAGE",
    replace(_QWEN, default="1024*1536", named=_named(1280, (1472, 1104), (1696, 960))),
    "1024*1536",
)
