// The mask of one painter in one browser page: what is painted, what Python has, and the messages between them.
// Every view of the page draws this one store; Python's `shown` trait brings what other pages and cells did.
//
// An op is sent in the task of the event that made it, before anything else is done: a cell that is run next comes after
// it. Python draws it by the same rules; the bitmaps are compared when its answer has come, and ours is sent where they
// differ.

import { Bitmap, union } from "../pixels/bitmap";
import type { Box } from "../pixels/bitmap";
import { crc32, inflate, measure, pack, unpackInto } from "../pixels/mask_codec";
import { History } from "../pixels/history";
import { draw } from "../pixels/ops";
import type { Asked, Op } from "../pixels/ops";

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
  readonly op: Op | Asked | { readonly op: "undo" | "redo" };
  /** The buffer of a `load` holds bits that are not deflated, which would take another task. */
  readonly bits?: "raw";
  /** The op takes the place of the last one. */
  readonly anew?: true;
  /** Python has drawn something else: its mask is replaced by this one. */
  readonly differs?: true;
}

interface Post {
  readonly drawn?: boolean;
  readonly more?: Pick<OpMessage, "bits" | "differs" | "anew">;
  readonly buffers?: ArrayBuffer[];
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
  /** The bitmap between strokes, as bits. */
  #packed: Uint8Array<ArrayBuffer>;
  /** Of `#packed`; null until it is asked for. */
  #crc: number | null = null;
  #drawing = false;
  /** Where the bitmap has changed since the stroke began. */
  #stroked: Box | null = null;
  /** The last op was told in vectors, so Python has drawn it anew. */
  #told = false;
  /** Number of the last message whose result only Python knows; 0 when it has answered, or there was none. */
  #undrawn = 0;
  /** Steps that only Python can undo or redo: they were made before this page was opened, or in a cell. */
  #pythonUndo = 0;
  #pythonRedo = 0;

  constructor(width: number, height: number, send: Send, client: string) {
    this.bitmap = new Bitmap(width, height);
    this.#history = new History(this.bitmap);
    this.#packed = pack(this.bitmap);
    this.#send = send;
    this.#client = client;
  }

  /** True while Python has not yet handled everything that was sent. */
  get pending(): boolean {
    return this.#sent > this.#acked(this.#shown);
  }

  /** True while this page shows what Python has. */
  get settled(): boolean {
    return !this.pending && this.#undrawn === 0 && this.#crc === this.#shown?.crc;
  }

  /** True while a stroke is being made, in whatever view. */
  get drawing(): boolean {
    return this.#drawing;
  }

  /** How many steps this page has sent. */
  get done(): number {
    return this.#sent;
  }

  /** Number of the state that Python has, or will have when it has handled what was sent. */
  get seq(): number {
    return this.#seq;
  }

  get canUndo(): boolean {
    return this.#history.depth > 0 || this.#pythonUndo > 0;
  }

  get canRedo(): boolean {
    return this.#history.ahead > 0 || (this.#history.depth === 0 && this.#pythonRedo > 0);
  }

  /** How much is painted between strokes, and the box that holds it. */
  measure(): ReturnType<typeof measure> {
    return measure(this.bitmap, this.#packed);
  }

  /** Call back with the box that changed (null: only the state did) until the signal ends. */
  onChange(listener: (box: Box | null) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  /** Between `beginStroke` and `commit` or `cancelStroke` the bitmap holds half a stroke, and nothing from Python is taken over. */
  beginStroke(): void {
    this.#drawing = true;
    this.#stroked = null;
  }

  changed(box: Box | null): void {
    if (!box) return;
    this.#stroked = union(this.#stroked, box);
    this.#notify(box);
  }

  cancelStroke(): void {
    this.#drawing = false;
    this.#history.restore(this.bitmap);
    this.#notify(this.bitmap.whole);
    void this.#sync();
  }

  /** Send an op that the bitmap shows already, and record it. */
  commit(op: Op): void {
    this.#drawing = false;
    if (op.op === "load") {
      this.#load();
    } else {
      this.#post(op);
      this.#record(op, this.#stroked);
    }
    this.#notify(null);
  }

  apply(op: Op): void {
    this.#post(op);
    const box = draw(this.bitmap, op);
    this.#record(op, box);
    this.#notify(box);
  }

  /** Have Python carry out what this side cannot, `anew` in place of the last step; its mask is shown when it has. False while a stroke is made. */
  ask(op: Asked, anew = false): boolean {
    if (this.#drawing) return false;
    this.#undrawn = this.#sent + 1;
    this.#post(op, { drawn: false, more: anew ? { anew } : {} });
    this.#notify(null);
    return true;
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

  #acked(shown: Shown | null): number {
    return shown?.acks[this.#client] ?? 0;
  }

  #step(which: "undo" | "redo"): void {
    if (this.#drawing) return;
    if (which === "undo" ? this.#history.depth > 0 : this.#history.ahead > 0) {
      this.#post({ op: which });
      this.#history[which](this.bitmap);
      this.#keep(pack(this.bitmap));
      this.#notify(this.bitmap.whole);
    } else if (which === "undo" ? this.canUndo : this.canRedo) {
      this.#pythonUndo += which === "undo" ? -1 : 1;
      this.#pythonRedo += which === "undo" ? 1 : -1;
      this.#undrawn = this.#sent + 1;
      this.#post({ op: which }, { drawn: false });
      this.#notify(null);
    }
  }

  /** Send an op; `drawn` is false when only Python can carry it out. */
  #post(op: OpMessage["op"], { drawn = true, more = {}, buffers = [] }: Post = {}): void {
    const n = ++this.#sent;
    const unsure = drawn && this.#undrawn > this.#acked(this.#shown);
    const seq = unsure ? UNKNOWN : ++this.#seq;
    this.#told = op.op !== "load";
    this.#send({ kind: "ops", client: this.#client, n, seq, op, ...more }, buffers);
  }

  /** Record an op that has changed nothing outside `box`. */
  #record(op: Op, box: Box | null): void {
    this.#keep(box ? pack(this.bitmap, this.#packed, box) : this.#packed);
    this.#history.push(op, this.#packed);
    this.#pythonRedo = 0;
  }

  /** Send the whole bitmap as it is. */
  #load(more: Pick<OpMessage, "differs"> = {}): void {
    const op: Op = { op: "load" };
    this.#record(op, this.bitmap.whole);
    this.#post(op, { more: { bits: "raw", ...more }, buffers: [this.#packed.buffer] });
  }

  #keep(packed: Uint8Array<ArrayBuffer>, crc: number | null = null): void {
    this.#packed = packed;
    this.#crc = crc;
  }

  async #sync(): Promise<void> {
    const shown = this.#shown;
    if (!shown || this.#drawing || this.pending) return;
    const ours = shown.seq === this.#seq && this.#undrawn === 0;
    this.#undrawn = 0;
    this.#seq = shown.seq;
    this.#crc ??= crc32(this.#packed);
    if (shown.crc !== this.#crc) {
      if (ours && this.#told) this.#load({ differs: true });
      else await this.#adopt(shown);
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
    this.#keep(packed, shown.crc);
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
