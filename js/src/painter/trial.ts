// What Python was asked for last, while its numbers can still be turned: the wand's pick, or the work on an edge. Each
// turn takes the place of the one before, so that in the end one step is there to be undone.

import type { Asked } from "../pixels/ops";
import type { Store } from "./store";

export class Trial {
  readonly #store: Store;
  #op: Asked | null = null;
  /** Steps that were sent, and Python's number for the mask, once the op was: others mean that something else was done since. */
  #done: readonly [number, number] = [0, 0];
  /** Python has not yet answered for the numbers before: these come next, and what lay between them is left out. */
  #turned: Asked | null = null;

  constructor(store: Store, signal: AbortSignal) {
    this.#store = store;
    store.onChange(() => this.#goOn(), signal);
  }

  /** The op whose numbers can still be turned. */
  get op(): Asked | null {
    const { done, seq } = this.#store;
    return done === this.#done[0] && seq === this.#done[1] ? this.#op : null;
  }

  begin(op: Asked): void {
    this.#turned = null;
    this.#ask(op, false);
  }

  /** Do the last op anew with other numbers, if it was one that has them. */
  turn(numbers: Readonly<Record<string, number | boolean>>): void {
    const last = this.op && (this.#turned ?? this.op);
    if (!last || !Object.keys(numbers).every((name) => name in last)) return;
    this.#turned = { ...last, ...numbers };
    this.#goOn();
  }

  #goOn(): void {
    if (!this.#turned || !this.#store.settled) return;
    const [op, turned] = [this.op, this.#turned];
    this.#turned = null;
    if (op) this.#ask(turned, true);
  }

  #ask(op: Asked, anew: boolean): void {
    if (!this.#store.ask(op, anew)) return;
    this.#op = op;
    this.#done = [this.#store.done, this.#store.seq];
  }
}
