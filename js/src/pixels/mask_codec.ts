// The mask on its way: one bit a pixel (rows start on a byte, first pixel is the highest bit). Python sends it deflated as
// zlib does; the page sends it as it is, since its deflate cannot be had in the task that sends.

import type { Bitmap } from "./bitmap";

export function pack(bitmap: Bitmap): Uint8Array<ArrayBuffer> {
  const { width, height, data } = bitmap;
  const stride = (width + 7) >> 3;
  const packed = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    for (let byte = 0, x = 0; byte < stride; byte++) {
      let bits = 0;
      for (const end = x + 8; x < end; x++) bits = (bits << 1) | (row[x] ?? 0);
      packed[y * stride + byte] = bits;
    }
  }
  return packed;
}

export function unpackInto(bitmap: Bitmap, packed: Uint8Array): void {
  const { width, height, data } = bitmap;
  const stride = (width + 7) >> 3;
  if (packed.length !== stride * height) throw new RangeError(`a mask of ${width}x${height} has ${stride * height} bytes, got ${packed.length}`);
  for (let y = 0; y < height; y++) {
    for (let x = 0, k = y * width; x < width; x++, k++) {
      data[k] = ((packed[y * stride + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1;
    }
  }
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
