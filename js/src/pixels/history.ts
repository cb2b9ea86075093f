// Undo and redo: the ops since a base, with the packed bitmap after each of the last ones and after some of the older
// ones, so that going back replays a handful at most and a long session does not fill the memory.

import type { Bitmap } from "./bitmap";
import { pack, unpackInto } from "./mask_codec";
import type { Asked, Op } from "./ops";
import { draw } from "./ops";

const LAST = 16;
const EVERY = 8;

interface Entry {
  readonly op: Op | Asked;
  after: Uint8Array | null;
}

/** Only the bitmap after it tells what such an op has drawn. */
function isOpaque(op: Op | Asked): op is Asked | Extract<Op, { readonly op: "load" }> {
  return op.op === "load" || op.op === "wand" || "px" in op;
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
  rebase(bitmap: Bitmap, packed: Uint8Array = pack(bitmap)): void {
    this.#base = packed;
    this.#done = [];
    this.#undone = [];
  }

  /** Note an op and the packed bitmap that it led to. */
  push(op: Op | Asked, after: Uint8Array): void {
    this.#done.push({ op, after });
    this.#undone = [];
    const old = this.#done.length - LAST;
    const entry = this.#done[old - 1];
    if (entry && !isOpaque(entry.op) && old % EVERY !== 0) entry.after = null;
  }

  /** Note that the last op has become another one, which led elsewhere. */
  replace(op: Op | Asked, after: Uint8Array): void {
    this.#done[this.#done.length - 1] = { op, after };
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
    else if (!isOpaque(entry.op)) draw(bitmap, entry.op);
    return true;
  }

  /** Bring the bitmap back to what the ops say, for instance after a stroke that was given up. */
  restore(bitmap: Bitmap): void {
    let from = this.#done.length;
    while (from > 0 && !this.#done[from - 1]?.after) from--;
    unpackInto(bitmap, this.#done[from - 1]?.after ?? this.#base);
    for (const { op } of this.#done.slice(from)) if (!isOpaque(op)) draw(bitmap, op);
  }
}
