"""What A1111 and ComfyUI leave in pictures is understood; what only pretends to be theirs harms nobody."""

from __future__ import annotations

import json
import random
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from bailian_nb.gallery.chunks import embed, extract, make_chunk
from bailian_nb.gallery.other_texts import LARGEST, read_texts
from bailian_nb.gallery.other_tools import Foreign, read_a1111, understand
from bailian_nb.gallery.record import Record

from ..world.each import each
from ..world.foreign_pictures import A1111, COMFY, DRAWN, comfy, picture_bytes, png, unicode_comment, with_comment


def found(source: object) -> Foreign:
    understood = understand(read_texts(source))
    assert understood is not None
    return understood


@pytest.mark.parametrize("way", ["tEXt", "zTXt", "iTXt", "packed", "be.jpg", "le.webp", "ascii.jpg", "bytes", "opened"])
def test_a1111_is_read_wherever_it_stands(tmp_path: Path, way: str) -> None:
    path = tmp_path / (way if "." in way else f"{way}.png")
    if way in ("be.jpg", "le.webp"):
        with_comment(path, unicode_comment(A1111, way[:2]))
    elif way == "ascii.jpg":
        with_comment(path, b"ASCII\0\0\0" + A1111.encode())
    else:
        png(path, itxt=way in ("iTXt", "packed"), zipped=way in ("zTXt", "packed"), parameters=A1111)
    with Image.open(path) as opened:
        read = found({"bytes": path.read_bytes(), "opened": opened}.get(way, path))
    assert (read.tool, read.prompt) == ("A1111", "a lighthouse, (sea:1.2) <lora:ink:0.8>\nat night")
    assert (read.negative, read.seed, read.size) == ("people, boats", 965400086, (512, 768))
    assert read.strength is None
    assert read.settings["Sampler"] == "DPM++ 2M Karras"
    assert read.settings["Model"] == '"dream, v8"'


def test_chinese_is_read_in_every_encoding(tmp_path: Path) -> None:
    text = "灯塔,夜晚\nSteps: 20, Seed: 7, Size: 512x512"
    for path in (
        png(tmp_path / "i.png", itxt=True, parameters=text),
        with_comment(tmp_path / "be.jpg", unicode_comment(text)),
        with_comment(tmp_path / "le.webp", unicode_comment(text, "le")),
    ):
        assert found(path).prompt == "灯塔,夜晚"


def test_comfyui_is_read_from_the_graph_that_ran(tmp_path: Path) -> None:
    for path in (
        png(tmp_path / "a.png", prompt=comfy(), workflow="{}"),
        with_comment(tmp_path / "a.webp", b"", make=f"Workflow:{json.dumps(DRAWN)}", model=f"Prompt:{comfy()}"),
    ):
        read = found(path)
        assert (read.tool, read.prompt, read.negative) == ("ComfyUI", "a bottle in a galaxy", "text, watermark")
        assert (read.seed, read.size, read.strength) == (156680208700286, (1280, 720), None)
        assert read.settings["model"] == "sd15.safetensors"


def test_comfyui_is_read_from_the_graph_that_was_drawn() -> None:
    read = found(picture_bytes(workflow=json.dumps(DRAWN)))
    assert (read.prompt, read.negative, read.seed, read.size) == ("a red fox", "blurry", 7, (1024, 1024))


def test_a_picture_that_began_with_another_says_so() -> None:
    text = "a hill\nSteps: 20, Seed: 7, Denoising strength: 0.4"
    assert found(picture_bytes(parameters=text)).strength == 0.4
    upscaled = f"{text}, Hires upscale: 2"
    assert found(picture_bytes(parameters=upscaled)).strength is None
    graph = json.loads(comfy())
    graph["3"]["inputs"] |= {"denoise": 0.6, "latent_image": ["12", 0]}
    graph["12"] = {"class_type": "VAEEncode", "inputs": {"pixels": ["13", 0], "width": 8, "height": 8}}
    read = found(picture_bytes(prompt=json.dumps(graph)))
    assert (read.strength, read.size) == (0.6, None)


@each("text", ["", "a hill", "Steps: 20", "{}", "[]", "null", '{"3": 4}', "\0" * 100])
def test_what_is_neither_tools_is_nothing(text: str) -> None:
    texts = {name: text for name in ("parameters", "prompt", "workflow") if text}
    assert understand(texts) is None


