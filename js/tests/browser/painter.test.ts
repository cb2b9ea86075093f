// The painter in a real browser: what a hand does arrives as exact pixels, and keys stay where they belong.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import widget from "../../src/painter/widget";
import { Bitmap } from "../../src/pixels/bitmap";
import { crc32, measure, pack, unpackInto } from "../../src/pixels/mask_codec";
import { deflate } from "../deflate";
import type { Op } from "../../src/pixels/ops";
import { draw } from "../../src/pixels/ops";
import "../../src/page/base.css";
import "../../src/painter/widget.css";
import type { Sent } from "./page";
import { again, attempt, frame, Hand, key, Model, outputArea, painterTraits, picture, show, until } from "./page";

const [WIDTH, HEIGHT] = [640, 480];

/** How browsers without isComposing say that a key belongs to a composition. */
const OLD = "keyCode";

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
const scale = () => canvas().getBoundingClientRect().width / WIDTH;

function points(op: Op | undefined): [number, number][] {
  return op?.op === "stroke" ? op.points.map(([x, y]) => [x, y]) : [];
}

async function ops(count: number): Promise<Op[]> {
  await until(() => model.of("ops").length >= count);
  return model.of("ops").map(({ content }) => content["op"] as Op);
}

/** What Python draws from all that was sent. */
function lastBitmap(): Bitmap {
  const bitmap = new Bitmap(WIDTH, HEIGHT);
  for (const { content, buffers } of model.of("ops")) {
    const op = content["op"] as Op;
    if (op.op === "load") unpackInto(bitmap, new Uint8Array(buffers[0]!));
    else draw(bitmap, op);
  }
  return bitmap;
}

describe("a picture with holes", () => {
  it("lies on white and grey squares, and what is opaque keeps its colour", async () => {
    const holes = new OffscreenCanvas(WIDTH, HEIGHT);
    const pen = holes.getContext("2d")!;
    pen.fillStyle = "#123456";
    pen.fillRect(0, 0, WIDTH / 2, HEIGHT);
    const file = await (await holes.convertToBlob({ type: "image/png" })).arrayBuffer();
    model.put("preview", { data: new DataView(file), reduced: false });
    const seen = (x: number) => [...canvas().getContext("2d")!.getImageData(Math.round(x), 40, 1, 1).data];
    await until(() => seen(100)[0] === 0x12);
    expect(seen(100)).toEqual([0x12, 0x34, 0x56, 255]);
    const row = Array.from({ length: 32 }, (_, k) => seen(canvas().width * 0.75 + k * 4));
    expect(new Set(row.map(String))).toEqual(new Set(["255,255,255,255", "204,204,204,255"]));
  });
});

