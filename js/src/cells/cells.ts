// The cells of thousands of pictures: only those in sight are in the page, in rows that are placed where they belong.

import { h, on, setText } from "../page/dom";
import { text } from "../page/comm";
import type { Texts } from "../page/comm";
import type { Layout, Range } from "./layout";
import { layout, missing, visibleRows } from "./layout";
import type { Pictured, Pictures } from "./pictures";

const SIDE = 132;

/** What a cell says of its item. */
export interface Said {
  /** The whole of it, for those who cannot see it. */
  readonly label: string;
  readonly title: string;
  readonly alt: string;
  readonly name: string;
  readonly said: string;
  /** In the corner of the picture. */
  readonly mark: string;
  /** What the stylesheet goes by. */
  readonly state: string;
  readonly selected: boolean;
}

export interface CellEvents<T> {
  readonly item: (at: number) => T | undefined;
  readonly chosen: (at: number, open: boolean, event: MouseEvent) => void;
  readonly say: (item: T) => Said;
  /** Other cells have come into sight. */
  readonly seen: () => void;
}

export class Cells<T extends Pictured> {
  readonly element: HTMLElement;
  readonly slider: HTMLInputElement;
  readonly #texts: Texts;
  readonly #pictures: Pictures;
  readonly #events: CellEvents<T>;
  readonly #inner = h("div", { class: "bn-inner", role: "presentation" });
  readonly #empty = h("div", { class: "bn-empty", hidden: "" });
  readonly #rows = new Map<number, HTMLElement>();
  readonly #signal: AbortSignal;
  #side = SIDE;
  #total = 0;
  #at = 0;
  #layout: Layout = layout(0, 600, SIDE);
  #frame = 0;

