// The gallery of the history in one output: filters, windowed cells, keys, and what is done with the chosen pictures.

import { NO_SHORTCUTS, button, h, isTextField, on, passSave, rename, returnFocus, setText } from "../page/dom";
import { Ask } from "../page/ask";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import { showTooltips } from "../page/tooltips";
import type { Said } from "../cells/cells";
import { Cells } from "../cells/cells";
import { ItemWindow } from "../cells/item_window";
import { moved } from "../cells/layout";
import { Pictures } from "../cells/pictures";
import { Again } from "./again";
import { Filters } from "./filters";
import { Large } from "./large";
import type { Selection } from "./model";
import { acted, changed, extended, line, stars, toggled } from "./model";
import type { Item, Traits } from "./traits";

type Act = "star" | "tag" | "rerun" | "sheet" | "delete" | "undo";

export class HistoryView {
  readonly #comm: Comm<Traits>;
  readonly #pictures: Pictures;
  readonly #window: ItemWindow<Item>;
  readonly #cells: Cells<Item>;
  readonly #large: Large;
  readonly #filters: Filters;
  readonly #again: Again;
  readonly #ask: Ask;
  readonly #count = h("span", { class: "bn-count", role: "status" });
  readonly #fault = h("div", { class: "bn-fault", role: "alert" });
  readonly #said = h("div", { class: "bn-line", role: "status" });
  readonly #acts: Record<Act, HTMLButtonElement>;
  readonly #root: HTMLElement;
  #selection: Selection = [];
  #version = -1;

  constructor(el: HTMLElement, comm: Comm<Traits>, signal: AbortSignal) {
    this.#comm = comm;
    const texts = comm.get("texts");
    this.#pictures = new Pictures(comm, () => this.#pictured(), signal);
    this.#large = new Large(comm, this.#pictures, () => this.#close(), signal);
    this.#ask = new Ask(signal);
    this.#again = new Again(comm, () => this.#cells.focus(), signal);
    this.#filters = new Filters(texts, comm.get("first"), () => this.#filtered(), () => this.#cells.focus(), signal);
    this.#window = new ItemWindow<Item>(comm, { filter: () => this.#filters.now, wanted: (items, total) => this.#cells.wanted(items, total), changed: () => this.#draw() }, signal);
    this.#cells = new Cells(texts, this.#pictures, { item: (k) => this.#window.items.get(k), chosen: (k, open, event) => this.#choose(k, open, event), say: (item) => this.#say(item), seen: () => this.#window.fetch() }, signal);
    const act = (key: string, run: () => void) => button(text(texts, key), text(texts, key), run, signal);
    this.#acts = {
      star: act("do_star", () => this.#star()), tag: act("do_tag", () => this.#tag()), rerun: act("do_rerun", () => this.#rerun()),
      sheet: act("do_sheet", () => this.#sheet()), delete: act("do_delete", () => this.#delete()), undo: act("do_undo", () => this.#undo()),
    };
    this.#root = h("div", { class: "bn-root bn-many bn-history", ...NO_SHORTCUTS },
      this.#filters.element,
      h("div", { class: "bn-row bn-bar" }, this.#count, h("span", { class: "bn-buttons" }, ...Object.values(this.#acts), this.#cells.slider)),
      this.#ask.element, this.#fault, this.#said, this.#again.element,
      h("div", { class: "bn-body" }, h("div", { class: "bn-left" }, this.#cells.element), this.#large.element),
      h("div", { class: "bn-hint" }, text(texts, "keys")));
    passSave(this.#root, signal);
    showTooltips(this.#root, signal);
    on(this.#root, "keydown", (event) => this.#keydown(event), signal);
    comm.onGoneChange(() => this.refresh(), signal);
    el.append(this.#root);
    signal.addEventListener("abort", () => this.#root.remove());
    this.#window.clear(null);
    this.refresh();
  }

  /** Show what Python says. */
  refresh(): void {
    const texts = this.#comm.get("texts");
    const { gone } = this.#comm;
    setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault"));
    setText(this.#said, this.#comm.get("said"));
    this.#filters.offer(this.#comm.get("choices"));
    this.#again.refresh();
    const version = this.#comm.get("version");
    if (version !== this.#version) {
      this.#version = version;
      this.#window.forgetTotal();
      this.#window.fetch(true);
    }
    this.#draw();
  }

  #draw(): void {
    const window = this.#window;
    window.at = Math.max(0, Math.min(window.at, window.total - 1));
    this.#cells.draw(window.total, window.at);
    this.#large.show(window.chosen);
    this.#label();
  }

  /** Say how many there are, and what the buttons do with those that are chosen. */
  #label(): void {
    const texts = this.#comm.get("texts");
    const { total, chosen, items } = this.#window;
    const count = [text(texts, total === 1 ? "total_one" : "total", { count: total.toLocaleString("en-US") })];
    if (this.#selection.length > 0) count.push(text(texts, "selected", { count: this.#selection.length }));
    setText(this.#count, count.join(" · "));
    const ids = acted(this.#selection, chosen);
    const binned = this.#filters.now.binned;
    rename(this.#acts.star, text(texts, stars(ids, items.values()) ? "do_star" : "do_unstar"));
    rename(this.#acts.delete, text(texts, binned ? "do_restore" : "do_delete"));
    const none = this.#comm.gone || ids.length === 0;
    for (const key of ["star", "tag", "rerun", "sheet", "delete"] as const) this.#acts[key].disabled = none;
    this.#acts.undo.disabled = this.#comm.gone || this.#comm.get("undoable") === 0;
  }

  #pictured(): void {
    this.#cells.redraw();
    this.#large.refresh();
  }

  #say(item: Item): Said {
    const texts = this.#comm.get("texts");
    const selected = this.#selection.includes(item.id);
    const prompt = item.there ? item.prompt : text(texts, "gone_file");
    const told = [prompt, item.owner, item.made, item.call, item.values, item.price, item.star ? text(texts, "is_starred") : "", item.tags.join(", "), selected ? text(texts, "is_selected") : ""];
    return {
      label: told.filter(Boolean).join(", "), title: [prompt, [item.call, item.values].filter(Boolean).join(" · "), item.name].join("\n"), alt: prompt, name: prompt, said: line(item),
      mark: `${selected ? "✓" : ""}${item.star ? "★" : ""}`, state: item.there ? "" : "gone", selected,
    };
  }

  #filtered(): void {
    this.#selection = [];
    this.#window.clear(null);
    this.#cells.toTop();
    this.#draw();
    this.#window.fetch(true);
  }

  #choose(at: number, open: boolean, event: MouseEvent): void {
    const id = this.#window.items.get(at)?.id;
    if (event.shiftKey) this.#selection = extended(this.#selection, this.#window.items, this.#window.at, at);
    else if ((event.ctrlKey || event.metaKey) && id !== undefined) this.#selection = toggled(this.#selection, id);
    this.#window.at = at;
    this.#draw();
    this.#cells.focus();
    if (open) this.#open();
  }

  #open(): void {
    this.#root.classList.add("bn-open");
    this.#large.open(this.#window.chosen);
    this.#cells.redraw();
    this.#cells.reveal();
  }

  #close(): void {
    this.#root.classList.remove("bn-open");
    this.#large.close();
    this.#cells.redraw();
    this.#cells.focus();
  }

  #ids(): readonly string[] {
    return this.#comm.gone ? [] : acted(this.#selection, this.#window.chosen);
  }

  #send(kind: string, more: object = {}): void {
    const ids = this.#ids();
    if (ids.length > 0) this.#comm.send({ kind, ids, ...more });
  }

  #star(): void {
    const ids = this.#ids();
    const on = stars(ids, this.#window.items.values());
    this.#send("star", { on });
    this.#window.items = changed(this.#window.items, ids, { star: on });
    this.#draw();
  }

  #tag(): void {
    const chosen = [...this.#window.items.values()].find(({ id }) => id === this.#ids()[0]);
    if (!chosen) return;
    this.#ask.open(text(this.#comm.get("texts"), "tags"), chosen.tags.join(", "), this.#comm.get("choices").tag.slice(0, 9), (tags) => {
      this.#cells.focus();
      if (tags !== null) this.#send("tag", { tags });
    });
  }

  #rerun(): void {
    const { chosen } = this.#window;
    if (chosen?.there && !this.#comm.gone) this.#again.open(chosen.id);
  }

  #sheet(): void {
    this.#send("sheet");
  }

  #delete(): void {
    this.#send("delete");
    this.#selection = [];
  }

