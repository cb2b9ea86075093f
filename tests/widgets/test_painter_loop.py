"""The painter's loop: attempts that stay, one of them as the new picture and back, and each as code and as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.errors import InvalidRequest
from bailian_nb.gallery.picture import Picture
from bailian_nb.gallery.record import Record
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.result import Result
from bailian_nb.masks import Mask
from bailian_nb.widgets import MaskPainter

from .conftest import Page
from .test_painter import shown, stroke
from .test_painter_run import Editor


class Bench:
    """A painter whose edits end when told to, with files in a folder."""

    def __init__(self, folder: Path, given: Any, make_job: Callable[..., Job], **more: Any) -> None:
        self.folder, self.make_job = folder, make_job
        self.editor = Editor()
        self.painter = MaskPainter(given, actions=self.editor, **more)
        self.page = Page(self.painter)

    def run(self, name: str, *colours: str, size: tuple[int, int] = (64, 48), **beside: Any) -> Job:
        """Press Run and have the edit end with one picture of each colour."""
        self.editor.job = job = self.make_job(id=name)
        self.painter.comm.receive({"kind": "run", "prompt": name, **beside})
        self.end(job, *colours, size=size)
        return job

    def end(self, job: Job, *colours: str, size: tuple[int, int] = (64, 48)) -> None:
        pictures = []
        for number, colour in enumerate(colours):
            path = self.folder / f"{job.id}-{number}.png"
            Image.new("RGB", size, colour).save(path)
            record = Record(model="wanx2.1-imageedit", seed=7 + number, size="{}x{}".format(*size))
            pictures.append(Picture(path=path, record=record))
        job.succeed(Result(pictures, errors=[], request_id="r-1"), at=1001.0)

    def ids(self) -> list[str]:
        return [attempt["id"] for attempt in self.painter.attempts]

    def use(self, name: str) -> None:
        self.painter.comm.receive({"kind": "use", "id": name})
        self.page.mask = self.painter.mask


@pytest.fixture
def bench(tmp_path: Path, picture: Image.Image, make_job: Callable[..., Job]) -> Bench:
    picture.save(tmp_path / "shop.png")
    return Bench(tmp_path, tmp_path / "shop.png", make_job)


def test_no_attempt_replaces_another(bench: Bench) -> None:
    bench.run("hat", "red", "green")
    bench.run("scarf", "blue")
    assert bench.ids() == ["hat-0", "hat-1", "scarf-0"]
    assert [attempt["seed"] for attempt in bench.painter.attempts] == [7, 8, 7]
    assert [attempt["prompt"] for attempt in bench.painter.attempts] == ["hat", "hat", "scarf"]
    assert bench.painter.made[1].path.name == "hat-1.png"


def test_an_edit_that_ends_after_the_next_one_began_is_in_the_strip_too(bench: Bench) -> None:
    bench.editor.job = slow = bench.make_job(id="slow")
    bench.painter.edit("slow")
    bench.run("quick", "red")
    bench.end(slow, "blue")
    assert bench.ids() == ["quick-0", "slow-0"]


def test_an_attempt_becomes_the_picture_and_the_one_before_keeps_its_strokes(bench: Bench) -> None:
    painter, page = bench.painter, bench.page
    page.paint(stroke(10))
    before = painter.mask
    bench.run("hat", "red")
    bench.use("hat-0")
    assert painter.image.getpixel((5, 5)) == (255, 0, 0)
    assert painter.mask == Mask.like((64, 48)) == shown(painter)
    assert painter.pictures == {"at": 1, "attempts": ["", "hat-0"]}
    page.paint(stroke(30))
    bench.run("scarf", "blue")
    assert bench.editor.calls[-1][0].path.name == "hat-0.png"
    assert bench.editor.calls[-1][3]["mask"] == page.mask
    painter.comm.receive({"kind": "turn", "picture": 0})
    assert painter.mask == before == shown(painter)
    bench.use("hat-0")  # once more: it is that picture, with what was painted there
    assert painter.pictures["attempts"] == ["", "hat-0"]
    assert painter.mask.coverage > 0
    painter.back()
    assert painter.mask == before
    assert painter.fault == ""


def test_a_stroke_that_was_made_on_the_picture_before_lands_there(bench: Bench) -> None:
    content, *buffers = bench.page.message(stroke(10), picture=0)
    bench.run("hat", "red")
    bench.use("hat-0")
    bench.painter.comm.receive(content, *buffers)
    assert bench.painter.mask.coverage == 0
    assert bench.painter.shown["acks"] == {"page": 1}
    bench.painter.back()
    assert bench.painter.ops == [stroke(10)]


def test_size_and_mask_of_the_new_picture_come_in_one_message(bench: Bench) -> None:
    bench.run("wide", "red", size=(96, 48))
    del bench.painter.comm.sent[:]
    bench.painter.use(bench.painter.made[0])
    states = [data["state"] for data, _ in bench.painter.comm.sent if data.get("method") == "update"]
    assert [set(state) & {"size", "shown", "preview", "pictures"} for state in states if "size" in state] == [
        {"size", "shown", "preview", "pictures"}
    ]
    assert bench.painter.mask.size == (96, 48)


def test_what_stands_beside_run_is_sent_and_an_empty_seed_is_a_new_one(bench: Bench) -> None:
    bench.painter.options = {"seed": 7, "n": 2}
    bench.run("hat", "red", n=3, seed=None)
    assert {**bench.editor.calls[-1][3], "mask": 0} == {"seed": None, "n": 3, "mask": 0}
    bench.run("scarf", "red")  # an older page sets nothing
    assert {**bench.editor.calls[-1][3], "mask": 0} == {"seed": 7, "n": 2, "mask": 0}


def test_prices_and_what_is_given_stand_beside_run(picture: Image.Image) -> None:
    painter = MaskPainter(picture, options={"seed": 7, "n": 2}, lang="en")
    assert painter.offer["prices"] == ["CNY 0.14", "CNY 0.28", "CNY 0.42", "CNY 0.56"]
    assert painter.offer["given"] == {"n": 2, "seed": 7, "negative_prompt": ""}
    assert painter.offer["negative_prompt"] is False  # this model takes none


def test_an_attempt_as_code_makes_its_mask_and_its_call(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.page.paint(stroke(10))
    mask = bench.painter.mask
    bench.run('a "straw" hat\n', "red", "green", n=2, seed=7)
    bench.page.paint(stroke(30))  # belongs to later attempts
    bench.painter.comm.receive({"kind": "code", "id": bench.ids()[1]})
    [(answer, _)] = bench.painter.comm.custom("code")
    calls: list[Any] = []
    monkeypatch.setattr("bailian_nb.edit", lambda *given, **more: calls.append((*given, more)))
    exec(answer["text"], {})
    path = str(bench.folder / "shop.png")
    assert calls == [
        (path, "inpaint", 'a "straw" hat\n', {"mask": mask, "n": 1, "seed": 8}),
    ]


def test_an_attempt_on_pixels_that_no_file_tells_is_a_rerun(
    tmp_path: Path, picture: Image.Image, make_job: Callable[..., Job]
) -> None:
    bench = Bench(tmp_path, picture, make_job)
    bench.run("hat", "red")
    bench.painter.comm.receive({"kind": "code", "id": "hat-0"})
    [(answer, _)] = bench.painter.comm.custom("code")
    assert answer["text"] == f"from bailian_nb import rerun\n\njob = rerun({str(tmp_path / 'hat-0.png')!r})\n"


def test_the_mask_as_code_comes_without_an_attempt(bench: Bench) -> None:
    bench.page.paint(stroke(10))
    bench.painter.comm.receive({"kind": "code"})
    [(answer, _)] = bench.painter.comm.custom("code")
    assert answer["text"] == bench.painter.as_code()


def test_a_file_comes_whole_in_pieces_and_is_shown(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bailian_nb.widgets.attempts.PART", 50)
    bench.run("hat", "red")
    bench.painter.comm.receive({"kind": "file", "id": "hat-0"})
    bench.painter.comm.receive({"kind": "attempt", "id": "hat-0"})
    file = (bench.folder / "hat-0.png").read_bytes()
    pieces = bench.painter.comm.custom("file")
    assert len(pieces) > 1
    assert [content["part"] for content, _ in pieces] == list(range(pieces[0][0]["parts"]))
    assert b"".join(buffers[0] for _, buffers in pieces) == file
    assert bench.painter.comm.custom("attempt") == [({"kind": "attempt", "id": "hat-0"}, [file])]


def test_a_picture_that_was_moved_away_is_said(bench: Bench) -> None:
    job = bench.run("hat", "red")
    (bench.folder / "hat-0.png").unlink()
    bench.painter.comm.receive({"kind": "use", "id": "hat-0"})
    assert "hat-0.png" in bench.painter.fault
    assert bench.painter.pictures["at"] == 0
    assert bench.ids() == [f"{job.id}-0"]


def test_use_takes_only_what_was_made_here(bench: Bench) -> None:
    with pytest.raises(InvalidRequest, match="one of the painter's 0 pictures"):
        bench.painter.use(Picture(path=bench.folder / "shop.png", record=Record(model="m")))
