"""Which way round Chromium shows a picture is what `images` goes by: a mask is drawn on what is seen."""

from __future__ import annotations

import base64
from collections.abc import Callable

from playwright.sync_api import Browser

from ..world.orientations import SIZE, TURNED_SIZE, orientations

LOAD = """async files => Object.fromEntries(await Promise.all(Object.entries(files).map(async ([name, url]) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  return [name, [image.naturalWidth, image.naturalHeight]];
})))"""


def test_chromium_turns_what_we_turn(browser: Callable[[float], Browser]) -> None:
    cases = orientations()
    page = browser(1).new_page()
    urls = {
        name: f"data:image/{name.split()[0]};base64,{base64.b64encode(data).decode()}"
        for name, (data, _) in cases.items()
    }
    seen = page.evaluate(LOAD, urls)
    page.close()
    assert seen == {name: list(TURNED_SIZE if turned else SIZE) for name, (_, turned) in cases.items()}
