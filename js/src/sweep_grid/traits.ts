// The traits of bailian_nb.widgets.sweep_grid.SweepGrid. Python sets them; this side only reads.

import type { Texts } from "../page/comm";
import type { Axis, Cell } from "./model";

export interface Plan {
  /** What it takes, in Python's words: pictures, tasks, cost, minutes, what is cached and what is invalid. */
  readonly lines: readonly string[];
  readonly problems: readonly string[];
  /** Something is left to send. */
  readonly run: boolean;
}

export interface Traits {
  texts: Texts;
  title: string;
  badge: string;
  axes: readonly Axis[];
  cells: readonly Cell[];
  plan: Plan;
  fault: string;
  /** What can be wished for a chosen cell. */
  after: readonly string[];
  /** Grows when Python has handled a pressed button. */
  answered: number;
}
