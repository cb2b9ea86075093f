import { describe, expect, it } from "vitest";
import { layout, missing, moved, visibleRows } from "../src/cells/layout";
import { decided, nextFilter } from "../src/review/model";
import type { Item } from "../src/review/traits";

function item(row: number): Item {
  return { id: `${row}|1`, row, picture: 1, name: "", prompt: "", seed: "", decision: "", reason: "", note: "", earlier: 0, version: `${row}` };
}

const items = (...rows: number[]) => new Map(rows.map((row, k) => [k, item(row)]));

describe("a window of ten thousand", () => {
  const now = layout(10_000, 900, 132);

  it("holds what is in sight and two rows more on either side", () => {
    expect([now.columns, now.rows]).toEqual([6, 1667]);
    expect(visibleRows(now, 0, 600)).toEqual({ from: 0, to: 6 });
    const middle = visibleRows(now, now.row * 800, 600);
    expect([middle.from, middle.to - middle.from < 10]).toEqual([798, true]);
    expect(visibleRows(now, now.height, 600).to).toBe(now.rows);
  });

  it("is never less than a column, whatever the width", () => {
    expect(layout(3, 20, 132)).toMatchObject({ columns: 1, rows: 3 });
    expect(layout(0, 900, 132)).toMatchObject({ rows: 0, height: 0 });
  });

  it("asks for what is in sight and lacking, and as much around it", () => {
    expect(missing(items(1, 2, 3), { from: 0, to: 3 }, 10_000)).toBeNull();
    expect(missing(new Map(), { from: 60, to: 90 }, 10_000)).toEqual({ from: 30, to: 120 });
    expect(missing(new Map(), { from: 0, to: 30 }, 4)).toEqual({ from: 0, to: 4 });
  });
});

it.each([
  ["ArrowRight", 5, 6], ["ArrowLeft", 0, 0], ["ArrowDown", 5, 11], ["ArrowUp", 5, 5], ["ArrowUp", 8, 2], ["ArrowDown", 15, 15], ["ArrowDown", 11, 16],
  ["PageDown", 0, 12], ["PageUp", 3, 0], ["Home", 9, 0], ["End", 0, 16], ["x", 3, null],
] as const)("%s leads from %d to %s of seventeen in rows of six", (key, from, to) => {
  expect(moved(key, from, 6, 2, 17)).toBe(to);
});

it("with nothing to move over no key moves", () => expect(moved("ArrowRight", 0, 6, 2, 0)).toBeNull());

it("F comes back to all", () => {
  let filter = nextFilter("all");
  const seen = [filter];
  while (filter !== "all") seen.push((filter = nextFilter(filter)));
  expect(seen).toEqual(["", "accept", "reject", "all"]);
});

describe("a decision", () => {
  it("stays in the list of all", () => {
    const after = decided(items(1, 2, 3), 1, { decision: "accept", reason: "" }, "all");
    expect([...after.values()].map(({ row, decision }) => [row, decision])).toEqual([[1, ""], [2, "accept"], [3, ""]]);
  });

  it("leaves a filter that it no longer passes, and the others close up", () => {
    const after = decided(items(1, 2, 3), 1, { decision: "reject" }, "");
    expect([...after].map(([k, { row }]) => [k, row])).toEqual([[0, 1], [1, 3]]);
  });
});