  #undo(): void {
    if (!this.#comm.gone) this.#comm.send({ kind: "undo" });
  }

  /** C: with two selected these are compared, else the chosen one is marked for it. */
  #compare(): void {
    const [first, second] = this.#selection;
    const two = this.#selection.length === 2 ? [...this.#window.items].find(([, { id }]) => id === second) : undefined;
    const other = [...this.#window.items.values()].find(({ id }) => id === first);
    if (two) this.#window.at = two[0];
    if (!this.#large.opened) this.#open();
    this.#draw();
    this.#large.compare(two ? other : undefined);
  }

  #keydown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing || isTextField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#large.zoomByKey(event)) return event.preventDefault();
    if (event.target instanceof HTMLInputElement) return; // the arrows of a slider
    const onButton = event.target instanceof HTMLButtonElement;
    const to = onButton ? null : moved(event.key, this.#window.at, this.#cells.columns, this.#cells.page, this.#window.total);
    if (to !== null) {
      event.preventDefault();
      if (event.shiftKey) this.#selection = extended(this.#selection, this.#window.items, this.#window.at, to);
      this.#window.at = to;
      this.#cells.reveal(to);
      this.#draw();
      return this.#cells.focus();
    }
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    if (this.#command(event)) event.preventDefault();
  }

  #command(event: KeyboardEvent): boolean {
    const commands: Record<string, () => void> = {
      "s": () => this.#star(), "t": () => this.#tag(), "g": () => this.#rerun(), "p": () => this.#sheet(), "z": () => this.#undo(),
      "delete": () => this.#delete(), "backspace": () => this.#delete(), "/": () => this.#filters.focus(), "c": () => this.#compare(), "m": () => this.#large.next(),
      " ": () => this.#pick(), "enter": () => (this.#large.opened ? this.#close() : this.#open()), "escape": () => this.#leave(),
    };
    const run = commands[event.key.toLowerCase()];
    run?.();
    return run !== undefined;
  }

  #pick(): void {
    const id = this.#window.chosen?.id;
    if (id !== undefined) this.#selection = toggled(this.#selection, id);
    this.#draw();
  }

  #leave(): void {
    if (this.#large.opened) return this.#close();
    if (this.#selection.length === 0) return returnFocus(this.#root);
    this.#selection = [];
    this.#draw();
  }
}
