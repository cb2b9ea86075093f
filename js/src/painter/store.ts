// The mask of one painter in one browser page: what is painted, what Python has, and the messages between them.
// Every view of the page draws this one store; Python's `shown` trait brings what other pages and cells did.
//
// An op is sent in the task of the event that made it, before anything else is done: a cell that is run next comes after
// it. Python draws it by the same rules; the bitmaps are compared when its answer has come, and ours is sent where they
// differ. What Python is asked for, though, is as Python says: what a wand picks here is shown until that is known.

import { Bitmap, union } from "../pixels/bitmap";
import type { Box } from "../pixels/bitmap";
import { crc32, difference, inflate, measure, pack, unpackInto } from "../pixels/mask_codec";
import { History } from "../pixels/history";
import { draw } from "../pixels/ops";
import type { Asked, Op } from "../pixels/ops";
import { merged } from "../pixels/wand";

/** Python's state. `acks` holds, by page, the number of the last message that it has handled. */
export interface Shown {
  readonly seq: number;
  readonly crc: number;
  readonly acks: Readonly<Record<string, number>>;
  readonly undo: number;
  readonly redo: number;
  readonly bitmap: DataView | ArrayBuffer | Uint8Array;
  /** Name under which the strokes are kept; "" where they are not. */
  readonly kept: string;
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

/** What Python was asked for last. */
interface AskedStep {
  /** As it was turned last. */
  readonly op: Asked;
  /** Numbers of the message and of the state that it leads to: others mean that something else was done since. */
  readonly n: number;
  readonly seq: number;
  /** What was painted before, packed; null when only Python knows. */
  readonly before: Uint8Array | null;
  /** What of it is shown already, though Python has not said so. */
  shown: Asked | null;
  /** Where this page's undo finds it: as a step of its own, in what Python alone undoes, or not at all yet. */
  place: "nowhere" | "history" | "base";
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
  /** What was sent and is not known to be handled. */
  #unheard: OpMessage[] = [];
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
  #asked: AskedStep | null = null;
  /** What was asked for has been turned since it was sent. */
  #turned = false;
  /** The bitmap holds what this page has picked by itself: where Python has something else, that counts. */
  #foreseen = false;
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

  /** What was sent and is not known to be handled, the oldest first. */
  get unheard(): readonly OpMessage[] {
    return this.#unheard;
  }

  /** Number of the state that Python has, or will have when it has handled what was sent. */
  get seq(): number {
    return this.#seq;
  }

  /** What Python was asked for last, unless something else was done since. */
  get asked(): Asked | null {
    return this.#lastAsked?.op ?? null;
  }

  get #lastAsked(): AskedStep | null {
    return this.#asked?.n === this.#sent && this.#asked.seq === this.#seq ? this.#asked : null;
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
    this.sendTurned();
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

