"""The catalogue of sentences: two languages with the same gaps, and nothing that is said without being in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import get_args

from bailian_nb import errors
from bailian_nb.jobs.status import Status
from bailian_nb.specs import Text
from bailian_nb.texts import help as help_words
from bailian_nb.texts.catalogue import keys, say

from ..world.each import each
from ..world.sources import PACKAGE, files, nodes

HELP: dict[str, Text] = {
    **help_words.COMMANDS,
    **help_words.AXES,
    **{f"--{name}": text for name, text in {**help_words.TAKING, **help_words.SWITCHES}.items()},
    **{f"bailian-nb {name}": text for name, text in {**help_words.PROGRAM, **help_words.PROGRAM_OPTIONS}.items()},
    **{f"WanMagics.{name}": text for name, text in help_words.SETTINGS.items()},
}
"""What help says of each command, axis and option."""
NAMES = {"Job", "Record", "ID", "Key", "wan", "models", "wan_sweep"}
"""Words that stay in Chinese help although the English sentence does without them."""


def gaps(key: str, lang: str) -> dict[str, str]:
    """Return the values that a sentence asks for."""
    found: dict[str, str] = {}
    while True:
        try:
            say(key, lang, **found)
        except KeyError as missing:
            found[missing.args[0]] = f"<{missing.args[0]}>"
        else:
            return found


def is_whole(line: str, values: dict[str, str]) -> bool:
    every = all(value in line for value in values.values())
    return every and line.strip() == line != "" and not re.search(r"\n|  |[{}]", line)


def test_a_sentence_has_the_same_gaps_in_both_languages() -> None:
    assert [key for key in keys() if gaps(key, "en").keys() != gaps(key, "zh").keys()] == []
    asked = [(key, lang, gaps(key, "en")) for key in keys() for lang in ("en", "zh")]
    assert [(key, lang) for key, lang, values in asked if not is_whole(say(key, lang, **values), values)] == []


def test_a_sentence_is_written_in_its_language() -> None:
    chinese = {key: say(key, "zh", **gaps(key, "zh")) for key in keys()}
    english = {key: say(key, "en", **gaps(key, "en")) for key in keys()}
    assert [key for key, line in chinese.items() if not re.search(r"[\u4e00-\u9fff]|¥", line)] == []
    assert [key for key, line in english.items() if re.search(r"[\u4e00-\u9fff]", line)] == []


@each("name", HELP)
def test_help_on_a_command_axis_or_option_has_its_own_words_in_each_language(name: str) -> None:
    english, chinese = HELP[name].get("en"), HELP[name].get("zh")
    for line in (english, chinese):
        assert line.strip() == line != ""
        assert not re.search(r"\n|  ", line)
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", chinese), "left in English"
    words = [set(re.findall(r"[A-Za-z_]{2,}", line)) for line in (english, chinese)]
    assert words[1] - words[0] <= NAMES, "another name than the English one"
    assert re.findall(r"{.*?}", english) == re.findall(r"{.*?}", chinese)


def test_a_language_goes_by_its_beginning_and_english_is_the_rest() -> None:
    assert say("queued", "zh-CN") == say("queued", "zh") != say("queued", "en")
    assert say("queued") == say("queued", "de") == say("queued", "en")


def test_a_value_is_never_read_as_a_gap() -> None:
    assert say("waits_for_job", job="{limit}") == "job {limit} must end first"


@cache
def said() -> set[str]:
    """Return every key that the package names: `say("key", …)`, `heads(lang, "key", …)`, `WaitReason(key="key")`."""
    found = set()
    for path in files():
        imports = [
            each for each in nodes(path) if isinstance(each, ast.ImportFrom) and each.module == "texts.catalogue"
        ]
        ours = {name.asname or name.name for node in imports for name in node.names if name.name == "say"}
        for node in nodes(path):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            given = [word.value for word in node.keywords if word.arg == "key"] if node.func.id == "WaitReason" else []
            given += node.args[:1] if node.func.id in ours else []
            given += node.args[1:] if node.func.id == "heads" else []
            found |= {str(key.value) for key in given if isinstance(key, ast.Constant)}
    return found


def test_everything_that_is_said_stands_in_the_catalogue() -> None:
    assert said() - set(keys()) == set()
    assert said(), "the package names its sentences in another way now; make this test follow"


def test_every_state_of_a_job_has_its_word() -> None:
    assert {status.lower() for status in get_args(Status)} <= set(keys())


SPEAKING = ("views", "sweeps", "widgets", "demo", "notebook", "api.py", "cli", "session/held_job.py")
REFUSING = tuple(f"notebook/{name}.py" for name in ("line", "cell", "rerun", "sweep", "batch", "template"))
"""Of those, the ones that put together what is wrong with a line: errors, which are no sentences of the catalogue."""
SENTENCE = re.compile(r"(?:^|[^\w%`/.-])[A-Za-z']{2,} [a-z']+ [a-z']{2,}")
"""Three words of English one after the other, of which the first is no option, file or name."""


def speaking() -> list[Path]:
    files = [file for name in SPEAKING for file in [PACKAGE / name, *(PACKAGE / name).rglob("*.py")]]
    return sorted(f for f in files if f.is_file() and f.relative_to(PACKAGE).as_posix() not in REFUSING)


def sentences(nodes: Sequence[ast.AST]) -> list[str]:
    """Return the sentences that stand in code as literals: neither docstrings (nor those of traits) nor errors."""
    quiet: set[ast.AST] = set()
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet.add(node.value)
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if isinstance(node, ast.Raise) or called == "Derived" or isinstance(getattr(errors, called, None), type):
            quiet |= set(ast.walk(node))
    found = [node.value for node in nodes if isinstance(node, ast.Constant) and node not in quiet]
    return [text for text in found if isinstance(text, str) and SENTENCE.search(text)]


def test_a_sentence_in_code_is_found_and_an_error_or_a_name_is_none() -> None:
    for code in ('note("nothing is sent yet")', 'print(f"{n} pictures of it all")', 'x = {"line": "It is so."}'):
        assert len(sentences(list(ast.walk(ast.parse(code))))) == 1
    refusals = ['raise InvalidRequest(f"{x} is no such thing")', 'x = BudgetExceeded("it is too dear")']
    names = ['"%wan_edit style photo.jpg"', '"<div align=left>"', 'say("not_billed")', '"SELECT id FROM jobs"']
    for code in ['"""Say what it is."""', *refusals, *names]:
        assert sentences(list(ast.walk(ast.parse(code)))) == []


@each("file", speaking(), ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_what_users_read_stands_in_the_texts_and_not_in_code(file: Path) -> None:
    assert sentences(nodes(file)) == []


def test_no_sentence_is_left_over() -> None:
    others = [file for file in files() if file.name != "catalogue.py"]
    named = {node.value for file in others for node in nodes(file) if isinstance(node, ast.Constant)}
    assert set(keys()) - named - {status.lower() for status in get_args(Status)} == set()
