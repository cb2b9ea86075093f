"""Served files and Records that the tests of this folder start from."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from bailian_nb.gallery import Record


@pytest.fixture
def record() -> Record:
    return Record(
        model="wan2.6-t2i",
        prompt="一间有着精致窗户的花店",
        actual_prompt="a “flower” shop, <b>exquisite</b>",
        values={"prompt": "一间有着精致窗户的花店", "n": 2, "seed": 7, "size": "1280*1280"},
        seed=8,
        index=1,
        n=2,
        task_id="0385dc79-5ff8-4d82-bcb6-xxxxxx",
        request_id="4909100c-7b5a-9f92-bfe5-xxxxxx",
        created="2026-11-21T14:32:05Z",
        submitted="2026-11-21T14:32:06Z",
        finished="2026-11-21T14:32:30Z",
        seconds=24.5,
        usage={"image_count": 2},
        price_cny=0.2,
        cost_cny=0.2,
        region="cn-beijing",
        base_url_host="dashscope.aliyuncs.com",
        request_key="k1",
        job_id="ab12cd34",
        version="0.1.0",
    )


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.fixture
def served() -> Callable[..., bytes]:
    """Return a maker of PNG files as a service sends them, with labels of its own before and after the pixels."""

    def make(size: tuple[int, int] = (48, 32), colour: Any = None, mode: str = "RGB") -> bytes:
        image = Image.new(mode, size, colour) if colour else Image.effect_noise(size, 80).convert(mode)
        file = io.BytesIO()
        image.save(file, "PNG", compress_level=1)
        data = file.getvalue()
        head = data.index(b"IDAT") - 4
        label = chunk(b"tEXt", b'AIGC\0{"Label":"1","ContentProducer":"001"}') + chunk(
            b"pHYs", b"\0\0\x0b\x13" * 2 + b"\1"
        )
        return data[:head] + label + data[head:-12] + chunk(b"zzZz", b"late") + data[-12:] + b"trailer"

    return make


@pytest.fixture
def make_chunk() -> Callable[[bytes, bytes], bytes]:
    return chunk
