// The opened cell, large: a slider from the original over the axis, and the modes to compare it with another picture.

import { button, h, icon, on, setText } from "../page/dom";
import { ICONS } from "../page/icons";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import { copyText } from "../page/clipboard";
import { AfterChoosing } from "./after_choosing";
import type { PictureCache } from "./pictures";
import { CompareBar } from "./compare_bar";
import type { Available, Comparison } from "./compare";
import { NOT_COMPARING, chooseCell, compareWith, nextMode, stopComparing, toggleDifference, toggleMode, withoutMissing } from "./compare";
import type { Cell, Stop } from "./model";
import { ORIGINAL, stops } from "./model";
import { Panes } from "./panes";
import { Ticks } from "./ticks";
import type { Traits } from "./traits";
import { FIT, zoomKey } from "./zoom";

const REST_MS = 120; // the slider stands still

export interface ViewerEvents {
  readonly selected: (id: string) => void;
  readonly closed: () => void;
  /** Cells are now compared with this one; "" for the original, or for no comparison. */
  readonly baseChanged: (base: string) => void;
}

export class Viewer {
  readonly element: HTMLElement;
  readonly #comm: Comm<Traits>;
  readonly #pictures: PictureCache;
  readonly #events: ViewerEvents;
  readonly #panes: Panes;
  readonly #bar: CompareBar;
  readonly #after: AfterChoosing;
  readonly #slider: HTMLInputElement;
  readonly #ticks = new Ticks();
  readonly #fit: HTMLButtonElement;
  readonly #stop = h("output", { class: "bn-stop" });
  readonly #percent = h("span", { class: "bn-percent" });
  readonly #caption = h("div", { class: "bn-caption" });
  readonly #note = h("div", { class: "bn-note", role: "status" });
  readonly #keys = h("div", { class: "bn-hint" });
  #comparison: Comparison = NOT_COMPARING;
  #notifiedBase = "";
  #id = "";
  #onOriginal = false;
  #indexed: readonly Cell[] = [];
  #byId = new Map<string, Cell>();
  /** An answer to a button here is awaited; other views of the grid hear it, too. */
  #wishing = false;
  /** The slider is on its way: what it passes is shown as it is here, and nothing is asked of Python. */
  #passing = false;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(comm: Comm<Traits>, pictures: PictureCache, events: ViewerEvents, signal: AbortSignal) {
    this.#comm = comm;
    this.#pictures = pictures;
    this.#events = events;
    const texts = comm.get("texts");
    this.#slider = h("input", { type: "range", class: "bn-slider bn-scrub", min: "0", max: "1", step: "1", label: text(texts, "scrub") });
    on(this.#slider, "input", () => this.#scrub(Number(this.#slider.value)), signal);
    this.#fit = button(text(texts, "fit"), icon(ICONS.fit), () => this.fit(), signal);
    this.#fit.append(this.#percent);
    this.#panes = new Panes(text(texts, "large"), () => this.refresh(), signal);
    this.#bar = new CompareBar(
      texts,
      {
        toggleMode: (mode) => this.#compare((now) => toggleMode(now, mode, this.#id, this.#available())),
        compareWith: (base) => this.#compare((now) => compareWith(now, base)),
        slide: (value) => this.#panes.slide(value),
        swap: () => this.#panes.swap(),
      },
      signal,
    );
    signal.addEventListener("abort", () => clearTimeout(this.#rest));
    this.#after = new AfterChoosing(texts, (wish) => this.#wish(wish), signal);
    comm.onMessage((content) => void this.#hear(content), signal);
    const close = button(text(texts, "close"), "✕", () => events.closed(), signal);
    this.element = h("div", { class: "bn-viewer", hidden: "" },
      h("div", { class: "bn-row" }, h("div", { class: "bn-axis-slider" }, this.#slider, this.#ticks.element), this.#stop, this.#fit, close),
      this.#bar.element,
      this.#panes.element,
      this.#caption,
      this.#after.element,
      this.#note,
      this.#keys,
    );
  }

  get opened(): boolean {
    return !this.element.hidden;
  }

  /** What the opened cell is compared with: a cell; "" for the original, or while nothing is compared. */
  get base(): string {
    return this.#notifiedBase;
  }

  open(id: string): void {
    const fresh = !this.opened;
    this.element.hidden = false;
    this.#root()?.classList.add("bn-open");
    this.show(id);
    if (fresh) this.element.scrollIntoView({ block: "nearest" });
  }

  close(): void {
    this.#comparison = stopComparing(this.#comparison);
    this.element.hidden = true;
    this.#root()?.classList.remove("bn-open");
    this.#panes.close();
    this.#notify();
  }

  /** Show a cell's picture and move the slider to it. */
  show(id: string): void {
    if (id !== this.#id) this.#onOriginal = false;
    this.#id = id;
    this.refresh();
  }

  /** C, M and D on a cell; they open the viewer. */
  compare(how: "compare" | "mode" | "difference", id: string): void {
    const change = { compare: chooseCell, mode: nextMode, difference: toggleDifference }[how];
    this.#id = id;
    this.#onOriginal = false;
    this.#comparison = change(this.#comparison, id, this.#available());
    this.open(id);
  }

  /** The grid makes room for the large picture while that is open. */
  #root(): Element | null {
    return this.element.closest(".bn-grid");
  }

  fit(): void {
    this.#panes.setView(FIT);
  }

  /** A key on the large picture that zooms or moves it; false for any other. */
  zoomByKey(event: KeyboardEvent): boolean {
    if (event.target !== this.#panes.element) return false;
    const view = zoomKey(this.#panes.view, event.key);
    if (view) this.#panes.setView(view);
    return view !== null;
  }

  /** True for the large picture, which has arrows of its own only while it is zoomed. */
  isPicture(target: EventTarget | null): boolean {
    return target === this.#panes.element;
  }

  refresh(): void {
    if (!this.opened) return;
    const texts = this.#comm.get("texts");
    const available = this.#available();
    this.#onOriginal &&= available.original;
    this.#comparison = withoutMissing(this.#comparison, available);
    const { on: comparing, base } = this.#comparison;
    const all = this.#stops();
    const at = this.#onOriginal ? 0 : Math.max(0, all.findIndex((stop) => stop.cell?.id === this.#id));
    const stop = all[at];
    const cell = stop?.cell ?? null;
    this.#after.show(this.#comm.get("after"), (cell?.version ?? 0) > 0, this.#comm.gone);
    this.#slider.max = String(Math.max(0, all.length - 1));
    this.#slider.value = String(at);
    this.#slider.setAttribute("aria-valuetext", stop?.label ?? "");
    setText(this.#stop, stop?.label ?? "");
    this.#ticks.show(all, at);
    const original = this.#url(ORIGINAL); // always requested: the answer may be that there is none
    const other = { url: base === ORIGINAL ? original : this.#url(base), name: this.#name(base) };
    const shown = { url: cell ? this.#url(cell.id) : original, name: cell?.title ?? stop?.label ?? "" };
    const sameAsBase = (cell?.id ?? ORIGINAL) === base;
    const both = comparing && !sameAsBase && shown.url !== undefined && other.url !== undefined;
    this.#panes.show(other, shown, both ? this.#comparison.mode : null, cell !== null && shown.url === undefined);
    const words = cell ? [cell.title, cell.line, cell.code, cell.reason, cell.todo].filter(Boolean).join(" · ") : shown.name;
    setText(this.#caption, both ? `${other.name} | ${words}` : words);
    setText(this.#note, both ? this.#fitNote() : comparing && sameAsBase ? text(texts, "compare_none") : "");
    setText(this.#keys, text(texts, available.original ? "compare_keys" : "compare_keys_alone"));
    const { scale } = this.#panes.view;
    setText(this.#percent, scale === 1 ? "" : `${Math.round(scale * 100)} %`);
    const ids = [...(available.original ? [ORIGINAL] : []), ...this.#comm.get("cells").filter((each) => each.version > 0).map((each) => each.id)];
    const options = comparing ? ids.map((id) => ({ id, name: this.#name(id) })) : [];
    this.#bar.show(comparing ? this.#comparison.mode : null, base, options, both ? this.#panes.amount : null, both);
    this.#notify();
  }

  /** Why two pictures cannot be compared pixel by pixel as they are. */
  #fitNote(): string {
    const texts = this.#comm.get("texts");
    const { fitness } = this.#panes;
    const { mode } = this.#comparison;
    if (fitness === "unlike" && mode !== "side") return text(texts, mode === "diff" ? "unlike_diff" : "unlike");
    return fitness === "scaled" && mode === "diff" ? text(texts, "scaled") : "";
  }

  #available(): Available {
    const cells = this.#comm.get("cells");
    return {
      original: !this.#pictures.lacks(ORIGINAL),
      picture: (id) => cells.some((cell) => cell.id === id && cell.version > 0),
    };
  }

  #url(id: string): string | undefined {
    if (id === ORIGINAL) return this.#pictures.large(ORIGINAL, 0);
    const version = this.#cell(id)?.version ?? 0;
    return version > 0 ? this.#pictures.large(id, version, this.#passing) : undefined;
  }

  #name(id: string): string {
    return id === ORIGINAL ? text(this.#comm.get("texts"), "original") : (this.#cell(id)?.title ?? "");
  }

  #cell(id: string): Cell | undefined {
    const cells = this.#comm.get("cells");
    if (cells !== this.#indexed) {
      this.#indexed = cells;
      this.#byId = new Map(cells.map((cell) => [cell.id, cell]));
    }
    return this.#byId.get(id);
  }

  #stops(): Stop[] {
    const original = this.#available().original ? this.#name(ORIGINAL) : null;
    return stops(this.#comm.get("axes"), this.#comm.get("cells"), this.#id, original);
  }

  #wish(wish: string): void {
    this.#wishing = true;
    this.#after.say("");
    this.#comm.send({ kind: "wish", wish, id: this.#id });
  }

  async #hear(content: Record<string, unknown>): Promise<void> {
    if (!this.#wishing || (content["kind"] !== "code" && content["kind"] !== "saved")) return;
    this.#wishing = false;
    const texts = this.#comm.get("texts");
    if (content["kind"] === "saved") return this.#after.say(text(texts, "saved_as", { path: String(content["path"]) }));
    const code = String(content["text"]);
    this.#after.say((await copyText(code)) ? text(texts, "copied") : code);
  }

  #scrub(at: number): void {
    const id = this.#stops()[at]?.cell?.id;
    this.#onOriginal = id === undefined;
    clearTimeout(this.#rest);
    this.#passing = true;
    this.#rest = setTimeout(() => {
      this.#passing = false;
      this.refresh();
    }, REST_MS);
    if (id === undefined) this.refresh();
    else this.#events.selected(id);
  }

  #compare(change: (now: Comparison) => Comparison): void {
    this.#comparison = change(this.#comparison);
    this.refresh();
  }

  #notify(): void {
    const base = this.#comparison.on ? this.#comparison.base : "";
    if (base === this.#notifiedBase) return;
    this.#notifiedBase = base;
    this.#events.baseChanged(base);
  }
}
