// What Python was asked for last, while its numbers can still be turned: the wand's pick, or the work on an edge. Each
// turn takes the place of the one before, so that in the end one step is there to be undone. What a wand picks is shown
// before Python has answered.

import type { Asked } from "../pixels/ops";
import type { Store } from "./store";
import type { Wand } from "./wand";

export class Trial {
  readonly #store: Store;
  readonly #wand: Wand;

  constructor(store: Store, wand: Wand) {
    this.#store = store;
    this.#wand = wand;
  }

  /** The op whose numbers can still be turned. */
  get op(): Asked | null {
    return this.#store.asked;
  }

  /** A wand is about to be used. */
  prepare(): void {
    this.#wand.prepare();
  }

  begin(op: Asked): void {
    this.#ask(op, false);
  }

  /** Do the last op anew with other numbers, if it was one that has them. */
  turn(numbers: Readonly<Record<string, number | boolean>>): void {
    const last = this.op;
    if (last && Object.keys(numbers).every((name) => name in last)) this.#ask({ ...last, ...numbers }, true);
  }

  /** The numbers are turned no more: what was not sent yet is. */
  settle(): void {
    this.#store.sendTurned();
  }

  #ask(op: Asked, anew: boolean): void {
    if (this.#store.ask(op, anew) && op.op === "wand") this.#wand.pick(op, (area) => this.#store.foresee(op, area));
  }
}
