"""Masked edits of pictures that are URLs: they are fetched for the paste-back, and what cannot be fetched is said."""

from __future__ import annotations

import asyncio
import io
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.client import Client
from bailian_nb.errors import DownloadError, InvalidRequest
from bailian_nb.request import Request
from bailian_nb.session import prefetch
from bailian_nb.session import session as sessions
from bailian_nb.system import executor

from ..world.jumping_clock import until

NOW = "emulator:latency=0"
SIGNED = "https://pictures.example/cat.png?Signature=SECRET"


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


PHOTO = png(Image.radial_gradient("L").resize((512, 512)).convert("RGB"))
MASK = wan.Mask.like((512, 512)).rect(100, 100, 300, 300)


def planned(image: Any, mask: Any, **more: Any) -> Request:
    values = {"prompt": f"hat {NOW}", "seed": 7}
    plan = sessions.current().plan(
        model="wanx2.1-imageedit", function="inpaint", values=values, images=(image,), mask=mask, **more
    )
    return plan.require()


def served_picture() -> str:
    """Return the address of a picture of the emulator: the one host that the emulator in process can fetch from."""
    job = wan.t2i(f"A cat {NOW}", size="768*768", seed=7)
    job.result(timeout=30)
    session = sessions.current()
    settings = session.settings()
    client = session.account(session.target(settings), settings).client
    return str(session.loop.submit(client.query(job.task_id)).result(timeout=10).slots[0].url)


def test_an_edit_of_a_url_is_pasted_back_and_says_what_was_fetched() -> None:
    url = served_picture()
    job = wan.edit(url, "inpaint", f"hat {NOW}", mask=wan.Mask.like((768, 768)).rect(100, 100, 300, 300), seed=7)
    result = job.result(timeout=30)
    (picture,) = result
    assert picture.path != picture.raw_path
    assert picture.record.source == "pasted"
    (note,) = (note for note in result.notes if "fetched" in note)
    assert note.startswith("image fetched from emulator.bailian-nb.invalid/results/")
    assert "?" not in note
    assert job.request is not None
    assert job.request.identity is None, "a URL is never answered from disk"


def test_many_edits_of_urls_are_fetched_with_few_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "MOST", 2)
    monkeypatch.setattr(prefetch, "LONGEST", 3.0)
    running: list[int] = []
    now = 0

    async def fetch(client: Client, url: str) -> bytes:
        nonlocal now
        now += 1
        running.append(now)
        data = await asyncio.to_thread(lambda: time.sleep(0.01) or PHOTO)  # as the look-up of a host
        now -= 1
        return data

    monkeypatch.setattr(Client, "fetch_input", fetch)
    jobs = [wan.edit(f"{SIGNED}{number}", "inpaint", f"hat {NOW}", mask=MASK, seed=7) for number in range(12)]
    until(lambda: all(job.request is not None and job.request.images[0].data for job in jobs), timeout=20)
    assert [job.request.paste_back for job in jobs if job.request] == [True] * 12
    assert len(running) == 12
    assert max(running) <= prefetch.AT_ONCE


def test_a_host_that_says_nothing_costs_the_paste_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefetch, "LONGEST", 0.1)

    async def fetch(client: Client, url: str) -> bytes:
        await asyncio.sleep(60)
        return PHOTO

    monkeypatch.setattr(Client, "fetch_input", fetch)
    result = wan.edit(PHOTO, "inpaint", f"hat {NOW}", mask="https://x.com/m.png", seed=7).result(timeout=30)
    (note,) = (note for note in result.notes if note.startswith("not pasted back: "))
    assert "the mask at x.com/m.png could not be fetched (it took more than 0.1 s)" in note


def test_a_mask_that_cannot_be_fetched_costs_the_paste_back_and_says_so(photo: Path) -> None:
    result = wan.edit(photo, "inpaint", f"hat {NOW}", mask="https://x.com/m.png", seed=7).result(timeout=30)
    assert [picture.path == picture.raw_path for picture in result] == [True]
    (note,) = (note for note in result.notes if note.startswith("not pasted back: "))
    assert "the mask at x.com/m.png could not be fetched (the emulator has no network" in note


def test_what_is_fetched_goes_to_the_service_as_its_url() -> None:
    files = {SIGNED: PHOTO, "https://pictures.example/mask.png": png(MASK.to_image())}
    request = prefetch.with_pixels(planned(*files), files.__getitem__)
    assert request.paste_back
    assert [picture.as_url() for picture in request.inputs] == list(files)
    assert [picture.open().size for picture in request.inputs] == [(512, 512), (512, 512)]
    assert [note.partition(" (")[0] for note in request.warnings if "fetched" in note] == [
        "image fetched from pictures.example/cat.png for mask check and paste-back",
        "mask fetched from pictures.example/mask.png for mask check and paste-back",
    ]
    kept = {picture.sha256: picture.data for picture in request.inputs}
    again = Request.from_dict(request.to_dict(), kept.get)
    assert again == request, "the journal brings the fetched bytes back, so a resumed edit is pasted back, too"


def test_a_mask_of_another_size_than_the_url_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(InvalidRequest, match=r"mask has 768x768 pixels, its picture has 512x512"):
        prefetch.with_pixels(planned(SIGNED, wan.Mask.like((768, 768)).rect(0, 0, 99, 99)), lambda url: PHOTO)


def no_host(url: str) -> bytes:
    raise DownloadError("10.0.0.1 is a private address, which pictures are not fetched from")


def turned(url: str) -> bytes:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (512, 512)).save(file, "JPEG", exif=exif)
    return file.getvalue()


@pytest.mark.parametrize(
    ("url", "fetch", "reason"),
    [
        (SIGNED, no_host, "the image at pictures.example/cat.png could not be fetched (10.0.0.1 is a private address"),
        (SIGNED, turned, "the picture at pictures.example/cat.png is stored another way than it is shown"),
        (SIGNED, lambda url: b"<html>", "image cat.png is an HTML page"),
        ("oss://bucket/cat.png", no_host, "the image is an oss:// address, which cannot be read back"),
    ],
    ids=["private", "turned", "page", "oss"],
)
def test_what_cannot_be_pasted_back_says_why(url: str, fetch: prefetch.Fetch, reason: str) -> None:
    request = prefetch.with_pixels(planned(url, MASK), fetch)
    assert not request.paste_back
    (note,) = (note for note in request.warnings if note.startswith("not pasted back: "))
    assert reason in note
    assert "SECRET" not in "".join(request.warnings)
    assert request.images[0].as_url() == url


def test_nothing_is_fetched_that_nobody_needs() -> None:
    for request in (planned(SIGNED, MASK, paste_back=False), planned(PHOTO, MASK)):
        assert prefetch.with_pixels(request, no_host) is request
