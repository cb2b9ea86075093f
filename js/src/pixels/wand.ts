// What a wand picks, by the rule of `Mask.wand` in bailian_nb.masks: no channel is farther from the chosen pixel's than the
// tolerance. Works on the colours that Python compares and sends: a browser decodes a photo a little differently.
//
// No DOM in here: a worker runs it, and where none can be made the page does, a slice at a time.

import { Bitmap } from "./bitmap";
import { inflate, pack } from "./mask_codec";

export interface Choice {
  readonly at: readonly [number, number];
  readonly tolerance: number;
  readonly contiguous: boolean;
}

/** One bit a pixel, as `mask_codec` packs a mask. */
export type Packed = Uint8Array<ArrayBuffer>;

/** Pixels looked at between two places where a slice of the work may end. */
const PAUSE = 65_536;

/** A picture's colours, which come row by row. */
export class Colours {
  readonly #data: Uint8Array;
  #rows = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.#data = new Uint8Array(3 * width * height);
  }

  /** Number of the row that is to come next; the height when all are here. */
  get rows(): number {
    return this.#rows;
  }

  /** Add rows as Python sends them: deflated, each byte less the one of the pixel to its left. */
  async add(deflated: Uint8Array<ArrayBuffer>): Promise<void> {
    const bytes = await inflate(deflated);
    const row = 3 * this.width;
    const count = bytes.length / row;
    if (!Number.isInteger(count) || this.#rows + count > this.height) throw new RangeError(`${bytes.length} bytes are no rows of ${this.width} pixels`);
    for (let start = 0; start < bytes.length; start += row) {
      for (let k = start + 3; k < start + row; k++) bytes[k] = bytes[k]! + bytes[k - 3]!;
    }
    this.#data.set(bytes, this.#rows * row);
    this.#rows += count;
  }

  /** Pick where the colour is about that of a pixel; a generator that stands still at every `PAUSE` pixels. */
  *pick({ at: [x, y], tolerance, contiguous }: Choice): Generator<undefined, Packed> {
    const near = this.#near(3 * (y * this.width + x), tolerance);
    const area = new Bitmap(this.width, this.height);
    if (contiguous) yield* this.#flood(area, x, y, near);
    else yield* this.#everywhere(area, near);
    yield;
    return pack(area);
  }

  /** Return what tells of the pixel at a place in the data whether it is near enough. */
  #near(chosen: number, tolerance: number): (k: number) => number {
    const data = this.#data;
    const [red, green, blue] = [0, 1, 2].map((channel) => {
      const wanted = data[chosen + channel]!;
      return Uint8Array.from({ length: 256 }, (_, level) => Number(Math.abs(level - wanted) <= tolerance));
    }) as [Uint8Array, Uint8Array, Uint8Array];
    return (k) => red[data[k]!]! & green[data[k + 1]!]! & blue[data[k + 2]!]!;
  }

  *#everywhere({ width, height, data }: Bitmap, near: (k: number) => number): Generator<undefined, void> {
    const rows = Math.max(1, Math.floor(PAUSE / width));
    for (let y = 0; y < height; y++) {
      for (let k = y * width; k < (y + 1) * width; k++) data[k] = near(3 * k);
      if (y % rows === rows - 1) yield;
    }
  }

  /** Runs of a row, each of which looks for others above and below it. */
  *#flood({ width, height, data }: Bitmap, x: number, y: number, near: (k: number) => number): Generator<undefined, void> {
    const seeds = [y * width + x];
    let since = 0;
    for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) {
      if (data[seed] === 1) continue;
      const line = Math.floor(seed / width);
      const row = line * width;
      let left = seed;
      while (left > row && near(3 * (left - 1)) === 1) left--;
      let right = seed + 1;
      while (right < row + width && near(3 * right) === 1) right++;
      data.fill(1, left, right);
      for (const beside of [-width, width]) {
        if (beside < 0 ? line === 0 : line === height - 1) continue;
        let before = 0;
        for (let k = left + beside; k < right + beside; k++) {
          const open = near(3 * k) & ~data[k]!;
          if (open === 1 && before === 0) seeds.push(k);
          before = open;
        }
      }
      since += right - left;
      if (since < PAUSE) continue;
      since = 0;
      yield;
    }
  }
}

/** What was painted, with the picked area added or taken away; both packed. */
export function merged(before: Uint8Array, area: Uint8Array, erase: boolean): Uint8Array<ArrayBuffer> {
  const after = new Uint8Array(before);
  const words = new Uint32Array(after.buffer, 0, after.length >> 2);
  const aligned = area.byteOffset % 4 === 0 ? area : new Uint8Array(area);
  const picked = new Uint32Array(aligned.buffer, aligned.byteOffset, words.length);
  if (erase) for (let k = 0; k < words.length; k++) words[k] = words[k]! & ~picked[k]!;
  else for (let k = 0; k < words.length; k++) words[k] = words[k]! | picked[k]!;
  for (let k = 4 * words.length; k < after.length; k++) after[k] = erase ? after[k]! & ~area[k]! : after[k]! | area[k]!;
  return after;
}
