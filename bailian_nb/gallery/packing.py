"""How the index packs a Record: against the text of its call and what most Records are made of, in some 200 bytes."""

from __future__ import annotations

import json
import zlib

Unreadable = (ValueError, zlib.error)
"""What `unpack` raises, or whoever reads what it returns."""
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def pack(record: str, text: str) -> bytes:
    """Pack the JSON of a Record; `unpack` needs the text of its call."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_DEFAULT_STRATEGY, _usual(text))
    return packer.compress(record.encode()) + packer.flush()


def unpack(data: bytes, text: str) -> str:
    """Return what was packed.

    Raises
    ------
    ValueError, zlib.error
        When it is not what `pack` returned for this text.
    """
    return zlib.decompressobj(-zlib.MAX_WBITS, _usual(text)).decompress(data).decode()


def _usual(text: str) -> bytes:
    """Return what most of a Record is made of; what it is likely to begin with stands last."""
    return _quoted(text).encode() + _USUAL


_USUAL = (
    b'", "function": "inpaint", "n": 4, "negative_prompt": "", "prompt_extend": true, "size": "1280*1280", "watermark":'
    b' false, "strength": 0.5, "image_count": 1, "height": 1280, "width": 1280, "sha256": "", "mime": "image/png",'
    b' "name": "photo.png", "url": "https://", "source": "pasted", "region": "ap-southeast-1", "dashscope-intl.'
    b'aliyuncs.com", "stylization_all", "description_edit_with_mask", "wanx2.1-imageedit", "wan2.5-t2i-preview",'
    b' "wanx2.1-t2i-turbo", "qwen-image", "emulator": true, "function": null, "version": "0.2.0"'
    b'{"actual_prompt": "", "base_url_host": "dashscope.aliyuncs.com", "cost_cny": 0.2, "created": "2026-11-21T14:32:05'
    b'Z", "emulator": false, "finished": "2026-11-21T14:32:30Z", "function": null, "index": 0, "inputs": [], "job_id":'
    b' "", "leak": null, "mask": null, "model": "wan2.6-t2i", "n": 1, "notes": [], "pixels_protected": null,'
    b' "price_cny": 0.2, "prompt": "", "region": "cn-beijing", "request_id": "", "request_key": "", "schema": 1,'
    b' "seconds": 24.5, "seed": 1, "sha256": "", "size": "1280x1280", "source": "served", "submitted": "2026-11-21T14:'
    b'32:06Z", "task_id": "", "usage": {"image_count": 1}, "values": {"n": 1, "prompt": "", "seed": 1, "size": "1280*'
    b'1280"}, "version": "0.1.0"}'
)
"""Part of the format: a change of it is a new version of the schema."""
