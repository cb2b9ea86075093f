// The opened picture, large, and compared with the picture that it was made from or the one that was there before.

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
  readonly #caption = h("div", { class: "bn-about" });
  readonly #note = h("div", { class: "bn-note", role: "status" });
  readonly #base: HTMLButtonElement;
  #wantsBefore = false;
  #item: Item | null = null;

  constructor(comm: Comm<Traits>, pictures: Pictures, close: () => void, signal: AbortSignal) {
    this.#comm = comm;
    this.#pictures = pictures;
    const texts = comm.get("texts");
    this.#panes = new Compared(texts, () => this.refresh(), signal);
    const compare = button(text(texts, "compare"), text(texts, "compare"), () => this.compare(), signal);
    this.#base = button("P", "", () => this.swapBase(), signal);
    const shut = keyed(button(text(texts, "close"), "✕", close, signal), "Escape", "Esc");
    this.element = h("div", { class: "bn-large", hidden: "" },
      h("div", { class: "bn-row" }, compare, this.#panes.mode, this.#base, h("span", { class: "bn-buttons" }, shut)),
      h("div", { class: "bn-grid" }, this.#panes.element),
      this.#caption, this.#note);
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
    this.#panes.close();
  }

  show(item: Item | undefined): void {
    this.#item = item ?? null;
    this.refresh();
  }

  /** C: compare, or no longer. */
  compare(): void {
    this.#panes.comparing = !this.#panes.comparing;
    this.refresh();
  }

  /** M: the next way to compare. */
  next(): void {
    this.#panes.next();
    this.refresh();
  }

  /** P: compare with the picture before instead of the source, and back. */
  swapBase(): void {
    this.#wantsBefore = !this.#wantsBefore;
    this.#panes.comparing = true;
    this.refresh();
  }

  /** A key on the large picture that zooms or moves it; false for any other. */
  zoomByKey(event: KeyboardEvent): boolean {
    return this.#panes.zoomByKey(event);
  }

  refresh(): void {
    if (!this.opened) return;
    const item = this.#item;
    const texts = this.#comm.get("texts");
    if (!item) {
      this.#panes.show(NOTHING, NOTHING);
      setText(this.#caption, "");
      return;
    }
    const result = this.#pictures.large(item, "result");
    const [source, before] = [this.#pictures.large(item, "source"), this.#pictures.large(item, "before")];
    const which = before && (this.#wantsBefore || !source) ? "before" : "source";
    const base = which === "before" ? before : source;
    this.#panes.show({ url: base, name: text(texts, which) }, { url: result, name: `${text(texts, "result")}: ${item.prompt}` });
    rename(this.#base, `${text(texts, which)} (P)`);
    this.#base.hidden = !(source && before);
    setText(this.#note, this.#panes.comparing && !base ? text(texts, "no_source") : "");
    const said = [text(texts, "item", { row: item.row, picture: item.picture, decision: text(texts, `is ${item.decision}`) }), item.reason, item.note, item.name, item.seed ? text(texts, "seed", { seed: item.seed }) : "", item.earlier ? text(texts, "earlier", { count: item.earlier }) : ""];
    this.#caption.replaceChildren(h("div", {}, said.filter(Boolean).join(" · ")), h("div", { class: "bn-prompted" }, item.prompt));
  }
}
