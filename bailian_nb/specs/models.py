"""The rows: every model that bailian_nb knows, with its functions, parameters, limits and prices.

Sources: "T2I V2" is the Wan text-to-image V2 API reference, "EDIT" the wanx2.1-imageedit API reference, "GUIDE" the
general image editing guide, "PRICE" and "RATE" the pricing and rate-limit pages of Model Studio, all as stored on
2026-11-21. Where pages disagree the newest stands here and the wider bound only warns.
"""

from __future__ import annotations

from .types import (
    Function,
    ImageRule,
    Latency,
    Limit,
    Model,
    Parameter,
    Price,
    Protocol,
    SizeRule,
    Text,
)

BEIJING = "cn-beijing"
SINGAPORE = "ap-southeast-1"
VIRGINIA = "us-east-1"
FRANKFURT = "eu-central-1"

EDIT_ASYNC = Protocol(
    letter="A",
    path="/services/aigc/image2image/image-synthesis",
    asynchronous=True,
    body="flat",
    input_names=("function", "prompt", "base_image_url", "mask_image_url"),
    source="EDIT",
)
MESSAGES_ASYNC = Protocol(
    letter="C",
    path="/services/aigc/image-generation/generation",
    asynchronous=True,
    body="messages",
    source="T2I V2",
)
MESSAGES_SYNC = Protocol(
    letter="B",
    path="/services/aigc/multimodal-generation/generation",
    asynchronous=False,
    body="messages",
    source="T2I V2",
)


def n(maximum: int, default: int, source: str) -> Parameter:
    """Row of `n`; left out, several models draw (and bill) four pictures, so we always send it."""
    return Parameter(
        name="n",
        type="int",
        default=default,
        minimum=1,
        maximum=maximum,
        meaning=Text("how many pictures; each is billed", "生成张数,每张计费"),
        source=source,
    )


def seed(source: str) -> Parameter:
    return Parameter(
        name="seed",
        type="int",
        minimum=0,
        maximum=2147483647,
        meaning=Text(
            "starting point of the noise; the same seed gives similar pictures, n pictures use seed, seed+1, …",
            "随机种子;相同种子结果相近,n 张图依次使用 seed、seed+1……",
        ),
        source=source,
    )


def watermark(source: str) -> Parameter:
    return Parameter(
        name="watermark",
        type="bool",
        default=False,
        meaning=Text('put "AI Generated" into the lower right corner', "在右下角添加“AI生成”水印"),
        source=source,
    )


def negative_prompt(source: str) -> Parameter:
    return Parameter(
        name="negative_prompt",
        type="text",
        max_length=500,
        meaning=Text("what should not be in the picture", "不希望出现在画面中的内容"),
        source=source,
    )


def prompt_extend(source: str) -> Parameter:
    return Parameter(
        name="prompt_extend",
        type="bool",
        default=True,
        meaning=Text(
            "let the service rewrite a short prompt; takes 3 to 5 s more",
            "由服务智能改写较短的提示词,约增加 3 到 5 秒",
        ),
        source=source,
    )


def edit_prompt(*, warn_empty: bool = False) -> Parameter:
    return Parameter(
        name="prompt",
        type="text",
        max_length=800,
        required=True,
        warn_empty=warn_empty,
        meaning=Text("what to do, in Chinese or English", "编辑指令,支持中英文"),
        source="EDIT",
    )


def strength(meaning: Text) -> Parameter:
    return Parameter(
        name="strength",
        type="float",
        default=0.5,
        minimum=0.0,
        maximum=1.0,
        meaning=meaning,
        source="EDIT",
    )


WAN26_SIZE = Parameter(
    name="size",
    type="size",
    default="1280*1280",
    meaning=Text("width*height in pixels", "宽*高(像素)"),
    source="T2I V2",
    size=SizeRule(
        default="1280*1280",
        min_pixels=768 * 768,
        warn_below_pixels=1280 * 1280,
        max_pixels=1440 * 1440,
        min_ratio=1 / 4,
        max_ratio=4.0,
        named=(
            ("square", "1280*1280"),
            ("1:1", "1280*1280"),
            ("3:4", "1104*1472"),
            ("4:3", "1472*1104"),
            ("9:16", "960*1696"),
            ("16:9", "1696*960"),
            ("portrait", "1104*1472"),
            ("landscape", "1472*1104"),
        ),
    ),
)

