import { describe, expect, it } from "vitest";
import type { Available, Comparison } from "../src/sweep_grid/compare";
import { MODES, NOT_COMPARING, chooseCell, compareWith, matchSizes, nextMode, toggleDifference, toggleMode, withoutMissing } from "../src/sweep_grid/compare";
import { ORIGINAL, gridCommand } from "../src/sweep_grid/model";
import { FIT, pan, transform, zoomAt, zoomKey } from "../src/sweep_grid/zoom";

const PHOTO: Available = { original: true, picture: (id) => ["a", "b", "c"].includes(id) };
const PROMPT: Available = { ...PHOTO, original: false };

/** Press C on one cell after the other; what each press leads to: "base | shown", or "" when nothing is compared. */
function pressing(available: Available, ...ids: string[]): string[] {
  let now = NOT_COMPARING;
  return ids.map((id) => {
    now = withoutMissing(chooseCell(now, id, available), available);
    return now.on ? `${now.base || "original"} | ${id}` : "";
  });
}

describe("C", () => {
  it("compares a cell with the original, a second cell with the first, and goes back the same way", () => {
    expect(pressing(PHOTO, "a", "b", "b", "b")).toEqual(["original | a", "a | b", "original | b", ""]);
  });

  it("compares the last two when it is pressed on a third", () => {
    expect(pressing(PHOTO, "a", "b", "c")).toEqual(["original | a", "a | b", "b | c"]);
  });

  it("keeps the first cell for the second one where there is no original", () => {
    expect(pressing(PROMPT, "a", "b", "b")).toEqual(["a | a", "a | b", ""]);
  });

  it("chooses no cell that has no picture", () => {
    expect(pressing(PHOTO, "a", "failed", "b")).toEqual(["original | a", "original | failed", "a | b"]);
    expect(pressing(PHOTO, "failed", "b", "c")).toEqual(["original | failed", "original | b", "b | c"]);
  });

  it("compares with another cell that was chosen by name", () => {
    const now = compareWith(chooseCell(NOT_COMPARING, "a", PHOTO), "c");
    expect([now.base, chooseCell(now, "b", PHOTO).base]).toEqual(["c", "c"]);
    expect(compareWith(now, ORIGINAL).base).toBe(ORIGINAL);
  });

  it("forgets pictures that have gone", () => {
    const now: Comparison = { ...NOT_COMPARING, on: true, base: "gone", chosen: "gone" };
    expect(withoutMissing(now, PHOTO)).toMatchObject({ base: ORIGINAL, chosen: "" });
  });
});

describe("modes", () => {
  it("M starts with the current one and goes round", () => {
    let now = NOT_COMPARING;
    const seen = Array.from({ length: 7 }, () => (now = nextMode(now, "a", PHOTO)).mode);
    expect(seen).toEqual([...MODES, "slider", "side"]);
  });

  it("D shows the difference and goes back to where it came from", () => {
    let now = toggleMode(NOT_COMPARING, "side", "a", PHOTO);
    now = toggleDifference(now, "a", PHOTO);
    expect(now.mode).toBe("diff");
    expect(toggleDifference(now, "a", PHOTO).mode).toBe("side");
    expect(toggleDifference(NOT_COMPARING, "a", PHOTO)).toMatchObject({ on: true, mode: "diff", previous: "slider" });
  });

  it("the button of the current one ends it", () => {
    const now = toggleMode(NOT_COMPARING, "blink", "a", PHOTO);
    expect(now).toMatchObject({ on: true, mode: "blink", chosen: "a" });
    expect(toggleMode(now, "overlay", "a", PHOTO).on).toBe(true);
    expect(toggleMode(now, "blink", "a", PHOTO).on).toBe(false);
  });
});

describe("two pictures", () => {
  const size = (width: number, height: number) => ({ width, height });
  it.each([
    [size(900, 600), size(900, 600), "same"],
    [size(902, 600), size(1024, 681), "scaled"],
    [size(1024, 683), size(256, 171), "scaled"],
    [size(512, 512), size(1024, 1024), "scaled"],
    [size(900, 600), size(600, 900), "unlike"],
    [size(1024, 768), size(1024, 704), "unlike"],
    [size(1024, 683), size(1008, 688), "unlike"],
  ] as const)("of %o and %o are %s", (a, b, found) => {
    expect([matchSizes(a, b), matchSizes(b, a)]).toEqual([found, found]);
  });
});

describe("zoom", () => {
  it("keeps what lies under the pointer, and the whole pane covered", () => {
    const view = zoomAt(FIT, 2, 0.25, 0.5);
    expect(view).toEqual({ scale: 2, x: -0.25, y: -0.5 });
    expect((0.25 - view.x) / view.scale).toBe(0.25);
    expect(pan(view, 9, -9)).toEqual({ scale: 2, x: 0, y: -1 });
  });

  it("comes back to all of the picture and goes no further", () => {
    expect(zoomAt(zoomAt(FIT, 4, 0.9, 0.1), 1 / 100, 0.5, 0.5)).toEqual(FIT);
    expect(zoomAt(FIT, 1e6, 0, 0).scale).toBe(16);
    expect([transform(FIT), transform({ scale: 2, x: -0.25, y: -0.5 })]).toEqual(["", "translate(-25%, -50%) scale(2)"]);
  });

  it("goes by keys, which are its own only while there is something to move", () => {
    expect(zoomKey(FIT, "ArrowLeft")).toBeNull();
    const near = zoomKey(FIT, "+")!;
    expect(near.scale).toBe(1.25);
    expect(zoomKey(near, "ArrowRight")!.x).toBeLessThan(near.x);
    expect(zoomKey(near, "-")).toEqual(FIT);
    expect(zoomKey(near, "c")).toBeNull();
  });
});

it("the grid's letters go by where the key lies, and never with Ctrl", () => {
  const key = (code: string, more = {}) => gridCommand({ code, key: "ц", ctrlKey: false, metaKey: false, altKey: false, ...more })?.do;
  expect(["KeyC", "KeyM", "KeyD", "KeyS", "KeyW", "Digit0", "KeyX"].map((code) => key(code))).toEqual(["compare", "mode", "difference", "star", "winner", "fit", undefined]);
  expect(key("KeyC", { ctrlKey: true })).toBeUndefined();
});
