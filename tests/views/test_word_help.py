"""Every word that a user meets has help, in both languages, however it is spelled."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest

import bailian_nb
from bailian_nb import errors
from bailian_nb.errors import InvalidRequest
from bailian_nb.jobs.status import Status
from bailian_nb.planning.options import option_names
from bailian_nb.specs import Text
from bailian_nb.texts import help as help_texts
from bailian_nb.texts import topics as topic_texts
from bailian_nb.views.help_topics import topic_help, topics

from ..world.each import each

PACKAGE = Path(bailian_nb.__file__).parent
VARIABLES = sorted(
    {
        name
        for file in PACKAGE.rglob("*.py")
        for name in re.findall(r"\b(?:BAILIAN_NB|DASHSCOPE)_[A-Z_]*[A-Z]\b", file.read_text(encoding="utf-8"))
    }
)
CLASSES = [name for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, BaseException)]
WORDS = [
    *(name.split()[0] for name in help_texts.COMMANDS),
    *help_texts.SETTINGS,
    *help_texts.SWITCHES,
    *help_texts.TAKING,
    *option_names("t2i"),
    *option_names("edit"),
    *(f"WanMagics.{name}" for name in help_texts.SETTINGS),
    *("--axis", "axis", "sweep", "wan_t2i", "%wan_edit", "%%wan_t2i", "wan", "--send", "--adopt", "--forget", "--help"),
    *("{name}", "body", "quotes", "fit=", "max_cost", "max-cost", "--MASK", "uncertain"),
    *topic_texts.TERMS,
    "batch",
    *CLASSES,
    *get_args(Status),
    *VARIABLES,
]


@pytest.mark.seldom
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_word_that_users_meet_has_help(lang: str) -> None:
    texts = {word: topic_help(word, lang)["text/plain"] for word in sorted(set(WORDS))}
    assert [word for word, text in texts.items() if len(text.splitlines()) < 3] == []
    assert [word for word, text in texts.items() if bool(re.search(r"[\u4e00-\u9fff]", text)) != (lang == "zh")] == []


@each(
    ("word", "said"),
    [
        ("batch", "%wan_batch edit FUNCTION SOURCE"),
        ("t2i", "%%wan_t2i [options]"),
        ("edit", '%wan_edit FUNCTION IMAGE "prompt"'),
        ("edit", "FUNCTION (or its official name): style, style-local, instruct"),
        ("key", "DASHSCOPE_API_KEY"),
        ("resume", "take up what an earlier kernel left"),
        ("resume", "bailian-nb resume --adopt"),
        ("mask", "a variable that holds a Mask, picture or painter"),
        ("confirm_above", "CNY; higher estimates wait for Run"),
        ("-o", "bind the Job to this variable at once"),
        ("size", "1280*1280"),
        ("size", "default size of %%wan_t2i"),
        ("AccessDenied", "the key may not do this"),
        ("AccessDenied", "may not use this model, workspace or protocol"),
        ("{name}", "{{name}} is written literally, --raw fills in nothing"),
        ("body", "a line that begins with # is sent, too, and that is said once"),
    ],
)
def test_what_it_says(word: str, said: str) -> None:
    assert said in topic_help(word, "en")["text/plain"]


@pytest.mark.seldom
def test_every_topic_that_is_offered_has_help() -> None:
    for word in topics():
        assert topic_help(word, "en")["text/plain"]
    assert {"InvalidParameter", "Arrearage", "429", "resume", "--mask", "confirm_above", "style", "strength"} <= set(
        topics()
    )


def test_an_unknown_word_names_the_nearest_one() -> None:
    with pytest.raises(InvalidRequest, match=r"^no help on confirm_abov, did you mean confirm_above\? Known: "):
        topic_help("confirm_abov", "en")


@each(
    "texts",
    [
        topic_texts.TERMS,
        topic_texts.MAGICS,
        topic_texts.WRITING,
        topic_texts.STATES,
        topic_texts.ERRORS,
        topic_texts.VARIABLES,
    ],
)
def test_each_text_has_its_own_words_in_each_language(texts: dict[str, Text]) -> None:
    for english, chinese in texts.values():
        assert not re.search(r"[\u4e00-\u9fff]", english)
        assert re.search(r"[\u4e00-\u9fff]", chinese) or chinese == "Key"
        assert re.findall(r"{+[\w.\[\]]*}+", english) == re.findall(r"{+[\w.\[\]]*}+", chinese)


def test_what_is_listed_is_there() -> None:
    assert set(topic_texts.VARIABLES) == set(VARIABLES)
    assert set(topic_texts.ERRORS) == set(CLASSES)
    assert set(topic_texts.STATES) == set(get_args(Status))
