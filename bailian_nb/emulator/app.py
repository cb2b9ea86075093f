"""The emulator as an ASGI app: DashScope's routes below /api/v1, the pictures below /results, a log for tests.

`session` runs it in process through an ASGI transport, `serve` on a loopback port. The event loop is never blocked:
files and SQLite go to the loop's own worker threads, which are there still when Python ends and starts no other, and
drawing to further ones. The key is never stored, only a hash of it with the home's salt.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
import uuid
from asyncio import to_thread
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from .. import specs
from ..specs import Limit, service
from . import answers, checks, faults, inputs, keys, listing, stream, uploads
from .refusals import NOT_PENDING, Refusal
from .results import ResultRefused, Results
from .settings import EmulatorSettings
from .tasks import Held, Store, Task

_SWEEP_EVERY = 60.0
_QUERY_WINDOW = 0.9  # seconds; a little less than one, for clocks and threads are never exact


def create_app(
    home: Path,
    settings: EmulatorSettings | None = None,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[object]] = anyio.sleep,
) -> Starlette:
    """Make the emulator whose tasks and pictures live in ``home/emulator``.

    Parameters
    ----------
    home
        BAILIAN_NB_HOME; nothing is written before the first call.
    settings
        Latency, limits, faults; None for the usual ones.
    clock
        Seconds since the epoch; every state follows from it.
    sleep
        How a synchronous call waits for its end.

    Returns
    -------
    app
        An ASGI app, for httpx's transport in process or a server on a port: DashScope's paths below ``/api/v1``, and
        ``/emulator/log``, which says what was asked for and would have been billed.
    """
    desk = _Desk(Path(home) / "emulator", settings or EmulatorSettings(), clock, sleep)
    slashes = ("", "/")
    app = Starlette(
        routes=[
            Route("/api/v1/services/{rest:path}", desk.submit, methods=["POST"]),
            *(Route(f"/api/v1/tasks{end}", desk.tasks, methods=["GET"]) for end in slashes),
            *(Route(f"/api/v1/tasks/{{task_id}}{end}", desk.query, methods=["GET"]) for end in slashes),
            *(Route(f"/api/v1/tasks/{{task_id}}/cancel{end}", desk.cancel, methods=["POST"]) for end in slashes),
            *(Route(f"/api/v1/tokens{end}", desk.token, methods=["POST"]) for end in slashes),
            Route("/api/v1/uploads", desk.permit, methods=["GET"]),
            Route(uploads.PATH, desk.upload, methods=["POST"]),
            Route("/results/{rest:path}", desk.result, methods=["GET"]),
            Route("/emulator", desk.name, methods=["GET"]),
            Route("/emulator/log", desk.log, methods=["GET"]),
        ],
        exception_handlers={
            Refusal: desk.refuse,
            Held: desk.refuse_for_now,
            ResultRefused: desk.refuse_result,
            HTTPException: desk.refuse_route,
        },
    )
    app.router.redirect_slashes = False
    return app


class _Desk:
    """The routes' handlers and what they share."""

    def __init__(
        self,
        folder: Path,
        settings: EmulatorSettings,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self.settings, self.clock, self.sleep = settings, clock, sleep
        self.store = Store(folder)
        self.results = Results(self.store, settings.expiry)
        self.uploads = uploads.Uploads(self.store)
        self.counters: Counter[str] = Counter()
        self.flaky: Counter[str] = Counter()
        self.asked: dict[tuple[str, str, str], deque[float]] = {}
        self.swept = 0.0

    async def submit(self, request: Request) -> Response:
        self.counters["submits"] += 1
        account = await self._account_of_call(request)
        asynchronous = request.headers.get("x-dashscope-async", "").strip().lower() == "enable"
        oss = request.headers.get("x-dashscope-ossresourceresolve", "").strip().lower() == "enable"
        sse = request.headers.get("x-dashscope-sse", "").strip().lower() == "enable" and not asynchronous
        path = f"/services/{request.path_params['rest'].rstrip('/')}"
        raw = await request.body()
        try:
            task, lost = await to_thread(
                lambda: self._create(account, path, asynchronous, raw, request.headers.get("host", ""), oss, sse)
            )
        except Held as held:
            raise _nothing_made(held) from None
        self.counters["creates"] += 1
        if not asynchronous:
            await self.sleep(max(0.0, task.end - self.clock()))
        if lost:
            return HTMLResponse(f"<html><body><h1>{lost} Gateway</h1></body></html>", status_code=lost)
        if asynchronous:
            return JSONResponse(answers.created(task))
        if not task.good:
            raise Refusal(task.code or task.slots[0])
        answer = answers.synchronous(task, self._urls(task, request))
        if sse:
            return StreamingResponse(stream.events(answer), media_type="text/event-stream")
        return JSONResponse(answer)

    async def query(self, request: Request) -> Response:
        await self._authorized(request, "queries")
        task_id = request.path_params["task_id"]
        task = await to_thread(self.store.get, task_id)
        now = self.clock()
        if task is None or task.letter == "B" or now - task.created >= self.settings.expiry:
            return JSONResponse(answers.unknown(task_id, _id()))
        if self.flaky[task_id] < task.flaky:
            self.flaky[task_id] += 1
            raise Refusal("ModelUnavailable", "Service unavailable, please try again later.")
        return JSONResponse(answers.queried(task, now, _id(), self._urls(task, request)))

    async def cancel(self, request: Request) -> Response:
        await self._authorized(request, "cancels")
        task_id = request.path_params["task_id"]
        task = await to_thread(self.store.get, task_id)
        limit = self._limit(task.model) if task else None
        if not await to_thread(self.store.cancel, task_id, self.clock(), limit):
            raise Refusal("UnsupportedOperation", NOT_PENDING)
        return JSONResponse({"request_id": _id()})

    async def tasks(self, request: Request) -> Response:
        await self._authorized(request, "lists")
        now = self.clock()
        asked = listing.read(request.query_params, now)
        oldest = max(asked.start, now - self.settings.expiry)
        made = await to_thread(self.store.since, oldest)
        ripe = [task for task in made if now - task.created >= self.settings.list_delay]
        found = listing.select(ripe, asked, now)
        return JSONResponse(answers.listed(found, now, asked.page, asked.size, _id()))

    async def token(self, request: Request) -> Response:
        """Mint a temporary key with the rights of the one that asks."""
        owner = await self._authorized(request, "tokens")
        salt = await to_thread(lambda: self.store.salt)
        token, ends = keys.mint(salt, owner, request.query_params.get("expire_in_seconds", "60"), self.clock())
        return JSONResponse({"token": token, "expires_at": ends})

    async def permit(self, request: Request) -> Response:
        model = request.query_params.get("model", "")
        account = await self._authorized(request, "permits", most=service.PERMITS_PER_SECOND, model=model)
        if request.query_params.get("action") != "getPolicy" or not model:
            raise Refusal("InvalidParameter", "action must be getPolicy, and model be given.")
        origin = f"{request.url.scheme}://{request.headers.get('host', '')}"
        data = await to_thread(self.uploads.permit, account, model, origin, self.clock())
        return JSONResponse({"request_id": _id(), "data": data})

    async def upload(self, request: Request) -> Response:
        if "authorization" in request.headers:
            self.counters["uploads_with_key"] += 1
            raise ResultRefused(400, "InvalidArgument", "Only one auth mechanism allowed.")
        async with request.form() as form:
            items = form.multi_items()
            fields = {name: value for name, value in items if isinstance(value, str)}
            file = next((value for name, value in items if name == "file" and not isinstance(value, str)), None)
            data = await file.read() if file is not None else None
        status = await run_sync(self.uploads.receive, fields, [name for name, _ in items], data, self.clock())
        self.counters["uploads"] += 1
        return Response(status_code=status)

    async def result(self, request: Request) -> Response:
        if "authorization" in request.headers:
            self.counters["downloads_with_key"] += 1
            raise ResultRefused(400, "InvalidArgument", "Only one auth mechanism allowed.")
        path, query = request.url.path, dict(request.query_params)
        if request.method == "HEAD":  # the address is signed for GET
            raise ResultRefused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
        data = await run_sync(self.results.fetch, path, query, self.clock())
        self.counters["downloads"] += 1
        return _ranged(data, request.headers.get("range", ""))

    async def name(self, request: Request) -> Response:
        """Say who answers here, for clients on the other side of a port: nothing is billed."""
        return JSONResponse({"emulator": "bailian_nb"})

    async def log(self, request: Request) -> Response:
        tasks = await to_thread(self.store.since, 0.0)
        creates = answers.logged(reversed(tasks), self.clock())
        return JSONResponse({"creates": creates, "counters": dict(self.counters)})

    async def refuse(self, request: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)
        self.counters["refused"] += 1
        return JSONResponse(answers.refused(refusal, _id()), status_code=refusal.http_status)

    async def refuse_for_now(self, request: Request, held: Exception) -> Response:
        return JSONResponse(answers.refused(Refusal("ModelUnavailable", str(held)), _id()), status_code=503)

    async def refuse_result(self, request: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, ResultRefused)
        self.counters["uploads_refused" if request.url.path == uploads.PATH else "downloads_refused"] += 1
        return Response(refusal.xml, status_code=refusal.status, media_type="application/xml")

    async def refuse_route(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        body = {"code": "NotFound", "message": f"{error.detail}: {request.url.path}", "request_id": _id()}
        return JSONResponse(body, status_code=error.status_code)

    def _create(
        self, account: str, path: str, asynchronous: bool, raw: bytes, host: str, resolve_oss: bool, streams: bool
    ) -> tuple[Task, int]:
        """Check a submit and make its task; also the status of a gateway that shall lose the answer."""
        now = self.clock()
        region, strict = self.settings.region, self.settings.strict
        call = checks.read(path, asynchronous, raw, region, strict=strict, streams=streams)
        prompt = str(call.values.get("prompt") or call.values.get("domain_hint") or "")
        faults.words(prompt)
        limit = self._limit(call.model.name)
        attempt = self.store.knock(account, call.model.name, call.body_hash, now, limit)
        seen = {**call.values, "model": call.model.name, "function": call.function}
        plan = faults.plan(prompt, seen, attempt, self.settings.faults)
        if plan.reject:
            raise Refusal(plan.reject)
        taken = inputs.take(
            call,
            self.store.folder / "inputs",
            lambda url: (
                self.uploads.own(url, account, call.model.name, now)
                if url.startswith("oss://")
                else self.results.own(url, host, now)
            ),
            resolve_oss=resolve_oss,
        )
        count = specs.whole(call.values, call.model.billed(call.values, len(call.images)), 1)
        task_id = str(uuid.uuid4())
        drawn = _number(task_id, "seed") % 2**31
        values = {**call.values, "seed": call.values.get("seed", drawn)}
        leak = None
        if taken.kept_pixels is not None:
            leak = min(self.settings.leak if plan.leak is None else plan.leak, taken.kept_pixels)
        task = Task(
            id=task_id,
            request_id=_id(),
            account=account,
            model=call.model.name,
            function=call.function,
            letter=call.protocol.letter,
            path=call.protocol.path,
            region=self.settings.region or next(iter(call.model.regions), service.DEFAULT_REGION),
            given=call.given,
            values=values,
            seed=specs.whole(values, "seed", drawn),
            n=count,
            size=taken.size,
            images=taken.images,
            mask=taken.mask,
            leak=leak,
            ready=plan.pending,
            seconds=self._seconds(plan, call.body_hash, attempt),
            code=taken.failed or ("BadRequest.InputDownloadFailed" if taken.download_failed else plan.fail),
            message=taken.message,
            slots={index: code for index, code in plan.slots.items() if index < count},
            flaky=plan.flaky,
            moved=plan.moved,
            ignored=call.ignored,
        )
        task = self.store.create(task, now, limit, self.settings.over_limit, self.settings.queue)
        if not now - _SWEEP_EVERY < self.swept <= now:
            with contextlib.suppress(Held):  # the task is made; the next one sweeps
                self.results.drop_expired(now)
                self.uploads.drop_expired(now)
                self.swept = now
        return task, plan.lost

    async def _authorized(
        self, request: Request, kind: str, *, most: int = service.QUERIES_PER_SECOND, model: str = ""
    ) -> str:
        """Hold the key and the rate, which this process alone keeps, and return the account."""
        self.counters[kind] += 1
        account = await self._account(request)
        if not self.settings.limits:
            return account
        now = self.clock()
        times = self.asked.setdefault((account, kind, model), deque())
        while times and not now - _QUERY_WINDOW < times[0] <= now:
            times.popleft()
        if len(times) >= most:
            raise Refusal("Throttling.RateQuota")
        times.append(now)
        return account

    async def _account_of_call(self, request: Request) -> str:
        try:
            return await self._account(request)
        except Held as held:
            raise _nothing_made(held) from None

    async def _account(self, request: Request) -> str:
        salt = await to_thread(lambda: self.store.salt)
        return keys.account(salt, request.headers.get("authorization"), self.clock())

    def _limit(self, model: str) -> Limit | None:
        row = next((row for row in specs.models() if row.name == model), None)
        return row.limit(self.settings.region) if row is not None and self.settings.limits else None

    def _seconds(self, plan: faults.FaultPlan, body_hash: str, attempt: int) -> float:
        if plan.latency is not None:
            return plan.latency
        low, high = self.settings.latency
        return low + (high - low) * (_number(body_hash, str(attempt)) % 1000) / 1000

    def _urls(self, task: Task, request: Request) -> Callable[[int], str]:
        origin = f"{request.url.scheme}://{request.headers.get('host', '')}"
        return lambda index: self.results.url(task, index, origin)


def _ranged(data: bytes, wanted: str) -> Response:
    """Return a picture, or the one range of it that was asked for."""
    match = re.fullmatch(r"bytes=(\d{0,12})-(\d{0,12})", wanted.strip())
    if match is None or not any(match.groups()):
        return Response(data, media_type="image/png", headers={"Accept-Ranges": "bytes"})
    first = int(match[1]) if match[1] else max(0, len(data) - int(match[2]))
    last = min(int(match[2]), len(data) - 1) if match[1] and match[2] else len(data) - 1
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers = {"Content-Range": f"bytes {first}-{last}/{len(data)}", "Accept-Ranges": "bytes"}
    return Response(data[first : last + 1], status_code=206, media_type="image/png", headers=headers)


def _nothing_made(held: Held) -> Refusal:
    """Return what a create call hears: by a status that says for certain that there is no task."""
    return Refusal("Conflict", f"{held}; no task was made")


def _id() -> str:
    return str(uuid.uuid4())


def _number(*parts: Any) -> int:
    return int.from_bytes(hashlib.sha256("|".join(parts).encode()).digest()[:8], "big")
