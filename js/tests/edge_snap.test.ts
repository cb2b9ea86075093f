// A shaky hand along edges of pictures made here: a disc, a corner, two edges beside each other, nothing at all.

import { describe, expect, it } from "vitest";
import { EdgeSnap } from "../src/pixels/edge_snap";
import type { Pixels } from "../src/pixels/edge_snap";
import type { Point } from "../src/pixels/stroke";

function picture(width: number, height: number, colour: (x: number, y: number) => readonly [number, number, number]): Pixels {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([...colour(x + 0.5, y + 0.5), 255], 4 * (y * width + x));
  return { width, height, data };
}

function follow(pixels: Pixels, way: readonly Point[], reach = 8): Point[] {
  const snap = new EdgeSnap(pixels, reach, way[0]!);
  return way.slice(1).flatMap((point) => snap.follow(point));
}

const grey = (value: number) => [value, value, value] as const;

describe("a line along an edge", () => {
  it("lies on it to half a pixel, though the hand was five off", () => {
    const disc = picture(200, 200, (x, y) => (Math.hypot(x - 100, y - 100) < 60 ? [200, 140, 60] : grey(110)));
    const way = Array.from({ length: 61 }, (_, k): Point => {
      const [angle, r] = [(k * Math.PI) / 30, 60 + 5 * Math.sin(k)];
      return [100 + r * Math.cos(angle), 100 + r * Math.sin(angle)];
    });
    const off = follow(disc, way).slice(4).map(([x, y]) => Math.abs(Math.hypot(x - 100, y - 100) - 60));
    expect(off.length).toBeGreaterThan(150);
    expect(Math.max(...off)).toBeLessThan(1.5);
    expect(off.reduce((sum, each) => sum + each, 0) / off.length).toBeLessThan(0.5);
  });

  it("sees colours of one brightness", () => {
    const halves = picture(80, 80, (x) => (x < 40 ? [150, 60, 60] : [60, 150, 60]));
    for (const [x] of follow(halves, [[45, 10], [45, 70]])) expect(x).toBeCloseTo(40, 1);
  });

  it("keeps to the edge that it follows when a stronger one comes near", () => {
    const edges = picture(80, 120, (x, y) => grey(x < 40 ? 60 : x < 46 || y < 60 ? 120 : 250));
    for (const [x] of follow(edges, [[39, 10], [39, 110]])) expect(x).toBeLessThan(42);
  });

  it("is the hand's own where there is no edge within reach", () => {
    const soft = picture(80, 80, (x) => grey(100 + x));
    for (const [x] of follow(soft, [[45, 10], [45, 70]])) expect(x).toBe(45);
    const far = picture(80, 80, (x) => grey(x < 20 ? 0 : 255));
    for (const [x] of follow(far, [[45, 10], [45, 70]])) expect(x).toBe(45);
  });

  it("goes on evenly over many short moves, and stays where the hand stays", () => {
    const plain = picture(80, 80, () => grey(9));
    const way = Array.from({ length: 61 }, (_, k): Point => [10 + k / 2, 40]);
    expect(follow(plain, way).map(([x]) => x)).toEqual(Array.from({ length: 15 }, (_, k) => 12 + 2 * k));
    expect(follow(plain, [[10, 10], [10, 10]])).toEqual([]);
  });

  it("leaves and finds an edge without teeth", () => {
    const gaps = picture(200, 80, (x, y) => grey(y < 40 || (x > 60 && x < 66) || (x > 120 && x < 140) ? 60 : 200));
    const line = follow(gaps, [[10, 46], [190, 46]]);
    expect(Math.min(...line.map(([, y]) => y))).toBeCloseTo(40, 1);
    for (const [k, [, y]] of line.slice(1).entries()) expect(Math.abs(y - line[k]![1])).toBeLessThanOrEqual(2);
  });

  it("may leave the picture and come back", () => {
    const plain = picture(40, 40, (x) => grey(x < 20 ? 0 : 255));
    for (const point of follow(plain, [[20, -30], [20, 80], [-30, 20]])) expect(point.every(Number.isFinite)).toBe(true);
  });
});
