"""A bench for the emulator's tests: the app in process, a clock that a test moves, and requests as plain calls."""

from __future__ import annotations

import asyncio
import base64
import functools
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from bailian_nb.emulator import EmulatorSettings, create_app

T2I = "/services/aigc/image-generation/generation"
SYNC = "/services/aigc/multimodal-generation/generation"
EDIT = "/services/aigc/image2image/image-synthesis"
HOST = "http://emulator.test"


class Bench:
    """One emulator home, asked over ASGI; `now` is its clock."""

    T2I, SYNC, EDIT, HOST = T2I, SYNC, EDIT, HOST

    def __init__(self, home: Path, **settings: Any) -> None:
        self.home = home
        self.now = 1_763_700_000.0
        self.key = "sk-test-0001"
        self.settings = EmulatorSettings(**{"latency": (1.0, 1.0), "limits": False, "strict": True, **settings})
        self.app = create_app(home, self.settings, clock=lambda: self.now, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def ask(self, method: str, url: str, *, key: str | None = "", **more: Any) -> httpx.Response:
        headers = dict(more.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key or self.key}"
        full = url if url.startswith("http") else f"{HOST}/api/v1{url}"

        async def go() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app)) as client:
                return await client.request(method, full, headers=headers, **more)

        return asyncio.run(go())

    def together(self, *calls: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]) -> list[httpx.Response]:
        async def go() -> list[httpx.Response]:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
                return await asyncio.gather(*(call(client) for call in calls))

        return asyncio.run(go())

    def submit(self, path: str, body: Any, *, asynchronous: bool = True, **more: Any) -> httpx.Response:
        headers = {"X-DashScope-Async": "enable"} if asynchronous else {}
        return self.ask("POST", path, json=body, headers={**headers, **more.pop("headers", {})}, **more)

    def t2i(self, prompt: str = "The sea", **parameters: Any) -> httpx.Response:
        return self.submit(T2I, t2i_body(prompt, **parameters))

    def edit(self, function: str, prompt: str = "red", *, base: Any = None, mask: Any = None, **parameters: Any) -> Any:
        return self.submit(EDIT, edit_body(function, prompt, base=base, mask=mask, **parameters))

    def output(self, task_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/tasks/{task_id}").json()["output"]
        return found

    def finish(self, created: httpx.Response) -> dict[str, Any]:
        """Let the task end and return its whole answer."""
        self.wait(5)
        answer: dict[str, Any] = self.ask("GET", f"/tasks/{task_id(created)}").json()
        return answer

    def pictures(self, created: httpx.Response) -> list[bytes]:
        return [self.ask("GET", url, key=None).content for url in urls(self.finish(created))]

    def log(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"{HOST}/emulator/log").json()
        return found


def t2i_body(prompt: str = "The sea", **parameters: Any) -> dict[str, Any]:
    return {
        "model": "wan2.6-t2i",
        "input": {"messages": [{"role": "user", "content": [{"text": prompt}]}]},
        "parameters": {"n": 1, "seed": 7, "size": "768*768", **parameters},
    }


def edit_body(function: str, prompt: str, *, base: Any = None, mask: Any = None, **parameters: Any) -> dict[str, Any]:
    inputs = {"function": function, "prompt": prompt, "base_image_url": base or photo_url()}
    if mask is not None:
        inputs["mask_image_url"] = mask
    return {"model": "wanx2.1-imageedit", "input": inputs, "parameters": {"n": 1, "seed": 7, **parameters}}


@functools.cache
def photo(size: tuple[int, int] = (640, 512)) -> Image.Image:
    red = Image.linear_gradient("L").resize(size)
    green = Image.linear_gradient("L").rotate(90).resize(size)
    blue = Image.radial_gradient("L").resize(size)
    return Image.merge("RGB", (red, green, blue))


@functools.cache
def photo_url() -> str:
    return data_url(photo())


def data_url(image: Image.Image, kind: str = "PNG") -> str:
    out = io.BytesIO()
    image.save(out, kind, **({"compress_level": 1} if kind == "PNG" else {}))
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def task_id(created: httpx.Response) -> str:
    assert created.status_code == 200, created.text
    found: str = created.json()["output"]["task_id"]
    return found


def urls(answer: dict[str, Any]) -> list[str]:
    output = answer["output"]
    if "results" in output:
        return [result["url"] for result in output["results"] if "url" in result]
    return [item["image"] for choice in output["choices"] for item in choice["message"]["content"]]


# With importmode=importlib tests cannot import from here, so the bench brings these along.
for helper in (t2i_body, edit_body, photo, data_url, opened, task_id, urls):
    setattr(Bench, helper.__name__, staticmethod(helper))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def make_bench(tmp_path: Path) -> Callable[..., Bench]:
    return lambda **settings: Bench(tmp_path, **settings)
