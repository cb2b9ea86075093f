"""The key server: who gets a temporary key, how often, and that the parent key is in no answer and no log."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from bailian_nb.broker.app import BAD_TRIES, create_app
from bailian_nb.broker.minting import Minting
from bailian_nb.broker.serve import Options, serve
from bailian_nb.broker.users import KNOWN_SECONDS, FileUsers, HubUsers, Users
from bailian_nb.client.keys import Wire, server_url
from bailian_nb.config import Secret
from bailian_nb.emulator import EmulatorSettings
from bailian_nb.emulator import create_app as create_emulator
from bailian_nb.errors import InvalidRequest, MissingApiKey

PARENT = "sk-the-parent-0123456789abcdef"
ANNA, BEN = "token-of-anna-0123456789", "token-of-ben-0123456789ab"


class World:
    """A hub and the service behind one wire, a key server before them, and a clock that is set."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.now = 1_764_000_000.0
        self.tokens = {ANNA: {"name": "anna", "kind": "user"}, BEN: {"name": "ben 本", "kind": "user"}}
        self.asked = 0
        self.hub_up = True
        emulator = create_emulator(folder, EmulatorSettings(), clock=lambda: self.now)
        self.outside = Starlette(routes=[Route("/hub/api/user", self._user), Mount("/", emulator)])
        self.more = {"seconds": 1800, "per_minute": 10, "parent": Secret(PARENT), **more}

    async def _user(self, request: Request) -> JSONResponse:
        self.asked += 1
        found = self.tokens.get(request.headers["authorization"].partition(" ")[2])
        if not self.hub_up:
            return JSONResponse({}, 502)
        return JSONResponse(found or {"status": 403}, 200 if found else 403)

    def run(self, steps: Callable[..., Any], users: Users | None = None, only: tuple[str, ...] = ()) -> None:
        async def go() -> None:
            wire = Wire(app=self.outside)
            hub = HubUsers(api="http://hub/hub/api", wire=wire, only=only, now=lambda: self.now)
            minting = Minting(
                base_url="http://service/api/v1",
                account="a1b2",
                team="c3d4",
                wire=wire,
                now=lambda: self.now,
                **self.more,
            )
            self.server = httpx.ASGITransport(create_app(users or hub, minting))
            await steps()
            await wire.aclose()

        asyncio.run(go())

    async def ask(self, token: str = ANNA, scheme: str = "Bearer") -> httpx.Response:
        async with httpx.AsyncClient(transport=self.server, base_url="http://keys") as http:
            answer = await http.post("/keys", headers={"Authorization": f"{scheme} {token}"} if token else {})
        assert PARENT not in answer.text + repr(answer.headers)
        assert answer.headers["cache-control"] == "no-store"
        return answer

    async def works(self, key: str) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.outside), base_url="http://service") as http:
            return (await http.get("/api/v1/tasks", headers={"Authorization": f"Bearer {key}"})).status_code


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_user_of_the_hub_gets_a_key_that_works_for_half_an_hour(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def steps() -> None:
        given = (await world.ask(ANNA, "token")).json()
        assert (given["user"], given["expires_in"], given["account"], given["team"]) == ("anna", 1800, "a1b2", "c3d4")
        assert given["token"].startswith("st-")
        assert await world.works(given["token"]) == 200
        world.now += 1801
        assert await world.works(given["token"]) == 401
        assert given["token"] not in caplog.text

    world.run(steps)
    assert "a key for anna until" in caplog.text
    assert PARENT not in caplog.text
    assert ANNA not in caplog.text


def test_a_fresh_key_is_given_again_and_an_old_one_is_replaced(world: World) -> None:
    async def steps() -> None:
        first = (await world.ask()).json()["token"]
        world.now += 170
        assert (await world.ask()).json()["token"] == first
        assert (await world.ask(BEN)).json()["user"] == "ben 本"
        world.now += 20
        assert (await world.ask()).json()["token"] != first

    world.run(steps)


def test_nobody_else_gets_one(world: World) -> None:
    world.tokens["token-of-a-service-01234"] = {"name": "cull", "kind": "service"}

    async def steps() -> None:
        for token in ("", "x" * 7, "not-a-token-of-this-hub", "token-of-a-service-01234", BEN):
            answer = await world.ask(token)
            assert (answer.status_code, answer.json()) == (401, {"error": "this key server does not know the token"})
        assert (await world.ask()).status_code == 200

    world.run(steps, only=("anna",))


def test_who_is_shut_out_gets_no_new_key_half_a_minute_later(world: World) -> None:
    async def steps() -> None:
        assert [(await world.ask()).status_code for _ in range(3)] == [200] * 3
        assert world.asked == 1
        del world.tokens[ANNA]
        world.now += KNOWN_SECONDS
        assert (await world.ask()).status_code == 401

    world.run(steps)


def test_a_user_may_ask_so_often_a_minute(world: World) -> None:
    async def steps() -> None:
        assert [(await world.ask()).status_code for _ in range(11)] == [200] * 10 + [429]
        refused = await world.ask()
        assert (refused.headers["retry-after"], refused.json()["error"]) == (
            "60",
            "more than 10 keys a minute were asked for",
        )
        assert (await world.ask(BEN)).status_code == 200
        world.now += 60
        assert (await world.ask()).status_code == 200

    world.run(steps)


def test_whoever_tries_tokens_is_not_looked_at_after_a_while(world: World) -> None:
    async def steps() -> None:
        codes = [(await world.ask(f"a-token-that-is-guessed-{number}")).status_code for number in range(BAD_TRIES + 5)]
        assert codes == [401] * BAD_TRIES + [429] * 5
        assert world.asked == BAD_TRIES

    world.run(steps)


def test_whoever_tries_tokens_shuts_nobody_out_behind_the_same_proxy(world: World, tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(f"anna {ANNA}\n")
    path.chmod(0o600)

    async def steps() -> None:
        assert (await world.ask()).status_code == 200
        for number in range(BAD_TRIES + 5):
            await world.ask(f"a-token-that-is-guessed-{number}")
        assert (await world.ask()).status_code == 200
        world.now += KNOWN_SECONDS + 1
        assert (await world.ask()).status_code == 200
        assert (await world.ask("a-token-that-is-guessed-9999")).status_code == 429

    world.run(steps)
    world.run(steps, users=FileUsers(path=path))


def test_a_temporary_key_that_no_header_takes_is_none(tmp_path: Path) -> None:
    async def tokens(request: Request) -> JSONResponse:
        return JSONResponse({"token": "st-0123456789\r\nX-More: 1"})

    world = World(tmp_path)
    world.outside.routes.insert(0, Route("/api/v1/tokens", tokens, methods=["POST"]))

    async def steps() -> None:
        answer = await world.ask()
        assert (answer.status_code, answer.json()) == (503, {"error": "the service's answer holds no temporary key"})

    world.run(steps)


def test_no_request_is_sent_on_to_where_it_says_itself(world: World) -> None:
    async def steps() -> None:
        async with httpx.AsyncClient(transport=world.server, base_url="http://keys") as http:
            answer = await http.post("/keys/", headers={"Authorization": f"Bearer {ANNA}", "Host": "elsewhere"})
        assert (answer.status_code, "location" in answer.headers) == (404, False)

    world.run(steps)


def test_a_hub_that_is_away_is_said_and_gives_nobody_a_key(world: World) -> None:
    world.hub_up = False

    async def steps() -> None:
        answer = await world.ask()
        assert (answer.status_code, answer.json()) == (503, {"error": "the hub answered HTTP 502"})

    world.run(steps)


def test_a_parent_key_that_is_refused_is_said_without_it(tmp_path: Path) -> None:
    world = World(tmp_path, parent=Secret("no-key-of-the-service-0123456789"))

    async def steps() -> None:
        answer = await world.ask()
        assert (answer.status_code, answer.json()["error"]) == (503, "Invalid API-key provided.")
        assert "no-key-of" not in answer.text

    world.run(steps)


def test_users_of_a_file_may_be_written_by_their_hash(world: World, tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    hashed = hashlib.sha256(BEN.encode()).hexdigest()
    path.write_text(f"# who gets keys\nanna {ANNA}\n\nben sha256:{hashed}\n")
    path.chmod(0o600)

    async def steps() -> None:
        assert [(await world.ask(token)).json().get("user") for token in (ANNA, BEN, hashed)] == ["anna", "ben", None]
        path.write_text(f"ben {BEN}\n")
        assert [(await world.ask(token)).status_code for token in (ANNA, BEN)] == [401, 200]
        path.chmod(0o644)
        answer = await world.ask(BEN)
        assert (answer.status_code, answer.json()["error"]) == (
            503,
            f"others can read {path}: chmod 600 closes it to them",
        )

    world.run(steps, users=FileUsers(path=path))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "say who gets keys: --hub-api URL"),
        ({"hub_api": "http://hub.example/hub/api"}, "--hub-api would send a token in plain text"),
        ({"hub_api": "https://a:b@hub/api"}, "--hub-api must be an http(s) URL without a user name"),
        ({"hub_api": "https://hub/hub/api", "seconds": 1801}, "a key lives 1 to 1800 seconds, got 1801"),
        ({"tokens": Path("/no/such/file")}, "/no/such/file cannot be read"),
    ],
)
def test_a_server_that_cannot_be_is_refused(
    options: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", PARENT)
    with pytest.raises(InvalidRequest) as caught:
        serve(Options(base_url="http://127.0.0.1:9/api/v1", **options), on_ready=print)
    assert said in str(caught.value)


@pytest.mark.parametrize(("key", "said"), [("", "needs the parent key"), ("st-0123456789abcdef", "is a temporary one")])
def test_it_needs_the_parent_key(key: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", key)
    with pytest.raises(MissingApiKey, match=said):
        serve(Options(base_url="http://127.0.0.1:9/api/v1", hub_api="https://hub/hub/api"), on_ready=print)


def test_a_token_goes_to_another_machine_by_tls_alone() -> None:
    assert server_url("https://keys.example/of/hub/", "x") == "https://keys.example/of/hub"
    assert server_url("http://127.0.0.1:8790/", "x") == "http://127.0.0.1:8790"
    with pytest.raises(InvalidRequest, match="put TLS in front"):
        server_url("http://keys:8790", "x")
