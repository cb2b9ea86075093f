// The grid's pictures in this page: small ones for the cells, larger ones for the viewer, asked for when they are missed.

import type { Link } from "../page/link";
import { Pictures } from "../page/picture";
import type { Cell } from "./model";
import { wanted } from "./model";
import type { Traits } from "./traits";

const AT_ONCE = 24;

export class Album {
  readonly #pictures: Pictures;
  readonly #link: Link<Traits>;
  readonly #changed: () => void;
  readonly #small = new Map<string, number>();
  readonly #large = new Map<string, number>();
  readonly #asked = new Set<string>();
  readonly #none = new Set<string>();

  constructor(link: Link<Traits>, changed: () => void, signal: AbortSignal) {
    this.#pictures = new Pictures(signal);
    this.#link = link;
    this.#changed = changed;
    link.message((content, buffers) => this.#receive(content, buffers), signal);
  }

  small(cell: Cell): string | undefined {
    return this.#pictures.get(`small ${cell.id}`);
  }

  /** The larger picture, or what there is until it has come. */
  large(id: string, version: number): string | undefined {
    if ((this.#large.get(id) ?? -1) < version) this.#ask("large", [id], version);
    return this.#pictures.get(`large ${id}`) ?? this.#pictures.get(`small ${id}`);
  }

  /** Python has said that there is no such picture: text to image has no original. */
  lacks(id: string): boolean {
    return this.#none.has(id);
  }

  /** Ask for the thumbnails that the cells miss, a few in one message. */
  refresh(cells: readonly Cell[]): void {
    const versions = new Map(cells.map((cell) => [cell.id, cell.version]));
    const missing = wanted(cells, this.#small).filter((id) => !this.#asked.has(`thumbs ${id} ${versions.get(id) ?? 0}`));
    for (let k = 0; k < missing.length; k += AT_ONCE) {
      const ids = missing.slice(k, k + AT_ONCE);
      for (const id of ids) this.#asked.add(`thumbs ${id} ${versions.get(id) ?? 0}`);
      this.#link.send({ kind: "thumbs", ids });
    }
  }

  #ask(kind: "large", ids: string[], version: number): void {
    const key = `${kind} ${ids.join()} ${version}`;
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    this.#link.send({ kind, ids });
  }

  #receive(content: Record<string, unknown>, buffers: DataView[]): void {
    const { kind, ids, versions } = content;
    if (kind === "none" && Array.isArray(ids)) {
      for (const id of ids) this.#none.add(String(id));
      this.#changed();
    }
    if ((kind !== "thumbs" && kind !== "large") || !Array.isArray(ids) || !Array.isArray(versions)) return;
    const have = kind === "thumbs" ? this.#small : this.#large;
    for (const [k, buffer] of buffers.entries()) {
      const id = String(ids[k]);
      have.set(id, Number(versions[k]));
      this.#none.delete(id);
      this.#pictures.set(`${kind === "thumbs" ? "small" : "large"} ${id}`, buffer);
    }
    this.#changed();
  }
}
