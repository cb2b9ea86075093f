// The canvas that shows picture and mask, scaled and moved by one view; it draws at most once a frame.

import type { Bitmap, Box } from "../pixels/bitmap";
import { h } from "../page/dom";
import type { Point } from "../pixels/stroke";
import { union } from "../pixels/bitmap";
import { layChequers } from "./chequers";
import type { Size, View } from "./geometry";
import { fit, inside, keepInSight, pan, toCanvas, toPicture, toView, zoomAt } from "./geometry";
import { Overlay } from "./overlay";

export interface Appearance {
  readonly opacity: number;
  readonly hidden: boolean;
  /** Outline of a shape that is being drawn, in picture pixels. */
  readonly outline: readonly Point[];
  readonly closed: boolean;
  /** A picture that is shown in place of the painting. */
  readonly instead: ImageBitmap | null;
}

export class Stage {
  readonly canvas = h("canvas", { class: "bn-canvas" });
  readonly ring = h("div", { class: "bn-ring", hidden: "" });
  readonly element = h("div", { class: "bn-stage", tabindex: "0" }, this.canvas, this.ring);
  readonly #picture: Size;
  readonly #overlay: Overlay;
  readonly #context = this.canvas.getContext("2d");
  readonly #appearance: () => Appearance;
  #image: CanvasImageSource | null = null;
  #view: View = { scale: 1, x: 0, y: 0 };
  #fitted = true;
  #sized = false;
  #dirty: Box | null = null;
  #frame = 0;
  #ring: { x: number; y: number; r: number } | null = null;

  constructor(bitmap: Bitmap, appearance: () => Appearance, signal: AbortSignal) {
    this.#picture = bitmap;
    this.#overlay = new Overlay(bitmap);
    this.#appearance = appearance;
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

  set image(image: CanvasImageSource) {
    this.#image = image;
    this.redraw();
  }

  /** Draw soon; `box` names the part of the mask that changed. */
  redraw(box: Box | null = null): void {
    this.#dirty = union(this.#dirty, box);
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Picture coordinates under the pointer, as real numbers, also outside the picture. */
  pictureAt(event: { readonly clientX: number; readonly clientY: number }): [number, number] {
    return toPicture(this.#view, ...this.canvasAt(event));
  }

  canvasAt(event: { readonly clientX: number; readonly clientY: number }): [number, number] {
    return toCanvas(event.clientX, event.clientY, this.canvas.getBoundingClientRect(), this.canvas);
  }

  /** Canvas pixels for a CSS pixel: the device pixel ratio times whatever zoom the page is under. */
  get ratio(): number {
    return this.canvas.width / (this.canvas.getBoundingClientRect().width || this.canvas.width || 1);
  }

  setView(view: View, fitted = false): void {
    this.#fitted = fitted;
    this.#view = fitted ? view : keepInSight(view, this.#picture, this.canvas);
    this.#placeRing();
    this.redraw();
  }

  fit(): void {
    this.setView(fit(this.#picture, this.canvas), true);
  }

  actual(): void {
    const [x, y] = [this.canvas.width / 2, this.canvas.height / 2];
    this.setView(zoomAt(this.#view, this.ratio / this.#view.scale, x, y));
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
    this.#placeRing();
  }

  #placeRing(): void {
    this.ring.hidden = !this.#ring;
    if (!this.#ring) return;
    // The ring lies in the element's own CSS pixels, which a zoomed ancestor makes others than the pointer's.
    const k = this.canvas.clientWidth / (this.canvas.width || 1);
    const [x, y] = toView(this.#view, this.#ring.x, this.#ring.y);
    const size = Math.max(3, 2 * this.#ring.r * this.#view.scale * k);
    this.ring.style.width = this.ring.style.height = `${size}px`;
    this.ring.style.transform = `translate(${x * k - size / 2}px, ${y * k - size / 2}px)`;
  }

  #resize(entry: ResizeObserverEntry | undefined): void {
    const exact = (entry as Partial<ResizeObserverEntry> | undefined)?.devicePixelContentBoxSize?.[0];
    const width = exact ? exact.inlineSize : Math.round(this.canvas.clientWidth * devicePixelRatio);
    const height = exact ? exact.blockSize : Math.round(this.canvas.clientHeight * devicePixelRatio);
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
    if (this.#dirty) this.#overlay.update(this.#dirty);
    this.#dirty = null;
    const { canvas } = this;
    const context = this.#context;
    if (!context) return;
    const { opacity, hidden, outline, closed, instead } = this.#appearance();
    const { scale, x, y } = this.#view;
    const { width, height } = this.#picture;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(scale, 0, 0, scale, x, y);
    context.imageSmoothingEnabled = scale < 2 * this.ratio;
    context.imageSmoothingQuality = "high";
    if (instead) {
      const box = inside(instead, this.#picture);
      context.drawImage(instead, box.left, box.top, box.width, box.height);
      layChequers(context, box, this.#view, this.ratio);
      return;
    }
    if (this.#image) {
      context.drawImage(this.#image, 0, 0, width, height);
      layChequers(context, { left: 0, top: 0, width, height }, this.#view, this.ratio);
    }
    if (!hidden) {
      context.globalAlpha = opacity;
      context.drawImage(this.#overlay.canvas, 0, 0);
      context.globalAlpha = 1;
    }
    this.#drawOutline(context, outline, closed);
  }

  /** Dashes of white on black, seen on any picture. */
  #drawOutline(context: CanvasRenderingContext2D, outline: readonly Point[], closed: boolean): void {
    if (outline.length === 0) return;
    const { ratio } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
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
