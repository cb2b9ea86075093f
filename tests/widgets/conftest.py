"""A kernel's end of the comm, without a kernel: what a widget sends is kept, what a page would send is handed in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm
from PIL import Image

from bailian_nb.jobs.job import Job
from bailian_nb.widgets import mask_codec
from bailian_nb.widgets.ops import Op, checked, drawn


class Wire(BaseComm):
    """Keeps every message with its buffers."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        super().__init__(*args, **more)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        json.dumps(data)  # what cannot be sent fails here as it would in a kernel
        self.sent.append((data or {}, [bytes(buffer) for buffer in buffers or ()]))

    def receive(self, content: dict[str, Any], *buffers: bytes) -> None:
        """Hand in a custom message as the kernel does: buffers arrive as memoryviews."""
        data = {"method": "custom", "content": json.loads(json.dumps(content))}
        self.handle_msg({"content": {"data": data}, "buffers": [memoryview(buffer) for buffer in buffers]})

    def custom(self, kind: str) -> list[tuple[dict[str, Any], list[bytes]]]:
        found = [(data["content"], buffers) for data, buffers in self.sent if data.get("method") == "custom"]
        return [(content, buffers) for content, buffers in found if content["kind"] == kind]


@pytest.fixture(autouse=True)
def _wires(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(comm, "create_comm", Wire)
    yield
    import ipywidgets

    ipywidgets.Widget.close_all()


class Page:
    """A browser page as far as Python can tell: it draws ops on a mask of its own and sends them, then compares."""

    def __init__(self, painter: Any, client: str = "page") -> None:
        self.painter = painter
        self.client = client
        self.number = 0
        self.mask = painter.mask

    def paint(self, op: Op, *, seq: int | None = None, draw: bool = True) -> None:
        if draw:
            self.mask = drawn(self.mask, checked(op))
        self.send(op, seq=seq)

    def send(self, op: dict[str, Any], *, seq: int | None = None, **more: Any) -> None:
        self.painter.comm.receive(*self.message(op, seq=seq, **more))

    def message(self, op: dict[str, Any], *, seq: int | None = None, **more: Any) -> tuple[Any, ...]:
        """Return content and buffers; only a bucket's come with bits."""
        self.number += 1
        content = {
            "kind": "ops",
            "client": self.client,
            "n": self.number,
            "seq": self.painter.shown["seq"] + 1 if seq is None else seq,
            "op": op,
            **more,
        }
        return (content, self.bits()) if op["op"] == "load" and content.setdefault("bits", "raw") else (content,)

    def bits(self) -> bytes:
        return mask_codec.pack(self.mask)

    def compare(self) -> None:
        """Send the bitmap if Python says that it has another one."""
        if mask_codec.checksum(self.bits()) != self.painter.shown["crc"]:
            self.painter.comm.receive(*self.message({"op": "load"}, differs=True))


class OldPage(Page):
    """A page of older sources: it sends its bitmap, deflated, with every op."""

    def message(self, op: dict[str, Any], *, seq: int | None = None, **more: Any) -> tuple[Any, ...]:
        content, *_ = super().message(op, seq=seq, **more)
        content.pop("bits", None)
        return {**content, "crc": mask_codec.checksum(self.bits())}, mask_codec.deflate(self.bits())


@pytest.fixture
def picture() -> Image.Image:
    """64 x 48 pixels with something on it."""
    image = Image.linear_gradient("L").resize((64, 48))
    return Image.merge("RGB", (image, image.rotate(180), image))


@pytest.fixture
def make_job() -> Callable[..., Job]:
    def make(label: str = "wanx2.1-imageedit", **more: Any) -> Job:
        return Job(**{"id": "ab12cd", "request": None, "label": label, "emulator": True, "created": 1000.0, **more})

    return make
