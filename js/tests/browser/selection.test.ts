// Bucket, wand and edge in a real browser: what is drawn here, and what Python is asked for.

import { afterEach, beforeEach, expect, it } from "vitest";
import widget from "../../src/painter/widget";
import { Bitmap } from "../../src/pixels/bitmap";
import { crc32, pack } from "../../src/pixels/mask_codec";
import { deflate } from "../deflate";
import { draw } from "../../src/pixels/ops";
import "../../src/page/base.css";
import "../../src/painter/widget.css";
import { frame, Hand, key, Model, outputArea, painterTraits, show, until } from "./page";

const [WIDTH, HEIGHT] = [640, 480];
let model: Model;
let el: HTMLElement;
let close: () => void;

beforeEach(async () => {
  model = new Model(await painterTraits(WIDTH, HEIGHT));
  el = outputArea();
  close = await show(widget, model, el);
  await frame();
});

afterEach(() => {
  close();
  document.body.replaceChildren();
});

const stage = () => el.querySelector<HTMLElement>(".bn-stage")!;
const canvas = () => el.querySelector("canvas")!;
const sent = () => model.of("ops").map(({ content }) => content["op"]);
const named = (name: string) => el.querySelector<HTMLButtonElement>(`button[aria-label^="${name}"]`)!;
const pixel = (x: number, y: number): [number, number] => {
  const k = canvas().getBoundingClientRect().width / WIDTH;
  return [(x + 0.5) * k, (y + 0.5) * k];
};

/** Python answers everything that was sent with this mask. */
async function answer(seq: number): Promise<void> {
  const bitmap = new Bitmap(WIDTH, HEIGHT);
  draw(bitmap, { op: "rect", box: [0, 0, 320, 480], erase: false });
  const { content } = model.of("ops").at(-1)!;
  const packed = pack(bitmap);
  model.put("shown", { seq, crc: crc32(packed), acks: { [content["client"] as string]: content["n"] }, undo: 1, redo: 0, warning: "", note: "", bitmap: new DataView((await deflate(packed)).buffer) });
}

it("the bucket is told by its pixel, and not at all where it fills nothing", () => {
  key(stage(), "KeyG", "g");
  new Hand(canvas()).drag([pixel(100, 50)]);
  new Hand(canvas()).drag([pixel(100, 50)]);
  expect(sent()).toEqual([{ op: "flood", at: [100, 50], erase: false }]);
  expect(model.of("ops")[0]!.buffers).toEqual([]);
  key(stage(), "KeyX", "x");
  new Hand(canvas()).drag([pixel(300, 200)]);
  expect(sent()[1]).toEqual({ op: "flood", at: [300, 200], erase: true });
});

it("the wand asks Python, shows its mask, and picks again when its tolerance is changed", async () => {
  key(stage(), "KeyW", "w");
  new Hand(canvas()).drag([pixel(100, 50)]);
  expect(sent()).toEqual([{ op: "wand", at: [100, 50], tolerance: 32, contiguous: true, erase: false }]);
  await answer(1);
  await until(() => el.textContent.includes("50.0 % painted"));
  const slider = el.querySelector<HTMLInputElement>(".bn-tolerance")!;
  slider.value = "64";
  slider.dispatchEvent(new Event("input"));
  const again = (tolerance: number) => ({ anew: true, op: { op: "wand", at: [100, 50], tolerance, contiguous: true, erase: false } });
  expect(model.of("ops")[1]!.content).toMatchObject(again(64));
  for (const value of ["70", "80", "90"]) {
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
  }
  expect(sent()).toHaveLength(2); // the next one waits for the answer, and what lies between is left out
  await answer(2);
  await until(() => sent().length === 3);
  expect(model.of("ops")[2]!.content).toMatchObject(again(90));
  await answer(3);
  await frame();
  key(stage(), "KeyB", "b");
  new Hand(canvas()).drag([pixel(200, 200)]);
  slider.dispatchEvent(new Event("input")); // something else was done since
  expect(sent()).toHaveLength(4);
});

it("the wand takes what does not hang together as well, and takes away with the eraser", async () => {
  key(stage(), "KeyW", "w");
  key(stage(), "KeyX", "x");
  new Hand(canvas()).drag([pixel(100, 50)]);
  await answer(1);
  const box = [...el.querySelectorAll<HTMLInputElement>("input[type=checkbox]")].find((node) => node.checkVisibility())!;
  box.click();
  expect(sent()).toMatchObject([
    { op: "wand", contiguous: true, erase: true },
    { op: "wand", at: [100, 50], contiguous: false, erase: true },
  ]);
  await answer(2);
  await frame();
});

