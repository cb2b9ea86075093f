"""Batches: many rows (a folder, a CSV, a frame, a list), one plan, each row a Request like any other.

`wan.batch(source, ...)` reads and checks every row and sends nothing. What stands on it (views, magics, the command
line, review) uses:

* `Batch.plan` (a mapping), `run() pause() cancel_unsent() retry_failed() redo(numbers, **changes) wait()`;
* `Batch.rows`: a sequence of `Row`, made when they are looked at, so `rows[100:150]` costs fifty; `rows.numbers(
  "FAILED", ...)` gives row numbers (from 1) by state, `rows.row(number)` one row; a Row has `number line state status
  values prompt parameters source files pictures outcome earlier changes`;
* `Batch.progress`: one frozen snapshot (`Progress`): state, counts by state, done, failed, rate, rest, cost, newest
  pictures as (row, path), failures by reason, why it stopped;
* `Batch.on_change(callback)`: hears a few times a second at most, and at the end.

It is empty, since the front door has a function of its name: `batch.batch` has Batch, `make` makes one.
"""
