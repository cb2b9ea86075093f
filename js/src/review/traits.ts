// The traits and messages of bailian_nb.widgets.review.Review. Python sets the traits; this side only reads.

import type { Texts } from "../page/comm";

export const FILTERS = ["all", "", "accept", "reject"] as const;
export type Filter = (typeof FILTERS)[number];
export type Decision = "" | "accept" | "reject";

export interface Item {
  readonly id: string;
  readonly row: number;
  readonly picture: number;
  readonly name: string;
  readonly prompt: string;
  readonly seed: string;
  readonly decision: Decision;
  readonly reason: string;
  readonly note: string;
  /** How often its row was done before. */
  readonly earlier: number;
  /** Changes when another picture is meant. */
  readonly version: string;
}

export interface Counts {
  readonly all: number;
  readonly "": number;
  readonly accept: number;
  readonly reject: number;
  /** Rows all of whose pictures are rejected. */
  readonly redo: number;
}

export interface Traits {
  texts: Texts;
  title: string;
  badge: string;
  counts: Counts;
  takes: { readonly strength: boolean; readonly seed: boolean; readonly source: boolean };
  reasons: readonly string[];
  version: number;
  planned: string;
  fault: string;
  answered: number;
}
