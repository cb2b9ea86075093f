// The sweep and the card in a real browser: plan, cells, viewer and keys, and text that stays text.

import { afterEach, beforeEach, expect, it } from "vitest";
import card from "../../src/job_card/widget";
import type { Cell } from "../../src/sweep_grid/model";
import grid from "../../src/sweep_grid/widget";
import "../../src/sweep_grid/widget.css";
import "../../src/page/base.css";
import { frame, key, Model, outputArea, picture, show, until } from "./page";

const EVIL = "<img src=x onerror=\"document.body.dataset.hit='1'\">";
const AXES = [
  { name: "strength", values: ["0", "0.5", "1"], numbers: [0, 0.5, 1] },
  { name: "seed", values: ["1", "2"], numbers: [1, 2] },
];

function cells(change: (id: string) => Partial<Cell> = () => ({})): Cell[] {
  return [0, 1].flatMap((seed) =>
    [0, 1, 2].map((strength): Cell => {
      const id = `${strength}-${seed}`;
      return {
        id, at: [strength, seed], state: "planned", title: `cell ${id}`, line: "", code: "", reason: "", todo: "",
        retry: false, starred: false, winner: false, version: 0, ...change(id),
      };
    }),
  );
}

let model: Model;
let el: HTMLElement;
let close: () => void = () => undefined;

beforeEach(async () => {
  model = new Model({
    texts: { run: "Run", retry: "Retry", retry_failed: "Retry failed", star: "Star", winner: "Winner", gone: "The kernel is gone." },
    title: "stylization_all", badge: "EMULATOR", axes: AXES, cells: cells(), fault: "", answered: 0, after: ["nearby", "code", "sheet"],
    plan: { lines: ["6 pictures in 6 tasks · about CNY 0.84"], problems: [], run: true },
  });
  el = outputArea(900);
  close = await show(grid, model, el);
});

afterEach(() => {
  close();
  document.body.replaceChildren();
});

const cell = (id: string) => el.querySelector<HTMLElement>(`[title="cell ${id}"]`)!;
const named = (label: string) => [...el.querySelectorAll("button")].find((node) => node.textContent === label)!;
const selected = () => el.querySelector("[aria-selected=true]")?.getAttribute("title");

async function done(id: string): Promise<void> {
  model.put("cells", cells((each) => (each === id ? { state: "done", version: 1, line: "4.2 s" } : {})));
  await until(() => model.of("thumbs").length > 0);
  model.fire("msg:custom", { kind: "thumbs", ids: [id], versions: [1] }, [new DataView(await picture(64, 64))]);
}

it("shows the plan and sends nothing by itself", () => {
  expect(el.textContent).toContain("6 pictures in 6 tasks · about CNY 0.84");
  expect(model.sent).toEqual([]);
  expect([...el.querySelectorAll("[role=columnheader]")].map((node) => node.textContent)).toEqual(["strength 0", "strength 0.5", "strength 1"]);
  expect([...el.querySelectorAll("[role=rowheader]")].map((node) => node.textContent)).toEqual(["seed 1", "seed 2"]);
});

it("runs once, however often it is pressed", async () => {
  named("Run").click();
  named("Run").click();
  expect(model.of("run")).toHaveLength(1);
  model.put("answered", 1); // whatever came of it: what is left can be run again
  await frame();
  expect(named("Run").disabled).toBe(false);
});

it("asks once for the thumbnail of a cell that is done", async () => {
  await done("1-0");
  model.put("fault", "");
  expect(model.of("thumbs").map(({ content }) => content)).toEqual([{ kind: "thumbs", ids: ["1-0"] }]);
  await until(() => cell("1-0").querySelector("img")?.naturalWidth === 64);
  expect(cell("1-0").textContent).toContain("4.2 s");
});

it("keeps a failed cell in its place, with code, reason and retry", async () => {
  model.put("cells", cells((id) => (id === "2-1" ? { state: "failed", code: "InternalError.Timeout", reason: EVIL, todo: EVIL, retry: true } : {})));
  await frame();
  expect(cell("2-1").textContent).toContain("InternalError.Timeout");
  expect(cell("2-1").textContent).toContain(EVIL);
  expect(cell("2-1").querySelector("img")).toBeNull();
  expect(cell("2-1").querySelector<HTMLElement>(".bn-reason")!.title).toBe(`InternalError.Timeout\n${EVIL}\n${EVIL}`);
  const retry = cell("2-1").querySelector<HTMLButtonElement>(".bn-reason button")!;
  retry.click();
  retry.click(); // a task is paid for
  model.put("answered", 1);
  await frame();
  named("Retry failed").click();
  expect(model.of("retry").map(({ content }) => content["ids"])).toEqual([["2-1"], ["2-1"]]);
  expect(cell("2-1").querySelector<HTMLButtonElement>(".bn-reason button")!.disabled).toBe(false);
});

it("moves, stars, crowns, opens and leaves by keys", async () => {
  await done("1-0");
  const at = () => document.activeElement!;
  cell("0-0").focus();
  key(at(), "ArrowRight", "ArrowRight");
  expect(selected()).toBe("cell 1-0");
  expect(document.activeElement).toBe(cell("1-0"));
  key(at(), "ArrowDown", "ArrowDown");
  key(at(), "ArrowUp", "ArrowUp");
  key(at(), "KeyS", "ы");
  key(at(), "KeyW", "w");
  expect(model.sent.slice(-2).map(({ content }) => content)).toEqual([{ kind: "star", id: "1-0" }, { kind: "winner", id: "1-0" }]);
  key(at(), "Enter", "Enter");
  expect(el.querySelector<HTMLElement>(".bn-viewer")!.hidden).toBe(false);
  expect(model.of("large").map(({ content }) => content["ids"])).toEqual([[""], ["1-0"]]);
  key(at(), "Escape", "Escape");
  expect(el.querySelector<HTMLElement>(".bn-viewer")!.hidden).toBe(true);
  expect(document.activeElement).toBe(cell("1-0"));
});

