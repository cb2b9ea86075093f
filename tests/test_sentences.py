"""Every sentence that users meet has its Chinese with the same names in it, and none is said past the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from bailian_nb import errors
from bailian_nb.system.language import of_the_system, sentence, speak, spoken
from bailian_nb.texts.chinese import sentences

from .sentences import both, said
from .world.sources import PACKAGE, files, nodes

CHINESE = re.compile("[\u4e00-\u9fff]")
KINDS = {name for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, Exception)}


def names(template: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in Formatter().parse(template) if name}


def test_every_sentence_has_its_chinese() -> None:
    found = [*said(), *both()]
    assert len(found) > 500
    assert [f"{each.place}: {each.english}" for each in found if not each.chinese] == []


def test_the_chinese_of_a_sentence_is_chinese_and_fills_in_the_same_values() -> None:
    for each in said():
        assert names(each.chinese) == names(each.english), each
        assert CHINESE.search(each.chinese) or not re.search(r"[a-z]{3,} [a-z]{2,}", each.english), each


def test_the_catalogue_holds_no_sentence_that_nobody_says() -> None:
    assert set(sentences()) - {each.english for each in said()} == set()


def unmarked(path: Path) -> Iterator[str]:
    """Find words of an error that are written past the catalogue."""
    for node in nodes(path):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS):
            continue
        for given in (*node.args, *(each.value for each in node.keywords if each.arg == "hint")):
            for part in ast.walk(given):
                if isinstance(part, ast.Call):
                    break
                if isinstance(part, ast.Constant) and re.search(r"[a-z]{2,} [a-z]{2,}", str(part.value)):
                    yield f"{path.relative_to(PACKAGE)}:{part.lineno}: {part.value}"


def test_no_error_is_worded_past_the_catalogue() -> None:
    rooms = [path for path in files() if path.relative_to(PACKAGE).parts[0] != "emulator"]
    assert [line for path in rooms for line in unmarked(path)] == []


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"BAILIAN_NB_LANG": "zh"}, "zh"),
        ({"BAILIAN_NB_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.GB18030"}, "zh"),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_language_of_the_system_is_read_from_the_locale(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BAILIAN_NB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert of_the_system() == language


def test_a_language_that_cannot_be_read_stops_no_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from bailian_nb.system import language

    monkeypatch.setattr(language, "_Speaker", type("Speaker", (language._Speaker,), {}))
    asked = []

    def broken() -> str:
        asked.append(sentence("the settings cannot be read: {why}", why=spoken()))
        raise ValueError(asked[0])

    speak(broken, lambda name: {})
    assert sentence("a {thing}", thing="cap") == "a cap"
    assert asked == ["the settings cannot be read: en"]
