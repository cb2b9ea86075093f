// The traits and messages of bailian_nb.widgets.history.HistoryView. Python sets the traits; this side only reads.

import type { Texts } from "../page/comm";

/** Names and meanings are those of bailian_nb.session.shelf.Filter. */
export interface Filter {
  readonly words: string;
  readonly model: string;
  readonly function: string;
  readonly tag: string;
  readonly since: string;
  readonly until: string;
  readonly starred: boolean;
  readonly binned: boolean;
  readonly everybody: boolean;
  readonly owner: string;
}

export interface Item {
  readonly id: string;
  readonly prompt: string;
  readonly name: string;
  /** Local time. */
  readonly made: string;
  readonly call: string;
  readonly size: string;
  readonly seed: string;
  /** What it was asked for beside prompt, seed and size: what tells the pictures of a sweep apart. */
  readonly values?: string;
  readonly price: string;
  readonly star: boolean;
  readonly tags: readonly string[];
  /** Who made it, where pictures of others are shown. */
  readonly owner: string;
  /** False once its file is gone. */
  readonly there: boolean;
  readonly version: string;
}

/** What is to be drawn again; without `id` nothing is. */
export interface Planned {
  readonly id?: string;
  readonly prompt?: string;
  readonly seed?: string;
  readonly price?: string;
  readonly notes?: readonly string[];
}

export interface Traits {
  texts: Texts;
  first: Filter;
  choices: { readonly model: readonly string[]; readonly function: readonly string[]; readonly tag: readonly string[]; readonly owner: readonly string[] };
  version: number;
  undoable: number;
  said: string;
  planned: Planned;
  fault: string;
  answered: number;
}
