// What can be seen and heard beside the pictures: tooltips with keys, ticks, captions, sizes, filters, and what is spoken.

import { cdp, userEvent } from "vitest/browser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import card from "../../src/job_card/widget";
import painter from "../../src/painter/widget";
import type { Cell } from "../../src/sweep_grid/model";
import grid from "../../src/sweep_grid/widget";
import "../../src/page/base.css";
import "../../src/painter/widget.css";
import "../../src/sweep_grid/widget.css";
import { frame, Hand, key, Model, outputArea, painterTraits, picture, show, until } from "./page";

let el: HTMLElement;
let model: Model;
let close: () => void = () => undefined;

beforeEach(() => {
  el = outputArea(900);
});

afterEach(() => {
  close();
  document.body.replaceChildren();
});

const named = (name: string) => el.querySelector<HTMLButtonElement>(`button[aria-label^="${name}"]`)!;
const tip = () => el.querySelector<HTMLElement>(".bn-tip")!;
const line = (name: string) => el.querySelector<HTMLElement>(name)!;

/** What a finger can press and is smaller than a finger's tip: 44 CSS pixels. */
function tooSmall(): string[] {
  const targets = [...el.querySelectorAll<HTMLElement>("button, select, input:not([type=checkbox]), label:has(> input[type=checkbox])")];
  return targets.filter((node) => node.checkVisibility() && getComputedStyle(node).pointerEvents !== "none").flatMap((node) => {
    const { width, height } = node.getBoundingClientRect();
    return height < 44 || (node.localName === "button" && width < 44) ? [`${node.getAttribute("aria-label")} ${width} x ${height}`] : [];
  });
}

async function withFinger(check: () => Promise<void>): Promise<void> {
  await cdp().send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 1 });
  try {
    await until(() => matchMedia("(pointer: coarse)").matches);
    await check();
  } finally {
    await cdp().send("Emulation.setTouchEmulationEnabled", { enabled: false });
  }
}

describe("in a painter", () => {
  beforeEach(async () => {
    const traits = await painterTraits(640, 480);
    model = new Model({ ...traits, texts: { ...traits.texts, box: "box {x0}, {y0} to {x1}, {y1}" } });
    close = await show(painter, model, el);
    await frame();
  });

  it("a tooltip tells words and key to the focus that keys have brought, and not twice", async () => {
    await userEvent.tab();
    await userEvent.tab();
    expect(document.activeElement).toBe(named("eraser"));
    expect([tip().hidden, tip().textContent, tip().querySelector(".bn-key")!.textContent]).toEqual([false, "eraserE", "E"]);
    expect(named("eraser").title).toBe("");
    const [at, shown] = [named("eraser").getBoundingClientRect(), tip().getBoundingClientRect()];
    expect(shown.top >= at.bottom || shown.bottom <= at.top).toBe(true);
    await userEvent.tab();
    expect([tip().textContent, named("eraser").title]).toEqual(["lassoL", "eraser (E)"]);
    key(named("lasso"), "Escape", "Escape");
    expect([tip().hidden, named("lasso").title]).toEqual([true, "lasso (L)"]);
  });

  it("a tooltip waits for the pointer to rest, and goes with it", async () => {
    named("wand").dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    expect(tip().hidden).toBe(true);
    await until(() => !tip().hidden);
    expect(tip().textContent).toBe("wandW");
    named("wand").dispatchEvent(new PointerEvent("pointerout", { bubbles: true }));
    expect(tip().hidden).toBe(true);
  });

  it("everything is large enough for a finger, in any state and 600 pixels", async () => {
    el.style.width = "600px";
    await withFinger(async () => {
      named("edge").click();
      for (const [code, typed] of [["KeyW", "w"], ["KeyL", "l"], ["KeyU", "u"]] as const) {
        key(line(".bn-stage"), code, typed);
        await frame();
        expect(tooSmall()).toEqual([]);
        expect(line(".bn-painter").scrollWidth).toBeLessThanOrEqual(600);
      }
    });
  });

  it("coverage, box and why there is no Run are spoken politely, after the stroke", () => {
    const status = line(".bn-status");
    new Hand(line("canvas") as HTMLCanvasElement).drag([[100, 100], [200, 100]]);
    expect([status.getAttribute("role"), status.getAttribute("aria-live")]).toEqual(["status", "polite"]);
    expect(status.textContent).toMatch(/\d\.\d % painted · box \d+, \d+ to \d+, \d+/);
    expect([line(".bn-line").getAttribute("role"), line(".bn-line").textContent]).toEqual(["status", "no_prompt"]);
  });
});

