from __future__ import annotations

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.notebook.commands import _COMMANDS
from bailian_nb.reconcile import search
from bailian_nb.session import session as sessions
from bailian_nb.views.help import COMMANDS

from ..world.jumping_clock import until
from .conftest import NOW


def test_every_command_is_in_the_help_and_the_other_way_round(cells):
    assert set(_COMMANDS) == {name.split()[0] for name in COMMANDS}
    text = cells("%wan help").text
    for name in COMMANDS:
        assert f"%wan {name}" in text
    assert cells("%wan").text == text


def test_an_unknown_command_is_one_line_with_the_nearest(cells):
    ran = cells("%wan doktor")
    assert ran.printed.strip() == "InvalidRequest: unknown command doktor, did you mean doctor? See %wan help"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%wan t2i 'a cat'", "a call is no command of %wan: write %%wan_t2i ..."),
        ("%wan edit style a.jpg x", "a call is no command of %wan: write %wan_edit ..."),
        ("%wan config lang=zh", "%wan config shows the settings; %config WanMagics.lang = ... sets this one"),
        ("%wan config n 2", "%wan config shows the settings; %config WanMagics.n = ... sets this one"),
        ("%wan history --limit many", "%wan history: --limit needs a value, for example 30, got 'many'"),
        ("%wan history --limit", "%wan history: --limit needs a value, for example 30"),
    ],
)
def test_what_is_typed_in_another_place_is_told_where_it_belongs(cells, line, said):
    assert cells(line).printed.strip() == f"InvalidRequest: {said}"


def test_a_question_mark_and_a_comma_behind_a_word_are_no_part_of_it(cells):
    assert cells("%wan ？").text == cells("%wan help").text
    assert cells("%wan help seed，").text == cells("%wan help seed").text


def test_calls_stand_first_in_the_help(cells):
    lines = cells("%wan help").text.splitlines()
    first = [line.split()[0] for line in lines if line.startswith("%")][:5]
    assert first == ["%%wan_t2i", "%wan_edit", "%wan_sweep", "%wan_batch", "%%wan_batch"]


def test_help_models_and_functions_come_from_the_table(cells):
    models, functions = cells("%wan models"), cells("%wan functions")
    for model in specs.models():
        assert model.name in models.text
        assert model.name in cells(f"%wan help {model.name}").text
        for row in model.functions:
            assert row.name in functions.text
            assert row.short in functions.text
    assert "<table>" in models.html
    cells("%config WanMagics.lang = 'zh'")
    for model in specs.models("edit"):
        assert all(row.meaning.zh in cells("%wan functions").text for row in model.functions)


def test_models_names_what_ends_soon(cells):
    cells("""
        from dataclasses import replace
        from bailian_nb import specs
        from bailian_nb.session import session
        end = specs.day(session.current().clock.now())
        life = specs.Life(source="DEP", seen=end, retires=end, successor="wan2.7-image")
        row = specs.get("wan2.6-t2i")
        specs.register(replace(row, life=life))
    """)
    try:
        assert "⚠ wan2.6-t2i was announced to retire on " in cells("%wan models").text
    finally:
        cells("specs.register(row)")


@pytest.mark.parametrize("line", ["history --help", "jobs -h", "resume --help", "cost --help", "rerun --help"])
def test_a_command_asked_for_help_says_what_help_says_of_it(cells, line):
    assert cells(f"%wan {line}").text == cells(f"%wan help {line.split()[0]}").text


@pytest.mark.parametrize("line", ["models wan2.7-image", "functions expand", "functions 扩图"])
def test_a_name_after_models_or_functions_is_looked_up(cells, line):
    assert cells(f"%wan {line}").bundles == cells(f"%wan help {line.split()[1]}").bundles != cells("%wan help").bundles
    wrong = cells(f"%wan {line.split()[0]} nonsense")
    assert wrong.printed.startswith("InvalidRequest: no help on nonsense")


def test_help_on_help_is_the_first_page(cells):
    assert cells("%wan help --help").bundles == cells("%wan help").bundles


def test_help_on_an_unknown_topic_names_the_nearest(cells):
    assert "did you mean style" in cells("%wan help stile").printed


def test_jobs_lists_what_this_kernel_sent(cells):
    assert cells("%wan jobs").text == "no jobs in this kernel yet"
    cells(f"%%wan_t2i --wait\nA shop {NOW}")
    cells(f"%%wan_t2i --wait\nemulator-blocked {NOW}")
    title, head, second, first = cells("%wan jobs").text.splitlines()
    assert title == "Jobs: 1 done · 1 failed or canceled · EMULATOR, nothing billed"
    assert head.split()[:4] == ["job", "prompt", "what", "status"]
    one, other = sessions.current().jobs()
    assert first.split()[:3] == [one.id, "A", "shop"]
    assert "wan2.6-t2i  SUCCEEDED" in first
    assert "1 saved" in first
    assert second.split()[:2] == [other.id, "emulator-blocked"]
    assert "wan2.6-t2i  FAILED" in second
    assert "DataInspectionFailed" in second


def test_fetch_shows_a_job_again(cells):
    cells(f"%%wan_t2i -o job --wait\nA shop {NOW}")
    name = cells.names["job"].id
    ran = cells(f"%wan fetch {name}")
    assert [set(output.data) for output in ran.outputs] == [{"image/jpeg", "text/plain"}, {"text/html", "text/plain"}]
    assert len(cells(f"%wan fetch {name[:3]}").outputs) == 2, "a start of the id is enough"


