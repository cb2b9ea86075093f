"""The numbers of the vendor's pages, written down here a second time: a slip of a digit in the table shows.

Everything else tests rows against themselves; these lines were read from the pages, not from the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from bailian_nb import specs
from bailian_nb.specs import Parameter

from ..world.each import each

BJ, SG, US, EU = "cn-beijing", "ap-southeast-1", "us-east-1", "eu-central-1"
TYO, HK = "ap-northeast-1", "cn-hongkong"
ALL = (BJ, SG, US, EU, TYO, HK)
K = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Page:
    """One model as its pages have it.

    `prices` CNY (and USD) and `limits` (submits a second, tasks at once) by region; `size` least and most pixels, what
    is warned of below, and the widest ratio; `sides` where each side is bounded too; `pictures` formats, least and most
    side, MB, most pictures.
    """

    prompt: tuple[int, int | None] | None
    size: tuple[str | None, int, int, int, float] | None
    n: tuple[int, int] | None
    prices: Mapping[str, tuple[float | None, float | None]]
    limits: dict[str, tuple[float, int]]
    seconds: tuple[float, float]
    free: int = 0
    sides: tuple[int, int] | None = None
    negative: int | None = 500
    extend: bool | None = True
    pictures: tuple[str, int, int, int, int, int] | None = None
    async_only: tuple[str, ...] = field(default=())
    watermark: bool | None = False
    more: dict[str, tuple[float | None, int, float, float | None]] = field(default_factory=dict)
    """By region: CNY of a large picture, from how many pixels, of an input, and with rewriting."""
    window: float = 1.0
    """Seconds in which `limits` count submits."""


WIDE = ("1280*1280", 768 * 768, 1440 * 1440, 1280 * 1280, 4.0)
OLD = ("1024*1024", 512 * 512, 1440 * 1440, 0, 1440 / 512)
OLDER: dict[str, object] = {
    "size": OLD,
    "sides": (512, 1440),
    "n": (4, 4),
    "seconds": (11, 60),
}
NEWER = "bmp jpeg png webp"

PAGES = {
    "wan2.6-t2i": Page(
        prompt=(2100, None),
        size=WIDE,
        n=(4, 4),
        prices={BJ: (0.20, 0.028671), SG: (0.220177, 0.03), US: (0.20, None), EU: (0.20, None)},
        limits={BJ: (1, 5), SG: (5, 5), US: (5, 5), EU: (1, 5)},
        seconds=(11, 60),
        free=50,
    ),
    "wan2.5-t2i-preview": Page(
        prompt=(2000, None),
        size=WIDE,
        n=(4, 4),
        prices={BJ: (0.20, None), SG: (0.220177, 0.03)},
        limits={BJ: (5, 5), SG: (5, 5)},
        seconds=(11, 60),
        free=50,
    ),
    **{
        name: Page(
            prompt=(800, 500),
            prices=prices,
            limits=dict.fromkeys(prices, (2, 2)),
            free=free,
            **OLDER,  # type: ignore[arg-type]
        )
        for name, prices, free in (
            ("wan2.2-t2i-plus", {BJ: (0.20, None), SG: (0.366962, 0.05)}, 100),
            ("wan2.2-t2i-flash", {BJ: (0.14, None), SG: (0.183481, 0.025)}, 100),
            ("wanx2.1-t2i-plus", {BJ: (0.20, None)}, 500),
            ("wanx2.1-t2i-turbo", {BJ: (0.14, None)}, 500),
            ("wan2.1-t2i-plus", {SG: (0.366962, 0.05)}, 0),
            ("wan2.1-t2i-turbo", {SG: (0.183481, 0.025)}, 0),
        )
    },
    "wanx2.0-t2i-turbo": Page(
        prompt=(800, None),
        prices={BJ: (0.04, None)},
        limits={BJ: (2, 2)},
        **OLDER,  # type: ignore[arg-type]
    ),
    "wanx2.1-imageedit": Page(
        prompt=(800, None),
        size=None,
        n=(4, 1),
        prices={BJ: (0.14, 0.020070)},
        limits={BJ: (2, 2)},
        seconds=(5, 15),
        free=500,
        negative=None,
        extend=None,
        pictures=("bmp jpeg png tiff webp", 512, 4096, 10, 1, 1),
    ),
    "wan2.5-i2i-preview": Page(
        prompt=(2000, None),
        size=(None, 768 * 768, 1280 * 1280, 0, 4.0),
        n=(4, 4),
        prices={BJ: (0.20, None), SG: (0.220177, 0.03)},
        limits={BJ: (5, 5), SG: (5, 5)},
        seconds=(30, 120),
        free=50,
        pictures=(NEWER, 384, 5000, 10, 1, 3),
    ),
    "wan2.6-image": Page(
        prompt=(2000, None),
        size=("1K", 768 * 768, 2048 * 2048, 0, 4.0),
        n=(4, 4),
        prices={BJ: (0.20, 0.028671), SG: (0.220177, 0.03), US: (0.20, None), EU: (0.20, None)},
        limits=dict.fromkeys((BJ, SG, US, EU), (5, 5)),
        seconds=(11, 60),
        free=50,
        pictures=(NEWER, 240, 8000, 10, 1, 4),
        async_only=(EU,),
    ),
    **{
        name: Page(
            prompt=(5000, None),
            size=("2K", 768 * 768, 2048 * 2048, 0, 8.0),
            n=(4, 1),
            prices=prices,
            limits={BJ: (5, 5), SG: (5, 5)},
            seconds=(21, 60),
            free=50,
            negative=None,
            extend=None,
            pictures=(NEWER, 240, 8000, 20, 0, 9),
        )
        for name, prices in (
            ("wan2.7-image", {BJ: (0.20, None), SG: (0.224826, 0.03)}),
            ("wan2.7-image-pro", {BJ: (0.50, 0.068761), SG: (0.562065, 0.075)}),
        )
    },
}

LETTERED = "bmp gif jpeg png tiff webp"
QWEN: dict[str, object] = {
    "size": (None, 512 * 512, 2048 * 2048, 0, 8.0),
    "n": (6, 1),
    "prompt": (18000, 4500),
    "window": 60,
}
PAGES |= {
    "qwen-image-3.0-pro": Page(
        **QWEN,  # type: ignore[arg-type]
        prices={BJ: (0.25, None), SG: (0.299768, None), **dict.fromkeys((US, EU, TYO, HK), (None, None))},
        more={BJ: (0.50, 2_250_000, 0.02, None), SG: (0.562065, 2_250_000, 0.022483, None)},
        limits=dict.fromkeys(ALL, (5, 10)),
        seconds=(20, 60),
        pictures=(LETTERED, 1, 16384, 10, 0, 10),
    ),
    "qwen-image-3.0": Page(
        **QWEN,  # type: ignore[arg-type]
        prices={BJ: (0.18, None), SG: (0.224826, None), **dict.fromkeys((US, EU, TYO, HK), (None, None))},
        more={BJ: (None, 0, 0.02, None), SG: (None, 0, 0.022483, None)},
        limits=dict.fromkeys(ALL, (20, 10)),
        seconds=(20, 60),
        pictures=(LETTERED, 1, 16384, 10, 0, 10),
    ),
    **{
        name: Page(
            **QWEN,  # type: ignore[arg-type]
            prices={each: (singapore if each == SG else cny, None) for each in ALL},
            limits=dict.fromkeys(ALL, (minute, 10)),
            seconds=(10, 60),
            pictures=(LETTERED, 1, 16384, 10, 0, 10),
        )
        for name, cny, singapore, minute in (
            ("qwen-image-2.1-pro", 0.25, 0.283404, 20),
            ("qwen-image-2.1-turbo", 0.10, 0.113362, 120),
        )
    },
    **{
        name: Page(
            prompt=(5200, 1300),
            size=("2048*2048", 512 * 512, 2048 * 2048, 0, 8.0),
            n=(6, 1),
            prices={BJ: (cny, None), SG: (singapore, None)},
            limits={BJ: (2, 2), SG: (2, 2)},
            window=window,
            seconds=(10, 60),
            pictures=(LETTERED, 1, 16384, 10, 0, 3),
        )
        for name, cny, singapore, window in (
            ("qwen-image-2.0-pro", 0.50, 0.550443, 60),
            ("qwen-image-2.0", 0.20, 0.256873, 1),
        )
    },
    "z-image-turbo": Page(
        prompt=(800, None),
        size=("1024*1536", 512 * 512, 2048 * 2048, 0, 8.0),
        n=(1, 1),
        prices={BJ: (0.10, None), SG: (0.110089, None)},
        more={BJ: (None, 0, 0.0, 0.20), SG: (None, 0, 0.0, 0.220177)},
        limits={BJ: (2, 2), SG: (2, 2)},
        seconds=(5, 30),
        negative=None,
        extend=False,
        watermark=None,
    ),
    "qwen-mt-image-2.0": Page(
        prompt=None,
        size=None,
        n=None,
        prices={BJ: (0.004, None), SG: (0.004375, None)},
        limits={BJ: (60, 2), SG: (60, 2)},
        window=60,
        seconds=(2, 15),
        negative=None,
        extend=None,
        watermark=None,
        pictures=("bmp jpeg png tiff webp", 15, 8192, 20, 1, 1),
    ),
    "wanx-style-repaint-v1": Page(
        prompt=None,
        size=None,
        n=None,
        prices={BJ: (0.12, None)},
        limits={BJ: (2, 2)},
        seconds=(5, 15),
        free=500,
        negative=None,
        extend=None,
        watermark=None,
        pictures=(NEWER, 256, 5760, 10, 1, 1),
    ),
    "wanx-background-generation-v2": Page(
        prompt=(1000, 120),
        size=None,
        n=(4, 1),
        prices={BJ: (0.08, None)},
        limits={BJ: (2, 1)},
        seconds=(15, 40),
        free=500,
        negative=None,
        extend=None,
        watermark=None,
        pictures=("png", 1, 2048, 10, 1, 1),
    ),
}


def test_every_row_was_read_twice() -> None:
    assert {row.name for row in specs.models()} == PAGES.keys()


@each("name", list(PAGES))
def test_money_and_limits_are_those_of_the_page(name: str) -> None:
    row, page = specs.get(name), PAGES[name]
    assert {price.region: (price.cny, price.usd) for price in row.prices} == page.prices
    assert {each.region: (each.submits, each.tasks_at_once) for each in row.limits} == page.limits
    assert {each.window for each in row.limits} == {page.window}
    assert all(each.submits_per_second * each.window == pytest.approx(each.submits) for each in row.limits)
    told = {each.region: (each.large_cny, each.large_above, each.input_cny, each.rewritten_cny) for each in row.prices}
    assert {region: told[region] for region in page.more} == page.more
    assert all(figures == (None, 0, 0.0, None) for region, figures in told.items() if region not in page.more)
    assert (row.latency.low, row.latency.high) == page.seconds
    assert (row.free_pictures, row.asynchronous_only_in) == (page.free, page.async_only)


def rows(name: str) -> dict[str, Parameter]:
    return {row.name: row for row in specs.get(name).takes(None)}


@each("name", list(PAGES))
def test_texts_and_counts_are_those_of_the_page(name: str) -> None:
    model, page, found = specs.get(name), PAGES[name], rows(name)
    prompts = [model.prompt] if model.prompt else [row.prompt for row in model.functions]
    assert {(row.max_length, row.warn_length) for row in prompts if row} == ({page.prompt} - {None})
    assert ((found["n"].maximum, found["n"].default) if "n" in found else None) == page.n
    assert (found["negative_prompt"].max_length if "negative_prompt" in found else None) == page.negative
    assert (found["prompt_extend"].default if "prompt_extend" in found else None) == page.extend
    assert (found["watermark"].default if "watermark" in found else None) == page.watermark
    assert "seed" not in found or found["seed"].maximum == 2147483647


@each("name", list(PAGES))
def test_sizes_are_those_of_the_page(name: str) -> None:
    page, row = PAGES[name], rows(name).get("size")
    if page.size is None:
        assert row is None
        return
    assert row is not None
    rule = row.size
    assert rule is not None
    assert (row.default, rule.min_pixels, rule.max_pixels, rule.warn_below_pixels, rule.max_ratio) == page.size
    assert rule.min_ratio == pytest.approx(1 / rule.max_ratio)
    assert (rule.min_side, rule.max_side) == (page.sides or (1, 0))


@each("name", list(PAGES))
def test_input_pictures_are_those_of_the_page(name: str) -> None:
    rule, page = specs.get(name).images, PAGES[name]
    if page.pictures is None:
        assert rule is None
        return
    assert rule is not None
    found = (" ".join(sorted(rule.formats)), rule.min_side, rule.max_side, rule.max_bytes // K)
    assert (*found, rule.min_count, rule.max_count) == page.pictures
    assert rule.max_bytes % K == 0
    by_url_alone = ("qwen-mt-image-2.0", "wanx-background-generation-v2")
    assert rule.max_data_url_bytes == (0 if name in by_url_alone else 10_485_760)
    assert rule.transparent == (name == "wanx-background-generation-v2")
    assert rule.alpha == (name not in ("wan2.5-i2i-preview", "wan2.6-image"))
    ratios = {"wan2.7-image": 8.0, "wan2.7-image-pro": 8.0, "qwen-mt-image-2.0": 10.0, "wanx-style-repaint-v1": 2.0}
    assert rule.max_ratio == ratios.get(name, 0.0)


def test_what_depends_on_other_values_is_as_the_page_says() -> None:
    pro, story = specs.get("wan2.7-image-pro"), specs.get("wan2.6-image")
    alone = {row.name: row for row in pro.takes(None, {}, 0)}["size"].size
    assert alone is not None
    assert (alone.min_pixels, alone.max_pixels, dict(alone.words)["4K"]) == (768 * 768, 4096 * 4096, 4096 * 4096)
    sets = {row.name: row for row in pro.takes(None, {"enable_sequential": True}, 0)}["n"]
    assert (sets.minimum, sets.maximum, sets.default) == (1, 12, 12)
    told = {row.name: row for row in story.takes(None, {"enable_interleave": True}, 0)}
    assert told["size"].size is not None
    assert (told["size"].size.min_pixels, told["size"].size.max_pixels) == (768 * 768, 1280 * 1280)
    assert (told["n"].minimum, told["n"].maximum) == (1, 1)
    assert (told["max_images"].minimum, told["max_images"].maximum, told["max_images"].default) == (1, 5, 5)
    palette = rows("wan2.7-image")["color_palette"]
    assert (palette.minimum, palette.maximum) == (3, 10)
    assert rows("wan2.7-image")["thinking_mode"].default is True
