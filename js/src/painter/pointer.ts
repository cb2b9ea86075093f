// Mouse, pen and touch on the stage: one finger or button draws, two fingers, the middle button or Space move the view.

import { on } from "../page/dom";
import { paintSegment, snap } from "../pixels/stroke";
import type { Brush } from "./brush";
import type { Tool } from "./keys";
import { pinch, wheelFactor } from "./geometry";
import { StrokeBuilder, radiusAt } from "./pressure";
import type { Outline } from "./shape";
import { Shape } from "./shape";
import type { Stage } from "./stage";
import type { Store } from "./store";
import type { Trial } from "./trial";
import { Wire } from "./wire";

type XY = [number, number];

/** CSS pixels about the first corner in which a click closes what is drawn by corners. */
const CLOSE_BY = 10;
/** CSS pixels that the pointer may go between down and up for a click. */
const CLICK = 4;
const RIGHT = 2;

export class Pointer {
  /** Space is down: drags move the view. */
  panning = false;
  /** An attempt is shown in place of the painting: nothing is painted, drags move the view. */
  looking = false;
  readonly #stage: Stage;
  readonly #store: Store;
  readonly #brush: Brush;
  readonly #changed: () => void;
  readonly #moved: () => void;
  readonly #touches = new Map<number, XY>();
  #builder: StrokeBuilder | null = null;
  #drag: { id: number; at: XY } | null = null;
  #drawing: number | null = null;
  #shape: Outline | null = null;
  /** An unfinished polygon, while another tool is at work. */
  #kept: Shape | null = null;
  /** Where the button went down that began a lasso along edges, until the pointer has left that place. */
  #pressed: XY | null = null;
  /** Where the last stroke ended: Shift+click draws a line from there. */
  #last: XY | null = null;
  #cursor: XY | null = null;
  /** The cursor was moved by keys since the last corner: Enter sets another one there, else it closes. */
  #nudged = false;
  readonly #trial: Trial;

