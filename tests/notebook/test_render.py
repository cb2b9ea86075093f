from __future__ import annotations

import base64
import io
import re
import sys
import time

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.errors import BailianError, TaskFailed
from bailian_nb.gallery import Picture, Record
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.result import Result, SlotError
from bailian_nb.jobs.status import Expected, WaitReason
from bailian_nb.session import session as sessions
from bailian_nb.views import cell
from bailian_nb.views.tables import Table, escape, note

from .conftest import NOW

HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\n‮'\"&"


@pytest.fixture
def request_():
    """A Request as any cell makes it; nothing is sent."""
    session = sessions.current()
    values = {"prompt": f"A shop {HOSTILE}", "n": 2, "seed": 7, "size": "256*256"}
    return session.plan(model="wan2.6-t2i", values=values).require()


def make_job(request=None, **values):
    job = Job(id="ab12cd", request=request, label="wan2.6-t2i", emulator=True, created=time.time(), cost=0.4)
    job.change(**values)
    return job


def make_pictures(folder, count=1, side=64, **facts):
    found = []
    for index in range(count):
        path = folder / f"143205_t2i_ab12cd_s7_{index}.png"
        Image.effect_noise((side, side), 90).convert("RGB").save(path, compress_level=1)
        values = {"model": "wan2.6-t2i", "prompt": "A shop", "index": index, "n": count, "seed": 7 + index}
        values |= {"size": f"{side}x{side}", "emulator": True, "seconds": 1.25, "price_cny": 0.2}
        found.append(Picture(path=path, record=Record(**{**values, **facts})))
    return found


def ended(pictures, request=None, **more):
    job = make_job(request)
    job.succeed(Result(pictures, cost=0.2, **more), at=time.time())
    return job


def both(job, lang="en"):
    return cell.view(job, lang), cell.caption(job, lang)


@pytest.mark.parametrize("status", ["WAITING", "QUEUED", "SUBMITTING", "UNCERTAIN", "PENDING", "RUNNING", "SAVING"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_running_job_shows_its_state_its_age_and_how_to_cancel_it(request_, status, lang):
    view, caption = both(make_job(request_, status=status), lang)
    assert set(view) == set(caption) == {"text/html", "text/plain"}
    assert "%wan cancel ab12cd" in view["text/html"]
    assert "EMULATOR" in view["text/html"]
    assert "seed=7" in caption["text/html"]
    assert "0.40" in caption["text/html"]
    assert view["text/plain"] == f"<Job wan2.6-t2i {status} EMULATOR>"


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (
            WaitReason(key="our_limit", values={"limit": 5, "ahead": 3}),
            "the account&#x27;s limit of 5 tasks at once; 3 ahead",
        ),
        (WaitReason(key="service_queue"), "the service has not started it yet"),
        (WaitReason(key="waits_for_job", values={"job": "xy"}), "job xy must end first"),
        (WaitReason(key="throttled", values={"until": 0.0}), "throttled by the service until"),
        (WaitReason(key="read_fault", values={"code": "<b>", "count": 2}), "asking failed (&lt;b&gt;, 2x), trying on"),
    ],
)
def test_a_waiting_job_says_why(why, words):
    assert words in cell.view(make_job(status="QUEUED", why=why), "en")["text/html"]


def test_age_stands_against_the_usual_time():
    job = make_job(status="RUNNING", submitted=time.time() - 20, expected=Expected(low=0.5, high=120))
    assert "20 s of usually 0.5-120 s" in cell.view(job, "en")["text/html"]


@pytest.mark.parametrize("count", [1, 4])
def test_an_ended_job_is_a_small_jpeg_and_nothing_that_needs_a_kernel(tmp_path, count):
    view, caption = both(ended(make_pictures(tmp_path, count, side=520)))
    assert set(view) == {"image/jpeg", "text/plain"}
    assert set(caption) == {"text/html", "text/plain"}
    jpeg = base64.b64decode(view["image/jpeg"])
    assert len(jpeg) <= 60_000
    image = Image.open(io.BytesIO(jpeg))
    assert image.format == "JPEG"
    assert max(image.size) <= 512
    assert caption["text/html"].count("<code>") == count


