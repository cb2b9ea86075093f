"""A cell never reads a mask without a stroke that had reached the kernel before the cell did."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from bailian_nb.errors import InvalidRequest
from bailian_nb.masks import Mask
from bailian_nb.widgets import MaskPainter, arrivals
from bailian_nb.widgets.arrivals import Arrivals

from .conftest import Page, Wire
from .test_painter import stroke
from .test_painter_run import Editor

STROKE = Mask.like((64, 48)).stroke([(10, 20), (18, 24.5)], 5.5)


class Kernel:
    """The threads of ipykernel 7.4: the shell channel asks the comm where a message belongs, a subshell handles it.

    The subshell begins when a reader waits, so a reader that does not wait reads the old mask.
    """

    def __init__(self, painter: MaskPainter) -> None:
        self.painter = painter
        self.inbox: list[tuple[Any, ...]] = []
        self.waited = threading.Event()

    def arrive(self, message: tuple[Any, ...], subshell: str | None = "s1") -> None:
        data = {"method": "custom", "content": json.loads(json.dumps(message[0]))}
        assert self.painter.comm._reply_subshell_for(data, subshell) == subshell
        self.inbox.append(message)

    def work(self) -> threading.Thread:
        thread = threading.Thread(target=self._work, name="subshell-s1")
        thread.start()
        return thread

    def _work(self) -> None:
        assert self.waited.wait(10)
        for message in self.inbox:
            self.painter.comm.receive(*message)


@pytest.fixture
def kernel(picture: Image.Image, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    monkeypatch.setattr(Wire, "_reply_subshell_for", lambda self, data, default: "main", raising=False)
    kernel = Kernel(MaskPainter(picture))
    wait = Arrivals.wait

    def waits(arrived: Arrivals) -> bool:
        kernel.waited.set()
        return wait(arrived)

    monkeypatch.setattr(Arrivals, "wait", waits)
    yield kernel
    kernel.waited.set()


def code_gives(painter: MaskPainter) -> Mask:
    names: dict[str, Any] = {}
    exec(painter.as_code(), names)
    mask: Mask = names["mask"]
    return mask


@pytest.mark.parametrize(
    "read",
    [
        lambda painter: painter.mask,
        lambda painter: Mask.from_image(painter),
        lambda painter: Mask.from_image(painter.to_image()),
        code_gives,
        lambda painter: STROKE if painter.ops == [stroke(10)] else None,
        lambda painter: STROKE if "0.0%" not in repr(painter) else None,
        lambda painter: Mask.from_image(painter.edit("a hat").mask),
    ],
    ids=["mask", "the painter", "to_image", "as_code", "ops", "repr", "edit"],
)
def test_whoever_reads_has_the_stroke(kernel: Kernel, read: Callable[[MaskPainter], Mask]) -> None:
    class Asks(Editor):
        def edit(self, image: Any, function: str, prompt: str, /, **parameters: Any) -> Any:
            job = super().edit(image, function, prompt, **parameters)
            job.mask = parameters["mask"].to_image()
            return job

    from bailian_nb.jobs.job import Job

    class WithMask(Job):
        mask: Any = None

    kernel.painter._actions = Asks(WithMask(id="a", request=None, label="x", emulator=True, created=1.0))
    kernel.arrive(Page(kernel.painter).message(stroke(10)))
    thread = kernel.work()
    assert read(kernel.painter) == STROKE
    thread.join(10)


def test_a_cells_own_step_comes_after_the_stroke(kernel: Kernel) -> None:
    kernel.arrive(Page(kernel.painter).message(stroke(10)))
    thread = kernel.work()
    kernel.painter.invert()
    thread.join(10)
    assert [op["op"] for op in kernel.painter.ops] == ["stroke", "invert"]


@pytest.mark.parametrize("end", ["freeze", "close"])
def test_what_stays_of_the_painter_has_the_stroke(kernel: Kernel, end: str) -> None:
    kernel.arrive(Page(kernel.painter).message(stroke(10)))
    thread = kernel.work()
    getattr(kernel.painter, end)()
    assert kernel.painter._painting.mask == STROKE
    thread.join(10)


def test_what_never_comes_is_said_in_one_line_and_then_forgotten(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(arrivals, "PATIENCE", 0.0)
    kernel.arrive(Page(kernel.painter).message(stroke(10)))
    with caplog.at_level(logging.WARNING, "bailian_nb"):
        assert kernel.painter.mask.coverage == 0
        assert kernel.painter.mask.coverage == 0
    assert [record.getMessage() for record in caplog.records] == [
        "painter: the last stroke is not drawn yet, so this is the mask without it; read it again in a moment"
    ]


def test_a_message_to_the_main_shell_is_not_waited_for(kernel: Kernel) -> None:
    kernel.arrive(Page(kernel.painter).message(stroke(10)), subshell=None)
    assert kernel.painter.mask.coverage == 0
    assert not kernel.painter._arrivals._open


def test_a_closed_painter_waits_for_nothing(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "PATIENCE", 0.0)
    kernel.painter.close()
    kernel.painter._arrivals.note(("page", 1), "subshell-s1")
    kernel.painter.close()
    assert not kernel.painter._arrivals._open


def test_a_callback_reads_what_has_changed_and_does_not_wait_for_what_is_behind_it(kernel: Kernel) -> None:
    page = Page(kernel.painter)
    seen: list[float] = []
    kernel.painter.on_change(lambda painter: seen.append(painter.mask.coverage))
    kernel.arrive(page.message({"op": "fill"}))
    kernel.arrive(page.message({"op": "clear"}))
    kernel.waited.set()
    kernel.work().join(10)
    assert seen == [1.0, 0.0]
    assert kernel.painter.fault == ""


def test_run_in_the_painter_does_not_wait_on_the_thread_that_draws(kernel: Kernel, make_job: Any) -> None:
    editor = Editor(make_job())
    kernel.painter._actions = editor
    kernel.inbox.append(({"kind": "run", "prompt": "a hat"},))
    kernel.arrive(Page(kernel.painter).message(stroke(10)))
    kernel.waited.set()
    kernel.work().join(10)
    assert [call[3]["mask"].coverage for call in editor.calls] == [0]
    assert kernel.painter.mask == STROKE


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"content": 3},
        {"content": {"kind": "ops"}},
        {"content": {"kind": "ops", "client": {}, "n": []}},
        {"content": {"kind": "ops", "client": "p", "n": "1"}},
        {"content": {"kind": "run", "prompt": "a"}},
        {"method": "update", "state": {}},
    ],
)
def test_no_message_is_lost_for_its_form(kernel: Kernel, data: Any) -> None:
    assert kernel.painter.comm._reply_subshell_for(data, "s1") == "s1"
    assert not kernel.painter._arrivals._open


def test_a_message_that_fails_is_done(kernel: Kernel) -> None:
    page = Page(kernel.painter)
    for op in ({"op": "explode"}, {"op": "stroke", "points": [], "r": 1}, {"op": "load"}):
        kernel.arrive(page.message(op))
    kernel.inbox[2] = (kernel.inbox[2][0], b"junk")
    kernel.arrive((*kernel.inbox[0],))  # the same message twice
    thread = kernel.work()
    assert kernel.painter.mask.coverage == 0
    thread.join(10)
    assert not kernel.painter._arrivals._open


def test_a_kernel_that_does_not_ask_is_waited_for_from_when_it_handles(picture: Image.Image) -> None:
    painter = MaskPainter(picture)
    assert not hasattr(painter.comm, "_reply_subshell_for")
    drawing, go_on = threading.Event(), threading.Event()
    do = painter._painting.do

    def slowly(op: Any, **more: Any) -> None:
        drawing.set()
        assert go_on.wait(10)
        do(op, **more)

    painter._painting.do = slowly  # type: ignore[method-assign]
    thread = threading.Thread(target=lambda: painter.comm.receive(*Page(painter).message(stroke(10))))
    thread.start()
    assert drawing.wait(10)
    painter._arrivals._changed.wait = lambda timeout: (
        go_on.set() or threading.Condition.wait(painter._arrivals._changed, timeout)
    )
    assert painter.mask == STROKE
    thread.join(10)


def test_without_any_page_nothing_waits(picture: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("waited")

    painter = MaskPainter(picture, Mask.like((64, 48)).rect(0, 0, 9, 9))
    painter._arrivals._changed.wait = never
    painter.invert()
    assert painter.mask == ~Mask.like((64, 48)).rect(0, 0, 9, 9)
    with pytest.raises(InvalidRequest):
        painter.grow(-1)
