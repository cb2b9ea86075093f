// The chosen tool: which one, painting or erasing, how large; shared by the views of one painter.

import type { Size } from "./geometry";
import type { Tool } from "./keys";

export class Brush {
  tool: Tool = "brush";
  erase = false;
  opacity = 0.5;
  /** The wand's: by how much a colour may differ in each channel, and whether only what hangs together is picked. */
  tolerance = 32;
  contiguous = true;
  /** The lasso follows edges of the picture. */
  edges = false;
  size: number;
  readonly largest: number;

  constructor(picture: Size) {
    const shorter = Math.min(picture.width, picture.height);
    this.largest = Math.max(2, picture.width, picture.height);
    this.size = Math.max(4, Math.round(shorter / 16));
  }

  get r(): number {
    return this.size / 2;
  }

  /** One step is about a tenth of the size, at least a pixel. */
  step(steps: number): void {
    this.resize(this.size + steps * Math.max(1, Math.round(this.size / 10)));
  }

  resize(size: number): void {
    this.size = Math.min(this.largest, Math.max(1, Math.round(size)));
  }

  /** The slider runs from 0 to 100 and grows by factors, so that small sizes can be told apart. */
  get slider(): number {
    return (100 * Math.log(this.size)) / Math.log(this.largest);
  }

  set slider(value: number) {
    this.resize(Math.exp((value / 100) * Math.log(this.largest)));
  }
}
