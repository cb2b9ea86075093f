// A painter's tools in cells of any width: one row, and behind one button what has no room there.

import { userEvent } from "vitest/browser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import painter from "../../src/painter/widget";
import "../../src/page/base.css";
import "../../src/painter/widget.css";
import { frame, Model, outputArea, painterTraits, show } from "./page";

let el: HTMLElement;
let close: () => void = () => undefined;

beforeEach(async () => {
  el = outputArea(900);
  close = await show(painter, new Model(await painterTraits(640, 480)), el);
});

afterEach(() => {
  close();
  document.body.replaceChildren();
});

const bar = () => el.querySelector<HTMLElement>(".bn-bar")!;
const named = (name: string) => el.querySelector<HTMLElement>(`[aria-label^="${name}"]`)!;
const more = () => named("more_tools");
const shown = () => [...bar().querySelectorAll("button, input")].filter((node) => node.checkVisibility()).map((node) => node.getAttribute("aria-label")!.split(" ")[0]!);
const focused = () => document.activeElement?.getAttribute("aria-label")?.split(" ")[0];

async function narrow(width: number): Promise<void> {
  el.style.width = `${width}px`;
  await frame();
}

/** How many rows the tools that are seen take. */
function rows(): number {
  const boxes = [...bar().querySelectorAll("button, input")].filter((node) => node.checkVisibility()).map((node) => node.getBoundingClientRect());
  return new Set(boxes.map(({ top, bottom }) => Math.round((top + bottom) / 8))).size;
}

describe("the tools of a painter", () => {
  it("stand in one row that stays in its cell, whatever its width", async () => {
    for (const width of [220, 300, 400, 500, 600, 700, 800, 1100, 1250]) {
      await narrow(width);
      expect([width, rows(), bar().scrollWidth <= bar().clientWidth]).toEqual([width, 1, true]);
      expect(shown()).toEqual(expect.arrayContaining(["brush", "eraser", "undo", "redo"]));
    }
    expect(more().checkVisibility()).toBe(false);
  });

  it("are fewer the narrower it is, and the one that is at work stays", async () => {
    await narrow(400);
    expect(shown()).toContain("lasso");
    expect(shown()).not.toContain("polygon");
    named("polygon").click();
    expect(shown()).toContain("polygon");
    await narrow(220);
    expect(shown().filter((name) => name === "polygon" || name === "lasso")).toEqual(["polygon"]);
    await narrow(900);
    expect(shown()).toContain("code");
  });

  it("lie over the picture, all of them, when the button is pressed, until one was used", async () => {
    await narrow(300);
    const stage = el.querySelector(".bn-stage")!.getBoundingClientRect();
    await userEvent.click(more());
    expect(more().getAttribute("aria-expanded")).toBe("true");
    expect(shown()).toEqual(expect.arrayContaining(["polygon", "invert", "zoom", "opacity", "code"]));
    expect(el.querySelector(".bn-stage")!.getBoundingClientRect().top).toBe(stage.top);
    expect(el.querySelector(".bn-painter")!.scrollWidth).toBeLessThanOrEqual(300);
    named("opacity").focus(); // a slider is drawn for as long as one likes
    expect(more().getAttribute("aria-expanded")).toBe("true");
    await userEvent.click(named("polygon"));
    expect([more().getAttribute("aria-expanded"), rows(), named("polygon").getAttribute("aria-pressed")]).toEqual(["false", 1, "true"]);
    expect(focused()).toBe("polygon");
  });

  it("are reached by keys: the first one that was hidden has the focus, Escape gives it back, and leaving closes", async () => {
    await narrow(300);
    more().focus();
    await userEvent.keyboard("{Enter}");
    expect([focused(), more().getAttribute("aria-expanded")]).toEqual(["polygon", "true"]);
    await userEvent.keyboard("{Escape}");
    expect([focused(), more().getAttribute("aria-expanded")]).toEqual(["more_tools", "false"]);
    await userEvent.keyboard("{Enter}");
    named("clear").focus();
    await userEvent.keyboard("{Enter}");
    expect([focused(), more().getAttribute("aria-expanded")]).toEqual(["more_tools", "false"]);
    await userEvent.keyboard("{Enter}");
    el.querySelector<HTMLElement>(".bn-stage")!.focus();
    expect(more().getAttribute("aria-expanded")).toBe("false");
  });
});
