// What the loop decides without a page: which attempt is shown, and the one line under Run.

import { describe, expect, it } from "vitest";
import type { Attempt } from "../src/painter/attempts";
import { Attempts } from "../src/painter/attempts";
import { seedOf } from "../src/painter/beside_run";
import { inside } from "../src/painter/geometry";
import { runLine } from "../src/painter/run_line";

const attempt = (id: string): Attempt => ({ id, title: id, path: id, seed: 1, size: [8, 8], prompt: "", ground: 0, data: new DataView(new ArrayBuffer(0)) });
const run = { busy: false, state: "succeeded", line: "done", detail: "", cancel: false, prompt: "", answered: 1 };
const texts = { no_mask: "paint", no_prompt: "say" };

describe("the attempts", () => {
  it("show the first of what has come, and nothing of what was there", () => {
    const attempts = new Attempts([attempt("a")]);
    expect(attempts.shown).toBeNull();
    attempts.receive([attempt("a"), attempt("b"), attempt("c")], true);
    expect([attempts.shown?.id, attempts.number]).toEqual(["b", 2]);
    attempts.receive([attempt("a"), attempt("b"), attempt("c"), attempt("d")], false);
    expect(attempts.shown?.id).toBe("b");
  });

  it("that an earlier painter made come without a step in front of the painting", () => {
    const attempts = new Attempts([]);
    attempts.receive([{ ...attempt("a"), earlier: true }, { ...attempt("b"), earlier: true }], true);
    expect([attempts.shown, attempts.all.length]).toEqual([null, 2]);
    attempts.receive([{ ...attempt("a"), earlier: true }, { ...attempt("b"), earlier: true }, attempt("c")], true);
    expect([attempts.shown?.id, attempts.number]).toEqual(["c", 3]);
  });

  it("are walked through from the newest, and end at both ends", () => {
    const attempts = new Attempts([attempt("a"), attempt("b")]);
    expect([attempts.step(-1), attempts.shown?.id]).toEqual([true, "b"]);
    expect([attempts.step(1), attempts.shown?.id]).toEqual([false, "b"]);
    expect([attempts.step(-1), attempts.step(-1), attempts.shown?.id]).toEqual([true, false, "a"]);
    expect(new Attempts([]).step(1)).toBe(false);
  });
});

describe("the line under Run", () => {
  it.each([
    ["nothing painted", run, { gone: false, painted: false, prompt: "a hat" }, false, "paint"],
    ["nothing asked for", run, { gone: false, painted: true, prompt: " " }, false, "say"],
    ["all there", run, { gone: false, painted: true, prompt: "a hat" }, true, "done"],
    ["an edit at work", { ...run, busy: true, line: "drawing" }, { gone: false, painted: false, prompt: "" }, false, "drawing"],
    ["a press on its way", run, { gone: false, painted: true, prompt: "a hat", sent: true }, false, "done"],
    ["no kernel, and an edit that was at work", { ...run, busy: true, line: "drawing" }, { gone: true, painted: true, prompt: "a hat" }, false, ""],
    ["no kernel", run, { gone: true, painted: true, prompt: "a hat" }, false, "done"],
  ])("%s", (_, state, now, ready, line) => {
    expect(runLine(state, { sent: false, ...now }, texts)).toMatchObject({ ready, line });
  });
});

it.each([["", null], ["7", 7], [" 8 ", 8], ["-1", null], ["1.5", null], ["x", null], ["2147483647", 2147483647], ["2147483648", null]])("the seed of %j is %j", (typed, seed) => {
  expect(seedOf(typed)).toBe(seed);
});

it("a picture of another shape stands in the middle", () => {
  expect(inside({ width: 10, height: 10 }, { width: 40, height: 20 })).toEqual({ left: 10, top: 0, width: 20, height: 20 });
});
