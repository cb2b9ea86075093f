// The pictures that this page has of the grid: thumbnails for the cells, larger ones for the viewer, requested as needed.

import type { Comm } from "../page/comm";
import { BlobUrls } from "../page/blobs";
import type { Cell } from "./model";
import { missingThumbs } from "./model";
import type { Traits } from "./traits";

const MOST_PER_MESSAGE = 24;

export class PictureCache {
  readonly #urls: BlobUrls;
  readonly #comm: Comm<Traits>;
  readonly #changed: () => void;
  readonly #thumbVersions = new Map<string, number>();
  readonly #largeVersions = new Map<string, number>();
  readonly #requested = new Set<string>();
  readonly #missing = new Set<string>();

  constructor(comm: Comm<Traits>, changed: () => void, signal: AbortSignal) {
    this.#urls = new BlobUrls(signal);
    this.#comm = comm;
    this.#changed = changed;
    comm.onMessage((content, buffers) => this.#receive(content, buffers), signal);
  }

  thumb(cell: Cell): string | undefined {
    return this.#urls.get(`thumb ${cell.id}`);
  }

  /** The larger picture, or what there is until it has come; it is not asked for in `passing`. */
  large(id: string, version: number, passing = false): string | undefined {
    if (!passing && (this.#largeVersions.get(id) ?? -1) < version) this.#request("large", [id], version);
    return this.#urls.get(`large ${id}`) ?? this.#urls.get(`thumb ${id}`);
  }

  /** Python has said that there is no such picture: text to image has no original. */
  lacks(id: string): boolean {
    return this.#missing.has(id);
  }

  /** Request the thumbnails that the cells lack, a few in one message. */
  refresh(cells: readonly Cell[]): void {
    const versions = new Map(cells.map((cell) => [cell.id, cell.version]));
    const needed = missingThumbs(cells, this.#thumbVersions).filter((id) => !this.#requested.has(`thumbs ${id} ${versions.get(id) ?? 0}`));
    for (let k = 0; k < needed.length; k += MOST_PER_MESSAGE) {
      const ids = needed.slice(k, k + MOST_PER_MESSAGE);
      for (const id of ids) this.#requested.add(`thumbs ${id} ${versions.get(id) ?? 0}`);
      this.#comm.send({ kind: "thumbs", ids });
    }
  }

  #request(kind: "large", ids: string[], version: number): void {
    const key = `${kind} ${ids.join()} ${version}`;
    if (this.#requested.has(key)) return;
    this.#requested.add(key);
    this.#comm.send({ kind, ids });
  }

  #receive(content: Record<string, unknown>, buffers: DataView[]): void {
    const { kind, ids, versions } = content;
    if (kind === "none" && Array.isArray(ids)) {
      for (const id of ids) this.#missing.add(String(id));
      this.#changed();
    }
    if ((kind !== "thumbs" && kind !== "large") || !Array.isArray(ids) || !Array.isArray(versions)) return;
    const known = kind === "thumbs" ? this.#thumbVersions : this.#largeVersions;
    for (const [k, buffer] of buffers.entries()) {
      const id = String(ids[k]);
      known.set(id, Number(versions[k]));
      this.#missing.delete(id);
      this.#urls.set(`${kind === "thumbs" ? "thumb" : "large"} ${id}`, buffer);
    }
    this.#changed();
  }
}
