// A kernel's end of the comm, without a kernel: works a painter's messages off when told to.

import { expect } from "vitest";
import { Bitmap } from "../src/pixels/bitmap";
import { History } from "../src/pixels/history";
import { crc32, pack, unpackInto } from "../src/pixels/mask_codec";
import { draw } from "../src/pixels/ops";
import type { Asked, Op } from "../src/pixels/ops";
import { merged } from "../src/pixels/wand";
import type { Packed } from "../src/pixels/wand";
import type { OpMessage } from "../src/painter/store";
import { Store } from "../src/painter/store";
import { deflate } from "./deflate";

export const [WIDTH, HEIGHT] = [24, 16];
export const stroke = (x: number, erase = false): Op => ({ op: "stroke", points: [[x, 8]], r: 3, erase });

export type WandOp = Extract<Asked, { readonly op: "wand" }>;
export const wand = (tolerance: number, erase = false): WandOp => ({ op: "wand", at: [0, 0], tolerance, contiguous: true, erase });

/** What a wand picks of a picture that grows brighter by one from column to column. */
export function picked({ tolerance }: WandOp): Packed {
  const area = new Bitmap(WIDTH, HEIGHT);
  const x1 = Math.min(WIDTH, tolerance + 1);
  draw(area, { op: "rect", box: [0, 0, x1, HEIGHT], erase: false });
  return pack(area);
}

export class Kernel {
  readonly bitmap = new Bitmap(WIDTH, HEIGHT);
  readonly history = new History(this.bitmap);
  readonly stores: Store[] = [];
  readonly inbox: { message: OpMessage; buffers: ArrayBuffer[] }[] = [];
  readonly conflicts: number[] = [];
  seq = 0;
  acks: Record<string, number> = {};
  onSent: () => void = () => undefined;

  page(client: string): Store {
    const send = (message: OpMessage, buffers: ArrayBuffer[]) => {
      this.inbox.push({ message, buffers });
      this.onSent();
    };
    const store = new Store(WIDTH, HEIGHT, send, client);
    this.stores.push(store);
    return store;
  }

  async work(): Promise<void> {
    await this.handle(Infinity);
  }

  /** Work off so many messages. */
  async handle(count: number): Promise<void> {
    for (const { message, buffers } of this.inbox.splice(0, count)) {
      if (message.anew && message.seq === this.seq + 1) this.history.undo(this.bitmap);
      if (!message.anew || message.seq === this.seq + 1) this.carryOut(message.op, buffers);
      if (message.seq !== this.seq + 1) this.conflicts.push(message.n);
      this.acks[message.client] = message.n;
      await this.tell();
    }
  }

  carryOut(op: OpMessage["op"], buffers: ArrayBuffer[]): void {
    if (op.op === "undo") this.history.undo(this.bitmap);
    if (op.op === "redo") this.history.redo(this.bitmap);
    if (op.op === "undo" || op.op === "redo") return;
    if (op.op === "load") unpackInto(this.bitmap, new Uint8Array(buffers[0]!));
    else if (op.op === "wand") unpackInto(this.bitmap, merged(pack(this.bitmap), picked(op), op.erase));
    else this.draw(op as Op);
    this.history.push(op as Op, pack(this.bitmap));
  }

  draw(op: Op): void {
    draw(this.bitmap, op);
  }

  async change(op: Op): Promise<void> {
    draw(this.bitmap, op);
    this.history.push(op, pack(this.bitmap));
    await this.tell();
  }

  async tell(grown = true): Promise<void> {
    if (grown) this.seq++;
    const packed = pack(this.bitmap);
    const shown = { seq: this.seq, crc: crc32(packed), acks: { ...this.acks }, undo: this.history.depth, redo: this.history.ahead, kept: "", bitmap: await deflate(packed) };
    await Promise.all(this.stores.map((store) => store.receive(shown)));
  }

  agrees(): void {
    for (const store of this.stores) {
      expect(store.pending).toBe(false);
      expect(store.bitmap.data).toEqual(this.bitmap.data);
    }
  }
}