it("the wand picks nothing again once a cell has painted", async () => {
  key(stage(), "KeyW", "w");
  new Hand(canvas()).drag([pixel(100, 50)]);
  await answer(1);
  await until(() => el.textContent.includes("50.0 % painted"));
  await answer(2); // nobody here has asked for it
  await frame();
  const slider = el.querySelector<HTMLInputElement>(".bn-tolerance")!;
  slider.value = "64";
  slider.dispatchEvent(new Event("input"));
  expect(sent()).toHaveLength(1);
});

it("a polygon is closed by its first corner and by Enter, and loses corners one by one", () => {
  key(stage(), "KeyP", "p");
  const hand = new Hand(canvas());
  for (const [x, y] of [[100, 100], [300, 100], [300, 300], [100, 300]] as const) hand.drag([pixel(x, y)]);
  key(stage(), "Backspace", "Backspace");
  hand.drag([pixel(102, 102)]);
  expect(sent()).toMatchObject([{ op: "polygon", points: [{}, {}, {}] }]);
  for (const [x, y] of [[100, 100], [300, 100], [300, 300], [100, 300]] as const) hand.drag([pixel(x, y)]);
  key(stage(), "KeyZ", "z", { ctrlKey: true });
  key(stage(), "Enter", "Enter");
  expect(sent().slice(1)).toMatchObject([{ op: "polygon", points: [{}, {}, {}] }]);
  hand.drag([pixel(100, 100)]);
  key(stage(), "Backspace", "Backspace");
  key(stage(), "KeyZ", "z", { ctrlKey: true });
  expect(sent().slice(2)).toEqual([{ op: "undo" }]);
});

it("the right button erases with any tool, and no menu opens over the picture", () => {
  key(stage(), "KeyU", "u");
  new Hand(canvas()).drag([pixel(100, 100), pixel(200, 100)], { button: 2, buttons: 2 });
  expect(sent()).toMatchObject([{ op: "stroke", erase: true }]);
  let reached = false;
  document.addEventListener("contextmenu", () => (reached = true), { once: true });
  const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
  canvas().dispatchEvent(event);
  expect([reached, event.defaultPrevented]).toEqual([false, true]);
});

it("Ctrl+A selects nothing of the page", () => {
  expect(key(stage(), "KeyA", "a", { ctrlKey: true }).defaultPrevented).toBe(true);
});

it("the edge is grown, shrunk and smoothed by Python, by as much as the field says", async () => {
  const row = () => named("grow_title").closest<HTMLElement>(".bn-box")!;
  expect(row().hidden).toBe(true);
  named("edge").click();
  expect([row().hidden, named("edge").getAttribute("aria-pressed")]).toEqual([false, "true"]);
  const field = row().querySelector("input")!;
  field.value = "5";
  for (const name of ["grow_title", "shrink_title", "smooth_title"]) named(name).click();
  field.value = "-1";
  named("grow_title").click();
  field.value = "";
  named("grow_title").click();
  expect(sent()).toEqual([{ op: "grow", px: 5 }, { op: "shrink", px: 5 }, { op: "smooth", px: 5 }]);
  await answer(3);
  await until(() => el.textContent.includes("50.0 % painted"));
  expect(["grow", "shrink", "smooth"].map((name) => named(`${name}_title`).getAttribute("aria-pressed"))).toEqual(["false", "false", "true"]);
  const slider = row().querySelector<HTMLInputElement>("input[type=range]")!;
  slider.value = "9";
  slider.dispatchEvent(new Event("input"));
  expect(field.value).toBe("9");
  expect(model.of("ops")[3]!.content).toMatchObject({ anew: true, op: { op: "smooth", px: 9 } });
  await answer(4);
  await frame();
});

it("a lasso with edges lies on the picture's, and without them where the hand went", async () => {
  const drawn = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = drawn.getContext("2d")!;
  context.fillStyle = "#eee";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "#246";
  context.fillRect(200, 100, 200, 200);
  const bytes = await (await drawn.convertToBlob()).arrayBuffer();
  model.put("preview", { data: new DataView(bytes), reduced: false });
  const seen = () => canvas().getContext("2d")!.getImageData(canvas().width >> 1, Math.round(pixel(0, 200)[1]), 1, 1).data[0];
  await until(() => seen() === 0x22);
  const around: [number, number][] = [[203, 110], [204, 290], [390, 297], [396, 110]];
  const hand = () => new Hand(canvas()).drag(around.map(([x, y]) => pixel(x, y)));
  key(stage(), "KeyL", "l");
  hand();
  key(stage(), "KeyS", "s");
  expect(el.querySelector<HTMLInputElement>(".bn-box:not([hidden]) input[type=checkbox]")!.checked).toBe(true);
  hand();
  const [plain, along] = sent().map((op) => (op as { points: [number, number][] }).points);
  expect(plain).toHaveLength(4);
  const left = along!.filter(([, y]) => y > 130 && y < 270).map(([x]) => x);
  expect(left.length).toBeGreaterThan(50);
  for (const x of left) expect(Math.min(Math.abs(x - 200), Math.abs(x - 400))).toBeLessThan(1.5);
});