describe("in a grid", () => {
  const cells = (): Cell[] => ["0", "0.5", "1"].map((value, k) => ({
    id: value, at: [k], state: k === 2 ? "failed" : "done", title: `strength ${value}`, line: "4.2 s", code: "", reason: "", todo: "",
    retry: false, starred: k === 1, winner: false, version: k === 2 ? 0 : 1,
  }));
  const seen = () => [...el.querySelectorAll(".bn-cell")].filter((cell) => cell.checkVisibility({ visibilityProperty: true })).map((cell) => cell.getAttribute("title"));

  beforeEach(async () => {
    model = new Model({
      texts: { gone: "gone" }, title: "sweep", badge: "", axes: [{ name: "strength", values: ["0", "0.5", "1"], numbers: [0, 0.5, 1] }], cells: cells(), fault: "", answered: 0, after: [],
      plan: { lines: [], problems: [], run: false },
    });
    close = await show(grid, model, el);
    model.fire("msg:custom", { kind: "thumbs", ids: ["0", "0.5"], versions: [1, 1] }, [new DataView(await picture(64, 64)), new DataView(await picture(64, 64))]);
    await frame();
  });

  it("the axis slider has a tick and a value for each stop, and marks where it is", async () => {
    line('.bn-cell[title="strength 0.5"]').focus();
    key(document.activeElement!, "Enter", "Enter");
    await frame();
    const ticks = [...el.querySelectorAll(".bn-tick")];
    expect(ticks.map((tick) => tick.textContent)).toEqual(["original", "0", "0.5", "1"]);
    expect(line(".bn-tick.bn-here").textContent).toBe("0.5");
    expect(line(".bn-stop").textContent).toBe("strength 0.5");
    const way = line(".bn-scrub").getBoundingClientRect();
    const at = line(".bn-tick.bn-here").getBoundingClientRect();
    expect(Math.abs((at.left + at.right) / 2 - (way.left + 8 + ((way.width - 16) * 2) / 3))).toBeLessThan(1.5);
  });

  it("everything is large enough for a finger, also beside the large picture", async () => {
    await withFinger(async () => {
      await frame();
      expect(tooSmall()).toEqual([]);
      line('.bn-cell[title="strength 0.5"]').focus();
      key(document.activeElement!, "Enter", "Enter");
      key(document.activeElement!, "KeyC", "c");
      await frame();
      expect(tooSmall()).toEqual([]);
    });
  });

  it("a failed cell is hardly taller than its neighbours, and beside the large picture its Retry is a sign", async () => {
    const reason = "An internal timeout error has occurred during execution, please try again later or contact service support. ".repeat(3);
    model.putAll({
      texts: { retry: "Retry" },
      cells: cells().map((cell, k) => (k === 2 ? { ...cell, code: "InternalError.Timeout", reason, todo: reason, retry: true } : cell)),
    });
    await frame();
    const tall = (title: string) => line(`.bn-cell[title="${title}"]`).getBoundingClientRect().height;
    expect(tall("strength 1")).toBeLessThan(tall("strength 0") + 180);
    const retry = line(".bn-reason button");
    expect([retry.innerText, retry.getAttribute("aria-label")]).toEqual(["Retry", "Retry"]);
    line('.bn-cell[title="strength 0.5"]').focus();
    key(document.activeElement!, "Enter", "Enter");
    await frame();
    expect(tall("strength 1")).toBeLessThan(70);
    expect(retry.innerText).toBe("");
    retry.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    await until(() => tip().textContent === "Retry");
  });

  it("captions go and come back, and the cells take the size of their slider", () => {
    const caption = line('[title="strength 0"] .bn-caption');
    expect(caption.checkVisibility()).toBe(true);
    named("captions").click();
    expect([caption.checkVisibility(), named("captions").getAttribute("aria-pressed")]).toEqual([false, "false"]);
    named("captions").click();
    expect(caption.checkVisibility()).toBe(true);
    const slider = line(".bn-cell-size") as HTMLInputElement;
    slider.value = "320";
    slider.dispatchEvent(new Event("input"));
    expect(line(".bn-cell").getBoundingClientRect().width).toBeGreaterThanOrEqual(320);
  });

  it("the large picture leaves the headers in sight, the size of the cells to their slider, and lies over a narrow grid", async () => {
    const many = Array.from({ length: 30 }, (_, k) => String(k));
    const axes = [{ name: "strength", values: ["0", "0.5", "1"], numbers: [0, 0.5, 1] }, { name: "seed", values: many, numbers: many.map(Number) }];
    const rows = many.flatMap((_, seed) => cells().map((cell) => ({ ...cell, id: `${cell.id}/${seed}`, title: `${cell.title}, seed ${seed}`, at: [cell.at[0]!, seed] })));
    model.putAll({ axes, cells: rows });
    await frame();
    line('.bn-cell[title="strength 0.5, seed 0"]').focus();
    key(document.activeElement!, "Enter", "Enter");
    await frame();
    const table = line(".bn-table");
    const [column, row] = [line("[role=columnheader]"), line("[role=rowheader]")];
    const top = column.getBoundingClientRect().top;
    table.scrollTop = 300;
    expect([table.scrollTop > 100, column.getBoundingClientRect().top]).toEqual([true, top]);
    const width = () => line(".bn-cell").getBoundingClientRect().width;
    const before = width();
    const slider = line(".bn-cell-size") as HTMLInputElement;
    slider.value = "320";
    slider.dispatchEvent(new Event("input"));
    expect(width()).toBeGreaterThan(before * 1.1);
    const left = row.getBoundingClientRect().left;
    table.scrollLeft = 40;
    expect(row.getBoundingClientRect().left).toBe(left);
    el.style.width = "420px";
    await frame();
    const { top: sheet, bottom } = line(".bn-viewer").getBoundingClientRect();
    expect(sheet).toBeLessThan(table.getBoundingClientRect().bottom);
    expect([sheet >= 0, bottom <= innerHeight]).toEqual([true, true]);
  });

  it("only what is starred, or only what has failed, until it is pressed again or there is none", async () => {
    named("only_failed").click();
    await frame();
    expect(seen()).toEqual(["strength 1"]);
    named("only_starred").click();
    await frame();
    expect(seen()).toEqual(["strength 0.5"]);
    model.put("cells", cells().map((cell) => ({ ...cell, starred: false })));
    await frame();
    expect(seen()).toHaveLength(3);
    expect(named("only_starred").hidden).toBe(true);
  });
});

