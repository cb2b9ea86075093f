"""Whatever the vendor's pages name as an error or a problem is answered where the user meets it, in both languages."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bailian_nb import config, specs
from bailian_nb.client import error_from
from bailian_nb.client.faults import task_error
from bailian_nb.client.shapes import Answer
from bailian_nb.config import Settings
from bailian_nb.errors import BailianError, InvalidRequest, MissingApiKey
from bailian_nb.images import read_input
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.status import WaitReason
from bailian_nb.specs import service
from bailian_nb.views import cell
from bailian_nb.views.help_topics import topic_help

from ..world.each import each

EDIT = specs.get(specs.DEFAULT_EDIT)
LANGS = ("en", "zh")

# HTTP status, and the codes with the messages that the pages quote.
PAGE: list[tuple[int, str, str]] = [
    (400, "InvalidParameter", "Range of n should be [1, 4]"),
    (400, "InvalidParameter", "Required body invalid, please check the request body format."),
    (400, "InvalidParameter", "num_images_per_prompt must be 1"),
    (400, "InvalidParameter", "url error, please check url!"),
    (400, "InvalidParameter", "image format error"),
    (400, "InvalidParameter", "download image failed"),
    (400, "InvalidParameter", "Model not exist."),
    (403, "AccessDenied", "current user api does not support synchronous calls"),
    (403, "AccessDenied", "current user api does not support asynchronous calls"),
    (401, "InvalidApiKey", "No API-key provided."),
    (400, "DataInspectionFailed", "Output data may contain inappropriate content."),
    *[
        (status, code, "The service's own sentence.")
        for status, codes in (
            (400, "InvalidParameter.DataInspection BadRequest.InputDownloadFailed InvalidURL Timeout"),
            (400, "InvalidURL.ConnectionRefused InvalidURL.Timeout InvalidParameter.FileDownload"),
            (400, "BadRequest.EmptyInput BadRequest.EmptyParameters BadRequest.EmptyModel BadRequest.IllegalInput"),
            (400, "BadRequest.UnsupportedFileFormat BadRequest.TooLarge BadRequest.ResourceNotExist"),
            (400, "InvalidImage.ImageSize InvalidImage.FileFormat InvalidImageResolution InvalidImageFormat"),
            (400, "InvalidFile.Format InvalidParameter.ImageFormat InvalidParameter.ImageContent"),
            (400, "InvalidParameter.JsonPhrase data_inspection_failed IPInfringementSuspect Arrearage"),
            (400, "UnsupportedOperation CustomRoleBlocked InternalError.Algo.InvalidParameter"),
            (403, "AccessDenied AccessDenied.Unpurchased Model.AccessDenied Workspace.AccessDenied"),
            (403, "App.AccessDenied Endpoint.AccessDenied AllocationQuota.FreeTierOnly"),
            (404, "ModelNotFound model_not_found WorkSpaceNotFound NotFound"),
            (409, "Conflict"),
            (429, "Throttling Throttling.RateQuota LimitRequests Throttling.BurstRate Throttling.AllocationQuota"),
            (429, "insufficient_quota Throttling.ServiceOverloaded CommodityNotPurchased PrepaidBillOverdue"),
            (429, "PostpaidBillOverdue BudgetLimitExceeded"),
            (500, "InternalError InternalError.Algo InternalError.FileUpload InternalError.Upload SystemError"),
            (500, "ModelServiceFailed RewriteFailed InternalError.Timeout RequestTimeOut"),
            (503, "ModelServingError ModelUnavailable"),
        )
        for code in codes.split()
    ],
    (401, "NOT AUTHORIZED", "Not authorized."),
]


def caption(error: BailianError, lang: str) -> str:
    """Return what the cell says under a Job that failed so."""
    job = Job(id="ab12cd", request=None, label="wanx2.1-imageedit", emulator=False, created=0)
    job.fail(error, at=1)
    return plain(cell.caption(job, lang)["text/html"])


def plain(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


@each(("status", "code", "message"), PAGE, ids=lambda case: f"{case[1]} {case[2][:20]}")
def test_a_documented_error_says_what_it_means_and_what_to_do(status: int, code: str, message: str) -> None:
    row = specs.lookup(code, message, status)
    assert row in specs.CODES, "no page of ours knows it"
    body = json.dumps({"code": code, "message": message, "request_id": "r-1"}).encode()
    answer = Answer(task_id="t-1", request_id="r-1", task_status="FAILED", state="FAILED", code=code, message=message)
    for error in (error_from(status, body, {}), task_error(answer)):
        line = str(error)
        assert "\n" not in line
        for word in (code, message.rstrip("."), "r-1", row.todo.en):
            assert word in line
        for lang in LANGS:
            said = caption(error, lang)
            for word in (code, row.meaning.get(lang), message, row.todo.get(lang), "r-1"):
                assert word in said
    for lang in LANGS:
        assert row.todo.get(lang) in topic_help(code, lang)["text/plain"], "%wan help CODE says it too"


def failure(code: str, message: str = "", status: int = 400) -> Callable[[str], str]:
    body = json.dumps({"code": code, "message": message, "request_id": "r-1"}).encode()
    return lambda lang: caption(error_from(status, body, {}), lang)


def card(**state: object) -> Callable[[str], str]:
    def said(lang: str) -> str:
        job = Job(id="ab12cd", request=None, label="wanx2.1-imageedit", emulator=False, created=0)
        job.change(**state)
        return plain(cell.view(job, lang)["text/html"])

    return said


def help_on(topic: str) -> Callable[[str], str]:
    return lambda lang: topic_help(topic, lang)["text/plain"]


def refused(value: object) -> Callable[[str], str]:
    """Return what is said before anything is sent; lines of this kind are English in every language."""

    def said(lang: str) -> str:
        with pytest.raises(InvalidRequest) as error:
            read_input(value, EDIT.images)  # type: ignore[arg-type]
        return error.value.message

    return said


@dataclass(frozen=True)
class Problem:
    """One problem of the troubleshooting page: where it is answered, and words that must stand there."""

    name: str
    said: Callable[[str], str]
    en: tuple[str, ...]
    zh: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


TROUBLES = [
    Problem(
        "1 the input URL cannot be downloaded",
        failure("BadRequest.InputDownloadFailed", "Failed to download input file."),
        ("could not fetch your picture", "public, without login", "give a local file"),
        ("无法从该 URL 下载", "公网可访问", "本地文件"),
    ),
    Problem(
        "1 before it is sent: an address that the service could not read",
        refused("https://example.com/照片.png"),
        ("non-ASCII character, which the service refuses", "percent-encode"),
    ),
    Problem(
        "1 in the help", help_on("description_edit"), ("a URL must be public, without login",), ("URL 须公网可访问",)
    ),
    Problem(
        "2 the body cannot be parsed",
        failure("InvalidParameter", "Required body invalid, please check the request body format."),
        ("could not be read as JSON", "UTF-8", "proxy", "curl", "Windows"),
        ("无法解析为 JSON", "UTF-8", "代理", "curl", "Windows"),
    ),
    *[
        Problem(
            f"3 the picture took too long to download: {code}",
            failure(code, "Download timed out."),
            ("could not fetch your picture in time", "in mainland China", "local file", "time limit cannot be set"),
            ("下载输入图片超时", "中国内地", "本地文件", "无法设置"),
        )
        for code in ("Timeout", "InvalidURL.Timeout", "InvalidParameter.DataInspection")
    ],
    Problem("3 in the help", help_on("wan2.7-image"), ("best hosted in mainland China",), ("最好存放在中国内地",)),
    Problem(
        "4 HTTP 429",
        failure("Throttling.RateQuota", "Requests rate limit exceeded.", 429),
        ("too many requests", "waits and tries again", "shared by the whole account"),
        ("请求过多", "自动等待重试", "整个账号共享"),
    ),
    Problem(
        "4 more tasks than the account may have at once",
        card(status="QUEUED", why=WaitReason(key="our_limit", values={"limit": 2, "ahead": 3})),
        ("limit of 2 tasks at once; 3 ahead",),
        ("并发上限 2", "前面还有 3 个"),
    ),
    Problem(
        "4 a task stays PENDING",
        card(status="PENDING", why=WaitReason(key="service_queue")),
        ("in the service's queue", "has not started it yet"),
        ("服务端排队中", "服务尚未开始处理"),
    ),
    Problem(
        "4 and what the limits are",
        help_on("expand"),
        ("2 calls a second and 2 tasks at once", "wait here in a queue"),
        ("每秒提交 2 次", "2 个任务", "本地排队"),
    ),
    Problem(
        "FAQ what is billed",
        help_on("wanx2.1-imageedit"),
        ("only pictures that succeed are billed, inputs and failures are not", "CNY 0.14"),
        ("仅成功生成的图片计费，输入图与失败不计费", "¥0.14"),
    ),
    Problem(
        "FAQ what is free",
        help_on("wanx2.1-imageedit"),
        ("in cn-beijing alone: 500 pictures within 90 days of activation", "shared by the account and its RAM users"),
        ("500 张，自开通或模型发布起 90 天", "RAM 用户共享"),
    ),
    Problem(
        "FAQ how to authenticate",
        failure("InvalidApiKey", "No API-key provided.", 401),
        ("Check DASHSCOPE_API_KEY", "own region"),
        ("请检查 DASHSCOPE_API_KEY", "所属地域"),
    ),
    Problem(
        "FAQ where pictures are kept",
        help_on("description_edit"),
        ("keeps a picture for 24 hours", "saved on disk as soon as it is there"),
        ("仅保留图片 24 小时", "立即保存到本地"),
    ),
]


@each("trouble", TROUBLES)
def test_a_problem_of_the_troubleshooting_page_is_answered_in_place(trouble: Problem) -> None:
    english = trouble.said("en")
    assert [word for word in trouble.en if word not in english] == []
    chinese = trouble.said("zh")
    assert [word for word in trouble.zh if word not in chinese] == []


def test_without_a_key_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from bailian_nb.session import session as sessions

    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    session = sessions.current()
    with pytest.raises(MissingApiKey, match="set DASHSCOPE_API_KEY"):
        session.account(config.target(Settings(), interactive=False), Settings())


def test_a_task_that_is_gone_says_why_it_may_be() -> None:
    answer = Answer(task_id="t-1", request_id="r-1", task_status="UNKNOWN", state="UNKNOWN")
    line = str(task_error(answer))
    assert f"keeps tasks for {service.KEPT_SECONDS // 3600} hours" in line
    assert "base URL and region" in line
