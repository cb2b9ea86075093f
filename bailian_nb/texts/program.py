"""What the command line says; the catalogue holds it with the rest."""

from __future__ import annotations

from ..specs import Text
from .team import TEAM

PROGRAM: dict[str, Text] = {
    **TEAM,
    "cli_program": Text("Wan image models from the command line.", "在命令行中使用万相（Wan）图像模型。"),
    "cli_codes": Text(
        "It ends with 0 when all went well, 1 when something is wrong or missing, 130 after Ctrl-C; batch has codes of "
        "its own. A terminal shows pictures if it can (extra: terminal).",
        "退出码：0 表示全部成功，1 表示出错或有缺失，130 表示按了 Ctrl-C；batch 另有自己的退出码。"
        "终端若支持则显示图片（附加依赖 terminal）。",
    ),
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
    "cli_no_jobs": Text("no jobs yet", "尚无作业"),
    "cli_note": Text("note: {note}", "提示：{note}"),
    "cli_picture": Text("picture {number}: {failure}", "第 {number} 张：{failure}"),
    "keys_serve": Text(
        "serve temporary keys: the parent key stays here, users whom this server knows get st- keys of it",
        "运行密钥服务：主 Key 只留在此处，已知用户获得由它签发的 st- 临时 Key",
    ),
    "keys_fetch": Text(
        "ask a key server for a temporary key and print it as JSON; BAILIAN_NB_KEY_SERVER does it by itself",
        "向密钥服务请求临时 Key 并以 JSON 打印；设置 BAILIAN_NB_KEY_SERVER 后会自动进行",
    ),
    "keys_hub_api": Text(
        "the API of a JupyterHub whose users get keys (default: JUPYTERHUB_API_URL)",
        "JupyterHub 的 API 地址，其用户可获得 Key（默认取 JUPYTERHUB_API_URL）",
    ),
    "keys_only": Text("of the hub's users only these", "只限这些 Hub 用户"),
    "keys_tokens": Text(
        "a file of users without a hub: a line NAME TOKEN each, or NAME sha256:HEX",
        "没有 Hub 时的用户文件：每行“名称 令牌”或“名称 sha256:十六进制”",
    ),
    "keys_host": Text(
        "address to listen on; other than loopback only behind TLS (default: 127.0.0.1)",
        "监听地址；非回环地址须在前面加 TLS（默认 127.0.0.1）",
    ),
    "keys_port": Text("port; 0 takes a free one (default: 8790)", "端口；0 为任意空闲端口（默认 8790）"),
    "keys_seconds": Text("how long a key lives, at most 1800 (default)", "Key 的有效秒数，最多 1800（默认）"),
    "keys_per_minute": Text("how often a user may ask (default: 10)", "每名用户每分钟最多请求次数（默认 10）"),
    "keys_open": Text(
        "{host} is reached from other machines: keys and tokens go in plain text unless TLS stands in front",
        "{host} 可从其他机器访问：若前面没有 TLS，Key 与令牌会以明文传输",
    ),
    "keys_ready": Text(
        "key server on {url}; pods set BAILIAN_NB_KEY_SERVER to where they reach it; Ctrl-C ends it",
        "密钥服务地址：{url}；各 Pod 将 BAILIAN_NB_KEY_SERVER 设为可访问它的地址；按 Ctrl-C 结束",
    ),
}
