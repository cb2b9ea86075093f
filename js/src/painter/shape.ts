// A shape that is being drawn with lasso, polygon, rectangle or ellipse, and the op that it becomes.

import type { Op } from "../pixels/ops";
import type { Point } from "../pixels/stroke";
import { snap } from "../pixels/stroke";
import type { Tool } from "./keys";

export class Shape {
  readonly #tool: Tool;
  readonly #edges: ((to: Point) => Point[]) | null;
  #points: Point[];
  #hover: Point | null = null;
  #square = false;

  /** `edges` draws a lasso's way to what it follows. */
  constructor(tool: Exclude<Tool, "wand" | "fill" | "brush">, x: number, y: number, edges: ((to: Point) => Point[]) | null = null) {
    this.#tool = tool;
    this.#edges = edges;
    this.#points = [[snap(x), snap(y)]];
  }

  get isPolygon(): boolean {
    return this.#tool === "polygon";
  }

  /** The pointer moved; `square` keeps both sides of a box equal. */
  move(x: number, y: number, square: boolean): void {
    this.#hover = [snap(x), snap(y)];
    this.#square = square;
    if (this.#tool === "lasso") this.#follow(x, y);
  }

  #follow(x: number, y: number): void {
    if (!this.#edges) return this.add(x, y);
    const points = this.#edges([x, y]);
    const [first] = points;
    if (first && this.#points.length === 1) this.#points = [[snap(first[0]), snap(first[1])]]; // the hand began beside the edge
    for (const point of points) this.add(...point);
  }

  get first(): Point {
    return this.#points[0]!;
  }

  get corners(): number {
    return this.#points.length;
  }

  /** Take the last corner away; false when it was the only one. */
  takeCorner(): boolean {
    this.#points.pop();
    return this.#points.length > 0;
  }

  add(x: number, y: number): void {
    const [px, py] = this.#points.at(-1)!;
    if (Math.hypot(x - px, y - py) >= 0.5) this.#points.push([snap(x), snap(y)]);
  }

  /** What to show: in picture pixels. */
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

  /** The op, or null where there is no area. */
  op(erase: boolean): Op | null {
    if (this.#tool === "lasso" || this.#tool === "polygon") {
      return this.#points.length > 2 ? { op: "polygon", points: this.#points, erase } : null;
    }
    const box = this.#box();
    if (box[2] - box[0] < 0.5 || box[3] - box[1] < 0.5) return null;
    return { op: this.#tool === "rect" ? "rect" : "ellipse", box, erase };
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
