import { deflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { Bitmap, union } from "../src/pixels/bitmap";
import type { Level } from "../src/pixels/coverage";
import { Coverage } from "../src/pixels/coverage";
import { crc32, difference, inflate, measure, pack, unpackInto } from "../src/pixels/mask_codec";
import { History } from "../src/pixels/history";
import { draw } from "../src/pixels/ops";
import type { Op } from "../src/pixels/ops";
import { flood, paintEllipse, paintPolygon } from "../src/pixels/shapes";
import { dice } from "./dice";

function noise(width: number, height: number, seed = 1): Bitmap {
  const roll = dice(seed);
  return new Bitmap(width, height, Uint8Array.from({ length: width * height }, () => (roll() < 0.5 ? 1 : 0)));
}

it("bits are packed by rows, the first pixel highest", () => {
  const bitmap = new Bitmap(10, 2);
  bitmap.data[0] = bitmap.data[9] = bitmap.data[11] = 1;
  expect([...pack(bitmap)]).toEqual([0x80, 0x40, 0x40, 0x00]);
});

it("what is packed is unpacked the same, at any width", () => {
  for (const width of [1, 7, 8, 9, 33]) {
    const [from, to] = [noise(width, 5), new Bitmap(width, 5)];
    unpackInto(to, pack(from));
    expect(to.data).toEqual(from.data);
  }
});

it("two masks differ in a box, and what it holds is unpacked alone, at any width", () => {
  for (const width of [24, 29]) {
    const bitmap = noise(width, 9);
    const before = pack(bitmap);
    expect(difference(bitmap, before, before)).toBeNull();
    draw(bitmap, { op: "rect", box: [9, 2, 15, 7], erase: bitmap.data[2 * width + 9] === 1 });
    const after = pack(bitmap);
    expect(difference(bitmap, before, after)).toEqual({ x0: 8, y0: 2, x1: 16, y1: 7 });
    const other = noise(width, 9);
    unpackInto(other, after, { x0: 8, y0: 2, x1: 16, y1: 7 });
    expect(other.data).toEqual(bitmap.data);
    expect(difference(bitmap, pack(new Bitmap(width, 9)), pack(new Bitmap(width, 9, new Uint8Array(9 * width).fill(1))))).toEqual(bitmap.whole);
  }
});

it("only the box that has changed is packed again, at any width", () => {
  for (const width of [24, 29]) {
    const bitmap = noise(width, 9);
    const before = pack(bitmap);
    draw(bitmap, { op: "rect", box: [9, 2, 18, 7], erase: false });
    expect(pack(bitmap, before, { x0: 9, y0: 2, x1: 18, y1: 7 })).toEqual(pack(bitmap));
  }
});

it("a halved copy holds the share of each pixel that is painted, also after a part has changed", () => {
  const bitmap = noise(1030, 517);
  const coverage = new Coverage(bitmap);
  coverage.half(2);
  draw(bitmap, { op: "rect", box: [101, 33, 170, 90], erase: false });
  coverage.update({ x0: 101, y0: 33, x1: 170, y1: 90 });
  const anew = new Coverage(bitmap);
  for (const depth of [1, 2]) expect(Buffer.compare(coverage.half(depth).data, anew.half(depth).data)).toBe(0);
  const { width, height, data } = coverage.half(1);
  expect([width, height]).toEqual([515, 259]);
  const at = (x: number, y: number) => bitmap.data[Math.min(y, 516) * 1030 + x]!;
  for (const [x, y] of [[0, 0], [51, 17], [84, 44], [514, 258]] as const) {
    const share = (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1)) / 4;
    expect(data[y * width + x]).toBe(Math.round(255 * share));
  }
  expect([1, 0.6, 0.5, 0.25, 0.01].map((scale) => coverage.depth(scale))).toEqual([0, 0, 1, 2, 2]);
});

it("a halved copy is the rounded mean of two by two pixels all over, at any size", () => {
  for (const [width, height] of [[1024, 65], [1026, 66], [1023, 64], [1028, 63]] as const) {
    const bitmap = noise(width, height, width);
    const coverage = new Coverage(bitmap);
    let from: Level = { width, height, data: bitmap.data.map((bit) => 255 * bit) };
    for (const depth of [1, 2]) {
      const half = coverage.half(depth);
      const at = (x: number, y: number) => from.data[Math.min(y, from.height - 1) * from.width + Math.min(x, from.width - 1)]!;
      const wanted = Uint8Array.from({ length: half.width * half.height }, (_, k) => {
        const [x, y] = [2 * (k % half.width), 2 * Math.floor(k / half.width)];
        return (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 2) >> 2;
      });
      expect(Buffer.compare(half.data, wanted), `${width}x${height} at depth ${depth}`).toBe(0);
      from = { ...half, data: Uint8Array.from(half.data) };
    }
  }
});