  /** `moved` is called when only the cursor is elsewhere, `changed` after all else that a hand does. */
  constructor(stage: Stage, store: Store, brush: Brush, trial: Trial, calls: { readonly changed: () => void; readonly moved: () => void }, signal: AbortSignal) {
    this.#stage = stage;
    this.#store = store;
    this.#brush = brush;
    this.#trial = trial;
    this.#changed = calls.changed;
    this.#moved = calls.moved;
    const { canvas } = stage;
    on(canvas, "pointerdown", (event) => this.#down(event), signal);
    on(canvas, "pointermove", (event) => this.#move(event), signal);
    on(canvas, "pointerup", (event) => this.#up(event, true), signal);
    on(canvas, "pointercancel", (event) => this.#up(event, false), signal);
    on(canvas, "pointerleave", () => this.#hideCursor(), signal);
    on(canvas, "dblclick", () => this.finish(), signal);
    on(canvas, "contextmenu", (event) => {
      event.preventDefault();
      event.stopPropagation(); // the notebook would open a menu of its own
    }, signal);
    on(canvas, "wheel", (event) => this.#wheel(event), signal, { passive: false });
  }

  /** The shape that is being drawn, or the polygon that waits for its tool. */
  get shape(): Outline | null {
    return this.#shape ?? this.#kept;
  }

  get busy(): boolean {
    return this.#drawing !== null || this.#shape !== null;
  }

  /** Picture point under the pointer, or where the arrow keys have moved it. */
  get cursor(): XY | null {
    return this.#cursor;
  }

  /** Move the cursor by picture pixels, without a pointer. */
  nudge(dx: number, dy: number): void {
    const [x, y] = this.#cursor ?? this.#stage.middle;
    this.#cursor = [snap(x + dx), snap(y + dy)];
    this.#nudged = true;
    if (this.#shape) this.#shape.move(...this.#cursor, false);
    this.showRing();
    this.#stage.redraw();
  }

  /** Do at the cursor what a click there would do. */
  dab(line: boolean): void {
    const at = this.#cursor ?? this.#stage.middle;
    this.#cursor = at;
    if (this.#brush.tool === "brush") {
      const from = line && this.#last ? this.#last : at;
      this.#stroke([from, at]);
    } else if (this.#brush.tool === "fill") this.#flood(at);
    else if (this.#brush.tool === "wand") this.#pick(at);
    else if (!this.#shape) this.#shape = this.#newShape(this.#brush.tool, at);
    else if (this.#brush.tool === "rect" || this.#brush.tool === "ellipse" || this.#shape.op(false) !== null) {
      this.#shape.move(...at, false);
      if (this.#shape.byCorners && this.#nudged && !line) this.#shape.add(...at);
      else this.finish();
    } else this.#shape.add(...at);
    this.#nudged = false;
    this.#stage.redraw();
  }

  #pick([x, y]: XY): void {
    const { tolerance, contiguous, erase } = this.#brush;
    const at = this.#pixel(x, y);
    if (at) this.#trial.begin({ op: "wand", at, tolerance, contiguous, erase });
  }

  /** Close the shape that is being drawn and paint it. */
  finish(): void {
    const op = this.#shape?.op(this.#brush.erase);
    this.#drop();
    this.#drawing = null;
    if (op) this.#store.apply(op);
    this.#stage.redraw();
    this.#changed();
  }

  /** Take the last corner, or anchor, of what is being drawn by corners; false when nothing is. */
  takeCorner(): boolean {
    if (!this.#shape?.byCorners) return false;
    if (!this.#shape.takeCorner()) return this.abandon();
    this.#stage.redraw();
    return true;
  }

  /** Take up a tool: an unfinished polygon is kept until its own is taken up again. */
  take(tool: Tool): void {
    if (this.#shape instanceof Shape && this.#shape.byCorners) [this.#kept, this.#shape] = [this.#shape, null];
    else if (this.busy) this.abandon();
    if (tool === "polygon") [this.#shape, this.#kept] = [this.#kept, null];
    if (tool === "wand") this.#trial.prepare();
    this.#brush.tool = tool;
    this.#stage.redraw();
  }

  /** Abandon what is being drawn, or else the polygon that waits; false when there was nothing. */
  abandon(): boolean {
    if (!this.busy && !this.#kept) return false;
    if (!this.busy) this.#kept = null;
    if (this.#builder) this.#store.cancelStroke();
    this.#builder = null;
    this.#drop();
    this.#drawing = null;
    this.#stage.redraw();
    this.#changed();
    return true;
  }

  /** Show the brush as a ring at the cursor, in its current size. */
  showRing(): void {
    const size = this.#brush.tool === "brush" ? this.#brush.r : 0;
    this.#stage.showRing(this.#cursor && !this.#drag && !this.looking ? { x: this.#cursor[0], y: this.#cursor[1], r: size } : null);
  }

  #down(event: PointerEvent): void {
    const { canvas, element } = this.#stage;
    element.focus({ preventScroll: true });
    this.#stage.forgetPlace();
    if (event.pointerType === "touch") this.#touches.set(event.pointerId, this.#stage.canvasAt(event));
    if (this.#touches.size > 1) {
      this.abandon(); // the first finger was no stroke but half of a pinch
      return;
    }
    if (event.button > RIGHT) return;
    event.preventDefault();
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      // a pen that has left already; its pointercancel or pointerleave ends what begins here
    }
    if (event.button === 1 || this.panning || this.looking) {
      this.#drag = { id: event.pointerId, at: this.#stage.canvasAt(event) };
      this.showRing();
      return;
    }
    if (this.#drawing !== null) return;
    const at = this.#stage.pictureAt(event);
    if (event.button !== RIGHT) this.#begin(event, at);
    else if (!this.#shape) this.#beginStroke(event, at, true);
  }

  #begin(event: PointerEvent, at: XY): void {
    const { tool } = this.#brush;
    this.#cursor = at;
    if (tool === "fill") {
      this.#flood(at);
    } else if (tool === "wand") {
      this.#pick(at);
    } else if (this.#shape?.byCorners && this.#closes(at)) {
      this.finish();
    } else if (this.#shape?.byCorners) {
      this.#shape.add(...at);
      this.#nudged = false;
      this.#stage.redraw();
    } else if (tool === "brush") {
      this.#beginStroke(event, at, this.#brush.erase);
    } else {
      this.#shape = this.#newShape(tool, at);
      this.#nudged = false;
      this.#pressed = this.#shape instanceof Wire ? this.#stage.canvasAt(event) : null;
      if (tool !== "polygon") this.#drawing = event.pointerId;
      this.#stage.redraw();
    }
  }

  #newShape(tool: ConstructorParameters<typeof Shape>[0], at: XY): Outline {
    const wire = tool === "lasso" && this.#brush.edges ? Wire.begin(this.#stage, at) : null;
    return wire ?? new Shape(tool, ...at);
  }

  #drop(): void {
    this.#shape?.end();
    this.#shape = null;
  }

  #beginStroke(event: PointerEvent, at: XY, erase: boolean): void {
    this.#cursor = at;
    this.#drawing = event.pointerId;
    this.#builder = new StrokeBuilder(erase);
    this.#store.beginStroke();
    if (event.shiftKey && this.#last) this.#extend(this.#last, this.#brush.r);
    this.#extend(at, this.#radius(event));
    this.showRing();
  }

  /** What has three corners or more is closed by a click on its first one. */
  #closes([x, y]: XY): boolean {
    if (!this.#shape || this.#shape.corners < 3) return false;
    const [fx, fy] = this.#shape.first;
    return Math.hypot(x - fx, y - fy) * this.#stage.view.scale <= CLOSE_BY * this.#stage.ratio;
  }

  #leaves([x, y]: XY, event: PointerEvent): boolean {
    const [cx, cy] = this.#stage.canvasAt(event);
    return Math.hypot(cx - x, cy - y) > CLICK * this.#stage.ratio;
  }

  #move(event: PointerEvent): void {
    this.#nudged = false;
    if (this.#touches.has(event.pointerId) && this.#touches.size > 1) {
      this.#pinch(event);
      return;
    }
    if (this.#drag?.id === event.pointerId) {
      const at = this.#stage.canvasAt(event);
      this.#stage.pan(at[0] - this.#drag.at[0], at[1] - this.#drag.at[1]);
      this.#drag = { id: event.pointerId, at };
      return;
    }
    this.#cursor = this.#stage.pictureAt(event);
    if (this.#builder && this.#drawing === event.pointerId) {
      const parts = event.getCoalescedEvents();
      for (const part of parts.length > 0 ? parts : [event]) this.#extend(this.#stage.pictureAt(part), this.#radius(part));
    } else if (this.#shape && (this.#drawing === event.pointerId || this.#shape.byCorners)) {
      if (this.#pressed && this.#leaves(this.#pressed, event)) {
        this.#pressed = null;
        if (this.#shape instanceof Wire) this.#shape.dragged = true;
      }
      this.#shape.move(...this.#cursor, event.shiftKey);
      this.#stage.redraw();
    }
    this.showRing();
    this.#moved();
  }

  #up(event: PointerEvent, finished: boolean): void {
    this.#touches.delete(event.pointerId);
    if (this.#drag?.id === event.pointerId) {
      this.#drag = null;
      this.showRing();
    }
    if (this.#drawing !== event.pointerId) return;
    if (!finished) {
      this.abandon();
      return;
    }
    this.#drawing = null;
    if (this.#pressed) {
      this.#pressed = null; // a click: the line follows the pointer until another one closes it
      return;
    }
    const builder = this.#builder;
    this.#builder = null;
    if (!builder) {
      this.finish();
      return;
    }
    this.#last = this.#cursor;
    const op = builder.op();
    if (op) this.#store.commit(op);
    else this.#store.cancelStroke();
    if (event.pointerType === "touch") this.#hideCursor();
  }

  #hideCursor(): void {
    if (this.#drawing !== null || this.#drag) return;
    this.#cursor = null;
    this.showRing();
    this.#moved();
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the notebook
    event.preventDefault();
    event.stopPropagation();
    this.#stage.zoom(wheelFactor(event.deltaY, event.deltaMode), ...this.#stage.canvasAt(event));
    this.#changed();
  }

  #pinch(event: PointerEvent): void {
    const before = [...this.#touches.entries()].slice(0, 2);
    this.#touches.set(event.pointerId, this.#stage.canvasAt(event));
    const after = before.map(([id]) => this.#touches.get(id));
    const [p, q] = [before[0]?.[1], before[1]?.[1]];
    if (p && q && after[0] && after[1]) this.#stage.setView(pinch(this.#stage.view, [p, q], [after[0], after[1]]));
  }

  /** A mouse or finger reports no real pressure, only a pen does. */
  #radius(event: PointerEvent): number {
    const full = snap(this.#brush.r);
    return event.pointerType === "pen" && event.pressure > 0 ? radiusAt(full, event.pressure) : full;
  }

  #extend(at: XY, r: number): void {
    const piece = this.#builder?.add(at[0], at[1], r);
    if (!piece) return;
    this.#store.changed(paintSegment(this.#store.bitmap, piece.from, piece.to, r, this.#builder?.erase ? 0 : 1));
  }

  #stroke(points: XY[]): void {
    const builder = new StrokeBuilder(this.#brush.erase);
    for (const [x, y] of points) builder.add(x, y, snap(this.#brush.r));
    const op = builder.op();
    this.#last = points.at(-1) ?? null;
    if (op) this.#store.apply(op);
  }

  #flood([x, y]: XY): void {
    const { width, data } = this.#store.bitmap;
    const { erase } = this.#brush;
    const at = this.#pixel(x, y);
    if (at && data[at[1] * width + at[0]] === (erase ? 1 : 0)) this.#store.apply({ op: "flood", at, erase });
  }

  /** The pixel at a point, null outside the picture. */
  #pixel(x: number, y: number): XY | null {
    const { width, height } = this.#store.bitmap;
    const at: XY = [Math.floor(x), Math.floor(y)];
    return at[0] >= 0 && at[1] >= 0 && at[0] < width && at[1] < height ? at : null;
  }
}
