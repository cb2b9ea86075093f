"""Check what a user needs: settings, key, network, result hosts, folders, locks.

For `%wan doctor` and `bailian-nb doctor`. Nothing here is billed: the only API call lists tasks.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from .. import config, specs
from .._version import __version__
from ..accounts.account import Account
from ..client.faults import KEY_WORDS
from ..client.hosts import is_made_up_pair, is_public
from ..client.network import LOOPBACK, proxy_fault
from ..config.connections import load_certificates
from ..errors import BailianError, BucketError, MissingApiKey, keyless, one_line, printable, readable
from ..specs import service
from ..store.buckets import address_of, try_out
from ..system.language import mark, os_reason, sentence, together
from ..system.loops import wait_or_cancel
from ..texts.catalogue import say
from ..texts.shelf import ending, unlisted
from .session import Session

log = logging.getLogger("bailian_nb")
T = TypeVar("T")
State = Literal["ok", "warn", "fail", "info"]
PACKAGES = ("ipykernel", "ipywidgets", "anywidget", "httpx", "pillow", "jupyterlab", "notebook")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the report."""

    state: State
    name: str
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", keyless(self.text))  # a report is sent to others

    @property
    def label(self) -> str:
        """What the report calls it; a variable and a host keep their names."""
        return sentence(self.name) if self.name in _LABELS else self.name


_LABELS = frozenset(
    (
        *(mark("versions"), mark("environment"), mark("variables"), mark("settings"), mark("requests go to")),
        *(mark("models"), mark("account"), mark("key"), mark("proxy"), mark("certificates"), mark("task list")),
        *(mark("result hosts"), mark("name server"), mark("folders"), mark("pictures"), mark("privacy")),
        *(mark("limits"), mark("journal")),
    )
)


def examine(session: Session) -> list[Finding]:
    """Return every finding; a part that fails never hides the others."""
    found = [*_part("versions", lambda: [_versions()]), *_part("environment", _environment)]
    settings, faults = _had("settings", session.settings)
    found += faults
    lang = settings.lang if settings is not None else "en"
    target = None
    if settings is not None:
        target, faults = _had("settings", lambda: session.target(settings))
        found += faults
    account = None
    if settings is not None and target is not None:
        found += _part("requests go to", lambda: [_destination(target)])
        found += _part("models", lambda: _models(session, settings))
        opened, faults = _had("account", lambda: _account(session, target, settings, lang))
        account, told = opened or (None, [])
        found += [*faults, *told]
    found += _part("proxy", lambda: _connections(lang))
    if account is not None:
        found += _part("task list", lambda: wait_or_cancel(session.loop.submit(_network(account, lang)), 90))
    found += _part("folders", lambda: _folders(session, settings))
    if account is not None:
        found += _part("limits", lambda: [_limits(session, account)])
    found += _part("journal", lambda: _journal(session))
    return [replace(each, text=readable(each.text)) for each in found]


