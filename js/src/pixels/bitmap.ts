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