it("a card's bar has a name, and its seconds are shown but not spoken", async () => {
  const data = { title: "style photo.jpg", badge: "", state: "running", line: "running {age} s", detail: "", usual: 20, since: Date.now() / 1000 - 5, cancel: true, thumb: new DataView(new ArrayBuffer(0)) };
  model = new Model({ texts: { cancel: "Cancel", run: "Run", gone: "gone" }, card: data, fault: "" });
  close = await show(card, model, el);
  expect(line("[role=progressbar]").getAttribute("aria-label")).toBe("style photo.jpg");
  const said = () => [line(".bn-line").textContent, line(".bn-line").getAttribute("aria-live")];
  expect(line(".bn-line").getAttribute("role")).toBe("status");
  expect(said()).toEqual([expect.stringMatching(/^running \d+ s$/), "polite"]);
  await until(() => said()[1] === "off"); // a second later
  await userEvent.tab();
  expect([document.activeElement!.textContent, tip().hidden]).toEqual(["Cancel", true]); // a button that says it has no tooltip
  model.put("card", { ...data, since: data.since - 3 });
  expect(said()).toEqual([expect.stringMatching(/^running \d+ s$/), "off"]);
  model.put("card", { ...data, state: "done", line: "done in 9 s", since: 0 });
  expect(said()).toEqual(["done in 9 s", "polite"]);
});
