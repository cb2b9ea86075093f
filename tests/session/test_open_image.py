"""Pictures that are looked at here: whatever a user hands over is read, what is elsewhere is fetched or refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.session import open_image
from bailian_nb.session import session as sessions
from bailian_nb.session.open_image import look

from ..world.jumping_clock import until

NOW = "emulator:latency=0"


def test_a_file_is_what_it_is(photo: Path) -> None:
    seen = look(photo, "before")
    assert (seen.given, seen.data, seen.kind) == (photo, photo.read_bytes(), "png")
    assert (seen.image.size, seen.name, seen.host) == ((512, 512), "photo", "")


def test_a_job_is_waited_for_and_stands_for_its_first_picture() -> None:
    job = wan.t2i(f"A hill {NOW}", size="768*768", seed=7)
    assert look(job, "image").given == job.result(0)[0]


def test_a_url_is_fetched_and_the_call_gets_what_came() -> None:
    job = wan.t2i(f"A hill {NOW}", size="768*768", seed=7)
    job.result(30)
    session = sessions.current()
    account = session.account(session.target(session.settings()), session.settings())
    url = session.loop.submit(account.client.query(job.task_id)).result(10).slots[0].url
    seen = look(url, "image")
    assert url is not None
    assert (seen.given, seen.host, seen.image.size) == (seen.data, url.split("/")[2], (768, 768))


def test_a_url_that_gives_nothing_is_one_line_and_asked_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def never(url: str) -> bytes:
        asked.append("begun")
        try:
            await asyncio.sleep(3600)
        finally:
            asked.append("ended")
        return b""

    session = sessions.current()
    client = session.account(session.target(session.settings()), session.settings()).client
    monkeypatch.setattr(client, "fetch_input", never)
    monkeypatch.setattr(open_image, "LONGEST", 0.05)
    with pytest.raises(wan.DownloadError, match=r"^image cannot be fetched: no answer within 0.05 s"):
        look("https://example.com/cat.png", "image")
    until(lambda: asked == ["begun", "ended"])


@pytest.mark.parametrize("look_at", [lambda url: wan.compare(url, url), wan.MaskPainter])
def test_what_only_the_service_can_read_is_refused_in_one_line(look_at: object) -> None:
    line = r"^(before|image) is an oss:// URL, which cannot be read here; give the file that was uploaded$"
    with pytest.raises(wan.InvalidRequest, match=line):
        look_at("oss://bucket/cat.png")  # type: ignore[operator]


def test_the_emulator_fetches_nothing_from_the_network() -> None:
    with pytest.raises(wan.BailianError, match="the emulator has no network"):
        wan.compare(Image.new("RGB", (64, 64)), "https://example.com/cat.png")
