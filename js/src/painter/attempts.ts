// The pictures that the edits gave, and which of them a view shows in place of the painting. No DOM.

/** One picture, as Python lists it. */
export interface Attempt {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  readonly seed: number | null;
  readonly size: readonly [number, number];
  readonly prompt: string;
  /** Number of the picture that was painted on. */
  readonly ground: number;
  /** Made before this painter was. */
  readonly earlier?: boolean;
  readonly data: DataView;
}

export class Attempts {
  #all: readonly Attempt[];
  #shown: string | null = null;

  /** What is there when the page is opened is known; only what comes later is shown by itself. */
  constructor(all: readonly Attempt[]) {
    this.#all = all;
  }

  get all(): readonly Attempt[] {
    return this.#all;
  }

  /** The attempt that stands in place of the painting; null while the painting is shown. */
  get shown(): Attempt | null {
    return this.#all.find(({ id }) => id === this.#shown) ?? null;
  }

  /** Number of the shown attempt from 1, 0 while the painting is shown. */
  get number(): number {
    return this.#all.findIndex(({ id }) => id === this.#shown) + 1;
  }

  /** Take over Python's list. The first new one is shown, unless a hand is at work or it is an earlier painter's. */
  receive(all: readonly Attempt[], show: boolean): void {
    const known = new Set(this.#all.map(({ id }) => id));
    const fresh = all.find(({ id, earlier }) => !known.has(id) && !earlier);
    this.#all = all;
    if (fresh && show) this.#shown = fresh.id;
  }

  show(id: string | null): void {
    this.#shown = id;
  }

  /** Go to the next or previous one; from the painting to the newest. Returns false when there is none. */
  step(by: 1 | -1): boolean {
    const { number } = this;
    const next = number === 0 ? this.#all.at(-1) : this.#all[number - 1 + by];
    if (!next) return false;
    this.#shown = next.id;
    return true;
  }
}
