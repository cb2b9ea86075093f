// The stroke rule, to the bit the one of bailian_nb.masks: a pixel is painted when its centre lies within r of the line.
// Most of a row is filled without asking; only the pixels about its two ends are put to the rule itself.

import type { Bitmap, Box } from "./bitmap";
import { union } from "./bitmap";

export type Point = readonly [number, number];

/** The rule for one pixel and one segment. Every operation and its order count: Python does the same in the same doubles. */
export function within(i: number, j: number, [ax, ay]: Point, [bx, by]: Point, r: number): boolean {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const ex = i + 0.5 - ax;
  const ey = j + 0.5 - ay;
  let qx = ex;
  let qy = ey;
  if (length > 0) {
    const t = Math.min(1, Math.max(0, (ex * dx + ey * dy) / length));
    qx = ex - t * dx;
    qy = ey - t * dy;
  }
  return qx * qx + qy * qy <= r * r;
}

/** Where rows cross a segment's outline, as real numbers; the corners of its straight part are worked out once. */
class Outline {
  left = 0;
  right = 0;
  readonly #corners: readonly Point[];

  constructor(
    readonly a: Point,
    readonly b: Point,
    readonly r: number,
  ) {
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const length = Math.hypot(dx, dy);
    const [nx, ny] = length > 0 ? [(-dy / length) * r, (dx / length) * r] : [0, 0];
    const around: Point[] = [[a[0] + nx, a[1] + ny], [b[0] + nx, b[1] + ny], [b[0] - nx, b[1] - ny], [a[0] - nx, a[1] - ny]];
    this.#corners = length > 0 ? around : [];
  }

  /** Set `left` and `right` for the row through y; false beside it. */
  cross(y: number): boolean {
    this.left = Infinity;
    this.right = -Infinity;
    this.#disc(this.a, y);
    this.#disc(this.b, y);
    const corners = this.#corners;
    for (let k = 0; k < corners.length; k++) {
      const [px, py] = corners[k]!;
      const [qx, qy] = corners[(k + 1) & 3]!;
      if (py <= y !== qy <= y) this.#take(px + ((y - py) / (qy - py)) * (qx - px));
    }
    return this.left <= this.right;
  }

  #disc([x, cy]: Point, y: number): void {
    if (Math.abs(y - cy) > this.r) return;
    const half = Math.sqrt(this.r * this.r - (y - cy) * (y - cy));
    this.#take(x - half);
    this.#take(x + half);
  }

  #take(x: number): void {
    if (x < this.left) this.left = x;
    if (x > this.right) this.right = x;
  }
}

/** Paint (1) or erase (0) one segment with round ends; returns the box that may have changed. */
export function paintSegment(bitmap: Bitmap, a: Point, b: Point, r: number, value: 0 | 1): Box | null {
  const { width, height, data } = bitmap;
  const x0 = Math.max(0, Math.floor(Math.min(a[0], b[0]) - r) - 1);
  const x1 = Math.min(width, Math.ceil(Math.max(a[0], b[0]) + r) + 1);
  const y0 = Math.max(0, Math.floor(Math.min(a[1], b[1]) - r) - 1);
  const y1 = Math.min(height, Math.ceil(Math.max(a[1], b[1]) + r) + 1);
  if (x0 >= x1 || y0 >= y1) return null;
  const outline = new Outline(a, b, r);
  for (let y = y0; y < y1; y++) {
    if (!outline.cross(y + 0.5)) continue;
    let from = Math.max(x0, Math.floor(outline.left) - 2);
    let to = Math.min(x1, Math.ceil(outline.right) + 2);
    while (from < to && !within(from, y, a, b, r)) from++;
    while (to > from && !within(to - 1, y, a, b, r)) to--;
    if (from < to) data.fill(value, y * width + from, y * width + to); // a negative end would count from the back
  }
  return { x0, y0, x1, y1 };
}

export function paintStroke(bitmap: Bitmap, points: readonly Point[], r: number, value: 0 | 1): Box | null {
  let box: Box | null = null;
  let last = points[0];
  if (!last) return null;
  for (const point of points.length > 1 ? points.slice(1) : points) {
    box = union(box, paintSegment(bitmap, last, point, r, value));
    last = point;
  }
  return box;
}

/** Round to 1/64 pixel: exact in a double, short in JSON, and the same number in Python. */
export function snap(value: number): number {
  return Math.round(value * 64) / 64;
}
