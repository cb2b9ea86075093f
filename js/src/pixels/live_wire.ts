// The cheapest way from an anchor to any pixel of a picture, where it is cheap to go along edges: what a lasso follows.
// The search spreads from the anchor as far as it is asked to, and goes on from there when more is asked for.
// No DOM in here; `wire` in the painter has the pixels and the hand.

import type { Point } from "./stroke";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel. */
  readonly data: Uint8ClampedArray;
}

/** A colour that changes by less than this, over two pixels and all channels, is no edge. */
const FAINT = 36;
/** A step in a plain area costs so many times what it costs along the strongest edge, and one more. */
const PLAIN = 24;
/** A step to a side and one to a corner, for a cost of 1. */
const [SIDE, CORNER] = [10, 14];
const MOST = (PLAIN + 1) * CORNER;
const FAR = 0x7fffffff;
/** Points of the line that are left out between two that are kept. */
const EVERY = 2;

const STEPS: readonly (readonly [number, number, number])[] = [
  [1, 0, SIDE], [0, 1, SIDE], [-1, 0, SIDE], [0, -1, SIDE], [1, 1, CORNER], [-1, 1, CORNER], [-1, -1, CORNER], [1, -1, CORNER],
];
const NONE = 255;

export class LiveWire {
  readonly #pixels: Pixels;
  /** What a step to each pixel costs; 0 until it is asked for. */
  readonly #costs: Uint8Array;
  readonly #far: Int32Array;
  /** Number of the step by which each pixel is reached. */
  readonly #step: Uint8Array;
  readonly #settled: Uint8Array;
  /** Pixels to go on from, by their distance modulo the number of buckets. */
  #buckets: number[][] = [];
  #distance = 0;
  #waiting = 0;
  /** Pixels whose way has been found since the anchor was set. */
  #spread = 0;

  constructor(pixels: Pixels) {
    const count = pixels.width * pixels.height;
    this.#pixels = pixels;
    this.#costs = new Uint8Array(count);
    this.#far = new Int32Array(count);
    this.#step = new Uint8Array(count);
    this.#settled = new Uint8Array(count);
  }

  get spread(): number {
    return this.#spread;
  }

  /** The pixel at a point, or the nearest one to it. */
  pixelAt([x, y]: Point): number {
    const { width, height } = this.#pixels;
    return Math.max(0, Math.min(height - 1, Math.floor(y))) * width + Math.max(0, Math.min(width - 1, Math.floor(x)));
  }

  /** The pixel on the strongest edge about a point, at most `reach` away; the point's own where there is none. */
  edgeNear(point: Point, reach: number): number {
    const { width, height } = this.#pixels;
    let best = this.pixelAt(point);
    const [cx, cy] = [best % width, Math.floor(best / width)];
    let most = 0;
    for (let y = Math.max(0, cy - reach); y <= Math.min(height - 1, cy + reach); y++) {
      for (let x = Math.max(0, cx - reach); x <= Math.min(width - 1, cx + reach); x++) {
        const far = Math.hypot(x - cx, y - cy) / (reach + 1);
        const strength = far < 1 ? this.#strength(x, y) : 0;
        if (strength < FAINT || strength * (1 - far * far) <= most) continue;
        most = strength * (1 - far * far);
        best = y * width + x;
      }
    }
    return best;
  }

  /** Begin anew from a pixel. */
  anchor(pixel: number): void {
    this.#far.fill(FAR);
    this.#step.fill(NONE);
    this.#settled.fill(0);
    this.#buckets = Array.from({ length: MOST + 1 }, () => []);
    this.#distance = this.#spread = 0;
    this.#waiting = 1;
    this.#far[pixel] = 0;
    this.#buckets[0]!.push(pixel);
  }

