// The traits of bailian_nb.widgets.painter.MaskPainter. Python sets them; this side only reads.

import type { Texts } from "../page/comm";
import type { RunState } from "./prompt";
import type { Shown } from "./store";

export interface Traits {
  size: readonly [number, number];
  texts: Texts;
  /** A view of the picture; `reduced` when it has fewer pixels, and more can be asked for. */
  preview: { readonly data: DataView; readonly reduced: boolean };
  shown: Shown & { readonly warning: string };
  run: RunState;
  results: { readonly titles: readonly string[]; readonly data: readonly DataView[] };
  fault: string;
}
