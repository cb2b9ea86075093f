import { describe, expect, it } from "vitest";
import type { Card } from "../src/job_card/card";
import { age, line, progress, ticks } from "../src/job_card/card";
import type { Axis, Cell } from "../src/sweep_grid/model";
import { acrossAxis, count, layout, move, passes, stops, missingThumbs } from "../src/sweep_grid/model";
import { text } from "../src/page/comm";

const SEED: Axis = { name: "seed", values: ["1", "2"], numbers: [1, 2] };
const STRENGTH: Axis = { name: "strength", values: ["1", "0", "0.5"], numbers: [1, 0, 0.5] };
const PROMPT: Axis = { name: "prompt", values: ["a hat", "a cat"], numbers: null };

function cell(id: string, at: number[], more: Partial<Cell> = {}): Cell {
  return { id, at, state: "planned", title: id, line: "", code: "", reason: "", todo: "", retry: false, starred: false, winner: false, version: 0, ...more };
}

const AXES = [SEED, STRENGTH];
const CELLS = [0, 1].flatMap((seed) => [0, 1, 2].map((strength) => cell(`${seed}${strength}`, [seed, strength])));

describe("rows and columns", () => {
  it("strength runs across wherever it was named", () => {
    expect(acrossAxis(AXES)).toBe(1);
    const { across, columns, rows } = layout(AXES, CELLS);
    expect([across, columns, rows.map((row) => row.label)]).toEqual(["strength", ["1", "0", "0.5"], ["seed 1", "seed 2"]]);
    expect(rows[1]?.cells.map((each) => each?.id)).toEqual(["10", "11", "12"]);
  });

  it("a number runs across before a text, and a seed only when there is nothing else", () => {
    expect(acrossAxis([PROMPT, SEED])).toBe(0);
    expect(acrossAxis([PROMPT, { name: "top_scale", values: ["1", "2"], numbers: [1, 2] }])).toBe(1);
    expect(acrossAxis([SEED])).toBe(0);
  });

  it("three axes give a row for each pair of the others", () => {
    const { rows } = layout([...AXES, PROMPT], [cell("x", [1, 2, 1])]);
    expect(rows.map((row) => row.label)).toEqual(["seed 1, prompt a hat", "seed 1, prompt a cat", "seed 2, prompt a hat", "seed 2, prompt a cat"]);
    expect(rows[3]?.cells[2]?.id).toBe("x");
  });

  it("no axis at all gives one row", () => {
    expect(layout([], [cell("only", [])]).rows[0]?.cells).toHaveLength(1);
  });
});

describe("arrows", () => {
  const table = layout(AXES, CELLS);
  it.each([["00", 1, 0, "01"], ["00", 0, 1, "10"], ["00", -1, 0, "00"], ["12", 1, 0, "12"], ["12", 0, -1, "02"], ["gone", 1, 0, "00"]] as const)(
    "from %s by %d, %d to %s",
    (from, dx, dy, to) => expect(move(table, from, dx, dy)).toBe(to),
  );

  it("step over a hole", () => {
    const holed = layout(AXES, CELLS.filter(({ id }) => id !== "01"));
    expect(move(holed, "00", 1, 0)).toBe("02");
  });
});

it("the slider goes from the original over the axis from small to large, in the cell's own row", () => {
  const found = stops(AXES, CELLS, "10", "original");
  expect(found.map((stop) => [stop.label, stop.cell?.id])).toEqual([
    ["original", undefined],
    ["strength 0", "11"],
    ["strength 0.5", "12"],
    ["strength 1", "10"],
  ]);
  expect(stops(AXES, CELLS, "gone", "original")).toHaveLength(1);
  expect(stops(AXES, CELLS, "10", null)[0]?.label).toBe("strength 0"); // text to image has none
});

it("counts what is done and failed, without what is invalid", () => {
  expect(count([cell("a", [], { state: "done" }), cell("b", [], { state: "failed" }), cell("c", [], { state: "invalid" })])).toEqual({ total: 2, done: 1, failed: 1 });
});

it("asks for thumbnails that are new or have changed", () => {
  const cells = [cell("a", [], { version: 1 }), cell("b", [], { version: 2 }), cell("c", [])];
  expect(missingThumbs(cells, new Map([["b", 1]]))).toEqual(["a", "b"]);
  expect(missingThumbs(cells, new Map([["a", 1], ["b", 2]]))).toEqual([]);
});

describe("a Job's card", () => {
  const card: Card = { title: "", badge: "", state: "running", line: "drawing · {age} s of usually 5-20 s", detail: "", usual: 10, since: 1000, cancel: true, thumb: new DataView(new ArrayBuffer(0)) };

  it("counts the age", () => {
    expect(line(card, 1_012_900)).toBe("drawing · 12 s of usually 5-20 s");
    expect(age(card, 900_000)).toBe(0); // the browser's clock may be slow
  });

  it("guesses its progress, and is never done before it is", () => {
    expect([1000, 1005, 1500].map((now) => progress(card, now * 1000))).toEqual([0.02, 0.5, 0.97]);
    expect(progress({ ...card, usual: 0 }, 1_005_000)).toBeNull();
  });

  it("ticks while it runs", () => {
    expect(ticks(card)).toBe(true);
    expect(ticks({ ...card, state: "done" })).toBe(false);
    expect(ticks({ ...card, since: 0 })).toBe(false);
  });
});

it("words are filled in, and a missing one shows its key", () => {
  expect(text({ a: "{n} of {m}" }, "a", { n: 3 })).toBe("3 of {m}");
  expect(text({}, "b")).toBe("b");
});

it("a grid is confined to what is starred, or to what has failed", () => {
  const cells = [cell("a", [0, 0], { starred: true }), cell("b", [0, 1], { state: "failed" }), cell("c", [0, 2])];
  const left = (filter: "starred" | "failed" | null) => cells.filter((each) => passes(each, filter)).map(({ id }) => id);
  expect([left("starred"), left("failed"), left(null)]).toEqual([["a"], ["b"], ["a", "b", "c"]]);
});
