// A lasso that follows edges: from the last anchor to the pointer its line runs along edges of the picture, as that is
// shown, so that what the eye takes for an edge is one at any zoom. A click or a pause fixes an anchor. What is sent is
// the line that was shown.

import type { Op } from "../pixels/ops";
import { LiveWire } from "../pixels/live_wire";
import type { Point } from "../pixels/stroke";
import { snap } from "../pixels/stroke";
import type { View } from "./geometry";
import { toPicture, toView } from "./geometry";
import type { Outline } from "./shape";
import type { Stage } from "./stage";

/** CSS pixels about the pointer in which an edge is looked for. */
const REACH = 8;
/** Milliseconds after which a hand that stands still has fixed an anchor. */
const PAUSE = 600;
/** Pixels that the search may spread over before the page goes on with other things: a few milliseconds' work. */
const SLICE = 20_000;
/** CSS pixels that a drag goes before half of its line is fixed: a hand that goes round a thing, however small, comes back to where it began. */
const DRAWN = 30;
/** Pixels after which half of the way is fixed, so that no search grows out of bounds. */
const WIDE = 120_000;

/** Pixels as they are shown at a view, and the search in them from the last anchor. */
interface Ground {
  readonly view: View;
  readonly wire: LiveWire;
  readonly reach: number;
}

export class Wire implements Outline {
  readonly byCorners = true;
  /** The button is down all the way. */
  dragged = false;
  readonly #stage: Stage;
  #ground: Ground;
  /** Lines between the anchors, in picture pixels; the first holds the first anchor alone. */
  #fixed: Point[][];
  #live: Point[] = [];
  /** Where the hand is, in picture pixels, and whether the line that is shown goes there. */
  #to: Point;
  #found = true;
  /** Pixels of the canvas that the hand has gone since a part of the line was fixed. */
  #gone = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Null while no picture is shown. */
  static begin(stage: Stage, from: Point): Wire | null {
    const ground = look(stage);
    return ground && new Wire(stage, ground, from);
  }

  private constructor(stage: Stage, ground: Ground, from: Point) {
    this.#stage = stage;
    this.#ground = ground;
    const pixel = ground.wire.edgeNear(toView(ground.view, ...from), ground.reach);
    this.#fixed = [this.#line([pixel])];
    this.#to = this.first;
    ground.wire.anchor(pixel);
  }

  get first(): Point {
    return this.#fixed[0]![0]!;
  }

  get corners(): number {
    return this.#fixed.length;
  }

  move(x: number, y: number): void {
    const step = Math.hypot(x - this.#to[0], y - this.#to[1]);
    if (step === 0) return;
    this.#gone += step * this.#stage.view.scale;
    this.#to = [x, y];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rest(), PAUSE);
    this.#follow();
  }

  /** Fix an anchor; where the way there is long, straight from what is shown. */
  add(x: number, y: number): void {
    this.#to = [x, y];
    this.#follow(WIDE);
    this.#fix();
  }

  /** Take the last anchor away; false when it was the only one. */
  takeCorner(): boolean {
    if (this.#fixed.length === 1) return false;
    this.#fixed.pop();
    this.#live = [];
    this.#anchor();
    this.#follow();
    return true;
  }

  outline(): readonly Point[] {
    return [...this.#fixed.flat(), ...this.#live];
  }

  op(erase: boolean): Op | null {
    const points = this.outline().map(([x, y]): Point => [snap(x), snap(y)]);
    return points.length > 2 ? { op: "polygon", points, erase } : null;
  }

  /** Nothing more comes. */
  end(): void {
    clearTimeout(this.#timer);
    this.#found = true;
  }

  #rest(): void {
    if (this.#live.length > 0 && this.#found) this.#fix();
  }

  /** Bring the line to where the hand is, now as far as `pixels` allow, and otherwise with the next frames. */
  readonly #follow = (pixels = SLICE): void => {
    const { view, wire, reach } = this.#ground;
    if (view !== this.#stage.view) {
      this.#found = false;
      this.#stage.atFrame(this.#lookAgain); // when the picture has been drawn at its new place
      return;
    }
    const target = wire.edgeNear(toView(view, ...this.#to), reach);
    this.#found = wire.reach(target, pixels);
    if (this.#found) {
      const way = wire.way(target);
      this.#live = this.#line(way).slice(1);
      const long = wire.spread > WIDE || (this.dragged && this.#gone > DRAWN * this.#stage.ratio);
      if (long && way.length > 2) this.#fixHalf(way);
    } else {
      this.#stage.atFrame(this.#goOn);
    }
  };

  readonly #goOn = (): void => {
    if (this.#found) return;
    this.#follow();
    this.#stage.redraw();
  };

  readonly #lookAgain = (): void => {
    if (this.#found) return;
    const ground = look(this.#stage);
    if (!ground) return;
    this.#ground = ground;
    this.#anchor();
    this.#goOn();
  };

  /** Make the end of the line that is shown an anchor. */
  #fix(): void {
    if (!this.#found) this.#live.push(this.#to);
    if (this.#live.length === 0) return;
    this.#fixed.push(this.#live);
    this.#live = [];
    this.#gone = 0;
    this.#found = true;
    this.#anchor();
  }

  /** The first half of a shortest way is one itself: nothing moves. */
  #fixHalf(way: readonly number[]): void {
    const { wire } = this.#ground;
    const half = way.length >> 1;
    this.#gone = 0;
    this.#fixed.push(this.#line(way.slice(0, half + 1)).slice(1));
    this.#live = this.#line(way.slice(half)).slice(1);
    wire.anchor(way[half]!);
  }

  #anchor(): void {
    const { view, wire } = this.#ground;
    wire.anchor(wire.pixelAt(toView(view, ...this.#fixed.at(-1)!.at(-1)!)));
  }

  #line(way: readonly number[]): Point[] {
    const { view, wire } = this.#ground;
    return wire.line(way).map((point) => toPicture(view, ...point));
  }
}

function look(stage: Stage): Ground | null {
  const pixels = stage.pixels();
  return pixels && { view: stage.view, wire: new LiveWire(pixels), reach: Math.round(REACH * stage.ratio) };
}
