"""`lang = "zh"`: the tables and pages of `%wan` speak Chinese; names, ids, files and what is typed stay as they are."""

from __future__ import annotations

import html
import re
from dataclasses import fields

import pytest

import bailian_nb as wan
from bailian_nb import cli, specs
from bailian_nb.jobs.resume import Resumed
from bailian_nb.planning.options import option_names
from bailian_nb.session import session as sessions
from bailian_nb.store.orphans import OrphanTask
from bailian_nb.texts.help import AXES, COMMANDS, SWITCHES, TAKING
from bailian_nb.views import help as help_pages
from bailian_nb.views import listings
from bailian_nb.views.help_topics import topic_help
from bailian_nb.views.reference import allowed, default

from ..world.each import each
from ..world.jumping_clock import until
from .conftest import NOW

CHINESE = re.compile(r"[\u4e00-\u9fff]")
TYPED = re.compile(r"%%?\w+|--[\w-]+|\b(?:resume|TASK|JOB|Key|EMULATOR)\b")
"""What is no sentence: magics, options, names."""


def tables(page: str) -> list[tuple[str, list[str], list[list[str]]]]:
    """Return title, heads and rows of every table of a page of HTML."""
    found = []
    for title, table in re.findall(r"<p><b>(.*?)</b></p><table>(.*?)</table>", page):
        heads = re.findall(r'<th [^>]*><div align="left">(.*?)</div></th>', table)
        rows = [
            [
                html.unescape(cell.replace("<wbr>", ""))
                for cell in re.findall(r'<td [^>]*><div align="left">(.*?)</div></td>', row)
            ]
            for row in re.findall(r"<tr>(<td.*?)</tr>", table)
        ]
        found.append((html.unescape(title), [html.unescape(head) for head in heads], rows))
    return found


def foreign(text: str) -> str:
    """Return the first English word of a text that should be Chinese, "" when there is none."""
    left = re.search(r"[A-Za-z]+", TYPED.sub("", text))
    return left[0] if left else ""


def in_both(cells, line):
    """Run a line in English and in Chinese."""
    english = cells(f"%config WanMagics.lang = 'en'\n{line}")
    chinese = cells(f"%config WanMagics.lang = 'zh'\n{line}")
    assert english.error is chinese.error is None
    return english, chinese


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("line", "title", "same"),
    [
        ("%wan jobs", "作业", (0, 1, 2, 3, 5, 6, 7)),
        ("%wan history", "历史图片", (0, 1, 2, 3, 4, 5, 6)),
        ("%wan doctor", "环境检查", (0,)),
        ("%wan config", "设置", ()),
        ("%wan models", "模型", (0, 5)),
        ("%wan functions", "功能", (0, 1)),
        ("%wan_sweep --help", "%wan_sweep", (0,)),
        ("%wan help strength", "strength", (0, 1)),
        ("%wan help style", "style (stylization_all)", (0, 1)),
        ("%wan help wan2.7-image", "wan2.7-image", (0, 1)),
        ("%wan help wanx2.1-imageedit", "wanx2.1-imageedit", (0, 1)),
        ("%wan help 429", "HTTP 429", (0,)),
        ("%wan help InvalidApiKey", "InvalidApiKey", (0,)),
    ],
)
def test_a_table_has_chinese_heads_over_the_same_rows(cells, line, title, same):
    if line in ("%wan jobs", "%wan history"):
        cells(f"%%wan_t2i --wait --seed 7\nA shop {NOW}")
        cells(f"%%wan_t2i --wait\nemulator-blocked {NOW}")
    english, chinese = in_both(cells, line)
    before, after = tables(english.html), tables(chinese.html)
    assert len(before) == len(after) > 0
    assert after[0][0].startswith(title)
    for (_, heads, rows), (_, heads_now, rows_now) in zip(before, after, strict=True):
        assert [bool(head) for head in heads] == [bool(head) for head in heads_now]
        assert [head for head in heads_now if head and not CHINESE.search(head)] == []
        assert [word for head in heads_now if (word := foreign(head))] == []
        assert len(rows) == len(rows_now) > 0
    for row, row_now in zip(before[0][2], after[0][2], strict=True):
        assert [row[column] for column in same] == [row_now[column] for column in same]


