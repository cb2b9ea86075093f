"""The sanitize file hides what differs from run to run, and nothing that a reader of a tutorial relies on."""

from __future__ import annotations

import re
from pathlib import Path

from nbval.plugin import get_sanitize_patterns

from ..world.each import each

PATTERNS = get_sanitize_patterns(Path(__file__).with_name("sanitize.cfg").read_text(encoding="ascii"))


def sanitized(text: str) -> str:
    for pattern, replacement in PATTERNS:
        text = re.sub(pattern, replacement, text)
    return text


CAPTION = "<b>wan2.6-t2i</b> · 1280x1280 · seed 7 · {seconds} s · CNY 0.20 · <code>{clock}_t2i_{job}_s7_0.png</code>"


def test_two_runs_of_one_cell_are_equal():
    first = CAPTION.format(seconds="1.3", clock="143205", job="ab12cd")
    second = CAPTION.format(seconds="12", clock="001559", job="x0zq31")
    assert sanitized(first) == sanitized(second)


@each(
    ("one", "other"),
    [
        ("task 3f0a6d3e-0c49-4a39-9d33-1f9b8e2f7a10", "task 00000000-1111-2222-3333-444444444444"),
        ("until 14:32:05", "until 09:00:59"),
        ("2026-11-21T14:32:05+00:00", "2026-12-01 09:00:59.123Z"),
        ("wan_out/2026-11-21/143205_style_ab12cd_s7_0.png", "wan_out/2027-01-02/000000_style_x0zq31_s7_0.png"),
        ("/home/ann/lab/wan_out/a.png", "/tmp/pytest-1/wan_out/a.png"),
        (
            "/home/ann/wan_out/2026-11-21/143205_t2i_ab12cd_s7_0_vs_143206_t2i_ab12ce_s7_0.html",
            "/dev/shm/run/wan_out/2027-01-02/000000_t2i_x0zq31_s7_0_vs_000001_t2i_x0zq32_s7_0.html",
        ),
        (r"C:\Users\ann\wan_out\a.png", "/Users/bob/a.png"),
        ("job ab12cd", "job x0zq31"),
        ("作业 ab12cd", "作业 x0zq31"),
        ("%wan cancel ab12cd", "%wan cancel x0zq31"),
        ("1.5 s", "320 ms"),
        ("1.5 秒", "12 秒"),
        ("<object at 0x7f1234567890>", "<object at 0x10aabbccd>"),
    ],
)
def test_what_varies_is_hidden(one, other):
    assert sanitized(one) == sanitized(other)


@each(
    "fact",
    [
        "<Picture wan2.6-t2i 1280x1280 seed=7 EMULATOR>",
        "CNY 0.20, list price of 2026-11-21, before free quota and savings plan",
        "strength must lie in 0.0-1.0, got 1.4 (function style)",
        "POST /api/v1/services/aigc/image-generation/generation",
        "https://dashscope.aliyuncs.com/api/v1/tasks",
        "size 16:9 is 1696*960",
        "2 saved",
        "seed 123456",
        "code InternalError.Timeout",
        "</div><div>3 pictures</div>",
    ],
)
def test_facts_are_compared(fact):
    assert sanitized(fact) == fact
