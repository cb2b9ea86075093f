"""A file name of any encoding goes through a whole day of work: sent, saved, found again, shown, printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DAY = """
import contextlib, io, json, logging, os, sys
from pathlib import Path
logging.basicConfig(level=20)
import bailian_nb as wan
from bailian_nb import config
from bailian_nb.cli import main
from bailian_nb.gallery import Index
from bailian_nb.session import doctor, session
from bailian_nb.views import cell, listings

folder, cat = sys.argv[1:] if sys.argv[1:] else (os.environ["TYPED"] + "/照片", "狗.png")
photo = os.path.join(folder, cat)
out = os.path.join(folder, "out")

def sent(text):
    json.dumps(text, ensure_ascii=False).encode("utf-8")  # as it goes to a front end

job = wan.edit(photo, "description_edit", "hat", out_dir=out, seed=1)
picture = job.result(60)[0]
assert picture.path.is_file()
assert json.loads(picture.path.with_suffix(".json").read_bytes())["inputs"][0]["name"] == "狗.png"
assert wan.edit(photo, "description_edit", "hat", out_dir=out, seed=1).result(60).paths == [picture.path]
sent(cell.caption(job, "zh"))
sent(cell.lines(job, "en"))
sent(picture._repr_mimebundle_())
mask = wan.Mask.like(photo).rect(0, 0, 90, 90)
mask.save(os.path.join(folder, "mask.png"))
masked = wan.edit(photo, "description_edit_with_mask", "x", mask=os.path.join(folder, "mask.png"), out_dir=out, seed=2)
assert masked.result(60)[0].path.name.endswith("_pasted.png")
sweep = wan.sweep(photo, "description_edit", "hat", strength=[0, 1], seed=3, out_dir=out)
sweep.run()
assert all(each.wait(60).status == "SUCCEEDED" for each in sweep.jobs)
sweep.to_contact_sheet(os.path.join(folder, "sheet.png"))
sent(repr(wan.MaskPainter(photo)))
index = Index(config.home())
assert index.rebuild(Path(out)) == 4
found = index.search("hat")
assert len(found) == 3 and all(each.path.is_file() for each in found)
sent(listings.history(found, "zh"))
sent(repr(wan.jobs()))
sent([each.text for each in doctor.examine(session.current())])
try:
    wan.edit(os.path.join(folder, "no such 狗.png"), "description_edit", "hat")
except wan.BailianError as error:
    sent(str(error))
    assert "照片" in str(error)
assert main(["history"]) == 0
assert main(["t2i", "a cat", "--out-dir", out, "--seed", "1"]) == 0
session.close_all()
again = session.current().index.recent(9)
assert len(again) == 5 and all(each.path.is_file() for each in again)
"""
NO_LETTERS = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names are text on Windows and macOS")


@pytest.mark.parametrize(
    ("encoding", "typed", "locale"),
    [
        pytest.param("gbk", False, {"LC_ALL": "C.UTF-8"}, marks=pytest.mark.slow),
        pytest.param("utf-8", False, NO_LETTERS, marks=pytest.mark.slow),
        pytest.param("utf-8", True, NO_LETTERS, marks=pytest.mark.slow),
        ("gbk", False, NO_LETTERS),
    ],
    ids=["gbk", "no letters", "typed without letters", "gbk without letters"],
)
@pytest.mark.seldom
def test_a_name_of_any_encoding_works_everywhere(
    encoding: str, typed: bool, locale: dict[str, str], tmp_path: Path, photo: Path
) -> None:
    folder = os.fsencode(tmp_path) + b"/" + "照片".encode(encoding)
    cat = "狗.png".encode(encoding)
    Path(os.fsdecode(folder)).mkdir()
    Path(os.fsdecode(folder + b"/" + cat)).write_bytes(photo.read_bytes())
    script = tmp_path / "day.py"
    script.write_text(DAY, encoding="utf-8")
    env: dict[bytes, bytes] = {os.fsencode(name): os.fsencode(value) for name, value in os.environ.items()}
    env |= {name.encode(): value.encode() for name, value in locale.items()}
    env |= {b"BAILIAN_NB_HOME": folder + b"/home", b"BAILIAN_NB_EMULATOR": b"1", b"BAILIAN_NB_EMULATOR_SECONDS": b"0"}
    env[b"TYPED"] = os.fsencode(tmp_path)
    command = [os.fsencode(sys.executable), os.fsencode(script), *([] if typed else [folder, cat])]
    done = subprocess.run(command, env=env, capture_output=True, timeout=100, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert b"Error" not in done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 5
    assert all(Path(os.fsdecode(line.rpartition(b"  ")[2])).is_file() for line in lines)
