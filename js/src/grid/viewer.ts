// The opened cell, large: a slider from the original over the axis, and the ways to compare it with another picture.

import { button, h, icon, on, setText } from "../page/dom";
import { ICONS } from "../page/icons";
import type { Link } from "../page/link";
import { text } from "../page/link";
import type { Album } from "./album";
import { CompareBar } from "./bar";
import type { Comparison, Known } from "./compare";
import { APART, against, choose, difference, end, next, press, settled } from "./compare";
import type { Cell, Stop } from "./model";
import { ORIGINAL, stops } from "./model";
import { Panes } from "./panes";
import type { Traits } from "./traits";
import { FIT, zoomKey } from "./zoom";

export interface Hands {
  readonly select: (id: string) => void;
  readonly close: () => void;
  /** Another cell, or none, is what the others are compared with. */
  readonly compared: (base: string) => void;
}

export class Viewer {
  readonly element: HTMLElement;
  readonly #link: Link<Traits>;
  readonly #album: Album;
  readonly #hands: Hands;
  readonly #panes: Panes;
  readonly #bar: CompareBar;
  readonly #slider: HTMLInputElement;
  readonly #fit: HTMLButtonElement;
  readonly #percent = h("span", { class: "bn-percent" });
  readonly #caption = h("div", { class: "bn-caption" });
  readonly #note = h("div", { class: "bn-note", role: "status" });
  readonly #keys = h("div", { class: "bn-hint" });
  #comparison: Comparison = APART;
  #base = "";
  #id = "";
  #original = false;

