// The mask on its way: one bit a pixel (rows start on a byte, first pixel is the highest bit). Python sends it deflated as
// zlib does; the page sends it as it is, since its deflate cannot be had in the task that sends.

import type { Bitmap, Box } from "./bitmap";

/** Times this, four bytes of 0 or 1 are one number whose highest byte holds them as bits, the first byte highest. */
const GATHER = 0x08040201;

export const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Rows that start on a multiple of eight pixels can be read and written four pixels at a time. */
function inFours({ width, data }: Bitmap): Uint32Array | null {
  return littleEndian && width % 8 === 0 && data.byteOffset % 4 === 0 ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2) : null;
}

/** Pack the bitmap; with `before`, what was packed when only `box` was different, nothing else is looked at. */
export function pack(bitmap: Bitmap, before: Uint8Array | null = null, box: Box = bitmap.whole): Uint8Array<ArrayBuffer> {
  const { width, height, data } = bitmap;
  const stride = (width + 7) >> 3;
  const packed = before ? new Uint8Array(before) : new Uint8Array(stride * height);
  const [from, to] = before ? [box.x0 >> 3, (box.x1 + 7) >> 3] : [0, stride];
  const [y0, y1] = before ? [box.y0, box.y1] : [0, height];
  const fours = inFours(bitmap);
  for (let y = y0; y < y1; y++) {
    const row = y * width;
    for (let byte = from; byte < to; byte++) {
      if (fours) {
        const k = (row >> 2) + 2 * byte;
        packed[y * stride + byte] = ((Math.imul(fours[k]!, GATHER) >>> 24) << 4) | (Math.imul(fours[k + 1]!, GATHER) >>> 24);
        continue;
      }
      let bits = 0;
      const x = byte << 3;
      for (let k = 0; k < 8; k++) bits = (bits << 1) | (x + k < width ? data[row + x + k]! : 0);
      packed[y * stride + byte] = bits;
    }
  }
  return packed;
}

/** Four bits as four bytes of 0 or 1, the highest bit first. */
const SPREAD = Uint32Array.from({ length: 16 }, (_, n) => ((n >> 3) & 1) | (((n >> 2) & 1) << 8) | (((n >> 1) & 1) << 16) | ((n & 1) << 24));

/** Unpack all of a mask, or what a box holds of it. */
export function unpackInto(bitmap: Bitmap, packed: Uint8Array, box: Box = bitmap.whole): void {
  const { width, height, data } = bitmap;
  const stride = (width + 7) >> 3;
  if (packed.length !== stride * height) throw new RangeError(`a mask of ${width}x${height} has ${stride * height} bytes, got ${packed.length}`);
  const fours = inFours(bitmap);
  const [from, to] = [box.x0 >> 3, (box.x1 + 7) >> 3];
  for (let y = box.y0; y < box.y1; y++) {
    if (fours) {
      for (let k = y * stride + from; k < y * stride + to; k++) {
        fours[2 * k] = SPREAD[packed[k]! >> 4]!;
        fours[2 * k + 1] = SPREAD[packed[k]! & 15]!;
      }
    } else {
      for (let x = box.x0, k = y * width + x; x < box.x1; x++, k++) {
        data[k] = (packed[y * stride + (x >> 3)]! >> (7 - (x & 7))) & 1;
      }
    }
  }
}

/** Find the box outside which two packed masks of one size are the same, in steps of eight pixels across; null when all is. */
export function difference({ width, height }: Pick<Bitmap, "width" | "height">, one: Uint8Array, other: Uint8Array): Box | null {
  const stride = (width + 7) >> 3;
  let [from, to, y0, y1] = [stride, 0, height, 0];
  for (let y = 0; y < height; y++) {
    const start = y * stride;
    let first = start;
    while (first < start + stride && one[first] === other[first]) first++;
    if (first === start + stride) continue;
    let last = start + stride - 1;
    while (one[last] === other[last]) last--;
    from = Math.min(from, first - start);
    to = Math.max(to, last - start + 1);
    y0 = Math.min(y0, y);
    y1 = y + 1;
  }
  return y1 > 0 ? { x0: 8 * from, y0, x1: Math.min(width, 8 * to), y1 } : null;
}

const ONES = Uint8Array.from({ length: 256 }, (_, n) => [0, 1, 2, 3, 4, 5, 6, 7].filter((k) => (n >> k) & 1).length);

/** Count the painted pixels of what is packed and find the box that holds them. */
export function measure({ width, height }: Pick<Bitmap, "width" | "height">, packed: Uint8Array): { count: number; box: Box | null } {
  const stride = (width + 7) >> 3;
  let [count, x0, x1, y0, y1] = [0, width, 0, height, 0];
  for (let y = 0; y < height; y++) {
    const start = y * stride;
    let first = start;
    while (first < start + stride && packed[first] === 0) first++;
    if (first === start + stride) continue;
    let last = start + stride - 1;
    while (packed[last] === 0) last--;
    for (let k = first; k <= last; k++) count += ONES[packed[k]!]!;
    x0 = Math.min(x0, 8 * (first - start) + Math.clz32(packed[first]!) - 24);
    x1 = Math.max(x1, 8 * (last - start) + Math.clz32(packed[last]! & -packed[last]!) - 23);
    y0 = Math.min(y0, y);
    y1 = y + 1;
  }
  return { count, box: count > 0 ? { x0, y0, x1, y1 } : null };
}

export async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const out = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(out).arrayBuffer());
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** The CRC-32 of zlib and PNG. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) c = (table[(c ^ (bytes[k] ?? 0)) & 0xff] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
