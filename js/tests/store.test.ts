// The browser's half of the conversation with Python, against a small Python made of the same drawing code.

import { describe, expect, it } from "vitest";
import { measure, pack } from "../src/pixels/mask_codec";
import { draw } from "../src/pixels/ops";
import type { Op } from "../src/pixels/ops";
import { Kernel, WIDTH, stroke } from "./kernel";

describe("one page", () => {
  it("sends an op in the task that made it, before it does anything else with it", async () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    page.beginStroke();
    page.changed(draw(page.bitmap, stroke(5)));
    let recorded: boolean | null = null;
    kernel.onSent = () => (recorded = page.canUndo);
    page.commit(stroke(5));
    expect(recorded).toBe(false);
    expect(kernel.inbox).toEqual([{ message: { kind: "ops", client: "a", n: 1, seq: 1, op: stroke(5) }, buffers: [] }]);
    expect(page.pending).toBe(true);
    await kernel.work();
    kernel.agrees();
  });

  it("undoes and redoes in one task, too, and sends no bitmap", () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    page.apply({ op: "invert" });
    page.undo();
    page.redo();
    expect(kernel.inbox.map(({ message, buffers }) => [message.op.op, message.seq, buffers.length])).toEqual([["invert", 1, 0], ["undo", 2, 0], ["redo", 3, 0]]);
  });

  it("sends what it shows where Python has drawn something else, once", async () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    kernel.draw = () => kernel.bitmap.data.fill(1, 0, 9);
    page.apply(stroke(5));
    await kernel.work();
    expect(kernel.inbox.map(({ message }) => message)).toEqual([{ kind: "ops", client: "a", n: 2, seq: 2, op: { op: "load" }, bits: "raw", differs: true }]);
    await kernel.work();
    kernel.agrees();
    expect(page.bitmap.data[8 * WIDTH + 5]).toBe(1);
    expect(kernel.conflicts).toEqual([]);
    page.undo();
    page.undo();
    await kernel.work();
    kernel.agrees();
    expect(page.canUndo).toBe(false);
  });

  it("leaves to Python what it cannot draw, and paints on meanwhile", async () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    kernel.draw = (op: Op | { op: "grow" }) => draw(kernel.bitmap, op.op === "grow" ? { op: "rect", box: [0, 0, 4, 4], erase: false } : op);
    page.apply(stroke(5));
    page.ask({ op: "grow", px: 2 });
    page.apply(stroke(15));
    expect(kernel.inbox.map(({ message }) => [message.op.op, message.seq])).toEqual([["stroke", 1], ["grow", 2], ["stroke", -1]]);
    await kernel.work();
    kernel.agrees();
    expect(page.bitmap.data[0]).toBe(1);
    page.ask({ op: "grow", px: 2 });
    page.undo(); // before the answer: Python undoes what it did last
    await kernel.work();
    kernel.agrees();
    for (let k = 0; k < 3; k++) page.undo();
    await kernel.work();
    kernel.agrees();
    expect([measure(page.bitmap, pack(page.bitmap)).count, page.canUndo]).toEqual([0, false]);
  });

  it("gives in where Python did not take the bitmap either", async () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    kernel.carryOut = () => undefined;
    page.apply(stroke(5));
    for (let k = 0; k < 5; k++) await kernel.work();
    kernel.agrees();
    expect(measure(page.bitmap, pack(page.bitmap)).count).toBe(0);
  });

  it("does not wait for the kernel: many ops, undo and redo go out in order", async () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    for (let x = 0; x < 24; x += 2) page.apply(stroke(x));
    page.undo();
    page.undo();
    page.redo();
    page.apply({ op: "invert" });
    await kernel.work();
    kernel.agrees();
    expect(kernel.conflicts).toEqual([]);
  });

  it("takes back a stroke that was given up", async () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    page.apply(stroke(5));
    page.beginStroke();
    page.bitmap.data.fill(1);
    page.cancelStroke();
    await kernel.work();
    kernel.agrees();
  });

  it("asks Python to undo what it did not see being done", async () => {
    const kernel = new Kernel();
    await kernel.change(stroke(5));
    await kernel.change(stroke(15));
    const page = kernel.page("a");
    await kernel.tell(false);
    expect(page.canUndo).toBe(true);
    page.undo();
    page.apply(stroke(20)); // before Python has answered: Python draws it where it belongs
    await kernel.work();
    kernel.agrees();
    expect(page.bitmap.data[8 * WIDTH + 15]).toBe(0);
    expect(page.bitmap.data[8 * WIDTH + 20]).toBe(1);
  });

  it("undoes as fast as keys come, through its own steps into those from before", async () => {
    const kernel = new Kernel();
    await kernel.change(stroke(5));
    await kernel.change({ op: "rect", box: [0, 0, 1, 1], erase: true });
    const page = kernel.page("a");
    await kernel.tell(false);
    page.apply(stroke(20));
    for (let k = 0; k < 5; k++) page.undo(); // two more than there are
    await kernel.work();
    kernel.agrees();
    expect(kernel.history.depth).toBe(0);
    expect(page.canUndo).toBe(false);
    for (let k = 0; k < 5; k++) page.redo();
    await kernel.work();
    kernel.agrees();
    expect(kernel.history.depth).toBe(3);
    expect(page.canRedo).toBe(false);
  });

  it("follows what cells do, also when the mask stays as it was", async () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    page.apply(stroke(5));
    await kernel.work();
    await kernel.change({ op: "rect", box: [0, 0, 1, 1], erase: true }); // paints nothing
    page.undo(); // takes back Python's step, not the stroke
    await kernel.work();
    kernel.agrees();
    expect(page.bitmap.data[8 * WIDTH + 5]).toBe(1);
  });

  it("does not take over anything in the middle of a stroke", async () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    page.beginStroke();
    page.changed(draw(page.bitmap, stroke(5)));
    await kernel.change({ op: "rect", box: [10, 0, 24, 16], erase: false });
    expect(page.bitmap.data[15]).toBe(0);
    page.commit(stroke(5));
    await kernel.work();
    kernel.agrees();
    expect(page.bitmap.data[15]).toBe(1);
    expect(kernel.conflicts).toEqual([1]);
  });

  it("sends an opaque op's bits as they are, in the same task", async () => {
    const kernel = new Kernel();
    const page = kernel.page("a");
    page.bitmap.data.fill(1, 0, 30);
    page.commit({ op: "load" });
    const { message, buffers } = kernel.inbox[0]!;
    expect(message).toEqual({ kind: "ops", client: "a", n: 1, seq: 1, op: { op: "load" }, bits: "raw" });
    expect(new Uint8Array(buffers[0]!)).toEqual(pack(page.bitmap));
    await kernel.work();
    kernel.agrees();
  });
});

it("two pages that paint at once end with the same mask, and nothing is lost", async () => {
  const kernel = new Kernel();
  const [one, two] = [kernel.page("a"), kernel.page("b")];
  one.apply(stroke(4));
  two.apply(stroke(20));
  one.apply(stroke(8));
  two.apply({ op: "stroke", points: [[4, 8]], r: 1, erase: true });
  await kernel.work();
  kernel.agrees();
  expect(kernel.bitmap.data[8 * WIDTH + 20]).toBe(1);
  two.undo();
  await kernel.work();
  kernel.agrees();
});

it("a page that is opened later shows what is there", async () => {
  const kernel = new Kernel();
  await kernel.change(stroke(5));
  const late = kernel.page("late");
  await kernel.tell(false);
  kernel.agrees();
  expect(late.canUndo).toBe(true);
});

it("views hear of changes until they go", () => {
  const kernel = new Kernel();
  const page = kernel.page("a");
  const leaving = new AbortController();
  let heard = 0;
  page.onChange(() => heard++, leaving.signal);
  page.apply(stroke(5));
  expect(heard).toBeGreaterThan(0);
  leaving.abort();
  const before = heard;
  page.apply(stroke(6));
  expect(heard).toBe(before);
});
