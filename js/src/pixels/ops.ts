// What can be done to a mask. A list of these is the painter's truth; Python keeps the same list and draws it by the same rules.

import type { Bitmap, Box } from "./bitmap";
import { union } from "./bitmap";
import { flood, paintEllipse, paintPolygon, paintRect } from "./shapes";
import type { Point } from "./stroke";
import { paintStroke } from "./stroke";

export interface Stroke {
  readonly op: "stroke";
  readonly points: readonly Point[];
  readonly r: number;
  readonly erase: boolean;
}

export type Op =
  | Stroke
  | { readonly op: "group"; readonly ops: readonly Stroke[] }
  | { readonly op: "polygon"; readonly points: readonly Point[]; readonly erase: boolean }
  | { readonly op: "rect" | "ellipse"; readonly box: readonly [number, number, number, number]; readonly erase: boolean }
  | { readonly op: "clear" | "fill" | "invert" }
  | { readonly op: "flood"; readonly at: readonly [number, number]; readonly erase: boolean }
  | Opaque;

/** What Python is asked for. The page can tell beforehand what a wand will pick, once it has the picture's exact colours. */
export type Asked =
  | { readonly op: "wand"; readonly at: readonly [number, number]; readonly tolerance: number; readonly contiguous: boolean; readonly erase: boolean }
  | { readonly op: "grow" | "shrink" | "smooth"; readonly px: number };

/** What only the bitmap that comes with it can tell: a loaded mask. */
export interface Opaque {
  readonly op: "load";
}

/** Draw one op; returns the box that may have changed. An opaque op throws: its bitmap is a checkpoint of the history. */
export function draw(bitmap: Bitmap, op: Op): Box | null {
  switch (op.op) {
    case "stroke":
      return paintStroke(bitmap, op.points, op.r, op.erase ? 0 : 1);
    case "group":
      return op.ops.reduce<Box | null>((box, part) => union(box, draw(bitmap, part)), null);
    case "polygon":
      return paintPolygon(bitmap, op.points, op.erase ? 0 : 1);
    case "rect":
      return paintRect(bitmap, ...op.box, op.erase ? 0 : 1);
    case "ellipse":
      return paintEllipse(bitmap, ...op.box, op.erase ? 0 : 1);
    case "clear":
    case "fill":
      bitmap.data.fill(op.op === "fill" ? 1 : 0);
      return bitmap.whole;
    case "invert":
      bitmap.invert();
      return bitmap.whole;
    case "flood":
      return flood(bitmap, op.at[0], op.at[1], op.erase ? 0 : 1);
    case "load":
      throw new Error("a loaded mask cannot be drawn from its op");
  }
}