WAN26_T2I = Model(
    name="wan2.6-t2i",
    kind="t2i",
    meaning=Text("Wan 2.6 text to image", "万相 2.6 文生图"),
    protocols=(MESSAGES_ASYNC, MESSAGES_SYNC),
    prompt=Parameter(
        name="prompt",
        type="text",
        max_length=2100,
        required=True,
        meaning=Text("what to draw, in Chinese or English", "画面描述,支持中英文"),
        source="T2I V2",
    ),
    parameters=(
        negative_prompt("T2I V2"),
        WAN26_SIZE,
        n(4, 4, "T2I V2"),
        prompt_extend("T2I V2"),
        watermark("T2I V2"),
        seed("T2I V2"),
    ),
    prices=(
        Price(region=BEIJING, cny=0.20, usd=0.028671),
        Price(region=SINGAPORE, cny=0.220177, usd=0.03),
        Price(region=VIRGINIA, cny=0.20),
        Price(region=FRANKFURT, cny=0.20),
    ),
    prices_dated="2026-05",
    limits=(
        Limit(region=BEIJING, submits_per_second=1, tasks_at_once=5),
        Limit(region=SINGAPORE, submits_per_second=5, tasks_at_once=5),
        Limit(region=VIRGINIA, submits_per_second=5, tasks_at_once=5),
        Limit(region=FRANKFURT, submits_per_second=5, tasks_at_once=5),
    ),
    latency=Latency(low=11, high=60, source="T2I V2, examples and text"),
    source="T2I V2",
)

STYLIZATION_ALL = Function(
    name="stylization_all",
    short="style",
    meaning=Text("give the whole picture another style", "全局风格化:整图转换风格"),
    prompt=edit_prompt(),
    parameters=(
        strength(
            Text(
                "near 0 stays close to the original, near 1 changes most",
                "越接近 0 越接近原图,越接近 1 改动越大",
            )
        ),
    ),
    example=Text("Convert to French picture book style", "转换成法国绘本风格"),
    tips=(
        Text(
            "Two styles are supported: French picture book and gold leaf.",
            "支持两种风格:法国绘本、金箔艺术。",
        ),
    ),
    source="EDIT, GUIDE",
)

DESCRIPTION_EDIT = Function(
    name="description_edit",
    short="instruct",
    meaning=Text("change the picture by an instruction, no region needed", "指令编辑:无需指定区域"),
    prompt=edit_prompt(),
    parameters=(strength(Text("how much may change: 0.0 least, 1.0 most", "允许改动的幅度:0.0 最小,1.0 最大")),),
    example=Text("Change her hair to red", "把她的头发修改为红色。"),
    tips=(
        Text(
            "Say what to add or change (add, put on, change to); for exact regions use a mask.",
            "写明要增加或修改的内容(添加、戴上、修改为);需要精确区域时请使用蒙版。",
        ),
    ),
    source="EDIT, GUIDE",
)

DESCRIPTION_EDIT_WITH_MASK = Function(
    name="description_edit_with_mask",
    short="inpaint",
    meaning=Text("redraw only the white area of a mask", "局部重绘:只重画蒙版白色区域"),
    prompt=edit_prompt(warn_empty=True),
    mask=True,
    example=Text("A ceramic rabbit holding a ceramic flower", "陶瓷兔子拿着陶瓷小花"),
    tips=(
        Text(
            "Describe the result, not the action; an empty prompt removes what lies under a small mask.",
            "描述结果而不是动作;小面积蒙版配空提示词表示消除。",
        ),
    ),
    source="EDIT, GUIDE",
)

WANX21_IMAGEEDIT = Model(
    name="wanx2.1-imageedit",
    kind="edit",
    meaning=Text("Wanx 2.1 general image editing", "万相 2.1 通用图像编辑"),
    protocols=(EDIT_ASYNC,),
    functions=(STYLIZATION_ALL, DESCRIPTION_EDIT, DESCRIPTION_EDIT_WITH_MASK),
    parameters=(n(4, 1, "EDIT"), seed("EDIT"), watermark("EDIT")),
    images=ImageRule(
        formats=("jpeg", "png", "bmp", "tiff", "webp"),
        min_side=512,
        max_side=4096,
        max_bytes=10 * 1024 * 1024,
        source="EDIT",
    ),
    prices=(Price(region=BEIJING, cny=0.14, usd=0.020070),),
    prices_dated="2026-05",
    limits=(Limit(region=BEIJING, submits_per_second=2, tasks_at_once=2),),
    latency=Latency(low=5, high=15, source="EDIT, GUIDE"),
    source="EDIT",
    notes=(Text("Beijing region only", "仅限北京地域"),),
)

ROWS: tuple[Model, ...] = (WAN26_T2I, WANX21_IMAGEEDIT)
DEFAULT_T2I = WAN26_T2I.name
DEFAULT_EDIT = WANX21_IMAGEEDIT.name
