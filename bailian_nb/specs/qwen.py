"""Rows of the Qwen-Image family and of Z-Image: they draw letters well, edit pictures, and are called by messages.

Qwen-Image 3.0 and 2.1 have a task and can be recovered; 2.0 and Z-Image answer in the call itself.

Sources: "QWEN 3.0", "QWEN 2.1", "QWEN 2.0", "Z IMAGE", "PRICE", "RATE"; see `common`. What a page counts in tokens
stands here as four Latin letters a token, and warns from one character a token on. Where the list of limits has no
number of tasks at once, for calls that answer themselves, two are sent at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from .common import (
    BEIJING,
    FRANKFURT,
    HONG_KONG,
    MESSAGES_ASYNC,
    MESSAGES_SYNC,
    PRICES_DATED,
    SINGAPORE,
    TOKYO,
    VIRGINIA,
    by_minute,
    limits,
    n,
    negative_prompt,
    prices,
    prompt_extend,
    seed,
    watermark,
)
from .dates import LISTED, SEEN, Life
from .prices import Limit, Price
from .sizes import SIZE_QWEN2, SIZE_QWEN3, SIZE_Z
from .types import Case, ImageRule, Latency, Model, Parameter, Text

_EVERYWHERE = (BEIJING, SINGAPORE, VIRGINIA, FRANKFURT, TOKYO, HONG_KONG)
_LARGE = 2_250_000
"""Pixels above which a picture of Qwen-Image 3.0 is billed as a large one."""
_LETTER = Text(
    'A shop sign, hand-painted: "Fresh bread, every morning from seven"', "手绘店招，写着：“每天早上七点，新鲜面包”"
)
_RELABEL = Text('Change the writing on the sign to "Open"', "把招牌上的字改成“营业中”")


def _prompt(tokens: int, source: str) -> Parameter:
    return Parameter(
        name="prompt",
        type="text",
        max_length=tokens * 4,
        warn_length=tokens,
        tokens=True,
        required=True,
        meaning=Text("what to draw or to change, in Chinese or English", "画面描述或编辑指令，支持中英文"),
        source=source,
    )


def _pictures(source: str, most: int, warn: int = 0) -> ImageRule:
    """Pages advise sides of 384-3072 and enforce none."""
    return ImageRule(
        formats=("jpeg", "png", "bmp", "tiff", "webp", "gif"),
        min_side=1,
        max_side=16384,
        max_bytes=10 * 1024 * 1024,
        min_count=0,
        max_count=most,
        warn_count=warn,
        source=source,
    )


def _mode(*modes: str) -> Parameter:
    return Parameter(
        name="prompt_extend_mode",
        type="choice",
        choices=modes,
        default="direct",
        meaning=Text(
            "how the prompt is rewritten: direct, or agent, which is finer and for pictures from a text only",
            "提示词改写方式：direct，或更精细的 agent（仅文生图）",
        ),
        source="QWEN 3.0",
    )


_THINKING = Parameter(
    name="enable_thinking",
    type="bool",
    default=True,
    meaning=Text(
        "think about the prompt first: better, and slower; with prompt_extend only",
        "先思考再生成，效果更好但更慢；仅在 prompt_extend 开启时生效",
    ),
    source="QWEN 3.0",
)

QWEN_IMAGE_30_PRO = Model(
    name="qwen-image-3.0-pro",
    kind="t2i",
    also=("edit",),
    meaning=Text("Qwen-Image 3.0 Pro: letters, drawing and editing", "千问图像 3.0 Pro：文字渲染、文生图与图像编辑"),
    protocols=(MESSAGES_ASYNC, MESSAGES_SYNC),
    prompt=_prompt(4500, "QWEN 3.0"),
    parameters=(
        negative_prompt("QWEN 3.0"),
        SIZE_QWEN3,
        n(6, 1, "QWEN 3.0"),
        prompt_extend("QWEN 3.0"),
        _mode("direct", "agent"),
        _THINKING,
        watermark("QWEN 3.0"),
        seed("QWEN 3.0"),
    ),
    cases=(
        Case(
            words=Text("with input pictures", "有输入图时"),
            pictures=True,
            parameters=(_mode("direct"),),
            source="QWEN 3.0",
        ),
        Case(
            words=Text("with prompt_extend=false", "当 prompt_extend=false 时"),
            when=(("prompt_extend", False),),
            no_effect=("enable_thinking", "prompt_extend_mode"),
            source="QWEN 3.0",
        ),
    ),
    images=_pictures("QWEN 3.0", 10, warn=3),
    prices=(
        Price(region=BEIJING, cny=0.25, large_cny=0.50, large_above=_LARGE, input_cny=0.02),
        Price(region=SINGAPORE, cny=0.299768, large_cny=0.562065, large_above=_LARGE, input_cny=0.022483),
        *(Price(region=region, cny=None) for region in (VIRGINIA, FRANKFURT, TOKYO, HONG_KONG)),
    ),
    prices_dated=PRICES_DATED,
    limits=by_minute(5, 10, *_EVERYWHERE),
    latency=Latency(low=20, high=60, source="QWEN 3.0, which gives none: as the examples of its family"),
    source="QWEN 3.0",
    example=_LETTER,
    also_example=_RELABEL,
    answers="qima",
    life=Life(since=date(2026, 7, 20), source="NEW", seen=SEEN),
    notes=(
        Text(
            "Left out, size is chosen by the model; the estimate then counts the larger picture.",
            "不传 size 时由模型决定尺寸，预估按大图价格计算。",
        ),
        Text(
            "Input pictures are billed, too. One page allows 3 of them, a newer one 10.",
            "输入图也计费。一个页面允许 3 张，较新的页面允许 10 张。",
        ),
    ),
)

QWEN_IMAGE_30 = replace(
    QWEN_IMAGE_30_PRO,
    name="qwen-image-3.0",
    meaning=Text("Qwen-Image 3.0: as the Pro, faster and cheaper", "千问图像 3.0：与 Pro 相同，更快更便宜"),
    prices=(
        Price(region=BEIJING, cny=0.18, input_cny=0.02),
        Price(region=SINGAPORE, cny=0.224826, input_cny=0.022483),
        *(Price(region=region, cny=None) for region in (VIRGINIA, FRANKFURT, TOKYO, HONG_KONG)),
    ),
    limits=by_minute(20, 10, *_EVERYWHERE),
    life=Life(since=date(2026, 8, 4), source="NEW", seen=SEEN),
)


def _21(name: str, meaning: Text, cny: float, singapore: float, minute: int, since: date) -> Model:
    """Row of Qwen-Image 2.1, whose bounds are those of 3.0 as long as no page of its own was read."""
    return Model(
        name=name,
        kind="t2i",
        also=("edit",),
        meaning=meaning,
        protocols=(MESSAGES_ASYNC, MESSAGES_SYNC),
        prompt=_prompt(4500, "QWEN 2.1"),
        parameters=(
            negative_prompt("QWEN 2.1"),
            SIZE_QWEN3,
            n(6, 1, "QWEN 2.1"),
            prompt_extend("QWEN 2.1"),
            watermark("QWEN 2.1"),
            seed("QWEN 2.1"),
        ),
        images=_pictures("QWEN 2.1", 10),
        transparent=True,
        prices=tuple(Price(region=each, cny=singapore if each == SINGAPORE else cny) for each in _EVERYWHERE),
        prices_dated=PRICES_DATED,
        limits=by_minute(minute, 10, *_EVERYWHERE),
        latency=Latency(low=10, high=60, source="QWEN 2.1, which gives none: as the examples of its family"),
        source="QWEN 2.1",
        example=_LETTER,
        also_example=_RELABEL,
        answers="qima",
        life=Life(since=since, source="NEW", seen=SEEN),
        notes=(
            Text("Its pictures may be transparent (PNG with alpha).", "输出可为透明背景（带 alpha 的 PNG）。"),
            Text(
                "It takes a mask, too, under a name that no page says: none is sent here. Bounds are those of 3.0.",
                "该模型也支持蒙版，但没有页面写明字段名，本工具不发送。取值范围沿用 3.0。",
            ),
        ),
    )


def _20(name: str, meaning: Text, listed: tuple[Price, ...], rates: tuple[Limit, ...]) -> Model:
    return Model(
        name=name,
        kind="t2i",
        also=("edit",),
        meaning=meaning,
        protocols=(MESSAGES_SYNC,),
        prompt=_prompt(1300, "QWEN 2.0"),
        parameters=(
            negative_prompt("QWEN 2.0"),
            SIZE_QWEN2,
            n(6, 1, "QWEN 2.0"),
            prompt_extend("QWEN 2.0"),
            watermark("QWEN 2.0"),
            seed("QWEN 2.0"),
        ),
        images=_pictures("QWEN 2.0", 3),
        prices=listed,
        prices_dated=PRICES_DATED,
        limits=rates,
        latency=Latency(low=10, high=60, source="QWEN 2.0, which gives none: as the examples of its family"),
        source="QWEN 2.0",
        example=_LETTER,
        also_example=_RELABEL,
        answers="qwen",
        life=LISTED,
    )


Z_IMAGE_TURBO = Model(
    name="z-image-turbo",
    kind="t2i",
    meaning=Text("Z-Image Turbo: quick and cheap, from a text alone", "Z-Image Turbo：快速、低价，仅文生图"),
    protocols=(MESSAGES_SYNC,),
    prompt=Parameter(
        name="prompt",
        type="text",
        max_length=800,
        required=True,
        meaning=Text("what to draw, in Chinese or English", "画面描述，支持中英文"),
        source="Z IMAGE",
    ),
    parameters=(
        SIZE_Z,
        n(1, 1, "Z IMAGE"),
        replace(
            prompt_extend("Z IMAGE"),
            default=False,
            meaning=Text(
                "let the service rewrite a short prompt: it costs twice as much and takes longer",
                "由服务改写较短的提示词：价格加倍，耗时更长",
            ),
        ),
        seed("Z IMAGE"),
    ),
    prices=(
        Price(region=BEIJING, cny=0.10, rewritten_cny=0.20),
        Price(region=SINGAPORE, cny=0.110089, rewritten_cny=0.220177),
    ),
    prices_dated=PRICES_DATED,
    limits=limits(2, 2, BEIJING, SINGAPORE),
    latency=Latency(low=5, high=30, source="Z IMAGE, which gives none"),
    source="Z IMAGE",
    example=_LETTER,
    answers="z",
    life=LISTED,
)

ROWS: tuple[Model, ...] = (
    QWEN_IMAGE_30_PRO,
    QWEN_IMAGE_30,
    _21(
        "qwen-image-2.1-pro",
        Text(
            "Qwen-Image 2.1 Pro: up to 10 pictures in, transparency out",
            "千问图像 2.1 Pro：最多 10 张输入图，可输出透明图",
        ),
        0.25,
        0.283404,
        20,
        date(2026, 10, 2),
    ),
    _21(
        "qwen-image-2.1-turbo",
        Text("Qwen-Image 2.1 Turbo: quick, many calls a minute", "千问图像 2.1 Turbo：速度快，每分钟可提交多次"),
        0.10,
        0.113362,
        120,
        date(2026, 10, 9),
    ),
    _20(
        "qwen-image-2.0-pro",
        Text("Qwen-Image 2.0 Pro: letters, drawing and editing", "千问图像 2.0 Pro：文字渲染、文生图与图像编辑"),
        prices(0.50, 0.550443),
        by_minute(2, 2, BEIJING, SINGAPORE),
    ),
    _20(
        "qwen-image-2.0",
        Text("Qwen-Image 2.0: as the Pro, faster and cheaper", "千问图像 2.0：与 Pro 相同，更快更便宜"),
        prices(0.20, 0.256873),
        limits(2, 2, BEIJING, SINGAPORE),
    ),
    Z_IMAGE_TURBO,
)
