"""The hours of the day: which colours a scene is painted in, by words of the prompt or by chance.

`scene` picks one Light and hands it to the painters in `land`, `town` and `figures`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from .canvas import Colour, named_colours, says


@dataclass(frozen=True, kw_only=True)
class Light:
    """Colours of one hour: sky from top to bottom, sun or moon, hills from far to near, and what stands out."""

    name: str
    sky: tuple[Colour, Colour, Colour]
    sun: Colour
    far: Colour
    near: Colour
    haze: Colour
    accents: tuple[Colour, ...]
    dark: bool = False
    snow: bool = False


DAY = Light(
    name="day",
    sky=((78, 152, 208), (150, 205, 228), (238, 246, 236)),
    sun=(255, 250, 224),
    far=(150, 190, 196),
    near=(46, 98, 74),
    haze=(226, 240, 232),
    accents=((226, 92, 74), (244, 184, 66), (250, 244, 230), (232, 132, 164)),
)
MORNING = Light(
    name="morning",
    sky=((98, 134, 184), (232, 190, 186), (255, 230, 196)),
    sun=(255, 240, 208),
    far=(190, 168, 184),
    near=(58, 84, 96),
    haze=(255, 232, 214),
    accents=((222, 106, 96), (246, 196, 120), (252, 240, 226), (170, 130, 178)),
)
SUNSET = Light(
    name="sunset",
    sky=((62, 50, 110), (214, 96, 118), (255, 194, 120)),
    sun=(255, 228, 170),
    far=(176, 98, 122),
    near=(44, 30, 62),
    haze=(255, 184, 130),
    accents=((255, 150, 92), (255, 210, 126), (240, 98, 110), (250, 226, 206)),
)
TEAL = Light(
    name="teal",
    sky=((24, 62, 92), (72, 140, 152), (246, 218, 172)),
    sun=(255, 236, 192),
    far=(98, 152, 158),
    near=(16, 46, 62),
    haze=(232, 214, 178),
    accents=((238, 120, 86), (248, 202, 110), (244, 238, 222), (128, 196, 184)),
)
NIGHT = Light(
    name="night",
    sky=((12, 18, 50), (36, 52, 108), (92, 104, 158)),
    sun=(253, 246, 214),
    far=(58, 72, 128),
    near=(12, 18, 44),
    haze=(96, 112, 170),
    accents=((255, 204, 110), (240, 132, 120), (172, 196, 246), (250, 240, 214)),
    dark=True,
)
AUTUMN = Light(
    name="autumn",
    sky=((156, 178, 178), (238, 212, 166), (255, 234, 196)),
    sun=(255, 238, 196),
    far=(206, 164, 118),
    near=(110, 52, 30),
    haze=(252, 226, 184),
    accents=((198, 70, 40), (232, 154, 48), (246, 206, 110), (132, 46, 40)),
)
WINTER = Light(
    name="winter",
    sky=((120, 150, 190), (190, 210, 228), (240, 240, 246)),
    sun=(255, 250, 236),
    far=(196, 210, 228),
    near=(226, 234, 244),
    haze=(240, 244, 250),
    accents=((196, 66, 72), (58, 104, 112), (240, 200, 120), (90, 110, 150)),
    snow=True,
)

_WORDS: tuple[tuple[Light, tuple[str, ...]], ...] = (
    (NIGHT, ("night", "moon", "star", "midnight", "夜", "月", "星空")),
    (WINTER, ("winter", "snow", "snowy", "ice", "冬", "雪", "冰")),
    (SUNSET, ("sunset", "dusk", "evening", "黄昏", "日落", "晚霞", "夕阳")),
    (MORNING, ("dawn", "sunrise", "morning", "mist", "fog", "清晨", "日出", "雾")),
    (AUTUMN, ("autumn", "fall", "maple", "秋", "枫")),
    (DAY, ("day", "noon", "sunny", "spring", "summer", "春", "夏", "晴")),
)


def light(prompt: str, rng: random.Random) -> Light:
    """Return the light that the prompt asks for, else one by chance; named colours come first in its accents."""
    chosen = next((hour for hour, words in _WORDS if says(prompt, *words)), None)
    if chosen is None:
        chosen = rng.choice((DAY, MORNING, SUNSET, TEAL, DAY, MORNING))
    accents = list(chosen.accents)
    rng.shuffle(accents)
    return Light(**{**vars(chosen), "accents": (*named_colours(prompt), *accents)})
