"""The sweep's grid and a Job's card in JupyterLab and Notebook 7, light and dark, by mouse and keys."""

from __future__ import annotations

import pytest

from .jupyter import wait_for

SWEEP = """
import io
from PIL import Image, ImageDraw
from bailian_nb.widgets import SweepGrid

def jpeg(text, side, colour=(120, 150, 190)):
    image = Image.linear_gradient("L").resize((side, side)).convert("RGB")
    ImageDraw.Draw(image).ellipse((side // 4, side // 4, side * 3 // 4, side * 3 // 4), fill=colour)
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()

class Sweep:
    title, emulator = "stylization_all photo.jpg", True
    axes = {"strength": [0, 0.25, 0.5, 0.75, 1], "seed": [1, 2]}
    plan = {"images": 10, "tasks": 10, "cost": 1.4, "minutes": 2.5, "cached": 0, "note": "list price of 2026-11"}
    def __init__(self):
        self.list = [{"id": f"{s}/{k}", "labels": {"strength": s, "seed": k}, "state": "planned"}
                     for k in self.axes["seed"] for s in self.axes["strength"]]
        self.did, self.tell = [], []
    def cells(self): return self.list
    def put(self, name, **values):
        next(cell for cell in self.list if cell["id"] == name).update(values)
        for tell in self.tell: tell(self)
    def run(self):
        self.did.append("run")
        for cell in self.list: self.put(cell["id"], state="RUNNING", why="in the service's queue")
    def retry(self, name):
        self.did.append(name)
        self.put(name, state="QUEUED", reason="", code="")
    def star(self, name): self.put(name, starred=True)
    def winner(self, name): self.put(name, winner=True)
    def thumb(self, name): return jpeg(name, 256, (255 * int(4 * float(name.split("/")[0])) // 4, 90, 90))
    def large(self, name): return jpeg(name, 768, (255 * int(4 * float(name.split("/")[0])) // 4, 90, 90))
    def original(self): return jpeg("", 768, (20, 160, 90))
    def static_view(self): return {"text/plain": "sweep"}
    def caption(self, lang): return {"text/html": "<div>sweep</div>", "text/plain": "sweep"}
    def on_change(self, callback): self.tell.append(callback)

sweep = Sweep()
SweepGrid(sweep)
"""

FINISH = """
for cell in list(sweep.list):
    sweep.put(cell["id"], state="SUCCEEDED", seconds=4.2, cost=0.14)
sweep.put("0.75/2", state="FAILED", code="InternalError.Timeout", seconds=None, cost=None,
          reason="<img src=x onerror=alert(1)> took too long", todo="Not billed; try again.")
"""

CARD = """
import time
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.status import Expected
from bailian_nb.widgets import JobCard
job = Job(id="ab12cd", request=None, label="wanx2.1-imageedit stylization_all", emulator=True, created=time.time(),
          expected=Expected(low=5, high=20))
job.change(status="RUNNING", submitted=time.time())
asked = []
JobCard(job, on_cancel=asked.append)
"""


WAITS = """
for _ in range(100):
    time.sleep(0.1)
    if asked: break
print("asked", len(asked))
"""
FIVE = SWEEP.replace('"seed": [1, 2]', '"seed": [1, 2, 3, 4, 5]')
DONE = 'for cell in list(sweep.list): sweep.put(cell["id"], state="SUCCEEDED", seconds=4.2, cost=0.14)'
IN_SIGHT = """node => {
  const { top, bottom, left, right } = node.getBoundingClientRect();
  const edge = 3;  // corners are round
  const corners = [[left + edge, top + edge], [right - edge, bottom - edge]];
  return corners.every(([x, y]) => node.contains(document.elementFromPoint(x, y)));
}"""
LARGE = "viewer => [...viewer.querySelectorAll('.bn-pane img')].every((image) => image.naturalWidth > 256)"


@pytest.fixture(scope="module")
def shared(front_end, open_shared_notebook):
    return open_shared_notebook(front_end, [SWEEP, CARD, WAITS, FIVE])


