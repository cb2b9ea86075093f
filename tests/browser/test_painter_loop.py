"""The painter's loop: three attempts, before a key away, the second one as the new picture, and its file found."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from .hand import Hand, bbox, wait_ops
from .test_painter import LARGER

SIZE = (768, 576)
BEFORE = """stage => {
  const canvas = stage.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let k = 0; k < data.length; k += 97) sum = (sum * 31 + data[k]) % 1000000007;
  return sum;
}"""
STATE = "print(json.dumps([painter.pictures, [p.path.name for p in painter.made], [p.seed for p in painter.made]]))"


def state(page):
    return json.loads(page.execute(f"import json; {STATE}"))


@pytest.mark.parametrize("kind", ["lab", pytest.param("notebook", marks=pytest.mark.slow)])
def test_a_newcomer_takes_the_second_of_three_attempts_and_finds_its_file(start_server, open_notebook, kind):
    page = open_notebook(start_server(kind), [LARGER.replace(", keep=False", "")])
    page.run_cell(0)
    out = page.output(0)
    hand = Hand(page, size=SIZE)
    expect(out.locator(".bn-line")).to_have_text("Paint where the picture may change, then Run.")
    page.shot(f"loop_{kind}_empty", out.locator(".bn-painter"))
    hand.drag((250, 240), (390, 240), (330, 300))
    wait_ops(page, 1)
    first = bbox(page)
    out.get_by_label("What to draw").fill("A ceramic rabbit holding a ceramic flower")
    out.get_by_label("Pictures a run").select_option("3")
    expect(out.locator(".bn-price")).to_have_text("CNY 0.42")
    out.get_by_label("What to draw").press("Enter")
    page.page.keyboard.press("Enter")  # a second press is no second call
    out.get_by_text("Attempt 1 of 3").wait_for(timeout=30_000)
    expect(out.locator(".bn-tile img")).to_have_count(3)
    expect(out.locator(".bn-status")).not_to_contain_text("loading")
    page.shot(f"loop_{kind}_attempts", out.locator(".bn-painter"))

    hand.stage.focus()
    page.page.keyboard.press(".")
    out.get_by_text("Attempt 2 of 3").wait_for()
    expect(out.locator(".bn-status")).not_to_contain_text("loading")
    after = hand.stage.evaluate(BEFORE)
    page.page.keyboard.down("h")
    page.page.wait_for_timeout(100)
    before = hand.stage.evaluate(BEFORE)
    page.shot(f"loop_{kind}_before", out.locator(".bn-painter"))
    page.page.keyboard.up("h")
    assert before != after
    with page.page.expect_download() as saved:
        out.get_by_role("button", name="Download").click()
    _, names, seeds = state(page)
    assert saved.value.suggested_filename == names[1]
    same = f"painter.made[1].path.read_bytes() == open({str(saved.value.path())!r}, 'rb').read()"
    assert page.execute(f"print({same})") == "True\n"

    out.get_by_role("button", name="Use as the new picture").click()
    expect(out.locator(".bn-status")).to_contain_text("0.0 % painted")
    hand = Hand(page, size=SIZE)
    hand.drag((500, 400), (560, 400))
    wait_ops(page, 1)
    assert bbox(page)[0] > 400
    page.shot(f"loop_{kind}_new_picture", out.locator(".bn-painter"))
    out.get_by_role("button", name="Back to the picture before").click()
    wait_ops(page, 1)
    expect(out.locator(".bn-status")).not_to_contain_text("box 4")
    assert bbox(page) == first
    assert state(page)[0]["at"] == 0
    page.theme("dark")
    out.locator(".bn-tile").nth(3).click()
    expect(out.locator(".bn-status")).not_to_contain_text("loading")
    page.shot(f"loop_{kind}_dark", out.locator(".bn-painter"))
    page.restart()
    page.run_cell(0)
    expect(page.output(0).locator(".bn-tile img")).to_have_count(3, timeout=10_000)
    expect(page.output(0).locator(".bn-status")).to_contain_text("% painted")
    page.shot(f"loop_{kind}_again", page.output(0).locator(".bn-painter"))
    assert page.execute("print([p.path.name for p in painter.earlier], painter.made)") == f"{names} []\n"
    assert seeds == [seeds[0], seeds[0] + 1, seeds[0] + 2]
    assert page.foreign == []
    assert page.errors() == []