describe("a stroke", () => {
  it("is one message with the pixels under the pointer, sent before the button's event has ended", () => {
    const hand = new Hand(canvas());
    hand.drag([[60, 60], [120, 90], [180, 60]]);
    const [{ content, buffers }] = model.of("ops") as [Sent];
    const op = content["op"] as Op;
    expect(model.of("ops")).toHaveLength(1);
    expect(buffers).toEqual([]);
    expect(op).toMatchObject({ op: "stroke", r: 15, erase: false });
    expect(points(op).map(([x, y]) => [Math.round(x * scale()), Math.round(y * scale())])).toEqual([[60, 60], [120, 90], [180, 60]]);
  });

  it.each([0.5, 0.8, 1.25, 2])("hits the same pixel under a page zoom of %d", async (zoom) => {
    document.documentElement.style.zoom = String(zoom);
    await frame();
    const rect = canvas().getBoundingClientRect();
    new Hand(canvas()).drag([[rect.width * 0.25, rect.height * 0.75]]);
    document.documentElement.style.zoom = "";
    const [op] = await ops(1);
    const [x, y] = points(op)[0]!;
    expect(Math.abs(x - WIDTH * 0.25)).toBeLessThan(1);
    expect(Math.abs(y - HEIGHT * 0.75)).toBeLessThan(1);
  });

  it("of a scaled ancestor hits the same pixel too", async () => {
    el.style.transform = "scale(0.7) translate(40px, 10px)";
    await frame();
    const rect = canvas().getBoundingClientRect();
    new Hand(canvas()).drag([[rect.width / 2, rect.height / 2]]);
    const [op] = await ops(1);
    const [x, y] = points(op)[0]!;
    expect(Math.hypot(x - WIDTH / 2, y - HEIGHT / 2)).toBeLessThan(1);
  });

  it("is seen on the canvas at once, before Python answers", async () => {
    new Hand(canvas()).drag([[100, 100], [140, 100]]);
    await frame();
    const context = canvas().getContext("2d")!;
    const k = canvas().width / canvas().getBoundingClientRect().width;
    const pixel = () => context.getImageData(120 * k, 100 * k, 1, 1).data;
    expect(pixel()[0]).toBeGreaterThan(100); // the colour of the mask
    await until(() => pixel()[1]! > 50); // over the picture's green, once that is decoded
    const [bare] = context.getImageData(120 * k, 200 * k, 1, 1).data;
    expect(bare).toBeLessThan(10);
  });

  it("by a pen follows its pressure and is one step", async () => {
    const pen = new Hand(canvas(), { pointerType: "pen" });
    pen.fire("pointerdown", 50, 50, { pressure: 0.25 });
    pen.fire("pointermove", 90, 50, { pressure: 0.25 });
    pen.fire("pointermove", 130, 50, { pressure: 1 });
    pen.fire("pointerup", 130, 50, { pressure: 0 });
    const [op] = await ops(1);
    expect(op).toMatchObject({ op: "group", ops: [{ r: 3.75 }, { r: 15 }] });
  });

  it("by a finger is a stroke, and two fingers move the view instead", async () => {
    const finger = new Hand(canvas(), { pointerType: "touch" });
    finger.drag([[50, 50], [80, 80]]);
    await ops(1);
    finger.fire("pointerdown", 200, 200, { pointerId: 2 });
    finger.fire("pointermove", 205, 205, { pointerId: 2 });
    finger.fire("pointerdown", 300, 200, { pointerId: 3, isPrimary: false });
    finger.fire("pointermove", 400, 200, { pointerId: 3 });
    finger.fire("pointerup", 400, 200, { pointerId: 3 });
    finger.fire("pointerup", 205, 205, { pointerId: 2 });
    await frame();
    expect(model.of("ops")).toHaveLength(1); // half a pinch is no stroke
    finger.drag([[10, 10]]);
    const all = await ops(2);
    expect(points(all[1])[0]![0] * scale()).toBeGreaterThan(12); // the view is zoomed and moved
  });

  it("that is interrupted leaves nothing", async () => {
    const hand = new Hand(canvas());
    hand.fire("pointerdown", 50, 50);
    hand.fire("pointermove", 90, 50);
    hand.fire("pointercancel", 90, 50);
    hand.drag([[200, 200]]);
    await ops(1);
    expect(lastBitmap().data[Math.round(50 / scale()) * WIDTH + Math.round(70 / scale())]).toBe(0);
  });

  it("after Shift+click is a straight line from the last one", async () => {
    const hand = new Hand(canvas());
    hand.drag([[50, 50]]);
    hand.drag([[250, 50]], { shiftKey: true });
    const all = await ops(2);
    expect(points(all[1])).toHaveLength(2);
    expect(points(all[1])[0]).toEqual(points(all[0])[0]);
  });

});

