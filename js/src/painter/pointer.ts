// Mouse, pen and touch on the stage: one finger or button draws, two fingers, the middle button or Space move the view.

import { on } from "../page/dom";
import { paintSegment, snap } from "../pixels/stroke";
import { flood } from "../pixels/shapes";
import type { Brush } from "./brush";
import { pinch, wheelFactor } from "./geometry";
import { radiusAt, Trace } from "./pressure";
import { Shape } from "./shape";
import type { Stage } from "./stage";
import type { Store } from "./store";

type At = [number, number];

export class Pointer {
  /** Space is down: drags move the view. */
  panning = false;
  readonly #stage: Stage;
  readonly #store: Store;
  readonly #brush: Brush;
  readonly #changed: () => void;
  readonly #fingers = new Map<number, At>();
  #trace: Trace | null = null;
  #drag: { id: number; at: At } | null = null;
  #drawing: number | null = null;
  #shape: Shape | null = null;
  /** Where the last stroke ended: Shift+click draws a line from there. */
  #last: At | null = null;
  #here: At | null = null;

  constructor(stage: Stage, store: Store, brush: Brush, changed: () => void, signal: AbortSignal) {
    this.#stage = stage;
    this.#store = store;
    this.#brush = brush;
    this.#changed = changed;
    const { canvas } = stage;
    on(canvas, "pointerdown", (event) => this.#down(event), signal);
    on(canvas, "pointermove", (event) => this.#move(event), signal);
    on(canvas, "pointerup", (event) => this.#up(event, true), signal);
    on(canvas, "pointercancel", (event) => this.#up(event, false), signal);
    on(canvas, "pointerleave", () => this.#leave(), signal);
    on(canvas, "dblclick", () => this.finish(), signal);
    on(canvas, "contextmenu", (event) => event.preventDefault(), signal);
    on(canvas, "wheel", (event) => this.#wheel(event), signal, { passive: false });
  }

  get shape(): Shape | null {
    return this.#shape;
  }

  get busy(): boolean {
    return this.#drawing !== null || this.#shape !== null;
  }

  /** Picture point under the pointer or the keyboard's cursor. */
  get here(): At | null {
    return this.#here;
  }

  /** Move the cursor by picture pixels, without a pointer. */
  nudge(dx: number, dy: number): void {
    const [x, y] = this.#here ?? this.#stage.middle;
    this.#here = [snap(x + dx), snap(y + dy)];
    if (this.#shape) this.#shape.move(...this.#here, false);
    this.ring();
    this.#stage.redraw();
  }

  /** Do at the cursor what a click would do. */
  dab(line: boolean): void {
    const at = this.#here ?? this.#stage.middle;
    this.#here = at;
    if (this.#brush.tool === "brush") {
      const from = line && this.#last ? this.#last : at;
      this.#stroke([from, at]);
    } else if (this.#brush.tool === "fill") this.#flood(at);
    else if (!this.#shape) this.#shape = new Shape(this.#brush.tool, ...at);
    else if (this.#brush.tool === "rect" || this.#brush.tool === "ellipse" || this.#shape.op(false) !== null) {
      this.#shape.move(...at, false);
      if (this.#shape.isPolygon && !line) this.#shape.add(...at);
      else this.finish();
    } else this.#shape.add(...at);
    this.#stage.redraw();
  }

  /** Close the shape that is being drawn and paint it. */
  finish(): void {
    const op = this.#shape?.op(this.#brush.erase);
    this.#shape = null;
    this.#drawing = null;
    if (op) this.#store.apply(op);
    this.#stage.redraw();
    this.#changed();
  }

  /** Give up what is being drawn; false when there was nothing. */
  drop(): boolean {
    if (!this.busy) return false;
    if (this.#trace) this.#store.cancel();
    this.#trace = null;
    this.#shape = null;
    this.#drawing = null;
    this.#stage.redraw();
    this.#changed();
    return true;
  }

  /** Show the brush where it is, in its present size. */
  ring(): void {
    const size = this.#brush.tool === "brush" ? this.#brush.r : 0;
    this.#stage.point(this.#here && !this.#drag ? { x: this.#here[0], y: this.#here[1], r: size } : null);
  }

  #down(event: PointerEvent): void {
    const { canvas, element } = this.#stage;
    element.focus({ preventScroll: true });
    if (event.pointerType === "touch") this.#fingers.set(event.pointerId, this.#stage.onCanvas(event));
    if (this.#fingers.size > 1) {
      this.drop(); // the first finger was no stroke but half of a pinch
      return;
    }
    if (event.button > 1) return;
    event.preventDefault();
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      // a pen that has left already; its pointercancel or pointerleave ends what begins here
    }
    if (event.button === 1 || this.panning) {
      this.#drag = { id: event.pointerId, at: this.#stage.onCanvas(event) };
      this.ring();
      return;
    }
    if (this.#drawing !== null) return;
    this.#begin(event, this.#stage.at(event));
  }

  #begin(event: PointerEvent, at: At): void {
    const { tool } = this.#brush;
    this.#here = at;
    if (tool === "fill") {
      this.#flood(at);
    } else if (tool === "polygon") {
      if (this.#shape) this.#shape.add(...at);
      else this.#shape = new Shape(tool, ...at);
      this.#stage.redraw();
    } else if (tool === "brush") {
      this.#drawing = event.pointerId;
      this.#trace = new Trace(this.#brush.erase);
      this.#store.begin();
      if (event.shiftKey && this.#last) this.#draw(this.#last, this.#brush.r);
      this.#draw(at, this.#radius(event));
      this.ring();
    } else {
      this.#drawing = event.pointerId;
      this.#shape = new Shape(tool, ...at);
    }
  }

  #move(event: PointerEvent): void {
    if (this.#fingers.has(event.pointerId) && this.#fingers.size > 1) {
      this.#pinch(event);
      return;
    }
    if (this.#drag?.id === event.pointerId) {
      const at = this.#stage.onCanvas(event);
      this.#stage.pan(at[0] - this.#drag.at[0], at[1] - this.#drag.at[1]);
      this.#drag = { id: event.pointerId, at };
      return;
    }
    this.#here = this.#stage.at(event);
    if (this.#trace && this.#drawing === event.pointerId) {
      const parts = event.getCoalescedEvents();
      for (const part of parts.length > 0 ? parts : [event]) this.#draw(this.#stage.at(part), this.#radius(part));
    } else if (this.#shape && (this.#drawing === event.pointerId || this.#shape.isPolygon)) {
      this.#shape.move(...this.#here, event.shiftKey);
      this.#stage.redraw();
    }
    this.ring();
    this.#changed();
  }

  #up(event: PointerEvent, finished: boolean): void {
    this.#fingers.delete(event.pointerId);
    if (this.#drag?.id === event.pointerId) {
      this.#drag = null;
      this.ring();
    }
    if (this.#drawing !== event.pointerId) return;
    if (!finished) {
      this.drop();
      return;
    }
    this.#drawing = null;
    const trace = this.#trace;
    this.#trace = null;
    if (!trace) {
      this.finish();
      return;
    }
    this.#last = this.#here;
    const op = trace.op();
    if (op) this.#store.commit(op);
    else this.#store.cancel();
    if (event.pointerType === "touch") this.#leave();
  }

  #leave(): void {
    if (this.#drawing !== null || this.#drag) return;
    this.#here = null;
    this.ring();
    this.#changed();
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the notebook
    event.preventDefault();
    event.stopPropagation();
    this.#stage.zoom(wheelFactor(event.deltaY, event.deltaMode), ...this.#stage.onCanvas(event));
    this.#changed();
  }

  #pinch(event: PointerEvent): void {
    const before = [...this.#fingers.entries()].slice(0, 2);
    this.#fingers.set(event.pointerId, this.#stage.onCanvas(event));
    const after = before.map(([id]) => this.#fingers.get(id));
    const [p, q] = [before[0]?.[1], before[1]?.[1]];
    if (p && q && after[0] && after[1]) this.#stage.look(pinch(this.#stage.view, [p, q], [after[0], after[1]]));
  }

  /** Only a pen has a pressure that means something. */
  #radius(event: PointerEvent): number {
    const full = snap(this.#brush.r);
    return event.pointerType === "pen" && event.pressure > 0 ? radiusAt(full, event.pressure) : full;
  }

  #draw(at: At, r: number): void {
    const piece = this.#trace?.add(at[0], at[1], r);
    if (!piece) return;
    this.#store.touched(paintSegment(this.#store.bitmap, piece.from, piece.to, r, this.#trace?.erase ? 0 : 1));
  }

  #stroke(points: At[]): void {
    const trace = new Trace(this.#brush.erase);
    for (const [x, y] of points) trace.add(x, y, snap(this.#brush.r));
    const op = trace.op();
    this.#last = points.at(-1) ?? null;
    if (op) this.#store.apply(op);
  }

  #flood([x, y]: At): void {
    const box = flood(this.#store.bitmap, Math.floor(x), Math.floor(y), this.#brush.erase ? 0 : 1);
    if (!box) return;
    this.#store.commit({ op: "load" });
    this.#store.touched(box);
  }
}
