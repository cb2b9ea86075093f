"""A real S3 server on loopback: what s3fs sends is answered, refused and cut as a bucket does it."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.errors import BucketError
from bailian_nb.jobs.save import CARRY_SECONDS
from bailian_nb.store import buckets

pytestmark = pytest.mark.s3
NOW = "emulator:latency=0"
OUT = "s3://shop/照片 one"
SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install --group s3")
    moto = pytest.importorskip("moto.server", reason="moto is not installed: pip install --group s3")
    running = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    yield "http://{}:{}".format(*running.get_host_and_port())
    running.stop()


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty bucket `shop`, as s3fs sees it."""
    import s3fs

    for name, value in {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "BAILIAN_NB_OUT": OUT,
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    buckets.try_again()
    store = buckets._store("s3")
    if store.exists("shop"):
        store.rm("shop", recursive=True)
    store.mkdir("shop")
    yield store
    s3fs.S3FileSystem.clear_instance_cache()
    buckets.try_again()


def draw(**given: Any) -> wan.Job:
    return wan.t2i(f"A cat {NOW}", **{"model": "wanx2.1-t2i-turbo", "size": "512*512", "seed": 7, **given})


def test_a_picture_lies_in_the_bucket_when_its_job_is_done(s3: Any) -> None:
    result = draw().result(timeout=60)
    assert result.notes == ()
    assert result[0].address.startswith(f"{OUT}/20")
    assert s3.cat_file(result[0].address) == result[0].path.read_bytes()


def test_of_two_that_write_one_name_at_once_one_has_it(s3: Any) -> None:
    contents = [bytes([number]) * 1000 for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(lambda data: buckets.put_new("s3://shop/a/同.png", data), contents))
    assert won.count(True) == 1
    assert s3.cat_file("shop/a/同.png") == contents[won.index(True)]
    assert buckets.put_new("s3://shop/a/同.png", contents[won.index(True)])


def test_a_store_that_keeps_no_plain_hash_is_read_back(s3: Any) -> None:
    s3.pipe_file("shop/parts", b"x" * 2**20 * 11, chunksize=5 * 2**20)
    assert "-" in s3.info("shop/parts")["ETag"]
    assert buckets.put_new("s3://shop/parts", b"x" * 2**20 * 11)
    assert not buckets.put_new("s3://shop/parts", b"y" * 2**20 * 11)


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("variables", "out", "reason"),
    [
        ({}, "s3://nobody-made-this/a", r"s3://nobody-made-this refuses \((NotFound|NoSuchBucket)\)"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, OUT, r"s3://shop cannot be reached \(\w+\)"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, OUT, r"no credentials for it are configured"),
    ],
)
def test_a_bucket_that_cannot_be_used_is_one_line_without_a_secret(
    s3: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    variables: dict[str, str],
    out: str,
    reason: str,
) -> None:
    monkeypatch.setenv("BAILIAN_NB_OUT", out)
    for name, value in variables.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
    type(s3).clear_instance_cache()
    result = draw().result(timeout=60)
    (note,) = result.notes
    assert re.match(rf"saved on this machine alone, since .*{reason}.*; %wan resume carries it up to {out}/20", note)
    assert SECRET not in caplog.text
    assert result[0].path.exists()


def test_a_bucket_that_says_nothing_is_given_up_before_its_job_is(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import s3fs

    assert buckets.TRIES * (buckets.CONNECT_SECONDS + buckets.READ_SECONDS) < CARRY_SECONDS
    monkeypatch.setattr(buckets, "READ_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        s3fs.S3FileSystem.clear_instance_cache()
        with pytest.raises(BucketError, match="cannot be reached"):
            buckets.put_new("s3://shop/a.png", b"png")
        silent.settimeout(0.2)
        asked = 0
        with contextlib.suppress(TimeoutError):
            while True:
                silent.accept()[0].close()
                asked += 1
    assert 1 <= asked <= buckets.TRIES


def test_a_signed_address_gives_the_picture_to_whoever_has_it(s3: Any) -> None:
    s3.pipe_file("shop/in/photo 一.png", b"a photo")
    url = buckets.signed("s3://shop/in/photo 一.png", 60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"a photo"


KILLED = """
import bailian_nb as wan
wan.t2i("A cat emulator:latency=0", model="wanx2.1-t2i-turbo", size="512*512", seed=7).wait()
"""


@pytest.mark.seldom
def test_what_a_killed_kernel_did_not_bring_up_is_brought_up_by_the_next(
    s3: Any, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        kernel = subprocess.Popen([sys.executable, "-c", KILLED])
        try:
            silent.settimeout(60)
            silent.accept()[0].close()  # the picture is on disk, and its bucket is asked
        finally:
            kernel.kill()
            kernel.wait()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    type(s3).clear_instance_cache()
    found = wan.resume()
    for job in found.jobs:
        job.result(timeout=60)
    wan.resume()
    assert sum(path.endswith(".png") for path in s3.find("shop")) == 1
    assert draw().cost == 0.0


def test_a_batch_takes_its_pictures_from_a_pattern_in_the_bucket(s3: Any, photo: Any) -> None:
    for name in ("a", "b"):
        s3.pipe_file(f"shop/in/{name}.png", photo.read_bytes())
    s3.pipe_file("shop/in/note.txt", b"none")
    batch = (
        wan.batch("s3://shop/in/*.png", prompt=f"a hat {NOW}", function="description_edit", name="{stem}_{i}")
        .run()
        .wait()
    )
    assert [row.state for row in batch.rows] == ["SUCCEEDED", "SUCCEEDED"]
    assert sorted(each.rpartition("/")[2] for each in s3.find("shop") if "_1.png" in each) == ["a_1.png", "b_1.png"]


@pytest.mark.seldom
@pytest.mark.parametrize(
    ("source", "variables", "said"),
    [
        ("s3://shop/none/*.png", {}, r"s3://shop/none/\*.png matches no file"),
        ("s3://nobody-made-this/*.png", {}, r"s3://nobody-made-this refuses|matches no file|no object or folder"),
        ("s3://shop/*.png", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, r"s3://shop cannot be reached \(\w+\)"),
    ],
)
def test_a_pattern_that_cannot_be_listed_is_one_line(
    s3: Any, monkeypatch: pytest.MonkeyPatch, source: str, variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    type(s3).clear_instance_cache()
    with pytest.raises(wan.BailianError, match=said) as raised:
        wan.batch(source, prompt="a hat", function="description_edit")
    assert SECRET not in str(raised.value)
    assert "\n" not in raised.value.message
