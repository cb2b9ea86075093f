"""A key that was put into the wrong place: no line, report or widget repeats it, for they are sent to others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.errors import BailianError, InvalidRequest, Problem, keyless, printable

from ..world.each import each
from .traces import leaks, shown_by

KEY = "sk-0123456789abcdef0123456789abcdef"

CALLS: dict[str, Callable[[], object]] = {
    "model": lambda: wan.t2i("a hill", model=KEY),
    "seed": lambda: wan.t2i("a hill", seed=KEY),
    "size": lambda: wan.t2i("a hill", size=KEY),
    "image": lambda: wan.edit(KEY, "expand"),
    "resume": lambda: wan.resume(KEY),
    "rerun": lambda: wan.rerun(KEY),
}


@each("place", CALLS)
def test_no_refusal_repeats_it(place: str) -> None:
    with pytest.raises(BailianError) as refused:
        CALLS[place]()
    shown = [str(refused.value), repr(refused.value), *refused.value._render_traceback_()]
    assert not [line for line in shown if leaks(KEY, line)]


VARIABLES = [
    ("DASHSCOPE_WORKSPACE_ID", KEY),
    ("DASHSCOPE_API_REGION", KEY),
    ("DASHSCOPE_HTTP_BASE_URL", f"https://127.0.0.1:9/{KEY}/api/v1"),
    ("DASHSCOPE_HTTP_BASE_URL", f"https://{KEY}/api/v1"),
    ("DASHSCOPE_HTTP_BASE_URL", f"http://127.0.0.1:9/api/v1?key={KEY}"),
    ("BAILIAN_NB_OUT", KEY),
    ("BAILIAN_NB_HOME", KEY),
    ("BAILIAN_NB_LIMITS", KEY),
    ("SSL_CERT_FILE", KEY),
]


@pytest.mark.parametrize(("name", "value"), VARIABLES)
@pytest.mark.parametrize("command", ["config", "doctor", "t2i x --seed 3 --dry-run"])
def test_no_report_repeats_it(
    command: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    cli.main(command.split())
    said = capsys.readouterr()
    assert said.out or said.err
    assert not leaks(KEY, said.out + said.err)


def test_no_attribute_of_an_error_holds_it() -> None:
    error = InvalidRequest([Problem(parameter="model", message=f"unknown model {KEY}")], hint=f"it is not {KEY}")
    assert not [line for line in shown_by(error) if leaks(KEY, line)]


@pytest.mark.parametrize(
    "text",
    ["sk-emulator-in-process", "task-0123456789abcdef0123456789abcdef", "sk-learn-2024-first-experiments", "sk-..."],
)
def test_other_words_stay(text: str) -> None:
    assert keyless(text) == printable(text) == text


def test_what_is_cut_shows_no_part_of_it() -> None:
    assert printable(f"got {KEY} here", 12) == "got sk-... …"
