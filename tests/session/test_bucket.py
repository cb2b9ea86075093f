"""Pictures that go to a bucket: `memory://` stands for any store that fsspec speaks to."""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.cli import resume as cli_resume
from bailian_nb.errors import BucketError, InvalidRequest
from bailian_nb.gallery import Record, carry
from bailian_nb.jobs.save import Saver
from bailian_nb.session import doctor, rerun
from bailian_nb.session import resume as session_resume
from bailian_nb.session import session as sessions
from bailian_nb.store import buckets
from bailian_nb.store.row import SavedPicture
from bailian_nb.views.cell import caption

from ..world.bucket import empty_bucket
from ..world.world import World, t2i

NOW = "emulator:latency=0"
OUT = "memory://shop/照片 one"


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket, named as the place for pictures."""
    monkeypatch.setenv("BAILIAN_NB_OUT", OUT)
    with empty_bucket() as memory:
        yield memory


def draw(prompt: str = "A cat", **given: Any) -> wan.Job:
    return wan.t2i(f"{prompt} {NOW}", **{"model": "wanx2.1-t2i-turbo", "size": "512*512", "seed": 7, **given})


def test_a_picture_is_in_the_bucket_with_its_record_when_its_job_is_done(store: Any) -> None:
    (picture,) = draw().result(timeout=30)
    assert picture.address.startswith(f"{OUT}/20")
    assert picture.address.endswith(picture.path.name)
    assert store.cat_file(picture.address) == picture.path.read_bytes()
    beside = Record.from_json(store.cat_file(picture.address.replace(".png", ".json")))
    assert (beside.address, beside.sha256, beside.prompt) == (picture.address, picture.record.sha256, f"A cat {NOW}")
    (known,) = sessions.current().index.recent()
    assert known.address == picture.address


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception, *, ending: str = "") -> None:
    """Let the store refuse to take objects whose names end so."""
    take = MemoryFileSystem.pipe_file

    def pipe_file(self: Any, path: str, value: bytes, mode: str = "overwrite", **more: Any) -> None:
        if path.endswith(ending):
            raise error
        take(self, path, value, mode=mode, **more)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", pipe_file)


def in_the_bucket(store: Any) -> list[str]:
    return sorted(name.rpartition("/")[2] for name in store.find("/shop"))


def unreachable(self: Any, path: str, **more: Any) -> None:
    raise ConnectionError(SECRET)


SECRET = "AKIA0123456789SECRET"


@pytest.mark.seldom
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(f"Signature={SECRET} was not taken"), "memory://shop refuses (AccessDenied)"),
        (FileNotFoundError(f"no bucket of {SECRET}"), "memory://shop refuses (NotFound)"),
        (ConnectionRefusedError(f"http://{SECRET}@store"), "memory://shop cannot be reached (ConnectionRefusedError)"),
        (ValueError(SECRET), "memory://shop does not take it (ValueError)"),
    ],
)
def test_a_bucket_that_refuses_keeps_the_picture_here_and_resume_carries_it_up(
    store: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception, reason: str
) -> None:
    with monkeypatch.context() as fault:
        refuse(fault, error)
        result = draw().result(timeout=30)
        (note,) = [note for note in result.notes if "carries it up" in note]
        assert note.startswith(f"saved on this machine alone, since {reason}; %wan resume carries it up to {OUT}/20")
        assert (result[0].address, result[0].path.exists(), in_the_bucket(store)) == ("", True, [])
        found = wan.resume()
        assert (found.carrying.carried, found.carrying.kept) == ([], [result[0].path])
        assert f"1 still saved on this machine alone, since {reason}" in repr(found)
        assert SECRET not in note + repr(found) + caplog.text
    sessions.close_all()  # the next kernel knows it by the files alone
    found = wan.resume()
    assert repr(found).startswith("0 resumed; 1 carried up to memory://shop/照片 one/20")
    assert store.cat_file(found.carrying.carried[0]) == result[0].path.read_bytes()
    (known,) = sessions.current().index.recent()
    assert [known.address] == found.carrying.carried
    assert not wan.resume()


def test_a_kill_between_record_and_picture_leaves_one_picture_in_the_end(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:
        refuse(fault, TimeoutError(), ending=".png")
        (picture,) = draw().result(timeout=30)
        assert in_the_bucket(store) == [f"{picture.path.stem}.json"]
    assert wan.resume().carrying.carried
    assert in_the_bucket(store) == [f"{picture.path.stem}.json", picture.path.name]


def test_a_picture_of_which_the_bucket_keeps_a_part_is_none(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take = MemoryFileSystem.pipe_file
    with monkeypatch.context() as fault:
        fault.setattr(
            MemoryFileSystem, "pipe_file", lambda self, path, value, **more: take(self, path, value[:-9], **more)
        )
        result = draw().result(timeout=30)
    assert [note for note in result.notes if "was not kept whole" in note]
    assert (in_the_bucket(store), result[0].address) == ([], "")
    assert wan.resume().carrying.carried


def test_a_name_that_another_machine_has_taken_is_left_to_it(
    store: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = []
    for number in range(2):
        monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / f"machine {number}"))
        batch = wan.batch(
            [{"text": "a hill"}], prompt="{text} " + NOW, model="wanx2.1-t2i-turbo", size="512*512", name="山_{i}"
        )
        batch.run()
        batch.wait(timeout=60)
        (picture,) = sessions.current().index.recent()
        kept.append((picture.address, picture.path.read_bytes()))
        sessions.close_all()
    assert re.fullmatch(f"{OUT}/20[0-9-]+/山_1.png", kept[0][0])
    assert re.fullmatch(re.escape(kept[0][0].removesuffix(".png")) + "-[0-9a-f]{6}.png", kept[1][0])
    assert [store.cat_file(address) for address, _ in kept] == [data for _, data in kept]


def test_a_picture_whose_local_copy_is_gone_comes_from_the_bucket_and_is_not_paid_again(store: Any) -> None:
    first = draw(watermark=False).result(timeout=30)[0]
    data = first.path.read_bytes()
    shutil.rmtree(buckets.local_folder(OUT))
    assert first.image.size == (512, 512)
    sessions.close_all()
    shutil.rmtree(buckets.local_folder(OUT))
    job = draw(watermark=False)
    assert (job.cost, job.result(timeout=30)[0].path.read_bytes()) == (0.0, data)
    assert job.result()[0].address == first.address


def test_a_call_is_held_back_while_the_bucket_that_has_its_picture_is_away(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw().result(timeout=30)
    sessions.close_all()
    shutil.rmtree(buckets.local_folder(OUT))
    with monkeypatch.context() as away:
        away.setattr(
            MemoryFileSystem, "info", lambda self, path, **more: (_ for _ in ()).throw(ConnectionError(SECRET))
        )
        with pytest.raises(BucketError, match=r"memory://shop cannot be reached \(ConnectionError\)"):
            draw()
    buckets.try_again()
    assert draw().cost == 0.0


def test_inputs_are_named_by_address(store: Any, photo: Path) -> None:
    store.pipe_file("/shop/in/photo 一.png", photo.read_bytes())
    job = wan.edit("memory://shop/in/photo 一.png", "description_edit", f"a hat {NOW}", seed=1)
    (sent,) = job.result(timeout=30)[0].record.inputs
    assert (sent["sha256"], sent["address"]) == (
        hashlib.sha256(photo.read_bytes()).hexdigest(),
        "memory://shop/in/photo 一.png",
    )
    shutil.rmtree(buckets.local_folder(OUT))
    again = wan.edit(job.result()[0], "description_edit", f"a coat {NOW}", seed=1)
    assert again.result(timeout=30)[0].record.inputs[0]["address"] == job.result()[0].address
    with pytest.raises(InvalidRequest, match=r"image memory://shop/in/no.png cannot be read: .* does not exist"):
        wan.edit("memory://shop/in/no.png", "description_edit", "a hat")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("s3://", "must be like s3://BUCKET/FOLDER"),
        ("s3://shop/../other", "without . and .. and control characters, got s3://shop/../other"),
        (f"s3://me:{SECRET}@shop/a", "holds a user name or a key before the @"),
        ("s3://a b/c", "must be like s3://BUCKET/FOLDER"),
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(given: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        draw(out_dir=given)
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(buckets.LIBRARIES, "oss", "ossfs_that_nobody_has")
    with pytest.raises(InvalidRequest, match=r"pip install '\.\[storage\]' in the checkout"):
        draw(out_dir="oss://shop/a")


@pytest.mark.parametrize("given", ["memory://shop/new\nline", "memory://shop/\x1b[2J", "memory://shop/?versionId=1"])
def test_an_address_that_a_store_reads_otherwise_is_refused_before_anything_is_sent(given: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^[^\n]*must be like memory://BUCKET/FOLDER"):
        wan.t2i("A cat", out_dir=given)


@pytest.mark.parametrize("given", ["gs://shop/wan", "S3A://shop", "file:///tmp/wan", "https://shop/wan"])
def test_an_address_of_another_kind_is_no_folder_here(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InvalidRequest, match="where no pictures can be saved: write a folder, or one of memory://"):
        wan.t2i("A cat", out_dir=given)
    assert sorted(tmp_path.iterdir()) == before


def test_a_cloned_notebook_sends_no_picture_to_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bailian_nb.toml").write_text('out_dir = "s3://somebody-elses/folder"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BAILIAN_NB_OUT")
    with pytest.raises(InvalidRequest, match="may set out_dir only inside its own folder"):
        draw()


def test_every_path_below_a_local_folder_says_its_address(tmp_path: Path) -> None:
    address = 's3://shop/a: "b"/100%/照片'
    folder = buckets.local_folder(address, tmp_path)
    assert not set('<>:"|?*') & set(str(folder.relative_to(tmp_path)))
    assert buckets.address_of(folder / "x.png", tmp_path) == f"{address}/x.png"
    assert buckets.address_of(tmp_path / "out" / "x.png", tmp_path) == ""


def test_a_path_from_elsewhere_leads_nowhere_else(tmp_path: Path) -> None:
    for name in ("../../../../etc/x.png", "shop/../../../x.png", "shop/..%2F..%2Fx.png"):
        path = Path(f"/theirs/storage/s3/{name}")
        assert buckets.here(path, tmp_path) in (path, tmp_path / "storage" / "s3" / "shop" / "..%252F..%252Fx.png")


def test_a_home_that_moved_finds_its_pictures_in_the_bucket(
    store: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = draw().result(timeout=30)[0]
    sessions.close_all()
    shutil.rmtree(tmp_path / "home" / buckets.FOLDER)
    (tmp_path / "home" / "index.sqlite").unlink()
    (tmp_path / "home").rename(tmp_path / "moved")
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "moved"))
    job = draw()
    (picture,) = job.result(timeout=30)
    assert (job.cost, picture.address) == (0.0, first.address)
    assert picture.path.is_relative_to(tmp_path / "moved")


def test_a_picture_of_another_machine_is_opened_by_its_address_and_answers_the_same_call(
    store: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = draw().result(timeout=30)[0]
    sessions.close_all()
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "another machine"))
    found = rerun.find(sessions.current(), first.address)
    assert (found.pictures[0].address, found.record) == (first.address, first.record)
    job = draw()
    assert (job.cost, job.result(timeout=30)[0].address) == (0.0, first.address)
    with pytest.raises(BucketError, match=r"memory://shop/no.png is no picture of bailian_nb's"):
        rerun.find(sessions.current(), "memory://shop/no.png")


def test_doctor_tries_the_bucket(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def pictures() -> tuple[str, str]:
        found = [each for each in doctor.examine(sessions.current()) if each.name == "pictures"]
        return found[-1].state, found[-1].text

    assert pictures() == ("ok", f"{OUT} can be written")
    assert in_the_bucket(store) == []
    refuse(monkeypatch, PermissionError(SECRET))
    assert pictures() == ("fail", "memory://shop refuses (AccessDenied)")


def test_the_cell_names_the_address(store: Any) -> None:
    job = draw()
    job.result(timeout=30)
    assert f"<code>{job.result()[0].address}</code>" in repr(caption(job, "en"))


def test_pictures_that_another_machine_names_by_its_own_paths_come_from_the_bucket(store: Any, tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    first = World(theirs, buckets.local_folder(OUT, theirs))
    made = first.job(t2i(n=2)).result(30)
    saved = [SavedPicture(picture.path, picture.raw_path, picture.record.sha256) for picture in made]
    data = [path.read_bytes() for path in made.paths]
    first.close()
    shutil.rmtree(theirs)
    second = World(ours, buckets.local_folder(OUT, ours))
    saver = Saver(index=second.index, journal=second.journal, clock=second.clock)
    found = saver.found(saved)
    second.close()
    assert found is not None
    assert [picture.path.read_bytes() for picture in found] == data
    assert [picture.address for picture in found] == [picture.address for picture in made]
    assert all(picture.path.is_relative_to(ours) for picture in found)


def test_history_lists_what_lies_in_the_bucket_alone_and_opening_one_fetches_it(
    store: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    made = draw().result(timeout=30)[0]
    data, reads = made.path.read_bytes(), store.cat_file
    sessions.close_all()
    shutil.rmtree(buckets.local_folder(OUT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryFileSystem, "cat_file", lambda *_, **__: pytest.fail("nothing is fetched"))
        found = wan.history()
        (listed,) = found
        assert found.to_dicts()[0]["address"] == listed.address == made.address
        assert made.address in found._repr_mimebundle_()["text/plain"]
        assert "data:image/jpeg" in found._repr_mimebundle_()["text/html"]
        assert len(listed.thumbnail()) < 60_000
        assert cli.main(["history"]) == 0
        assert made.address in capsys.readouterr().out
    assert listed.image.size == (512, 512)
    assert listed.path.read_bytes() == data == reads(made.address)


def test_what_was_deleted_stays_out_of_the_history_and_comes_back_with_undo(store: Any) -> None:
    draw().result(timeout=30)
    shutil.rmtree(buckets.local_folder(OUT))
    found = wan.history()
    (binned,) = found.delete(*found)
    assert len(found.again()) == 0
    found.undo()
    assert not binned.exists()
    shutil.rmtree(buckets.local_folder(OUT))
    assert len(found.again()) == 1


def test_a_colleagues_pictures_and_those_that_were_never_carried_up_are_not_listed(
    store: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    draw("mine").result(timeout=30)
    sessions.close_all()
    with monkeypatch.context() as theirs:
        theirs.setenv("BAILIAN_NB_HOME", str(tmp_path / "theirs"))
        draw("theirs").result(timeout=30)
        sessions.close_all()
    refuse(monkeypatch, PermissionError())
    draw("kept here").result(timeout=30)
    assert sorted(each.record.prompt.split(" emulator")[0] for each in wan.history()) == ["kept here", "mine"]
    shutil.rmtree(buckets.local_folder(OUT))
    assert [each.record.prompt.split(" emulator")[0] for each in wan.history()] == ["mine"]


def test_a_batch_says_how_many_pictures_its_bucket_did_not_take(
    store: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("scene\nhill\nlake\n")
    command = ["batch", str(rows), "--prompt", f"{{scene}} {NOW}", "--model", "wanx2.1-t2i-turbo", "--size", "512*512"]
    with monkeypatch.context() as fault:
        refuse(fault, PermissionError(SECRET))
        assert cli.main([*command, "--run"]) == 0
    said = (
        "2 saved on this machine alone, since memory://shop refuses (AccessDenied); bailian-nb resume carries them up"
    )
    assert said in capsys.readouterr().err
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    assert cli.main(["resume"]) == 0
    assert capsys.readouterr().out.startswith("已恢复 0 个；已上传 2 张")
    assert len([name for name in in_the_bucket(store) if name.endswith(".png")]) == 2


def test_the_command_line_does_not_end_before_what_waits_is_carried_up(
    store: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as fault:
        refuse(fault, PermissionError(SECRET))
        draw().result(timeout=30)
        draw("A dog").result(timeout=30)
    monkeypatch.setattr(session_resume, "CARRY_SECONDS", 0.0)
    carries, begun = carry.carry_left, threading.Event()

    def late(*given: Any) -> None:
        assert begun.wait(30)
        carries(*given)

    monkeypatch.setattr(session_resume, "carry_left", late)

    def heard(*said: object, **more: Any) -> None:
        print(*said, **more)
        begun.set()

    monkeypatch.setattr(cli_resume, "print", heard, raising=False)
    assert cli.main(["resume"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first == "0 resumed; others are being carried up now"
    assert last.startswith(f"2 carried up to {OUT}/")
    assert len([name for name in in_the_bucket(store) if name.endswith(".png")]) == 2
