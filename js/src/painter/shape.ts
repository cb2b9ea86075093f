// A shape that is being drawn with lasso, polygon, rectangle or ellipse, and the op that it becomes.

import type { Op } from "../pixels/ops";
import type { Point } from "../pixels/stroke";
import { snap } from "../pixels/stroke";
import type { Tool } from "./keys";

/** What a hand draws before it is painted, as the pointer handles it. */
export interface Outline {
  /** Drawn corner by corner, with the button up between: kept in sight until it is closed. */
  readonly byCorners: boolean;
  readonly first: Point;
  readonly corners: number;
  /** The pointer moved; `square` keeps both sides of a box equal. */
  move(x: number, y: number, square: boolean): void;
  add(x: number, y: number): void;
  /** Take the last corner away; false when it was the only one. */
  takeCorner(): boolean;
  /** What to show: in picture pixels. */
  outline(): readonly Point[];
  /** The op, or null where there is no area. */
  op(erase: boolean): Op | null;
  /** Nothing more comes. */
  end(): void;
}

export class Shape implements Outline {
  readonly #tool: Tool;
  #points: Point[];
  #hover: Point | null = null;
  #square = false;

  constructor(tool: Exclude<Tool, "wand" | "fill" | "brush">, x: number, y: number) {
    this.#tool = tool;
    this.#points = [[snap(x), snap(y)]];
  }

  get byCorners(): boolean {
    return this.#tool === "polygon";
  }

  move(x: number, y: number, square: boolean): void {
    this.#hover = [snap(x), snap(y)];
    this.#square = square;
    if (this.#tool === "lasso") this.add(x, y);
  }

  get first(): Point {
    return this.#points[0]!;
  }

  get corners(): number {
    return this.#points.length;
  }

  takeCorner(): boolean {
    this.#points.pop();
    return this.#points.length > 0;
  }

  add(x: number, y: number): void {
    const [px, py] = this.#points.at(-1)!;
    if (Math.hypot(x - px, y - py) >= 0.5) this.#points.push([snap(x), snap(y)]);
  }

  outline(): readonly Point[] {
    if (this.#tool === "lasso") return this.#points;
    if (this.#tool === "polygon") return this.#hover ? [...this.#points, this.#hover] : this.#points;
    const [x0, y0, x1, y1] = this.#box();
    if (this.#tool === "rect") return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    const [cx, cy, rx, ry] = [(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2];
    return Array.from({ length: 72 }, (_, k): Point => {
      const a = (k * Math.PI) / 36;
      return [cx + rx * Math.cos(a), cy + ry * Math.sin(a)];
    });
  }

  op(erase: boolean): Op | null {
    if (this.#tool === "lasso" || this.#tool === "polygon") {
      return this.#points.length > 2 ? { op: "polygon", points: this.#points, erase } : null;
    }
    const box = this.#box();
    if (box[2] - box[0] < 0.5 || box[3] - box[1] < 0.5) return null;
    return { op: this.#tool === "rect" ? "rect" : "ellipse", box, erase };
  }

  end(): void {
    // nothing is on its way
  }

  #box(): [number, number, number, number] {
    const [ax, ay] = this.#points[0]!;
    let [bx, by] = this.#hover ?? [ax, ay];
    if (this.#square) {
      const side = Math.min(Math.abs(bx - ax), Math.abs(by - ay));
      [bx, by] = [ax + Math.sign(bx - ax) * side, ay + Math.sign(by - ay) * side];
    }
    return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
  }
}
