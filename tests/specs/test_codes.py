"""Every documented error code: the error that it becomes, whether trying again helps, what the user is told."""

from __future__ import annotations

import re

from bailian_nb import errors
from bailian_nb.errors import (
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
from bailian_nb.specs import CODES, Code, lookup

from ..world.each import each

DOCUMENTED = [
    (400, RequestRejected, "never", "InvalidParameter InvalidParameter.ImageFormat InvalidParameter.ImageContent"),
    (400, RequestRejected, "never", "InvalidParameter.JsonPhrase InternalError.Algo.InvalidParameter"),
    (400, InputDownloadFailed, "rerun", "InvalidParameter.DataInspection InvalidURL.Timeout"),
    (400, InputDownloadFailed, "never", "BadRequest.InputDownloadFailed InvalidURL InvalidURL.ConnectionRefused"),
    (400, InputDownloadFailed, "never", "InvalidParameter.FileDownload"),
    (400, RequestRejected, "never", "BadRequest.EmptyInput BadRequest.EmptyParameters BadRequest.EmptyModel"),
    (400, RequestRejected, "never", "BadRequest.IllegalInput BadRequest.UnsupportedFileFormat BadRequest.TooLarge"),
    (400, RequestRejected, "never", "BadRequest.ResourceNotExist UnsupportedOperation"),
    (400, RequestRejected, "never", "InvalidImage.ImageSize InvalidImage.FileFormat InvalidImageResolution"),
    (400, RequestRejected, "never", "InvalidImageFormat InvalidFile.Format InvalidFile.Resolution"),
    (400, ContentRejected, "never", "DataInspectionFailed data_inspection_failed IPInfringementSuspect"),
    (400, ContentRejected, "never", "CustomRoleBlocked"),
    (400, BillingError, "never", "Arrearage"),
    (401, AuthenticationError, "never", "InvalidApiKey"),
    (403, AccessDenied, "never", "AccessDenied Model.AccessDenied Workspace.AccessDenied App.AccessDenied"),
    (403, AccessDenied, "never", "Endpoint.AccessDenied"),
    (403, BillingError, "never", "AccessDenied.Unpurchased AllocationQuota.FreeTierOnly"),
    (404, RequestRejected, "never", "ModelNotFound model_not_found WorkSpaceNotFound NotFound"),
    (409, RequestRejected, "never", "Conflict"),
    (429, Throttled, "submit", "Throttling Throttling.RateQuota LimitRequests Throttling.BurstRate"),
    (429, Throttled, "slow", "Throttling.AllocationQuota insufficient_quota Throttling.ServiceOverloaded"),
    (429, BillingError, "never", "CommodityNotPurchased PrepaidBillOverdue PostpaidBillOverdue BudgetLimitExceeded"),
    (500, ServiceError, "rerun", "InternalError InternalError.Algo InternalError.FileUpload InternalError.Upload"),
    (500, ServiceError, "rerun", "SystemError ModelServiceFailed RewriteFailed InternalError.Timeout RequestTimeOut"),
    (503, ServiceError, "rerun", "ModelServingError ModelUnavailable"),
]
CASES = [(status, error, again, code) for status, error, again, codes in DOCUMENTED for code in codes.split()]
CASES.append((401, AuthenticationError, "never", "NOT AUTHORIZED"))


@each(("status", "error", "again", "code"), CASES, ids=lambda case: case[3])
def test_a_documented_code_is_found(status: int, error: type[BailianError], again: str, code: str) -> None:
    row = lookup(code, "Whatever the service says.", status)
    assert row in CODES, "it has no row of its own"
    assert (row.error, row.again) == (error, again)
    assert lookup(code).error is error, "the status must not matter where the code is known"


@each(
    ("code", "message", "error", "told"),
    [
        ("InvalidParameter", "url error, please check url! For details, see: https://…", RequestRejected, "endpoint"),
        ("InvalidParameter", "Model not exist.", RequestRejected, "no such model"),
        ("InvalidParameter", "download image failed", InputDownloadFailed, "from its URL"),
        ("InvalidParameter", "image format error", RequestRejected, "size or format"),
        ("InvalidParameter", "num_images_per_prompt must be 1", RequestRejected, "refused a value"),
        ("InvalidParameter", "Range of n should be [1, 4]", RequestRejected, "refused a value"),
        (
            "AccessDenied",
            "current user api does not support synchronous calls",
            AccessDenied,
            "only takes asynchronous calls",
        ),
        (
            "AccessDenied",
            "current user api does not support asynchronous calls.",
            AccessDenied,
            "only takes synchronous calls",
        ),
        ("AccessDenied", "Access denied", AccessDenied, "may not do this"),
    ],
)
def test_the_message_tells_more_than_the_code(code: str, message: str, error: type[BailianError], told: str) -> None:
    for spelled in (message, message.upper()):
        row = lookup(code, spelled)
        assert row.error is error
        assert told in row.meaning.en


@each(
    ("code", "sibling"),
    [
        ("InvalidURL.SomethingNew", "InvalidURL"),
        ("InvalidParameter.SomethingNew", "InvalidParameter"),
        ("BadRequest.SomethingNew", "BadRequest.IllegalInput"),
        ("InvalidImage.SomethingNew", "InvalidImage.ImageSize"),
        ("Throttling.SomethingNew", "Throttling"),
        ("AccessDenied.SomethingNew", "AccessDenied"),
        ("InternalError.Some.New", "InternalError"),
    ],
)
def test_a_new_member_of_a_family_is_treated_as_the_family(code: str, sibling: str) -> None:
    assert lookup(code) is lookup(sibling)


def test_a_family_is_no_prefix() -> None:
    assert lookup("ThrottlingX") not in CODES
    assert lookup("InvalidURLs", http_status=400).error is RequestRejected


@each(
    ("status", "error", "again"),
    [
        (0, RequestRejected, "never"),
        (400, RequestRejected, "never"),
        (401, AuthenticationError, "never"),
        (403, AccessDenied, "never"),
        (404, RequestRejected, "never"),
        (429, Throttled, "submit"),
        (500, ServiceError, "never"),
        (502, ServiceError, "never"),
        (599, ServiceError, "never"),
    ],
)
def test_an_unknown_code_becomes_what_its_status_says(status: int, error: type[BailianError], again: str) -> None:
    for code in ("", "SomethingNew"):
        row = lookup(code, "?", status)
        assert (row.error, row.again, row.codes) == (error, again, (code,))
        assert "documents do not name" in row.meaning.en


@each("row", CODES, ids=lambda row: row.message_part or row.codes[0])
def test_a_row_says_what_it_means_and_what_to_do_in_both_languages(row: Code) -> None:
    for text in (row.meaning, row.todo):
        assert text.en.strip() == text.en != ""
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
        assert not re.search(r"[\u4e00-\u9fff]|  |\.\.", text.en)
    assert not row.meaning.en.endswith(".")
    assert row.todo.en.endswith(".")
    assert not row.meaning.zh.endswith("。")
    assert row.todo.zh.endswith("。")


def test_rows_for_a_message_stand_before_those_for_the_code() -> None:
    special = [bool(row.message_part) for row in CODES]
    assert special == sorted(special, reverse=True)
    assert all(row.message_part == row.message_part.lower() for row in CODES)


def test_every_code_of_a_row_can_be_reached() -> None:
    for row in CODES:
        for code in row.codes:
            given = code.replace(".*", ".SomethingNew")
            assert lookup(given, row.message_part or "") is row, f"{code} is taken by an earlier row"


def test_no_code_has_two_rows() -> None:
    plain = [code for row in CODES if not row.message_part for code in row.codes]
    assert len(plain) == len(set(plain))


def test_only_what_created_nothing_is_sent_again_by_itself() -> None:
    for row in CODES:
        assert (row.again in ("submit", "slow")) == (row.error is Throttled)


def test_every_kind_of_refusal_has_a_code() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, RequestRejected)}
    assert kinds | {ServiceError} == {row.error for row in CODES}


def test_a_failed_task_is_never_called_billed() -> None:
    for row in CODES:
        if row.again == "rerun":
            assert "billed" not in row.todo.en or "not billed" in row.todo.en
