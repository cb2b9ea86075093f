"""Pages are written whole, never through a link that somebody planted, and through one of the user's own."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.views import page


def test_what_is_transparent_shows_squares_and_not_the_colour_under_it() -> None:
    picture = Image.new("RGBA", (320, 320), (200, 0, 0, 0))
    picture.paste((0, 90, 200, 255), (0, 0, 160, 320))
    data = page.Previews().jpeg("one", page.THUMB, lambda: picture)
    assert data is not None
    with Image.open(io.BytesIO(data)) as small:
        ground = small.convert("RGB").crop((160, 0, 256, 256))
    assert all(low > 180 for low, _ in ground.getextrema()), "no red, and no black, of what is not there"
    assert all(high > 245 for _, high in ground.getextrema())
    assert min(low for low, _ in ground.getextrema()) < 220, "grey squares beside the white ones"


@pytest.mark.parametrize("name", [".page.html.part", ".page.html.tmp", "page.html.part", "page.html.tmp"])
def test_a_link_in_the_place_of_a_draft_is_not_written_through(name: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / name).symlink_to(victim)
    sides = (Image.new("RGB", (8, 8), "tan"), Image.new("RGB", (8, 8)))
    assert wan.compare(*sides).to_html(out / "page.html") == out / "page.html"
    assert victim.read_text() == "mine"
    assert (out / "page.html").read_text().startswith("<!doctype html>")
    assert sorted(path.name for path in out.iterdir()) == sorted([name, "page.html"])


def test_a_page_goes_where_the_users_own_link_leads(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "page.html").symlink_to(tmp_path / "disk" / "page.html")
    for content in (b"one", b"two"):
        assert page.write(tmp_path / "page.html", content) == tmp_path / "page.html"
        assert (tmp_path / "disk" / "page.html").read_bytes() == content
    assert (tmp_path / "page.html").is_symlink()


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    with pytest.raises(OSError):
        page.write(tmp_path / "page.html", b"one")
    assert {path.name for path in tmp_path.iterdir()} == {"page.html", "user"}
