// The picture's pixels for a lasso that follows edges: as they are shown when it begins, so that what the eye takes for an
// edge is one, at any zoom.

import { EdgeSnap } from "../pixels/edge_snap";
import type { Point } from "../pixels/stroke";
import { toPicture, toView } from "./geometry";
import type { Stage } from "./stage";

/** CSS pixels beside the pointer in which an edge is looked for. */
const REACH = 8;

/** Return what draws the way to a point to the edges beside it, all in picture pixels; null while there is no picture. */
export function lassoEdges(stage: Stage, from: Point): ((to: Point) => Point[]) | null {
  const pixels = stage.pixels();
  if (!pixels) return null;
  const { view } = stage; // a zoom on the way does not change the pixels that were taken
  const snap = new EdgeSnap(pixels, Math.round(REACH * stage.ratio), toView(view, ...from));
  return (to) => snap.follow(toView(view, ...to)).map((point) => toPicture(view, ...point));
}