def test_jobs_say_outcome_and_age_in_chinese_and_status_as_the_service_does(cells):
    cells("%config WanMagics.lang = 'zh'")
    cells(f"%%wan_t2i --wait\nA shop {NOW}")
    ((_, heads, (row,)),) = tables(cells("%wan jobs").html)
    shown = dict(zip(heads, row, strict=True))
    assert re.fullmatch(r"已保存 1 张 · \d+ 秒", shown["结果"])
    assert shown["状态"] == "SUCCEEDED"
    assert shown["作业"] == sessions.current().jobs()[0].id


def test_doctor_and_config_end_in_chinese(cells):
    cells("%config WanMagics.lang = 'zh'")
    assert "防火墙需要放行的域名：dashscope.aliyuncs.com" in cells("%wan doctor").text
    config = cells("%wan config").text
    for words in ("图片保存到  ", "未配置", "可通过 %config WanMagics.lang"):
        assert words in config


def test_doctor_and_history_still_answer_where_the_settings_cannot_be_read(cells, monkeypatch):
    cells(f"%%wan_t2i --wait\nA shop {NOW}")
    monkeypatch.setenv("BAILIAN_NB_LANG", "fr")
    doctor = cells("%wan doctor")
    assert "must be en or zh, got 'fr'" in doctor.text
    assert "Hosts that a firewall must let through" in doctor.text
    assert "History" in cells("%wan history").text


def test_the_first_page_says_every_command_in_chinese(cells):
    cells("%config WanMagics.lang = 'zh'")
    text = cells("%wan").text
    for name, does in COMMANDS.items():
        assert re.search(rf"^%wan {re.escape(name)} +{re.escape(does.zh)}$", text, re.MULTILINE), name
        assert does.en not in text
    for name in (*TAKING, *SWITCHES, "axis"):
        assert f"--{name}" in text
    assert [line for line in text.splitlines() if line and not CHINESE.search(line)] == ["bailian_nb"]


def test_a_sweep_explains_axes_and_options_in_chinese(cells):
    cells("%config WanMagics.lang = 'zh'")
    text = cells("%wan_sweep --help").text
    for name, does in {**AXES, **{f"--{name}": does for name, does in {**TAKING, **SWITCHES}.items()}}.items():
        assert re.search(rf"^{re.escape(name)}(, -\w)?( …)? +{re.escape(does.zh)}$", text, re.MULTILINE), name
    assert "不写功能与图片时由文字生成" in text
    assert 'wan.sweep("photo.jpg", "style"' in text


@pytest.mark.parametrize("kind", ["t2i", "edit"])
def test_every_option_that_can_be_typed_is_explained_in_chinese(kind):
    words = {f"--{name}": text for name, text in {**TAKING, **SWITCHES}.items()}
    words |= {f"--{row.name.replace('_', '-')}": row.meaning for row in specs.parameters(kind)}
    itself = ("--help", "--negative", "-m", "-n", "-o", "-q")  # this very page, and other spellings
    silent = [name for name in option_names(kind) if name not in itself and not CHINESE.search(words[name].zh)]
    assert silent == []


def test_whatever_is_added_to_the_words_of_help_shows_in_both_languages(monkeypatch):
    monkeypatch.setitem(SWITCHES, "shiny", specs.Text("make it shine", "增加光泽"))
    monkeypatch.setitem(COMMANDS, "polish", specs.Text("polish everything", "全部抛光"))
    for lang, option, command in (("en", "make it shine", "polish everything"), ("zh", "增加光泽", "全部抛光")):
        assert option in help_pages.sweep(lang)["text/plain"]
        assert command in help_pages.overview(lang)["text/plain"]
    assert "make it shine" in help_pages.docstring("edit"), "a docstring is written before anybody has set a language"


@each("model", specs.models(), ids=lambda model: model.name)
def test_ranges_and_defaults_of_parameters_are_chinese(model):
    for function in [row.name for row in model.functions] or [None]:
        for row in model.takes(function):
            names = {name for rule in (row.size,) if rule for name, _ in (*rule.named, *rule.words)}
            names |= {"true", "false", str(row.default), *map(str, row.choices)}
            for said in (allowed(row, "zh"), default(row, "zh")):
                assert set(re.findall(r"[A-Za-z]{2,}", said)) <= names, row.name


