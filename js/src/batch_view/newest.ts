// The strip of the pictures that came last. Each is asked for once; what has left the strip is let go.

import { h } from "../page/dom";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import { blobOf } from "../page/blobs";
import type { NewPicture, Traits } from "./traits";

export class Newest {
  readonly element = h("div", { class: "bn-newest", role: "list" });
  readonly #comm: Comm<Traits>;
  readonly #urls = new Map<string, string>();
  readonly #asked = new Set<string>();
  readonly #nodes = new Map<string, HTMLElement>();
  #shown: readonly NewPicture[] = [];

  constructor(comm: Comm<Traits>, signal: AbortSignal) {
    this.#comm = comm;
    this.element.setAttribute("aria-label", text(comm.get("texts"), "newest"));
    comm.onMessage((content, buffers) => this.#receive(content, buffers), signal);
    signal.addEventListener("abort", () => this.#keep(new Set()));
  }

  refresh(pictures: readonly NewPicture[]): void {
    this.#shown = [...pictures].reverse();
    this.#keep(new Set(pictures.map(({ id }) => id)));
    const ids = this.#shown.map(({ id }) => id).filter((id) => !this.#asked.has(id));
    for (const id of ids) this.#asked.add(id);
    if (ids.length > 0) this.#comm.send({ kind: "thumbs", ids });
    this.#draw();
  }

  /** Let go of every picture but these. */
  #keep(ids: ReadonlySet<string>): void {
    for (const known of [...this.#asked]) {
      if (ids.has(known)) continue;
      this.#asked.delete(known);
      const url = this.#urls.get(known);
      if (url) URL.revokeObjectURL(url);
      this.#urls.delete(known);
      this.#nodes.get(known)?.remove();
      this.#nodes.delete(known);
    }
  }

  #draw(): void {
    const texts = this.#comm.get("texts");
    for (const [k, { id, row, name }] of this.#shown.entries()) {
      let node = this.#nodes.get(id);
      if (!node) {
        const words = text(texts, "picture_of", { row, name });
        node = h("div", { class: "bn-new", role: "listitem", title: words }, h("img", { alt: words }));
        this.#nodes.set(id, node);
      }
      const url = this.#urls.get(id);
      const image = node.querySelector("img");
      if (url && image && image.src !== url) image.src = url;
      if (this.element.children[k] !== node) this.element.insertBefore(node, this.element.children[k] ?? null);
    }
    this.element.hidden = this.#shown.length === 0;
  }

  #receive(content: Record<string, unknown>, buffers: DataView[]): void {
    const { kind, ids } = content;
    if (kind !== "thumbs" || !Array.isArray(ids)) return;
    for (const [k, buffer] of buffers.entries()) {
      const id = String(ids[k]);
      if (!this.#asked.has(id) || this.#urls.has(id)) continue;
      this.#urls.set(id, URL.createObjectURL(blobOf(buffer)));
    }
    this.#draw();
  }
}