describe("keys", () => {
  it("choose tools, sizes and steps, and go no farther", async () => {
    let heard = 0;
    document.body.addEventListener("keydown", () => heard++);
    const hand = new Hand(canvas());
    hand.drag([[100, 100]]);
    key(stage(), "KeyE", "у"); // a Russian keyboard
    key(stage(), "BracketLeft", "[");
    hand.drag([[100, 100]]);
    key(stage(), "KeyX", "x");
    hand.drag([[200, 100]]);
    key(stage(), "KeyV", "V", { shiftKey: true });
    key(stage(), "KeyZ", "z", { ctrlKey: true });
    key(stage(), "KeyZ", "Z", { ctrlKey: true, shiftKey: true });
    const all = await ops(6);
    expect(all.map((op) => [op.op, "erase" in op ? op.erase : null, "r" in op ? op.r : null])).toEqual([
      ["stroke", false, 15],
      ["stroke", true, 13.5],
      ["stroke", false, 13.5],
      ["invert", null, null],
      ["undo", null, null],
      ["redo", null, null],
    ]);
    expect(heard).toBe(0);
  });

  it("paint without a pointer", async () => {
    for (let k = 0; k < 3; k++) key(stage(), "ArrowRight", "ArrowRight", { shiftKey: true });
    key(stage(), "Enter", "Enter");
    key(stage(), "ArrowDown", "ArrowDown");
    key(stage(), "Enter", "Enter", { shiftKey: true });
    const all = await ops(2);
    expect(points(all[0])).toEqual([[WIDTH / 2 + 30, HEIGHT / 2]]);
    expect(points(all[1])).toEqual([[WIDTH / 2 + 30, HEIGHT / 2], [WIDTH / 2 + 30, HEIGHT / 2 + 1]]);
  });

  it("draw every shape", async () => {
    const hand = new Hand(canvas());
    key(stage(), "KeyU", "u");
    hand.drag([[50, 50], [150, 120]]);
    key(stage(), "KeyO", "o");
    hand.drag([[200, 50], [300, 120]]);
    key(stage(), "KeyL", "l");
    hand.drag([[50, 200], [150, 200], [100, 300]]);
    key(stage(), "KeyP", "p");
    for (const point of [[300, 200], [400, 200], [350, 300]] as const) hand.drag([point]);
    canvas().dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
    key(stage(), "KeyG", "g");
    hand.drag([[10, 10]]);
    const all = await ops(5);
    expect(all.map((op) => op.op)).toEqual(["rect", "ellipse", "polygon", "polygon", "flood"]);
    expect(measure(lastBitmap(), pack(lastBitmap())).count).toBe(WIDTH * HEIGHT); // the bucket filled the ground about the shapes
  });

  it("keep an unfinished polygon while another tool is at work, and go on with it", async () => {
    const hand = new Hand(canvas());
    key(stage(), "KeyP", "p");
    for (const point of [[100, 100], [200, 100]] as const) hand.drag([point]);
    key(stage(), "KeyB", "b");
    hand.drag([[300, 200], [320, 220]]);
    expect((await ops(1)).map((op) => op.op)).toEqual(["stroke"]);
    key(stage(), "KeyP", "p");
    hand.drag([[150, 220]]);
    key(stage(), "Enter", "Enter");
    const [, polygon] = await ops(2);
    expect(polygon!.op === "polygon" ? polygon!.points.length : 0).toBe(3);
    for (const point of [[100, 100], [200, 100], [200, 200]] as const) hand.drag([point]);
    key(stage(), "KeyZ", "z", { ctrlKey: true }); // takes a corner, not the polygon before
    key(stage(), "Escape", "Escape");
    expect(await ops(2)).toHaveLength(2);
  });

  it("show tool and eraser as one pressed button", () => {
    const pressed = () => [...el.querySelectorAll(".bn-bar [aria-pressed=true]")].map((node) => node.getAttribute("aria-label"));
    expect(pressed()).toEqual(["brush (B)"]);
    key(stage(), "KeyE", "e");
    expect(pressed()).toEqual(["eraser (E)"]);
    key(stage(), "KeyL", "l");
    expect(pressed()).toEqual(["lasso (L), erases"]);
    key(stage(), "KeyX", "x");
    expect(pressed()).toEqual(["lasso (L)"]);
  });

  it("set the zoom in per cent, and show it", async () => {
    const field = el.querySelector<HTMLInputElement>(".bn-zoom")!;
    field.value = "200";
    key(field, "Enter", "Enter");
    await frame();
    expect(field.value).toBe("200 %");
    new Hand(canvas()).drag([[100, 100], [140, 100]]);
    const [op] = await ops(1);
    expect(points(op)[1]![0] - points(op)[0]![0]).toBeCloseTo(20, 1);
    field.value = "much";
    key(field, "Enter", "Enter");
    expect(field.value).toBe("200 %");
    key(stage(), "Digit1", "1");
    await frame();
    expect(field.value).toBe("100 %");
    key(stage(), "Minus", "-");
    await frame();
    expect(field.value).toBe("80 %");
  });

  it("never move the picture, whatever tool or help is shown", () => {
    const top = () => stage().getBoundingClientRect().top;
    const before = top();
    for (const code of ["KeyU", "KeyW", "KeyB"]) {
      key(stage(), code, code[3]!.toLowerCase());
      expect(top()).toBe(before);
    }
    key(stage(), "Slash", "?");
    el.querySelector<HTMLElement>("[title=edge]")!.click();
    model.put("fault", "something went wrong");
    expect(top()).toBe(before);
  });

  it("hand Ctrl+S to the notebook, and no other", () => {
    const heard: string[] = [];
    const notebook = (event: KeyboardEvent) => {
      heard.push(event.code);
      event.preventDefault();
    };
    document.body.addEventListener("keydown", notebook);
    const event = key(stage(), "KeyS", "s", { ctrlKey: true });
    key(el.querySelector(".bn-prompt input")!, "KeyS", "s", { metaKey: true });
    const all = key(stage(), "KeyA", "a", { ctrlKey: true });
    document.body.removeEventListener("keydown", notebook);
    expect(heard).toEqual(["KeyS", "KeyS"]);
    expect([event.defaultPrevented, all.defaultPrevented]).toEqual([true, true]);
  });

  it("are numbers where a box is given by numbers", async () => {
    key(stage(), "KeyU", "u");
    const fields = [...el.querySelectorAll<HTMLInputElement>("input[type=number]")];
    [10, 20, 110, 70].forEach((value, k) => (fields[k]!.value = String(value)));
    key(fields[3]!, "Enter", "Enter");
    expect(await ops(1)).toEqual([{ op: "rect", box: [10, 20, 110, 70], erase: false }]);
    key(stage(), "KeyB", "b");
    expect(fields[0]!.parentElement!.hidden).toBe(true);
  });

  it("typed into the prompt are text", async () => {
    const input = el.querySelector<HTMLInputElement>(".bn-prompt input[type=text]")!;
    const event = key(input, "KeyE", "e");
    key(input, "KeyZ", "z", { ctrlKey: true });
    expect(event.defaultPrevented).toBe(false);
    await frame();
    expect(el.querySelector("[title^=brush]")?.getAttribute("aria-pressed")).toBe("true");
    expect(model.sent).toEqual([]);
  });

  it("are kept from the notebook, and Esc gives the focus back", () => {
    const cell = document.createElement("div");
    cell.tabIndex = 0;
    document.body.append(cell);
    cell.append(el);
    for (const node of el.querySelectorAll("button, input, [tabindex]")) {
      expect(node.getAttribute("data-lm-suppress-shortcuts"), node.className).toBe("true");
    }
    stage().focus();
    expect(document.activeElement).toBe(stage());
    key(stage(), "Escape", "Escape");
    expect(document.activeElement).toBe(cell);
  });

  it("hide the mask only while H is held", async () => {
    new Hand(canvas()).drag([[100, 100]]);
    const context = canvas().getContext("2d")!;
    const red = () => context.getImageData(Math.round((100 * canvas().width) / canvas().clientWidth), 100, 1, 1).data[0];
    key(stage(), "KeyH", "h");
    await frame();
    expect(red()).toBeLessThan(10);
    stage().dispatchEvent(new KeyboardEvent("keyup", { code: "KeyH", key: "h", bubbles: true }));
    await frame();
    expect(red()).toBeGreaterThan(100);
  });
});