it("scrubs the axis on one large picture, the original first", async () => {
  await done("1-0");
  cell("1-0").dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  const slider = el.querySelector<HTMLInputElement>(".bn-scrub")!;
  expect([slider.max, slider.getAttribute("aria-valuetext")]).toEqual(["3", "strength 0.5"]);
  const slide = (value: number) => {
    slider.value = String(value);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    return slider.getAttribute("aria-valuetext");
  };
  expect(slide(2)).toBe("strength 0.5");
  expect(selected()).toBe("cell 1-0");
  expect(slide(0)).toBe("original");
  expect(slide(3)).toBe("strength 1");
});

it("shows before and after with a divider that is dragged", async () => {
  await done("1-0");
  model.fire("msg:custom", { kind: "large", ids: ["", "1-0"], versions: [0, 1] }, [new DataView(await picture(200, 100)), new DataView(await picture(200, 100))]);
  cell("1-0").click();
  key(document.activeElement!, "Enter", "Enter");
  named("mode slider").click();
  const frameOf = el.querySelector<HTMLElement>(".bn-frame")!;
  await until(() => frameOf.getBoundingClientRect().width > 150);
  const rect = frameOf.getBoundingClientRect();
  frameOf.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, buttons: 1, clientX: rect.left + rect.width * 0.25, clientY: rect.top + 9 }));
  expect(parseFloat(el.querySelector<HTMLElement>(".bn-divider")!.style.left)).toBeCloseTo(25, 0);
});

it("does not pass the original off as the picture of a cell that failed", async () => {
  const frameOf = el.querySelector<HTMLElement>(".bn-frame")!;
  await done("1-0");
  cell("1-0").dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  model.fire("msg:custom", { kind: "large", ids: ["", "1-0"], versions: [0, 1] }, [new DataView(await picture(200, 100)), new DataView(await picture(200, 100))]);
  const seen = () => getComputedStyle(frameOf.querySelector("img")!).opacity;
  expect(seen()).toBe("1");
  model.put("cells", cells((id) => (id === "2-1" ? { state: "failed", code: "InternalError.Timeout", todo: "Try again." } : {})));
  cell("2-1").click();
  expect(seen()).toBe("0.35");
  expect(el.querySelector(".bn-viewer")!.textContent).toContain("Try again.");
});

it("keeps the focus while cells fill", async () => {
  cell("0-1").focus();
  await done("1-0");
  await frame();
  expect(document.activeElement).toBe(cell("0-1"));
});

it("keeps the keys when a button in a cell was pressed and the cell is drawn anew", async () => {
  await done("1-0");
  const star = cell("1-0").querySelector<HTMLButtonElement>(".bn-star")!;
  star.focus();
  star.click();
  model.put("cells", cells((id) => (id === "1-0" ? { state: "done", version: 1, starred: true } : {})));
  expect(document.activeElement).toBe(cell("1-0"));
});

it("says when the kernel is gone and lets nothing be pressed", async () => {
  model.die();
  await frame();
  expect(el.textContent).toContain("The kernel is gone.");
  expect(named("Run").disabled).toBe(true);
  key(cell("0-0"), "KeyS", "s");
});

it("shows a Job's card with text that stays text, and asks once to cancel", async () => {
  const words = { title: EVIL, badge: "EMULATOR", state: "running", line: `${EVIL} {age} s`, detail: EVIL, usual: 10, since: Date.now() / 1000 - 7, cancel: true, thumb: new DataView(new ArrayBuffer(0)) };
  const job = new Model({ texts: { cancel: "Cancel", gone: "The kernel is gone." }, card: words, fault: "" });
  const box = outputArea();
  const closeCard = await show(card, job, box);
  expect(box.querySelector(".bn-line")!.textContent).toBe(`${EVIL} 7 s`);
  expect([...box.querySelectorAll("img")].filter((node) => node.hasAttribute("src"))).toEqual([]);
  const cancel = box.querySelector("button")!;
  cancel.click();
  cancel.click();
  expect(job.of("cancel")).toHaveLength(1);
  job.put("card", { ...words, state: "done", line: "done · 9.1 s", since: 0, cancel: false, thumb: new DataView(await picture(64, 64)) });
  await until(() => box.querySelector("img")?.naturalWidth === 64);
  expect(cancel.hidden).toBe(true);
  job.die();
  expect(box.textContent).toContain("The kernel is gone.");
  closeCard();
  expect(box.childElementCount).toBe(0);
  expect(document.body.dataset["hit"]).toBeUndefined();
});

it("offers what to go on with, only for a cell that has a picture, and says what came of it", async () => {
  await done("1-0");
  cell("1-0").focus();
  key(cell("1-0"), "Enter", "Enter");
  await frame();
  expect(["after nearby", "after code", "after sheet"].map((name) => named(name).disabled)).toEqual([false, false, false]);
  named("after sheet").click();
  expect(model.of("wish").map(({ content }) => content)).toEqual([{ kind: "wish", wish: "sheet", id: "1-0" }]);
  model.fire("msg:custom", { kind: "saved", path: "sweep.png" }, []);
  await until(() => el.querySelector(".bn-said")!.textContent === "saved_as");
  cell("0-0").click();
  await frame();
  expect(["after nearby", "after code", "after sheet"].map((name) => named(name).disabled)).toEqual([true, true, false]);
});
