"""Pictures as A1111 and ComfyUI write them, and some that only pretend to."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

A1111 = (
    "a lighthouse, (sea:1.2) <lora:ink:0.8>\nat night\nNegative prompt: people, boats\n"
    'Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 965400086, Size: 512x768, Model: "dream, v8", '
    "Version: v1.9.4"
)
COMFY: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 156680208700286,
            "steps": 20,
            "cfg": 8.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1,
            "model": ["4", 0],
            "positive": ["10", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd15.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 1280, "height": 720, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["11", 0], "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, watermark", "clip": ["4", 1]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0]}},
    "10": {"class_type": "ConditioningCombine", "inputs": {"conditioning_1": ["6", 0]}},
    "11": {"class_type": "PrimitiveString", "inputs": {"value": "a bottle in a galaxy"}},
}
DRAWN = {
    "nodes": [
        {
            "id": 3,
            "type": "KSampler",
            "widgets_values": [7, "randomize", 20, 8, "euler", "normal", 1],
            "inputs": [
                {"name": "positive", "link": 1},
                {"name": "negative", "link": 2},
                {"name": "latent_image", "link": 3},
            ],
        },
        {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["a red fox"]},
        {"id": 7, "type": "CLIPTextEncode", "widgets_values": ["blurry"]},
        {"id": 5, "type": "EmptyLatentImage", "widgets_values": [1024, 1024, 1]},
    ],
    "links": [[1, 6, 0, 3, 1, "CONDITIONING"], [2, 7, 0, 3, 2, "CONDITIONING"], [3, 5, 0, 3, 3, "LATENT"]],
}


def png(path: Path, *, itxt: bool = False, zipped: bool = False, **texts: str) -> Path:
    """Save a PNG with these texts, as tEXt, as iTXt or packed."""
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        if itxt:
            info.add_itxt(name, text, zip=zipped)
        else:
            info.add_text(name, text, zip=zipped)
    Image.new("RGB", (64, 64), "navy").save(path, pnginfo=info)
    return path


def with_comment(path: Path, comment: bytes, **tags: str) -> Path:
    """Save a JPEG or WebP with a UserComment, and texts in the tags `make` and `model`."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = comment
    for number, name in ((0x010F, "make"), (0x0110, "model")):
        if name in tags:
            exif[number] = tags[name]
    Image.new("RGB", (64, 64), "navy").save(path, exif=exif.tobytes())
    return path


def unicode_comment(text: str, order: str = "be") -> bytes:
    return b"UNICODE\0" + text.encode(f"utf-16-{order}")


def picture_bytes(**texts: str) -> bytes:
    file = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    Image.new("RGB", (64, 64)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def comfy() -> str:
    return json.dumps(COMFY)
