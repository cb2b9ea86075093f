// The picture at the place and scale of one view, on a canvas of the view's size: drawn when the view has changed, copied
// when the mask has. A large picture is drawn from its small copy for as long as that has pixels enough.

import { layChequers } from "./chequers";
import { inside } from "./geometry";
import type { Size, View } from "./geometry";

export class PictureLayer {
  readonly canvas = document.createElement("canvas");
  readonly #context = this.canvas.getContext("2d");
  readonly #picture: Size;
  #images: ImageBitmap[] = [];
  #drawn: unknown[] = [];

  constructor(picture: Size) {
    this.#picture = picture;
  }

  /** Add a copy of the picture; a `fresh` one takes the place of all others. */
  add(image: ImageBitmap, fresh: boolean): void {
    this.#images = [...(fresh ? [] : this.#images), image].sort((a, b) => a.width - b.width);
  }

  /** True where no copy has a pixel for each of the canvas that shows the picture. */
  lacksPixels(view: View): boolean {
    const widest = this.#images.at(-1);
    return widest !== undefined && widest.width < this.#picture.width && widest.width < view.scale * this.#picture.width;
  }

  /** Draw the picture, or another one in its place, unless it stands there already; returns whether it was drawn. */
  draw(view: View, canvas: Size, ratio: number, instead: ImageBitmap | null): boolean {
    const image = instead ?? this.#enough(view);
    const wanted = [image, view, canvas.width, canvas.height, ratio];
    if (wanted.every((value, k) => value === this.#drawn[k])) return false;
    this.#drawn = wanted;
    this.canvas.width = canvas.width; // which clears it
    this.canvas.height = canvas.height;
    const context = this.#context;
    if (!context || !image) return true;
    context.setTransform(view.scale, 0, 0, view.scale, view.x, view.y);
    context.imageSmoothingEnabled = view.scale < 2 * ratio;
    context.imageSmoothingQuality = "high";
    const box = instead ? inside(instead, this.#picture) : { left: 0, top: 0, ...this.#size() };
    context.drawImage(image, box.left, box.top, box.width, box.height);
    layChequers(context, box, view, ratio);
    return true;
  }

  /** What is shown, pixel by pixel; null while that is nothing. */
  pixels(): ImageData | null {
    const { width, height } = this.canvas;
    if (!this.#drawn[0]) return null;
    const copy = document.createElement("canvas"); // to read from the canvas itself would make all drawing on it slow
    [copy.width, copy.height] = [width, height];
    const context = copy.getContext("2d", { willReadFrequently: true });
    context?.drawImage(this.canvas, 0, 0);
    return context?.getImageData(0, 0, width, height) ?? null;
  }

  #size(): Size {
    return { width: this.#picture.width, height: this.#picture.height };
  }

  #enough(view: View): ImageBitmap | null {
    const needed = Math.min(1, view.scale) * this.#picture.width;
    return this.#images.find((image) => image.width >= needed - 1) ?? this.#images.at(-1) ?? null;
  }
}
