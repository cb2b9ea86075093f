"""What a user's script may do with every public name: never run, read by `mypy --strict --disallow-any-expr`."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import as_completed
from pathlib import Path

import bailian_nb as wan
from bailian_nb.gallery import read_record
from bailian_nb.widgets import BatchView, HistoryView, JobsView, Review, SweepGrid

job: wan.Job = wan.t2i("a cat", seed=1, size="16:9", negative_prompt="blur")
result: wan.Result = job.result(timeout=60)
for each in as_completed([job]):
    print(each.result().paths)
print(repr(result), result.cost, result.errors, result.usage, result.notes, result.cached, result.images[0].size)
picture: wan.Picture = result[0]
rest: Sequence[wan.Picture] = result[1:]
record: wan.Record = picture.record
print(record.prompt, record.seed, record.values, record.model, read_record(picture.path))
print(picture.alt, picture.width, picture.height, picture.seed, picture.path, picture.image.size, picture.thumbnail())
saved: Path = picture.save("copy.png")
print(picture.__array__().shape[0], Path(picture).read_bytes())
edited: wan.Job = wan.edit(picture, "instruct", "a hat", strength=0.5)
again: wan.Job = wan.rerun(picture, seed=2)
held = picture.edit("style", "gold")
compared = wan.compare(picture, edited.result()[0])
print(compared.static_view(), compared.caption("en"))
seeds = [1, 2]  # written within the call it would be a list of what the parameter takes, which is anything
sweep: wan.Sweep = wan.sweep(prompt="a cat", seed=seeds).run().wait()
print(sweep.best, sweep.plan["images"], sweep.jobs[0].status, sweep.to_html("x.html"), sweep.final)
batch: wan.Batch = wan.batch("rows.csv", prompt="{scene}", name="{sku}")
plan = batch.plan
print(plan.rows + 1, plan.cost, plan.hours, plan.cached, plan.invalid[0].row, plan.note, plan["rows"], plan.to_dict())
batch.run(max_cost=1.0).wait()
print(batch.progress.done + 1, batch.progress.failures[0].code, batch.rows[0].files[0], batch.jobs[0].id, batch.notes)
print(
    batch.to_csv("x.csv"),
    batch.to_contact_sheet("x.png")[0],
    batch.redo(1, seed=2),
    batch.park().rows,
    batch.tally().done,
)
for told in batch.records():
    print(told["file"])
history = wan.history("cat", model="wan2.6-t2i", starred=True)
for found in history:
    print(found.path, found.record.prompt)
for row in history.to_dicts():
    print(row["prompt"])
for cost in wan.cost(everything=True):
    print(cost.total.cny + 1)
for model in wan.models("edit"):
    print(model.name, model.prices[0].cny, model.latency.low, [row.short for row in model.functions])
for finding in wan.doctor():
    print(finding.state, finding.text)
jobs = wan.jobs()
print([each.status for each in jobs], jobs.to_dicts()[0]["job"])
resumed = wan.resume()
print(resumed.jobs, resumed.uncertain, resumed.refused)
painter = wan.MaskPainter("x.png")
mask: wan.Mask = painter.mask
print(mask.size, mask.coverage, mask.to_numpy().shape, mask.to_image().size, mask.save("m.png"), ~mask | mask & mask)
print(painter.mask.size, painter.job, painter.as_code(), painter.ops)
grid = SweepGrid(sweep)
print(grid.best)
views = [BatchView(batch), HistoryView(history), Review(batch), JobsView]
request: wan.Request | None = job.request
if request is not None:
    print(request.model, request.prompt, request.values, request.seed)


async def later() -> None:
    async with asyncio.timeout(5):
        print((await job)[0].path, (await batch).progress.done)


try:
    job.wait().result()
except wan.TaskFailed as failed:
    print(failed.code, failed.task_id, failed.message, failed.hint)
except (wan.BudgetExceeded, wan.InvalidRequest) as refused:
    print(refused.message)
