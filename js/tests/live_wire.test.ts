// Ways along edges of pictures made here: a disc, a corner, an edge that is faint, nothing at all.

import { describe, expect, it } from "vitest";
import type { Pixels } from "../src/pixels/live_wire";
import { LiveWire } from "../src/pixels/live_wire";
import type { Point } from "../src/pixels/stroke";

type Colour = readonly [number, number, number];

function picture(width: number, height: number, colour: (x: number, y: number) => Colour): Pixels {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([...colour(x + 0.5, y + 0.5), 255], 4 * (y * width + x));
  return { width, height, data };
}

const grey = (value: number): Colour => [value, value, value];

/** The line from point to point, each taken to the edge beside it. */
function follow(pixels: Pixels, points: readonly Point[], reach = 8): Point[] {
  const wire = new LiveWire(pixels);
  const anchors = points.map((point) => wire.edgeNear(point, reach));
  return anchors.slice(1).flatMap((to, k) => {
    wire.anchor(anchors[k]!);
    expect(wire.reach(to, Infinity)).toBe(true);
    return wire.line(wire.way(to));
  });
}

describe("a line along an edge", () => {
  it("lies on it to half a pixel, though its four anchors were five off", () => {
    const disc = picture(200, 200, (x, y) => (Math.hypot(x - 100, y - 100) < 60 ? [200, 140, 60] : grey(110)));
    const line = follow(disc, [[165, 100], [100, 155], [45, 100], [100, 35], [165, 100]]);
    const off = line.map(([x, y]) => Math.abs(Math.hypot(x - 100, y - 100) - 60));
    expect(off.length).toBeGreaterThan(100);
    expect(Math.max(...off)).toBeLessThan(1);
    expect(off.reduce((sum, each) => sum + each, 0) / off.length).toBeLessThan(0.5);
  });

  it("goes round a corner that the straight way would cut", () => {
    const square = picture(120, 120, (x, y) => grey(x > 30 && y > 30 ? 200 : 60));
    const line = follow(square, [[30, 100], [100, 30]]);
    expect(Math.min(...line.map(([x, y]) => Math.hypot(x - 30, y - 30)))).toBeLessThan(2);
    for (const [x, y] of line) expect(Math.min(Math.abs(x - 30), Math.abs(y - 30))).toBeLessThan(1);
  });

  it("sees colours of one brightness, and an edge that is faint", () => {
    const halves = picture(80, 80, (x) => (x < 40 ? [150, 60, 60] : [60, 150, 60]));
    for (const [x] of follow(halves, [[45, 10], [45, 70]])) expect(x).toBeCloseTo(40, 1);
    const faint = picture(80, 80, (x) => grey(x < 40 ? 100 : 116));
    for (const [x] of follow(faint, [[43, 10], [43, 70]])) expect(x).toBeCloseTo(40, 1);
  });

  it("bridges a gap in an edge", () => {
    const gaps = picture(200, 80, (x, y) => grey(y < 40 || (x > 60 && x < 66) || (x > 120 && x < 132) ? 60 : 200));
    const line = follow(gaps, [[10, 42], [190, 42]]);
    expect(Math.max(...line.map(([, y]) => y))).toBeLessThan(46);
  });

  it("is straight where there is no edge", () => {
    const soft = picture(80, 80, (x) => grey(100 + x));
    expect(follow(soft, [[10, 10], [70, 33]])).toEqual([[10.5, 10.5], [70.5, 33.5]]);
  });
});

describe("the search", () => {
  const noise = (() => {
    let state = 7;
    return picture(60, 40, () => {
      state = (state * 48271) % 2147483647;
      return grey(state % 256);
    });
  })();

  it("goes on from where it stood, and finds the same", () => {
    const [once, often] = [new LiveWire(noise), new LiveWire(noise)];
    const to = once.pixelAt([55, 35]);
    for (const wire of [once, often]) wire.anchor(wire.pixelAt([3, 3]));
    expect(once.reach(to, Infinity)).toBe(true);
    let slices = 1;
    while (!often.reach(to, 100)) slices++;
    expect(slices).toBeGreaterThan(3);
    expect(often.spread).toBe(once.spread);
    expect(often.way(to)).toEqual(once.way(to));
  });

  it("finds ways whose beginnings are shortest ways as well", () => {
    const wire = new LiveWire(noise);
    wire.anchor(0);
    const to = wire.pixelAt([55, 35]);
    wire.reach(to, Infinity);
    const way = wire.way(to);
    const half = way[way.length >> 1]!;
    expect(wire.way(half)).toEqual(way.slice(0, (way.length >> 1) + 1));
    expect([way[0], way.at(-1)]).toEqual([0, to]);
  });

  it("ends at the rim, also for a point beside the picture", () => {
    const wire = new LiveWire(picture(40, 40, (x) => grey(x < 20 ? 0 : 255)));
    wire.anchor(wire.pixelAt([20, -30]));
    for (const point of [[20, 80], [-30, 20], [400, 400]] as const) {
      const to = wire.edgeNear(point, 8);
      expect(wire.reach(to, Infinity)).toBe(true);
      expect(wire.line(wire.way(to)).flat().every(Number.isFinite)).toBe(true);
    }
  });
});
