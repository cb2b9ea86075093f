// The traits of bailian_nb.widgets.batch_view.BatchView. Python sets them; this side only reads.

import type { Texts } from "../page/comm";

export interface Failure {
  readonly code: string;
  readonly reason: string;
  readonly count: string;
  readonly first: number;
}

export interface NewPicture {
  readonly id: string;
  readonly row: number;
  readonly name: string;
}

export interface Now {
  readonly state: "planned" | "running" | "paused" | "stopped" | "ended";
  readonly words: string;
  /** Shares of all rows: done, failed, on their way. */
  readonly parts: readonly number[];
  readonly line: string;
  readonly pace: string;
  readonly plan: readonly string[];
  readonly problems: readonly string[];
  readonly why: string;
  readonly failures: readonly Failure[];
  /** The last ones, the newest last. */
  readonly newest: readonly NewPicture[];
  readonly buttons: Readonly<Record<string, boolean>>;
}

export interface Traits {
  texts: Texts;
  title: string;
  badge: string;
  now: Now;
  fault: string;
  /** Grows when Python has handled a pressed button. */
  answered: number;
}
