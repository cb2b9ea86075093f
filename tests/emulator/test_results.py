"""Result URLs: presigned, short-lived, and never to be sent a key."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


def test_a_url_stands_on_the_host_that_was_asked_and_is_presigned(bench: Any) -> None:
    url = bench.urls(bench.finish(bench.t2i()))[0]
    query = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{bench.HOST}/results/")
    assert set(query) == {"Expires", "OSSAccessKeyId", "Signature"}
    assert query["OSSAccessKeyId"] == ["EMULATOR"]
    answer = bench.ask("GET", url, key=None)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_an_authorization_header_is_refused_and_counted(bench: Any) -> None:
    url = bench.urls(bench.finish(bench.t2i()))[0]
    answer = bench.ask("GET", url)
    assert answer.status_code == 400
    assert "<Code>InvalidArgument</Code>" in answer.text
    assert bench.log()["counters"]["downloads_with_key"] == 1


def test_a_changed_signature_time_or_picture_is_refused(bench: Any) -> None:
    url = bench.urls(bench.finish(bench.t2i(n=2)))[0]
    expires = parse_qs(urlsplit(url).query)["Expires"][0]
    later = url.replace(f"Expires={expires}", f"Expires={int(expires) + 1}")
    other = url.replace("/0.png", "/1.png")
    for wrong in (url[:-6], later, other):
        answer = bench.ask("GET", wrong, key=None)
        assert answer.status_code == 403
        assert "SignatureDoesNotMatch" in answer.text
    assert bench.ask("GET", url.partition("?")[0], key=None).status_code == 403


def test_after_its_time_a_url_has_expired(make_bench: Any) -> None:
    bench = make_bench(expiry=100.0)
    url = bench.urls(bench.finish(bench.t2i()))[0]
    bench.wait(96)
    answer = bench.ask("GET", url, key=None)
    assert answer.status_code == 403
    assert "Request has expired" in answer.text
    assert answer.headers["content-type"].startswith("application/xml")


def test_an_own_result_can_be_edited_by_its_url(bench: Any) -> None:
    created = bench.t2i()
    url = bench.urls(bench.finish(created))[0]
    picture = bench.opened(bench.ask("GET", url, key=None).content)
    edited = bench.opened(bench.pictures(bench.edit("stylization_all", "gold leaf", base=url, strength=0.0))[0])
    plate = (0, picture.height - 60, 200, picture.height)
    for image in (picture, edited):
        image.paste(0, plate)
    assert edited.tobytes() == picture.tobytes()


def test_an_own_result_with_a_wrong_signature_is_a_failed_download(bench: Any) -> None:
    url = bench.urls(bench.finish(bench.t2i()))[0]
    answer = bench.finish(bench.edit("description_edit", base=url[:-5]))
    assert answer["output"]["code"] == "BadRequest.InputDownloadFailed"


def test_neither_key_nor_its_plain_hash_is_on_disk(bench: Any, tmp_path: Path) -> None:
    bench.key = "sk-very-secret-0123456789"
    bench.pictures(bench.edit("description_edit"))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 3
    for path in files:
        assert b"very-secret" not in path.read_bytes()
    assert "very-secret" not in str(bench.log())


def test_the_loop_is_free_while_a_picture_is_drawn(bench: Any) -> None:
    url = bench.urls(bench.finish(bench.t2i(size="1280*1280")))[0]
    done: list[str] = []

    async def draw(client: Any) -> Any:
        answer = await client.get(url)
        done.append("picture")
        return answer

    async def ask(client: Any) -> Any:
        answer = await client.get("/emulator/log")
        done.append("log")
        return answer

    began = time.monotonic()
    bench.together(draw, ask)
    assert done == ["log", "picture"], f"after {time.monotonic() - began:.2f} s"
