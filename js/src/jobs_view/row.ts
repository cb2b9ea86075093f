// What a row of the Jobs says at a given second; Python sends the words, ages and rests are counted here.

import type { Card } from "../job_card/card";
import { age } from "../job_card/card";

export { line, ticks } from "../job_card/card";

export interface Row extends Omit<Card, "thumb"> {
  readonly id: string;
  readonly prompt: string;
  /** How it ended, "" while it runs. */
  readonly outcome: string;
}

/** Which of the last two columns have something to show: what is left, and Cancel. */
export function columns(rows: readonly Row[]): { rest: boolean; act: boolean } {
  return { rest: rows.some((row) => row.usual > 0 && row.since > 0), act: rows.some((row) => row.cancel) };
}

/** Seconds to the usual end, 0 for what is late; null when nobody knows. */
export function rest(row: Row, now: number): number | null {
  if (row.usual <= 0 || row.since <= 0) return null;
  return Math.max(0, Math.round(row.usual - age(row, now)));
}
