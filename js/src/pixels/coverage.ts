// How much of each pixel of a reduced picture is painted: the mask at a half, a quarter, an eighth of its size. A view
// of a large picture is drawn from the copy next to its own size, and a stroke renews the part that it has touched.

import type { Bitmap, Box } from "./bitmap";

/** One copy: 0 is not painted, 255 is painted all over. */
export interface Level {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const SMALLEST = 256; // pixels of the longer side; a smaller copy saves nothing

export class Coverage {
  readonly #bitmap: Bitmap;
  readonly #halves: Level[] = [];

  constructor(bitmap: Bitmap) {
    this.#bitmap = bitmap;
  }

  /** Return how often the picture can be halved and still has a pixel for each that is drawn at this scale. */
  depth(scale: number): number {
    const { width, height } = this.#bitmap;
    let depth = 0;
    for (let k = scale; k <= 0.5 && Math.max(width, height) >> (depth + 1) >= SMALLEST; k *= 2) depth++;
    return depth;
  }

  /** Return the copy that was halved so often, at least once. */
  half(depth: number): Level {
    while (this.#halves.length < depth) {
      const { width, height } = this.#halves.at(-1) ?? this.#bitmap;
      const half = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
      this.#halves.push({ ...half, data: new Uint8Array(half.width * half.height) });
      this.#renew(this.#halves.length - 1, this.#bitmap.whole);
    }
    return this.#halves[depth - 1]!;
  }

  /** The bitmap has changed in a box. */
  update(box: Box): void {
    for (const depth of this.#halves.keys()) this.#renew(depth, box);
  }

  #renew(depth: number, box: Box): void {
    const { width, height, data } = this.#halves[depth]!;
    const from = this.#halves[depth - 1] ?? this.#bitmap;
    const full = depth === 0 ? 255 : 1;
    const shift = depth + 1;
    const [x0, x1] = [box.x0 >> shift, Math.min(width, ((box.x1 - 1) >> shift) + 1)];
    const y1 = Math.min(height, ((box.y1 - 1) >> shift) + 1);
    for (let y = box.y0 >> shift; y < y1; y++) {
      const upper = 2 * y * from.width;
      const lower = Math.min(2 * y + 1, from.height - 1) * from.width;
      for (let x = x0; x < x1; x++) {
        const [left, right] = [2 * x, Math.min(2 * x + 1, from.width - 1)];
        const sum = from.data[upper + left]! + from.data[upper + right]! + from.data[lower + left]! + from.data[lower + right]!;
        data[y * width + x] = (full * sum + 2) >> 2;
      }
    }
  }
}
