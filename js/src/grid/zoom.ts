// One zoom for all pictures of the viewer: the wheel zooms to the pointer, a drag moves what is zoomed, keys do both.

import { wheelFactor } from "../painter/geometry";
import { on } from "../page/dom";

/** Lengths are fractions of the picture's place, so that places of any size show the same part. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const FIT: View = { scale: 1, x: 0, y: 0 };

const NEAREST = 16;
const STEP = 1.25;
const STRIDE = 0.1;

/** Zoom so that what lies at (x, y) stays there. */
export function zoomAt(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(NEAREST, Math.max(1, view.scale * factor));
  const k = scale / view.scale;
  return hold({ scale, x: x - (x - view.x) * k, y: y - (y - view.y) * k });
}

export function pan(view: View, dx: number, dy: number): View {
  return hold({ ...view, x: view.x + dx, y: view.y + dy });
}

/** What a key on the large picture does to the view, null when it is none of the zoom's. */
export function zoomKey(view: View, key: string): View | null {
  if (key === "+" || key === "=") return zoomAt(view, STEP, 0.5, 0.5);
  if (key === "-") return zoomAt(view, 1 / STEP, 0.5, 0.5);
  if (view.scale === 1) return null; // the arrows walk through the cells
  if (key === "ArrowLeft") return pan(view, STRIDE, 0);
  if (key === "ArrowRight") return pan(view, -STRIDE, 0);
  if (key === "ArrowUp") return pan(view, 0, STRIDE);
  if (key === "ArrowDown") return pan(view, 0, -STRIDE);
  return null;
}

export function transform({ scale, x, y }: View): string {
  return scale === 1 ? "" : `translate(${percent(x)}, ${percent(y)}) scale(${scale})`;
}

/** The picture covers its place at every zoom. */
function hold({ scale, x, y }: View): View {
  const kept = (at: number) => Math.min(0, Math.max(1 - scale, at));
  return { scale, x: kept(x), y: kept(y) };
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(4))}%`;
}

interface Grip {
  readonly x: number;
  readonly y: number;
  readonly view: View;
}

export class Zoom {
  readonly #frame: HTMLElement;
  readonly #room: (clientX: number) => DOMRect;
  readonly #changed: () => void;
  #view = FIT;
  #grip: Grip | null = null;

  /** `room` says which picture's place lies under the pointer. */
  constructor(frame: HTMLElement, room: (clientX: number) => DOMRect, changed: () => void, signal: AbortSignal) {
    this.#frame = frame;
    this.#room = room;
    this.#changed = changed;
    on(frame, "wheel", (event) => this.#wheel(event), signal, { passive: false });
    on(frame, "pointerdown", (event) => this.#down(event), signal);
    on(frame, "pointermove", (event) => this.#move(event), signal);
    for (const type of ["pointerup", "pointercancel"] as const) on(frame, type, () => (this.#grip = null), signal);
  }

  get view(): View {
    return this.#view;
  }

  get zoomed(): boolean {
    return this.#view.scale > 1;
  }

  look(view: View): void {
    this.#view = view.scale === 1 ? FIT : view;
    this.#changed();
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the notebook
    event.preventDefault();
    event.stopPropagation();
    const box = this.#room(event.clientX);
    const [x, y] = [(event.clientX - box.left) / (box.width || 1), (event.clientY - box.top) / (box.height || 1)];
    this.look(zoomAt(this.#view, wheelFactor(event.deltaY, event.deltaMode), x, y));
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0 || event.defaultPrevented || !this.zoomed) return; // the divider has taken it, or nothing can move
    this.#grip = { x: event.clientX, y: event.clientY, view: this.#view };
    if (event.isTrusted) this.#frame.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const grip = this.#grip;
    if (!grip || (event.buttons & 1) === 0) return;
    const box = this.#room(grip.x);
    this.look(pan(grip.view, (event.clientX - grip.x) / (box.width || 1), (event.clientY - grip.y) / (box.height || 1)));
  }
}
