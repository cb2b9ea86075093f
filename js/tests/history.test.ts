import { describe, expect, it } from "vitest";
import { acted, changed, extended, line, stars, toggled } from "../src/history/model";
import type { Item } from "../src/history/traits";

function item(id: string, more: Partial<Item> = {}): Item {
  return { id, prompt: "", name: "", made: "2026-11-29 14:32", call: "", size: "", seed: "", price: "¥0.20", star: false, tags: [], owner: "", there: true, version: id, ...more };
}

const items = new Map(["a", "b", "c", "d"].map((id, k) => [k, item(id, { star: id === "b" })]));

describe("a selection", () => {
  it("keeps the order in which it was made", () => {
    expect(toggled(toggled(toggled([], "c"), "a"), "c")).toEqual(["a"]);
    expect(toggled(["c"], "a")).toEqual(["c", "a"]);
  });

  it("extends over what lies between, once each, as far as it is known", () => {
    expect(extended(["c"], items, 3, 1)).toEqual(["c", "b", "d"]);
    expect(extended([], items, 2, 90)).toEqual(["c", "d"]);
  });

  it("is what a button acts on, or else the chosen picture that is there", () => {
    expect(acted(["a", "b"], item("c"))).toEqual(["a", "b"]);
    expect(acted([], item("c"))).toEqual(["c"]);
    expect(acted([], item("c", { there: false }))).toEqual([]);
    expect(acted([], undefined)).toEqual([]);
  });
});

it.each([
  [["a"], true], [["b"], false], [["a", "b"], true], [[], true], [["unknown"], true],
] as const)("S stars %s: %s", (ids, on) => expect(stars(ids, items.values())).toBe(on));

it("a change is shown for those that it is of", () => {
  expect([...changed(items, ["c"], { star: true }).values()].map(({ star }) => star)).toEqual([false, true, true, false]);
});

it("under a picture stand its tags, day and time, and price", () => {
  expect(line(item("a"))).toBe("11-29 14:32 · ¥0.20");
  expect(line(item("a", { values: "strength 0.5" }))).toBe("strength 0.5 · 11-29 14:32 · ¥0.20");
  expect(line(item("a", { price: "", tags: ["cover", "b"], made: "unknown" }))).toBe("cover, b · unknown");
});
