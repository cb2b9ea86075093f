// What Python is asked for and the page shows beforehand: one step, whatever is turned, and never another mask than Python's.

import { describe, expect, it } from "vitest";
import type { Store } from "../src/painter/store";
import { draw } from "../src/pixels/ops";
import { Bitmap } from "../src/pixels/bitmap";
import { dice } from "./dice";
import type { WandOp } from "./kernel";
import type { Box } from "../src/pixels/bitmap";
import { HEIGHT, Kernel, WIDTH, picked, stroke, wand } from "./kernel";

/** Ask for a wand's pick and show it, as a page does that knows the colours. */
function pick(page: Store, op: WandOp, anew = false): void {
  if (page.ask(op, anew)) page.foresee(op, picked(op));
}

const columns = (page: Store) => page.bitmap.data.subarray(0, WIDTH).reduce((sum, each) => sum + each, 0);

function begin(): [Kernel, Store] {
  const kernel = new Kernel();
  return [kernel, kernel.page("a")];
}

async function workedOff(kernel: Kernel): Promise<void> {
  while (kernel.inbox.length > 0) await kernel.work();
  kernel.agrees();
}

describe("a wand's pick", () => {
  it("is shown before Python has answered, undone and redone by the page alone", async () => {
    const [kernel, page] = begin();
    page.apply(stroke(20));
    pick(page, wand(4));
    expect(columns(page)).toBe(5);
    page.undo();
    expect(columns(page)).toBe(0);
    page.redo();
    expect(columns(page)).toBe(5);
    expect(kernel.inbox.map(({ message }) => [message.op.op, message.seq])).toEqual([["stroke", 1], ["wand", 2], ["undo", 3], ["redo", 4]]);
    await workedOff(kernel);
    expect(kernel.conflicts).toEqual([]);
  });

  it("waits for Python where the page does not know what is under it", async () => {
    const [kernel, page] = begin();
    kernel.draw = (op) => draw(kernel.bitmap, (op as { op: string }).op === "grow" ? { op: "rect", box: [0, 8, 24, 16], erase: false } : op);
    page.ask({ op: "grow", px: 2 });
    pick(page, wand(4));
    expect(columns(page)).toBe(0);
    await workedOff(kernel);
    expect(columns(page)).toBe(5);
  });

  it("that comes too late changes nothing", async () => {
    const [kernel, page] = begin();
    const [late, later] = [wand(4), wand(6)];
    page.ask(late);
    await workedOff(kernel);
    const undo = page.canUndo;
    page.foresee(late, picked(late));
    page.ask(later);
    page.apply(stroke(20));
    page.foresee(later, picked(later));
    await workedOff(kernel);
    expect(undo).toBe(true);
    page.undo();
    page.undo();
    await workedOff(kernel);
    expect(columns(page)).toBe(5);
  });

  it("tells where it has changed what Python's answer to a wider turn had shown", async () => {
    const [kernel, page] = begin();
    page.ask(wand(20));
    await workedOff(kernel);
    const boxes: (Box | null)[] = [];
    page.onChange((box) => boxes.push(box), new AbortController().signal);
    const narrow = wand(4);
    page.ask(narrow, true);
    page.foresee(narrow, picked(narrow));
    expect(columns(page)).toBe(5);
    expect(boxes).toContainEqual({ x0: 0, y0: 0, x1: 24, y1: HEIGHT });
  });

  it("gives way to what Python says, without a word", async () => {
    const [kernel, page] = begin();
    page.ask(wand(4));
    page.foresee(page.asked as WandOp, picked(wand(9)));
    expect(columns(page)).toBe(10);
    await workedOff(kernel);
    expect(columns(page)).toBe(5);
    page.undo();
    await workedOff(kernel);
    expect([columns(page), page.canUndo]).toEqual([0, false]);
  });
});