describe("the wheel", () => {
  const wheel = (more: WheelEventInit) => {
    const rect = canvas().getBoundingClientRect();
    const event = new WheelEvent("wheel", { bubbles: true, cancelable: true, deltaY: -120, clientX: rect.left + 150, clientY: rect.top + 90, ...more });
    canvas().dispatchEvent(event);
    return event;
  };

  it("scrolls the notebook when it is plain", () => expect(wheel({}).defaultPrevented).toBe(false));

  it("zooms to the pointer with Ctrl", async () => {
    const hand = new Hand(canvas());
    hand.drag([[150, 90]]);
    expect(wheel({ ctrlKey: true }).defaultPrevented).toBe(true);
    hand.drag([[150, 90]]);
    hand.drag([[200, 90]]);
    const all = (await ops(3)).map((op) => points(op)[0]!);
    expect(Math.hypot(all[1]![0] - all[0]![0], all[1]![1] - all[0]![1])).toBeLessThan(1 / 32);
    expect((all[2]![0] - all[1]![0]) * scale()).toBeLessThan(45);
  });

  it("and Space or the middle button drag the picture", async () => {
    const hand = new Hand(canvas());
    wheel({ ctrlKey: true });
    key(stage(), "Space", " ");
    hand.drag([[100, 100], [140, 100]]);
    stage().dispatchEvent(new KeyboardEvent("keyup", { code: "Space", key: " ", bubbles: true }));
    hand.drag([[100, 100], [120, 100]], { button: 1, buttons: 4 });
    expect(model.sent).toEqual([]);
    hand.drag([[100, 100]]);
    expect(await ops(1)).toHaveLength(1);
  });
});

