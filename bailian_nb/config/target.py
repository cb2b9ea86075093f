"""Emulator or service, and which URL and region. `session` decides by this before every call."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from .. import specs
from ..errors import InvalidRequest
from ..specs import service
from ..system.environment import Variables, environment
from ..system.language import sentence
from .connections import LOOPBACK
from .key import find_key
from .settings import Settings
from .values import shown, without_userinfo

EMULATOR_URL = "http://emulator.bailian-nb.invalid/api/v1"
"""Base URL of the emulator that runs inside the process; `.invalid` never resolves."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where requests go; it needs no key. `emulator` is True for the one in this process and for one on a port."""

    emulator: bool
    base_url: str
    region: str
    workspace: str

    @property
    def in_process(self) -> bool:
        """True for the emulator inside this process, which needs neither key nor network."""
        return self.base_url == EMULATOR_URL

    @property
    def host(self) -> str:
        """The host that Records name."""
        return urlsplit(self.base_url).hostname or ""


def target(settings: Settings, *, interactive: bool, env: Variables = None) -> Target:
    """Return where a call made now would go.

    Raises
    ------
    InvalidRequest, MissingApiKey
        When the base URL, the region or the key file that is configured cannot be used.
    """
    env = environment(env)
    if wants_emulator(settings, interactive=interactive, env=env):
        return Target(emulator=True, base_url=EMULATOR_URL, region=service.DEFAULT_REGION, workspace="")
    url = service_url(settings)
    return Target(emulator=False, base_url=url, region=settings.region, workspace=settings.workspace)


def wants_emulator(settings: Settings, *, interactive: bool, env: Variables = None) -> bool:
    """Decide between emulator and service.

    BAILIAN_NB_EMULATOR=1 always, 0 never. Unset: only when no key, base URL, region or workspace is configured
    anywhere and somebody is at a front end or prompt.
    """
    env = environment(env)
    if settings.emulator is not None:
        return settings.emulator
    configured = settings.configured or find_key(env) is not None
    return interactive and not configured


def outside(settings: Settings) -> Target:
    """Return where the same call goes without the emulator in this process; the default region if none can be told."""
    region = settings.region
    try:
        url = service_url(settings)
    except InvalidRequest:
        region = service.DEFAULT_REGION
        url = service.REGIONS[region] or EMULATOR_URL
    return Target(emulator=False, base_url=url, region=region, workspace=settings.workspace)


def service_url(settings: Settings) -> str:
    """Return the base URL with `/api/v1`, checked.

    Raises
    ------
    InvalidRequest
        When it is no http(s) URL, holds a password, or would carry the key unencrypted to another machine; when the
        region has no host without a workspace.
    """
    if settings.base_url:
        url = without_userinfo(settings.base_url.strip()).rstrip("/")
        if "@" in url:
            # It is the identity of an account and stands in rows, folders and lines, and the Authorization header is
            # the key's.
            raise InvalidRequest(
                sentence(
                    "DASHSCOPE_HTTP_BASE_URL holds a user name or password, got {url}: write it without what "
                    "stands before the @, since only the key is sent there; a proxy's password belongs into "
                    "HTTPS_PROXY",
                    url=shown(url),
                )
            )
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and (parts.hostname or "").strip(".") and parts.port != 0
            valid = valid and not (parts.query or parts.fragment)
        except ValueError:
            valid = False
        if not valid or not url.endswith("/api/v1"):
            raise InvalidRequest(
                sentence(
                    "DASHSCOPE_HTTP_BASE_URL must be an http(s) URL that ends in /api/v1, got {base_url}",
                    base_url=shown(settings.base_url),
                )
            )
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise InvalidRequest(
                sentence(
                    "DASHSCOPE_HTTP_BASE_URL would send the key in plain text, got {url}: write https://; http:// is "
                    "for this machine alone (127.0.0.1, localhost), so reach a gateway without https through a tunnel, "
                    "such as ssh -L 8080:GATEWAY:80 and http://127.0.0.1:8080/api/v1",
                    url=shown(url),
                )
            )
        return _spelled(parts)
    name = settings.region
    found = service.base_url(name, settings.workspace)
    if found is not None:
        return found
    if name in service.REGIONS:
        raise InvalidRequest(
            sentence("region {name} has no host of its own; set DASHSCOPE_WORKSPACE_ID, too", name=name)
        )
    raise InvalidRequest(
        sentence(
            "DASHSCOPE_API_REGION {name} is unknown{nearest} Known: {known_regions}",
            name=shown(name),
            nearest=specs.nearest(name, list(service.REGIONS)),
            known_regions=service.known_regions(),
        )
    )


def _spelled(parts: SplitResult) -> str:
    """Return the one spelling of a URL that accounts and journal know its host by."""
    host = (parts.hostname or "").rstrip(".")
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return parts._replace(netloc=(f"[{host}]" if ":" in host else host) + port).geturl()