  /**
   * Have Python carry out an op, `anew` in place of what it was asked for last; its mask is shown when it has. False
   * while a stroke is made, or when there is no such last step. While Python is at work on one turn the next ones wait,
   * and only the last of them is sent.
   */
  ask(op: Asked, anew = false): boolean {
    const last = anew ? this.#lastAsked : null;
    if (this.#drawing || (anew && !last)) return false;
    if (last && (this.pending || this.#turned)) {
      this.#asked = { ...last, op };
      this.#turned = true;
    } else {
      this.#postAsked(op, last);
    }
    this.#notify(null);
    return true;
  }

  /** Send what the last step was turned to, if that still waits. */
  sendTurned(): void {
    if (!this.#turned) return;
    this.#turned = false;
    const last = this.#lastAsked;
    if (last) this.#postAsked(last.op, last);
  }

  /** Show what Python will make of the op that it was asked for last, unless it has said so already. */
  foresee(op: Asked & { readonly erase: boolean }, picked: Uint8Array): void {
    const asked = this.#lastAsked;
    if (!asked?.before || asked.op !== op || this.#drawing || (this.settled && !this.#turned)) return;
    const after = merged(asked.before, picked, op.erase);
    const changed = this.#take(after);
    if (asked.place === "base") this.#history.rebase(this.bitmap, after);
    else if (asked.place === "history") this.#history.replace(op, after);
    else this.#history.push(op, after);
    if (asked.place === "nowhere") asked.place = "history";
    this.#pythonRedo = 0;
    [asked.shown, this.#foreseen] = [op, true];
    if (!this.#turned) this.#undrawn = 0;
    this.#notify(changed);
  }

  #postAsked(op: Asked, last: AskedStep | null): void {
    const unsure = this.#undrawn > this.#acked(this.#shown);
    const before = last ? last.before : unsure ? null : this.#packed;
    this.#undrawn = last?.shown === op ? 0 : this.#sent + 1;
    this.#post(op, { drawn: false, more: last ? { anew: true } : {} });
    this.#asked = { shown: null, place: "nowhere", ...last, op, before, n: this.#sent, seq: this.#seq };
  }

  /** Have Python carry out what another store had sent to a kernel that was gone; its mask is shown when it has. */
  repeat(messages: readonly OpMessage[]): void {
    for (const { op, anew } of messages) {
      this.#undrawn = this.#sent + 1;
      this.#post(op, { drawn: false, more: anew ? { anew } : {} });
    }
    this.#notify(null);
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
    this.#unheard = this.#unheard.filter(({ n }) => n > this.#acked(shown));
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
      const before = this.#packed;
      this.#keep(pack(this.bitmap));
      this.#notify(difference(this.bitmap, before, this.#packed));
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
    this.sendTurned();
    const n = ++this.#sent;
    const unsure = drawn && this.#undrawn > this.#acked(this.#shown);
    const seq = unsure ? UNKNOWN : ++this.#seq;
    this.#told = op.op !== "load";
    const message: OpMessage = { kind: "ops", client: this.#client, n, seq, op, ...more };
    this.#unheard.push(message);
    this.#send(message, buffers);
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
    this.#seq = shown.seq;
    if (this.#turned && this.#lastAsked?.shown) return this.sendTurned(); // Python's answer is no longer what is shown
    this.#undrawn = 0;
    this.#crc ??= crc32(this.#packed);
    const wins = ours && this.#told && !this.#foreseen;
    this.#foreseen = false;
    if (shown.crc === this.#crc) {
      if (!ours) this.#rebase();
      this.#countSteps(shown);
    } else if (wins) {
      this.#load({ differs: true });
    } else {
      await this.#adopt(shown);
    }
    this.sendTurned();
  }

  #rebase(): void {
    this.#history.rebase(this.bitmap, this.#packed);
    if (this.#asked) this.#asked.place = "base";
  }

  async #adopt(shown: Shown): Promise<void> {
    const { bitmap } = shown;
    const view = ArrayBuffer.isView(bitmap) ? new Uint8Array(bitmap.buffer, bitmap.byteOffset, bitmap.byteLength) : new Uint8Array(bitmap);
    const packed = await inflate(new Uint8Array(view));
    if (this.#shown !== shown || this.#drawing || this.pending) return;
    const changed = this.#take(packed, shown.crc);
    this.#rebase();
    this.#countSteps(shown);
    this.#notify(changed);
  }

  /** Show another mask than what is there between strokes; returns where it is another one. */
  #take(packed: Uint8Array<ArrayBuffer>, crc: number | null = null): Box | null {
    const changed = difference(this.bitmap, this.#packed, packed);
    if (changed) unpackInto(this.bitmap, packed, changed);
    this.#keep(packed, crc);
    return changed;
  }

  #countSteps(shown: Shown): void {
    this.#pythonUndo = Math.max(0, shown.undo - this.#history.depth);
    this.#pythonRedo = Math.max(0, shown.redo - this.#history.ahead);
  }

  #notify(box: Box | null): void {
    for (const listener of this.#listeners) listener(box);
  }
}
