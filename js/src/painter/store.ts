// The mask of one painter in one browser page: what is painted, what Python has, and the messages between them.
// Every view of the page draws this one store; Python's `shown` trait brings what other pages and cells did.

import { Bitmap } from "../pixels/bitmap";
import type { Box } from "../pixels/bitmap";
import { crc32, deflate, inflate, pack, unpackInto } from "../pixels/mask_codec";
import { History } from "../pixels/history";
import { draw } from "../pixels/ops";
import type { Op } from "../pixels/ops";

/** Python's state. `acks` holds, by page, the number of the last message that it has handled. */
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
  /** Number of the last message whose result only Python knows; 0 when it has answered, or there was none. */
  #undrawn = 0;
  /** Steps that only Python can undo or redo: they were made before this page was opened, or in a cell. */
  #pythonUndo = 0;
  #pythonRedo = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(width: number, height: number, send: Send, client: string) {
    this.bitmap = new Bitmap(width, height);
    this.#history = new History(this.bitmap);
    this.#crc = crc32(pack(this.bitmap));
    this.#send = send;
    this.#client = client;
  }

  /** True while Python has not yet handled everything that was sent. */
  get pending(): boolean {
    return this.#sent > this.#acked(this.#shown);
  }

  get canUndo(): boolean {
    return this.#history.depth > 0 || this.#pythonUndo > 0;
  }

  get canRedo(): boolean {
    return this.#history.ahead > 0 || (this.#history.depth === 0 && this.#pythonRedo > 0);
  }

  /** Call back with the box that changed (null: only the state did) until the signal ends. */
  onChange(listener: (box: Box | null) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  /** Between `beginStroke` and `commit` or `cancelStroke` the bitmap holds half a stroke, and nothing from Python is taken over. */
  beginStroke(): void {
    this.#drawing = true;
  }

  changed(box: Box | null): void {
    if (box) this.#notify(box);
  }

  cancelStroke(): void {
    this.#drawing = false;
    this.#history.restore(this.bitmap);
    this.#notify(this.bitmap.whole);
    void this.#sync();
  }

  /** Record an op that the bitmap shows already, and send it. */
  commit(op: Op): void {
    this.#drawing = false;
    const packed = pack(this.bitmap);
    this.#history.push(op, packed);
    this.#pythonRedo = 0;
    this.#post(op, packed);
    this.#notify(null);
  }

  apply(op: Op): void {
    const box = draw(this.bitmap, op);
    this.commit(op);
    this.#notify(box);
  }

  undo(): void {
    this.#step("undo");
  }

  redo(): void {
    this.#step("redo");
  }

  /** Adopt Python's state, unless messages of ours are still on their way: then the answer to the last of them counts. */
  receive(shown: Shown): Promise<void> {
    this.#shown = shown;
    const synced = this.#sync();
    this.#notify(null);
    return synced;
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
      this.#notify(this.bitmap.whole);
    } else if (which === "undo" ? this.canUndo : this.canRedo) {
      this.#pythonUndo += which === "undo" ? -1 : 1;
      this.#pythonRedo += which === "undo" ? 1 : -1;
      this.#undrawn = this.#sent + 1;
      this.#post({ op: which }, null);
      this.#notify(null);
    }
  }

  /** Send an op with the bitmap that it led to, or without one when only Python can carry it out. */
  #post(op: OpMessage["op"], packed: Uint8Array<ArrayBuffer> | null): void {
    const n = ++this.#sent;
    const unsure = packed !== null && this.#undrawn > this.#acked(this.#shown);
    const seq = unsure ? UNKNOWN : ++this.#seq;
    if (packed) this.#crc = crc32(packed);
    this.#enqueue({ kind: "ops", client: this.#client, n, seq, op, crc: packed ? this.#crc : null }, packed);
  }

  #enqueue(message: OpMessage, packed: Uint8Array<ArrayBuffer> | null): void {
    this.#queue = this.#queue.then(async () => {
      this.#send(message, packed ? [(await deflate(packed)).buffer] : []);
    });
  }

  async #sync(): Promise<void> {
    const shown = this.#shown;
    if (!shown || this.#drawing || this.pending) return;
    const ours = shown.seq === this.#seq && this.#undrawn === 0;
    this.#undrawn = 0;
    this.#seq = shown.seq;
    if (shown.crc !== this.#crc) {
      await this.#adopt(shown);
      return;
    }
    if (!ours) this.#history.rebase(this.bitmap);
    this.#countSteps(shown);
  }

  async #adopt(shown: Shown): Promise<void> {
    const { bitmap } = shown;
    const view = ArrayBuffer.isView(bitmap) ? new Uint8Array(bitmap.buffer, bitmap.byteOffset, bitmap.byteLength) : new Uint8Array(bitmap);
    const packed = await inflate(new Uint8Array(view));
    if (this.#shown !== shown || this.#drawing || this.pending) return;
    unpackInto(this.bitmap, packed);
    this.#crc = shown.crc;
    this.#history.rebase(this.bitmap);
    this.#countSteps(shown);
    this.#notify(this.bitmap.whole);
  }

  #countSteps(shown: Shown): void {
    this.#pythonUndo = Math.max(0, shown.undo - this.#history.depth);
    this.#pythonRedo = Math.max(0, shown.redo - this.#history.ahead);
  }

  #notify(box: Box | null): void {
    for (const listener of this.#listeners) listener(box);
  }
}
