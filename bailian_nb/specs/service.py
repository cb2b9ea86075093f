"""Facts about the service as a whole: hosts by region, result hosts, time limits.

Sources: T2I V2 and EDIT API references, "manage asynchronous tasks", "get temporary file URL", PRICE, the error-code
page; stored 2026-11-21.
"""

from __future__ import annotations

import re
import unicodedata

REGIONS: dict[str, str | None] = {
    "cn-beijing": "https://dashscope.aliyuncs.com/api/v1",
    "ap-southeast-1": "https://dashscope-intl.aliyuncs.com/api/v1",
    "us-east-1": "https://dashscope-us.aliyuncs.com/api/v1",
    "eu-central-1": None,
    "ap-northeast-1": None,
    "cn-hongkong": "https://cn-hongkong.dashscope.aliyuncs.com/api/v1",
}
"""Classic base URL of each region; None where only a workspace host is documented."""

REGION_NAMES: dict[str, tuple[str, ...]] = {
    "cn-beijing": (
        "Beijing",
        "北京",
        "bj",
        "peking",
        "cn",
        "china",
        "中国",
        "中国内地",
        "mainland",
        "华北2",
        "华北2(北京)",
    ),
    "ap-southeast-1": ("Singapore", "新加坡", "sg", "sgp", "intl", "international", "国际", "southeast-1"),
    "us-east-1": ("Virginia", "弗吉尼亚", "us", "usa", "美国", "us-virginia", "美国(弗吉尼亚)", "east-1"),
    "eu-central-1": ("Frankfurt", "法兰克福", "eu", "de", "germany", "德国", "德国(法兰克福)", "europe", "central-1"),
    "ap-northeast-1": ("Tokyo", "东京", "jp", "japan", "日本", "日本(东京)", "northeast-1"),
    "cn-hongkong": ("Hong Kong", "香港", "中国香港", "hk", "hongkong", "cn-hk"),
}
"""What people call each region, its city in English and Chinese first."""
WORKSPACE_HOST = "https://{workspace}.{region}.maas.aliyuncs.com/api/v1"
DEFAULT_REGION = "cn-beijing"

_CHINESE_RESULT_HOSTS = (
    *(
        f"dashscope-result-{short}.oss-cn-{city}.aliyuncs.com"
        for short, city in (
            ("bj", "beijing"),
            ("hz", "hangzhou"),
            ("sh", "shanghai"),
            ("wlcb", "wulanchabu"),
            ("zjk", "zhangjiakou"),
            ("sz", "shenzhen"),
            ("hy", "heyuan"),
            ("cd", "chengdu"),
            ("gz", "guangzhou"),
        )
    ),
    "dashscope-result-wlcb-acdr-1.oss-cn-wulanchabu-acdr-1.aliyuncs.com",
)
_GLOBAL_RESULT_HOSTS = (
    "dashscope-463f.oss-accelerate.aliyuncs.com",
    "dashscope-7c2c.oss-accelerate.aliyuncs.com",
)
_SINGAPORE_RESULT_HOST = "dashscope-result-sgp.oss-ap-southeast-1.aliyuncs.com"
RESULT_HOSTS: tuple[str, ...] = (*_CHINESE_RESULT_HOSTS, *_GLOBAL_RESULT_HOSTS, _SINGAPORE_RESULT_HOST)
"""Hosts that serve finished pictures; other buckets may exist: `looks_like_a_result_host`."""
_RESULT_HOST = re.compile(r"dashscope-[a-z0-9-]+\.oss-[a-z0-9-]+\.aliyuncs\.com")

KEPT_SECONDS = 24 * 3600
"""How long the service keeps a task and its pictures."""
QUERIES_PER_SECOND = 20
"""Limit of GET /tasks/{id} for one account, all models together."""
PERMITS_PER_SECOND = 100
"""Limit of GET /uploads (getPolicy) for one account and model."""
UPLOADS_KEPT_SECONDS = 48 * 3600
"""How long an uploaded input can be used."""
UPLOAD_HOSTS = "dashscope-file-*.oss-cn-beijing.aliyuncs.com"
"""Where inputs too large for a data URL are uploaded; the permit names the host, the page gives one as an example."""
FREE_DAYS = 90
"""How long the free pictures of a new account can be used (Beijing; `Model.free_pictures` has their number)."""
TEMPORARY_KEY_SECONDS = 1800
"""How long a temporary key lives at the most (modelstudioai/skills, the vendor's own for agents, read 2026-11)."""
EMULATOR_SECONDS = (0.5, 2.0)
"""How long a task of the emulator takes unless it is set otherwise."""
COUNTED_BY_MODEL = ("AllocationQuota.FreeTierOnly",)
"""Billing refusals that concern one model alone; the others concern the account (error-code page)."""
TASK_STATES = ("PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN")


def base_url(region: str, workspace: str = "") -> str | None:
    """Return the documented base URL, None where the region needs a workspace or is unknown."""
    classic = REGIONS.get(region)
    if classic is None and workspace and region in REGIONS:
        return WORKSPACE_HOST.format(workspace=workspace, region=region)
    return classic


def result_hosts(region: str) -> tuple[str, ...]:
    """Return the known hosts that serve the pictures of a region; a new one may join them any day."""
    if region == "cn-beijing":
        return (*_CHINESE_RESULT_HOSTS, *_GLOBAL_RESULT_HOSTS)
    return (*_GLOBAL_RESULT_HOSTS, _SINGAPORE_RESULT_HOST)


def looks_like_a_result_host(host: str) -> bool:
    """Tell whether a host is a bucket of the service's store by its name, which the vendor alone gives addresses to."""
    return _RESULT_HOST.fullmatch(host) is not None


def region_named(given: str) -> str | None:
    """Return the region that a name means, whatever its case, hyphens and brackets; None for a name of none."""
    word = _plain(given)
    for region, names in REGION_NAMES.items():
        if word and word in (_plain(region), *map(_plain, names)):
            return region
    return None


def _plain(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())


def known_regions() -> str:
    """Return every region with its city, for a line that says what to write."""
    return ", ".join(f"{region} ({names[0]}, {names[1]})" for region, names in REGION_NAMES.items())


def region_of(base_url: str) -> str | None:
    """Return the region that a documented host stands for, None for any other URL."""
    for region, classic in REGIONS.items():
        if base_url == classic or f".{region}.maas.aliyuncs.com/" in base_url:
            return region
    return None