  /** Spread over so many more pixels at most until the way to a pixel is found; returns whether it is. */
  reach(target: number, pixels: number): boolean {
    const until = this.#spread + pixels;
    while (this.#settled[target] === 0 && this.#waiting > 0 && this.#spread < until) {
      const next = this.#buckets[this.#distance % this.#buckets.length]!.pop();
      if (next === undefined) {
        this.#distance++;
        continue;
      }
      this.#waiting--;
      if (this.#settled[next] === 1) continue; // it was found on a shorter way meanwhile
      this.#settled[next] = 1;
      this.#spread++;
      this.#goOnFrom(next);
    }
    return this.#settled[target] === 1;
  }

  #goOnFrom(pixel: number): void {
    const { width, height } = this.#pixels;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    for (let k = 0; k < STEPS.length; k++) {
      const [dx, dy, length] = STEPS[k]!;
      const [nx, ny] = [x + dx, y + dy];
      if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
      const other = ny * width + nx;
      if (this.#settled[other] === 1) continue;
      const far = this.#distance + this.#cost(other, nx, ny) * length;
      if (far >= this.#far[other]!) continue;
      this.#far[other] = far;
      this.#step[other] = k;
      this.#waiting++;
      this.#buckets[far % this.#buckets.length]!.push(other);
    }
  }

  /** The pixels of the way from the anchor to one whose way is found, both included. */
  way(target: number): number[] {
    const { width } = this.#pixels;
    const pixels = [target];
    for (let pixel = target, k = this.#step[pixel]!; k !== NONE; k = this.#step[pixel]!) {
      const [dx, dy] = STEPS[k]!;
      pixel -= dy * width + dx;
      pixels.push(pixel);
    }
    return pixels.reverse();
  }

  /** A way as a line: on edges to a part of a pixel, straight where there are none. */
  line(way: readonly number[]): Point[] {
    const { width } = this.#pixels;
    const points: Point[] = [];
    for (const [k, pixel] of way.entries()) {
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      const last = k === 0 || k === way.length - 1;
      if (!last && (k % EVERY !== 0 || this.#strength(x, y) < FAINT)) continue;
      points.push(this.#onEdge(x, y));
    }
    return points;
  }

  #cost(pixel: number, x: number, y: number): number {
    let cost = this.#costs[pixel]!;
    if (cost === 0) {
      const strength = this.#strength(x, y) / FAINT;
      this.#costs[pixel] = cost = 1 + Math.round(PLAIN / (1 + strength * strength));
    }
    return cost;
  }

  /** How much the colour changes about a pixel. */
  #strength(x: number, y: number): number {
    let [across, down] = [0, 0];
    for (let channel = 0; channel < 3; channel++) {
      across += Math.abs(this.#level(x + 1, y, channel) - this.#level(x - 1, y, channel));
      down += Math.abs(this.#level(x, y + 1, channel) - this.#level(x, y - 1, channel));
    }
    return Math.sqrt(across * across + down * down);
  }

  /** The middle of a pixel, moved to where the colour changes most: the top of the parabola through three strengths. */
  #onEdge(x: number, y: number): Point {
    let [nx, ny, most] = [0, 0, 0];
    for (let channel = 0; channel < 3; channel++) {
      const dx = this.#level(x + 1, y, channel) - this.#level(x - 1, y, channel);
      const dy = this.#level(x, y + 1, channel) - this.#level(x, y - 1, channel);
      const length = Math.hypot(dx, dy);
      if (length > most) [nx, ny, most] = [dx / length, dy / length, length];
    }
    const [px, py] = [x + 0.5, y + 0.5];
    if (most < FAINT / 3) return [px, py];
    const [before, at, after] = [-1, 0, 1].map((d) => this.#across(px + nx * d, py + ny * d, nx, ny)) as [number, number, number];
    const bend = before - 2 * at + after;
    const d = bend < 0 ? Math.max(-1, Math.min(1, (0.5 * (before - after)) / bend)) : 0;
    return [px + nx * d, py + ny * d];
  }

  /** How much the colour changes at a point, in a direction. */
  #across(x: number, y: number, nx: number, ny: number): number {
    let sum = 0;
    for (let channel = 0; channel < 3; channel++) sum += Math.abs(this.#between(x + nx, y + ny, channel) - this.#between(x - nx, y - ny, channel));
    return sum;
  }

  /** One channel at a point, between the middles of four pixels. */
  #between(x: number, y: number, channel: number): number {
    const [px, py] = [x - 0.5, y - 0.5];
    const [x0, y0] = [Math.floor(px), Math.floor(py)];
    const [u, v] = [px - x0, py - y0];
    const [a, b, c, d] = [this.#level(x0, y0, channel), this.#level(x0 + 1, y0, channel), this.#level(x0, y0 + 1, channel), this.#level(x0 + 1, y0 + 1, channel)];
    return (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * c + u * d);
  }

  /** One channel of a pixel; beside the picture, of the nearest one in it. */
  #level(x: number, y: number, channel: number): number {
    const { width, height, data } = this.#pixels;
    const [i, j] = [x < 0 ? 0 : x >= width ? width - 1 : x, y < 0 ? 0 : y >= height ? height - 1 : y];
    return data[4 * (j * width + i) + channel]!;
  }
}
