"""Rows of Wan 2.7 image: it draws from a text, edits and combines up to nine pictures, and makes sets of pictures.

What depends on other values or on the pictures stands in Cases.

Sources: "IMAGE 2.7", "PRICE", "RATE"; see `common`.
"""

from __future__ import annotations

from dataclasses import replace

from .background import BY_INSTRUCTION
from .common import (
    BEIJING,
    MESSAGES_ASYNC,
    MESSAGES_SYNC,
    PRICES_DATED,
    QUEUE,
    SINGAPORE,
    draw_prompt,
    limits,
    n,
    prices,
    seed,
    watermark,
)
from .dates import LISTED
from .sizes import SIZE_27, SIZE_27_4K
from .types import Case, ImageRule, Latency, Model, Parameter, Text

_SEQUENTIAL = Text("with enable_sequential=true", "当 enable_sequential=true 时")
_WITH_PICTURES = Text("with input pictures", "有输入图时")

WAN27_IMAGE = Model(
    name="wan2.7-image",
    kind="t2i",
    also=("edit",),
    meaning=Text("Wan 2.7: draw from a text, edit or combine up to 9 pictures", "万相 2.7 文生图、图像编辑与多图参考"),
    protocols=(MESSAGES_ASYNC, MESSAGES_SYNC),
    prompt=draw_prompt(5000, "IMAGE 2.7"),
    parameters=(
        SIZE_27,
        n(4, 1, "IMAGE 2.7"),
        Parameter(
            name="enable_sequential",
            type="bool",
            default=False,
            meaning=Text("true: a set of pictures that belong together, n at most", "true：生成组图，n 为最多张数"),
            source="IMAGE 2.7",
        ),
        Parameter(
            name="thinking_mode",
            type="bool",
            default=True,
            meaning=Text(
                "think about the prompt first: better, and slower; for single pictures from a text only",
                "先推理再生成，效果更好但更慢；仅用于非组图的文生图",
            ),
            source="IMAGE 2.7",
        ),
        Parameter(
            name="color_palette",
            type="palette",
            minimum=3,
            maximum=10,
            meaning=Text(
                'colours of the picture: [{"hex": "#C2D1E6", "ratio": "60.00%"}, …], ratios add up to 100.00%',
                '画面配色：[{"hex": "#C2D1E6", "ratio": "60.00%"}, …]，比例之和为 100.00%',
            ),
            source="IMAGE 2.7",
        ),
        Parameter(
            name="bbox_list",
            type="boxes",
            meaning=Text(
                "where to edit: for each input picture a list of at most 2 boxes [x1, y1, x2, y2] in its pixels",
                "编辑区域：每张输入图一个列表，至多 2 个框 [x1, y1, x2, y2]（像素）",
            ),
            source="IMAGE 2.7",
        ),
        watermark("IMAGE 2.7"),
        seed("IMAGE 2.7"),
    ),
    cases=(
        Case(
            words=_WITH_PICTURES,
            pictures=True,
            no_effect=("thinking_mode",),
            source="IMAGE 2.7",
        ),
        Case(
            words=_SEQUENTIAL,
            when=(("enable_sequential", True),),
            parameters=(n(12, 12, "IMAGE 2.7"),),
            no_effect=("thinking_mode",),
            source="IMAGE 2.7",
        ),
    ),
    images=ImageRule(
        formats=("jpeg", "png", "bmp", "webp"),
        min_side=240,
        max_side=8000,
        max_bytes=20 * 1024 * 1024,
        max_ratio=8.0,
        min_count=0,
        max_count=9,
        source="IMAGE 2.7",
    ),
    prices=prices(0.20, 0.224826, singapore_usd=0.03),
    prices_dated=PRICES_DATED,
    limits=limits(5, 5, BEIJING, SINGAPORE),
    queue=QUEUE,
    latency=Latency(low=21, high=60, source="IMAGE 2.7, examples"),
    source="IMAGE 2.7",
    life=LISTED,
    example=Text("A poster of a tea house on a hill, with its name above the door", "山间茶馆的海报，门楣上写着店名"),
    also_example=Text("Put the cup of the first picture on the table of the second", "把图一的杯子放到图二的桌子上"),
    free_pictures=50,
    recipes=(BY_INSTRUCTION,),
    notes=(Text("No negative_prompt and no prompt_extend.", "不支持 negative_prompt 与 prompt_extend。"),),
)

WAN27_IMAGE_PRO = replace(
    WAN27_IMAGE,
    name="wan2.7-image-pro",
    meaning=Text("Wan 2.7 Pro: as wan2.7-image, and 4K from a text", "万相 2.7 专业版：文生图支持 4K"),
    cases=(
        Case(
            words=Text("from a text alone", "纯文生图时"),
            when=(("enable_sequential", False),),
            pictures=False,
            parameters=(SIZE_27_4K,),
            source="IMAGE 2.7",
        ),
        *WAN27_IMAGE.cases,
    ),
    prices=prices(0.50, 0.562065, beijing_usd=0.068761, singapore_usd=0.075),
)

ROWS: tuple[Model, ...] = (WAN27_IMAGE, WAN27_IMAGE_PRO)
