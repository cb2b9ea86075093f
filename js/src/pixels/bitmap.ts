// The mask as the painter holds it: one byte a pixel, 0 or 1, in the picture's own pixels. Everything paints into it.

export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export class Bitmap {
  constructor(
    readonly width: number,
    readonly height: number,
    readonly data: Uint8Array = new Uint8Array(width * height),
  ) {
    if (data.length !== width * height) throw new RangeError(`${width}x${height} needs ${width * height} pixels`);
  }

  get whole(): Box {
    return { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }

  invert(): void {
    const { data } = this;
    for (let k = 0; k < data.length; k++) data[k] = (data[k] ?? 0) ^ 1;
  }

  /** Count the painted pixels and find the box that holds them. */
  measure(): { count: number; box: Box | null } {
    const { width, height, data } = this;
    let count = 0;
    let x0 = width;
    let x1 = 0;
    let y0 = height;
    let y1 = 0;
    for (let y = 0; y < height; y++) {
      const row = data.subarray(y * width, (y + 1) * width);
      const first = row.indexOf(1);
      if (first < 0) continue;
      const last = row.lastIndexOf(1);
      for (let x = first; x <= last; x++) count += row[x] ?? 0;
      if (first < x0) x0 = first;
      if (last >= x1) x1 = last + 1;
      if (y < y0) y0 = y;
      y1 = y + 1;
    }
    return { count, box: count > 0 ? { x0, y0, x1, y1 } : null };
  }
}

export function union(a: Box | null, b: Box | null): Box | null {
  if (!a || !b) return a ?? b;
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  };
}