describe("the prompt", () => {
  const input = () => el.querySelector<HTMLInputElement>(".bn-prompt input[type=text]")!;
  const type = (value: string) => {
    input().value = value;
    input().dispatchEvent(new Event("input", { bubbles: true }));
  };

  it("runs by Enter, after the strokes", async () => {
    new Hand(canvas()).drag([[100, 100]]);
    type("a straw hat");
    key(input(), "Enter", "Enter");
    await until(() => model.of("run").length > 0);
    expect(model.sent.map(({ content }) => content["kind"])).toEqual(["ops", "run"]);
    expect(model.of("run")[0]!.content).toEqual({ kind: "run", prompt: "a straw hat", n: 1, seed: null });
  });

  it("does not run by the Enter that ends a composition", async () => {
    new Hand(canvas()).drag([[100, 100]]);
    type("草帽");
    key(input(), "Enter", "Enter", { isComposing: true });
    key(input(), "Enter", "Enter", { [OLD]: 229 });
    await frame();
    expect(model.of("run")).toEqual([]);
  });

  it("is in its field again when the page is loaded anew", async () => {
    model.put("run", { busy: false, state: "done", line: "", detail: "", cancel: false, prompt: "一顶草帽" });
    expect(el.querySelector<HTMLInputElement>(".bn-prompt input[type=text]")!.value).toBe(""); // what is being typed here stays
    const other = outputArea();
    const closeOther = await show(widget, model, other);
    expect(other.querySelector<HTMLInputElement>(".bn-prompt input[type=text]")!.value).toBe("一顶草帽");
    closeOther();
  });

  it("does not run when it is empty or something runs already", async () => {
    new Hand(canvas()).drag([[100, 100]]);
    key(input(), "Enter", "Enter");
    type("a hat");
    model.put("run", { busy: true, state: "running", line: "drawing", detail: "", cancel: true });
    key(input(), "Enter", "Enter");
    await frame();
    expect(model.of("run")).toEqual([]);
    const cancel = [...el.querySelectorAll("button")].find((node) => node.textContent === "Cancel")!;
    cancel.click();
    expect(model.of("cancel")).toHaveLength(1);
  });
});

describe("the kernel", () => {
  it("can be gone: nothing is thrown, painting goes on, Run does not", async () => {
    model.die();
    new Hand(canvas()).drag([[100, 100]]);
    await frame();
    expect(el.textContent).toContain("The kernel is gone.");
    expect([...el.querySelectorAll("button")].find((node) => node.textContent === "Run")!.disabled).toBe(true);
  });

  it("that was gone when strokes were made is told them by the next painter of the picture, once and in order", async () => {
    const kept = (traits: { shown: object }, acks = {}) => ({ ...traits.shown, kept: "ab12", acks });
    model.put("shown", kept({ shown: model.get("shown") as object }));
    const hand = new Hand(canvas());
    hand.drag([[100, 100], [140, 100]]);
    const { client } = model.of("ops")[0]!.content as { client: string };
    hand.drag([[100, 140], [140, 140]]); // sent into the dark: the kernel has died, and nobody knows it yet
    model.die();
    hand.drag([[100, 180], [140, 180]]);
    key(stage(), "KeyV", "V", { shiftKey: true });

    const traits = await painterTraits(WIDTH, HEIGHT);
    const next = new Model({ ...traits, texts: { ...traits.texts, recovered: "{count} are back" } });
    const area = outputArea();
    const closeNext = await show(widget, next, area);
    expect(next.of("ops")).toEqual([]); // it is not known yet under which name its strokes are kept
    next.put("shown", kept(traits, { [client]: 1 })); // the first one was written down in time
    const told = next.of("ops").map(({ content }) => (content["op"] as Op).op);
    expect(told).toEqual(["stroke", "stroke", "invert"]);
    expect(points(next.of("ops")[0]!.content["op"] as Op).map(([, y]) => Math.round(y * scale()))).toEqual([140, 140]);
    expect(area.querySelector(".bn-status")!.textContent).toContain("3 are back");
    const third = new Model({ ...traits, shown: kept(traits) });
    const closeThird = await show(widget, third, outputArea());
    expect(third.of("ops")).toEqual([]);
    closeThird();
    closeNext();
  });

  it("that answers is obeyed: another page's mask is shown", async () => {
    const bitmap = new Bitmap(WIDTH, HEIGHT);
    draw(bitmap, { op: "rect", box: [0, 0, 320, 480], erase: false });
    const packed = pack(bitmap);
    const shown = { seq: 1, crc: crc32(packed), acks: {}, undo: 1, redo: 0, warning: "", bitmap: new DataView((await deflate(packed)).buffer) };
    model.put("shown", shown);
    await until(() => el.textContent.includes("50.0 % painted"));
  });

  it("says things that stay text", async () => {
    const evil = "<img src=x onerror=\"document.body.dataset.hit='1'\">";
    model.put("fault", evil);
    model.put("run", { busy: false, state: "failed", line: evil, detail: evil, cancel: false, prompt: "" });
    model.put("attempts", [{ ...attempt("a-0", new DataView(new ArrayBuffer(0))), title: evil, path: evil, prompt: evil }]);
    model.put("shown", { ...(model.get("shown") as object), warning: evil });
    await frame();
    expect(el.querySelectorAll("img")).toHaveLength(1); // the attempt's own
    expect(el.querySelector(".bn-status")?.textContent).toContain(evil);
    expect(document.body.dataset["hit"]).toBeUndefined();
  });
});

