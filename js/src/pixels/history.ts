// Undo and redo: the ops since a base, with a packed bitmap every few ops, so that going back replays a handful at most.

import type { Bitmap } from "./bitmap";
import { pack, unpackInto } from "./codec";
import type { Op } from "./ops";
import { draw } from "./ops";

const EVERY = 8;

interface Entry {
  readonly op: Op;
  readonly after: Uint8Array | null;
}

export class History {
  #base: Uint8Array;
  #done: Entry[] = [];
  #undone: Entry[] = [];

  constructor(bitmap: Bitmap) {
    this.#base = pack(bitmap);
  }

  get depth(): number {
    return this.#done.length;
  }

  get ahead(): number {
    return this.#undone.length;
  }

  /** Forget everything: the bitmap now comes from elsewhere. */
  rebase(bitmap: Bitmap): void {
    this.#base = pack(bitmap);
    this.#done = [];
    this.#undone = [];
  }

  /** Note an op that the bitmap already shows. */
  push(op: Op, bitmap: Bitmap): void {
    const keep = op.op === "load" || (this.#done.length + 1) % EVERY === 0;
    this.#done.push({ op, after: keep ? pack(bitmap) : null });
    this.#undone = [];
  }

  undo(bitmap: Bitmap): boolean {
    const entry = this.#done.pop();
    if (!entry) return false;
    this.#undone.push(entry);
    this.restore(bitmap);
    return true;
  }

  redo(bitmap: Bitmap): boolean {
    const entry = this.#undone.pop();
    if (!entry) return false;
    this.#done.push(entry);
    if (entry.after) unpackInto(bitmap, entry.after);
    else draw(bitmap, entry.op);
    return true;
  }

  /** Bring the bitmap back to what the ops say, for instance after a stroke that was given up. */
  restore(bitmap: Bitmap): void {
    let from = this.#done.length;
    while (from > 0 && !this.#done[from - 1]?.after) from--;
    unpackInto(bitmap, this.#done[from - 1]?.after ?? this.#base);
    for (const { op } of this.#done.slice(from)) draw(bitmap, op);
  }
}
