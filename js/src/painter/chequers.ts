// White and grey squares under what is transparent of a picture on a canvas, as Python lays them under its thumbnails.

import type { Rect, View } from "./geometry";

const SIDE = 8; // CSS pixels of a square, whatever the zoom

/** Lay the squares under what was drawn into `box` (picture pixels); what is opaque stays as it is. */
export function layChequers(context: CanvasRenderingContext2D, box: Rect, view: View, ratio: number): void {
  const { scale, x, y } = view;
  const [left, top] = [x + box.left * scale, y + box.top * scale];
  context.save();
  context.setTransform(1, 0, 0, 1, Math.round(left), Math.round(top)); // between pixels the squares would blur
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = squares(context, Math.max(1, Math.round(SIDE * ratio)));
  context.fillRect(left - Math.round(left), top - Math.round(top), box.width * scale, box.height * scale);
  context.restore();
}

function squares(context: CanvasRenderingContext2D, side: number): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 2 * side;
  const pen = tile.getContext("2d");
  if (!pen) return "#fff";
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 2 * side, 2 * side);
  pen.fillStyle = "#ccc";
  pen.fillRect(side, 0, side, side);
  pen.fillRect(0, side, side, side);
  return context.createPattern(tile, "repeat") ?? "#fff";
}
