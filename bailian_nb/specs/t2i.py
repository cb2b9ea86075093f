"""Rows of the models that draw from a text alone: Wan 2.6 by the messages protocols, all before it by the old one.

Sources: "T2I V2" (tables of both protocols), "PRICE", "RATE"; see `common`.
"""

from __future__ import annotations

from .common import (
    BEIJING,
    FRANKFURT,
    MESSAGES_ASYNC,
    MESSAGES_SYNC,
    PRICES_DATED,
    QUEUE,
    SINGAPORE,
    T2I_ASYNC,
    VIRGINIA,
    draw_prompt,
    limits,
    n,
    negative_prompt,
    prices,
    prompt_extend,
    seed,
    watermark,
)
from .dates import LISTED
from .prices import Limit, Price
from .sizes import SIZE_1024, SIZE_1280
from .types import Latency, Model, Text

_PARAMETERS = (n(4, 4, "T2I V2"), prompt_extend("T2I V2"), watermark("T2I V2"), seed("T2I V2"))
_SHOP = Text(
    "A flower shop in the morning, tulips in the window, a wooden door with a brass bell",
    "清晨的花店，橱窗里摆满郁金香，木门上挂着铜铃",
)

WAN26_T2I = Model(
    name="wan2.6-t2i",
    kind="t2i",
    meaning=Text("Wan 2.6 text to image", "万相 2.6 文生图"),
    protocols=(MESSAGES_ASYNC, MESSAGES_SYNC),
    prompt=draw_prompt(2100, "T2I V2"),
    parameters=(negative_prompt("T2I V2"), SIZE_1280, *_PARAMETERS),
    prices=(
        *prices(0.20, 0.220177, beijing_usd=0.028671, singapore_usd=0.03),
        Price(region=VIRGINIA, cny=0.20),
        Price(region=FRANKFURT, cny=0.20),
    ),
    prices_dated=PRICES_DATED,
    limits=(
        Limit(region=BEIJING, submits_per_second=1, tasks_at_once=5),
        *limits(5, 5, SINGAPORE, VIRGINIA),
        Limit(region=FRANKFURT, submits_per_second=1, tasks_at_once=5),
    ),
    queue=QUEUE,
    latency=Latency(low=11, high=60, source="T2I V2, examples and text"),
    source="T2I V2",
    life=LISTED,
    example=_SHOP,
    free_pictures=50,
)

WAN25_T2I = Model(
    name="wan2.5-t2i-preview",
    kind="t2i",
    meaning=Text("Wan 2.5 text to image, preview", "万相 2.5 文生图（预览版）"),
    protocols=(T2I_ASYNC,),
    prompt=draw_prompt(2000, "T2I V2"),
    parameters=(negative_prompt("T2I V2"), SIZE_1280, *_PARAMETERS),
    prices=prices(0.20, 0.220177, singapore_usd=0.03),
    prices_dated=PRICES_DATED,
    limits=limits(5, 5, BEIJING, SINGAPORE),
    queue=QUEUE,
    latency=Latency(low=11, high=60, source="T2I V2, examples and text"),
    source="T2I V2",
    life=LISTED,
    example=_SHOP,
    free_pictures=50,
)


def _older(
    name: str,
    meaning: Text,
    listed: tuple[Price, ...],
    *,
    newest_prompt: int | None = 500,
    free: int = 0,
    namesakes: tuple[tuple[str, str], ...] = (),
) -> Model:
    """Row of a model of Wan 2.2 or before: they differ in name, price and region.

    Prompts: older pages read 800 characters, the newest 500 (but for wanx2.0-t2i-turbo).
    """
    return Model(
        name=name,
        kind="t2i",
        meaning=meaning,
        protocols=(T2I_ASYNC,),
        prompt=draw_prompt(800, "T2I V2", newest=newest_prompt),
        parameters=(negative_prompt("T2I V2"), SIZE_1024, *_PARAMETERS),
        prices=listed,
        prices_dated=PRICES_DATED,
        limits=limits(2, 2, *(price.region for price in listed)),
        queue=QUEUE,
        latency=Latency(low=11, high=60, source="T2I V2, examples and text"),
        source="T2I V2",
        life=LISTED,
        example=_SHOP,
        free_pictures=free,
        namesakes=namesakes,
    )


ROWS: tuple[Model, ...] = (
    WAN26_T2I,
    WAN25_T2I,
    _older(
        "wan2.2-t2i-plus",
        Text("Wan 2.2 text to image, more detail", "万相 2.2 文生图专业版，细节更丰富"),
        prices(0.20, 0.366962, singapore_usd=0.05),
        free=100,
    ),
    _older(
        "wan2.2-t2i-flash",
        Text("Wan 2.2 text to image, faster", "万相 2.2 文生图极速版"),
        prices(0.14, 0.183481, singapore_usd=0.025),
        free=100,
    ),
    _older(
        "wanx2.1-t2i-plus",
        Text("Wanx 2.1 text to image, more detail", "万相 2.1 文生图专业版，细节更丰富"),
        prices(0.20),
        free=500,
        namesakes=((SINGAPORE, "wan2.1-t2i-plus"),),
    ),
    _older(
        "wanx2.1-t2i-turbo",
        Text("Wanx 2.1 text to image, faster", "万相 2.1 文生图极速版"),
        prices(0.14),
        free=500,
        namesakes=((SINGAPORE, "wan2.1-t2i-turbo"),),
    ),
    _older(
        "wan2.1-t2i-plus",
        Text("wanx2.1-t2i-plus as Singapore calls it", "wanx2.1-t2i-plus 在新加坡地域的名称"),
        prices(None, 0.366962, singapore_usd=0.05),
        namesakes=((BEIJING, "wanx2.1-t2i-plus"),),
    ),
    _older(
        "wan2.1-t2i-turbo",
        Text("wanx2.1-t2i-turbo as Singapore calls it", "wanx2.1-t2i-turbo 在新加坡地域的名称"),
        prices(None, 0.183481, singapore_usd=0.025),
        namesakes=((BEIJING, "wanx2.1-t2i-turbo"),),
    ),
    _older(
        "wanx2.0-t2i-turbo",
        Text("Wanx 2.0 text to image, the cheapest", "万相 2.0 文生图极速版，价格最低"),
        prices(0.04),
        newest_prompt=None,
    ),
)
