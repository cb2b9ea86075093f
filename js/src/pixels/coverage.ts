// How much of each pixel of a reduced picture is painted: the mask at a half, a quarter, an eighth of its size. A view
// of a large picture is drawn from the copy next to its own size, and a stroke renews the part that it has touched.

import type { Bitmap, Box } from "./bitmap";
import { littleEndian } from "./mask_codec";

/** One copy: 0 is not painted, 255 is painted all over. */
export interface Level {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Of a number of four bytes the first and the third. */
const LOW = 0x00ff00ff;

const SMALLEST = 256; // pixels of the longer side; a smaller copy saves nothing

export class Coverage {
  readonly #bitmap: Bitmap;
  readonly #halves: Level[] = [];
  /** Nothing was painted when a copy was asked for first, so the copies are right as they are made. */
  #blank = false;

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
    if (this.#halves.length === 0) this.#blank = !this.#bitmap.data.includes(1);
    while (this.#halves.length < depth) {
      const { width, height } = this.#halves.at(-1) ?? this.#bitmap;
      const half = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
      this.#halves.push({ ...half, data: new Uint8Array(half.width * half.height) });
      if (!this.#blank) this.#renew(this.#halves.length - 1, this.#bitmap.whole);
    }
    return this.#halves[depth - 1]!;
  }

  /** The bitmap has changed in a box. */
  update(box: Box): void {
    this.#blank = false;
    for (const depth of this.#halves.keys()) this.#renew(depth, box);
  }

  #renew(depth: number, box: Box): void {
    const to = this.#halves[depth]!;
    const from = this.#halves[depth - 1] ?? this.#bitmap;
    const full = depth === 0 ? 255 : 1;
    const shift = depth + 1;
    const part = {
      x0: box.x0 >> shift,
      y0: box.y0 >> shift,
      x1: Math.min(to.width, ((box.x1 - 1) >> shift) + 1),
      y1: Math.min(to.height, ((box.y1 - 1) >> shift) + 1),
    };
    if (littleEndian && from.width % 4 === 0 && from.data.byteOffset % 4 === 0) halveInFours(from, to, part, full);
    else halve(from, to, part, full);
  }
}

/** Both write the mean of each two by two pixels, times `full`. Their loops make no arrays: at this size that is felt. */
function halve(from: Level, to: Level, { x0, y0, x1, y1 }: Box, full: number): void {
  const { data } = from;
  const last = from.width - 1;
  for (let y = y0; y < y1; y++) {
    const upper = 2 * y * from.width;
    const lower = Math.min(2 * y + 1, from.height - 1) * from.width;
    for (let x = x0; x < x1; x++) {
      const left = 2 * x;
      const right = left < last ? left + 1 : last;
      const sum = data[upper + left]! + data[upper + right]! + data[lower + left]! + data[lower + right]!;
      to.data[y * to.width + x] = (full * sum + 2) >> 2;
    }
  }
}

/** Four pixels of each of two rows are two numbers, from which the two means come in one go. */
function halveInFours(from: Level, to: Level, { x0, y0, x1, y1 }: Box, full: number): void {
  const fours = new Uint32Array(from.data.buffer, from.data.byteOffset, from.data.length >> 2);
  const twos = new Uint16Array(to.data.buffer, to.data.byteOffset, to.data.length >> 1);
  const stride = from.width >> 2;
  const [first, end] = [x0 >> 1, (x1 + 1) >> 1];
  for (let y = y0; y < y1; y++) {
    const upper = 2 * y * stride;
    const lower = Math.min(2 * y + 1, from.height - 1) * stride;
    const row = y * stride;
    for (let k = first; k < end; k++) {
      const a = fours[upper + k]!;
      const b = fours[lower + k]!;
      if ((a | b) === 0) {
        twos[row + k] = 0;
        continue;
      }
      const sums = (a & LOW) + ((a >>> 8) & LOW) + (b & LOW) + ((b >>> 8) & LOW);
      const means = ((Math.imul(sums, full) + 0x00020002) >>> 2) & LOW;
      twos[row + k] = means | (means >>> 8);
    }
  }
}
