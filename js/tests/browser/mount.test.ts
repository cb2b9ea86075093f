// A live widget is mounted wherever its anchor is, comes back whenever that does, and polls slowly while there is none.

import type { AnyModel } from "@anywidget/types";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { mountOnAnchors } from "../../src/page/mount";
import { Model } from "./page";

const NAME = "bn-anchor-ab12";
const opened: HTMLElement[] = [];
let close: () => void;
let model: Model;
let polls: { mock: { calls: unknown[] } };

/** What the notebook draws: an anchor, and in it the static caption. */
function output(): HTMLElement {
  const anchor = document.createElement("div");
  anchor.className = NAME;
  anchor.append(document.createElement("p"));
  document.body.append(anchor);
  return anchor;
}

function pollsIn(ms: number): number {
  const before = polls.mock.calls.length;
  vi.advanceTimersByTime(ms);
  return polls.mock.calls.length - before;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  polls = vi.spyOn(document, "getElementsByClassName");
  opened.length = 0;
  model = new Model({ anchor: NAME });
  close = mountOnAnchors(model as unknown as AnyModel<Record<string, unknown>>, (el) => opened.push(el));
});

afterEach(() => {
  close();
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

it("is mounted on an output that comes late, and hides what is static there", () => {
  vi.advanceTimersByTime(500);
  const anchor = output();
  vi.advanceTimersByTime(40);
  expect(opened).toEqual([anchor.lastElementChild]);
  expect(anchor.querySelector("p")!.style.display).toBe("none");
});

it("comes back at once as the view it was when its output is scrolled away and back", () => {
  const anchor = output();
  vi.advanceTimersByTime(250);
  anchor.remove();
  vi.advanceTimersByTime(30_000);
  document.body.append(anchor);
  vi.advanceTimersByTime(250);
  expect(opened).toEqual([anchor.lastElementChild]);
});

it("keeps the focus when its output is written anew, unless it went elsewhere before", () => {
  const anchor = output();
  vi.advanceTimersByTime(250);
  const [inside, outside] = [document.createElement("button"), document.createElement("button")];
  opened[0]!.append(inside);
  document.body.append(outside);
  inside.focus();
  anchor.remove();
  output();
  vi.advanceTimersByTime(250);
  expect(document.activeElement).toBe(inside);
  outside.focus();
  inside.closest(`.${NAME}`)!.remove();
  output();
  vi.advanceTimersByTime(250);
  expect(document.activeElement).toBe(outside);
});

it("polls slowly when its output has been gone for a minute, as after its cell was run again", () => {
  const anchor = output();
  vi.advanceTimersByTime(40);
  expect(pollsIn(1000)).toBe(4);
  anchor.remove();
  vi.advanceTimersByTime(61_000);
  expect(pollsIn(20_000)).toBe(10);
});

it("still comes back then, into another output too, and polls often again", () => {
  output().remove();
  vi.advanceTimersByTime(600_000);
  const anchor = output();
  vi.advanceTimersByTime(2000);
  expect(opened).toEqual([anchor.lastElementChild]);
  expect(pollsIn(1000)).toBe(4);
});

it("polls no more when the model is closed, and leaves what is static in sight", () => {
  const anchor = output();
  vi.advanceTimersByTime(250);
  close();
  expect(pollsIn(10_000)).toBe(0);
  expect([...anchor.children].map((node) => [node.tagName, (node as HTMLElement).style.display])).toEqual([["P", ""]]);
});

it("leaves its outputs for good once the notebook was closed, which may be opened anew beside a new kernel", () => {
  const anchor = output();
  vi.advanceTimersByTime(250);
  expect(anchor.querySelector("p")!.style.display).toBe("none");
  model.widget_manager.context.isDisposed = true;
  vi.advanceTimersByTime(250);
  expect(anchor.querySelector("p")!.style.display).toBe("");
  const again = output();
  expect(pollsIn(60_000)).toBe(0);
  expect([anchor.childElementCount, again.childElementCount, opened.length]).toEqual([1, 1, 1]);
});

it("is back within two frames where the output was written anew under the reader's keys, and polls no faster for long", () => {
  const anchor = output();
  vi.advanceTimersByTime(5000);
  const button = document.createElement("button");
  opened[0]!.append(button);
  button.focus();
  anchor.remove();
  const again = output();
  vi.advanceTimersByTime(33);
  expect(again.contains(button)).toBe(true);
  expect(document.activeElement).toBe(button);
  vi.advanceTimersByTime(2000);
  expect(pollsIn(1000)).toBe(4);
});

it("stays away once it was closed with the focus in it", () => {
  const anchor = output();
  vi.advanceTimersByTime(250);
  const button = document.createElement("button");
  opened[0]!.append(button);
  button.focus();
  close();
  vi.advanceTimersByTime(5000);
  expect(anchor.childElementCount).toBe(1);
  expect(anchor.querySelector("p")!.style.display).toBe("");
});
