// The mask as a coloured, transparent layer over the picture, drawn at the place and scale of one view, part by part.

import type { Bitmap, Box } from "../pixels/bitmap";
import { Coverage } from "../pixels/coverage";
import type { View } from "./geometry";

/** Blue, green and red of a painted pixel, as a little-endian number. The stage adds the opacity that the user chose. */
const COLOUR = 0x6e20ff;

/** Where each column or row of the canvas lies in a copy of the mask: between which two pixels, and how far to the second. */
interface Places {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly part: Float32Array;
}

export class MaskLayer {
  /** Holds the part that is being drawn: to draw from a canvas and then to change it makes the browser copy all of it. */
  readonly #patch = document.createElement("canvas");
  readonly #context = this.#patch.getContext("2d");
  #image: ImageData | null = null;
  readonly #bitmap: Bitmap;
  readonly #coverage: Coverage;

  constructor(bitmap: Bitmap) {
    this.#bitmap = bitmap;
    this.#coverage = new Coverage(bitmap);
  }

  /** The mask has changed in a box; nothing is drawn. */
  update(box: Box): void {
    this.#coverage.update(box);
  }

  /** Draw what a part of the canvas shows of the mask; `smooth` makes steps between its pixels soft. */
  draw(onto: CanvasRenderingContext2D, view: View, part: Box, smooth: boolean): void {
    const [width, height] = [part.x1 - part.x0, part.y1 - part.y0];
    if (!this.#context || width <= 0 || height <= 0) return;
    const image = this.#cleared(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const depth = this.#coverage.depth(view.scale);
    const from = depth > 0 ? this.#coverage.half(depth) : this.#bitmap;
    const full = depth > 0 ? 1 : 255;
    const scale = view.scale * 2 ** depth;
    const across = places(part.x0, part.x1, view.x, scale, from.width, smooth);
    const down = places(part.y0, part.y1, view.y, scale, from.height, smooth);
    const { data } = from;
    for (let y = 0; y < height; y++) {
      if (down.first[y]! < 0) continue;
      const [upper, lower, v] = [down.first[y]! * from.width, down.second[y]! * from.width, down.part[y]!];
      for (let x = 0; x < width; x++) {
        const left = across.first[x]!;
        if (left < 0) continue;
        const right = across.second[x]!;
        const a = data[upper + left]!;
        const b = data[upper + right]!;
        const c = data[lower + left]!;
        const d = data[lower + right]!;
        if ((a | b | c | d) === 0) continue;
        const u = across.part[x]!;
        const alpha = full * ((a + (b - a) * u) * (1 - v) + (c + (d - c) * u) * v);
        pixels[y * width + x] = (Math.round(alpha) << 24) | COLOUR;
      }
    }
    if (this.#patch.width < width) this.#patch.width = width;
    if (this.#patch.height < height) this.#patch.height = height;
    this.#context.putImageData(image, 0, 0);
    onto.drawImage(this.#patch, 0, 0, width, height, part.x0, part.y0, width, height);
  }

  /** Give clear pixels: the last ones when they are as many, which saves the browser from collecting megabytes a frame. */
  #cleared(width: number, height: number): ImageData {
    if (this.#image?.width === width && this.#image.height === height) this.#image.data.fill(0);
    else this.#image = new ImageData(width, height);
    return this.#image;
  }
}

/** `first` is -1 where the canvas's pixel lies beside the picture. */
function places(from: number, to: number, offset: number, scale: number, length: number, smooth: boolean): Places {
  const [first, second, part] = [new Int32Array(to - from), new Int32Array(to - from), new Float32Array(to - from)];
  for (let k = 0; k < first.length; k++) {
    const at = (from + k + 0.5 - offset) / scale;
    if (at < 0 || at >= length) {
      first[k] = -1;
      continue;
    }
    const low = Math.floor(smooth ? at - 0.5 : at);
    first[k] = Math.max(0, low);
    second[k] = smooth ? Math.min(length - 1, low + 1) : low;
    part[k] = smooth ? at - 0.5 - low : 0;
  }
  return { first, second, part };
}