it("packed bits of another size are refused", () => {
  expect(() => unpackInto(new Bitmap(9, 2), new Uint8Array(3))).toThrow(/has 4 bytes, got 3/);
});

it("what zlib has deflated is inflated", async () => {
  const bitmap = new Bitmap(2048, 2048);
  draw(bitmap, { op: "stroke", points: [[100, 100], [1800, 700], [300, 1900]], r: 80, erase: false });
  const packed = pack(bitmap);
  expect(await inflate(new Uint8Array(deflateSync(packed)))).toEqual(packed);
});

it("the checksum is zlib's", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

it("measures count and box, none for an empty mask", () => {
  const bitmap = new Bitmap(20, 10);
  expect(measure(bitmap, pack(bitmap))).toEqual({ count: 0, box: null });
  draw(bitmap, { op: "rect", box: [3, 2, 7, 9], erase: false });
  expect(measure(bitmap, pack(bitmap))).toEqual({ count: 28, box: { x0: 3, y0: 2, x1: 7, y1: 9 } });
});

it("boxes join", () => {
  const [a, b] = [{ x0: 0, y0: 5, x1: 2, y1: 6 }, { x0: 1, y0: 0, x1: 9, y1: 3 }];
  expect(union(a, null)).toBe(a);
  expect(union(a, b)).toEqual({ x0: 0, y0: 0, x1: 9, y1: 6 });
});

it("the bucket fills an area up to its border and no farther", () => {
  const bitmap = new Bitmap(40, 40);
  draw(bitmap, { op: "stroke", points: [[5, 5], [35, 5], [35, 35], [5, 35], [5, 5]], r: 1, erase: false });
  const before = measure(bitmap, pack(bitmap)).count;
  flood(bitmap, 20, 20, 1);
  expect(measure(bitmap, pack(bitmap)).count).toBe(before + 28 * 28);
  expect(flood(bitmap, 20, 20, 1)).toBeNull();
  expect(flood(bitmap, -1, 20, 1)).toBeNull();
});

it("shapes without an area paint nothing", () => {
  const bitmap = new Bitmap(9, 9);
  expect(paintEllipse(bitmap, 4, 4, 4, 8, 1)).toBeNull();
  expect(paintPolygon(bitmap, [[1, 1], [5, 5]], 1)).toBeNull();
});

const OPS: Op[] = Array.from({ length: 60 }, (_, k): Op =>
  k % 7 === 3 ? { op: "invert" } : { op: "stroke", points: [[k, 60 - k], [64 - k, k]], r: 2 + (k % 5), erase: k % 4 === 1 });

it("sixty steps are undone and done again, each to the same bitmap", () => {
  const bitmap = new Bitmap(64, 64);
  const history = new History(bitmap);
  const seen = [bitmap.data.slice()];
  for (const op of OPS) {
    draw(bitmap, op);
    history.push(op, pack(bitmap));
    seen.push(bitmap.data.slice());
  }
  for (let k = OPS.length - 1; k >= 0; k--) {
    expect(history.undo(bitmap)).toBe(true);
    expect(bitmap.data).toEqual(seen[k]);
  }
  expect(history.undo(bitmap)).toBe(false);
  for (let k = 1; k <= OPS.length; k++) {
    expect(history.redo(bitmap)).toBe(true);
    expect(bitmap.data).toEqual(seen[k]);
  }
  expect(history.redo(bitmap)).toBe(false);
});

it("a step after an undo forgets what was undone", () => {
  const bitmap = new Bitmap(8, 8);
  const history = new History(bitmap);
  history.push({ op: "fill" }, pack(bitmap));
  history.undo(bitmap);
  history.push({ op: "clear" }, pack(bitmap));
  expect(history.ahead).toBe(0);
});

it("a loaded mask comes back by undo and redo although its op cannot be drawn", () => {
  const bitmap = noise(30, 30);
  const history = new History(new Bitmap(30, 30));
  const loaded = bitmap.data.slice();
  history.push({ op: "load" }, pack(bitmap));
  history.push({ op: "invert" }, pack(bitmap));
  history.undo(bitmap);
  expect(bitmap.data).toEqual(loaded);
  history.undo(bitmap);
  expect(measure(bitmap, pack(bitmap)).count).toBe(0);
  history.redo(bitmap);
  expect(bitmap.data).toEqual(loaded);
});
