// The canvas that shows picture and mask, scaled and moved by one view. It draws at most once a frame, and of the canvas
// only what has changed; where the canvas lies in the page is asked once a frame.

import type { Bitmap, Box } from "../pixels/bitmap";
import { h } from "../page/dom";
import type { Point } from "../pixels/stroke";
import { union } from "../pixels/bitmap";
import type { Size, View } from "./geometry";
import { fit, keepInSight, pan, toCanvas, toPicture, toView, zoomAt } from "./geometry";
import { MaskLayer } from "./mask_layer";
import { PictureLayer } from "./picture_layer";

export interface Appearance {
  readonly opacity: number;
  readonly hidden: boolean;
  /** Outline of a shape that is being drawn, in picture pixels. */
  readonly outline: readonly Point[];
  readonly closed: boolean;
  /** A picture that is shown in place of the painting. */
  readonly instead: ImageBitmap | null;
}

export interface StageCalls {
  /** The picture is shown larger than any copy of it that was given. */
  readonly lacksPixels: () => void;
  /** The picture is shown at another place or scale. */
  readonly viewed: () => void;
}

export class Stage {
  readonly canvas = h("canvas", { class: "bn-canvas" });
  readonly ring = h("div", { class: "bn-ring", hidden: "" });
  readonly element = h("div", { class: "bn-stage", tabindex: "0" }, this.canvas, this.ring);
  readonly #picture: Size;
  readonly #mask: MaskLayer;
  readonly #ground: PictureLayer;
  readonly #context = this.canvas.getContext("2d");
  readonly #appearance: () => Appearance;
  readonly #calls: StageCalls;
  readonly #atFrame = new Set<() => void>();
  #view: View = { scale: 1, x: 0, y: 0 };
  #fitted = true;
  #sized = false;
  /** Width of the canvas in CSS pixels of its own. */
  #cssWidth = 0;
  /** Where the mask has changed since the last frame, in its own pixels. */
  #dirty: Box | null = null;
  /** All of the canvas is to be drawn, and not only what lies about `#dirty`. */
  #whole = true;
  #hadOutline = false;
  #frame = 0;
  #rect: DOMRect | null = null;
  #ring: { x: number; y: number; r: number } | null = null;

