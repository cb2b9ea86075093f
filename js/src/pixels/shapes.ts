// Rectangle, ellipse, polygon and bucket on a bitmap, by the rules of bailian_nb.masks: a pixel's centre decides.

import type { Bitmap, Box } from "./bitmap";
import type { Point } from "./stroke";

function clip(bitmap: Bitmap, x0: number, y0: number, x1: number, y1: number): Box | null {
  const box = {
    x0: Math.max(0, Math.floor(x0) - 1),
    y0: Math.max(0, Math.floor(y0) - 1),
    x1: Math.min(bitmap.width, Math.ceil(x1) + 1),
    y1: Math.min(bitmap.height, Math.ceil(y1) + 1),
  };
  return box.x0 < box.x1 && box.y0 < box.y1 ? box : null;
}

function paintWhere(bitmap: Bitmap, box: Box | null, value: 0 | 1, inside: (x: number, y: number) => boolean): Box | null {
  if (!box) return null;
  for (let j = box.y0; j < box.y1; j++) {
    for (let i = box.x0; i < box.x1; i++) {
      if (inside(i + 0.5, j + 0.5)) bitmap.data[j * bitmap.width + i] = value;
    }
  }
  return box;
}

export function paintRect(bitmap: Bitmap, x0: number, y0: number, x1: number, y1: number, value: 0 | 1): Box | null {
  const box = clip(bitmap, x0, y0, x1, y1);
  return paintWhere(bitmap, box, value, (x, y) => x0 <= x && x < x1 && y0 <= y && y < y1);
}

export function paintEllipse(bitmap: Bitmap, x0: number, y0: number, x1: number, y1: number, value: 0 | 1): Box | null {
  const [cx, cy, rx, ry] = [(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2];
  if (!(rx > 0 && ry > 0)) return null;
  return paintWhere(bitmap, clip(bitmap, x0, y0, x1, y1), value, (x, y) => {
    const u = (x - cx) / rx;
    const v = (y - cy) / ry;
    return u * u + v * v <= 1;
  });
}

/** Paint by the even-odd rule: a row's crossings are sorted, and each pixel asks how many lie to its right. */
export function paintPolygon(bitmap: Bitmap, points: readonly Point[], value: 0 | 1): Box | null {
  if (points.length < 3) return null;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const box = clip(bitmap, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  if (!box) return null;
  for (let j = box.y0; j < box.y1; j++) {
    const y = j + 0.5;
    const crossings: number[] = [];
    let [ax, ay] = points[points.length - 1]!;
    for (const [bx, by] of points) {
      if (ay > y !== by > y) crossings.push(((bx - ax) * (y - ay)) / (by - ay) + ax);
      [ax, ay] = [bx, by];
    }
    crossings.sort((a, b) => b - a);
    for (let i = box.x1 - 1, right = 0; i >= box.x0; i--) {
      while (right < crossings.length && i + 0.5 < crossings[right]!) right++;
      if (right & 1) bitmap.data[j * bitmap.width + i] = value;
    }
  }
  return box;
}

/** Give the connected area about a pixel the value; returns null when it has it already. */
export function flood(bitmap: Bitmap, x: number, y: number, value: 0 | 1): Box | null {
  const { width, height, data } = bitmap;
  if (x < 0 || y < 0 || x >= width || y >= height || data[y * width + x] === value) return null;
  let [x0, y0, x1, y1] = [x, y, x + 1, y + 1];
  const seeds: [number, number][] = [[x, y]];
  for (let seed = seeds.pop(); seed; seed = seeds.pop()) {
    const row = seed[1] * width;
    let left = seed[0];
    if (data[row + left] === value) continue;
    while (left > 0 && data[row + left - 1] !== value) left--;
    let right = seed[0] + 1;
    while (right < width && data[row + right] !== value) right++;
    data.fill(value, row + left, row + right);
    [x0, y0, x1, y1] = [Math.min(x0, left), Math.min(y0, seed[1]), Math.max(x1, right), Math.max(y1, seed[1] + 1)];
    for (const next of [seed[1] - 1, seed[1] + 1]) {
      if (next < 0 || next >= height) continue;
      for (let i = left; i < right; i++) {
        const open = data[next * width + i] !== value;
        if (open && (i === left || data[next * width + i - 1] === value)) seeds.push([i, next]);
      }
    }
  }
  return { x0, y0, x1, y1 };
}
