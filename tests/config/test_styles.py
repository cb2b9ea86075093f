"""The styles of both files: what they may hold, whose holds, and one line for each that cannot be used."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from bailian_nb import config, specs
from bailian_nb.errors import InvalidRequest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    return folder / "bailian_nb.toml"


def styles(project: Path) -> dict[str, tuple[str, dict[str, object]]]:
    found = config.load(env={}, cwd=project.parent).styles
    return {style.name: (style.prompt, dict(style.values)) for style in found}


def test_the_projects_styles_stand_beside_the_users_and_before_them(project: Path) -> None:
    folder = Path(platformdirs.user_config_dir("bailian_nb", appauthor=False))
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[styles]\nink = "ink"\n"水墨" = "水墨画风格"\n', encoding="utf-8")
    project.write_text('[styles]\nink = "{prompt} in ink"\n[styles."picture book"]\nprompt = "book"\nstrength = 0.5\n')
    assert styles(project) == {
        "ink": ("{prompt} in ink", {}),
        "水墨": ("水墨画风格", {}),
        "picture book": ("book", {"strength": 0.5}),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("styles = 3", 'styles must be a table of at most 500 styles such as "picture book" = "{prompt}, watercolour"'),
        ("[styles]\nink = 3", "styles.ink must be a text or a table with prompt and parameters, got 3"),
        ("[styles.ink]\nprompt = 3", "styles.ink: prompt must be a text of at most 10000 characters"),
        ("[styles.ink]\nstrenght = 1", "strenght is nothing that a style may set, did you mean strength? It may set"),
        ("[styles.ink]\nbase_url = 'http://x'", "base_url is nothing that a style may set"),
        ("[styles.ink]\nstrength = [1]", "styles.ink: strength must be a text, a number, true or false, got [1]"),
        ('[styles]\n"" = "x"', "the name of a style is one line of 1-80 characters"),
        ('[styles]\n"a\\u001b[2J" = "x"', "the name of a style is one line of 1-80 characters"),
        (f'[styles]\nink = "{"x" * 10_001}"', "prompt must be a text of at most 10000 characters"),
        ("[styles]\n" + "\n".join(f's{n} = "x"' for n in range(501)), "at most 500 styles"),
    ],
)
def test_what_is_no_style_is_one_line(project: Path, text: str, said: str) -> None:
    project.write_text(text)
    with pytest.raises(InvalidRequest) as error:
        config.load(env={}, cwd=project.parent)
    line = str(error.value)
    assert line.startswith("bailian_nb.toml: styles")
    assert said in line
    assert "\n" not in line


def test_no_parameter_that_is_a_picture_can_stand_in_a_style(project: Path) -> None:
    pictures = {row.name for kind in ("t2i", "edit") for row in specs.parameters(kind) if row.type == "pictures"}
    assert pictures
    for name in pictures:
        project.write_text(f"[styles.ink]\n{name} = 'http://inside.example/secret'\n")
        with pytest.raises(InvalidRequest, match=f"{name} is nothing that a style may set"):
            config.load(env={}, cwd=project.parent)
