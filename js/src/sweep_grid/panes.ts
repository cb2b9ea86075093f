// The large pictures: one, or two that are compared over or beside each other. They share their frame and their zoom.

import { h, on, setText } from "../page/dom";
import { Blink } from "./blink";
import type { Mode } from "./compare";
import { matchSizes } from "./compare";
import type { View } from "./zoom";
import { FIT, Zoom, transform } from "./zoom";

const GRIP = 14; // CSS pixels from the divider in which it can be grabbed in a zoomed picture

export interface Shown {
  readonly url: string | undefined;
  readonly name: string;
}

/** How the sizes of the two pictures compare; null while one is missing or not yet decoded. */
export type Fitness = ReturnType<typeof matchSizes> | null;

export class Panes {
  readonly element: HTMLElement;
  readonly #before = pane("bn-before");
  readonly #after = pane("bn-after");
  readonly #divider = h("div", { class: "bn-divider", hidden: "" });
  readonly #zoom: Zoom;
  readonly #blink: Blink;
  readonly #changed: () => void;
  #mode: Mode | null = null;
  #split = 0.5;
  #opacity = 0.5;
  /** How much brighter the difference is shown: 1 to 16 times, here as 0 to 1. */
  #gain = 0.2;
  #flipped = false;
  #paused = false;
  #fitness: Fitness = null;
  #sliding = false;

