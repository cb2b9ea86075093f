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

/** Where the row through y crosses the segment's outline, as real numbers: [left, right], or null beside it. */
function span(y: number, [ax, ay]: Point, [bx, by]: Point, r: number): [number, number] | null {
  let left = Infinity;
  let right = -Infinity;
  const take = (x: number) => {
    if (x < left) left = x;
    if (x > right) right = x;
  };
  for (const [x, cy] of [[ax, ay], [bx, by]] as const) {
    if (Math.abs(y - cy) > r) continue;
    const half = Math.sqrt(r * r - (y - cy) * (y - cy));
    take(x - half);
    take(x + half);
  }
  const length = Math.hypot(bx - ax, by - ay);
  if (length > 0) {
    const nx = (-(by - ay) / length) * r;
    const ny = ((bx - ax) / length) * r;
    const corners: Point[] = [[ax + nx, ay + ny], [bx + nx, by + ny], [bx - nx, by - ny], [ax - nx, ay - ny]];
    let [px, py] = corners[3]!;
    for (const [x, cy] of corners) {
      if (py <= y !== cy <= y) take(px + ((y - py) / (cy - py)) * (x - px));
      [px, py] = [x, cy];
    }
  }
  return left <= right ? [left, right] : null;
}

/** Paint (1) or erase (0) one segment with round ends; returns the box that may have changed. */
export function paintSegment(bitmap: Bitmap, a: Point, b: Point, r: number, value: 0 | 1): Box | null {
  const { width, height, data } = bitmap;
  const x0 = Math.max(0, Math.floor(Math.min(a[0], b[0]) - r) - 1);
  const x1 = Math.min(width, Math.ceil(Math.max(a[0], b[0]) + r) + 1);
  const y0 = Math.max(0, Math.floor(Math.min(a[1], b[1]) - r) - 1);
  const y1 = Math.min(height, Math.ceil(Math.max(a[1], b[1]) + r) + 1);
  if (x0 >= x1 || y0 >= y1) return null;
  for (let y = y0; y < y1; y++) {
    const ends = span(y + 0.5, a, b, r);
    if (!ends) continue;
    let from = Math.max(x0, Math.floor(ends[0]) - 2);
    let to = Math.min(x1, Math.ceil(ends[1]) + 2);
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
