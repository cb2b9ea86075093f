// Steps that a kernel did not get wait for the next painter of the picture, which shows what Python makes of them.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { lay, take } from "../src/painter/unheard";
import { Kernel, stroke, wand } from "./kernel";

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  });
});

afterEach(() => vi.unstubAllGlobals());

it("are those whose answer has not come, and the next page shows the same mask with them", async () => {
  const [first, second] = [new Kernel(), new Kernel()];
  const before = first.page("a");
  before.apply(stroke(3));
  await first.work();
  before.apply(stroke(9));
  before.apply(stroke(15));
  before.undo();
  before.ask(wand(2));
  lay("ab12", before.unheard);

  const after = second.page("b");
  await second.change(stroke(3)); // what was written down
  after.repeat(take("ab12", {}));
  await second.work();
  second.agrees();
  expect(second.history.depth).toBe(3);
  expect(after.canUndo).toBe(true);
  expect(take("ab12", {})).toEqual([]);
});

it("are told once: what was handled is left out, and nothing waits while the kernel is there", async () => {
  const kernel = new Kernel();
  const page = kernel.page("a");
  page.apply(stroke(3));
  page.apply(stroke(9));
  lay("ab12", page.unheard);
  expect(take("ab12", { a: 1 }).map(({ n }) => n)).toEqual([2]);
  await kernel.work();
  lay("ab12", page.unheard);
  expect([...kept]).toEqual([]);
});

it("are nothing where a page has no storage, or something else lies there", () => {
  kept.set("bailian_nb strokes ab12", "{");
  expect(take("ab12", {})).toEqual([]);
  vi.stubGlobal("sessionStorage", undefined);
  lay("ab12", [{ kind: "ops", client: "a", n: 1, seq: 1, op: stroke(3) }]);
  expect(take("ab12", {})).toEqual([]);
});
