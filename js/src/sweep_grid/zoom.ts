// One zoom for all pictures of the viewer: the wheel zooms to the pointer, a drag moves what is zoomed, keys do both.

import { wheelFactor } from "../painter/geometry";
import { on } from "../page/dom";

/** Lengths are fractions of the pane, so that panes of any size show the same part. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const FIT: View = { scale: 1, x: 0, y: 0 };

const MAX_SCALE = 16;
const ZOOM_STEP = 1.25;
const PAN_STEP = 0.1;

/** Zoom so that what lies at (x, y) stays there. */
export function zoomAt(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(MAX_SCALE, Math.max(1, view.scale * factor));
  const k = scale / view.scale;
  return clamp({ scale, x: x - (x - view.x) * k, y: y - (y - view.y) * k });
}

export function pan(view: View, dx: number, dy: number): View {
  return clamp({ ...view, x: view.x + dx, y: view.y + dy });
}

/** What a key on the large picture does to the view, null for a key that the zoom does not use. */
export function zoomKey(view: View, key: string): View | null {
  if (key === "+" || key === "=") return zoomAt(view, ZOOM_STEP, 0.5, 0.5);
  if (key === "-") return zoomAt(view, 1 / ZOOM_STEP, 0.5, 0.5);
  if (view.scale === 1) return null; // the arrows walk through the cells
  if (key === "ArrowLeft") return pan(view, PAN_STEP, 0);
  if (key === "ArrowRight") return pan(view, -PAN_STEP, 0);
  if (key === "ArrowUp") return pan(view, 0, PAN_STEP);
  if (key === "ArrowDown") return pan(view, 0, -PAN_STEP);
  return null;
}

export function transform({ scale, x, y }: View): string {
  return scale === 1 ? "" : `translate(${percent(x)}, ${percent(y)}) scale(${scale})`;
}

/** Keep the pane covered at every zoom. */
function clamp({ scale, x, y }: View): View {
  const kept = (at: number) => Math.min(0, Math.max(1 - scale, at));
  return { scale, x: kept(x), y: kept(y) };
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(4))}%`;
}

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly view: View;
}

export class Zoom {
  readonly #frame: HTMLElement;
  readonly #paneAt: (clientX: number) => DOMRect;
  readonly #changed: () => void;
  #view = FIT;
  #drag: Drag | null = null;

  /** `paneAt` returns the pane under the pointer. */
  constructor(frame: HTMLElement, paneAt: (clientX: number) => DOMRect, changed: () => void, signal: AbortSignal) {
    this.#frame = frame;
    this.#paneAt = paneAt;
    this.#changed = changed;
    on(frame, "wheel", (event) => this.#wheel(event), signal, { passive: false });
    on(frame, "pointerdown", (event) => this.#down(event), signal);
    on(frame, "pointermove", (event) => this.#move(event), signal);
    for (const type of ["pointerup", "pointercancel"] as const) on(frame, type, () => (this.#drag = null), signal);
  }

  get view(): View {
    return this.#view;
  }

  get zoomed(): boolean {
    return this.#view.scale > 1;
  }

  setView(view: View): void {
    this.#view = view.scale === 1 ? FIT : view;
    this.#changed();
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the notebook
    event.preventDefault();
    event.stopPropagation();
    const box = this.#paneAt(event.clientX);
    const [x, y] = [(event.clientX - box.left) / (box.width || 1), (event.clientY - box.top) / (box.height || 1)];
    this.setView(zoomAt(this.#view, wheelFactor(event.deltaY, event.deltaMode), x, y));
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0 || event.defaultPrevented || !this.zoomed) return; // the divider has taken it, or nothing can move
    this.#drag = { x: event.clientX, y: event.clientY, view: this.#view };
    if (event.isTrusted) this.#frame.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const drag = this.#drag;
    if (!drag || (event.buttons & 1) === 0) return;
    const box = this.#paneAt(drag.x);
    this.setView(pan(drag.view, (event.clientX - drag.x) / (box.width || 1), (event.clientY - drag.y) / (box.height || 1)));
  }
}
