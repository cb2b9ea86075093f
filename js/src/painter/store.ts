// The mask of one painter in one browser page: what is painted, what Python has, and the messages between them.
// Every view of the page draws this one store; Python's `shown` trait tells it what other pages and cells did.

import { Bitmap } from "../pixels/bitmap";
import type { Box } from "../pixels/bitmap";
import { crc32, deflate, inflate, pack, unpackInto } from "../pixels/codec";
import { History } from "../pixels/history";
import { draw } from "../pixels/ops";
import type { Op } from "../pixels/ops";

/** Python's state. `acks` holds, by page, the number of the last message that it has worked off. */
export interface Shown {
  readonly seq: number;
  readonly crc: number;
  readonly acks: Readonly<Record<string, number>>;
  readonly undo: number;
  readonly redo: number;
  readonly bitmap: DataView | ArrayBuffer | Uint8Array;
}

/** What goes to Python for each op. `seq` is the number that the state should have after it. */
export interface OpMessage {
  readonly kind: "ops";
  readonly client: string;
  readonly n: number;
  readonly seq: number;
  readonly op: Op | { readonly op: "undo" | "redo" };
  readonly crc: number | null;
}

export type Send = (message: OpMessage, buffers: ArrayBuffer[]) => void;

const UNKNOWN = -1;

export class Store {
  readonly bitmap: Bitmap;
  readonly #history: History;
  readonly #client: string;
  readonly #send: Send;
  readonly #listeners = new Set<(box: Box | null) => void>();
  #shown: Shown | null = null;
  #seq = 0;
  #sent = 0;
  #crc: number;
  #drawing = false;
  #blind = 0;
  /** Steps that only Python can take back or do again: they were done before this page was opened, or in a cell. */
  #below = 0;
  #above = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(width: number, height: number, send: Send, client: string) {
    this.bitmap = new Bitmap(width, height);
    this.#history = new History(this.bitmap);
    this.#crc = crc32(pack(this.bitmap));
    this.#send = send;
    this.#client = client;
  }

  /** True while Python has not yet worked off everything that was sent. */
  get pending(): boolean {
    return this.#sent > this.#acked(this.#shown);
  }

  get canUndo(): boolean {
    return this.#history.depth > 0 || this.#below > 0;
  }

  get canRedo(): boolean {
    return this.#history.ahead > 0 || (this.#history.depth === 0 && this.#above > 0);
  }

  /** Call back with the box that changed (null: only the state did) until the signal ends. */
  watch(listener: (box: Box | null) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  /** Between `begin` and `commit` or `cancel` the bitmap holds half a stroke, and nothing from Python is taken over. */
  begin(): void {
    this.#drawing = true;
  }

  touched(box: Box | null): void {
    if (box) this.#tell(box);
  }

  cancel(): void {
    this.#drawing = false;
    this.#history.restore(this.bitmap);
    this.#tell(this.bitmap.whole);
    void this.#settle();
  }

  /** Note an op that the bitmap shows already, and send it. */
  commit(op: Op): void {
    this.#drawing = false;
    const packed = pack(this.bitmap);
    this.#history.push(op, packed);
    this.#above = 0;
    this.#post(op, packed);
    this.#tell(null);
  }

  apply(op: Op): void {
    const box = draw(this.bitmap, op);
    this.commit(op);
    this.#tell(box);
  }

  undo(): void {
    this.#step("undo");
  }

  redo(): void {
    this.#step("redo");
  }

  /** Take over what Python says, unless messages of ours are still on their way to it: then its answer to them will do. */
  receive(shown: Shown): Promise<void> {
    this.#shown = shown;
    const settled = this.#settle();
    this.#tell(null);
    return settled;
  }

  /** Wait until everything so far has been handed to the comm, in order. */
  flushed(): Promise<void> {
    return this.#queue;
  }

  #acked(shown: Shown | null): number {
    return shown?.acks[this.#client] ?? 0;
  }

  #step(which: "undo" | "redo"): void {
    if (this.#drawing) return;
    if (this.#history[which](this.bitmap)) {
      this.#post({ op: which }, pack(this.bitmap));
      this.#tell(this.bitmap.whole);
    } else if (which === "undo" ? this.canUndo : this.canRedo) {
      this.#below += which === "undo" ? -1 : 1;
      this.#above += which === "undo" ? 1 : -1;
      this.#blind = this.#sent + 1;
      this.#post({ op: which }, null);
      this.#tell(null);
    }
  }

  /** Send an op with the bitmap that it led to, or without one when only Python can carry it out. */
  #post(op: OpMessage["op"], packed: Uint8Array<ArrayBuffer> | null): void {
    const n = ++this.#sent;
    const unsure = packed !== null && this.#blind > this.#acked(this.#shown);
    const seq = unsure ? UNKNOWN : ++this.#seq;
    if (packed) this.#crc = crc32(packed);
    this.#enqueue({ kind: "ops", client: this.#client, n, seq, op, crc: packed ? this.#crc : null }, packed);
  }

  #enqueue(message: OpMessage, packed: Uint8Array<ArrayBuffer> | null): void {
    this.#queue = this.#queue.then(async () => {
      this.#send(message, packed ? [(await deflate(packed)).buffer] : []);
    });
  }

  async #settle(): Promise<void> {
    const shown = this.#shown;
    if (!shown || this.#drawing || this.pending) return;
    const ours = shown.seq === this.#seq && this.#blind === 0;
    this.#blind = 0;
    this.#seq = shown.seq;
    if (shown.crc !== this.#crc) {
      await this.#adopt(shown);
      return;
    }
    if (!ours) this.#history.rebase(this.bitmap);
    this.#count(shown);
  }

  async #adopt(shown: Shown): Promise<void> {
    const { bitmap } = shown;
    const view = ArrayBuffer.isView(bitmap) ? new Uint8Array(bitmap.buffer, bitmap.byteOffset, bitmap.byteLength) : new Uint8Array(bitmap);
    const packed = await inflate(new Uint8Array(view));
    if (this.#shown !== shown || this.#drawing || this.pending) return;
    unpackInto(this.bitmap, packed);
    this.#crc = shown.crc;
    this.#history.rebase(this.bitmap);
    this.#count(shown);
    this.#tell(this.bitmap.whole);
  }

  #count(shown: Shown): void {
    this.#below = Math.max(0, shown.undo - this.#history.depth);
    this.#above = Math.max(0, shown.redo - this.#history.ahead);
  }

  #tell(box: Box | null): void {
    for (const listener of this.#listeners) listener(box);
  }
}
