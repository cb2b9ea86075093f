// The pictures that this page holds: small ones for the cells in sight, and the large ones of the opened item.

import type { Comm } from "../page/comm";
import { blobOf } from "../page/blobs";

/** What a picture is asked for by. */
export interface Pictured {
  readonly id: string;
  /** Changes when another picture is meant. */
  readonly version: string;
}

const MOST_SMALL = 600;
const MOST_LARGE = 24;

/** Blob URLs by name; the ones that were used longest ago are revoked. */
class Urls {
  readonly #urls = new Map<string, string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): string | undefined {
    const url = this.#urls.get(name);
    if (url === undefined) return undefined;
    this.#urls.delete(name);
    this.#urls.set(name, url); // used last
    return url;
  }

  set(name: string, data: DataView): void {
    const old = this.#urls.get(name);
    if (old) URL.revokeObjectURL(old);
    this.#urls.set(name, URL.createObjectURL(blobOf(data)));
    for (const [key, url] of this.#urls) {
      if (this.#urls.size <= this.#most) break;
      URL.revokeObjectURL(url);
      this.#urls.delete(key);
    }
  }

  clear(): void {
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }
}

export class Pictures {
  readonly #comm: Comm<object>;
  readonly #changed: () => void;
  readonly #small = new Urls(MOST_SMALL);
  readonly #large = new Urls(MOST_LARGE);
  readonly #asked = new Set<string>();
  readonly #gone = new Set<string>();
  #lastAsked = "";

  constructor(comm: Comm<object>, changed: () => void, signal: AbortSignal) {
    this.#comm = comm;
    this.#changed = changed;
    comm.onMessage((content, buffers) => this.#receive(content, buffers), signal);
    signal.addEventListener("abort", () => {
      this.#small.clear();
      this.#large.clear();
    });
  }

  small(item: Pictured): string | undefined {
    return this.#small.get(item.version);
  }

  /** True for a picture whose file is gone. */
  lacks(item: Pictured): boolean {
    return this.#gone.has(item.id);
  }

  /** Ask for the pictures of these items that are not here; what was asked for before and is not made yet is dropped. */
  need(items: readonly Pictured[]): void {
    const ids = items.filter((item) => !this.#small.get(item.version) && !this.#gone.has(item.id)).map(({ id }) => id);
    const key = ids.join();
    if (ids.length === 0 || key === this.#lastAsked || ids.every((id) => this.#asked.has(id))) return;
    this.#lastAsked = key;
    this.#asked.clear();
    for (const id of ids) this.#asked.add(id);
    this.#comm.send({ kind: "thumbs", ids });
  }

  /** A large picture of an item: its "result", or another one that belongs to it, such as its "source". */
  large(item: Pictured, which: string): string | undefined {
    const key = `large ${item.version}`;
    if (!this.#asked.has(key)) {
      this.#asked.add(key);
      this.#comm.send({ kind: "large", id: item.id });
    }
    return this.#large.get(`${which} ${item.id}`) ?? (which === "result" ? this.small(item) : undefined);
  }

  #receive(content: Record<string, unknown>, buffers: DataView[]): void {
    const { kind, ids, versions, gone, left, id, which } = content;
    if (kind === "thumbs" && Array.isArray(ids)) {
      for (const [k, buffer] of buffers.entries()) {
        this.#asked.delete(String(ids[k]));
        this.#small.set(String((versions as unknown[])[k]), buffer);
      }
      for (const name of Array.isArray(gone) ? gone : []) this.#gone.add(String(name));
      for (const name of Array.isArray(left) ? left : []) this.#asked.delete(String(name));
      if (Array.isArray(left)) this.#lastAsked = "";
      this.#changed();
    }
    if (kind === "large" && Array.isArray(which)) {
      for (const [k, buffer] of buffers.entries()) this.#large.set(`${String(which[k])} ${String(id)}`, buffer);
      this.#changed();
    }
  }
}
