"""What is paid is not paid again: unwritable folders, races, resumes in the same kernel, calls in flight at the end."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image, ImageOps

import bailian_nb as wan
from bailian_nb.session import session as sessions

from ..world.emulator_log import creates
from ..world.jumping_clock import until

pytestmark = pytest.mark.usefixtures("unlimited")


def blocked(tmp_path: Path) -> Path:
    """Return a folder that turns into a file while the task runs."""
    return tmp_path / "pictures"


def fail_to_save(photo: Path, out: Path) -> wan.Job:
    job = wan.edit(photo, "instruct", "hat emulator:latency=1", seed=5, out_dir=out)
    until(lambda: job.status in ("PENDING", "RUNNING"))
    out.write_text("a file in the way")
    job.wait(30)
    assert isinstance(job.error, wan.SaveFailed)
    assert job.cost == pytest.approx(0.14)
    return job


def test_paid_pictures_that_cannot_be_written_are_taken_up_in_the_same_kernel(photo: Path, tmp_path: Path) -> None:
    out = blocked(tmp_path)
    fail_to_save(photo, out)
    assert sessions.current().pending() == 1, "the doctor sends them to resume"
    out.unlink()
    found = wan.resume()
    assert [len(job.result(30)) for job in found.jobs] == [1]
    assert sessions.current().pending() == 0
    assert creates() == 1


def test_the_same_call_takes_up_what_is_paid_instead_of_paying_again(photo: Path, tmp_path: Path) -> None:
    out = blocked(tmp_path)
    fail_to_save(photo, out)
    out.unlink()
    again = wan.edit(photo, "instruct", "hat emulator:latency=1", seed=5, out_dir=out)
    assert again.result(30)[0].path.exists()
    assert creates() == 1


def test_a_folder_that_is_a_file_is_refused_before_anything_is_sent(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(wan.InvalidRequest, match="cannot be saved"):
        wan.edit(photo, "instruct", "hat", seed=5, out_dir=tmp_path / "taken")
    assert creates() == 0


@pytest.mark.parametrize("folder", [3, True, ["a"]])
def test_an_out_dir_that_is_no_path_is_one_line(photo: Path, folder: object) -> None:
    with pytest.raises(wan.InvalidRequest, match="out_dir is the path of a folder"):
        wan.edit(photo, "instruct", "hat", seed=5, out_dir=folder)  # type: ignore[arg-type]


def test_the_same_request_from_many_threads_is_one_task(photo: Path) -> None:
    jobs: list[wan.Job] = []
    threads = [
        threading.Thread(target=lambda: jobs.append(wan.edit(photo, "instruct", "hat", seed=9))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({job.id for job in jobs}) == 1
    jobs[0].result(30)
    assert creates() == 1


def test_resume_leaves_a_further_try_that_is_on_its_way_alone(photo: Path) -> None:
    job = wan.edit(photo, "instruct", "hat emulator:fail=InternalError@try=1 emulator:latency=1", seed=6, retries=1)
    until(lambda: job.notes)
    until(lambda: job.status in ("PENDING", "RUNNING"))
    assert wan.resume().jobs == []
    job.result(30)


def test_a_mask_is_what_it_was_when_the_call_was_made(photo: Path) -> None:
    mask = Image.new("L", (512, 512))
    mask.paste(255, (0, 0, 100, 100))
    first = wan.edit(photo, "instruct", "hat emulator:latency=1", seed=4)
    job = wan.edit(first, "inpaint", "flower", mask=mask, seed=2)
    mask.paste(255, (0, 0, 500, 500))
    job.result(30)
    assert job.request is not None
    assert job.request.mask is not None
    assert wan.Mask.from_image(job.request.mask.open()).bbox == (0, 0, 100, 100)


def test_a_job_as_mask_is_waited_for_in_the_background(photo: Path) -> None:
    drawn = wan.edit(photo, "instruct", "hat emulator:latency=1", seed=4)
    job = wan.edit(photo, "inpaint", "flower", mask=drawn, seed=2)
    assert job.status in ("WAITING", "QUEUED")
    job.wait(30)


@pytest.mark.seldom
def test_outside_the_mask_a_turned_photograph_stays_what_the_user_sees(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    path = tmp_path / "phone.jpg"
    Image.effect_noise((640, 560), 80).convert("RGB").save(path, exif=exif, quality=90)
    mask = wan.Mask.like((560, 640)).rect(100, 100, 300, 300)
    picture = wan.edit(path, "inpaint", "hat", mask=mask, seed=1).result(30)[0]
    with Image.open(path) as image:
        seen = ImageOps.exif_transpose(image).convert("RGB")
    assert wan.Mask.from_diff(seen, picture.image, threshold=1) - mask == wan.Mask.like((560, 640))


def test_a_picture_edits_itself(photo: Path) -> None:
    picture = wan.edit(photo, "instruct", "hat", seed=1).result(30)[0]
    assert len(picture.edit("instruct", "scarf", seed=2).result(30)) == 1


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("pause", [0.0, pytest.param(0.1, marks=pytest.mark.slow), 0.3])
def test_a_script_that_ends_with_jobs_in_flight_is_quiet_and_loses_no_task(photo: Path, pause: float) -> None:
    code = (
        "import sys, time, bailian_nb as wan\n"
        "from bailian_nb.session import session\n"
        "session.LAST_WAIT = 60.0\n"  # a busy machine takes longer than two seconds for three create calls
        "for seed in range(3): wan.edit(sys.argv[1], 'instruct', 'hat emulator:latency=60', seed=seed)\n"
        "time.sleep(float(sys.argv[2]))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(photo), str(pause)], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stderr == ""
    found = wan.resume()
    assert found.uncertain == []
    assert len(found.jobs) == creates()
    for job in found.jobs:
        assert len(job.result(30)) == 1


@pytest.mark.parametrize("lost", ["broken", "cut", "empty", "gone"])
def test_a_lost_index_is_made_again_from_the_pictures_and_nothing_is_paid_twice(
    lost: str, photo: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mask = wan.Mask.like((512, 512)).rect(9, 9, 99, 99)
    first = wan.edit(photo, "inpaint", "hat emulator:latency=0", mask=mask, seed=5, out_dir=tmp_path / "other")
    (picture,) = first.result(30)
    assert picture.raw_path != picture.path
    session = sessions.current()
    path = session.index.path
    if lost == "gone":
        path.unlink()
    else:
        path.write_bytes({"broken": b"x\n", "cut": path.read_bytes()[:4096], "empty": b""}[lost])
    with caplog.at_level("WARNING", "bailian_nb"):
        again = wan.edit(photo, "inpaint", "hat emulator:latency=0", mask=mask, seed=5)
        assert again.result(30).cached
        assert [each.path for each in session.index.recent()] == [picture.path]
    (line,) = caplog.messages
    assert str(path) in line
    assert "1 picture(s) are in a new one" in line
    assert ("laid aside as index.sqlite.broken-" in line) == (lost in ("broken", "cut"))
    assert creates() == 1