describe("views", () => {
  it("of one model show one painting, and leave nothing behind", async () => {
    const made = widget();
    const other = new Model(await painterTraits(WIDTH, HEIGHT));
    const [first, second] = [outputArea(), outputArea()];
    await (made as { initialize: (props: unknown) => unknown }).initialize({ model: other });
    const closeFirst = await again(made as never, other, first);
    const closeSecond = await again(made as never, other, second);
    await frame();
    new Hand(first.querySelector("canvas")!).drag([[100, 100], [200, 100]]);
    await until(() => second.textContent.includes("% painted") && !second.textContent.includes("0.0 % painted"));
    closeFirst();
    new Hand(second.querySelector("canvas")!).drag([[100, 200]]);
    await until(() => other.of("ops").length === 2);
    expect(first.childElementCount).toBe(0);
    closeSecond();
    expect(second.childElementCount).toBe(0);
  });

  it("live in a shadow root too", async () => {
    const host = outputArea();
    const inside = document.createElement("div");
    host.attachShadow({ mode: "open" }).append(inside);
    const style = document.createElement("style");
    style.textContent = ".bn-stage{width:400px;height:300px;position:relative}.bn-canvas{position:absolute;width:100%;height:100%}";
    inside.before(style);
    const other = new Model(await painterTraits(WIDTH, HEIGHT));
    const closeOther = await show(widget, other, inside);
    await frame();
    new Hand(inside.querySelector("canvas")!).drag([[100, 100]]);
    await until(() => other.of("ops").length === 1);
    expect(other.setByPage).toEqual([]);
    closeOther();
  });

  it("in marimo tell by a trait that Python has what was painted", async () => {
    const host = document.createElement("marimo-anywidget");
    document.body.append(host);
    const inside = document.createElement("div");
    host.attachShadow({ mode: "open" }).append(inside);
    const traits = await painterTraits(WIDTH, HEIGHT);
    const other = new Model(traits);
    const closeOther = await show(widget, other, inside);
    key(inside.querySelector(".bn-stage")!, "KeyV", "V", { shiftKey: true });
    const { client, n } = other.of("ops")[0]!.content as { client: string; n: number };
    expect(other.setByPage).toEqual([]);
    const bitmap = new Bitmap(WIDTH, HEIGHT);
    bitmap.invert();
    const packed = pack(bitmap);
    other.put("shown", { ...traits.shown, seq: 1, crc: crc32(packed), acks: { [client]: n }, bitmap: new DataView((await deflate(packed)).buffer) });
    await until(() => other.setByPage.length > 0);
    expect(other.setByPage).toEqual([["seen", 1]]);
    closeOther();
  });

  it("ask for more pixels when the picture is shown larger than what there is of it", async () => {
    const traits = await painterTraits(4 * WIDTH, 4 * HEIGHT);
    const other = new Model({ ...traits, preview: { data: new DataView(await picture(WIDTH, HEIGHT)), reduced: true } });
    const area = outputArea();
    const closeOther = await show(widget, other, area);
    await frame();
    expect(other.of("picture")).toHaveLength(0);
    key(area.querySelector(".bn-stage")!, "Digit1", "1");
    await until(() => other.of("picture").length === 1);
    other.fire("msg:custom", { kind: "picture" }, [traits.preview.data]);
    await frame();
    closeOther();
  });
});