@pytest.fixture
def page(shared, use_notebook):
    return use_notebook(shared)


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_a_sweep_is_planned_run_looked_at_and_judged(page):
    app = page.server.app
    page.run_cell(0)
    out = page.output(0)
    out.get_by_text("10 pictures in 10 tasks").wait_for()
    assert page.execute("print(sweep.did)") == "[]\n"
    page.shot(f"grid_{app}_plan")
    out.get_by_role("button", name="Run").click()
    wait_for("the run", lambda: page.execute("print(sweep.did)") == "['run']\n")
    page.execute(FINISH)
    out.get_by_text("InternalError.Timeout").wait_for()
    wait_for("nine thumbnails", lambda: out.locator(".bn-picture img").count() == 9)
    assert out.locator(".bn-reason img").count() == 0
    first = out.get_by_title("strength 0, seed 1", exact=True)
    first.click()
    for key in ("ArrowRight", "ArrowRight", "s", "ArrowDown", "w", "Enter"):
        page.page.keyboard.press(key)
    viewer = out.locator(".bn-viewer")
    viewer.get_by_text("strength 0.5, seed 2").wait_for()
    found = "print([(cell['id']) for cell in sweep.list if cell.get('starred') or cell.get('winner')])"
    wait_for("star and crown", lambda: page.execute(found) == "['0.5/1', '0.5/2']\n")
    out.get_by_role("button", name="Slider", exact=True).click()
    viewer.scroll_into_view_if_needed()
    wait_for("the large pictures", lambda: viewer.evaluate(LARGE))
    page.shot(f"grid_{app}_light")
    page.theme("dark")
    out.get_by_role("button", name="Retry", exact=True).click()
    wait_for("the retry", lambda: page.execute("print(sweep.did)") == "['run', '0.75/2']\n")
    page.shot(f"grid_{app}_dark")
    assert page.foreign == []
    assert page.errors() == []


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_five_by_five_and_the_large_picture_are_seen_together_in_a_window_of_900_pixels(page):
    page.page.set_viewport_size({"width": 900, "height": 900})
    page.run_cell(3)
    out = page.output(3)
    page.execute(DONE)
    wait_for("all thumbnails", lambda: out.locator(".bn-picture img").count() == 25)
    out.get_by_title("strength 0, seed 1", exact=True).click()
    page.page.keyboard.press("Enter")
    out.locator(".bn-grid").scroll_into_view_if_needed()
    frame, table = out.locator(".bn-frame"), out.locator(".bn-table")
    wait_for("the large picture", lambda: out.locator(".bn-viewer").evaluate(LARGE))
    page.shot(f"grid_{page.server.app}_900", out)
    before = table.bounding_box()
    for number, key in enumerate(["ArrowDown"] * 4 + ["ArrowRight"] * 4):
        page.page.keyboard.press(key)
        seed, strength = min(number + 2, 5), max(0, number - 3) / 4
        out.locator(".bn-viewer").get_by_text(f"strength {strength:g}, seed {seed}").wait_for()
        assert table.bounding_box() == before  # the page stands still
    for each in (frame, *out.locator(".bn-cell").all()):
        assert each.evaluate(IN_SIGHT)
    page.page.keyboard.press("s")
    out.get_by_role("button", name="only starred").click()
    wait_for("the starred one alone", lambda: out.locator(".bn-cell:visible").count() == 1)  # drawn with the next frame
    out.get_by_role("button", name="only starred").click()
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert page.errors() == []


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_a_card_lives_and_cancels_while_a_cell_blocks(page):
    page.run_cell(1)
    page.output(1).get_by_text("of usually 5-20 s").wait_for()
    page.output(1).get_by_text("1 s of usually").wait_for()  # counted in the page
    page.shot(f"card_{page.server.app}_light")
    page.run_cell(2, wait=False)
    page.output(1).get_by_role("button", name="Cancel").click()
    page.wait_text(2, "asked 1", timeout=20)
    page.theme("dark")
    page.execute(
        "from bailian_nb.errors import TaskFailed\n"
        "job.fail(TaskFailed('x', code='InternalError.Timeout'), at=time.time())"
    )
    page.output(1).get_by_text("InternalError.Timeout").wait_for()
    page.shot(f"card_{page.server.app}_dark")
    assert page.errors() == []