  constructor(bitmap: Bitmap, appearance: () => Appearance, calls: StageCalls, signal: AbortSignal) {
    this.#picture = bitmap;
    this.#mask = new MaskLayer(bitmap);
    this.#ground = new PictureLayer(bitmap);
    this.#appearance = appearance;
    this.#calls = calls;
    this.element.style.aspectRatio = `${bitmap.width} / ${bitmap.height}`;
    const sizes = new ResizeObserver((entries) => this.#resize(entries[0]));
    try {
      sizes.observe(this.canvas, { box: "device-pixel-content-box" });
    } catch {
      sizes.observe(this.canvas); // Safari has no device-pixel box; #resize then uses devicePixelRatio
    }
    signal.addEventListener("abort", () => {
      sizes.disconnect();
      cancelAnimationFrame(this.#frame);
    });
  }

  get view(): View {
    return this.#view;
  }

  /** Add a copy of the picture; a `fresh` one takes the place of all others. */
  picture(image: ImageBitmap, fresh: boolean): void {
    this.#ground.add(image, fresh);
    this.redraw();
  }

  /** The picture as it is shown, without the mask. */
  pixels(): ImageData | null {
    return this.#ground.pixels();
  }

  /** Draw soon; `box` names the part of the mask that changed, without which everything is drawn. */
  redraw(box: Box | null = null): void {
    if (box) this.#dirty = union(this.#dirty, box);
    else this.#whole = true;
    this.#ask();
  }

  /** Do something with the next frame, once however often it is asked for. */
  atFrame(what: () => void): void {
    this.#atFrame.add(what);
    this.#ask();
  }

  #ask(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Picture coordinates under the pointer, as real numbers, also outside the picture. */
  pictureAt(event: { readonly clientX: number; readonly clientY: number }): [number, number] {
    return toPicture(this.#view, ...this.canvasAt(event));
  }

  canvasAt(event: { readonly clientX: number; readonly clientY: number }): [number, number] {
    this.#rect ??= this.#measure();
    return toCanvas(event.clientX, event.clientY, this.#rect, this.canvas);
  }

  /** Canvas pixels for a CSS pixel: the device pixel ratio times whatever zoom the page is under. */
  get ratio(): number {
    return this.canvas.width / ((this.#rect ?? this.canvas.getBoundingClientRect()).width || this.canvas.width || 1);
  }

  /** Ask the page anew where the canvas lies, with the next event. */
  forgetPlace(): void {
    this.#rect = null;
  }

  /** Where the canvas lies; the answer holds until the next frame, since to ask makes the browser lay out the page. */
  #measure(): DOMRect {
    this.#ask();
    return this.canvas.getBoundingClientRect();
  }

  setView(view: View, fitted = false): void {
    this.#fitted = fitted;
    this.#view = fitted ? view : keepInSight(view, this.#picture, this.canvas);
    this.atFrame(this.#placeRing);
    this.redraw();
  }

  fit(): void {
    this.setView(fit(this.#picture, this.canvas), true);
  }

  /** How large the picture is shown: 1 when each of its pixels takes one CSS pixel. */
  get magnification(): number {
    return this.#view.scale / this.ratio;
  }

  /** Show the picture so large, about the middle of the view. */
  magnify(to: number): void {
    this.zoom(to / this.magnification);
  }

  zoom(factor: number, x = this.canvas.width / 2, y = this.canvas.height / 2): void {
    this.setView(zoomAt(this.#view, factor, x, y));
  }

  pan(dx: number, dy: number): void {
    this.setView(pan(this.#view, dx, dy));
  }

  /** Show the ring of radius `r` around a picture point, or hide it. */
  showRing(ring: { x: number; y: number; r: number } | null): void {
    this.#ring = ring;
    this.atFrame(this.#placeRing);
  }

  readonly #placeRing = (): void => {
    if (this.ring.hidden === Boolean(this.#ring)) this.ring.hidden = !this.#ring;
    if (!this.#ring) return;
    // The ring lies in the element's own CSS pixels, which a zoomed ancestor makes others than the pointer's.
    const k = this.#cssWidth / (this.canvas.width || 1);
    const [x, y] = toView(this.#view, this.#ring.x, this.#ring.y);
    const size = `${Math.max(3, 2 * this.#ring.r * this.#view.scale * k)}px`;
    if (this.ring.style.width !== size) this.ring.style.width = this.ring.style.height = size;
    this.ring.style.transform = `translate(${x * k}px, ${y * k}px) translate(-50%, -50%)`;
  };

  #resize(entry: ResizeObserverEntry | undefined): void {
    const exact = (entry as Partial<ResizeObserverEntry> | undefined)?.devicePixelContentBoxSize?.[0];
    const width = exact ? exact.inlineSize : Math.round(this.canvas.clientWidth * devicePixelRatio);
    const height = exact ? exact.blockSize : Math.round(this.canvas.clientHeight * devicePixelRatio);
    this.#cssWidth = this.canvas.clientWidth;
    this.#rect = null;
    if (width < 1 || height < 1 || (this.#sized && width === this.canvas.width && height === this.canvas.height)) return;
    this.#sized = true;
    const k = width / (this.canvas.width || 1);
    this.canvas.width = width;
    this.canvas.height = height;
    if (this.#fitted) this.fit();
    else this.setView({ scale: this.#view.scale * k, x: this.#view.x * k, y: this.#view.y * k });
    this.#draw(); // a resized canvas is empty until the next frame, which would flicker
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#drawCanvas();
    this.#rect = null;
    const now = [...this.#atFrame];
    this.#atFrame.clear();
    for (const what of now) what();
  }

  #drawCanvas(): void {
    const [changed, { canvas }] = [this.#dirty, this];
    const context = this.#context;
    const { opacity, hidden, outline, closed, instead } = this.#appearance();
    const smooth = this.#view.scale < 2 * this.ratio;
    if (changed) this.#mask.update(changed);
    this.#dirty = null;
    const moved = this.#ground.draw(this.#view, canvas, this.ratio, instead);
    if (moved) this.#calls.viewed();
    if (this.#sized && this.#ground.lacksPixels(this.#view)) this.#calls.lacksPixels(); // before that its scale means nothing
    const all = { x0: 0, y0: 0, x1: canvas.width, y1: canvas.height };
    const part = this.#whole || moved || outline.length > 0 || this.#hadOutline ? all : changed && this.#onCanvas(changed);
    this.#whole = false;
    this.#hadOutline = outline.length > 0;
    if (!part || !context || part.x0 >= part.x1 || part.y0 >= part.y1) return;
    const box = [part.x0, part.y0, part.x1 - part.x0, part.y1 - part.y0] as const;
    context.clearRect(...box);
    context.drawImage(this.#ground.canvas, ...box, ...box);
    if (instead) return;
    if (!hidden) {
      context.globalAlpha = opacity;
      this.#mask.draw(context, this.#view, part, smooth);
      context.globalAlpha = 1;
    }
    this.#drawOutline(context, outline, closed);
  }

  /** The part of the canvas that shows a box of the mask, with what its pixels touch when they are made smaller. */
  #onCanvas(box: Box): Box {
    const { canvas } = this;
    const [x0, y0] = toView(this.#view, box.x0, box.y0);
    const [x1, y1] = toView(this.#view, box.x1, box.y1);
    const about = 3 + this.#view.scale;
    return {
      x0: Math.max(0, Math.floor(x0 - about)),
      y0: Math.max(0, Math.floor(y0 - about)),
      x1: Math.min(canvas.width, Math.ceil(x1 + about)),
      y1: Math.min(canvas.height, Math.ceil(y1 + about)),
    };
  }

  /** Dashes of white on black, seen on any picture. */
  #drawOutline(context: CanvasRenderingContext2D, outline: readonly Point[], closed: boolean): void {
    if (outline.length === 0) return;
    const { ratio } = this;
    context.beginPath();
    for (const [px, py] of outline) context.lineTo(...toView(this.#view, px, py));
    if (closed) context.closePath();
    for (const [colour, dash] of [["#000", []], ["#fff", [5 * ratio, 5 * ratio]]] as const) {
      context.strokeStyle = colour;
      context.lineWidth = 1.5 * ratio;
      context.setLineDash([...dash]);
      context.stroke();
    }
    context.setLineDash([]);
  }

  /** Picture point in the middle of the view, where painting by keyboard starts. */
  get middle(): [number, number] {
    const { width, height } = this.#picture;
    const seen = toPicture(this.#view, this.canvas.width / 2, this.canvas.height / 2);
    return [Math.min(width, Math.max(0, seen[0])), Math.min(height, Math.max(0, seen[1]))];
  }
}