@pytest.mark.parametrize("command", ["fetch", "cancel"])
def test_a_command_that_needs_a_job_says_so(cells, command):
    assert f"%wan {command} needs a job; %wan jobs lists them" in cells(f"%wan {command}").printed
    assert "no job starts with 'zzz'; jobs here: none yet" in cells(f"%wan {command} zzz").printed


def test_wait_blocks_until_all_or_the_named_jobs_have_ended(cells):
    cells(f"%%wan_t2i -o one\nA shop {NOW}")
    cells("%%wan_t2i -o two\nA shop emulator:latency=60")
    assert cells(f"%wan wait {cells.names['one'].id}").error is None
    assert cells.names["one"].final
    assert not cells.names["two"].final
    assert "no job starts with" in cells("%wan wait zzz").printed


def test_cancel_stops_what_has_not_begun(cells):
    cells("%%wan_t2i -o job\nA shop emulator:pending=60")
    job = cells.names["job"]
    until(lambda: job.task_id)
    assert f"job {job.id} is canceled" in cells(f"%wan cancel {job.id}").text
    job.wait(5)
    assert job.status == "CANCELED"
    assert f"job {job.id} is CANCELED and cannot" in cells(f"%wan cancel {job.id}").text


def test_cancel_is_too_late_for_what_runs(cells):
    cells("%%wan_t2i -o job\nA shop emulator:latency=60")
    job = cells.names["job"]
    until(lambda: job.status == "RUNNING")
    assert "cannot be canceled any more; its pictures will be saved" in cells(f"%wan cancel {job.id}").text
    assert not job.final


def test_history_finds_saved_pictures_by_words(cells):
    assert cells("%wan history").text == "no saved picture found"
    cells(f"%%wan_t2i --seed 7 --wait\nA flower shop {NOW}")
    cells(f"%%wan_t2i --seed 8 --wait\nA lighthouse {NOW}")
    path = str(sessions.current().jobs()[1].outcome[0].path)
    listed = cells("%wan history").text.splitlines()
    assert (len(listed), listed[0], listed[-1]) == (5, "History", "2 pictures")
    found = cells("%wan history lighthouse").text
    assert path in found
    assert "flower" not in found


def test_resume_says_when_there_is_nothing_and_what_it_takes(cells):
    assert "nothing to resume" in cells("%wan resume").text
    assert isinstance(cells("%wan resume now").error, InvalidRequest)


@pytest.mark.parametrize(
    ("line", "said"),
    [("--adopt", "needs a task"), ("--forget", "needs a job"), ("--adopt x", "unclaimed"), ("-x", "-x")],
)
def test_resume_refuses_what_it_cannot_take(cells, line, said):
    ran = cells(f"%wan resume {line}")
    assert isinstance(ran.error, InvalidRequest)
    assert said in ran.printed


def test_a_task_that_may_be_the_jobs_own_is_shown_and_can_be_adopted(cells, monkeypatch):
    monkeypatch.setattr(search, "LOOKS", (0.1, 0.1))  # the emulator's list is never late
    cells(f"%%wan_t2i --wait --seed 3\nA shop {NOW} emulator:lost=502")  # the first of all: nothing tells whose it is
    (job,) = sessions.current().jobs()
    assert "--adopt" in job.error.hint
    asked = cells("%wan resume").text
    assert job.id in asked
    assert "unclaimed" in asked
    task_id = asked.split()[-1]
    cells(f"%wan resume --adopt {task_id}")
    (job,) = sessions.current().jobs()
    assert job.result(30)[0].record.task_id == task_id
    assert "nothing to resume" in cells("%wan resume").text


def test_resume_takes_up_what_an_earlier_kernel_left(cells):
    cells("%%wan_t2i -o job --seed 7\nA shop emulator:latency=0.4")
    job = cells.names["job"]
    until(lambda: job.task_id)
    sessions.current().close()
    cells("%reload_ext bailian_nb")
    ran = cells("%wan resume")
    assert job.id in ran.text
    (again,) = sessions.current().jobs()
    assert again.id == job.id
    assert again.wait(20).status == "SUCCEEDED"
    assert again.outcome[0].path.exists()


def test_loading_says_what_an_earlier_kernel_left(cells):
    assert cells("%reload_ext bailian_nb").outputs == []
    cells("%%wan_t2i -o job\nA shop emulator:latency=60")
    until(lambda: cells.names["job"].task_id)
    sessions.current().close()
    ran = cells("%reload_ext bailian_nb")
    assert "1 job(s) of an earlier kernel are not finished; %wan resume takes them up" in ran.text


def test_doctor_names_every_part_and_the_hosts(cells):
    text = cells("%wan doctor").text
    for words in ("EMULATOR inside this process", "none is needed", "Hosts that a firewall must let through"):
        assert words in text


def test_config_shows_the_settings_that_hold(cells):
    cells("%config WanMagics.n = 3")
    text = cells("%wan config").text
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.split()}
    assert rows["n"] == ["3"]
    assert rows["BAILIAN_NB_HOME"] == [str(sessions.current().home)]
    assert rows["key"] == ["none"]
