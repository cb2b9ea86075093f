// The traits of bailian_nb.widgets.painter.MaskPainter. Python sets them; this side only reads, but for one.

import type { Texts } from "../page/comm";
import type { Attempt } from "./attempts";
import type { Offer } from "./beside_run";
import type { RunState } from "./run_line";
import type { Shown } from "./store";

export interface Traits {
  size: readonly [number, number];
  texts: Texts;
  /** A view of the picture; `reduced` when it has fewer pixels, and more can be asked for. */
  preview: { readonly data: DataView; readonly reduced: boolean };
  shown: Shown & { readonly warning: string; readonly note: string };
  run: RunState;
  attempts: readonly Attempt[];
  /** Which picture is painted on, and by number the attempt that each of them was, "" for the first. */
  pictures: { readonly at: number; readonly attempts: readonly string[] };
  offer: Offer;
  fault: string;
  /** Number of the last state of Python's that a marimo page has seen; nothing else sets it. */
  seen: number;
}
