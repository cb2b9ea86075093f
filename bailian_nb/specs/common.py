"""What several models have in common: regions, protocols, and the parameters that mean the same everywhere.

Sources, here and in the files of rows: "T2I V2" is the Wan text-to-image V2 API reference, "EDIT" the wanx2.1-imageedit
API reference, "GUIDE" the general image editing guide, "I2I 2.5", "IMAGE 2.6" and "IMAGE 2.7" the API references of
those models, "QWEN 3.0", "QWEN 2.1", "QWEN 2.0" and "Z IMAGE" those of their families, "MT IMAGE", "REPAINT" and
"BACKGROUND" those of the services of these names, "PRICE" and "RATE" the pricing and rate-limit pages of Model Studio
as of about 2026-10-09, all as stored on 2026-11-29. Where pages disagree the newest stands here and the wider bound
only warns.
"""

from __future__ import annotations

from .prices import Limit, Price
from .types import Parameter, Protocol, Text

BEIJING = "cn-beijing"
SINGAPORE = "ap-southeast-1"
VIRGINIA = "us-east-1"
FRANKFURT = "eu-central-1"
TOKYO = "ap-northeast-1"
HONG_KONG = "cn-hongkong"
PRICES_DATED = "2026-10"

T2I_ASYNC = Protocol(
    letter="A",
    path="/services/aigc/text2image/image-synthesis",
    asynchronous=True,
    body="flat",
    input_names=("prompt", "negative_prompt"),
    source="T2I V2",
)
EDIT_ASYNC = Protocol(
    letter="A",
    path="/services/aigc/image2image/image-synthesis",
    asynchronous=True,
    body="flat",
    input_names=("function", "prompt", "base_image_url", "mask_image_url"),
    source="EDIT",
)
IMAGES_ASYNC = Protocol(
    letter="A",
    path="/services/aigc/image2image/image-synthesis",
    asynchronous=True,
    body="flat",
    input_names=("prompt", "negative_prompt", "images"),
    source="I2I 2.5",
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


def prices(beijing: float | None, singapore: float | None = None, **usd: float) -> tuple[Price, ...]:
    """List prices in CNY; `beijing_usd` and `singapore_usd` where a page gives dollars."""
    rows = []
    if beijing is not None:
        rows.append(Price(region=BEIJING, cny=beijing, usd=usd.get("beijing_usd")))
    if singapore is not None:
        rows.append(Price(region=SINGAPORE, cny=singapore, usd=usd.get("singapore_usd")))
    return tuple(rows)


QUEUE = 500
"""Tasks of one account and model that may wait as PENDING: `async_user_queue_limit` of the vendor's lists of Wan models
(modelstudioai/skills, models/groups), which do not hold wanx2.1-imageedit."""


def limits(submits_per_second: float, tasks_at_once: int, *regions: str) -> tuple[Limit, ...]:
    """The same rate limits in several regions."""
    return tuple(
        Limit(region=region, submits_per_second=submits_per_second, tasks_at_once=tasks_at_once) for region in regions
    )


def by_minute(submits: int, tasks_at_once: int, *regions: str) -> tuple[Limit, ...]:
    """Rate limits that the page gives by the minute, the same in several regions."""
    return tuple(
        Limit(region=region, submits_per_second=submits / 60, tasks_at_once=tasks_at_once, window=60)
        for region in regions
    )


def n(maximum: int, default: int, source: str) -> Parameter:
    """Row of `n`; left out, several models draw (and bill) four pictures, so we always send it."""
    return Parameter(
        name="n",
        type="int",
        default=default,
        minimum=1,
        maximum=maximum,
        meaning=Text("how many pictures; each is billed", "生成张数，每张计费"),
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
            "随机种子；相同种子结果相近，n 张图依次使用 seed、seed+1……",
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
            "由服务智能改写较短的提示词，约增加 3 到 5 秒",
        ),
        source=source,
    )


def draw_prompt(highest: int, source: str, *, newest: int | None = None) -> Parameter:
    """Row of the prompt of a text-to-image model; `newest` where the newest page gives less than the highest."""
    return Parameter(
        name="prompt",
        type="text",
        max_length=highest,
        warn_length=newest,
        required=True,
        meaning=Text("what to draw, in Chinese or English", "画面描述，支持中英文"),
        source=source,
    )


def edit_prompt(highest: int = 800, source: str = "EDIT", *, warn_empty: bool = False) -> Parameter:
    return Parameter(
        name="prompt",
        type="text",
        max_length=highest,
        required=True,
        warn_empty=warn_empty,
        meaning=Text("what to do, in Chinese or English", "编辑指令，支持中英文"),
        source=source,
    )
