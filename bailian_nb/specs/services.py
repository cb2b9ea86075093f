"""Rows of the services that are called by a flat body of their own: translation, style repaint, backgrounds.

Sources: "MT IMAGE", "REPAINT", "BACKGROUND", "DEP", "PRICE", "RATE"; see `common`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..system.language import sentence
from .background import BACKGROUND_V2
from .common import BEIJING, PRICES_DATED, SINGAPORE, by_minute, limits, prices
from .dates import LISTED, SEEN, Life
from .types import ImageRule, Latency, Model, Parameter, Protocol, Text

_MB = 1024 * 1024
_BOTH = ("zh", "en", "ko", "ja", "ru", "es", "fr", "pt", "it", "vi")
SOURCE_LANGUAGES = ("auto", *_BOTH, "de")
TARGET_LANGUAGES = (*_BOTH, "ms", "th", "id", "ar")


def _languages(values: Mapping[str, object]) -> tuple[str, str] | None:
    source, target = values.get("source_lang"), values.get("target_lang")
    if source == target:
        return "target_lang", sentence(
            "must be another language than source_lang, got {target} for both", target=target
        )
    if source != "auto" and not {source, target} & {"zh", "en"}:
        return "target_lang", sentence(
            "must be zh or en when source_lang is neither of them, got {source} to {target}",
            source=source,
            target=target,
        )
    return None


def _language(name: str, choices: tuple[str, ...], meaning: Text, default: str | None = None) -> Parameter:
    return Parameter(
        name=name,
        type="choice",
        choices=choices,
        default=default,
        required=True,
        place=name,
        meaning=meaning,
        source="MT IMAGE",
    )


QWEN_MT_IMAGE = Model(
    name="qwen-mt-image-2.0",
    kind="edit",
    meaning=Text("translate the writing in a picture and keep its layout", "图像翻译：翻译图中文字并保留排版"),
    protocols=(
        Protocol(
            letter="A",
            path="/services/aigc/image2image/image-synthesis",
            asynchronous=True,
            body="flat",
            input_names=("image_url",),
            source="MT IMAGE",
        ),
    ),
    parameters=(
        _language(
            "source_lang",
            SOURCE_LANGUAGES,
            Text("language of the writing; auto finds it out", "源语种；auto 为自动检测"),
        ),
        _language("target_lang", TARGET_LANGUAGES, Text("language to translate into", "目标语种")),
        Parameter(
            name="domain_hint",
            type="text",
            max_length=2000,
            place="ext.domainHint",
            meaning=Text(
                "what the picture is for and how to word it, in English, about 200 words",
                "领域与译文风格提示，仅支持英文，约 200 个单词",
            ),
            source="MT IMAGE",
        ),
        Parameter(
            name="sensitives",
            type="texts",
            minimum=1,
            maximum=50,
            max_length=200,
            place="ext.sensitives",
            meaning=Text('texts that are left out: ["...", "..."]', '需过滤的文本：["……", "……"]'),
            source="MT IMAGE",
        ),
        Parameter(
            name="terminologies",
            type="pairs",
            minimum=1,
            maximum=100,
            place="ext.terminologies",
            meaning=Text(
                'translations to use: [{"src": "...", "tgt": "..."}]', '指定译法：[{"src": "……", "tgt": "……"}]'
            ),
            source="MT IMAGE, which gives no number",
        ),
        Parameter(
            name="image_segment",
            type="bool",
            default=False,
            place="ext.config.imageSegment",
            meaning=Text(
                "true: leave writing on persons, goods and logos as it is",
                "true：不翻译人物、商品、Logo 等主体上的文字",
            ),
            source="MT IMAGE",
        ),
    ),
    rules=(_languages,),
    images=ImageRule(
        formats=("jpeg", "png", "bmp", "tiff", "webp"),
        min_side=15,
        max_side=8192,
        max_bytes=20 * _MB,
        max_ratio=10.0,
        max_data_url_bytes=0,
        source="MT IMAGE, which allows 100 MB",
    ),
    prices=prices(0.004, 0.004375),
    prices_dated=PRICES_DATED,
    limits=by_minute(60, 2, BEIJING, SINGAPORE),
    latency=Latency(low=2, high=15, source="MT IMAGE, examples"),
    source="MT IMAGE",
    answers="single",
    life=Life(since=date(2026, 8, 28), source="NEW", seen=SEEN),
    notes=(
        Text(
            "A picture without writing is billed, too; the service then says so.",
            "图中没有可翻译的文字时也会计费，服务会给出提示。",
        ),
        Text("Chinese or English must be one of the two languages.", "源语种与目标语种中至少一种为中文或英文。"),
    ),
)


def _reference(values: Mapping[str, object]) -> tuple[str, str] | None:
    if values.get("style_index") == -1 and not values.get("style_ref_url"):
        return "style_index", sentence("-1 takes the style from a picture: give style_ref_url")
    if values.get("style_index") != -1 and values.get("style_ref_url"):
        return "style_ref_url", sentence(
            "goes with style_index -1, got style_index {index}", index=values.get("style_index")
        )
    return None


_PORTRAIT = ImageRule(
    formats=("jpeg", "png", "bmp", "webp"),
    min_side=256,
    max_side=5760,
    max_bytes=10 * _MB,
    max_ratio=2.0,
    source="REPAINT",
)

STYLES: dict[int, Text] = {
    -1: Text("style of style_ref_url", "参考图风格"),
    0: Text("retro comic", "复古漫画"),
    1: Text("3D fairy tale", "3D童话"),
    2: Text("anime", "二次元"),
    3: Text("fresh", "小清新"),
    4: Text("future", "未来科技"),
    5: Text("classical Chinese painting", "国画古风"),
    6: Text("general in battle", "将军百战"),
    7: Text("bright cartoon", "炫彩卡通"),
    8: Text("elegant Chinese", "清雅国风"),
    9: Text("New Year", "喜迎新年"),
    14: Text("Chinese fine brush", "国风工笔"),
    15: Text("festive greetings", "恭贺新禧"),
    30: Text("fairy-tale world", "童话世界"),
    31: Text("clay world", "黏土世界"),
    32: Text("pixel world", "像素世界"),
    33: Text("adventure world", "冒险世界"),
    34: Text("Japanese comic world", "日漫世界"),
    35: Text("3D world", "3D世界"),
    36: Text("anime world", "二次元世界"),
    37: Text("hand-drawn world", "手绘世界"),
    38: Text("crayon world", "蜡笔世界"),
    39: Text("fridge magnet world", "冰箱贴世界"),
    40: Text("badge world", "吧唧世界"),
}

STYLE_REPAINT = Model(
    name="wanx-style-repaint-v1",
    kind="edit",
    meaning=Text("paint a portrait in one of 23 styles, or in that of a picture", "人像风格重绘：预设风格或参考图风格"),
    protocols=(
        Protocol(
            letter="A",
            path="/services/aigc/image-generation/generation",
            asynchronous=True,
            body="flat",
            input_names=("image_url",),
            source="REPAINT",
        ),
    ),
    parameters=(
        Parameter(
            name="style_index",
            type="int",
            minimum=-1,
            maximum=40,
            choices=tuple(STYLES),
            required=True,
            place="style_index",
            meaning=Text(
                "; ".join(f"{index} {style.en}" for index, style in STYLES.items()),
                "；".join(f"{index} {style.zh}" for index, style in STYLES.items()),
            ),
            source="REPAINT",
        ),
        Parameter(
            name="style_ref_url",
            type="pictures",
            minimum=1,
            maximum=1,
            images=_PORTRAIT,
            meaning=Text("picture whose style is taken, with style_index -1", "风格参考图，style_index 为 -1 时使用"),
            source="REPAINT",
        ),
    ),
    rules=(_reference,),
    images=_PORTRAIT,
    prices=prices(0.12),
    prices_dated=PRICES_DATED,
    limits=limits(2, 2, BEIJING),
    latency=Latency(low=5, high=15, source="REPAINT"),
    source="REPAINT",
    free_pictures=500,
    life=LISTED,
    notes=(Text("The shorter side of its picture is 1536 pixels.", "输出图短边为 1536 像素。"),),
)

ROWS: tuple[Model, ...] = (QWEN_MT_IMAGE, STYLE_REPAINT, BACKGROUND_V2)