  /** `changed` is called when the user has moved something, or a picture was decoded. */
  constructor(label: string, changed: () => void, signal: AbortSignal) {
    this.#changed = changed;
    this.element = h("div", { class: "bn-frame", tabindex: "0", role: "group", label }, this.#before.pane, this.#after.pane, this.#divider);
    on(this.element, "pointerdown", (event) => this.#down(event), signal);
    on(this.element, "pointermove", (event) => this.#move(event), signal);
    for (const type of ["pointerup", "pointercancel"] as const) on(this.element, type, () => (this.#sliding = false), signal);
    this.#zoom = new Zoom(this.element, (clientX) => this.#paneAt(clientX), () => this.#moved(), signal);
    this.#blink = new Blink(this.element, () => this.#flip(), signal);
    for (const { image } of [this.#before, this.#after]) on(image, "load", () => this.#changed(), signal);
  }

  get view(): View {
    return this.#zoom.view;
  }

  get fitness(): Fitness {
    return this.#fitness;
  }

  /** Position of the divider, opacity of the overlay, gain of the difference: 0 to 1; null in modes without one. */
  get amount(): number | null {
    if (this.#mode === "diff") return this.#fitness === "unlike" ? null : this.#gain;
    return this.#mode === "slider" ? this.#split : this.#mode === "overlay" ? this.#opacity : null;
  }

  /** Move the divider, or change opacity or gain. */
  slide(value: number): void {
    const kept = Math.min(1, Math.max(0, value));
    if (this.#mode === "overlay") this.#opacity = kept;
    else if (this.#mode === "diff") this.#gain = kept;
    else this.#split = kept;
    this.#moved();
  }

  /** Show one picture, or two in a mode; `missing` dims what stands in for a picture that is not there. */
  show(before: Shown, after: Shown, mode: Mode | null, missing: boolean): void {
    fill(this.#before, before, mode !== null);
    fill(this.#after, after, mode !== null);
    if (mode !== this.#mode) this.#flipped = this.#paused = false;
    this.#mode = mode;
    this.element.classList.toggle("bn-missing", missing);
    this.#draw();
  }

  /** Show the other picture and pause blinking until the mode is chosen again. */
  swap(): void {
    this.#paused = true;
    this.#flip();
  }

  setView(view: View): void {
    this.#zoom.setView(view);
  }

  /** Nothing is shown: nothing moves, and the next picture is shown whole. */
  close(): void {
    this.#mode = null;
    this.#blink.turn(false);
    this.#zoom.setView(FIT);
  }

  #draw(): void {
    const [before, after] = [this.#before, this.#after];
    const two = this.#mode !== null;
    const sizes = [natural(before.image), natural(after.image)] as const;
    this.#fitness = two && sizes[0] && sizes[1] ? matchSizes(sizes[0], sizes[1]) : null;
    // Pictures of different shapes have no difference pixel by pixel.
    const mode = this.#mode === "diff" && this.#fitness === "unlike" ? "side" : (this.#mode ?? "one");
    const shape = (after.image.hasAttribute("src") ? sizes[1] : null) ?? sizes[0];
    const frame = this.element;
    frame.dataset["mode"] = mode;
    frame.classList.toggle("bn-unlike", this.#fitness === "unlike");
    frame.style.setProperty("--bn-gain", String(1 + 15 * this.#gain));
    if (shape) frame.style.setProperty("--bn-shape", String(shape.width / shape.height));
    after.pane.hidden = !after.image.hasAttribute("src");
    before.pane.hidden = !two && !after.pane.hidden;
    before.tag.hidden = after.tag.hidden = !two || mode === "diff";
    after.pane.style.clipPath = mode === "slider" ? `inset(0 0 0 ${this.#split * 100}%)` : "";
    after.image.style.opacity = mode === "overlay" ? String(this.#opacity) : "";
    after.pane.style.visibility = mode === "blink" && this.#flipped ? "hidden" : "";
    this.#divider.hidden = mode !== "slider";
    this.#divider.style.left = `${this.#split * 100}%`;
    this.#blink.turn(mode === "blink" && !this.#paused);
    const zoomed = transform(this.view);
    for (const { image } of [before, after]) image.style.transform = zoomed;
    frame.classList.toggle("bn-zoomed", this.#zoom.zoomed);
  }

  #moved(): void {
    this.#draw();
    this.#changed();
  }

  #flip(): void {
    this.#flipped = !this.#flipped;
    this.#draw();
  }

  #paneAt(clientX: number): DOMRect {
    const after = this.#after.pane.getBoundingClientRect();
    const inAfter = !this.#after.pane.hidden && (this.#before.pane.hidden || clientX >= after.left);
    return inAfter ? after : this.#before.pane.getBoundingClientRect();
  }

  #down(event: PointerEvent): void {
    if (this.#divider.hidden || (event.buttons & 1) === 0) return;
    const box = this.element.getBoundingClientRect();
    const near = Math.abs(event.clientX - box.left - this.#split * box.width) <= GRIP;
    if (this.#zoom.zoomed && !near) return; // this drag moves the picture
    this.#sliding = true;
    event.preventDefault();
    if (event.isTrusted) this.element.setPointerCapture(event.pointerId);
    this.#move(event);
  }

  #move(event: PointerEvent): void {
    if (!this.#sliding || (event.buttons & 1) === 0) return;
    const box = this.element.getBoundingClientRect();
    this.slide((event.clientX - box.left) / (box.width || 1));
  }
}

interface Pane {
  readonly pane: HTMLElement;
  readonly image: HTMLImageElement;
  readonly tag: HTMLElement;
}

function pane(name: string): Pane {
  const image = h("img", { alt: "" });
  image.draggable = false;
  const tag = h("span", { class: "bn-tag", hidden: "", "aria-hidden": "true" });
  return { pane: h("div", { class: `bn-pane ${name}` }, image, tag), image, tag };
}

function fill({ image, tag }: Pane, { url, name }: Shown, named: boolean): void {
  if (url === undefined) image.removeAttribute("src");
  else if (image.src !== url) image.src = url;
  image.alt = name;
  setText(tag, named ? name : "");
}

function natural(image: HTMLImageElement): { width: number; height: number } | null {
  return image.hasAttribute("src") && image.complete && image.naturalWidth > 0 ? { width: image.naturalWidth, height: image.naturalHeight } : null;
}
