import { describe, expect, it } from "vitest";
import { fit, keepInSight, pinch, toCanvas, toPicture, toView, wheelFactor, zoomAt } from "../src/painter/geometry";
import { radiusAt, StrokeBuilder } from "../src/painter/pressure";
import { Brush } from "../src/painter/brush";
import { boxOp } from "../src/painter/box_fields";
import { Shape } from "../src/painter/shape";
import { dice } from "./dice";

const PICTURE = { width: 640, height: 480 };

describe("the pointer's pixel", () => {
  // A canvas of 300 CSS pixels: at device pixel ratio r it has 300 r pixels, and browser zoom z draws it 300 z wide.
  const cases = [1, 1.25, 1.5, 2, 3].flatMap((ratio) => [0.5, 0.75, 1, 1.1, 2].map((zoom) => [ratio, zoom] as const));
  it.each(cases)("is the same at device pixel ratio %d and zoom %d", (ratio, zoom) => {
    const canvas = { width: Math.round(300 * ratio), height: Math.round(225 * ratio) };
    const rect = { left: 17.5 * zoom, top: -3.25 * zoom, width: 300 * zoom, height: 225 * zoom };
    const view = fit(PICTURE, canvas);
    for (const [px, py] of [[0.5, 0.5], [319.5, 240.5], [639.5, 479.5]] as const) {
      const [cx, cy] = toView(view, px, py);
      const clientX = rect.left + (cx / canvas.width) * rect.width;
      const clientY = rect.top + (cy / canvas.height) * rect.height;
      const [x, y] = toPicture(view, ...toCanvas(clientX, clientY, rect, canvas));
      expect([Math.floor(x), Math.floor(y)]).toEqual([Math.floor(px), Math.floor(py)]);
      expect(Math.abs(x - px) + Math.abs(y - py)).toBeLessThan(1e-9);
    }
  });
});

it("zooming keeps the point under the pointer", () => {
  const roll = dice(3);
  let view = fit(PICTURE, { width: 800, height: 500 });
  for (let k = 0; k < 200; k++) {
    const [x, y] = [roll() * 800, roll() * 500];
    const before = toPicture(view, x, y);
    view = zoomAt(view, Math.exp(roll() * 2 - 1), x, y);
    const after = toPicture(view, x, y);
    expect(Math.hypot(after[0] - before[0], after[1] - before[1])).toBeLessThan(1e-6);
  }
  expect(zoomAt(view, 1e9, 0, 0).scale).toBe(64);
});

it("fit shows the whole picture in the middle", () => {
  const view = fit(PICTURE, { width: 800, height: 480 });
  expect(view).toEqual({ scale: 1, x: 80, y: 0 });
});

it("the picture cannot be lost", () => {
  const canvas = { width: 300, height: 300 };
  const far = keepInSight({ scale: 1, x: 9999, y: -9999 }, PICTURE, canvas);
  expect(far).toEqual({ scale: 1, x: 252, y: -432 });
  expect(keepInSight({ scale: 0.01, x: -500, y: 0 }, PICTURE, canvas).x).toBeCloseTo(0);
});

it("two fingers keep what lies under them", () => {
  const view = { scale: 1, x: 0, y: 0 };
  const next = pinch(view, [[100, 100], [200, 100]], [[100, 150], [300, 150]]);
  expect(next.scale).toBe(2);
  expect(toPicture(next, 100, 150)).toEqual([100, 100]);
  expect(toPicture(next, 300, 150)).toEqual([200, 100]);
});

it("a wheel's lines count as pixels do, and no step is wild", () => {
  expect(wheelFactor(-16, 0)).toBeCloseTo(wheelFactor(-1, 1));
  expect(wheelFactor(-100, 0)).toBeGreaterThan(1);
  expect(wheelFactor(-1e6, 0)).toBeLessThan(2);
});

it("a mouse's stroke is one op with points in sixty-fourths", () => {
  const builder = new StrokeBuilder(false);
  builder.add(1.001, 2.337, 5);
  expect(builder.add(1.0011, 2.337, 5)).toBeNull();
  builder.add(4, 4, 5);
  expect(builder.op()).toEqual({ op: "stroke", points: [[1, 2.34375], [4, 4]], r: 5, erase: false });
});

it("a pen's pressure makes parts that join, undone as one", () => {
  const builder = new StrokeBuilder(true);
  builder.add(0, 0, radiusAt(16, 0.25));
  builder.add(10, 0, radiusAt(16, 0.25));
  builder.add(20, 0, radiusAt(16, 1));
  expect(builder.op()).toEqual({
    op: "group",
    ops: [
      { op: "stroke", points: [[0, 0], [10, 0]], r: 4, erase: true },
      { op: "stroke", points: [[10, 0], [20, 0]], r: 16, erase: true },
    ],
  });
  expect(radiusAt(16, 0)).toBe(2);
  expect(radiusAt(1, 0.1)).toBe(0.5);
});

it("brush sizes stay between a pixel and the picture", () => {
  const brush = new Brush(PICTURE);
  expect(brush.size).toBe(30);
  brush.step(-1);
  expect(brush.size).toBe(27);
  brush.step(5);
  expect(brush.size).toBe(42);
  for (let k = 0; k < 200; k++) brush.step(-5);
  expect(brush.size).toBe(1);
  brush.slider = 100;
  expect(brush.size).toBe(640);
  brush.slider = 50;
  expect(brush.slider).toBeCloseTo(50, 0);
});

it("a one-pixel picture has a brush all the same", () => {
  const brush = new Brush({ width: 1, height: 1 });
  brush.resize(1);
  expect(Number.isFinite(brush.slider)).toBe(true);
});

it("shapes become ops with corners in order", () => {
  const rect = new Shape("rect", 30, 40);
  rect.move(10, 5, false);
  expect(rect.op(false)).toEqual({ op: "rect", box: [10, 5, 30, 40], erase: false });
  rect.move(10, 5, true);
  expect(rect.op(true)).toEqual({ op: "rect", box: [10, 20, 30, 40], erase: true });
  const lasso = new Shape("lasso", 0, 0);
  lasso.move(0.1, 0.1, false);
  lasso.move(9, 0, false);
  expect(lasso.op(false)).toBeNull();
  lasso.move(9, 9, false);
  expect(lasso.op(false)).toEqual({ op: "polygon", points: [[0, 0], [9, 0], [9, 9]], erase: false });
  expect(new Shape("ellipse", 3, 3).op(false)).toBeNull();
});

it("numbers make a box, whatever their order, but only one with an area", () => {
  expect(boxOp("ellipse", [30, 40, 10, 5.013], true)).toEqual({ op: "ellipse", box: [10, 5.015625, 30, 40], erase: true });
  expect(boxOp("rect", [1, 1, 1, 9], false)).toBeNull();
  expect(boxOp("rect", [1, 1, NaN, 9], false)).toBeNull();
});