def test_expand_explains_to_in_chinese():
    (row,) = [row for row in topic_help("expand", "zh")["text/plain"].splitlines() if row.startswith("to ")]
    assert row.endswith(TAKING["to"].zh)


@pytest.mark.parametrize("name", [field.name for field in fields(Resumed) if field.name not in ("refused", "carrying")])
def test_whatever_resume_finds_has_its_line_in_chinese(cells, name):
    cells("%%wan_t2i -o job\nA shop emulator:latency=60")
    job = cells.names["job"]
    journal = sessions.current().journal
    until(lambda: (row := journal.row(job.id)) is not None and row.task_id)
    row = journal.row(job.id)
    own = {"base_url": row.base_url, "model": row.model, "job": row.id}
    orphan = OrphanTask(task_id="t-1", first_seen=row.created, verdict="unclaimed", folder="unclaimed/t-1", **own)
    entry = {"jobs": job, "unclaimed": (row, [orphan]), "faults": (row, "⚠")}.get(name, row)
    found = Resumed(**{name: [entry]})
    states = []
    for lang in ("en", "zh"):
        ((_, heads, ((job_id, what, state, task),)),) = tables(listings.resumed(found, lang)["text/html"])
        assert (job_id, what.strip(), task) == (job.id, job.label, "t-1" if name == "unclaimed" else job.task_id)
        states.append(state)
    assert heads == ["作业", "模型与功能", "状态", "任务"]
    assert states[0] != states[1]
    assert CHINESE.search(states[1])
    assert foreign(states[1].replace("unclaimed/t-1", "")) == ""


def test_resume_speaks_chinese_of_what_came_back_and_of_nothing(cells):
    cells("%config WanMagics.lang = 'zh'")
    assert cells("%wan resume").text == "没有需要恢复的作业：之前内核的作业均已完成"
    cells("%%wan_t2i -o job --seed 7\nA shop emulator:latency=0.4")
    until(lambda: cells.names["job"].task_id)
    sessions.current().close()
    cells("%reload_ext bailian_nb\n%config WanMagics.lang = 'zh'")
    assert re.search(rf"{cells.names['job'].id} +wan2.6-t2i +已恢复 ", cells("%wan resume").text)


def test_inspect_keeps_the_names_of_the_record_and_says_its_own_words_in_chinese(cells):
    cells(f"%%wan_t2i -o job --wait\nA shop {NOW}")
    cells.names["job"].outcome[0].path.unlink()
    english, chinese = in_both(cells, "%wan inspect job")
    ((_, _, rows),), ((_, _, rows_now),) = tables(english.html), tables(chinese.html)
    assert [name for name, _ in rows] == [name for name, _ in rows_now]
    differing = [(value, now) for (_, value), (_, now) in zip(rows, rows_now, strict=True) if value != now]
    assert differing == [
        ("the file is not there any more", "文件已不存在"),
        ("EMULATOR, nothing billed", "EMULATOR 模拟，未计费"),
    ]


def test_the_command_line_follows_the_configured_language(monkeypatch, capsys):
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    assert cli.main(["resume"]) == 0
    assert capsys.readouterr().out == "没有需要恢复的作业\n"
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "防火墙需要放行的域名：\n      dashscope.aliyuncs.com\n" in out
    assert "firewall" not in out
    assert wan.__version__ in out


def test_the_plan_of_a_sweep_is_chinese_where_nobody_looks_on(headless):
    headless("%config WanMagics.lang = 'zh'")
    ran = headless("%wan_sweep 'A shop' --size 768*768 --axis seed=1,2 --dry-run")
    ((title, _, rows),) = tables(ran.html)
    assert title == "wan2.6-t2i: A shop"
    assert [row[0] for row in rows] == ["本地已有", "待发送任务", "图片数", "预估费用", "通常耗时（分钟）"]
    assert foreign(rows[3][1].replace("CNY", "")) == ""