def _part(name: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """Return what a part found; whatever it raises is its finding, for the parts below must be heard, too."""
    try:
        return look()
    except BailianError as error:
        return [Finding(state="fail", name=name, text=str(error))]
    except Exception as error:
        log.debug("doctor: %s", name, exc_info=True)
        return [
            Finding(
                state="fail",
                name=name,
                text=sentence("could not be looked at: {one_line}", one_line=printable(one_line(error), 300)),
            )
        ]


def _had(name: str, ask: Callable[[], T]) -> tuple[T | None, list[Finding]]:
    """Return what `ask` gives, or None and the finding that says why not."""
    got: list[T] = []

    def look() -> list[Finding]:
        got.append(ask())
        return []

    faults = _part(name, look)
    return (got[0] if got else None), faults


def _environment() -> list[Finding]:
    """List the variables that are set, as they were read, and those whose names are nearly ours."""
    found = config.variables_set()
    text = "; ".join(f"{name}={printable(value, 160)}" for name, value in found)
    listed = [Finding(state="info", name="environment", text=text)] if found else []
    unread = printable(together(config.misspelt()), 600)
    return listed + ([Finding(state="warn", name="variables", text=unread)] if unread else [])


def _destination(target: config.Target) -> Finding:
    where = f"{'EMULATOR at ' if target.emulator else ''}{target.base_url} ({target.region})"
    where = sentence("EMULATOR inside this process") if target.in_process else where
    return Finding(state="info", name="requests go to", text=where)


def _account(
    session: Session, target: config.Target, settings: config.Settings, lang: str
) -> tuple[Account | None, list[Finding]]:
    try:
        key = config.find_key()
        account = session.account(target, settings)
    except MissingApiKey as error:
        return None, [Finding(state="fail", name="key", text=str(error))]
    except (BailianError, OSError) as error:
        return None, [Finding(state="fail", name="account", text=str(error))]
    if target.in_process:
        unused = sentence("none is set, so the emulator draws; DASHSCOPE_API_KEY lets calls reach the service")
        if key or settings.emulator:
            unused = sentence("{key!r} is set and not used", key=key) if key else sentence("none is needed")
        return account, [Finding(state="ok", name="key", text=unused)]
    return account, [_key(key, lang)]


def _key(key: config.Secret | None, lang: str) -> Finding:
    """Tell what a key of its kind is for."""
    if key is not None and key.renews:
        return Finding(state="ok", name="key", text=sentence("{key!r}, renewed by itself", key=key))
    if key is None or key.kind == "sk-":
        return Finding(state="ok", name="key", text=f"{key!r}")
    words = say(KEY_WORDS.get(key.kind, "key_unknown"), lang)
    state: State = "info" if key.kind in ("sk-ws-", "st-") else "warn"
    return Finding(state=state, name="key", text=sentence("{key!r}. {words}", key=key, words=words))


def _connections(lang: str) -> list[Finding]:
    """Tell which proxy is used, what of NO_PROXY is left out, and whether certificates can be read."""
    found = []
    proxies = config.proxies()
    if fault := proxy_fault(proxies):
        found.append(Finding(state="fail", name="proxy", text=fault))
    elif proxies.notes:
        found.append(Finding(state="info", name="proxy", text=together(proxies.notes)))
    if proxies.left_out:
        parts = ", ".join(printable(part, 40) for part in proxies.left_out[:5])
        found.append(Finding(state="warn", name="NO_PROXY", text=say("doctor_no_proxy", lang, parts=parts)))
    return [*found, *_part("certificates", _certificates)]


def _certificates() -> list[Finding]:
    named = config.certificates()
    if not named.variable:
        return []
    load_certificates(named)
    return [
        Finding(
            state="ok",
            name="certificates",
            text=sentence("{variable}: {value}", variable=named.variable, value=named.file or named.folders),
        )
    ]


def firewall_list() -> tuple[str, ...]:
    """Return every known host that a firewall must let through: of the API, of uploads and of results; * is any name.

    The list is open: results may come from a new bucket any day.
    """
    api = [url.split("/")[2] for url in service.REGIONS.values() if url]
    workspaces = [service.WORKSPACE_HOST.format(workspace="*", region=region) for region in service.REGIONS]
    return (*api, *(url.split("/")[2] for url in workspaces), service.UPLOAD_HOSTS, *service.RESULT_HOSTS)


async def _network(account: Account, lang: str) -> list[Finding]:
    try:
        page = await account.client.list_tasks(start=None, end=None, model=None, status=None)
        api = Finding(
            state="ok", name="task list", text=sentence("answered; tasks in the last 24 h: {total}", total=page.total)
        )
    except BailianError as error:
        api = Finding(state="fail", name="task list", text=one_line(error))
    if account.emulator:
        skipped = Finding(
            state="info", name="result hosts", text=sentence("not probed: the emulator serves its own pictures")
        )
        return [api, skipped]
    try:
        return [api, *await _name_server(account, lang), *await _result_hosts(account, lang)]
    except BailianError as error:
        return [api, Finding(state="fail", name="result hosts", text=str(error))]


async def _name_server(account: Account, lang: str) -> list[Finding]:
    """Tell how the name server answers where that decides later whether a paid picture may be fetched."""
    host = urlsplit(account.base_url).hostname or ""
    addresses = await account.client.addresses(host) if host not in LOOPBACK else ()
    private = not all(is_public(address) for address in addresses)
    made_up = is_made_up_pair(addresses)
    if not addresses or not (private or made_up):
        return []
    words = say("doctor_made_up" if made_up else "doctor_private", lang, host=host, addresses=", ".join(addresses[:4]))
    return [Finding(state="info" if made_up else "warn", name="name server", text=words)]


async def _result_hosts(account: Account, lang: str) -> list[Finding]:
    hosts = service.result_hosts(account.region)
    probes = await asyncio.gather(*(account.client.probe(f"https://{host}/") for host in hosts))
    reached = [probe for probe in probes if probe.ok]
    words = say("doctor_hosts_region", lang, reached=len(reached), count=len(probes), region=account.region)
    found = [
        Finding(
            state="ok" if len(reached) == len(probes) else "warn",
            name="result hosts",
            text=sentence("{words}; {say}", words=words, say=say("doctor_hosts_open", lang)),
        )
    ]
    return found + [Finding(state="warn", name=probe.host, text=probe.reason) for probe in probes if not probe.ok]


def _versions() -> Finding:
    known = []
    for name in PACKAGES:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            known.append(sentence("{name} missing", name=name))
    text = sentence(
        "bailian_nb {version}, Python {python_version} on {platform}; {names}",
        version=__version__,
        python_version=platform.python_version(),
        platform=sys.platform,
        names=", ".join(known),
    )
    return Finding(state="info", name="versions", text=text)


def _folders(session: Session, settings: config.Settings | None) -> list[Finding]:
    found = []
    places = {"BAILIAN_NB_HOME": session.home}
    if settings is not None:
        places["pictures"] = config.out_dir(settings)
    for name, folder in places.items():
        try:
            with tempfile.TemporaryFile(dir=config.nearest_there(folder.absolute())):
                found.append(Finding(state="ok", name=name, text=sentence("{folder} can be written", folder=folder)))
                if name == "BAILIAN_NB_HOME" and (why := config.exposed(folder)):
                    found.append(Finding(state="warn", name="privacy", text=why))
            if address := address_of(folder, session.home):
                try_out(address)
                found.append(Finding(state="ok", name=name, text=sentence("{folder} can be written", folder=address)))
        except BucketError as error:
            found.append(Finding(state="fail", name=name, text=str(error)))
        except OSError as error:
            found.append(
                Finding(
                    state="fail",
                    name=name,
                    text=sentence("{folder} cannot be written: {strerror}", folder=folder, strerror=os_reason(error)),
                )
            )
    return found


def _models(session: Session, settings: config.Settings) -> list[Finding]:
    """Tell which models end soon or have ended: a warning where the settings name one, a line for the rest."""
    today = specs.day(session.clock.now())
    own = (settings.model, settings.edit_model)
    said = {row.name: line for row in specs.models() if (line := ending(row, today, settings.lang))}
    said |= {name: line for name in own if (line := unlisted(name)) and name not in said}
    if not said:
        return []
    state: State = "warn" if any(name in own for name in said) else "info"
    return [Finding(state=state, name="models", text=together(said.values()))]


def _limits(session: Session, account: Account) -> Finding:
    """Tell whether limits and caps hold over all kernels of this machine, or over all machines."""
    if account.team is not None:
        member = account.team.member
        if member.away:
            text = sentence("Redis at {shown} is away ({error})", shown=member.server.shown, error=member.away)
            return Finding(state="fail", name="limits", text=text)
        text = sentence("shared by all machines that use this account and {shown}", shown=member.server.shown)
        return Finding(state="ok", name="limits", text=text)
    if reason := account.limiter.probe():
        return Finding(state="warn", name="limits", text=reason)
    if kind := config.network_file_system(session.home):
        text = sentence(
            "{home} lies on a network file system ({kind}), whose locks may not hold: take a local disk",
            home=session.home,
            kind=kind,
        )
        return Finding(state="warn", name="limits", text=text)
    return Finding(
        state="ok", name="limits", text=sentence("shared by all kernels of this machine with this BAILIAN_NB_HOME")
    )


def _journal(session: Session) -> list[Finding]:
    try:
        count, lost = session.pending(), session.losses()
    except (OSError, sqlite3.Error) as error:
        return [
            Finding(
                state="fail",
                name="journal",
                text=sentence("{home} holds a journal that cannot be read: {error}", home=session.home, error=error),
            )
        ]
    text = (
        sentence("{count} unfinished job(s); %wan resume takes them up", count=count)
        if count
        else sentence("nothing is open")
    )
    text += "".join(sentence("; earlier: {what}", what=what) for what in lost[:1])
    return [Finding(state="warn" if count or lost else "ok", name="journal", text=text)]