def test_plain_text_holds_only_what_is_the_same_in_every_run(tmp_path):
    view, caption = both(ended(make_pictures(tmp_path, 2), task_id="task-1", request_id="request-1"))
    assert view["text/plain"].splitlines() == [
        "<Picture wan2.6-t2i 64x64 seed=7 EMULATOR>",
        "<Picture wan2.6-t2i 64x64 seed=8 EMULATOR>",
    ]
    assert caption["text/plain"] == "wan2.6-t2i 2 saved EMULATOR"


def test_a_caption_has_a_line_a_picture(tmp_path):
    html = cell.caption(ended(make_pictures(tmp_path, 2)), "en")["text/html"]
    lines = re.findall(r"<div>(.*?)</div>", html)
    assert [re.sub(r"<[^>]+>", "", line) for line in lines] == [
        "A shop",
        "wan2.6-t2i · 64x64 · seed 7 · 1.2 s · EMULATOR, nothing billed · 143205_t2i_ab12cd_s7_0.png",
        "wan2.6-t2i · 64x64 · seed 8 · 1.2 s · EMULATOR, nothing billed · 143205_t2i_ab12cd_s7_1.png",
    ]


def test_a_caption_names_the_function_and_leaves_out_a_seed_that_nobody_knows(tmp_path):
    pictures = make_pictures(tmp_path, 1, model="wanx2.1-imageedit", function="description_edit", seed=None)
    html = cell.caption(ended(pictures), "en")["text/html"]
    assert "<b>instruct</b>" in html
    assert "seed" not in html
    assert "None" not in html


def test_a_record_without_its_time_is_shown_without_it(tmp_path):
    html = cell.caption(ended(make_pictures(tmp_path, seconds=None)), "en")["text/html"]
    assert "wan2.6-t2i" in html
    assert " s ·" not in html


@pytest.mark.parametrize(("price", "words"), [(0.2, "CNY 0.20"), (None, "price unknown")])
def test_a_billed_picture_says_its_price(tmp_path, price, words):
    job = Job(id="x", request=None, label="wan2.6-t2i", emulator=False, created=0.0, cost=price)
    job.succeed(Result(make_pictures(tmp_path, emulator=False, price_cny=price), cost=price), at=1.0)
    assert words in cell.caption(job, "en")["text/html"]


def test_a_picture_from_disk_says_so(tmp_path):
    assert "from disk: same request" in cell.caption(ended(make_pictures(tmp_path), cached=True), "en")["text/html"]


def test_the_rewritten_prompt_stands_there_once_and_only_when_it_differs(tmp_path, request_):
    pictures = make_pictures(tmp_path, 2, actual_prompt=f"A splendid shop {HOSTILE}")
    html = cell.caption(ended(pictures, request_), "en")["text/html"]
    assert html.count("A splendid shop &lt;img") == 1
    pictures = make_pictures(tmp_path, 2, actual_prompt=request_.prompt)
    assert "rewritten" not in cell.caption(ended(pictures, request_), "en")["text/html"]


def test_a_partial_result_shows_both(tmp_path):
    errors = [SlotError(index=1, code="DataInspectionFailed", message=f"bad {HOSTILE}")]
    view, caption = both(ended(make_pictures(tmp_path), errors=errors, request_id="request-1"))
    assert "image/jpeg" in view
    html = caption["text/html"]
    for words in ("seed 7", "picture 2 failed", "DataInspectionFailed", "What to do", "request request-1", "&lt;img"):
        assert words in html
    assert caption["text/plain"] == "wan2.6-t2i 1 saved DataInspectionFailed EMULATOR"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_failure_shows_code_meaning_advice_and_ids(lang):
    job = make_job()
    error = TaskFailed(f"no {HOSTILE}", code="InternalError.Timeout", request_id="request-1", task_id="task-1")
    job.fail(error, at=time.time())
    view, caption = both(job, lang)
    assert set(view) == {"text/plain"}
    advice = {"en": "What to do: Run it again", "zh": "建议："}[lang]
    for words in ("InternalError.Timeout", advice, "request-1", "task-1", "no &lt;img"):
        assert words in caption["text/html"]
    assert caption["text/plain"] == "wan2.6-t2i FAILED InternalError.Timeout EMULATOR"


