// The items that a page holds of a list of thousands in Python: what is in sight and around it, asked for as it is missing.

import type { Comm } from "../page/comm";
import type { Range } from "./layout";

const PATIENCE_MS = 5000; // by then the answer was lost with a kernel
const FIRST: Range = { from: 0, to: 60 }; // of a list that nothing is known of yet

export interface Source<T> {
  /** What tells which list is shown; it comes back with every answer. */
  readonly filter: () => unknown;
  /** What must be asked for when these items are here; null for nothing. */
  readonly wanted: (items: ReadonlyMap<number, T>, total: number) => Range | null;
  /** The window has changed; `moved` says where an item stands now that was at `at`. */
  readonly changed: () => void;
}

export class ItemWindow<T extends { readonly id: string }> {
  items = new Map<number, T>();
  total = 0;
  /** Where the chosen item stands. */
  at = 0;
  /** While true nothing is asked for and no answer is taken: what is shown is newer than what Python knows. */
  held: () => boolean = () => false;
  readonly #comm: Comm<object>;
  readonly #source: Source<T>;
  #asking = 0;
  #unknown = false;
  #version: unknown;

  constructor(comm: Comm<object>, source: Source<T>, signal: AbortSignal) {
    this.#comm = comm;
    this.#source = source;
    comm.onMessage((content) => this.#receive(content), signal);
  }

  get chosen(): T | undefined {
    return this.items.get(this.at);
  }

  /** Show another list, from its beginning; null where nobody knows how long it is. */
  clear(total: number | null): void {
    this.items = new Map();
    this.total = total ?? 0;
    this.at = 0;
    this.#unknown = total === null;
  }

  /** The list may be longer or shorter by now. */
  forgetTotal(): void {
    this.#unknown = true;
  }

  /** Ask for what is in sight, one question at a time; `anew` also for what is here already. */
  fetch(anew = false): void {
    if (anew) this.#asking = 0;
    if (Date.now() - this.#asking < PATIENCE_MS || this.held()) return;
    const range = this.#source.wanted(anew ? new Map<number, T>() : this.items, this.total) ?? (this.#unknown ? FIRST : null);
    if (!range) return;
    this.#asking = Date.now();
    this.#comm.send({ kind: "items", filter: this.#source.filter(), from: range.from, to: range.to });
  }

  #receive(content: Record<string, unknown>): void {
    if (content["kind"] !== "items") return;
    this.#asking = 0;
    if (spelled(content["filter"]) !== spelled(this.#source.filter()) || this.held()) return;
    this.#unknown = false;
    const from = Number(content["from"]);
    const chosen = this.chosen?.id;
    this.total = Number(content["total"]);
    if (content["version"] !== this.#version) this.items.clear(); // what lies around may have moved
    this.#version = content["version"];
    for (const [k, item] of (content["items"] as T[]).entries()) {
      this.items.set(from + k, item);
      if (item.id === chosen && from + k !== this.at) this.at = from + k; // others have come before it
    }
    for (const k of [...this.items.keys()]) if (k >= this.total) this.items.delete(k);
    this.#source.changed();
    this.fetch();
  }
}

/** A filter as text, whatever the order of its parts. */
function spelled(filter: unknown): string {
  if (typeof filter !== "object" || filter === null) return String(filter);
  return JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)));
}
