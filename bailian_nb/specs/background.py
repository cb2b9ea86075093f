"""`background`: a new scene behind a product, by an instruction to wan2.7-image or by the service made for it.

`wan27` takes the recipe, `services` the row. What is kept of the picture never goes to a model that has no field for
it: its own pixels are put back when the answer is there.

Sources: "BACKGROUND", "DEP"; see `common`. The words of the instruction are this package's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..system.language import sentence
from .common import BEIJING, PRICES_DATED, limits, n, prices
from .dates import SEEN, Life
from .types import ImageRule, Latency, Model, Parameter, Protocol, Recipe, Text

_MB = 1024 * 1024
_EXAMPLE = Text("on a marble table, morning light", "放在大理石桌面上，清晨的光线")
_MEANING = Text("put a new scene behind a product and keep its own pixels", "背景生成：更换商品背景，商品像素保持不变")

BY_INSTRUCTION = Recipe(
    name="background",
    meaning=_MEANING,
    example=_EXAMPLE,
    instruction=Text(
        "Keep the product exactly as it is, in the same place and at the same size. Replace everything around it by "
        "this scene: {prompt}",
        "商品保持原样,位置和大小不变。把商品以外的全部画面替换为以下场景:{prompt}",
    ),
    same_size=True,
    source="IMAGE 2.7",
)
BY_SERVICE = Recipe(
    name="background",
    meaning=_MEANING,
    example=_EXAMPLE,
    cut_out=True,
    prompt_optional=True,
    source="BACKGROUND",
)

_URL_ONLY = ImageRule(
    formats=("png",),
    min_side=1,
    max_side=2048,
    max_bytes=10 * _MB,
    transparent=True,
    max_data_url_bytes=0,
    source="BACKGROUND, which gives no number of bytes",
)
_GUIDE = ImageRule(
    formats=("jpeg", "png", "webp"),
    min_side=1,
    max_side=4096,
    max_bytes=10 * _MB,
    max_data_url_bytes=0,
    source="BACKGROUND, which gives no sides",
)
_MOST_EDGES = 10


def _guided(values: Mapping[str, object]) -> tuple[str, str] | None:
    if not values.get("prompt") and not values.get("ref_image_url"):
        return "prompt", sentence("is empty: a background needs a prompt, or a picture as ref_image_url")
    return None


def _edges(values: Mapping[str, object]) -> tuple[str, str] | None:
    total = 0
    for name in ("foreground_edge", "background_edge"):
        given, words = values.get(name), values.get(f"{name}_prompt")
        count = given if isinstance(given, int) else 0
        total += count
        if isinstance(words, tuple) and len(words) != count:
            return f"{name}_prompt", sentence(
                'must have one text for each of the {count} pictures of {name} ("" for none)', count=count, name=name
            )
    if total > _MOST_EDGES:
        return "foreground_edge", sentence(
            "and background_edge may have {most} pictures together, got {total}", most=_MOST_EDGES, total=total
        )
    return None


def _edge(name: str, meaning: Text) -> Parameter:
    return Parameter(
        name=name,
        type="pictures",
        minimum=1,
        maximum=_MOST_EDGES,
        images=_URL_ONLY,
        place=f"reference_edge.{name}",
        meaning=meaning,
        source="BACKGROUND",
    )


def _edge_prompt(name: str) -> Parameter:
    return Parameter(
        name=f"{name}_prompt",
        type="texts",
        minimum=1,
        maximum=_MOST_EDGES,
        max_length=1000,
        place=f"reference_edge.{name}_prompt",
        meaning=Text(f'a text for each picture of {name}, "" for none', f'{name} 每张图对应的提示词，可用 "" 占位'),
        source="BACKGROUND",
    )


BACKGROUND_V2 = Model(
    name="wanx-background-generation-v2",
    kind="edit",
    meaning=Text("Wanx background generation for product pictures", "万相图像背景生成，用于商品图"),
    protocols=(
        Protocol(
            letter="A",
            path="/services/aigc/background-generation/generation",
            asynchronous=True,
            body="flat",
            input_names=("base_image_url",),
            source="BACKGROUND",
        ),
    ),
    prompt=Parameter(
        name="prompt",
        type="text",
        max_length=1000,
        warn_length=120,
        place="ref_prompt",
        meaning=Text(
            "the scene, in Chinese (about 120 characters) or English (about 150 words)",
            "引导提示词，中文约 120 字或英文约 150 词",
        ),
        source="BACKGROUND",
    ),
    parameters=(
        Parameter(
            name="neg_ref_prompt",
            type="text",
            max_length=1000,
            place="neg_ref_prompt",
            meaning=Text("what should not be in the background", "不希望出现在背景中的内容"),
            source="BACKGROUND",
        ),
        Parameter(
            name="ref_image_url",
            type="pictures",
            minimum=1,
            maximum=1,
            images=_GUIDE,
            place="ref_image_url",
            meaning=Text("a picture that the background follows", "引导图像"),
            source="BACKGROUND",
        ),
        _edge("foreground_edge", Text("cut-outs that lie before the product", "前景元素图（透明背景）")),
        _edge("background_edge", Text("cut-outs that lie behind the product", "背景元素图（透明背景）")),
        _edge_prompt("foreground_edge"),
        _edge_prompt("background_edge"),
        n(4, 1, "BACKGROUND"),
        Parameter(
            name="model_version",
            type="choice",
            choices=("v2", "v3"),
            default="v2",
            meaning=Text("v3 is slower and better; the page advises it", "v3 更慢但效果更好，官方推荐"),
            source="BACKGROUND",
        ),
        Parameter(
            name="noise_level",
            type="int",
            default=300,
            minimum=0,
            maximum=999,
            meaning=Text(
                "with ref_image_url: the higher, the less the background follows it", "有引导图时：越大与引导图越不相关"
            ),
            source="BACKGROUND",
        ),
        Parameter(
            name="ref_prompt_weight",
            type="float",
            default=0.5,
            minimum=0.0,
            maximum=1.0,
            meaning=Text(
                "with ref_image_url and a prompt: how much the prompt counts", "同时有引导图与提示词时：提示词的权重"
            ),
            source="BACKGROUND",
        ),
    ),
    rules=(_guided, _edges),
    images=_URL_ONLY,
    prices=prices(0.08),
    prices_dated=PRICES_DATED,
    limits=limits(2, 1, BEIJING),
    latency=Latency(low=15, high=40, source="BACKGROUND, example"),
    source="BACKGROUND",
    recipes=(BY_SERVICE,),
    free_pictures=500,
    life=Life(retires=date(2026, 10, 10), successor="wan2.7-image", source="DEP", seen=SEEN),
    notes=(
        Text(
            "Its picture must have a transparent background: keep= makes the cut-out.",
            "主体图须为透明背景：keep= 会自动抠图。",
        ),
        Text(
            "No page that was read says whether it still answers after its announced end.",
            "没有页面写明公告的下线日期之后是否仍可调用。",
        ),
    ),
)
