"""With Chinese as the language, the command line shows no English but names: a walk over its pages and its errors."""

from __future__ import annotations

import contextlib
import functools
import re
from pathlib import Path

import pytest
from PIL import Image

from bailian_nb import cli, specs
from bailian_nb.cli import table

from ..world.plain_pictures import packed, plain_png, write

COMMANDS = tuple(each.name for each in table.COMMANDS)
PAGES = [["--help"], *([name, "--help"] for name in COMMANDS), ["doctor"], ["cost"], ["resume"]]
PAGES += [["history"], ["jobs"], ["functions"], ["help", "n"]]
PAGES += [
    ["sweep", "猫", "--axis", "seed=1,2", "--dry-run"],
    ["keys", "serve", "--help"],
    ["keys", "fetch", "--help"],
    ["t2i", "猫", "--seed", "1", "--dry-run"],
    ["edit", "outpaint", "photo.png", "猫", "--to", "16:9", "--dry-run"],
    ["edit", "inpaint", "photo.png", "猫", "--mask", "white.png", "--dry-run"],
]
T2I = """
 | x y | x -n 9 | x -n a | x -n 1.5 | x --size huge | x --size 10*10 | x --seed -1 | x --seed a | x --model nope
 | x --model wanx2.1-imageedit | x --nope | x --sede 1 | x --seed | x --watermark=maybe | x --max-cost a
 | x --max-cost 0.01 | x --retries 99 | x --retries 1.5 | x n=2 | “x y” | x --out-dir /proc/x | -- x --dry-run
 | x --sync --model wanx2.1-t2i-turbo | x --model wan2.7-image --color-palette red
 | x --model wan2.7-image --bbox-list 1 | x --negative-prompt x --model wan2.7-image
"""
EDIT = """
 | style | nope photo.png x | 扩图图 photo.png x | style no.png x | style photo.png | style photo.png x --strength 7
 | style photo.png x --strength 50% | inpaint photo.png x | inpaint photo.png x --mask black.png
 | inpaint photo.png x --mask no.png | style photo.png x --mask white.png | outpaint photo.png x
 | outpaint photo.png x --to wide | outpaint photo.png x --to 9:1 | style photo.png x --to 9:1
 | outpaint photo.png x --to 1:1 | style tiny.png x | style text.png x | style . x | style photo.png x --invert
 | style photo.png x --keep white.png | background photo.png x | background photo.png x --keep black.png
 | background photo.png x --keep white.png | style http:// x | style ftp://a/b.png x | style *.png x
 | -m wan2.7-image photo.png photo.png | inpaint photo.png x --mask colors.png | inpaint photo.png x --mask labels.png
 | inpaint photo.png x --mask tiny.png | upscale photo.png x --upscale-factor 9 | style photo.png x --upscale-factor 2
"""
OTHERS = """nope | jobs --limit 0 | jobs --json --csv | cancel nope | inspect nope | rerun nope | sweep x | sweep x y
 | sweep x --axis seed | help nope | models nope | t2i x --seed 1 --seed 2
 | history --limit 0 | history --limit a | emulator --port 99999 | emulator --port a
 | emulator --over-limit x | resume x | resume --forget nope | resume --adopt nope | prices no.csv | doctor x | cost x
 | demo --nope | keys | keys serve | keys serve --port a | keys serve --tokens no/file --hub-api http://a.b/c
 | team | team nope | team cap x"""
ERRORS = [["t2i", *line.split()] for line in T2I.split("|")] + [["edit", *line.split()] for line in EDIT.split("|")]
ERRORS += [line.split() for line in OTHERS.split("|")]

CODE = re.compile(
    r"'[^'\n]*'|\"[^\"\n]*\"|https?://\S*|%%?\w+( [a-z]+\b)?|--?[\w-]+|\b[A-Z][A-Z_0-9]+\b|\w+://"
    r"|\b\w+([._/=:*#<\\-]+[\w.*/-]+)+|\b\w+\([^()]*\)|#\w+|\{.*\}"
)
"""What stands as it is typed: quoted words, options, variables, files, models, calls, colours."""
NAMES = {
    *("Redis", "status", "cap", "release", "none", "Big", "big"),  # as in big5
    *(
        "InvalidRequest",
        "BudgetExceeded",
        "FileNotFoundError",
        "Record",
        "Python",
        "Wan",
        "Key",
        "Logo",
        "AI",
        "Result",
    ),
    *(
        "bailian",
        "curl",
        "json",
        "png",
        "jpg",
        "html",
        "shell",
        "alpha",
        "Redis",
        "successor",
        "terminal",
        "status",
        "cap",
        "release",
        "linux",
        "serve",
        "fetch",
        "st",
        "Hub",
        "JupyterHub",
        "Pod",
        "MissingApiKey",
        "ok",
        "unclaimed",
        "words",
        "glob",
        "Mask",
        "true",
        "false",
    ),
    *(
        "painter",
        "styles",
        "photos",
        "picture",
        "image",
        "images",
        "color",
        "label",
        "none",
        "pending",
        "direct",
        "agent",
        "auto",
        "nope",
        "proc",
    ),
    *(
        "square",
        "portrait",
        "landscape",
        "darwin",
        "win",
        "URL",
        "t2i",
        "edit",
        "to",
        "keep",
        "mask",
        "model",
        "invert",
    ),
    *("prompt", "size", "seed", "strength", "retries", "watermark", "zh", "n", "x"),
    *COMMANDS,
    *("ipykernel", "ipywidgets", "anywidget", "httpx", "pillow", "jupyterlab", "notebook"),
    *(word for row in specs.parameters("edit") + specs.parameters("t2i") for word in (row.name,)),
    *(name for model in specs.models() for row in model.functions for name in (row.name, row.short)),
    *specs.recipes(),
}
HALF = re.compile(r"[\u4e00-\u9fff][,;!?]|[\u4e00-\u9fff]:(?!\d)|[,;!?]\s?[\u4e00-\u9fff]|（[^（）]*\)|\([^()]*）")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    write(photo=plain_png("RGB", (640, 640), "teal"), tiny=plain_png("RGB", (64, 64), "teal"))
    write(black=plain_png("L", (640, 640), 0), white=plain_png("L", (640, 640), 255), text=b"hello", **areas())


@functools.cache
def areas() -> dict[str, bytes]:
    colors, labels = Image.new("RGB", (640, 640)), Image.new("L", (640, 640))
    for number, (name, box) in enumerate({"red": (10, 10, 300, 300), "lime": (310, 310, 500, 500)}.items(), 1):
        colors.paste(name, box)
        labels.paste(number, box)
    return {"colors": packed(colors), "labels": packed(labels)}


def shown(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with contextlib.suppress(SystemExit):  # argparse ends so behind its help
        cli.main(words)
    caught = capsys.readouterr()
    return caught.out + caught.err


def foreign(text: str) -> list[str]:
    """Return the English words of a text that are no names."""
    return [word for word in re.findall(r"[A-Za-z]{2,}", CODE.sub(" ", text)) if word not in NAMES]


@pytest.mark.matrix
@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_a_page_is_chinese(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    page = shown(words, capsys)
    assert re.search("[\u4e00-\u9fff]", page)
    assert foreign(page) == []
    assert HALF.findall(page) == [], "signs between Chinese words are wide"


@pytest.mark.matrix
@pytest.mark.parametrize("words", ERRORS, ids=" ".join)
def test_an_error_is_chinese(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    line = shown(words, capsys)
    assert line.count("\n") == 1
    assert re.search("[\u4e00-\u9fff]", line)
    assert foreign(line) == []
    assert HALF.findall(line) == []
