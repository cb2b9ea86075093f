"""Check what a user needs: settings, key, network, result hosts, folders, locks.

For `%wan doctor` and `bailian-nb doctor`. Nothing here is billed: the only API call lists tasks.
"""

from __future__ import annotations

import asyncio
import platform
import sqlite3
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from .. import config, specs
from .._version import __version__
from ..accounts.account import Account
from ..errors import BailianError, MissingApiKey
from ..specs import service
from ..system.loops import wait
from ..texts.shelf import ending, unlisted
from .session import Session

State = Literal["ok", "warn", "fail", "info"]
PACKAGES = ("ipykernel", "ipywidgets", "anywidget", "httpx", "pillow", "jupyterlab", "notebook")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the report."""

    state: State
    name: str
    text: str


def examine(session: Session) -> list[Finding]:
    """Return every finding; a part that fails never hides the others."""
    found = [_versions()]
    try:
        settings = session.settings()
        target = session.target(settings)
    except BailianError as error:
        return [*found, Finding(state="fail", name="settings", text=str(error)), *_folders(session, None)]
    where = f"{'EMULATOR at ' if target.emulator else ''}{target.base_url} ({target.region})"
    where = "EMULATOR inside this process" if target.in_process else where
    found.append(Finding(state="info", name="requests go to", text=where))
    found.extend(_models(session, settings))
    try:
        key = config.find_key()
        account = session.account(target, settings)
    except MissingApiKey as error:
        return [*found, Finding(state="fail", name="key", text=str(error)), *_folders(session, settings)]
    except BailianError as error:
        return [*found, Finding(state="fail", name="account", text=str(error)), *_folders(session, settings)]
    except OSError as error:
        return [*found, Finding(state="fail", name="account", text=str(error)), *_folders(session, settings)]
    if target.in_process:
        unused = f"{key!r} is set and not used" if key else "none is needed"
        found.append(Finding(state="ok", name="key", text=unused))
    else:
        found.append(Finding(state="ok", name="key", text=f"{key!r}"))
    found.extend(wait(session.loop.submit(_network(account)), timeout=60))
    return [*found, *_folders(session, settings), _limits(session, account), *_journal(session)]


def firewall_list() -> tuple[str, ...]:
    """Return every host that a firewall must let through: of the API, of uploads and of results; * is any name."""
    api = [url.split("/")[2] for url in service.REGIONS.values() if url]
    workspaces = [service.WORKSPACE_HOST.format(workspace="*", region=region) for region in service.REGIONS]
    return (*api, *(url.split("/")[2] for url in workspaces), service.UPLOAD_HOSTS, *service.RESULT_HOSTS)


async def _network(account: Account) -> list[Finding]:
    try:
        page = await account.client.list_tasks(start=None, end=None, model=None, status=None)
        api = Finding(state="ok", name="task list", text=f"answered; {page.total} tasks in the last 24 h")
    except BailianError as error:
        api = Finding(state="fail", name="task list", text=f"{type(error).__name__}: {error}")
    if account.emulator:
        skipped = Finding(state="info", name="result hosts", text="not probed: the emulator serves its own pictures")
        return [api, skipped]
    probes = await asyncio.gather(*(account.client.probe(f"https://{host}/") for host in service.RESULT_HOSTS))
    reached = [probe for probe in probes if probe.ok]
    found = [
        Finding(
            state="ok" if len(reached) == len(probes) else "warn",
            name="result hosts",
            text=f"{len(reached)} of {len(probes)} answer",
        )
    ]
    found += [Finding(state="warn", name=probe.host, text=probe.reason) for probe in probes if not probe.ok]
    return [api, *found]


def _versions() -> Finding:
    known = []
    for name in PACKAGES:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            known.append(f"{name} missing")
    text = f"bailian_nb {__version__}, Python {platform.python_version()} on {sys.platform}; {', '.join(known)}"
    return Finding(state="info", name="versions", text=text)


def _folders(session: Session, settings: config.Settings | None) -> list[Finding]:
    found = []
    places = {"BAILIAN_NB_HOME": session.home}
    if settings is not None:
        places["pictures"] = config.out_dir(settings)
    for name, folder in places.items():
        try:
            with tempfile.TemporaryFile(dir=config.nearest(folder.absolute())):
                found.append(Finding(state="ok", name=name, text=f"{folder} can be written"))
                if name == "BAILIAN_NB_HOME" and (why := config.exposed(folder)):
                    found.append(Finding(state="warn", name="privacy", text=why))
        except OSError as error:
            found.append(Finding(state="fail", name=name, text=f"{folder} cannot be written: {error.strerror}"))
    return found


def _models(session: Session, settings: config.Settings) -> list[Finding]:
    """Tell which models end soon or have ended: a warning where the settings name one, a line for the rest."""
    today = specs.day(session.clock.now())
    own = (settings.model, settings.edit_model)
    said = {row.name: line for row in specs.models() if (line := ending(row, today))}
    said |= {name: line for name in own if (line := unlisted(name)) and name not in said}
    if not said:
        return []
    state: State = "warn" if any(name in own for name in said) else "info"
    return [Finding(state=state, name="models", text="; ".join(said.values()))]


def _limits(session: Session, account: Account) -> Finding:
    """Tell whether limits and caps hold over all kernels of this machine."""
    if reason := account.limiter.probe():
        return Finding(state="warn", name="limits", text=reason)
    if kind := config.network_file_system(session.home):
        text = f"{session.home} lies on a network file system ({kind}), whose locks may not hold: take a local disk"
        return Finding(state="warn", name="limits", text=text)
    return Finding(state="ok", name="limits", text="shared by all kernels of this machine with this BAILIAN_NB_HOME")


def _journal(session: Session) -> list[Finding]:
    try:
        count, lost = session.pending(), session.losses()
    except (OSError, sqlite3.Error) as error:
        return [
            Finding(state="fail", name="journal", text=f"{session.home} holds a journal that cannot be read: {error}")
        ]
    text = f"{count} unfinished job(s); %wan resume takes them up" if count else "nothing is open"
    text += "".join(f"; earlier: {what}" for what in lost[:1])
    return [Finding(state="warn" if count or lost else "ok", name="journal", text=text)]
