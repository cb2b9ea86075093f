// One large picture of the sweep with a slider from the original over the axis, and a divider for before and after.

import { button, h, on, setText } from "../page/dom";
import type { Link } from "../page/link";
import { text } from "../page/link";
import type { Album } from "./album";
import { ORIGINAL } from "./album";
import type { Stop } from "./model";
import { stops } from "./model";
import type { Traits } from "./traits";

export class Viewer {
  readonly element: HTMLElement;
  readonly #link: Link<Traits>;
  readonly #album: Album;
  readonly #select: (id: string) => void;
  readonly #before = h("img", { class: "bn-before", alt: "" });
  readonly #after = h("img", { class: "bn-after", alt: "" });
  readonly #divider = h("div", { class: "bn-divider", hidden: "" });
  readonly #frame = h("div", { class: "bn-frame" }, this.#before, this.#after, this.#divider);
  readonly #caption = h("div", { class: "bn-caption" });
  readonly #slider: HTMLInputElement;
  readonly #side: HTMLButtonElement;
  #id = "";
  #original = false;
  #split: number | null = null;

  constructor(link: Link<Traits>, album: Album, select: (id: string) => void, close: () => void, signal: AbortSignal) {
    this.#link = link;
    this.#album = album;
    this.#select = select;
    const texts = link.get("texts");
    this.#slider = h("input", { type: "range", class: "bn-slider bn-scrub", min: "0", max: "1", step: "1", label: text(texts, "scrub") });
    on(this.#slider, "input", () => this.#scrub(Number(this.#slider.value)), signal);
    this.#side = button(text(texts, "before_after"), text(texts, "before_after"), () => this.#toggle(), signal);
    const shut = button(text(texts, "close"), "✕", close, signal);
    this.element = h("div", { class: "bn-viewer", hidden: "" }, h("div", { class: "bn-row" }, this.#slider, this.#side, shut), this.#frame, this.#caption);
    for (const type of ["pointerdown", "pointermove"] as const) {
      on(this.#frame, type, (event) => this.#drag(event), signal);
    }
  }

  get opened(): boolean {
    return !this.element.hidden;
  }

  open(id: string): void {
    this.element.hidden = false;
    this.show(id);
  }

  close(): void {
    this.element.hidden = true;
  }

  /** Show a cell's picture; what the slider stands on follows. */
  show(id: string): void {
    if (id !== this.#id) this.#original = false;
    this.#id = id;
    this.refresh();
  }

  refresh(): void {
    if (!this.opened) return;
    const all = this.#stops();
    const at = this.#original ? 0 : Math.max(0, all.findIndex((stop) => stop.cell?.id === this.#id));
    const stop = all[at];
    const cell = stop?.cell ?? null;
    this.#slider.max = String(all.length - 1);
    this.#slider.value = String(at);
    this.#slider.setAttribute("aria-valuetext", stop?.label ?? "");
    const before = this.#album.large(ORIGINAL, 0);
    const after = cell ? (cell.version > 0 ? this.#album.large(cell.id, cell.version) : undefined) : before;
    this.#frame.classList.toggle("bn-missing", cell !== null && after === undefined); // the original is no result
    source(this.#before, before);
    source(this.#after, after);
    this.#before.hidden = this.#split === null && after !== undefined;
    this.#divider.hidden = this.#split === null || !after || !cell;
    const percent = (this.#split ?? 0) * 100;
    this.#after.style.clipPath = this.#divider.hidden ? "" : `inset(0 0 0 ${percent}%)`;
    this.#divider.style.left = `${percent}%`;
    this.#side.setAttribute("aria-pressed", String(this.#split !== null));
    setText(this.#caption, cell ? [cell.title, cell.line, cell.code, cell.reason, cell.todo].filter(Boolean).join(" · ") : (stop?.label ?? ""));
  }

  #stops(): Stop[] {
    return stops(this.#link.get("axes"), this.#link.get("cells"), this.#id, text(this.#link.get("texts"), "original"));
  }

  #scrub(at: number): void {
    const id = this.#stops()[at]?.cell?.id;
    this.#original = id === undefined;
    if (id === undefined) this.refresh();
    else this.#select(id);
  }

  #toggle(): void {
    this.#split = this.#split === null ? 0.5 : null;
    this.refresh();
  }

  #drag(event: PointerEvent): void {
    if (this.#split === null || (event.buttons & 1) === 0) return;
    event.preventDefault();
    const box = this.#frame.getBoundingClientRect();
    this.#split = Math.min(1, Math.max(0, (event.clientX - box.left) / (box.width || 1)));
    this.refresh();
  }
}

function source(image: HTMLImageElement, url: string | undefined): void {
  if (url === undefined) image.removeAttribute("src");
  else if (image.src !== url) image.src = url;
}
