// The browser paints as Python does: both are held to tests/data/strokes.json, and here to the rule itself.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Bitmap } from "../src/pixels/bitmap";
import { measure, pack } from "../src/pixels/mask_codec";
import type { Op } from "../src/pixels/ops";
import { draw } from "../src/pixels/ops";
import type { Point } from "../src/pixels/stroke";
import { paintSegment, paintStroke, snap, within } from "../src/pixels/stroke";
import { dice } from "./dice";

interface Vector {
  name: string;
  size: [number, number];
  ops: Op[];
  sha256: string;
}

const vectors = JSON.parse(readFileSync(new URL("../../tests/data/strokes.json", import.meta.url), "utf8")) as Vector[];

describe("ops give the bitmap that Python gives", () => {
  it.each(vectors)("$name", ({ size, ops, sha256 }) => {
    const bitmap = new Bitmap(...size);
    for (const op of ops) draw(bitmap, op);
    expect(createHash("sha256").update(pack(bitmap)).digest("hex")).toBe(sha256);
  });
});

function plainly(bitmap: Bitmap, a: Point, b: Point, r: number): void {
  for (let j = 0; j < bitmap.height; j++) {
    for (let i = 0; i < bitmap.width; i++) if (within(i, j, a, b, r)) bitmap.data[j * bitmap.width + i] = 1;
  }
}

it("a segment paints what the rule says of every pixel, wherever it lies", () => {
  const roll = dice(7);
  for (let k = 0; k < 1500; k++) {
    const [width, height] = [1 + Math.floor(roll() * 70), 1 + Math.floor(roll() * 70)];
    const flat = roll() < 0.2 ? 1 / 64 : 1; // nearly horizontal lines are the hard ones
    const point = (): Point => [snap((roll() * 2 - 0.5) * width), snap(height / 2 + (roll() - 0.5) * 2 * height * flat)];
    const [a, b, r] = [point(), roll() < 0.1 ? null : point(), Math.max(0.5, snap(roll() * 40))];
    const [fast, slow] = [new Bitmap(width, height), new Bitmap(width, height)];
    paintSegment(fast, a, b ?? a, r, 1);
    plainly(slow, a, b ?? a, r);
    expect(Buffer.compare(fast.data, slow.data), JSON.stringify({ width, height, a, b, r })).toBe(0);
  }
});

it("the box that painting returns holds everything that changed", () => {
  const bitmap = new Bitmap(50, 50);
  const box = paintStroke(bitmap, [[10, 10], [30, 22]], 6, 1)!;
  const painted = measure(bitmap, pack(bitmap)).box!;
  expect(box.x0).toBeLessThanOrEqual(painted.x0);
  expect(box.y1).toBeGreaterThanOrEqual(painted.y1);
  expect(painted).toEqual({ x0: 4, y0: 4, x1: 36, y1: 28 });
});

it("a stroke beside the picture changes nothing", () => {
  expect(paintStroke(new Bitmap(20, 20), [[-50, -50]], 8, 1)).toBeNull();
});

it("a stroke across 4096 x 4096 pixels is painted while the hand moves", () => {
  const bitmap = new Bitmap(4096, 4096);
  const start = performance.now();
  paintStroke(bitmap, Array.from({ length: 200 }, (_, k): Point => [100 + k * 19, 2048 + 900 * Math.sin(k / 9)]), 128, 1);
  expect(performance.now() - start).toBeLessThan(2000);
});