LOOP = {**COMFY, "10": {"class_type": "X", "inputs": {"conditioning": ["3", 0], "a": ["10", 0]}}}
HOSTILE = {
    "deep": "[" * 100_000,
    "deep object": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "loop": json.dumps(LOOP),
    "numbers": '{"3": {"class_type": "KSampler", "inputs": {"positive": ["6", 0], "seed": 1e999}}, "6": NaN}',
    "digits": '{"3": {"inputs": {"positive": ["6", 0], "seed": ' + "9" * 5000 + "}}}",
    "kinds": json.dumps(
        {"3": {"class_type": [], "inputs": {"positive": [{}, 0], "seed": 1, "latent_image": [[], {}]}}}
    ),
    "many": json.dumps(
        {str(n): {"class_type": "X", "inputs": {"positive": [str(n), 0], "seed": 1}} for n in range(6000)}
    ),
    "wide": json.dumps(
        {
            "3": {
                "class_type": "K",
                "inputs": {"positive": ["3", 0], "seed": 1, **{f"i{n}": ["3", 0] for n in range(60_000)}},
            }
        }
    ),
    "links": json.dumps(
        {"nodes": [{"id": [], "type": {}, "inputs": [{"name": [], "link": 1}]}], "links": [[1, {}, 2]]}
    ),
    "commas": "," * 1_000_000,
    "quotes": '"\\' * 500_000,
    "colons": "a hill\n" + "a: b, " * 200_000,
}


@each("name", HOSTILE)
def test_no_text_raises_or_takes_long(name: str) -> None:
    started = time.process_time()
    for key in ("parameters", "prompt", "workflow"):
        understood = understand({key: HOSTILE[name]})
        assert understood is None or len(understood.settings) <= 200
    assert time.process_time() - started < 3


def test_a_text_that_unpacks_to_far_more_is_left_alone(tmp_path: Path) -> None:
    bomb = zlib.compress(b"a" * (LARGEST + 10))
    head = b"\x89PNG\r\n\x1a\n"
    path = tmp_path / "bomb.png"
    path.write_bytes(head + make_chunk(b"zTXt", b"parameters\0\0" + bomb) + make_chunk(b"IEND", b""))
    assert read_texts(path) == {}
    path.write_bytes(head + make_chunk(b"tEXt", b"parameters\0" + b"a" * (LARGEST + 200)) + make_chunk(b"IEND", b""))
    assert read_texts(path) == {}


def test_damaged_files_raise_nothing(tmp_path: Path) -> None:
    whole = [
        png(tmp_path / "a.png", itxt=True, zipped=True, parameters=A1111).read_bytes(),
        with_comment(tmp_path / "a.jpg", unicode_comment(A1111)).read_bytes(),
        with_comment(tmp_path / "a.webp", unicode_comment(A1111)).read_bytes(),
    ]
    chance = random.Random(7)
    for data in whole:
        for _ in range(300):
            broken = bytearray(data[: chance.randrange(len(data)) or 1])
            for _ in range(chance.randrange(1, 8)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            understand(read_texts(bytes(broken)))
    assert read_texts(tmp_path) == {}
    assert read_texts(tmp_path / "none.png") == {}
    assert read_texts(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 2**31, b"tEXt")) == {}
    assert read_texts(object()) == {}


def test_our_own_text_is_read_back_and_leaves_the_served_bytes(tmp_path: Path) -> None:
    served = picture_bytes()
    record = Record(
        model="wan2.6-t2i",
        prompt="灯塔, a: b",
        values={"negative_prompt": "people", "strength": 0.5},
        seed=7,
        size="64x64",
        version="0.2, x",
    )
    data = embed(served, record, a1111=True)
    read = found(data)
    assert (read.prompt, read.negative, read.seed, read.size) == ("灯塔, a: b", "people", 7, (64, 64))
    assert read.strength == 0.5
    assert read.settings == {"Model": "wan2.6-t2i", "Version": '"bailian_nb 0.2, x"'}
    taken = extract(data)
    assert taken is not None
    assert taken[1] == served
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with Image.open(path) as opened:
        assert opened.info["parameters"] == read_texts(path)["parameters"]
    assert read_a1111(read_texts(path)["parameters"]) == read
