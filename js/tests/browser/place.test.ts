// Places of a live widget: it sits down where its class is, comes back whenever that does, and looks seldom when it is gone.

import type { AnyModel } from "@anywidget/types";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { settle } from "../../src/page/place";
import { Model } from "./page";

const NAME = "bn-place-ab12";
const opened: HTMLElement[] = [];
let close: () => void;
let looks: { mock: { calls: unknown[] } };

/** What the notebook draws: a caption with the place, and in it what a saved notebook keeps. */
function output(): HTMLElement {
  const spot = document.createElement("div");
  spot.className = NAME;
  spot.append(document.createElement("p"));
  document.body.append(spot);
  return spot;
}

function looksIn(ms: number): number {
  const before = looks.mock.calls.length;
  vi.advanceTimersByTime(ms);
  return looks.mock.calls.length - before;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  looks = vi.spyOn(document, "getElementsByClassName");
  opened.length = 0;
  close = settle(new Model({ place: NAME }) as unknown as AnyModel<Record<string, unknown>>, (el) => opened.push(el));
});

afterEach(() => {
  close();
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

it("sits down on an output that comes late, and hides what is static there", () => {
  vi.advanceTimersByTime(500);
  const spot = output();
  vi.advanceTimersByTime(250);
  expect(opened).toEqual([spot.lastElementChild]);
  expect(spot.querySelector("p")!.style.display).toBe("none");
});

it("comes back at once as the view it was when its output is scrolled away and back", () => {
  const spot = output();
  vi.advanceTimersByTime(250);
  spot.remove();
  vi.advanceTimersByTime(30_000);
  document.body.append(spot);
  vi.advanceTimersByTime(250);
  expect(opened).toEqual([spot.lastElementChild]);
});

it("keeps the focus when its output is written anew, unless it went elsewhere before", () => {
  const spot = output();
  vi.advanceTimersByTime(250);
  const [inside, outside] = [document.createElement("button"), document.createElement("button")];
  opened[0]!.append(inside);
  document.body.append(outside);
  inside.focus();
  spot.remove();
  output();
  vi.advanceTimersByTime(250);
  expect(document.activeElement).toBe(inside);
  outside.focus();
  inside.closest(`.${NAME}`)!.remove();
  output();
  vi.advanceTimersByTime(250);
  expect(document.activeElement).toBe(outside);
});

it("looks seldom when its output has been gone for a minute, as after its cell was run again", () => {
  const spot = output();
  expect(looksIn(1000)).toBe(4);
  spot.remove();
  vi.advanceTimersByTime(61_000);
  expect(looksIn(20_000)).toBe(10);
});

it("still comes back then, into another output too, and looks often again", () => {
  output().remove();
  vi.advanceTimersByTime(600_000);
  const spot = output();
  vi.advanceTimersByTime(2000);
  expect(opened).toEqual([spot.lastElementChild]);
  expect(looksIn(1000)).toBe(4);
});

it("looks no more when the model is closed, and leaves what is static in sight", () => {
  const spot = output();
  vi.advanceTimersByTime(250);
  close();
  expect(looksIn(10_000)).toBe(0);
  expect([...spot.children].map((node) => [node.tagName, (node as HTMLElement).style.display])).toEqual([["P", ""]]);
});
