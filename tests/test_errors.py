"""What is raised on purpose: one tree, one line each, safe to show."""

from __future__ import annotations

import inspect
import pickle
import re
import time

import pytest

from bailian_nb import errors
from bailian_nb.errors import (
    BailianError,
    DownloadError,
    InvalidRequest,
    JobTimeout,
    Problem,
    RequestRejected,
    Throttled,
    WaitInterrupted,
    printable,
    readable,
)

from .world.each import each

TREE = [
    kind
    for kind in vars(errors).values()
    if inspect.isclass(kind) and issubclass(kind, BaseException) and kind.__module__ == errors.__name__
]
KINDS = [kind for kind in TREE if issubclass(kind, BailianError)]
IDS = {"code": "InvalidParameter", "request_id": "r-1", "task_id": "t-1", "hint": "Do that.", "http_status": 400}


def make(kind: type[BailianError]) -> BailianError:
    return kind("went wrong") if kind is InvalidRequest else kind("went wrong", **IDS)  # type: ignore[arg-type]


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    drawn: dict[str, str] = {}
    branch = ["BailianError"]
    for stem, name in re.findall(r"^    ([│ ]*)[├└]── (\w+)", str(errors.__doc__), re.MULTILINE):
        depth = len(stem) // 4 + 1
        branch[depth:] = [name]
        drawn[name] = branch[depth - 1]
    real = {kind.__name__: kind.__mro__[1].__name__ for kind in KINDS if kind is not BailianError}
    assert drawn == real


@each("kind", TREE, ids=lambda kind: kind.__name__)
def test_every_error_says_what_it_is_for(kind: type[BaseException]) -> None:
    assert str(kind.__doc__).split("\n")[0].endswith(".")


