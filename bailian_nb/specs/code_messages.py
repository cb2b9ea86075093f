"""A row of the error codes, and the rows for codes whose message tells more than they do. `codes` has all others.

Sources: the error-code page of Model Studio (stored 2025-12-26) and the troubleshooting guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import AccessDenied, BailianError, InputDownloadFailed, RequestRejected
from .types import Text

Again = Literal["never", "submit", "slow", "rerun"]


@dataclass(frozen=True, kw_only=True)
class Code:
    """One row: exact codes (a trailing ``.*`` covers a family), the error class, the meaning and the advice."""

    codes: tuple[str, ...]
    error: type[BailianError]
    again: Again
    meaning: Text
    todo: Text
    message_part: str = ""
    """Only messages that contain this (case is ignored) are meant; such rows stand first."""


MESSAGES: tuple[Code, ...] = (
    Code(
        codes=("InvalidParameter",),
        message_part="required body invalid",
        error=RequestRejected,
        again="never",
        meaning=Text("the request body could not be read as JSON", "请求体无法解析为 JSON"),
        todo=Text(
            "This package sends UTF-8 JSON, so something in between changed it: look at the proxy; for a call of your "
            "own use curl in a UTF-8 terminal, or Postman on Windows.",
            "本工具发送的是 UTF-8 JSON,应是途中被改动:请检查代理;自行调用时请在 UTF-8 终端使用 curl,"
            "Windows 上可用 Postman。",
        ),
    ),
    Code(
        codes=("InvalidParameter",),
        message_part="url error",
        error=RequestRejected,
        again="never",
        meaning=Text("model and endpoint do not match", "模型与接口地址不匹配"),
        todo=Text(
            "Check the model name and that the base URL ends in /api/v1.",
            "请检查模型名,以及 base URL 是否以 /api/v1 结尾。",
        ),
    ),
    Code(
        codes=("InvalidParameter",),
        message_part="download image failed",
        error=InputDownloadFailed,
        again="never",
        meaning=Text("the service could not fetch your picture from its URL", "服务无法从该 URL 下载图片"),
        todo=Text(
            "The URL must be public, without login and plain ASCII; or give a local file.",
            "URL 须公网可访问、无需登录、不含中文;或改用本地文件。",
        ),
    ),
    Code(
        codes=("InvalidParameter",),
        message_part="image format error",
        error=RequestRejected,
        again="never",
        meaning=Text("the input picture has a wrong size or format", "输入图片的尺寸或格式不符合要求"),
        todo=Text("Pass fit=True to have it shrunk or converted.", "可用 fit=True 自动缩小或转换。"),
    ),
    Code(
        codes=("InvalidParameter",),
        message_part="model not exist",
        error=RequestRejected,
        again="never",
        meaning=Text("no such model or workspace in this region", "该地域没有此模型或业务空间"),
        todo=Text("See %wan models.", "见 %wan models。"),
    ),
    Code(
        codes=("AccessDenied",),
        message_part="support synchronous",
        error=AccessDenied,
        again="never",
        meaning=Text("this model only takes asynchronous calls", "该模型仅支持异步调用"),
        todo=Text("Leave out sync=True.", "请去掉 sync=True。"),
    ),
    Code(
        codes=("AccessDenied",),
        message_part="support asynchronous",
        error=AccessDenied,
        again="never",
        meaning=Text("this model only takes synchronous calls", "该模型仅支持同步调用"),
        todo=Text("Use sync=True with this model.", "请对该模型使用 sync=True。"),
    ),
)