def test_an_error_of_ours_shows_its_hint():
    job = make_job()
    job.fail(BailianError("the disk is full", hint="Make room."), at=time.time())
    assert "What to do: Make room." in cell.caption(job, "en")["text/html"]
    assert cell.lines(job, "en") == ["wan2.6-t2i: BailianError. the disk is full What to do: Make room."]


def test_notes_are_shown_once_while_it_runs_and_after(tmp_path):
    job = make_job(status="RUNNING")
    job.notes += [f"careful {HOSTILE}", "twice", "twice"]
    for caption in (cell.caption(job, "en"), cell.caption(ended(make_pictures(tmp_path), notes=job.notes), "en")):
        assert caption["text/html"].count("twice") == 1
        assert "⚠ careful &lt;img" in caption["text/html"]


def test_no_bundle_holds_markup_scripts_styles_or_controls_from_outside(tmp_path, request_):
    why = WaitReason(key="waits_for_job", values={"job": HOSTILE})
    running = make_job(request_, status="RUNNING", task_id=HOSTILE, why=why)
    failed = make_job(request_)
    failed.fail(TaskFailed(HOSTILE, code=HOSTILE, request_id=HOSTILE), at=time.time())
    pictures = make_pictures(tmp_path, function=HOSTILE, model=HOSTILE, actual_prompt=HOSTILE)
    for job in (running, failed, ended(pictures, request_, notes=[HOSTILE])):
        for bundle in both(job):
            html = bundle.get("text/html", "")
            assert not re.search(r"<(?!/?(div|b|code|small)( class=\"[\w-]*\")?>)", html), html
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f‪-‮]", html)
            assert "\x1b" not in bundle["text/plain"]


def test_a_job_shows_itself_where_no_notebook_is_loaded(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    job = wan.t2i(f"A shop {NOW}", size="256*256").wait()
    assert set(job._repr_mimebundle_()[0]) == {"image/jpeg", "text/plain"}


def test_a_table_is_escaped_and_aligned_over_chinese():
    table = Table(title="T<b>", head=("name", "what"), rows=[("风格", "<i>"), ("ab", "c\x1b[31m")], foot="f&")
    bundle = table.bundle()
    assert "<i>" not in bundle["text/html"]
    assert "T&lt;b&gt;" in bundle["text/html"]
    assert bundle["text/plain"].splitlines() == ["T<b>", "name  what", "风格  <i>", "ab    c", "f&"]


def test_a_note_and_an_escaped_text_are_one_line():
    assert note("a <b>\nc")["text/html"] == "<p>a &lt;b&gt; c</p>"
    assert escape("a\x00\x1b[2Jb") == "ab"


def test_a_caption_says_what_was_asked_for_and_leads_to_the_file(tmp_path, monkeypatch):
    values = {"prompt": "x", "strength": 0.5, "seed": 7, "negative_prompt": ""}
    pictures = make_pictures(tmp_path, 1, prompt="a <b> & 猫", values=values)
    html = cell.caption(ended(pictures), "en")["text/html"]
    assert "negative_prompt" not in html, "nothing was asked for by it"
    assert "a &lt;b&gt; &amp; 猫" in html
    assert "strength 0.5" in html
    assert "href" not in html, "the file lies elsewhere"
    monkeypatch.chdir(tmp_path)
    html = cell.caption(ended(pictures), "en")["text/html"]
    assert f'<a href="{pictures[0].path.name}" target="_blank">{pictures[0].path.name}</a>' in html


@pytest.mark.seldom
def test_pictures_have_words_for_those_who_cannot_see_them(cells):
    ran = cells(f"%%wan_t2i --wait --size 256*256\nA shop at dawn {NOW}")
    assert [output.metadata for output in ran.outputs if "image/jpeg" in output.data] == [
        {"image/jpeg": {"alt": f"A shop at dawn {NOW} (wan2.6-t2i 256x256)"}}
    ]