  constructor(link: Link<Traits>, album: Album, hands: Hands, signal: AbortSignal) {
    this.#link = link;
    this.#album = album;
    this.#hands = hands;
    const texts = link.get("texts");
    this.#slider = h("input", { type: "range", class: "bn-slider bn-scrub", min: "0", max: "1", step: "1", label: text(texts, "scrub") });
    on(this.#slider, "input", () => this.#scrub(Number(this.#slider.value)), signal);
    this.#fit = button(text(texts, "fit"), icon(ICONS.fit), () => this.fit(), signal);
    this.#fit.append(this.#percent);
    this.#panes = new Panes(text(texts, "large"), () => this.refresh(), signal);
    this.#bar = new CompareBar(
      texts,
      {
        press: (mode) => this.#compare((now) => press(now, mode, this.#id, this.#known())),
        against: (base) => this.#compare((now) => against(now, base)),
        slide: (value) => this.#panes.slide(value),
        swap: () => this.#panes.swap(),
      },
      signal,
    );
    const shut = button(text(texts, "close"), "✕", () => hands.close(), signal);
    this.element = h("div", { class: "bn-viewer", hidden: "" },
      h("div", { class: "bn-row" }, this.#slider, this.#fit, shut),
      this.#bar.element,
      this.#panes.element,
      this.#caption,
      this.#note,
      this.#keys,
    );
  }

  get opened(): boolean {
    return !this.element.hidden;
  }

  /** What the opened cell is compared with: a cell; "" for the original, or while nothing is compared. */
  get base(): string {
    return this.#base;
  }

  open(id: string): void {
    const fresh = !this.opened;
    this.element.hidden = false;
    this.show(id);
    if (fresh) this.element.scrollIntoView({ block: "nearest" });
  }

  close(): void {
    this.#comparison = end(this.#comparison);
    this.element.hidden = true;
    this.#panes.close();
    this.#tell();
  }

  /** Show a cell's picture; what the slider stands on follows. */
  show(id: string): void {
    if (id !== this.#id) this.#original = false;
    this.#id = id;
    this.refresh();
  }

  /** C, M and D on a cell; they open the viewer. */
  compare(how: "compare" | "mode" | "difference", id: string): void {
    const deed = { compare: choose, mode: next, difference }[how];
    this.#id = id;
    this.#original = false;
    this.#comparison = deed(this.#comparison, id, this.#known());
    this.open(id);
  }

  fit(): void {
    this.#panes.look(FIT);
  }

  /** A key on the large picture that zooms or moves it; false for any other. */
  zoomed(event: KeyboardEvent): boolean {
    if (event.target !== this.#panes.element) return false;
    const view = zoomKey(this.#panes.view, event.key);
    if (view) this.#panes.look(view);
    return view !== null;
  }

  /** True for the large picture, which has arrows of its own only while it is zoomed. */
  holds(target: EventTarget | null): boolean {
    return target === this.#panes.element;
  }

  refresh(): void {
    if (!this.opened) return;
    const texts = this.#link.get("texts");
    const known = this.#known();
    this.#original &&= known.original;
    this.#comparison = settled(this.#comparison, known);
    const { on: comparing, base } = this.#comparison;
    const all = this.#stops();
    const at = this.#original ? 0 : Math.max(0, all.findIndex((stop) => stop.cell?.id === this.#id));
    const stop = all[at];
    const cell = stop?.cell ?? null;
    this.#slider.max = String(Math.max(0, all.length - 1));
    this.#slider.value = String(at);
    this.#slider.setAttribute("aria-valuetext", stop?.label ?? "");
    const original = this.#url(ORIGINAL); // asked for in any case: the answer may be that there is none
    const other = { url: base === ORIGINAL ? original : this.#url(base), name: this.#name(base) };
    const shown = { url: cell ? this.#url(cell.id) : original, name: cell?.title ?? stop?.label ?? "" };
    const itself = (cell?.id ?? ORIGINAL) === base;
    const both = comparing && !itself && shown.url !== undefined && other.url !== undefined;
    this.#panes.show(other, shown, both ? this.#comparison.mode : null, cell !== null && shown.url === undefined);
    const words = cell ? [cell.title, cell.line, cell.code, cell.reason, cell.todo].filter(Boolean).join(" · ") : shown.name;
    setText(this.#caption, both ? `${other.name} | ${words}` : words);
    setText(this.#note, both ? this.#misfit() : comparing && itself ? text(texts, "compare_none") : "");
    setText(this.#keys, text(texts, known.original ? "compare_keys" : "compare_keys_alone"));
    const { scale } = this.#panes.view;
    setText(this.#percent, scale === 1 ? "" : `${Math.round(scale * 100)} %`);
    const ids = [...(known.original ? [ORIGINAL] : []), ...this.#link.get("cells").filter((each) => each.version > 0).map((each) => each.id)];
    const options = comparing ? ids.map((id) => ({ id, name: this.#name(id) })) : [];
    this.#bar.show(comparing ? this.#comparison.mode : null, base, options, both ? this.#panes.amount : null, both);
    this.#tell();
  }

  /** Why two pictures do not lie on each other as they are. */
  #misfit(): string {
    const texts = this.#link.get("texts");
    const { fitness } = this.#panes;
    const { mode } = this.#comparison;
    if (fitness === "unlike" && mode !== "side") return text(texts, mode === "diff" ? "unlike_diff" : "unlike");
    return fitness === "scaled" && mode === "diff" ? text(texts, "scaled") : "";
  }

  #known(): Known {
    const cells = this.#link.get("cells");
    return {
      original: !this.#album.lacks(ORIGINAL),
      drawn: (id) => cells.some((cell) => cell.id === id && cell.version > 0),
    };
  }

  #url(id: string): string | undefined {
    if (id === ORIGINAL) return this.#album.large(ORIGINAL, 0);
    const version = this.#cell(id)?.version ?? 0;
    return version > 0 ? this.#album.large(id, version) : undefined;
  }

  #name(id: string): string {
    return id === ORIGINAL ? text(this.#link.get("texts"), "original") : (this.#cell(id)?.title ?? "");
  }

  #cell(id: string): Cell | undefined {
    return this.#link.get("cells").find((cell) => cell.id === id);
  }

  #stops(): Stop[] {
    const original = this.#known().original ? this.#name(ORIGINAL) : null;
    return stops(this.#link.get("axes"), this.#link.get("cells"), this.#id, original);
  }

  #scrub(at: number): void {
    const id = this.#stops()[at]?.cell?.id;
    this.#original = id === undefined;
    if (id === undefined) this.refresh();
    else this.#hands.select(id);
  }

  #compare(deed: (now: Comparison) => Comparison): void {
    this.#comparison = deed(this.#comparison);
    this.refresh();
  }

  #tell(): void {
    const base = this.#comparison.on ? this.#comparison.base : "";
    if (base === this.#base) return;
    this.#base = base;
    this.#hands.compared(base);
  }
}
