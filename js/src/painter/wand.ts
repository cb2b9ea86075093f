// The wand in one page: fetches the picture's colours once the tool is taken up, piece by piece so that strokes come
// between, and says at once what Python will pick. Until all of them are here Python alone answers.

import type { Comm } from "../page/comm";
import type { Choice } from "../pixels/wand";
import type { Traits } from "./traits";
import type { WandThread } from "./wand_thread";
import { WandSlices, WandWorker } from "./wand_thread";

export class Wand {
  readonly #comm: Comm<Traits>;
  #size: readonly [number, number] = [0, 0];
  /** Number of the picture whose colours these are. */
  #picture = -1;
  #thread: WandThread | null = null;
  /** Rows that are here, and the row that was asked for last. */
  #rows = 0;
  #asked = -1;
  #busy = false;
  #next: { readonly choice: Choice; readonly picked: (area: Uint8Array) => void } | null = null;

  constructor(comm: Comm<Traits>) {
    this.#comm = comm;
    comm.onMessage((content, buffers) => {
      const { kind, picture, row } = content;
      if (kind === "colours" && picture === this.#picture && row === this.#asked && row === this.#rows && buffers[0]) void this.#add(buffers[0]);
    });
  }

  /** Fetch the colours of the picture that is painted on, unless they are here or on their way. */
  prepare(): void {
    const { at } = this.#comm.get("pictures");
    if (this.#picture === at) return;
    this.end();
    [this.#picture, this.#size] = [at, this.#comm.get("size")];
    try {
      this.#thread = new WandWorker(...this.#size);
    } catch {
      this.#thread = new WandSlices(...this.#size);
    }
    this.#ask();
  }

  /** Say what a choice picks, once it is known; nothing where another choice has come meanwhile, or colours are missing. */
  pick(choice: Choice, picked: (area: Uint8Array) => void): void {
    this.prepare();
    this.#next = { choice, picked };
    void this.#goOn();
  }

  /** Let go of worker and colours. */
  end(): void {
    this.#thread?.end();
    [this.#thread, this.#picture, this.#rows, this.#next] = [null, -1, 0, null];
  }

  async #goOn(): Promise<void> {
    const [next, thread] = [this.#next, this.#thread];
    if (this.#busy || !next || !thread || this.#rows < this.#size[1]) return;
    this.#next = null;
    this.#busy = true;
    try {
      const area = await thread.pick(next.choice);
      if (thread === this.#thread) next.picked(area);
    } catch {
      // the worker has ended, or has no memory for it: Python's answer is shown
    }
    this.#busy = false;
    void this.#goOn();
  }

  #ask(): void {
    this.#asked = this.#rows;
    this.#comm.send({ kind: "colours", picture: this.#picture, row: this.#rows });
  }

  async #add(view: DataView): Promise<void> {
    const deflated = new Uint8Array(view.byteLength); // a copy: the message's memory is not ours to give away
    deflated.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    this.#asked = -1; // the same rows may come again, when another page has asked for them
    const thread = this.#thread;
    try {
      const rows = await thread!.add(deflated);
      if (thread !== this.#thread) return;
      this.#rows = rows;
    } catch {
      if (thread !== this.#thread || thread instanceof WandSlices) return;
      [this.#thread, this.#rows] = [new WandSlices(...this.#size), 0];
    }
    if (this.#rows < this.#size[1]) this.#ask();
    else void this.#goOn();
  }
}
