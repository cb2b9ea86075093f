// A pen's pressure: a stroke whose radius changes becomes a few strokes of one radius each, drawn and undone as one.

import type { Op, Stroke } from "../pixels/ops";
import type { Point } from "../pixels/stroke";
import { snap } from "../pixels/stroke";

/** Radius at a pressure of 0 to 1, in eighths of the full one, at least half a pixel. */
export function radiusAt(full: number, pressure: number): number {
  const steps = Math.max(1, Math.round(Math.min(1, Math.max(0, pressure)) * 8));
  return Math.max(0.5, snap((full * steps) / 8));
}

/** Collects the points of one stroke as they come. */
export class StrokeBuilder {
  readonly #parts: { points: Point[]; r: number }[] = [];
  #last: Point | null = null;

  constructor(readonly erase: boolean) {}

  /** Take a point; returns the segment to draw now, or null when it lies where the last one did. */
  add(x: number, y: number, r: number): { from: Point; to: Point } | null {
    const to: Point = [snap(x), snap(y)];
    const from = this.#last ?? to;
    const part = this.#parts.at(-1);
    if (this.#last && part?.r === r && from[0] === to[0] && from[1] === to[1]) return null;
    if (part?.r === r) part.points.push(to);
    else this.#parts.push({ points: this.#last ? [from, to] : [to], r });
    this.#last = to;
    return { from, to };
  }

  op(): Op | null {
    const ops = this.#parts.map<Stroke>(({ points, r }) => ({ op: "stroke", points, r, erase: this.erase }));
    return ops.length > 1 ? { op: "group", ops } : (ops[0] ?? null);
  }
}
