"""What DashScope's error codes mean, which error they become, whether sending again helps, and what to do.

Source: the error-code page of Model Studio (stored 2025-12-26), the image FAQ and the troubleshooting guide. The
`again` column is our judgement from those texts: "never"; "submit" = nothing was created, so the same create call may
go out again after a pause; "slow" = the same, after a long pause; "rerun" = the failed task is not billed and a new
try may pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import (
    AccessDenied,
    AuthenticationError,
    BailianError,
    BillingError,
    ContentRejected,
    InputDownloadFailed,
    RequestRejected,
    ServiceError,
    Throttled,
)
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
    any_code: bool = False
    """The sentence alone tells, for no page says which code comes with it."""


BUDGET = Text("the budget that was set in the console is used up", "控制台中设置的预算已用完")
BUDGET_TODO = Text(
    "Raise it in the console (Budget Management), or wait for the next month; the stop may lag a little.",
    "请在控制台“预算管理”中提高预算，或等待下个月；停用可能略有延迟。",
)

MESSAGES: tuple[Code, ...] = (
    Code(
        codes=("BudgetLimitExceeded",),
        message_part="budget management",
        any_code=True,
        error=BillingError,
        again="never",
        meaning=BUDGET,
        todo=BUDGET_TODO,
    ),
    Code(
        codes=("InvalidParameter",),
        message_part="required body invalid",
        error=RequestRejected,
        again="never",
        meaning=Text("the request body could not be read as JSON", "请求体无法解析为 JSON"),
        todo=Text(
            "This package sends UTF-8 JSON, so something in between changed it: look at the proxy; for a call of your "
            "own use curl in a UTF-8 terminal, or Postman on Windows.",
            "本工具发送的是 UTF-8 JSON，应是途中被改动：请检查代理；自行调用时请在 UTF-8 终端使用 curl，"
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
            "请检查模型名，以及 base URL 是否以 /api/v1 结尾。",
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
            "URL 须公网可访问、无需登录、不含中文；或改用本地文件。",
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


CODES: tuple[Code, ...] = (
    *MESSAGES,
    Code(
        codes=("InvalidApiKey", "NOT AUTHORIZED"),
        error=AuthenticationError,
        again="never",
        meaning=Text("the key is missing, wrong or of another region", "API Key 缺失、错误，或属于其他地域"),
        todo=Text(
            "Check DASHSCOPE_API_KEY; a key works in its own region only (DASHSCOPE_API_REGION, cn-beijing if unset).",
            "请检查 DASHSCOPE_API_KEY；Key 只在所属地域有效，见 DASHSCOPE_API_REGION（默认 cn-beijing）。",
        ),
    ),
    Code(
        codes=("Arrearage", "PrepaidBillOverdue", "PostpaidBillOverdue"),
        error=BillingError,
        again="never",
        meaning=Text("the account is in debt", "账号欠费"),
        todo=Text("Pay the bill in the console, or use another account's key.", "请在控制台充值，或更换账号的 Key。"),
    ),
    Code(
        codes=("CommodityNotPurchased", "AccessDenied.Unpurchased"),
        error=BillingError,
        again="never",
        meaning=Text("Model Studio is not activated for this account", "账号尚未开通百炼服务"),
        todo=Text("Activate Model Studio in the console.", "请在控制台开通百炼服务。"),
    ),
    Code(
        codes=("BudgetLimitExceeded",),
        error=BillingError,
        again="never",
        meaning=BUDGET,
        todo=BUDGET_TODO,
    ),
    Code(
        codes=("AllocationQuota.FreeTierOnly",),
        error=BillingError,
        again="never",
        meaning=Text(
            "the free quota is used up and paid use is switched off", "免费额度已用完，且开启了“仅用免费额度”"
        ),
        todo=Text(
            'Switch off "free tier only" for this model in the console.', "请在控制台关闭该模型的“仅用免费额度”。"
        ),
    ),
    Code(
        codes=("Throttling.AllocationQuota", "insufficient_quota", "Throttling.ServiceOverloaded"),
        error=Throttled,
        again="slow",
        meaning=Text("a quota of the account or service is used up for now", "账号或服务的额度暂时用尽"),
        todo=Text("It waits and tries again; fewer kernels at once help.", "会自动等待重试；减少并行可缓解。"),
    ),
    Code(
        codes=("Throttling", "Throttling.*", "LimitRequests"),
        error=Throttled,
        again="submit",
        meaning=Text("too many requests in a short time", "短时间内请求过多"),
        todo=Text(
            "It waits and tries again; the limits are shared by the whole account.",
            "会自动等待重试；限流由整个账号共享。",
        ),
    ),
    Code(
        codes=("DataInspectionFailed", "data_inspection_failed"),
        error=ContentRejected,
        again="never",
        meaning=Text(
            "the content check refused the prompt, an input or the result", "内容安全检查未通过（输入或输出）"
        ),
        todo=Text(
            "Reword the prompt or change the picture; if it was the result, another seed may pass. It is not billed.",
            "请修改提示词或图片；若为输出被拦截，可换种子再试。不计费。",
        ),
    ),
    Code(
        codes=("IPInfringementSuspect",),
        error=ContentRejected,
        again="never",
        meaning=Text("the input may infringe intellectual property", "输入内容涉嫌侵犯知识产权"),
        todo=Text(
            "Take out names, brands or characters that belong to others.", "请去除他人拥有权利的名称、品牌或形象。"
        ),
    ),
    Code(
        codes=("CustomRoleBlocked",),
        error=ContentRejected,
        again="never",
        meaning=Text("a rule of your organisation refused it", "被自定义规则拦截"),
        todo=Text("Ask who administers your workspace.", "请联系业务空间管理员。"),
    ),
    Code(
        codes=("InvalidURL.Timeout", "InvalidParameter.DataInspection", "Timeout"),
        error=InputDownloadFailed,
        again="rerun",
        meaning=Text("the service could not fetch your picture in time", "服务下载输入图片超时"),
        todo=Text(
            "Give a local file instead, or host the picture in mainland China; the service's time limit cannot be set.",
            "请改用本地文件，或把图片存放在中国内地；该超时由服务端固定，无法设置。",
        ),
    ),
    Code(
        codes=(
            "BadRequest.InputDownloadFailed",
            "InvalidURL",
            "InvalidURL.*",
            "InvalidParameter.FileDownload",
        ),
        error=InputDownloadFailed,
        again="never",
        meaning=Text("the service could not fetch your picture from its URL", "服务无法从该 URL 下载图片"),
        todo=Text(
            "The URL must be public, without login and plain ASCII; or give a local file.",
            "URL 须公网可访问、无需登录、不含中文；或改用本地文件。",
        ),
    ),
    Code(
        codes=(
            "InvalidImage.*",
            "InvalidImageResolution",
            "InvalidImageFormat",
            "InvalidFile.*",
            "InvalidParameter.ImageFormat",
            "InvalidParameter.ImageContent",
            "BadRequest.UnsupportedFileFormat",
            "BadRequest.TooLarge",
        ),
        error=RequestRejected,
        again="never",
        meaning=Text("the input picture has a wrong size or format", "输入图片的尺寸或格式不符合要求"),
        todo=Text("Pass fit=True to have it shrunk or converted.", "可用 fit=True 自动缩小或转换。"),
    ),
    Code(
        codes=(
            "InvalidParameter",
            "InvalidParameter.*",
            "BadRequest.EmptyInput",
            "BadRequest.EmptyParameters",
            "BadRequest.EmptyModel",
            "BadRequest.IllegalInput",
            "BadRequest.ResourceNotExist",
            "BadRequest.*",
            "InternalError.Algo.InvalidParameter",
        ),
        error=RequestRejected,
        again="never",
        meaning=Text("the service refused a value of the request", "服务拒绝了请求中的某个参数"),
        todo=Text("The service's message names it.", "请见服务返回的说明。"),
    ),
    Code(
        codes=("UnsupportedOperation",),
        error=RequestRejected,
        again="never",
        meaning=Text("only a task that is still PENDING can be canceled", "仅 PENDING 状态的任务可以取消"),
        todo=Text("Let it finish; its pictures will be saved.", "请等待任务完成，图片会自动保存。"),
    ),
    Code(
        codes=("Model.AccessDenied", "Workspace.AccessDenied", "App.AccessDenied", "Endpoint.AccessDenied"),
        error=AccessDenied,
        again="never",
        meaning=Text("the key's workspace may not use this model", "该 Key 所属业务空间无权使用此模型"),
        todo=Text("Grant the model to the workspace in the console.", "请在控制台为业务空间授权该模型。"),
    ),
    Code(
        codes=("AccessDenied", "AccessDenied.*"),
        error=AccessDenied,
        again="never",
        meaning=Text("the key may not do this", "该 Key 无此权限"),
        todo=Text("Check the key, its workspace and the region.", "请检查 Key、业务空间与地域。"),
    ),
    Code(
        codes=("ModelNotFound", "model_not_found", "WorkSpaceNotFound", "NotFound"),
        error=RequestRejected,
        again="never",
        meaning=Text("no such model or workspace in this region", "该地域没有此模型或业务空间"),
        todo=Text(
            "See %wan models; wanx2.1-imageedit is in cn-beijing only.",
            "见 %wan models;wanx2.1-imageedit 仅在北京地域。",
        ),
    ),
    Code(
        codes=("Conflict",),
        error=RequestRejected,
        again="never",
        meaning=Text("the request conflicts with another one", "请求与其他请求冲突"),
        todo=Text("Look at %wan jobs before you send it again.", "再次发送前请先查看 %wan jobs。"),
    ),
    Code(
        codes=("InternalError.Timeout", "RequestTimeOut"),
        error=ServiceError,
        again="rerun",
        meaning=Text("the service did not finish in time", "服务处理超时"),
        todo=Text("Run it again; a failed picture is not billed.", "可重新运行；失败的图片不计费。"),
    ),
    Code(
        codes=("InternalError", "InternalError.*", "SystemError", "ModelServiceFailed", "RewriteFailed"),
        error=ServiceError,
        again="rerun",
        meaning=Text("the service itself failed", "服务内部错误"),
        todo=Text("Run it again; a failed picture is not billed.", "可重新运行；失败的图片不计费。"),
    ),
    Code(
        codes=("ModelServingError", "ModelUnavailable"),
        error=ServiceError,
        again="rerun",
        meaning=Text("the model has no capacity right now", "模型当前容量不足"),
        todo=Text("Try again in a minute.", "请稍后再试。"),
    ),
)

_BY_STATUS: dict[int, tuple[type[BailianError], Again]] = {
    401: (AuthenticationError, "never"),
    403: (AccessDenied, "never"),
    429: (Throttled, "submit"),
}
_UNKNOWN_MEANING = Text("an error that the documents do not name", "文档未列出的错误")
_UNKNOWN_TODO = Text(
    "The service's message and the request id help its support.", "可将服务返回的说明与 request id 提供给支持人员。"
)


def lookup(code: str, message: str = "", http_status: int = 0) -> Code:
    """Return the row for what the service said; for an unknown code one made from the HTTP status.

    >>> lookup("InternalError.Algo").meaning.en
    'the service itself failed'
    """
    lowered = message.lower()
    for row in CODES:
        if row.message_part and row.message_part not in lowered:
            continue
        for known in row.codes:
            if code == known or row.any_code or (known.endswith(".*") and code.startswith(known[:-1])):
                return row
    if http_status >= 500:
        error, again = ServiceError, "never"
    else:
        error, again = _BY_STATUS.get(http_status, (RequestRejected, "never"))  # type: ignore[assignment]
    return Code(codes=(code,), error=error, again=again, meaning=_UNKNOWN_MEANING, todo=_UNKNOWN_TODO)  # type: ignore[arg-type]
