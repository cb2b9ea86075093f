// A notebook's end of a widget, in a real browser: the model that ipywidgets would give, and a kernel that answers.

import type { AnyModel } from "@anywidget/types";
import { Bitmap } from "../../src/pixels/bitmap";
import { crc32, pack } from "../../src/pixels/mask_codec";
import { deflate } from "../deflate";
import { draw } from "../../src/pixels/ops";
import type { Op } from "../../src/pixels/ops";
import type { Attempt } from "../../src/painter/attempts";
import type { Traits } from "../../src/painter/traits";

type Callback = (...values: unknown[]) => void;

export interface Sent {
  readonly content: Record<string, unknown>;
  readonly buffers: ArrayBuffer[];
}

/** What anywidget hands to a widget. */
export class Model {
  readonly sent: Sent[] = [];
  /** Traits that the page has set. */
  readonly setByPage: [string, unknown][] = [];
  alive = true;
  /** What JupyterLab knows of the notebook. */
  readonly widget_manager = { context: { isDisposed: false } };
  readonly #values: Record<string, unknown>;
  readonly #listeners = new Map<string, Set<Callback>>();

  constructor(values: object) {
    this.#values = { ...values };
  }

  get(name: string): unknown {
    return this.#values[name];
  }

  on(name: string, callback: Callback): void {
    const known = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, known.add(callback));
  }

  set(name: string, value: unknown): void {
    this.#values[name] = value;
    this.setByPage.push([name, value]);
  }

  save_changes(): void {
    // what was set is sent with the next message, in a notebook
  }

  off(): void {
    throw new Error("anywidget takes a view's listeners away by itself");
  }

  send(content: Record<string, unknown>, _: unknown, buffers: ArrayBuffer[] = []): void {
    if (!this.alive) throw new Error("Cannot send");
    this.sent.push({ content: structuredClone(content), buffers });
  }

  /** Python sets a trait. */
  put(name: string, value: unknown): void {
    this.putAll({ [name]: value });
  }

  /** Python sets traits in one message: all are there before the first listener hears of one. */
  putAll(values: Record<string, unknown>): void {
    Object.assign(this.#values, values);
    for (const name of Object.keys(values)) this.fire(`change:${name}`);
  }

  fire(name: string, ...values: unknown[]): void {
    for (const callback of this.#listeners.get(name) ?? []) callback(...values);
  }

  of(kind: string): Sent[] {
    return this.sent.filter(({ content }) => content["kind"] === kind);
  }

  die(): void {
    this.alive = false;
    this.fire("comm_live_update");
  }
}

interface Factory {
  initialize?: (props: { model: AnyModel }) => unknown;
  render?: (props: { model: AnyModel; el: HTMLElement }) => unknown;
}

/** Show a widget as anywidget does; returns what takes it away again. */
export async function show(make: () => unknown, model: Model, el: HTMLElement): Promise<() => void> {
  const widget = make() as Factory;
  await widget.initialize?.({ model: model as unknown as AnyModel });
  return again(widget, model, el);
}

export async function again(widget: Factory, model: Model, el: HTMLElement): Promise<() => void> {
  return (await widget.render?.({ model: model as unknown as AnyModel, el })) as () => void;
}

export function outputArea(width = 600): HTMLElement {
  const el = document.createElement("div");
  el.style.width = `${width}px`;
  document.body.append(el);
  return el;
}

export async function painterTraits(width: number, height: number, ops: Op[] = []): Promise<Traits> {
  const bitmap = new Bitmap(width, height);
  for (const op of ops) draw(bitmap, op);
  const packed = pack(bitmap);
  return {
    size: [width, height],
    texts: { run: "Run", cancel: "Cancel", gone: "The kernel is gone.", coverage: "{percent} % painted" },
    preview: { data: new DataView(await picture(width, height)), reduced: false },
    shown: { seq: 0, crc: crc32(packed), acks: {}, undo: ops.length, redo: 0, warning: "", note: "", kept: "", bitmap: new DataView((await deflate(packed)).buffer) },
    run: { busy: false, state: "", line: "", detail: "", cancel: false, prompt: "", answered: 0 },
    attempts: [],
    pictures: { at: 0, attempts: [""] },
    offer: { prices: ["CNY 0.14", "CNY 0.28"], negative_prompt: false, given: { n: 1, seed: null, negative_prompt: "" } },
    fault: "",
    seen: 0,
  };
}

/** A PNG: green left, blue right. */
export async function picture(width: number, height: number): Promise<ArrayBuffer> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#00a000";
  context.fillRect(0, 0, width / 2, height);
  context.fillStyle = "#0000c0";
  context.fillRect(width / 2, 0, width / 2, height);
  return (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer();
}

/** An attempt as Python lists it. */
export function attempt(id: string, data: DataView, more: Partial<Attempt> = {}): Attempt {
  return { id, title: `${id}.png`, path: `wan_out/${id}.png`, seed: 7, size: [640, 480], prompt: "a hat", ground: 0, data, ...more };
}

/** A PNG of one colour. */
export async function plain(colour: string, width = 64, height = 48): Promise<DataView> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d")!;
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  return new DataView(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
}

export const frame = () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));

export async function until(what: () => boolean): Promise<void> {
  for (let k = 0; k < 200; k++) {
    if (what()) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`never: ${what.toString()}`);
}

/** Pointer events such as a mouse, finger or pen makes, at CSS pixels of the canvas. */
export class Hand {
  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly more: PointerEventInit = {},
  ) {}

  fire(type: string, x: number, y: number, more: PointerEventInit = {}): void {
    const rect = this.canvas.getBoundingClientRect();
    const base = { bubbles: true, cancelable: true, composed: true, pointerId: 1, pointerType: "mouse", button: 0, buttons: 1 };
    this.canvas.dispatchEvent(new PointerEvent(type, { ...base, clientX: rect.left + x, clientY: rect.top + y, ...this.more, ...more }));
  }

  drag(points: readonly (readonly [number, number])[], more: PointerEventInit = {}): void {
    const [first, last] = [points[0]!, points.at(-1)!];
    this.fire("pointerdown", ...first, more);
    for (const point of points.slice(1)) this.fire("pointermove", ...point, more);
    this.fire("pointerup", ...last, { ...more, buttons: 0 });
  }
}

export function key(target: Element, code: string, typed: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { code, key: typed, bubbles: true, cancelable: true, composed: true, ...more });
  target.dispatchEvent(event);
  return event;
}

