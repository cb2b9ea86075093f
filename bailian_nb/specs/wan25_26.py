"""Rows of the models that take several pictures and no function: Wan 2.5 image to image and Wan 2.6 image.

The latter can also draw from a text alone. What depends on other values stands in its Cases.

Sources: "I2I 2.5", "IMAGE 2.6", "PRICE", "RATE"; see `common`.
"""

from __future__ import annotations

from .common import (
    BEIJING,
    FRANKFURT,
    IMAGES_ASYNC,
    MESSAGES_ASYNC,
    MESSAGES_SYNC,
    PRICES_DATED,
    QUEUE,
    SINGAPORE,
    VIRGINIA,
    edit_prompt,
    limits,
    n,
    negative_prompt,
    prices,
    prompt_extend,
    seed,
    watermark,
)
from .dates import LISTED
from .prices import Price
from .sizes import SIZE_26, SIZE_I2I, SIZE_INTERLEAVED
from .types import Case, ImageRule, Latency, Model, Parameter, Text

_MB = 1024 * 1024
_FORMATS = ("jpeg", "png", "bmp", "webp")
_COMPOSE = Text("Put the cup of the first picture on the table of the second", "把图一的杯子放到图二的桌子上")
WAN25_I2I = Model(
    name="wan2.5-i2i-preview",
    kind="edit",
    meaning=Text("Wan 2.5 editing and fusion of 1 to 3 pictures, preview", "万相 2.5 单图编辑与多图融合（预览版）"),
    protocols=(IMAGES_ASYNC,),
    prompt=edit_prompt(2000, "I2I 2.5"),
    parameters=(
        negative_prompt("I2I 2.5"),
        SIZE_I2I,
        n(4, 4, "I2I 2.5"),
        prompt_extend("I2I 2.5"),
        watermark("I2I 2.5"),
        seed("I2I 2.5"),
    ),
    images=ImageRule(
        formats=_FORMATS,
        min_side=384,
        max_side=5000,
        max_bytes=10 * _MB,
        alpha=False,
        min_count=1,
        max_count=3,
        source="I2I 2.5",
    ),
    prices=prices(0.20, 0.220177, singapore_usd=0.03),
    prices_dated=PRICES_DATED,
    limits=limits(5, 5, BEIJING, SINGAPORE),
    queue=QUEUE,
    latency=Latency(low=30, high=120, source="I2I 2.5"),
    source="I2I 2.5",
    life=LISTED,
    example=_COMPOSE,
    free_pictures=50,
)

_INTERLEAVED = Text("with enable_interleave=true", "当 enable_interleave=true 时")

WAN26_IMAGE = Model(
    name="wan2.6-image",
    kind="edit",
    also=("t2i",),
    meaning=Text("Wan 2.6 editing of 1 to 4 pictures, or a text with pictures", "万相 2.6 图像编辑与图文混排"),
    protocols=(MESSAGES_ASYNC, MESSAGES_SYNC),
    prompt=edit_prompt(2000, "IMAGE 2.6"),
    parameters=(
        negative_prompt("IMAGE 2.6"),
        SIZE_26,
        n(4, 4, "IMAGE 2.6"),
        Parameter(
            name="enable_interleave",
            type="bool",
            default=False,
            meaning=Text(
                "true: answer with text and pictures in turn, from a text and at most one picture",
                "true：图文混排输出，可不传图或只传一张",
            ),
            source="IMAGE 2.6",
        ),
        Parameter(
            name="max_images",
            type="int",
            default=5,
            minimum=1,
            maximum=5,
            meaning=Text(
                "with enable_interleave: at most so many pictures; each is billed", "图文混排时的最多张数，每张计费"
            ),
            source="IMAGE 2.6",
        ),
        prompt_extend("IMAGE 2.6"),
        watermark("IMAGE 2.6"),
        seed("IMAGE 2.6"),
    ),
    cases=(
        Case(
            words=Text("with enable_interleave=false", "当 enable_interleave=false 时"),
            when=(("enable_interleave", False),),
            no_effect=("max_images",),
            source="IMAGE 2.6",
        ),
        Case(
            words=_INTERLEAVED,
            when=(("enable_interleave", True),),
            parameters=(
                n(1, 1, "IMAGE 2.6"),
                SIZE_INTERLEAVED,
            ),
            no_effect=("prompt_extend",),
            counts=(0, 1),
            billed="max_images",
            asynchronous_only=True,
            source="IMAGE 2.6",
        ),
    ),
    images=ImageRule(
        formats=_FORMATS,
        min_side=240,
        max_side=8000,
        max_bytes=10 * _MB,
        alpha=False,
        min_count=1,
        max_count=4,
        source="IMAGE 2.6",
    ),
    prices=(
        *prices(0.20, 0.220177, beijing_usd=0.028671, singapore_usd=0.03),
        Price(region=VIRGINIA, cny=0.20),
        Price(region=FRANKFURT, cny=0.20),
    ),
    prices_dated=PRICES_DATED,
    limits=limits(5, 5, BEIJING, SINGAPORE, VIRGINIA, FRANKFURT),
    queue=QUEUE,
    latency=Latency(low=11, high=60, source="IMAGE 2.6, examples"),
    source="IMAGE 2.6",
    life=LISTED,
    example=_COMPOSE,
    also_example=Text("How to make tomato soup, step by step", "番茄汤的做法，分步图解"),
    free_pictures=50,
    asynchronous_only_in=(FRANKFURT,),
    notes=(Text("Frankfurt: asynchronous calls only", "法兰克福地域仅支持异步调用"),),
)

ROWS: tuple[Model, ...] = (WAN25_I2I, WAN26_IMAGE)
