// The viewer's ways to compare in a real browser: who is compared with whom, what is said, and a clock that ends.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Cell } from "../../src/sweep_grid/model";
import grid from "../../src/sweep_grid/widget";
import "../../src/sweep_grid/widget.css";
import "../../src/page/base.css";
import { PERIOD_MS } from "../../src/sweep_grid/blink";
import { frame, key, Model, outputArea, picture, show, until } from "./page";

const AXES = [{ name: "strength", values: ["0", "0.5", "1"], numbers: [0, 0.5, 1] }];
const EVIL = "<img src=x onerror=\"document.body.dataset.hit='1'\">";

const CELLS = ["a", EVIL, "c"].map((id, k): Cell => ({
  id, at: [k], state: "done", title: id, line: "", code: "", reason: "", todo: "", retry: false, starred: false, winner: false, version: 1,
}));

let model: Model;
let el: HTMLElement;
let close: () => void = () => undefined;

beforeEach(async () => {
  model = new Model({
    texts: { original: "original", unlike: "unlike", unlike_diff: "no difference", scaled: "scaled", compare_none: "go on", gain: "{gain} times" },
    title: "", badge: "", axes: AXES, cells: CELLS, fault: "", answered: 0, after: [], plan: { lines: [], problems: [], run: false },
  });
  el = outputArea(900);
  close = await show(grid, model, el);
});

afterEach(() => {
  close();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

const cell = (n: number) => el.querySelectorAll<HTMLElement>(".bn-cell")[n]!;
const box = () => el.querySelector<HTMLElement>(".bn-frame")!;
const images = () => [...box().querySelectorAll("img")];
const caption = () => el.querySelector(".bn-viewer > .bn-caption")!.textContent;
const note = () => el.querySelector(".bn-note")!.textContent;
const mode = () => el.querySelector(".bn-modes [aria-pressed=true]")?.textContent;

function press(n: number, ...codes: string[]): void {
  cell(n).focus();
  for (const code of codes) key(document.activeElement!, code, /^(Key|Digit)/.test(code) ? code.slice(-1).toLowerCase() : code);
}

async function answer(sizes: Record<string, [number, number]>): Promise<void> {
  for (const [id, [width, height]] of Object.entries(sizes)) {
    model.fire("msg:custom", { kind: "large", ids: [id], versions: [1] }, [new DataView(await picture(width, height))]);
  }
  await until(() => images().every((image) => !image.hasAttribute("src") || (image.complete && image.naturalWidth > 0)));
  await frame();
}

it("compares with the original, then two cells, whose names stay text", async () => {
  await answer({ "": [120, 80], a: [120, 80], [EVIL]: [120, 80] });
  press(0, "KeyC");
  expect([caption(), mode()]).toEqual(["original | a", "mode slider"]);
  press(1, "KeyC");
  expect(caption()).toBe(`a | ${EVIL}`);
  expect(cell(0).classList.contains("bn-base")).toBe(true);
  expect([...el.querySelectorAll("option")].map((node) => node.textContent)).toEqual(["original", "a", EVIL, "c"]);
  expect(document.body.dataset["hit"]).toBeUndefined();
  press(1, "Escape");
  expect(cell(0).classList.contains("bn-base")).toBe(false);
});

it("makes a difference brighter by the gain of its slider", async () => {
  await answer({ "": [120, 80], a: [120, 80] });
  press(0, "KeyD");
  const slider = el.querySelector<HTMLInputElement>(".bn-amount")!;
  const brightness = () => Number(/brightness\((.*)\)/.exec(getComputedStyle(box()).filter)![1]);
  for (const [value, gain] of [["0", 1], ["100", 16], ["20", 4]] as const) {
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
    await frame();
    expect([brightness(), el.querySelector(".bn-set:has(.bn-amount)")!.textContent]).toEqual([gain, `${gain} times`]);
  }
});

it("takes the first cell where Python has no original", async () => {
  press(0, "KeyC");
  model.fire("msg:custom", { kind: "none", ids: [""] }, []);
  await answer({ a: [120, 80], c: [120, 80] });
  expect(note()).toBe("go on");
  press(0, "ArrowRight");
  press(2);
  expect([caption(), note()]).toEqual(["a | c", ""]);
  expect(el.querySelector<HTMLInputElement>(".bn-scrub")!.max).toBe("2");
});

it("never shows the difference of pictures of different shapes, and says when they were scaled", async () => {
  await answer({ "": [120, 80], a: [120, 80], [EVIL]: [80, 120], c: [240, 160] });
  press(0, "KeyD");
  await until(() => box().dataset["mode"] === "diff");
  expect(getComputedStyle(box().querySelector(".bn-after")!).mixBlendMode).toBe("difference");
  expect(note()).toBe("");
  press(1);
  await until(() => note() === "no difference");
  expect([mode(), box().dataset["mode"]]).toEqual(["mode diff", "side"]);
  press(2);
  await until(() => note() === "scaled");
  expect(box().dataset["mode"]).toBe("diff");
});

it("zooms both to the pointer with Ctrl only, and moves both", async () => {
  await answer({ "": [120, 80], a: [120, 80] });
  press(0, "KeyC");
  await until(() => images().every((image) => image.naturalWidth === 120));
  const rect = box().getBoundingClientRect();
  const at = { clientX: rect.left + rect.width * 0.25, clientY: rect.top + rect.height / 2, bubbles: true, cancelable: true, deltaY: -200 };
  const plain = new WheelEvent("wheel", at);
  box().dispatchEvent(plain);
  expect([plain.defaultPrevented, images()[0]!.style.transform]).toEqual([false, ""]);
  const zoom = new WheelEvent("wheel", { ...at, ctrlKey: true });
  box().dispatchEvent(zoom);
  expect(zoom.defaultPrevented).toBe(true);
  const [one, other] = images().map((image) => image.style.transform);
  expect(one).toContain("scale(1.8");
  expect(other).toBe(one);
  const drag = (type: string, x: number) => box().dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, buttons: 1, clientX: rect.left + x, clientY: rect.top + 9 }));
  drag("pointerdown", 40);
  drag("pointermove", 20);
  expect(images()[0]!.style.transform).not.toBe(one);
  expect(images()[1]!.style.transform).toBe(images()[0]!.style.transform);
  press(0, "Digit0");
  expect(images().map((image) => image.style.transform)).toEqual(["", ""]);
});

it("blinks while it is in sight, and leaves no clock when the widget goes", async () => {
  const clocks = new Set<unknown>();
  const [start, stop] = [setInterval, clearInterval];
  vi.spyOn(globalThis, "setInterval").mockImplementation(((call: () => void, ms: number) => {
    const id = start(call, ms);
    if (ms === PERIOD_MS) clocks.add(id);
    return id;
  }) as typeof setInterval);
  vi.spyOn(globalThis, "clearInterval").mockImplementation((id) => {
    clocks.delete(id);
    stop(id);
  });
  await answer({ "": [120, 80], a: [120, 80] });
  press(0, "KeyC", "KeyM", "KeyM");
  await until(() => clocks.size === 1);
  await until(() => box().querySelector<HTMLElement>(".bn-after")!.style.visibility === "hidden");
  el.remove(); // the notebook takes an output out of the page when it is scrolled away
  await until(() => clocks.size === 0);
  document.body.append(el);
  await until(() => clocks.size === 1);
  close();
  expect(clocks.size).toBe(0);
});
