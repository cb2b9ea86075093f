// The mask as a coloured, transparent layer in the picture's own pixels; the stage scales it with the picture.

import type { Bitmap, Box } from "../pixels/bitmap";

/** Red, green, blue, alpha of a painted pixel. The stage adds the opacity that the user chose. */
const COLOUR = [255, 32, 110, 255] as const;

export class Overlay {
  readonly canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D | null;

  constructor(readonly bitmap: Bitmap) {
    this.canvas.width = bitmap.width;
    this.canvas.height = bitmap.height;
    this.#context = this.canvas.getContext("2d");
    this.update(bitmap.whole);
  }

  update(box: Box): void {
    const [width, height] = [box.x1 - box.x0, box.y1 - box.y0];
    if (!this.#context || width <= 0 || height <= 0) return;
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const painted = new Uint32Array(new Uint8Array(COLOUR).buffer)[0] ?? 0;
    for (let y = 0; y < height; y++) {
      const row = (box.y0 + y) * this.bitmap.width + box.x0;
      for (let x = 0; x < width; x++) {
        if (this.bitmap.data[row + x]) pixels[y * width + x] = painted;
      }
    }
    this.#context.putImageData(image, box.x0, box.y0);
  }
}