  constructor(texts: Texts, pictures: Pictures, events: CellEvents<T>, signal: AbortSignal) {
    this.#texts = texts;
    this.#pictures = pictures;
    this.#events = events;
    this.#signal = signal;
    setText(this.#empty, text(texts, "none"));
    this.element = h("div", { class: "bn-cells", role: "grid", tabindex: "-1", label: text(texts, "grid") }, this.#inner);
    const outer = this.element;
    const label = text(texts, "cell_size");
    this.slider = h("input", { type: "range", class: "bn-slider", min: "72", max: "320", step: "4", value: String(SIDE), title: label, label });
    on(this.slider, "input", () => this.#resize(Number(this.slider.value)), signal);
    on(outer, "scroll", () => this.#later(), signal);
    const watch = new ResizeObserver(() => this.#later());
    watch.observe(outer);
    signal.addEventListener("abort", () => {
      watch.disconnect();
      cancelAnimationFrame(this.#frame);
    });
  }

  get columns(): number {
    return this.#layout.columns;
  }

  /** Rows of a screenful. */
  get page(): number {
    return Math.max(1, Math.floor(this.element.clientHeight / this.#layout.row));
  }

  draw(total: number, at: number): void {
    this.#total = total;
    this.#at = at;
    this.redraw();
  }

  toTop(): void {
    this.element.scrollTop = 0;
  }

  /** What of the items must be asked for; null for nothing. */
  wanted(items: ReadonlyMap<number, T>, total: number): Range | null {
    const { from, to } = visibleRows(this.#measure(), this.element.scrollTop, this.element.clientHeight);
    return missing(items, { from: from * this.columns, to: to * this.columns }, total);
  }

  /** Scroll so far that a cell is in sight. */
  reveal(at = this.#at): void {
    const { row } = this.#measure();
    const top = Math.floor(at / this.columns) * row;
    const seen = this.element;
    if (top < seen.scrollTop) seen.scrollTop = top;
    else if (top + row > seen.scrollTop + seen.clientHeight) seen.scrollTop = top + row - seen.clientHeight;
  }

  focus(): void {
    (this.#cell(this.#at) ?? this.element).focus({ preventScroll: true });
  }

  redraw(): void {
    const now = this.#measure();
    const { from, to } = visibleRows(now, this.element.scrollTop, this.element.clientHeight);
    this.#inner.style.height = `${now.height}px`;
    this.element.style.setProperty("--bn-content", `${now.height + 8}px`);
    this.element.setAttribute("aria-rowcount", String(now.rows));
    this.element.setAttribute("aria-colcount", String(now.columns));
    const active = (this.element.getRootNode() as Document | ShadowRoot).activeElement;
    const held = this.element.contains(active);
    for (const [number, node] of this.#rows) {
      if (number >= from && number < to) continue;
      node.remove();
      this.#rows.delete(number);
    }
    for (let number = from; number < to; number++) this.#drawRow(number, now);
    const chosen = this.#cell(this.#at);
    this.element.tabIndex = chosen || this.#total === 0 ? -1 : 0; // scrolled out of sight it takes no Tab: the grid does
    if (held && active !== (chosen ?? this.element)) this.focus(); // its cell went or became another: no key must go to the page
    this.#empty.hidden = this.#total > 0;
    if (!this.#empty.isConnected && this.#total === 0) this.element.after(this.#empty);
    const items: T[] = [];
    for (let k = from * now.columns; k < Math.min(this.#total, to * now.columns); k++) {
      const item = this.#events.item(k);
      if (item) items.push(item);
    }
    this.#pictures.need(items);
  }

  #later(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.redraw();
      this.#events.seen();
    });
  }

  #measure(): Layout {
    this.#layout = layout(this.#total, this.#inner.clientWidth || 600, this.#side);
    return this.#layout;
  }

  #resize(side: number): void {
    const first = Math.floor(this.element.scrollTop / this.#layout.row) * this.columns;
    this.#side = side;
    const now = this.#measure();
    this.element.scrollTop = Math.floor(first / now.columns) * now.row;
    this.#later();
  }

  #cell(at: number): HTMLElement | undefined {
    const row = this.#rows.get(Math.floor(at / this.columns));
    return row?.children[at % this.columns] as HTMLElement | undefined;
  }

  #drawRow(number: number, now: Layout): void {
    let node = this.#rows.get(number);
    if (!node) {
      node = h("div", { class: "bn-line-of-cells", role: "row", "aria-rowindex": String(number + 1) });
      this.#rows.set(number, node);
      const next = [...this.#rows.entries()].filter(([other]) => other > number).sort(([a], [b]) => a - b)[0]?.[1];
      this.#inner.insertBefore(node, next ?? null);
    }
    node.style.top = `${number * now.row}px`;
    node.style.gridTemplateColumns = `repeat(${now.columns}, ${now.cell}px)`;
    const first = number * now.columns;
    const count = Math.min(now.columns, this.#total - first);
    while (node.children.length > count) node.lastElementChild?.remove();
    while (node.children.length < count) node.append(this.#make());
    for (let k = 0; k < count; k++) this.#fill(node.children[k] as HTMLElement, first + k, now.cell);
  }

  #make(): HTMLElement {
    const cell = h("div", { class: "bn-cell", role: "gridcell", tabindex: "-1" },
      h("div", { class: "bn-picture" }, h("img", { alt: "" }), h("span", { class: "bn-mark", "aria-hidden": "true" })),
      h("div", { class: "bn-name" }), h("div", { class: "bn-said" }));
    on(cell, "click", (event) => this.#events.chosen(Number(cell.dataset["at"]), false, event), this.#signal);
    on(cell, "dblclick", (event) => this.#events.chosen(Number(cell.dataset["at"]), true, event), this.#signal);
    return cell;
  }

  #fill(cell: HTMLElement, at: number, side: number): void {
    const item = this.#events.item(at);
    const url = item ? this.#pictures.small(item) : undefined;
    const chosen = at === this.#at;
    cell.tabIndex = chosen ? 0 : -1;
    cell.setAttribute("aria-selected", String(chosen));
    cell.setAttribute("aria-colindex", String((at % this.columns) + 1));
    const told = item && this.#events.say(item);
    const drawn = JSON.stringify([at, told, url, side]);
    if (cell.dataset["drawn"] === drawn) return;
    cell.dataset["drawn"] = drawn;
    cell.dataset["at"] = String(at);
    const [picture, name, said] = cell.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
    const image = picture.querySelector("img");
    const mark = picture.querySelector<HTMLElement>(".bn-mark");
    picture.style.height = `${side}px`;
    cell.dataset["state"] = told?.state ?? "";
    cell.classList.toggle("bn-picked", told?.selected === true);
    if (image && mark) {
      if (url === undefined) image.removeAttribute("src");
      else if (image.src !== url) image.src = url;
      image.alt = told?.alt ?? "";
      setText(mark, told?.mark ?? "");
    }
    cell.setAttribute("aria-label", told?.label ?? text(this.#texts, "loading"));
    cell.title = told?.title ?? "";
    setText(name, told?.name ?? "");
    setText(said, told?.said ?? "");
  }
}
