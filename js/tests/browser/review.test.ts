// The review in a real browser: ten thousand pictures in a window, keys, decisions shown at once, text that stays text.

import { afterEach, beforeEach, expect, it } from "vitest";
import review from "../../src/review/widget";
import type { Filter, Item } from "../../src/review/traits";
import "../../src/page/base.css";
import "../../src/sweep_grid/widget.css";
import "../../src/cells/cells.css";
import "../../src/review/widget.css";
import { key, Model, outputArea, picture, show, until } from "./page";

const TOTAL = 10_000;
const EVIL = "<img src=x onerror=\"document.body.dataset.hit='1'\">";
const TEXTS = {
  all: "All {count}", undecided: "Undecided {count}", accept: "Accepted {count}", reject: "Rejected {count}", "is accept": "accepted", "is reject": "rejected", "is ": "undecided",
  item: "row {row}: {decision}", none: "No pictures here.", do_accept: "Accept", do_reject: "Reject", do_clear: "Take back", reason: "Why?", note: "Note", redo: "Redo {count}", run: "Run",
};

let model: Model;
let el: HTMLElement;
let close: () => void = () => undefined;
let items: Item[];
let thumb: ArrayBuffer;

function item(k: number): Item {
  return { id: `${k + 1}|1`, row: k + 1, picture: 1, name: `sku_${k + 1}.png`, prompt: k === 0 ? EVIL : `teapot ${k}`, seed: "7", decision: "", reason: "", note: "", earlier: 0, version: `${k}` };
}

const passing = (filter: Filter) => items.filter(({ decision }) => filter === "all" || decision === filter);
const counts = () => ({ all: items.length, "": passing("").length, accept: passing("accept").length, reject: passing("reject").length, redo: passing("reject").length });

/** Answer as Python does: items at once, decisions with new counts, pictures eight at a time. */
function answer(): void {
  for (const { content } of model.sent.splice(0)) {
    if (content["kind"] === "items") {
      const found = passing(content["filter"] as Filter);
      const from = Number(content["from"]);
      model.fire("msg:custom", { kind: "items", filter: content["filter"], from, total: found.length, items: found.slice(from, Number(content["to"])) }, []);
    } else if (content["kind"] === "thumbs") {
      const ids = content["ids"] as string[];
      const versions = ids.map((id) => String(Number(id.split("|")[0]) - 1));
      model.fire("msg:custom", { kind: "thumbs", ids, versions, gone: [] }, ids.map(() => new DataView(thumb)));
    } else if (content["kind"] === "decide") {
      const { decision, reason = "", note } = content as { decision: Item["decision"]; reason?: string; note?: string };
      items = items.map((each) => (each.id === content["id"] ? { ...each, decision, reason, note: note ?? each.note } : each));
      model.putAll({ counts: counts(), version: Number(model.get("version")) + 1 });
      model.fire("msg:custom", { kind: "decided", id: content["id"] }, []);
    }
  }
}

async function settled(): Promise<void> {
  for (let k = 0; k < 4; k++) {
    answer();
    await new Promise(requestAnimationFrame);
  }
}

beforeEach(async () => {
  items = Array.from({ length: TOTAL }, (_, k) => item(k));
  thumb = await picture(64, 64);
  model = new Model({ texts: TEXTS, title: "teapots", badge: "", counts: counts(), takes: { strength: false, seed: true, source: false }, reasons: ["too dark", "blurred"], version: 0, planned: "", fault: "", answered: 0 });
  el = outputArea(900);
  close = await show(review, model, el);
  await settled();
});

afterEach(() => {
  close();
  document.body.replaceChildren();
});

const cells = () => [...el.querySelectorAll<HTMLElement>("[role=gridcell]")];
const chosen = () => el.querySelector<HTMLElement>("[role=gridcell][aria-selected=true]");
const shown = () => cells().map((cell) => cell.querySelector(".bn-name")?.textContent ?? "");
const pressed = () => el.querySelector(".bn-filters [aria-pressed=true]")?.textContent;
const press = (name: string, code = name) => key(document.activeElement!, code, name);

it("holds a window of ten thousand pictures, and what is text stays text", async () => {
  expect(cells().length).toBeLessThan(120);
  expect(el.querySelectorAll("*").length).toBeLessThan(1200);
  expect(shown()[0]).toBe("1 · sku_1.png");
  await until(() => (answer(), el.querySelectorAll(".bn-cell img[src]").length === cells().length));
  expect(document.body.dataset["hit"]).toBeUndefined();
  const grid = el.querySelector<HTMLElement>("[role=grid]")!;
  grid.scrollTop = grid.scrollHeight;
  await settled();
  expect(shown()).toContain("10000 · sku_10000.png");
  expect(cells().length).toBeLessThan(120);
});

it("keys move, decide, and go on to the next one", async () => {
  chosen()!.focus();
  press("a", "KeyA");
  press("a", "KeyA");
  press("r", "KeyR");
  press("2", "Digit2");
  await settled();
  expect(items.slice(0, 4).map(({ decision, reason }) => [decision, reason])).toEqual([["accept", ""], ["accept", ""], ["reject", "blurred"], ["", ""]]);
  expect(chosen()?.querySelector(".bn-name")?.textContent).toBe("4 · sku_4.png");
  expect(document.activeElement).toBe(chosen());
  press("End");
  await settled();
  expect(chosen()?.querySelector(".bn-name")?.textContent).toBe("10000 · sku_10000.png");
  press("Home");
  press("u", "KeyU");
  await settled();
  expect(items[0]?.decision).toBe("");
});

it("F goes through the filters, also behind the large picture", async () => {
  chosen()!.focus();
  press("a", "KeyA");
  press("ArrowRight");
  press("ArrowRight");
  await settled();
  press("Enter"); // fewer columns now: its cell goes, the focus stays
  await settled();
  expect(el.querySelector<HTMLElement>(".bn-large")?.hidden).toBe(false);
  press("Escape");
  expect(document.activeElement).toBe(chosen());
  press("f", "KeyF");
  expect(pressed()).toBe("Undecided 9,999");
  press("f", "KeyF");
  await settled();
  expect(pressed()).toBe("Accepted 1");
  expect(cells().length).toBe(1);
  press("f", "KeyF");
  await settled();
  expect(el.querySelector<HTMLElement>(".bn-empty")?.hidden).toBe(false);
});

it("decided quickly, one after the other, each decision goes to its own picture", async () => {
  chosen()!.focus();
  press("f", "KeyF");
  await settled();
  for (let k = 0; k < 20; k++) press("a", "KeyA");
  await settled();
  expect(passing("accept").map(({ row }) => row)).toEqual(Array.from({ length: 20 }, (_, k) => k + 1));
  expect(shown()[0]).toBe("21 · sku_21.png");
});

it("scrolling stays smooth: no frame draws more than a screenful", async () => {
  const grid = el.querySelector<HTMLElement>("[role=grid]")!;
  const times: number[] = [];
  let last = performance.now();
  for (let k = 0; k < 60; k++) {
    grid.scrollTop += 700;
    await new Promise(requestAnimationFrame);
    answer();
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  await settled();
  expect(cells().length).toBeLessThan(120);
  expect(times.sort((a, b) => a - b)[30]).toBeLessThan(120);
});

it("when the kernel is gone nothing is decided, and that is said", async () => {
  chosen()!.focus();
  model.die();
  await until(() => el.querySelector(".bn-fault")?.textContent !== "");
  press("a", "KeyA");
  expect(cells()[0]?.dataset["state"]).toBe("");
});
