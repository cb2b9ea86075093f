// Where the wand works: in a worker of its own, or, where the page may make none, in the page a few milliseconds at a time.

import workerText from "../pixels/wand_worker?text";
import type { Choice, Packed } from "../pixels/wand";
import { Colours } from "../pixels/wand";
import type { Done, Order } from "../pixels/wand_worker";

export interface WandThread {
  /** Add the next rows; gives the number of those that are there. */
  add(deflated: Uint8Array<ArrayBuffer>): Promise<number>;
  pick(choice: Choice): Promise<Packed>;
  end(): void;
}

/** Milliseconds of a slice: with what else a frame has to do, it stays a frame. */
const SLICE = 6;

/** A worker made of text by a blob's address, which needs no file and no network; throws, or fails at its first order, where a page forbids that. */
export class WandWorker implements WandThread {
  readonly #worker: Worker;
  readonly #waiting: { resolve: (done: Exclude<Done, { failed: string }>) => void; reject: (why: Error) => void }[] = [];
  #failed: Error | null = null;

  constructor(width: number, height: number) {
    const address = URL.createObjectURL(new Blob([workerText], { type: "text/javascript" }));
    try {
      this.#worker = new Worker(address);
    } finally {
      URL.revokeObjectURL(address);
    }
    this.#worker.onmessage = ({ data }: MessageEvent<Done>) => {
      const waiting = this.#waiting.shift();
      if ("failed" in data) waiting?.reject(new Error(data.failed));
      else waiting?.resolve(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault(); // what a page forbids is no fault of ours
      this.#fail(new Error(event.message || "no worker can be made"));
    };
    this.#order({ kind: "size", width, height }).catch(() => undefined); // the next order says so
  }

  async add(deflated: Uint8Array<ArrayBuffer>): Promise<number> {
    return (await this.#order({ kind: "rows", deflated }, [deflated.buffer])).rows;
  }

  async pick(choice: Choice): Promise<Packed> {
    return (await this.#order({ kind: "pick", choice })).picked!;
  }

  end(): void {
    this.#worker.terminate();
    this.#fail(new Error("ended"));
  }

  #order(order: Order, transfer: Transferable[] = []): Promise<Exclude<Done, { failed: string }>> {
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(order, transfer);
    });
  }

  #fail(why: Error): void {
    this.#failed = why;
    for (const { reject } of this.#waiting.splice(0)) reject(why);
  }
}

export class WandSlices implements WandThread {
  readonly #colours: Colours;
  #ended = false;

  constructor(width: number, height: number) {
    this.#colours = new Colours(width, height);
  }

  async add(deflated: Uint8Array<ArrayBuffer>): Promise<number> {
    await this.#colours.add(deflated);
    return this.#colours.rows;
  }

  async pick(choice: Choice): Promise<Packed> {
    const work = this.#colours.pick(choice);
    for (;;) {
      const until = performance.now() + SLICE;
      do {
        const step = work.next();
        if (step.done) return step.value;
      } while (performance.now() < until);
      await afterOthers();
      if (this.#ended) throw new Error("ended");
    }
  }

  end(): void {
    this.#ended = true;
  }
}

/** Let the page do what waits: a message comes after it, without the delay of a timer. */
function afterOthers(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
