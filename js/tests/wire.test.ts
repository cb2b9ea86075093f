// The lasso along edges as the pointer handles it, on a stage without a page.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { View } from "../src/painter/geometry";
import type { Stage } from "../src/painter/stage";
import { Wire } from "../src/painter/wire";
import type { Pixels } from "../src/pixels/live_wire";
import type { Point } from "../src/pixels/stroke";

const SIDE = 240;

/** Shows a bright square from 60 to 180, the picture at a scale of 1 unless another view is set. */
class Still {
  view: View = { scale: 1, x: 0, y: 0 };
  readonly ratio = 1;
  readonly frames = new Set<() => void>();

  pixels(): Pixels {
    const data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(40);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const [px, py] = [(x + 0.5 - this.view.x) / this.view.scale, (y + 0.5 - this.view.y) / this.view.scale];
        if (px > 60 && px < 180 && py > 60 && py < 180) data.fill(220, 4 * (y * SIDE + x), 4 * (y * SIDE + x) + 3);
      }
    }
    return { width: SIDE, height: SIDE, data };
  }

  atFrame(what: () => void): void {
    this.frames.add(what);
  }

  redraw(): void {
    // nothing to draw on
  }

  frame(): void {
    const now = [...this.frames];
    this.frames.clear();
    for (const what of now) what();
  }
}

let still: Still;

function begin(from: Point): Wire {
  still = new Still();
  return Wire.begin(still as unknown as Stage, from)!;
}

function moved(wire: Wire, ...to: Point): void {
  wire.move(...to);
  while (still.frames.size > 0) still.frame();
}

const off = ([x, y]: Point) => Math.min(...[60, 180].flatMap((side) => [Math.abs(x - side), Math.abs(y - side)]));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a lasso along edges", () => {
  it("sends the line that was shown", () => {
    const wire = begin([63, 100]);
    moved(wire, 63, 64);
    wire.add(120, 57);
    moved(wire, 176, 120);
    const shown = wire.outline();
    expect(shown.length).toBeGreaterThan(80);
    for (const point of shown) expect(off(point)).toBeLessThan(1.5);
    const op = wire.op(true) as { op: string; points: Point[]; erase: boolean };
    expect([op.op, op.erase, op.points.length]).toEqual(["polygon", true, shown.length]);
    for (const [k, [x, y]] of op.points.entries()) expect(Math.hypot(x - shown[k]![0], y - shown[k]![1])).toBeLessThan(0.02);
  });

  it("goes round a thing of thirty pixels that a hand drags it around", () => {
    still = new Still();
    still.view = { scale: 0.25, x: 0, y: 0 };
    const wire = Wire.begin(still as unknown as Stage, [60, 60])!;
    wire.dragged = true;
    const corners: Point[] = [[60, 60], [180, 60], [180, 180], [60, 180], [60, 60]];
    for (const [k, [x1, y1]] of corners.slice(1).entries()) {
      const [x0, y0] = corners[k]!;
      for (let step = 1; step <= 12; step++) moved(wire, x0 + ((x1 - x0) * step) / 12, y0 + ((y1 - y0) * step) / 12);
    }
    const points = wire.outline();
    for (const axis of [0, 1] as const) {
      expect(Math.min(...points.map((point) => point[axis]))).toBeLessThan(72);
      expect(Math.max(...points.map((point) => point[axis]))).toBeGreaterThan(168);
    }
    const area = points.reduce((sum, [x, y], k) => sum + x * points.at(k - 1)![1] - y * points.at(k - 1)![0], 0) / 2;
    expect(Math.abs(area)).toBeGreaterThan(0.85 * 120 * 120);
  });

  it("fixes an anchor where the hand clicks or rests, and takes it away again", () => {
    const wire = begin([60, 100]);
    moved(wire, 60, 150);
    expect(wire.corners).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(wire.corners).toBe(2);
    const rested = wire.outline();
    wire.add(100, 180);
    expect(wire.corners).toBe(3);
    expect(wire.outline().slice(0, rested.length)).toEqual(rested);
    expect([wire.takeCorner(), wire.corners]).toEqual([true, 2]);
    expect([wire.takeCorner(), wire.corners]).toEqual([true, 1]);
    expect(wire.takeCorner()).toBe(false);
    vi.advanceTimersByTime(5000); // what was taken away is not fixed again by a hand that stands still
    expect(wire.corners).toBe(1);
  });

  it("looks at the picture anew when the view has changed, and keeps what is fixed", () => {
    const wire = begin([60, 100]);
    wire.add(60, 120);
    const before = wire.outline();
    still.view = { scale: 2, x: -100, y: -150 };
    moved(wire, 60, 140);
    const after = wire.outline();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
    for (const point of after) expect(off(point)).toBeLessThan(1.5);
  });

  it("goes round a thing in one drag, though it ends where it began", () => {
    const wire = begin([62, 62]);
    wire.dragged = true;
    for (const [x, y] of [[150, 63], [178, 120], [177, 178], [120, 182], [57, 170], [61, 110], [62, 62]] as const) {
      const [fx, fy] = wire.outline().at(-1)!;
      for (let k = 1; k <= 12; k++) moved(wire, fx + ((x - fx) * k) / 12, fy + ((y - fy) * k) / 12);
    }
    const shown = wire.outline();
    for (const point of shown) expect(off(point)).toBeLessThan(1.5);
    for (const [x, y] of [[60, 60], [180, 60], [180, 180], [60, 180]] as const) expect(Math.min(...shown.map((point) => Math.hypot(point[0] - x, point[1] - y)))).toBeLessThan(4);
  });

  it("works at a long way in slices, a frame between", () => {
    const wire = begin([10, 10]);
    wire.move(225, 225);
    expect(wire.outline()).toHaveLength(1);
    let frames = 0;
    for (; still.frames.size > 0; frames++) still.frame();
    expect(frames).toBeGreaterThan(0);
    expect(wire.outline().at(-1)).toEqual([225.5, 225.5]);
  });

  it("is nothing before it has an area, and does nothing once it has ended", () => {
    const wire = begin([60, 100]);
    expect(wire.op(false)).toBeNull();
    moved(wire, 60, 150);
    wire.end();
    vi.advanceTimersByTime(5000);
    expect(wire.corners).toBe(1);
  });
});
