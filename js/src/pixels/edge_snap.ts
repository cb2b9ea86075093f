// A line drawn by hand along an edge of a picture is drawn to the edge: beside each of its points, across the way that the
// hand goes, the strongest edge within reach is looked for. No DOM in here; `lasso_edges` in the painter has the pixels.

import type { Point } from "./stroke";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel. */
  readonly data: Uint8ClampedArray;
}

/** Pixels between the points of what is drawn to an edge. */
const STEP = 2;
/** A colour that changes by less than this, over two pixels and all channels, is no edge. */
const FAINT = 36;
/** Pixels by which the line may swerve from point to point: an edge that is lost and found leaves no teeth. */
const SWERVE = 2;
/** Pixels over which the hand's direction is taken: a shorter way is the mouse's own steps. */
const WAY = 6;

export class EdgeSnap {
  readonly #pixels: Pixels;
  readonly #reach: number;
  #last: Point;
  /** Where the hand was a little while ago. */
  #back: Point;
  /** How far beside the hand the last point lay: an edge that goes on is kept to, though another is stronger. */
  #beside = 0;
  #begun = false;
  /** Way since the last point, in pixels. */
  #since = 0;

  /** `reach` is how far beside the hand an edge may lie. All points here are in pixels of `pixels`. */
  constructor(pixels: Pixels, reach: number, from: Point) {
    this.#pixels = pixels;
    this.#reach = reach;
    this.#last = this.#back = from;
  }

  /** The hand goes straight to a point; returns the line's next points. */
  follow(to: Point): Point[] {
    const [x0, y0] = this.#last;
    const [dx, dy] = [to[0] - x0, to[1] - y0];
    const length = Math.hypot(dx, dy);
    const points: Point[] = [];
    let way = STEP - this.#since;
    for (; way <= length; way += STEP) points.push(this.#drawn([x0 + (dx * way) / length, y0 + (dy * way) / length]));
    this.#since = length - (way - STEP);
    this.#last = to;
    return points;
  }

  /** A point of the hand's way, drawn to the edge beside it. */
  #drawn([x, y]: Point): Point {
    const [wx, wy] = [x - this.#back[0], y - this.#back[1]];
    const way = Math.hypot(wx, wy);
    if (way === 0) return [x, y];
    if (way > WAY) this.#back = [x - (wx / way) * WAY, y - (wy / way) * WAY];
    const [nx, ny] = [-wy / way, wx / way];
    let [best, beside] = [0, 0];
    for (let d = -this.#reach; d <= this.#reach; d++) {
      const strength = this.#across(x + nx * d, y + ny * d, nx, ny);
      if (strength < FAINT) continue;
      const far = d / (this.#reach + 1);
      const apart = (d - this.#beside) / this.#reach;
      const score = strength * (1 - far * far) * (1 - Math.min(0.9, apart * apart));
      if (score > best) [best, beside] = [score, d];
    }
    const wanted = best > 0 ? this.#peak(x, y, nx, ny, beside) : 0;
    this.#beside = this.#begun ? Math.max(this.#beside - SWERVE, Math.min(this.#beside + SWERVE, wanted)) : wanted;
    this.#begun = true;
    return [x + nx * this.#beside, y + ny * this.#beside];
  }

  /** The top of the parabola through the strengths about an edge: where the colour changes, to a part of a pixel. */
  #peak(x: number, y: number, nx: number, ny: number, d: number): number {
    const [before, at, after] = [d - 1, d, d + 1].map((k) => this.#across(x + nx * k, y + ny * k, nx, ny)) as [number, number, number];
    const bend = before - 2 * at + after;
    return bend < 0 ? d + Math.max(-1, Math.min(1, (0.5 * (before - after)) / bend)) : d;
  }

  /** How much the colour changes at a point, in a direction. */
  #across(x: number, y: number, nx: number, ny: number): number {
    let sum = 0;
    for (let channel = 0; channel < 3; channel++) sum += Math.abs(this.#at(x + nx, y + ny, channel) - this.#at(x - nx, y - ny, channel));
    return sum;
  }

  /** One channel at a point, between the middles of four pixels. */
  #at(x: number, y: number, channel: number): number {
    const { width, height, data } = this.#pixels;
    const [px, py] = [Math.min(width - 1, Math.max(0, x - 0.5)), Math.min(height - 1, Math.max(0, y - 0.5))];
    const [x0, y0] = [Math.floor(px), Math.floor(py)];
    const [x1, y1] = [Math.min(width - 1, x0 + 1), Math.min(height - 1, y0 + 1)];
    const [u, v] = [px - x0, py - y0];
    const value = (i: number, j: number) => data[4 * (j * width + i) + channel]!;
    return (1 - v) * ((1 - u) * value(x0, y0) + u * value(x1, y0)) + v * ((1 - u) * value(x0, y1) + u * value(x1, y1));
  }
}