@each("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_carries_what_the_service_said(kind: type[BailianError]) -> None:
    for name in ("code", "message", "request_id", "task_id", "hint", "http_status"):
        assert hasattr(kind("x"), name)
    if kind is InvalidRequest:
        return
    error = make(kind)
    assert {name: getattr(error, name) for name in IDS} == IDS
    assert str(error) == "InvalidParameter: went wrong (request r-1, task t-1). Do that."


@each("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_is_one_line_in_a_notebook(kind: type[BailianError]) -> None:
    error = make(kind)
    assert error._render_traceback_() == [f"{kind.__name__}: {error}"]
    error.show_traceback = True
    assert any("went wrong" in line for line in error._render_traceback_())


@each("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_survives_a_process_border(kind: type[BailianError]) -> None:
    error = make(kind)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (kind, str(error), vars(error))


def test_an_error_without_anything_is_empty_not_odd() -> None:
    assert str(BailianError()) == ""
    assert str(BailianError(code="X")) == "X"
    assert str(BailianError(hint="Do that.")) == "Do that."
    assert str(BailianError(task_id="t-1")) == "(task t-1)"


def test_a_code_that_the_message_holds_already_is_not_said_twice() -> None:
    assert str(BailianError("InvalidApiKey: no", code="InvalidApiKey")) == "InvalidApiKey: no"


@each(
    ("given", "shown"),
    [
        ("two\nlines\tand  blanks ", "two lines and blanks"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("bell\x07 and \x9b", "bell and"),
        ("right\u202eto left\u2066", "rightto left"),
        ("half \ud83c pair", "half pair"),
        ("花店 🌸", "花店 🌸"),
        (5, "5"),
        (None, "None"),
    ],
)
def test_text_from_outside_becomes_one_safe_line(given: object, shown: str) -> None:
    assert printable(given) == shown
    printable(given).encode()


def test_text_from_outside_is_cut() -> None:
    assert printable("x" * 10_000) == "x" * 399 + "…"
    assert printable("x" * 400) == "x" * 400
    assert printable("abcdef", 4) == "abc…"


@pytest.mark.parametrize("end", ["", " \udce9"])
def test_a_word_without_end_takes_no_time(end: str) -> None:
    """A prompt that the service wrote, or a picture in base64 that was given as the name of a file."""
    began = time.process_time()
    assert readable("m" * 30_000 + end).startswith("mmm")
    assert time.process_time() - began < 0.5
    error = BailianError("m" * 10_000, code="c" * 10_000, request_id="r" * 10_000, task_id="t" * 10_000)
    assert len(str(error)) < 900


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("went wrong", "went wrong. Do that."),
        ("went wrong.", "went wrong. Do that."),
        ("did you mean n?", "did you mean n? Do that."),
        ("出错了。", "出错了。 Do that."),
    ],
)
def test_what_to_do_stands_in_a_sentence_of_its_own(message: str, line: str) -> None:
    assert str(BailianError(message, hint="Do that.")) == line
    assert ".." not in str(BailianError(message, hint="Do that.", task_id="t-1"))
    assert ". (" not in str(BailianError(message, hint="Do that.", task_id="t-1"))


def test_what_the_service_says_cannot_move_the_cursor() -> None:
    error = RequestRejected("a\x1b[2Jb\r\nc", code="X\n\x07", request_id="\x1b]0;t\x07", task_id="a\nb")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", str(error))


@each("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_name_is_said_once_although_it_is_the_code_too(kind: type[BailianError]) -> None:
    name = kind.__name__
    given = [kind("went wrong"), kind(f"{name}: went wrong")]
    if kind is not InvalidRequest:
        given += [kind("went wrong", code=name), kind(f"{name}: went wrong", code=name)]
    for error in given:
        assert errors.one_line(error) == f"{name}: went wrong"
        assert error._render_traceback_() == [f"{name}: went wrong"]
    if kind is not InvalidRequest:
        assert errors.one_line(kind("went wrong", code="Other")) == f"{name}: Other: went wrong"


def test_an_invalid_request_holds_every_problem() -> None:
    problems = [Problem(parameter="n", message="n is wrong"), Problem(parameter="size", message="size\nis wrong")]
    error = InvalidRequest(problems, hint="See %wan help.")
    assert error.problems == tuple(problems)
    assert str(error) == "n is wrong; size is wrong. See %wan help."
    assert error.args == ("n is wrong; size is wrong",)


def test_an_invalid_request_takes_a_plain_line() -> None:
    error = InvalidRequest("no such function")
    assert [problem.message for problem in error.problems] == [str(error)] == ["no such function"]


def test_a_timeout_is_pythons_own_too() -> None:
    assert issubclass(JobTimeout, TimeoutError)
    with pytest.raises(TimeoutError):
        raise JobTimeout("still running")


def test_throttled_and_download_error_say_whether_to_go_on() -> None:
    assert Throttled("x").retry_after is None
    assert Throttled("x", retry_after=2.5, code="Throttling").retry_after == 2.5
    assert DownloadError("x").again is False
    assert DownloadError("x", again=True, task_id="t").again is True


def test_an_interrupt_is_no_bailian_error_but_one_line_all_the_same() -> None:
    interrupted = WaitInterrupted("job abc goes on")
    assert isinstance(interrupted, KeyboardInterrupt)
    assert not isinstance(interrupted, Exception)
    assert interrupted._render_traceback_() == ["Interrupted: job abc goes on"]


SPELLED = [
    # as lines are written here, in a magic, after bailian-nb, in Python
    ("fit=True shrinks it", "--fit shrinks it", "--fit shrinks it", None),
    ("leave out sync=True.", "leave out --sync.", "leave out --sync.", None),
    ("it is paste_back=False", "it is --no-paste", "it is --no-paste", None),
    ("give mask=, white", "give --mask, white", "give --mask, white", None),
    ("seed 5 with n=2 passes 7", "seed 5 with -n 2 passes 7", "seed 5 with -n 2 passes 7", None),
    ("left_scale=1.5, to=16:9", "--left-scale 1.5, --to 16:9", "--left-scale 1.5, --to 16:9", None),
    ("an axis: strength=[0, 0.5]", "an axis: --axis strength=0,0.5", "an axis: --axis strength=0,0.5", None),
    ("cache=False (--no-cache) sends", "--no-cache sends", "--no-cache sends", "cache=False sends"),
    ("max_cost=inf (--max-cost inf) x", "--max-cost inf x", "--max-cost inf x", "max_cost=inf x"),
    ("mask= (--mask FILE)", "--mask FILE", "--mask FILE", "mask="),
    ('edit(a, b) (%wan_edit A "b")', '%wan_edit A "b"', 'bailian-nb edit A "b"', "edit(a, b)"),
    ("%wan resume asks again", "%wan resume asks again", "bailian-nb resume asks again", "wan.resume() asks again"),
    (
        "%wan resume --send sends",
        "%wan resume --send sends",
        "bailian-nb resume --send sends",
        "wan.resume(send=True) sends",
    ),
    (
        "(`%wan resume --adopt t-1=TASK`), `--forget ab`",
        "(`%wan resume --adopt t-1=TASK`), `--forget ab`",
        "(`bailian-nb resume --adopt t-1=TASK`), `--forget ab`",
        "(`wan.resume(adopt='t-1=TASK')`), `forget='ab'`",
    ),
    ("`%wan rerun ab12`, or", "`%wan rerun ab12`, or", "`bailian-nb rerun ab12`, or", "`wan.rerun('ab12')`, or"),
    ("as image= (%wan rerun P FILE)", "as %wan rerun P FILE", "as bailian-nb rerun P FILE", "as image="),
    ("see %wan models.", "see %wan models.", "see bailian-nb models.", None),
    ("got 'fit=True', \"n=2\" (x)", "got 'fit=True', \"n=2\" (x)", "got 'fit=True', \"n=2\" (x)", None),
    (
        "--axis to=0:1 ends; strength=0:1:0.25",
        "--axis to=0:1 ends; strength=0:1:0.25",
        "--axis to=0:1 ends; strength=0:1:0.25",
        None,
    ),
    ("https://x/y?n=3&to=4", "https://x/y?n=3&to=4", "https://x/y?n=3&to=4", None),
]


@pytest.mark.parametrize(("line", "magic", "program", "python"), SPELLED, ids=[line for line, *_ in SPELLED])
def test_options_and_commands_are_written_as_at_their_front(
    line: str, magic: str, program: str, python: str | None
) -> None:
    assert errors.spelled(line, "magic") == magic
    assert errors.spelled(line, "program") == program
    assert errors.spelled(line, "python") == (line if python is None else python)
    error = BailianError(line, hint=line)
    assert line in (error.message, error.hint)
    for front, wanted in (("magic", magic), ("program", program), ("python", python or line)):
        error.front = front  # type: ignore[assignment]
        assert str(error).count(wanted) == 2


def test_what_the_service_says_is_not_written_anew() -> None:
    error = BailianError("n=5 is too much, fit=True", code="InvalidParameter", hint="Leave out sync=True.")
    error.front = "magic"
    assert str(error) == "InvalidParameter: n=5 is too much, fit=True. Leave out --sync."
