// The opened picture, large, with how it was made; compared with another one that was marked for it.

import { button, h, keyed, rename, setText } from "../page/dom";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import { Compared, NOTHING } from "../cells/compared";
import type { Pictures } from "../cells/pictures";
import type { Item, Traits } from "./traits";

export class Large {
  readonly element: HTMLElement;
  readonly #comm: Comm<Traits>;
  readonly #pictures: Pictures;
  readonly #panes: Compared;
  readonly #compare: HTMLButtonElement;
  readonly #prompt = h("div", { class: "bn-whole" });
  readonly #about = h("div", { class: "bn-prompted" });
  readonly #note = h("div", { class: "bn-note", role: "status" });
  #item: Item | undefined;
  #other: Item | undefined;

  constructor(comm: Comm<Traits>, pictures: Pictures, close: () => void, signal: AbortSignal) {
    this.#comm = comm;
    this.#pictures = pictures;
    const texts = comm.get("texts");
    this.#panes = new Compared(texts, () => this.refresh(), signal);
    this.#compare = button("C", "", () => this.compare(), signal);
    const shut = keyed(button(text(texts, "close"), "✕", close, signal), "Escape", "Esc");
    this.element = h("div", { class: "bn-large", hidden: "" },
      h("div", { class: "bn-row" }, this.#compare, this.#panes.mode, h("span", { class: "bn-buttons" }, shut)),
      h("div", { class: "bn-grid" }, this.#panes.element),
      h("div", { class: "bn-about" }, this.#prompt, this.#about), this.#note);
  }

  get opened(): boolean {
    return !this.element.hidden;
  }

  open(item: Item | undefined): void {
    this.element.hidden = false;
    this.show(item);
  }

  close(): void {
    this.element.hidden = true;
    this.#other = undefined;
    this.#panes.comparing = false;
    this.#panes.close();
  }

  show(item: Item | undefined): void {
    this.#item = item;
    this.refresh();
  }

  /** C: compare others with this picture; once more ends it. With `other`, compare with that one. */
  compare(other?: Item): void {
    this.#other = other ?? (this.#other ? undefined : this.#item);
    this.#panes.comparing = this.#other !== undefined;
    this.refresh();
  }

  /** M: the next way to compare. */
  next(): void {
    if (!this.#other) return;
    this.#panes.next();
    this.refresh();
  }

  /** A key on the large picture that zooms or moves it; false for any other. */
  zoomByKey(event: KeyboardEvent): boolean {
    return this.#panes.zoomByKey(event);
  }

  refresh(): void {
    if (!this.opened) return;
    const texts = this.#comm.get("texts");
    const [item, other] = [this.#item, this.#other];
    rename(this.#compare, text(texts, other ? "compare_stop" : "compare_mark"));
    this.#compare.setAttribute("aria-pressed", String(other !== undefined));
    if (!item) {
      this.#panes.show(NOTHING, NOTHING);
      setText(this.#prompt, "");
      setText(this.#about, "");
      return;
    }
    const base = other && other.id !== item.id ? { url: this.#pictures.large(other, "result"), name: `${text(texts, "compared")}: ${other.prompt}` } : NOTHING;
    this.#panes.show(base, { url: this.#pictures.large(item, "result"), name: `${text(texts, "result")}: ${item.prompt}` });
    this.#panes.mode.hidden = base === NOTHING;
    setText(this.#note, other?.id === item.id ? text(texts, "marked") : "");
    const about = [item.made, item.call, item.size, item.seed ? text(texts, "seed", { seed: item.seed }) : "", item.values, item.price, item.tags.join(", "), item.name];
    setText(this.#prompt, item.there ? item.prompt : text(texts, "gone_file"));
    setText(this.#about, about.filter(Boolean).join(" · "));
  }
}
