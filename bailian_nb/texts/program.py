"""What the command line says; the catalogue holds it with the rest."""

from __future__ import annotations

from ..specs import Text
from .team import TEAM

PROGRAM: dict[str, Text] = {
    **TEAM,
    "cli_program": Text("Wan image models from the command line.", "在命令行中使用万相（Wan）图像模型。"),
    "cli_interrupted": Text(
        "Interrupted: {how}. Take it up with: bailian-nb resume", "已中断：{how}。用 bailian-nb resume 继续"
    ),
    "cli_emulator": Text(
        "EMULATOR on {url}; point a client there with DASHSCOPE_HTTP_BASE_URL={url}",
        "EMULATOR 地址：{url}；客户端设置 DASHSCOPE_HTTP_BASE_URL={url} 即可使用",
    ),
    "cli_any_key": Text(
        "any key that looks like one is taken (DASHSCOPE_API_KEY=sk-emulator); Ctrl-C ends it",
        "任何形式正确的 Key 均可（DASHSCOPE_API_KEY=sk-emulator）；按 Ctrl-C 结束",
    ),
    "cli_note": Text("note: {note}", "提示：{note}"),
    "cli_picture": Text("picture {number}: {failure}", "第 {number} 张：{failure}"),
}
