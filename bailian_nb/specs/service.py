"""Facts about the service as a whole: hosts by region, result hosts, time limits.

Sources: T2I V2 and EDIT API references, "manage asynchronous tasks", "get temporary file URL", PRICE, the error-code
page; stored 2026-11-21.
"""

from __future__ import annotations

REGIONS: dict[str, str | None] = {
    "cn-beijing": "https://dashscope.aliyuncs.com/api/v1",
    "ap-southeast-1": "https://dashscope-intl.aliyuncs.com/api/v1",
    "us-east-1": "https://dashscope-us.aliyuncs.com/api/v1",
    "eu-central-1": None,
    "ap-northeast-1": None,
    "cn-hongkong": "https://cn-hongkong.dashscope.aliyuncs.com/api/v1",
}
"""Classic base URL of each region; None where only a workspace host is documented."""

WORKSPACE_HOST = "https://{workspace}.{region}.maas.aliyuncs.com/api/v1"
DEFAULT_REGION = "cn-beijing"

RESULT_HOSTS: tuple[str, ...] = (
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
"""Hosts that serve finished pictures; other buckets may exist."""

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
SYNC_TIMEOUT_SECONDS = 300
"""Server-side limit of a synchronous call."""
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


def region_of(base_url: str) -> str | None:
    """Return the region that a documented host stands for, None for any other URL."""
    for region, classic in REGIONS.items():
        if base_url == classic or f".{region}.maas.aliyuncs.com/" in base_url:
            return region
    return None
