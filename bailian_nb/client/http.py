"""Client: the one who talks to DashScope (or the emulator) for one key at one base URL. Jobs use it.

It neither repeats nor decides anything: what broke comes out as one of our errors, and the runner acts by its class.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from ..config import Secret
from ..errors import AuthenticationError, DownloadError, InvalidRequest, ServiceError
from ..images import Input
from ..request import Request
from ..specs import service
from ..store.buckets import holds, signed
from ..system.language import sentence
from ..texts.catalogue import say
from .answers import read_cancel, read_created, read_page, read_task
from .download import MAX_INPUT_BYTES, MAX_PICTURE_BYTES, Download, Fetching, fetch_public, fetch_result
from .faults import KEY_WORDS, uncertain
from .hosts import Gate, Resolve, resolve_host
from .meter import Clear
from .network import LOOPBACK, Network, open_app, open_network
from .probe import Probe, probe
from .reply import Reply, task_id_of
from .shapes import Answer, Submitted, TaskPage
from .transport import DEFAULT_TIMEOUTS, Fault, Timeouts, Waiting, exchange, host_of, unreachable
from .upload import Uploads
from .wire import Call, beijing_stamp, encode

SIGNED_SECONDS = service.KEPT_SECONDS
"""How long the service can read an input in the user's bucket: a task may wait in its queue for as long."""
_WORKSPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(kw_only=True)
class _Open:
    """The ways out of one event loop; `creates` never reuses a connection."""

    loop: asyncio.AbstractEventLoop
    reads: httpx.AsyncBaseTransport
    creates: httpx.AsyncBaseTransport


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A create call that is ready to be sent."""

    call: Call
    content: bytes = field(repr=False)


class Client:
    """Speak for one account.

    Parameters
    ----------
    base_url
        With `/api/v1`.
    key
        Goes into the Authorization header of API calls and nowhere else.
    workspace
        Sent with creates and tasks when given.
    app
        An ASGI app that takes the network's place: the emulator in process.
    timeouts, resolve
        For tests: how long to wait, and how host names become addresses.

    Connections are opened by the first call and belong to the event loop that it runs in. Every call ends within a
    time that follows from `timeouts` and the length of what is sent; one that takes `waiting` tells it what it waits
    for as soon as that has become long.
    """

    def __init__(
        self,
        *,
        base_url: str,
        key: Secret,
        workspace: str = "",
        app: Any | None = None,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        resolve: Resolve = resolve_host,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._own = _http_url(self._base)
        self._app = app
        if workspace and not _WORKSPACE.fullmatch(workspace):
            raise InvalidRequest(
                sentence(
                    "DASHSCOPE_WORKSPACE_ID must be letters, digits, - and _, got {workspace!r}", workspace=workspace
                )
            )
        self._key = key
        self._workspace = workspace
        self._timeouts = timeouts
        self._gate = Gate(own=self._own, resolve=None if app is not None else resolve)
        self._uploads = Uploads(own=self._own)
        self._opened: _Open | None = None
        self._closed = False

    def __repr__(self) -> str:
        return f"<Client {self._own.host}{' in process' if self.in_process else ''}>"

    @property
    def in_process(self) -> bool:
        """True when an app in this process answers and no network is used."""
        return self._app is not None

    async def prepare(self, request: Request, *, waiting: Waiting | None = None) -> Prepared:
        """Upload what the create call cannot carry itself, and write its body; no task can come from this.

        Raises
        ------
        NetworkError, RequestRejected
            When a picture could not be uploaded.
        """
        uploads = await self._uploads.addresses(
            request, self._ask_permit, self._open().reads, self._timeouts, sign=self._signed, waiting=waiting
        )
        # Ten megabytes of picture as JSON would hold up the loop that polls for everybody else.
        call, content = await asyncio.to_thread(_written, request, uploads)
        return Prepared(call=call, content=content)

    async def submit(
        self,
        request: Request | Prepared,
        *,
        waiting: Waiting | None = None,
        clear: Callable[[], Awaitable[None]] | None = None,
    ) -> Submitted | Answer:
        """Send one create call, once; a Request that is not prepared yet is prepared before.

        `clear` is asked in the last moment before its first byte goes out: what it raises is raised here, and then
        nothing was sent.

        Returns
        -------
        Submitted | Answer
            The task, or for a synchronous protocol the result itself.

        Raises
        ------
        NetworkError
            Nothing was sent.
        RequestRejected
            The service refused: nothing was created. Throttled is the kind that may be sent again.
        SubmitUncertain
            It broke half-way; a task may exist.
        """
        prepared = await self.prepare(request, waiting=waiting) if isinstance(request, Request) else request
        call = prepared.call
        reply = await self._ask(
            call.method,
            call.path,
            headers=call.headers,
            content=prepared.content,
            read=None if call.asynchronous else self._timeouts.sync,
            create=True,
            waiting=waiting,
            clear=None if clear is None else lambda peer: clear(),
        )
        if isinstance(reply, Fault):
            if not reply.sent:
                unreachable(reply)
            raise uncertain(reply.words, asynchronous=call.asynchronous, **reply.ids._asdict())
        with self._naming_the_key():
            return read_created(reply, asynchronous=call.asynchronous, model=call.body["model"])

    async def query(self, task_id: str, *, waiting: Waiting | None = None) -> Answer:
        """Ask how a task is.

        Raises
        ------
        NetworkError, ServiceError, Throttled
            Asking again may help.
        RequestRejected
            The service refused to say.
        """
        reply = await self._read("GET", f"/tasks/{_checked(task_id)}", task_id=task_id, waiting=waiting)
        with self._naming_the_key():
            return read_task(reply, task_id)

    async def cancel(self, task_id: str) -> str:
        """Cancel a task that is still PENDING and return the request id.

        Raises
        ------
        RequestRejected
            With code UnsupportedOperation when it runs or has ended.
        """
        return read_cancel(await self._read("POST", f"/tasks/{_checked(task_id)}/cancel", task_id=task_id), task_id)

    async def list_tasks(
        self,
        *,
        start: float | None = None,
        end: float | None = None,
        model: str | None = None,
        status: str | None = None,
        page: int = 1,
        page_size: int = 10,
    ) -> TaskPage:
        """List the account's tasks, newest as the service orders them; times are epoch seconds, at most 24 h apart."""
        given = {
            "page_no": str(page),
            "page_size": str(page_size),
            "start_time": None if start is None else beijing_stamp(math.floor(start)),
            "end_time": None if end is None else beijing_stamp(math.ceil(end)),
            "model_name": model,
            "status": status,
        }
        params = {name: value for name, value in given.items() if value is not None}
        reply = await self._read("GET", "/tasks", params=params)
        with self._naming_the_key():
            return read_page(reply)

    async def download(
        self, url: str, *, max_bytes: int = MAX_PICTURE_BYTES, waiting: Waiting | None = None
    ) -> Download:
        """Fetch a finished picture from its presigned URL, without the key.

        Raises
        ------
        DownloadError
            `again` says whether another try may help.
        """
        return await fetch_result(self._fetching(max_bytes, waiting), url)

    async def fetch_input(self, url: str, *, max_bytes: int = MAX_INPUT_BYTES) -> bytes:
        """Fetch an input picture that was given as the URL of a public host.

        Raises
        ------
        DownloadError
            When it cannot be had.
        """
        if self.in_process and host_of(url) != self._own.host:
            raise DownloadError(
                sentence("the emulator has no network to fetch this URL with"), hint=sentence("Give a local file.")
            )
        return (await fetch_public(self._fetching(max_bytes), url)).data

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Look up a host's addresses, none where a proxy does that, or nobody can tell."""
        way = self._open().reads
        if not isinstance(way, Network) or way.proxy_of(httpx.URL(f"https://{host}/")) or self._gate.resolve is None:
            return ()
        return await self._gate.resolve(host)

    async def probe(self, url: str) -> Probe:
        """Ask a host for anything, without the key, for at most 5 seconds; a fault is an answer too."""
        return await probe(self._open().reads, url, seconds=self._timeouts.probe)

    async def aclose(self) -> None:
        """Close every connection; once is enough and twice does no harm."""
        self._closed = True
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.reads.aclose()
            await opened.creates.aclose()

    def _fetching(self, most: int, waiting: Waiting | None = None) -> Fetching:
        way = self._open().reads
        return Fetching(way=way, gate=self._gate, most=most, timeouts=self._timeouts, key=self._key, waiting=waiting)

    async def _read(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        task_id: str = "",
        waiting: Waiting | None = None,
    ) -> Reply:
        reply = await self._ask(method, path, params=params, waiting=waiting)
        if isinstance(reply, Reply):
            return reply
        if not reply.sent:
            unreachable(reply, task_id=task_id)
        raise ServiceError(reply.words, task_id=task_id)

    @contextlib.contextmanager
    def _naming_the_key(self) -> Iterator[None]:
        """Say what a key of its kind is for, where the service refused it."""
        try:
            yield
        except AuthenticationError as error:
            if self._key.kind in KEY_WORDS and not self._key.renews:
                error.hint = f"{error.hint} {say(KEY_WORDS[self._key.kind])}".lstrip()
            raise

    async def _signed(self, picture: Input) -> str:
        """Return a URL by which the service reads a picture in the user's bucket, "" where it could not.

        The object must be just these bytes still, and its host one that is reached from everywhere.
        """
        if self.in_process or self._own.host in LOOPBACK:  # an emulator, which fetches nothing
            return ""
        url = await asyncio.to_thread(_signed_address, picture)
        try:
            place = httpx.URL(url)
            if place.scheme != "https":
                return ""
            await self._gate.public(place)
        except (httpx.InvalidURL, DownloadError):
            return ""
        return url

    async def _ask_permit(self, path: str, params: Mapping[str, str], waiting: Waiting | None) -> Reply | Fault:
        return await self._ask("GET", path, params=params, workspace=False, waiting=waiting)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        read: float | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
        create: bool = False,
        workspace: bool = True,
        waiting: Waiting | None = None,
        clear: Clear | None = None,
    ) -> Reply | Fault:
        opened = self._open()
        key = self._key.at_the_moment()
        if self._key.due:
            if reason := await asyncio.to_thread(self._key.renew):
                return Fault(words=reason, sent=False, hint=sentence("Nothing was sent."))
            key = self._key.at_the_moment()
        named = {"X-DashScope-WorkSpace": self._workspace} if self._workspace and workspace else {}
        own = {"Accept": "application/json", **named}
        send = partial(
            exchange,
            opened.creates if create else opened.reads,
            method,
            self._base + path,
            timeouts=self._timeouts,
            read=read,
            headers={**own, **(headers or {})},
            content=content,
            params=params,
            waiting=waiting,
            clear=clear,
        )
        reply = await send(key=key)
        if isinstance(reply, Reply) and reply.status == 401 and self._key.renews:
            # A definite refusal, which made nothing: with another key it is asked anew, once.
            await asyncio.to_thread(self._key.renew, key)
            if (renewed := self._key.at_the_moment()) != key:
                return await send(key=renewed)
        return reply

    def _open(self) -> _Open:
        loop = asyncio.get_running_loop()
        if self._closed:
            raise RuntimeError("this Client is closed")
        if self._opened is None:
            need_proxy = self._own.host not in LOOPBACK
            self._opened = _Open(
                loop=loop,
                reads=open_app(self._app) if self.in_process else open_network(need_proxy=need_proxy),
                creates=open_app(self._app) if self.in_process else open_network(fresh=True, need_proxy=need_proxy),
            )
        elif self._opened.loop is not loop:
            raise RuntimeError("this Client belongs to another event loop")
        return self._opened


def _written(request: Request, uploads: Mapping[str, str]) -> tuple[Call, bytes]:
    call = encode(request, uploads)
    return call, call.content()


def _signed_address(picture: Input) -> str:
    return signed(picture.address, SIGNED_SECONDS) if holds(picture.address, picture.data) else ""


def _http_url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
        if url.scheme in ("http", "https") and url.host:
            return url
    except httpx.InvalidURL:
        pass
    raise InvalidRequest(sentence("the base URL must be an http(s) URL that ends in /api/v1, got {text!r}", text=text))


def _checked(task_id: str) -> str:
    if not (clean := task_id_of(task_id)):
        raise InvalidRequest(sentence("{task_id!r} is no task id", task_id=task_id))
    return clean