describe("numbers that are turned", () => {
  it("are shown at once, sent one after the other, and the last of them counts", async () => {
    const [kernel, page] = begin();
    page.apply(stroke(20));
    pick(page, wand(4));
    for (const tolerance of [5, 6, 2, 8]) {
      pick(page, wand(tolerance), true);
      expect(columns(page)).toBe(tolerance + 1);
    }
    expect(kernel.inbox).toHaveLength(2);
    await kernel.work();
    expect(columns(page)).toBe(9); // and not the 5 of Python's first answer
    expect(kernel.inbox.map(({ message }) => [message.op, message.anew])).toEqual([[wand(8), true]]);
    await workedOff(kernel);
    expect(kernel.history.depth).toBe(2);
    pick(page, wand(1), true);
    expect(columns(page)).toBe(2);
    page.undo();
    expect(columns(page)).toBe(0);
    await workedOff(kernel);
  });

  it("go out before anything else is done, and when the hand lets go", async () => {
    const [kernel, page] = begin();
    const sent = () => kernel.inbox.map(({ message }) => ("tolerance" in message.op ? message.op.tolerance : message.op.op));
    pick(page, wand(4));
    pick(page, wand(5), true);
    page.beginStroke();
    expect(sent()).toEqual([4, 5]);
    page.cancelStroke();
    pick(page, wand(6), true);
    page.apply(stroke(20));
    pick(page, wand(7));
    pick(page, wand(8), true);
    page.sendTurned();
    pick(page, wand(9), true);
    page.undo();
    expect(sent()).toEqual([4, 5, 6, "stroke", 7, 8, 9, "undo"]);
    await workedOff(kernel);
    expect(kernel.conflicts).toEqual([]);
    expect(page.ask(wand(3), true)).toBe(false);
  });

  it("are one step also where Python had answered, or another page has painted meanwhile", async () => {
    const [kernel, page] = begin();
    page.ask(wand(4));
    await workedOff(kernel);
    pick(page, wand(6), true);
    page.undo();
    await workedOff(kernel);
    expect([columns(page), kernel.history.depth]).toEqual([0, 0]);
    pick(page, wand(4));
    await workedOff(kernel);
    await kernel.change(stroke(20));
    expect(page.asked).toBeNull();
    pick(page, wand(9), true);
    await workedOff(kernel);
    expect(kernel.history.depth).toBe(2);
  });

  it("show each of Python's answers where the page cannot draw them itself", async () => {
    const [kernel, page] = begin();
    kernel.draw = () => kernel.bitmap.data.fill(1, 0, ++drawn);
    let drawn = 0;
    page.ask({ op: "grow", px: 1 });
    page.ask({ op: "grow", px: 2 }, true);
    page.ask({ op: "grow", px: 3 }, true);
    await kernel.work();
    expect(columns(page)).toBe(1);
    await workedOff(kernel);
    expect([columns(page), kernel.history.depth]).toEqual([2, 1]);
  });
});

it("whatever a hand does and however slow Python is, both end with the same mask and the page is never the one that wins", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const roll = dice(seed);
    const [kernel, page] = begin();
    const late: [WandOp, number][] = [];
    const upTo = (count: number) => Math.floor(roll() * count);
    for (let k = 0; k < 40; k++) {
      const what = upTo(9);
      const op = wand(upTo(12), roll() < 0.3);
      if (what === 0) page.apply(stroke(upTo(WIDTH), roll() < 0.4));
      if (what === 1) page.undo();
      if (what === 2) page.redo();
      if (what === 3) pick(page, op);
      if (what === 4) pick(page, op, true);
      if (what === 5 && page.ask(op, roll() < 0.5)) late.push([op, k]);
      if (what === 6) for (const [each] of late.splice(0)) page.foresee(each, picked(each));
      if (what === 7) await kernel.handle(1 + upTo(2));
      if (what === 8 && roll() < 0.3) await kernel.change(stroke(upTo(WIDTH)));
    }
    page.sendTurned();
    while (kernel.inbox.length > 0) {
      expect(kernel.inbox.some(({ message }) => message.differs), `seed ${seed}`).toBe(false);
      await kernel.work();
    }
    kernel.agrees();
    while (page.canUndo) {
      page.undo();
      await kernel.work();
      expect(kernel.inbox, `seed ${seed}`).toEqual([]);
    }
    kernel.agrees();
    expect([kernel.history.depth, page.bitmap.data], `seed ${seed}`).toEqual([0, new Bitmap(WIDTH, HEIGHT).data]);
  }
});
