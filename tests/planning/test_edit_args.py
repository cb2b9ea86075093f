"""The words of an edit, told apart the same way in a cell and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.planning.edit_args import is_file, tell_apart

EDIT, NEWER = specs.get(specs.DEFAULT_EDIT), specs.get("wan2.7-image")


def test_a_model_with_functions_takes_one_picture() -> None:
    assert tell_apart(EDIT, ["style", "a.jpg", "gold leaf"]) == ("stylization_all", ["a.jpg"], ["gold leaf"])
    assert tell_apart(EDIT, ["expand", "a.jpg"], prompt_elsewhere=True) == ("expand", ["a.jpg"], [])
    assert tell_apart(EDIT, ["style", "a.jpg", "two", "words"])[2] == ["two", "words"]


def test_a_model_without_functions_takes_pictures_and_the_last_word_is_the_prompt() -> None:
    assert tell_apart(NEWER, ["a.jpg", "b.jpg", "both"]) == (None, ["a.jpg", "b.jpg"], ["both"])
    assert tell_apart(NEWER, ["a.jpg"]) == (None, ["a.jpg"], [])
    assert tell_apart(NEWER, ["a.jpg", "b.jpg"], prompt_elsewhere=True) == (None, ["a.jpg", "b.jpg"], [])


def test_a_function_where_there_is_none_is_named() -> None:
    for word in ("style", "stylization_all"):
        with pytest.raises(InvalidRequest, match=rf"wan2\.7-image has no functions, got {word}"):
            tell_apart(NEWER, [word, "a.jpg", "gold leaf"])
    with pytest.raises(InvalidRequest, match=r"unknown function a\.jpg"):
        tell_apart(EDIT, ["a.jpg", "gold leaf"])


def test_a_prompt_where_the_picture_belongs_is_told_that_and_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for function in ("instruct", "description_edit"):
        with pytest.raises(InvalidRequest, match=r"^the picture is missing before 'a red hat'; the order is edit\("):
            tell_apart(EDIT, [function, "a red hat"])
    assert tell_apart(EDIT, ["instruct", "my cat.jpg"])[1] == ["my cat.jpg"]
    assert tell_apart(EDIT, ["instruct", "picture"])[1] == ["picture"], "a name of Python's"
    Path("my cat").write_bytes(b"")
    assert tell_apart(EDIT, ["upscale", "my cat"])[1] == ["my cat"]


def test_a_path_with_blanks_and_no_quotes_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my cat's photo.jpg").write_bytes(b"")
    with pytest.raises(InvalidRequest, match=r"""^a path with blanks needs quotes: "my cat's photo.jpg"$"""):
        tell_apart(EDIT, ["instruct", "my", "cat's", "photo.jpg", "a hat"])
    Path("my").write_bytes(b"")
    assert tell_apart(EDIT, ["instruct", "my", "cat's", "photo.jpg"])[1] == ["my"]


def test_a_picture_is_never_taken_for_the_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (9, 9)).save("b.png")
    with pytest.raises(
        InvalidRequest, match=r"^the prompt is missing: b\.png is a picture file, and wan2\.7-image takes"
    ):
        tell_apart(NEWER, ["a.png", "b.png"])
    Path("style").write_text("a file that is called like a function")
    assert tell_apart(NEWER, ["style", "x"]) == (None, ["style"], ["x"])


def test_any_word_may_be_asked_whether_it_is_a_file() -> None:
    for word in ("", "no such", "~nobody-here/x", "x" * 5000, "a\0b", "猫"):
        assert not is_file(word)
