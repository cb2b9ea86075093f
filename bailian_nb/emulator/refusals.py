"""What the emulator says when it refuses: HTTP status and usual message of DashScope's error codes.

`checks`, `inputs`, `tasks` and `app` raise a Refusal; `app` turns it into the flat error body.

Source: the error-code page of Model Studio (stored 2025-12-26) and the API references' examples.
"""

from __future__ import annotations

SYNC_REFUSED = "current user api does not support synchronous calls."
ASYNC_REFUSED = "current user api does not support asynchronous calls."
URL_ERROR = (
    "url error, please check url! For details, see: https://help.aliyun.com/zh/model-studio/error-code#error-url"
)
BAD_BODY = "Required body invalid, please check the request body format."
NOT_PENDING = "Failed to cancel the task, please confirm if the task is in PENDING status."

_STATUS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (401, ("InvalidApiKey", "NOT AUTHORIZED")),
    (403, ("AccessDenied", "AccessDenied.", "Model.AccessDenied", "Workspace.AccessDenied", "App.AccessDenied")),
    (403, ("Endpoint.AccessDenied", "AllocationQuota.FreeTierOnly")),
    (404, ("ModelNotFound", "model_not_found", "WorkSpaceNotFound", "NotFound")),
    (409, ("Conflict",)),
    (429, ("Throttling", "Throttling.", "LimitRequests", "insufficient_quota", "BudgetLimitExceeded")),
    (429, ("CommodityNotPurchased", "PrepaidBillOverdue", "PostpaidBillOverdue")),
    (500, ("InternalError", "InternalError.", "SystemError", "ModelServiceFailed", "RewriteFailed", "RequestTimeOut")),
    (503, ("ModelServingError", "ModelUnavailable")),
)
_MESSAGES = {
    "DataInspectionFailed": "Input data may contain inappropriate content.",
    "InternalError.Timeout": "An internal timeout error has occured during execution, please try again later or "
    "contact service support.",
    "InternalError.Algo": "An internal error has occured during algorithm execution.",
    "InternalError": "An internal error has occured, please try again later or contact service support.",
    "Throttling.RateQuota": "Requests rate limit exceeded, please try again later.",
    "Throttling.AllocationQuota": "Allocated quota exceeded, please increase your quota limit.",
    "BudgetLimitExceeded": "The budget of this account is used up, see Budget Management in the console.",
    "InvalidApiKey": "Invalid API-key provided.",
    "ModelNotFound": "Model not exist.",
    "Arrearage": "Access denied, please make sure your account is in good standing.",
    "BadRequest.InputDownloadFailed": "Failed to download input file.",
    "IPInfringementSuspect": "Input data is suspected of being involved in IP infringement.",
}


class Refusal(Exception):  # it is an answer, not an error of this program
    """One refused request, as the service words it."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message or message_of(code)
        self.http_status = status_of(code)
        super().__init__(f"{self.code}: {self.message}")


def status_of(code: str) -> int:
    """Return the HTTP status that the documents give for `code`; 400 where they give none."""
    for status, codes in _STATUS:
        if any(code == known or (known.endswith(".") and code.startswith(known)) for known in codes):
            return status
    return 400


def message_of(code: str) -> str:
    """Return the service's usual sentence for `code`."""
    return _MESSAGES.get(code, f"The emulator was asked for {code}.")
